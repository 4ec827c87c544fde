"""Natural times, across clock changes and year ends."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar
from rem_dagster.recall.hours import PARTS
from rem_dagster.recall.when import find_when, parse_when

LISBON = ZoneInfo("Europe/Lisbon")
WEEKS_FROM_MONDAY = Calendar(LISBON, time(0), 0)
WEDNESDAY = datetime(2025, 10, 22, 15, 30, tzinfo=LISBON)
NEW_YEAR = datetime(2026, 1, 1, 9, 0, tzinfo=LISBON)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LISBON)


PHRASES = [
    ("today", "2025-10-22", "2025-10-23"),
    ("yesterday", "2025-10-21", "2025-10-22"),
    ("Tomorrow", "2025-10-23", "2025-10-24"),
    ("the day before yesterday", "2025-10-20", "2025-10-21"),
    ("wednesday", "2025-10-22", "2025-10-23"),
    ("tuesday", "2025-10-21", "2025-10-22"),
    ("on Thursday", "2025-10-16", "2025-10-17"),
    ("last wednesday", "2025-10-15", "2025-10-16"),
    ("last tuesday", "2025-10-21", "2025-10-22"),
    ("this friday", "2025-10-24", "2025-10-25"),
    ("last tuesday afternoon", "2025-10-21T12:00", "2025-10-21T18:00"),
    ("tuesday evening", "2025-10-21T18:00", "2025-10-21T23:00"),
    ("tuesday night", "2025-10-21T22:00", "2025-10-22T05:00"),
    ("this morning", "2025-10-22T05:00", "2025-10-22T12:00"),
    ("noon yesterday", "2025-10-21T12:00", "2025-10-21T13:00"),
    ("yesterday at noon", "2025-10-21T12:00", "2025-10-21T13:00"),
    ("in the afternoon of 14 october", "2025-10-14T12:00", "2025-10-14T18:00"),
    ("tonight", "2025-10-22T18:00", "2025-10-23T05:00"),
    ("last night", "2025-10-21T18:00", "2025-10-22T05:00"),
    ("this week", "2025-10-20", "2025-10-27"),
    ("last week", "2025-10-13", "2025-10-20"),
    ("the week before last", "2025-10-06", "2025-10-13"),
    ("the weekend", "2025-10-18", "2025-10-20"),
    ("this month", "2025-10-01", "2025-11-01"),
    ("last month", "2025-09-01", "2025-10-01"),
    ("october", "2025-10-01", "2025-11-01"),
    ("november", "2024-11-01", "2024-12-01"),
    ("last october", "2024-10-01", "2024-11-01"),
    ("November 2023", "2023-11-01", "2023-12-01"),
    ("last year", "2024-01-01", "2025-01-01"),
    ("2024", "2024-01-01", "2025-01-01"),
    ("week of oct 20", "2025-10-20", "2025-10-27"),
    ("2025-10-14", "2025-10-14", "2025-10-15"),
    ("2025-10-14 afternoon", "2025-10-14T12:00", "2025-10-14T18:00"),
    ("2025-10", "2025-10-01", "2025-11-01"),
    ("2025-W42", "2025-10-13", "2025-10-20"),
    ("20 october", "2025-10-20", "2025-10-21"),
    ("23 october", "2024-10-23", "2024-10-24"),
    ("oct 20 2025", "2025-10-20", "2025-10-21"),
    ("October 20th, 2025", "2025-10-20", "2025-10-21"),
    ("the 20th of october", "2025-10-20", "2025-10-21"),
    ("Tuesday, October 14", "2025-10-14", "2025-10-15"),
    ("29 february", "2024-02-29", "2024-03-01"),
    ("3 days ago", "2025-10-19", "2025-10-20"),
    ("two weeks ago", "2025-10-06", "2025-10-13"),
    ("2 months ago", "2025-08-01", "2025-09-01"),
    ("past 7 days", "2025-10-16", "2025-10-23"),
    ("last 24 hours", "2025-10-21T15:30", "2025-10-22T15:30"),
    ("an hour ago", "2025-10-22T14:30", "2025-10-22T15:30"),
    ("since monday", "2025-10-20", "2025-10-22T15:30"),
    ("monday to friday", "2025-10-20", "2025-10-25"),
    ("oct 20-25", "2025-10-20", "2025-10-26"),
    ("from 2025-10-20 to 2025-10-25", "2025-10-20", "2025-10-26"),
    ("between 3 and 5 pm on 20 october", "2025-10-20T15:00", "2025-10-20T17:00"),
    ("between 9 and 5 on monday", "2025-10-20T09:00", "2025-10-20T17:00"),
    ("between 11 pm and 2 am on 20 october", "2025-10-20T23:00", "2025-10-21T02:00"),
    ("between 11 and 1 pm yesterday", "2025-10-21T11:00", "2025-10-21T13:00"),
    ("at 3pm yesterday", "2025-10-21T15:00", "2025-10-21T16:00"),
    ("yesterday at 15:30", "2025-10-21T15:30", "2025-10-21T16:30"),
    ("2025-10-14T15:00", "2025-10-14T15:00", "2025-10-14T16:00"),
    ("2025-10-14T15:00:00Z", "2025-10-14T16:00", "2025-10-14T17:00"),
]


@pytest.mark.parametrize(("phrase", "start", "end"), PHRASES)
def test_a_phrase_means_its_span(phrase: str, start: str, end: str) -> None:
    when = parse_when(phrase, calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)
    assert (when.window.start, when.window.end) == (local(start), local(end))


@pytest.mark.parametrize(
    ("phrase", "start", "end"),
    [
        ("yesterday", "2025-12-31", "2026-01-01"),
        ("last month", "2025-12-01", "2026-01-01"),
        ("december", "2025-12-01", "2026-01-01"),
        ("last night", "2025-12-31T18:00", "2026-01-01T05:00"),
        ("this week", "2025-12-29", "2026-01-05"),
        ("2025-W01", "2024-12-30", "2025-01-06"),
        ("2 months ago", "2025-11-01", "2025-12-01"),
        ("31 december", "2025-12-31", "2026-01-01"),
        ("1 january", "2026-01-01", "2026-01-02"),
        ("dec 28-31", "2025-12-28", "2026-01-01"),
        ("28 december to 1 january", "2025-12-28", "2026-01-02"),
    ],
)
def test_years_end_well(phrase: str, start: str, end: str) -> None:
    when = parse_when(phrase, calendar=WEEKS_FROM_MONDAY, now=NEW_YEAR)
    assert (when.window.start, when.window.end) == (local(start), local(end))


@pytest.mark.parametrize(
    ("phrase", "hours"),
    [
        ("30 march 2025", 23),
        ("26 october 2025", 25),
        ("week of 26 october 2025", 24 * 7 + 1),
        ("march 2025", 24 * 31 - 1),
        ("25 october 2025 night", 8),
        ("29 march 2025 night", 6),
        ("at 1:30 on 26 october 2025", 2),
        ("between 1 and 2 on 26 october 2025", 2),
        ("between 0:30 and 3 on 30 march 2025", 1.5),
        ("at 3 on 30 march 2025", 1),
    ],
)
def test_clock_changes_lengthen_and_shorten_spans(phrase: str, hours: float) -> None:
    when = parse_when(phrase, calendar=WEEKS_FROM_MONDAY, now=datetime(2025, 12, 1, tzinfo=UTC))
    assert when.window.duration == timedelta(hours=hours)


def test_a_time_that_never_was_is_refused_with_the_reason() -> None:
    with pytest.raises(WindowError, match="01:30 on Sunday 30 March 2025 never was in Europe/Lisbon"):
        parse_when("at 1:30 on 30 march 2025", calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "foo",
        "31 february",
        "2025-02-30",
        "2025-13",
        "2025-W60",
        "25:00",
        "at 25",
        "at 13pm today",
    ],
)
def test_unknown_words_are_answered_with_examples(phrase: str) -> None:
    with pytest.raises(WindowError, match="'last tuesday afternoon'"):
        parse_when(phrase, calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(WindowError, match="runs backwards"):
        parse_when("2025-10-25 to 2025-10-20", calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)
    with pytest.raises(WindowError, match="future"):
        parse_when("since tomorrow", calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)


def test_weeks_and_days_begin_where_the_home_says() -> None:
    late = Calendar(LISBON, time(4), 6)
    at_two = datetime(2025, 10, 22, 2, 0, tzinfo=LISBON)
    assert parse_when("today", calendar=late, now=at_two).window.start == local("2025-10-21T04:00")
    assert parse_when("this week", calendar=late, now=at_two).window.start == local("2025-10-19T04:00")
    assert parse_when("at 2am today", calendar=late, now=at_two).window.start == local("2025-10-22T02:00")


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.sampled_from(sorted(PARTS)))
def test_every_part_of_every_day_is_some_hours_that_begin_on_it(day: date, part: str) -> None:
    when = parse_when(f"{day} {part}", calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)
    assert when.window.start.astimezone(LISBON).date() == day
    assert timedelta(0) < when.window.duration <= timedelta(hours=8)


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        when = parse_when(text, calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)
    except WindowError:
        return
    assert when.window.start <= when.window.end


@pytest.mark.parametrize(
    ("question", "start", "rest"),
    [
        ("what was I working on last tuesday afternoon?", "2025-10-21T12:00", "what was I working?"),
        ("what did I do yesterday?", "2025-10-21", "what did I do?"),
        ("what did Caroline say in may", "2025-05-01", "what did Caroline say"),
        ("tell me about 2025-10-14 afternoon meetings", "2025-10-14T12:00", "tell me about meetings"),
        (
            "what happened between 3 and 5 pm on 20 october with lance?",
            "2025-10-20T15:00",
            "what happened with lance?",
        ),
        ("met Ann at 3pm yesterday in Porto", "2025-10-21T15:00", "met Ann in Porto"),
        ("yesterday", "2025-10-21", ""),
    ],
)
def test_a_time_is_taken_out_of_a_question(question: str, start: str, rest: str) -> None:
    when, left = find_when(question, calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY)
    assert when is not None
    assert when.window.start == local(start)
    assert left == rest


@pytest.mark.parametrize(
    "question", ["When may I see the dog?", "who sat next to me", "they march on", "", "a 5 b"]
)
def test_a_question_without_a_time_comes_back_as_it_is(question: str) -> None:
    assert find_when(question, calendar=WEEKS_FROM_MONDAY, now=WEDNESDAY) == (None, question)
