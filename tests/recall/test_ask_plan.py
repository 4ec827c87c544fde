"""What a question asks for."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.window import Calendar
from rem_dagster.recall.ask.plan import Plan, plan_question
from rem_dagster.recall.when import parse_when

LISBON = ZoneInfo("Europe/Lisbon")
CALENDAR = Calendar(LISBON, time(0), 0)
NOW = datetime(2025, 10, 22, 15, 30, tzinfo=LISBON)
NAMES = {name.lower(): name for name in ("Ana", "Priya", "Inês", "Bob Lee", "Tomás")} | {"bobby": "Bob Lee"}


def plan(question: str) -> Plan:
    return plan_question(question, calendar=CALENDAR, now=NOW, names=NAMES)


QUESTIONS = [
    ("Summarize my week", "recap", "this week", "", ""),
    ("summarise the week", "recap", "this week", "", ""),
    ("What did I do yesterday?", "recap", "yesterday", "", ""),
    ("what was I working on last Tuesday afternoon?", "recap", "last tuesday afternoon", "", ""),
    ("what have I been working on lately", "recap", "past 14 days", "", ""),
    ("what did I learn this week?", "recap", "this week", "", ""),
    ("What happened between 3 and 5 pm on 20 october?", "recap", "between 3 and 5 pm on 20 october", "", ""),
    ("how was my day", "recap", "today", "", ""),
    ("recap of last month", "recap", "last month", "", ""),
    ("sum up 2024", "recap", "2024", "", ""),
    ("Summarize October", "recap", "october", "", ""),
    ("what did I do?", "recap", "past 7 days", "", ""),
    ("what did we get done today", "recap", "today", "", ""),
    ("When did I last work on DiskANN, and what came of it?", "last", None, "DiskANN", ""),
    ("when did I last talk to Priya?", "last", None, "", "Priya"),
    ("When was the last time I met Bob Lee?", "last", None, "", "Bob Lee"),
    ("when was my last dentist appointment", "last", None, "dentist appointment", ""),
    ("when did I first hear of Vamana", "first", None, "Vamana", ""),
    ("what did Ana say about the trip", "said", None, "trip", "Ana"),
    ("What did Priya tell me on Tuesday?", "said", "tuesday", "", "Priya"),
    ("what did Bobby write about the rent in May", "said", "may", "rent", "Bob Lee"),
    ("what did the doctor say about my knee", "find", None, "doctor knee", ""),
    ("who did I meet last week?", "who", "last week", "", ""),
    ("Who was at the dinner?", "who", None, "dinner", ""),
    ("How many hours did I spend on graphd last week?", "hours", "last week", "graphd", ""),
    ("how much time did I work this month?", "hours", "this month", "", ""),
    ("how often did I run in October?", "times", "october", "run", ""),
    ("how many times did I meet Priya this year", "times", "this year", "", "Priya"),
    ("when was I most productive?", "productive", None, "", ""),
    ("how did I feel yesterday?", "feeling", "yesterday", "", ""),
    ("when was I frustrated last month?", "feeling", "last month", "", ""),
    ("what frustrated me about the parser", "feeling", None, "parser", ""),
    ("what's still open?", "open", None, "", ""),
    ("what did I plan for tomorrow", "open", "tomorrow", "", ""),
    ("what's related to DiskANN?", "related", None, "DiskANN", ""),
    ("who is connected with graphd", "related", None, "graphd", ""),
    ("what happened with the loader?", "find", None, "loader", ""),
    ("how did the demo go?", "find", None, "demo", ""),
    ("what do I know about alpha", "find", None, "alpha", ""),
    ("why did the build fail on Monday", "find", "monday", "build fail", ""),
    ("show me notes about rust", "find", None, "rust", ""),
    ("what did I do with Ana in September", "find", "september", "", "Ana"),
    ("tell me about Inês's loader", "find", None, "loader", "Inês"),
    ("what was decided about the page cache", "find", None, "page cache", ""),
    ("how long was the flight", "find", None, "flight", ""),
    ("datasette 0.64", "find", None, "datasette 0.64", ""),
    ("何を読んだ", "find", None, "何を読んだ", ""),
]


@pytest.mark.parametrize(("question", "kind", "when", "topic", "people"), QUESTIONS)
def test_a_question_is_planned(question: str, kind: str, when: str | None, topic: str, people: str) -> None:
    found = plan(question)
    assert (found.kind, found.topic, ", ".join(found.people)) == (kind, topic, people)
    if when is None:
        assert found.when is None
    else:
        assert found.when is not None
        assert found.when.window == parse_when(when, calendar=CALENDAR, now=NOW).window


def test_a_time_beside_the_question_wins() -> None:
    given = parse_when("last week", calendar=CALENDAR, now=NOW)
    found = plan_question("what did I do yesterday", calendar=CALENDAR, now=NOW, when=given)
    assert found.when == given


def test_only_my_week_may_be_another_one() -> None:
    assert plan("summarize my week").is_loose
    assert not plan("summarize last week").is_loose
    assert not plan("what have I done lately").is_loose


def test_learning_and_feelings_narrow_what_counts() -> None:
    assert plan("what did I learn this week?").moment_types == ("learning",)
    assert plan("when was I worried or anxious?").feelings == ("worried",)
    assert plan("what did I learn about alpha").moment_types == ()


def test_each_kind_has_its_table() -> None:
    tables = {plan(question).table for question, *_ in QUESTIONS}
    assert tables == {"moments", "messages", "summaries", "entities"}


@given(st.text(max_size=80))
def test_any_text_has_a_plan(text: str) -> None:
    found = plan(text)
    assert found.kind != "recap" or found.when is not None
    assert not found.terms or found.words
