"""Questions answered from moments and messages, without a model."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from rem_dagster.errors import InputError, UnknownCaseError
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Window
from rem_dagster.model.words import Period
from rem_dagster.recall.ask.answer import Dreamt
from rem_dagster.recall.ask.asking import LONGEST_QUESTION, Means
from rem_dagster.recall.ask.saying import sentences_of, tidy, without_repeats
from rem_dagster.recall.picture import seconds_by_type
from rem_dagster.recall.spans import spans_of, time_in
from rem_dagster.store.database import Store
from rem_dagster.store.records import record_of
from rem_dagster.store.text import refresh_text
from tests.recall.diary import ask_ann, at, diary_in, told
from tests.stored import message, put


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory, empty_tables: Path) -> Store:
    """Ann's diary; tests only read it."""
    return diary_in(tmp_path_factory.mktemp("diary") / "tables", empty_tables)


def test_the_last_time_is_the_latest_and_not_the_best_match(diary: Store) -> None:
    answer = ask_ann(diary, "When did I last work on DiskANN, and what came of it?")
    assert answer.known
    assert answer.text.startswith(
        "You last worked on DiskANN on Tuesday 14 October, 14:00-17:30: Found the lost update. [1]"
    )
    assert "What came of it: Fixed the lost update. [1]" in answer.text
    assert "Before that: Monday 13 October, 11:00-12:00: DiskANN DiskANN reading. [2]" in answer.text
    cited = answer.citations[0]
    assert (cited.quote, cited.said_in) == ("I found the lost update", "Ann in chat “Standup”")


def test_the_first_time_is_the_earliest(diary: Store) -> None:
    answer = ask_ann(diary, "when did I first work on DiskANN")
    assert "Monday 13 October, 11:00-12:00" in answer.sentences[0].text


def test_a_week_is_told_by_its_summary_while_that_is_current(diary: Store) -> None:
    answer = ask_ann(diary, "summarize last week")
    assert answer.sentences[0].with_marks == "Found the lost update on Tuesday. 6 h of work. [1]"
    assert answer.citations[0].kind == "summary"
    assert [each.day for each in answer.sentences[1:]] == [
        *(date(2025, 10, 13), date(2025, 10, 13)),
        *(date(2025, 10, 14), date(2025, 10, 14), date(2025, 10, 15)),
    ]


def test_a_summary_that_is_out_of_date_is_not_used(diary: Store) -> None:
    def never(_: Period, __: date) -> bool:
        return False

    answer = ask_ann(diary, "summarize last week", Means(is_current=never))
    assert all(each.kind == "moment" for each in answer.citations)
    assert answer.text.startswith("Monday 13 October 2025 to Sunday 19 October 2025: 5 moments on 3 days")


def test_my_week_is_the_one_before_while_this_one_is_empty_and_that_is_said(diary: Store) -> None:
    answer = ask_ann(diary, "Summarize my week")
    assert answer.known
    assert "this is of last week: Monday 13 October 2025" in answer.remarks[0]
    assert not ask_ann(diary, "summarize this week").known


def test_an_afternoon_is_told_by_what_overlaps_it(diary: Store) -> None:
    answer = ask_ann(diary, "what was I working on last tuesday afternoon", when=None)
    assert not answer.known  # the 21st
    answer = ask_ann(diary, "what did I do between 5 and 6 pm on 14 october")
    assert {each.title for each in answer.citations} == {"Found the lost update", "Checked the builder"}


def test_what_somebody_said_is_quoted_word_for_word(diary: Store) -> None:
    answer = ask_ann(diary, "What did Ana say about the trip?")
    assert answer.text == (
        "Monday 13 October at 09:00, Ana: “The trip to Porto was too short, the ferry was the best part.” [1]"
    )
    assert answer.citations[0].kind == "message"


def test_words_of_others_are_not_passed_off_as_hers(diary: Store) -> None:
    answer = ask_ann(diary, "What did Ana say about the landlord?")
    assert not answer.known
    answer = ask_ann(diary, "What did Ana say about the rent and the landlord?")
    assert not answer.known


