"""How the day of two people who only talk to each other is told."""

from rem_dagster.dreaming.draft.offline.telling import clauses_of, in_third_person
from tests.dreaming.draft.test_offline import drafted, message

FULL = [
    message(1, "Our greyhound Biscuit came home yesterday from the shelter in Harwich.", author="Tessa"),
    message(2, "Our tractor got another clutch, repaired with borrowed spanners and twine.", author="Imran"),
    message(3, "Our seventeen quince saplings went behind the chapel wall before noon.", author="Tessa"),
    message(4, "Our skylarks sang over the salt marsh while microphones recorded them.", author="Imran"),
    message(
        5, "Our lighthouse keeper wrote diaries that cousin Astrid translated from Norwegian.", author="Tessa"
    ),
    message(6, "Our bakery got a welded staircase with its railing painted green.", author="Imran"),
]


def day_of(*texts: str) -> str:
    return drafted(
        [message(n, text, author=("Imran", "Tessa")[n % 2]) for n, text in enumerate(texts, 1)]
    ).day_summary


def test_of_a_long_talk_the_news_at_its_beginning_stays() -> None:
    summary = drafted(FULL).day_summary
    assert "Our greyhound Biscuit came home yesterday" in summary
    assert 50 < len(summary.split()) <= 70


def test_the_room_that_is_left_goes_to_the_rest_of_cut_sentences() -> None:
    summary = day_of(
        "I welded a staircase for the bakery, and the people there were happy with it.",
        "I repaired the orange tractor.",
    )
    assert "staircase for the bakery, and the people there were happy" in summary


def test_wishes_and_wisdom_give_way_to_what_happened() -> None:
    summary = day_of(
        "Keep chasing those radiant, adventurous, glittering horizons!",
        "I sold the old caravan to a puppeteer.",
        "Imagine limitless meadows and mountains and rivers.",
        "I bought a second-hand loom.",
    )
    assert "caravan" in summary
    assert "loom" in summary
    assert "horizons" not in summary
    assert "meadows" not in summary


def test_a_sentence_is_not_cut_within_a_while() -> None:
    assert "I looked for a job for a" not in clauses_of("I looked for a job for a while now.")


def test_a_dash_that_touches_a_word_ends_a_clause_and_a_hanging_hyphen_does_not() -> None:
    assert "I have some big news" in clauses_of("I have some big news- I bought the mill")
    assert clauses_of("I sorted the pre- and post-war letters") == ["I sorted the pre- and post-war letters"]


def test_an_answer_is_not_told_as_a_deed() -> None:
    assert in_third_person("I do- Oscar, my guinea pig.", "Tessa") is None


def test_a_sentence_told_of_somebody_begins_with_a_capital() -> None:
    summary = day_of("last weekend I sailed the dinghy to Mersea.", "I mended the sail.")
    assert summary.startswith("Last weekend")
