"""What a claim says comes from its inputs: in their words, language and script, and without guesses."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rem_dagster.dreaming.grounds import Grounds, leaks
from rem_dagster.dreaming.language import language_of, languages_of
from rem_dagster.dreaming.sensitive import CONCEPTS, guessed_in
from rem_dagster.dreaming.wording import words_of
from rem_dagster.model.day import DayItem

NOON = datetime(2025, 10, 14, 12, tzinfo=UTC)
GERMAN = (
    "Heute habe ich mit Jürgen den Garten umgegraben, und wir haben über die Hochzeit von Anna gesprochen. "
    "Sie ist im Mai auf einem Schiff, und ich soll eine Rede halten. Das wird nicht leicht für mich."
)
MIXED = (
    f"{GERMAN} Then they called from the office and said that it had to be there by Friday, for the board."
)


def item(text: str, *, author: str | None = "Inês", **changes: object) -> DayItem:
    made = DayItem("m1", "id", "message", NOON, NOON, text, "s", role="user", author=author)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of an item


def against(claim: str, *items: DayItem) -> str | None:
    return Grounds.of(items).reason_against(claim)


@pytest.mark.parametrize(
    "text",
    [
        "Anna is getting married on a ship and Inês has to give the speech for her.",
        "Anna se casa en mayo: el barco y los invitados, pero Inês ya habla hoy.",
        "Anna trouwt op een schip in mei en Jürgen heeft ook een tuin, maar niet voor zijn rede.",
    ],
)
def test_a_claim_in_another_latin_language_than_its_inputs_is_held_back(text: str) -> None:
    assert against(text, item(GERMAN)) == "it is in another language than the inputs"


@pytest.mark.parametrize("source", [GERMAN, MIXED, "Jürgen, Anna, Garten"])
def test_a_claim_in_a_language_of_its_inputs_passes(source: str) -> None:
    assert (
        against("Jürgen und Inês haben den Garten umgegraben und über Anna gesprochen.", item(source)) is None
    )


def test_words_of_another_script_may_be_told_as_they_stand_in_the_inputs() -> None:
    said = (
        "I will prune the pear tree in winter with Rosa. שלום Rosa, she has the ladder. " + "The lamp. " * 20
    )
    claim = "שלום Rosa, she has the ladder."
    assert against(claim, item(said)) is None
    assert against("רוזה מביאה את הסולם הארוך", item(said)) == "it is in another script than the inputs"
    mixed = "Rosa has the ladder. רוזה מביאה את הסולם הארוך"
    assert against(mixed, item(said)) == "it is in another script than the inputs"


def test_a_short_source_has_no_language_to_be_held_to() -> None:
    assert against("The loader is faster and it works for the board.", item("Loader schneller.")) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("They had the release moved to Thursday.", "en"),
        (GERMAN, "de"),
        ("Nous avons parlé avec les voisins et elle est restée dans le jardin pour une heure.", "fr"),
        ("El barco y los niños llegaron cuando ya era muy tarde, pero hoy vuelven.", "es"),
        ("O barco não chegou e ela foi embora, mas ele também disse que isso já são histórias.", "pt"),
        ("Il giardino della nonna è più grande di quello che gli zii hanno nella valle.", "it"),
        ("Het schip is niet op tijd en hij heeft ook geen koffie voor zijn vrienden.", "nl"),
        ("Release v2.1", None),
        (MIXED, None),
    ],
)
def test_a_language_is_told_by_its_frequent_words_where_they_are_clear(
    text: str, language: str | None
) -> None:
    assert language_of(words_of(text)) == language


def test_a_mixed_source_has_both_its_languages() -> None:
    assert languages_of(words_of(MIXED)) == {"de", "en"}


@pytest.mark.parametrize(
    ("claim", "topic"),
    [
        ("Inês stayed home because she is depressed.", "health"),
        ("Inês is pregnant and stayed home.", "health"),
        ("Inês is an alcoholic who stayed home.", "health"),
        ("Inês, a devout Catholic, stayed home.", "belief"),
        ("Inês stayed home as Muslims do.", "belief"),
        ("Inês is a lesbian and stayed home.", "sexuality"),
        ("Inês stayed home; she is a socialist.", "politics"),
        ("Inês is too lazy and stayed home.", "character"),
        ("Inês ist schwanger und blieb home.", "health"),
        ("Inês est malade, home.", "health"),
        ("Inês está deprimida, home.", "health"),
    ],
)
def test_a_guess_at_what_nobody_said_of_themselves_is_held_back(claim: str, topic: str) -> None:
    reason = against(claim, item("I stayed home, so tired."))
    assert reason is not None
    assert f"it tells of {topic}" in reason


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Inês feels depressed.", "My depression is back, I feel low."),
        ("Inês is ill.", "I have the flu and feel awful, Inês"),
        ("Inês is pregnant.", "The baby is due in May! Inês"),
        ("Inês is Catholic.", "Inês went to mass with the Catholic choir."),
        ("Inês disabled the insecure endpoint, an abort handler and a naive, greedy loop.",
         "Inês: endpoint handler loop"),
        ("Inês loads the lists lazily.", "Inês: lazy loading of lists"),
        ("Christian and Inês planned the trip.", "Christian: trip with Inês?"),
    ],
)  # fmt: skip
def test_what_was_said_may_be_told_and_ordinary_words_are_no_guess(claim: str, said: str) -> None:
    assert against(claim, item(said)) is None


def test_what_only_a_machine_said_of_somebody_is_a_guess() -> None:
    machine = item("You may be depressed, Inês.", role="assistant", author=None)
    assert against("Inês is depressed.", machine) is not None
    assert against("Inês is depressed.", machine, item("Inês: yes, depression runs in my family")) is None


def test_every_concept_is_found_and_bears_itself_out() -> None:
    for topic, lines in CONCEPTS.items():
        for word in (word for line in lines for word in line.partition("<")[0].split()):
            written = word.replace("*", "")
            assert guessed_in(f"She is {written}.", ["She is tall."]) == (topic, written)
            assert guessed_in(f"She is {written}.", ["Hi!", f"I am {written.upper()}!"]) is None


def test_eight_words_in_a_row_of_the_prompt_leak_in_scripts_without_spaces_too() -> None:
    prompt = "Say: 今日は妹と海辺の店で魚を食べた。"
    assert leaks("今日は妹と海辺の店で魚を食べた", prompt, "港の風と雨。")
    assert not leaks(
        "今日は妹と海辺の店で魚を食べた", prompt, "昨日、今日は妹と海辺の店で魚を食べたと言った。"
    )
    assert not leaks("妹と港へ行った", prompt, "妹と港")


def test_a_word_may_be_its_inputs_word_without_its_marks() -> None:
    assert against("coldate", item("Rename col__date to day.")) is None
    assert against("zoology", item("Rename col__date to day.")) is not None


def test_a_short_title_is_not_judged_by_its_words_and_a_longer_one_is() -> None:
    grounds = Grounds.of([item("Öl für den Kahn")])
    assert grounds.reason_against("A short note", least=3) is None
    assert grounds.reason_against("Martians landed near Kazakhstan", least=3) is not None


def test_a_commit_is_about_its_repository() -> None:
    made = item("0.16", role=None, kind="resource", category="commit", thread="graphd")
    assert against("Released graphd 0.16", made) is None