def test_what_nothing_tells_of_is_not_known(diary: Store) -> None:
    answer = ask_ann(diary, "when did I visit the dentist in Berlin?")
    assert not answer.known
    assert (
        answer.text
        == "I do not know: nothing that was found tells of “visit dentist Berlin”, among 10 items."
    )
    assert answer.citations == ()
    assert answer.nearest == ()
    assert answer.looked_at == {"moments": 5, "messages": 4, "resources": 1}


def test_a_weak_match_is_named_as_near_and_is_no_answer(diary: Store) -> None:
    answer = ask_ann(diary, "how much was the hotel in Porto with the swimming pool?")
    assert not answer.known
    assert [each.title for each in answer.nearest][:1] == ["Talk about Porto"]
    assert not answer.citations


def test_a_time_without_anything_is_not_known_and_the_latest_is_named(diary: Store) -> None:
    answer = ask_ann(diary, "what did I do yesterday?")
    assert answer.text == "I do not know: there is no moment on Tuesday 21 October 2025."
    assert [each.title for each in answer.nearest] == ["Rent"]


@pytest.mark.parametrize("question", ["🎻", "???", "is it so?"])
def test_a_question_that_names_nothing_is_not_guessed_at(diary: Store, question: str) -> None:
    answer = ask_ann(diary, question)
    assert not answer.known
    assert "no topic, no person and no time" in answer.text


def test_a_time_to_come_is_not_known(diary: Store) -> None:
    assert "still to come" in ask_ann(diary, "what happened next week?").text


def test_hours_count_overlaps_once(diary: Store) -> None:
    answer = ask_ann(diary, "how many hours did I spend on graphd last week?")
    assert answer.text.startswith("4 h 30 on graphd, in 2 moments on 1 day. [1][2]")
    answer = ask_ann(diary, "how much time did I spend on graphd between 3 and 5 pm on 14 october?")
    assert answer.text.startswith("2 h on graphd")


def test_times_are_counted_by_code(diary: Store) -> None:
    assert ask_ann(diary, "how often did I meet Ana?").text.startswith("1 moment with Ana, on 1 day. [1]")


def test_people_of_a_time_are_counted(diary: Store) -> None:
    answer = ask_ann(diary, "who did I meet last week?")
    assert answer.sentences[0].text == "Ana and Priya are named."
    assert [each.text.split(":")[0] for each in answer.sentences[1:]] == ["Ana", "Priya"]


def test_feelings_come_with_the_words_that_show_them(diary: Store) -> None:
    answer = ask_ann(diary, "when was I worried?")
    assert answer.sentences[0].text == "You felt worried in 1 of 5 moments."
    assert answer.sentences[1].text == "10:00-11:00 Rent (worried). “The landlord raised the rent.”"
    assert not ask_ann(diary, "when was I angry?").known


def test_plans_are_those_that_were_stated(diary: Store) -> None:
    answer = ask_ann(diary, "what did I plan last week?")
    assert [each.text for each in answer.sentences] == [
        "1 plan is written down: Tomorrow I will run the full DiskANN set.",
    ]


def test_what_is_related_is_named_in_the_same_moments(diary: Store) -> None:
    answer = ask_ann(diary, "what's related to disk-ann?")
    assert [each.text for each in answer.sentences] == [
        "DiskANN is named together with graphd.",
        "graphd (tool): in 1 moment, on Tuesday 14 October, 14:00-17:30: Found the lost update.",
    ]
    for other in ("what was related to disk-ann on 13 october?", "who is connected with disk-ann?"):
        assert "named together" not in ask_ann(diary, other).text


def test_a_case_leaves_other_sessions_out(diary: Store) -> None:
    assert ask_ann(diary, "what did Priya say about the rent?").known
    assert not ask_ann(diary, "what did Priya say about the rent?", case_id="T-1").known
    assert ask_ann(diary, "what happened last week?", case_id="T-2").citations[0].title == "Rent"
    with pytest.raises(UnknownCaseError):
        ask_ann(diary, "what happened last week?", case_id="T-9")


def test_a_case_is_kept_to_however_much_else_is_like_the_question(tmp_path: Path, empty_tables: Path) -> None:
    store = diary_in(tmp_path / "tables", empty_tables)
    others = [message(f"Landlord rent, rent {n}.", at=at(3, 8, n % 60), author="Priya") for n in range(230)]
    put(store, "messages", *others)
    refresh_text(store)
    answer = ask_ann(store, "what did Priya say about the rent of the landlord?", case_id="T-2")
    assert [each.quote for each in answer.citations] == ["The landlord raised the rent."]


def test_a_run_is_what_is_tagged_or_called_so_and_no_job_that_ran(tmp_path: Path, empty_tables: Path) -> None:
    store = diary_in(tmp_path / "tables", empty_tables)
    put(
        store,
        "moments",
        told("Nine by the lake", at(3, 7), summary="Slow, wind from the side.", tags=["running"]),
        told("A run and a soup", at(3, 18), summary="Both were good."),
        told("The nightly job", at(4, 7), summary="It just ran."),
    )
    refresh_text(store)
    assert "Thursday 16 October, 18:00-19:00: A run" in ask_ann(store, "when did I last go for a run?").text
    assert ask_ann(store, "how often did I go running?").text.startswith("1 moment with running")


def test_what_was_planned_for_a_day_was_said_before_it(diary: Store) -> None:
    assert "full DiskANN set" in ask_ann(diary, "what did I plan for 15 october?").text
    answer = ask_ann(diary, "what did I plan for 1 october?")
    assert answer.text == "I do not know: nothing is recorded on Wednesday 1 October 2025."


def test_who_was_spoken_with_is_in_a_talk(tmp_path: Path, empty_tables: Path) -> None:
    store = diary_in(tmp_path / "tables", empty_tables)
    put(store, "moments", told("A good day", at(4, 20), summary="Ana made soup.", people=["Ana"]))
    refresh_text(store)
    assert "talk with Ana was on Monday 13 October" in ask_ann(store, "when did I last talk to Ana?").text
    assert ask_ann(store, "when did I last see Ana?").text.startswith("The last talk with Ana was")
    assert "Friday 17 October" in ask_ann(store, "when did Ana last make soup?").sentences[0].text


def test_a_length_that_is_not_written_down_is_not_told_as_none(tmp_path: Path, empty_tables: Path) -> None:
    store = diary_in(tmp_path / "tables", empty_tables)
    note = told("On the plane", at(3, 7), summary="Above the sea.")
    put(store, "moments", note | {"end_time": note["start_time"]})
    refresh_text(store)
    answer = ask_ann(store, "how much time did I spend on the plane?")
    assert answer.text.startswith("How long is not written down: 1 moment on 1 day tells of plane. [1]")


def test_the_user_is_nobody_that_they_met(tmp_path: Path, empty_tables: Path) -> None:
    store = diary_in(tmp_path / "tables", empty_tables)
    put(store, "moments", told("Call", at(3, 7), summary="Ann and Ana.", people=["Ann", "Ana"]))
    assert "Ann" not in ask_ann(store, "who did I meet last week?").text.replace("Ann and Ana", "").split()


@pytest.mark.parametrize(
    "question",
    [
        *(
            "what is the vault password walrus",
            "what did Bob say about the vault",
            "what happened last week?",
        ),
        *("who did I meet last week?", "what's related to walrus?", "when did I last work on the vault?"),
    ],
)
def test_nothing_of_another_user_is_ever_in_an_answer(diary: Store, question: str) -> None:
    answer = ask_ann(diary, question)
    shown = [each.text for each in answer.sentences if answer.known]
    cited = [f"{each.title} {each.quote}" for each in (*answer.citations, *answer.nearest)]
    assert not any(word in text.lower() for text in (*shown, *cited) for word in ("walrus", "vault"))
    assert ask_ann(diary, "what is the vault password", user="bob").known


@pytest.mark.parametrize(
    "question",
    [
        *("summarize last week", "when did I last work on DiskANN?", "what did Ana say about the trip?"),
        *("how many hours did I spend on graphd", "who did I meet last week?", "when was I relieved?"),
        *("tell me about the lost update", "what is related to graphd?", "what did I read about Vamana?"),
        *("when was I most productive?", "what did I plan last week?", "what did I learn last week?"),
    ],
)
def test_every_sentence_cites_and_every_quote_is_in_its_source(diary: Store, question: str) -> None:
    answer = ask_ann(diary, question)
    assert answer.known
    numbers = {each.number for each in answer.citations}
    assert numbers == set(range(1, len(numbers) + 1))
    assert all(each.cites and set(each.cites) <= numbers for each in answer.sentences)
    texts = {
        row["id"]: row["content"]
        for table in ("messages", "resources")
        for row in diary.read(table).to_pylist()
    }
    for each in answer.citations:
        assert each.quote is None or each.source_id is None or each.quote in texts[each.source_id]


def test_the_days_of_a_question_are_dreamt_first(diary: Store) -> None:
    dreamt: list[tuple[date, date]] = []

    def dream(first: date, last: date) -> Dreamt:
        dreamt.append((first, last))
        return Dreamt(problems=("The engine is broken.",))

    answer = ask_ann(diary, "what did I do last week?", Means(dream=dream))
    assert answer.known
    assert answer.dreamt.problems == ("The engine is broken.",)
    ask_ann(diary, "tell me about graphd", Means(dream=dream))
    ask_ann(diary, "summarize this month", Means(dream=dream))
    ask_ann(diary, "what will I do tomorrow", Means(dream=dream))
    assert dreamt == [
        (date(2025, 10, 13), date(2025, 10, 19)),
        (date(2025, 10, 21), date(2025, 10, 22)),
        (date(2025, 10, 1), date(2025, 10, 22)),
    ]


@pytest.mark.parametrize("question", ["", "  \n", "x" * (LONGEST_QUESTION + 1)])
def test_what_is_no_question_is_refused(diary: Store, question: str) -> None:
    with pytest.raises(InputError, match=r"(?i)question"):
        ask_ann(diary, question)


def test_a_limit_leaves_the_weaker_out(diary: Store) -> None:
    assert len(ask_ann(diary, "tell me about DiskANN", limit=1).sentences) == 1


def test_spans_that_overlap_are_joined_and_cut_to_the_window(diary: Store) -> None:
    rows = diary.read("moments").to_pylist()
    moments = [
        record_of(Moment, row)
        for row in rows
        if row["partition_key"] == "2025-10-14" and row["user_id"] == "ann"
    ]
    assert spans_of(moments, None) == [(at(1, 14), at(1, 18, 30))]
    assert time_in(spans_of(moments, Window(at(1, 16), at(1, 17)))) == timedelta(hours=1)
    assert sum(seconds_by_type(moments).values()) == 4.5 * 3600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ana: “It is done. I left.” Then rain.", ["Ana: “It is done.", "I left.”", "Then rain."]),
        ("# Title\n- one\n- two", ["Title", "one", "two"]),
        ("At 95.4% it held.", ["At 95.4% it held."]),
    ],
)
def test_a_text_is_cut_into_its_sentences(text: str, said: list[str]) -> None:
    assert sentences_of(text) == said
    assert tidy("**bold** [[link]]") == "bold link."


def test_what_is_said_once_is_not_said_again(tmp_path: Path, empty_tables: Path) -> None:
    """Of a small commit title, summary and outcome are one and the same sentence."""
    store = diary_in(tmp_path / "tables", empty_tables)
    one = told(
        "graphd: linked to the notes of the walrus",
        at(3, 7),
        summary="Linked to the notes of the walrus. Fed the walrus and washed it.",
        outcomes=["Linked to the notes of the walrus (#31)", "Washed it"],
    )
    put(store, "moments", one)
    refresh_text(store)
    answer = ask_ann(store, "what is the walrus?").text
    assert answer.count("notes of the walrus") == 1
    assert answer.count("washed it") == 1
    assert "Washed" not in answer
    day = ask_ann(store, "what did I do on 16 October?").text
    assert day.count("notes of the walrus") == 2  # the line of the day names it, too


@pytest.mark.timeout(20)
@pytest.mark.parametrize("letter", ["a", "-", ".", "a-", "#", "a#"])
def test_sentences_of_one_endless_word_are_compared_at_once(letter: str) -> None:
    assert (
        without_repeats([letter * 100_000, letter * 100_000, "Fixed the loader."])[-1] == "Fixed the loader."
    )
