"""Patterns of moments: each figure with its n and its moments, and nothing where there is too little."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas
import pytest

from rem_dagster.errors import InputError, UnknownCaseError
from rem_dagster.model.ids import derive_id
from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.insights import Asked, Insight, What, insight_of, overview
from rem_dagster.recall.insights.feelings import quote_of
from rem_dagster.recall.insights.figures import is_clear
from rem_dagster.recall.insights.people import is_called
from rem_dagster.recall.insights.rhythm import minutes_said
from rem_dagster.recall.insights.streaks import Run, runs_of
from rem_dagster.recall.insights.tools import says_failed
from rem_dagster.store.database import Store
from tests.stored import NOON, message, moment, put, session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UTC_DAYS = Calendar(ZoneInfo("UTC"), time(0), 0)
MIDNIGHT = datetime(2025, 10, 20, tzinfo=UTC)
ASKED = Asked(
    user_id="ann",
    window=Window(MIDNIGHT - 30 * DAY, MIDNIGHT + DAY),
    calendar=UTC_DAYS,
    now=NOON + 8 * HOUR,
)


def lived(
    name: str,
    *,
    at: datetime = NOON,
    hours: float = 1,
    kind: str = "work_session",
    tags: Sequence[str] = (),
    felt: Sequence[str] = (),
    people: Sequence[str] = (),
    quotes: Sequence[str] = (),
    sessions: Sequence[str] = (),
    user: str = "ann",
) -> dict[str, Any]:
    row = moment(name, at=at, hours=hours, tags=tags, emotions=felt, user=user)
    return row | {
        "moment_type": kind,
        "people": list(people),
        "evidence": [{"source_id": f"s{n}", "quote": quote} for n, quote in enumerate(quotes)],
        "session_ids": [derive_id(user, "jsonl", "", each) for each in sessions],
    }


def found(store: Store, what: What, **changes: Any) -> Insight:
    return insight_of(what, store, replace(ASKED, **changes))


def rows(insight: Insight, of: str, period: str | None = "") -> dict[str, Any]:
    """The rows of one kind by name; those of the whole time unless another period, or all, is asked for."""
    chosen = insight.rows[insight.rows["of"] == of]
    if period is not None and "period" in chosen:
        chosen = chosen[chosen["period"] == period]
    return {row["name"]: row for row in chosen.to_dict("records")}


def seconds(insight: Insight, of: str, period: str | None = "") -> dict[str, int]:
    return {name: row["seconds"] for name, row in rows(insight, of, period).items()}


def told(insight: Insight) -> str:
    return " ".join(each.text for each in insight.statements)


def test_overlaps_count_once_in_the_total_and_once_for_each_type_and_topic(store: Store) -> None:
    put(
        store,
        "moments",
        lived("a", hours=2, tags=["graph"]),
        lived("b", at=NOON + HOUR, hours=2, tags=["graph", "disk"]),
        lived("c", at=NOON + HOUR, hours=1, kind="learning", tags=["disk"]),
    )
    hours = found(store, "hours")
    assert seconds(hours, "total") == {"all": 3 * 3600}
    assert seconds(hours, "type") == {"work_session": 3 * 3600, "learning": 3600}
    assert seconds(hours, "topic") == {"graph": 3 * 3600, "disk": 2 * 3600}
    assert rows(hours, "type")["work_session"]["moments"] == 2
    assert (hours.moments, hours.seconds, hours.days) == (3, 3 * 3600, 1)


def test_moments_are_cut_at_the_window_and_at_midnight(store: Store) -> None:
    put(store, "moments", lived("night", at=MIDNIGHT - HOUR, hours=3), lived("before", at=NOON - DAY))
    window = Window(MIDNIGHT - HOUR / 2, MIDNIGHT + HOUR)
    hours = found(store, "hours", window=window, by="day")
    assert hours.moments == 1
    assert seconds(hours, "total", "2025-10-19") == {"all": 1800}
    assert seconds(hours, "total", "2025-10-20") == {"all": 3600}
    assert seconds(hours, "total") == {"all": 5400}


def test_what_only_touches_the_window_is_out_and_an_instant_at_its_start_is_in(store: Store) -> None:
    put(store, "moments", lived("ends", at=NOON - HOUR), lived("starts", at=NOON + HOUR))
    put(store, "moments", lived("instant", at=NOON, hours=0))
    hours = found(store, "hours", window=Window(NOON, NOON + HOUR))
    assert hours.rows["moment_ids"].iloc[0] == (derive_id("ann", "2025-10-20", "instant"),)
    assert "1 of 1 moment has no length and adds no time." in told(hours)


def test_predictions_and_other_users_are_out(store: Store) -> None:
    put(store, "moments", lived("mine"), lived("ahead", at=NOON + 3 * HOUR, kind="prediction"))
    put(store, "moments", lived("bob's", at=NOON + 5 * HOUR, user="bob", tags=["secret"]))
    hours = found(store, "hours")
    assert (hours.moments, hours.seconds) == (1, 3600)
    assert "secret" not in rows(hours, "topic")
    assert found(store, "hours", user_id="bob").moments == 1


@pytest.mark.parametrize(
    ("by", "period"),
    [
        ("day", "2025-10-20"),
        ("week", "2025-10-20"),
        ("month", "2025-10"),
        ("weekday", "Monday"),
        ("hour", "12:00"),
    ],
)
def test_time_is_divided_as_asked(store: Store, by: Any, period: str) -> None:
    put(store, "moments", lived("a"))
    assert seconds(found(store, "hours", by=by), "total", period) == {"all": 3600}


def test_weeks_begin_as_the_home_s_weeks_do(store: Store) -> None:
    put(store, "moments", lived("a"))
    sunday = Calendar(ZoneInfo("UTC"), time(0), 6)
    assert seconds(found(store, "hours", by="week", calendar=sunday), "total", "2025-10-19") == {"all": 3600}


def test_the_moments_of_a_case_are_those_that_cite_its_sessions(store: Store) -> None:
    put(store, "sessions", session("a") | {"case_id": "T-1"}, session("b") | {"case_id": "T-2"})
    put(store, "moments", lived("one", sessions=["a"]), lived("two", at=NOON + HOUR, sessions=["b"]))
    call = [{"id": "1", "name": "grep", "arguments": "{}"}]
    put(store, "messages", message("x", session="a") | {"tool_calls": call})
    put(store, "messages", message("y", session="b") | {"tool_calls": call * 2})
    assert found(store, "hours", case="T-1").moments == 1
    assert rows(found(store, "tools", case="T-1"), "tool")["grep"]["calls"] == 1
    with pytest.raises(UnknownCaseError, match="T-9"):
        found(store, "people", case="T-9")


def test_of_too_few_feelings_nothing_is_concluded(store: Store) -> None:
    put(store, "moments", *(lived(f"m{n}", at=NOON + n * HOUR / 2) for n in range(31)))
    put(store, "moments", lived("m1", at=NOON + HOUR / 2, felt=["happy"]))
    put(store, "moments", lived("m2", at=NOON + HOUR, felt=["frustrated"], quotes=["So frustrated."]))
    put(store, "moments", lived("m2", at=NOON + HOUR, felt=["frustrated"]))
    window = Window(MIDNIGHT, MIDNIGHT + 2 * DAY)
    mood = found(store, "mood", window=window)
    assert told(mood) == "2 of 31 moments have a feeling: too few to say."
    assert "too few to say" in told(found(store, "frustration", window=window))


def test_the_most_and_least_productive_are_told_with_their_n(store: Store) -> None:
    mornings = [lived(f"a{n}", at=NOON - 3 * HOUR - n * DAY, felt=["focused"], tags=["x"]) for n in range(12)]
    evenings = [lived(f"b{n}", at=NOON + 6 * HOUR - n * DAY, felt=["tired"], tags=["y"]) for n in range(12)]
    put(store, "moments", *mornings, *evenings)
    mood = found(store, "mood")
    hour = next(each for each in mood.statements if "by hour" in each.text)
    assert "most often 09:00, 12 of 12" in hour.text
    assert "least often 18:00, 0 of 12" in hour.text
    assert "chance" not in hour.text
    assert (hour.n, len(hour.moment_ids)) == (24, 24)
    assert rows(mood, "weekday and hour")["Monday 09:00"]["pleasant"] == 2
    assert rows(mood, "feeling")["tired"]["moments"] == 12


def test_a_small_difference_is_called_chance() -> None:
    assert not is_clear((3, 5), (1, 5))
    assert is_clear((50, 60), (5, 60))


def test_frustration_is_told_by_topic_with_the_words_that_show_it(store: Store) -> None:
    quotes = ["The disk was full.", "I am frustrated with the disk."]
    put(store, "moments", lived("bad", felt=["tired", "frustrated"], tags=["disk"], quotes=quotes))
    put(
        store,
        "moments",
        *(lived(f"g{n}", at=NOON - n * DAY - HOUR, felt=["calm"], tags=["disk"]) for n in range(5)),
    )
    insight = found(store, "frustration")
    (row,) = rows(insight, "topic").values()
    assert (row["name"], row["frustrated"], row["felt"], row["moments"]) == ("disk", 1, 6, 6)
    assert row["moment_ids"] == (derive_id("ann", "2025-10-20", "bad"),)
    assert [each["quote"] for each in row["quotes"]] == ["I am frustrated with the disk."]
    assert row["quotes"][0]["source_id"] == "s1"
    assert "1 of 6 moments with a feeling is frustrated" in told(insight)


def test_a_feeling_that_is_said_in_other_words_has_the_quote_kept_for_it() -> None:
    quotes = [{"source_id": str(n), "quote": quote} for n, quote in enumerate(["a", "müde", "genervt"])]
    row = {"evidence": quotes, "emotion_tags": ["tired", "frustrated"]}
    assert quote_of("frustrated", row) == quotes[2]
    assert quote_of("tired", row) == quotes[1]
    assert quote_of("tired", {"evidence": [], "emotion_tags": ["tired"]}) is None


def test_runs_of_days() -> None:
    assert runs_of([3, 1, 2, 2, 7]) == [Run(1, 3), Run(7, 7)]
    assert runs_of([]) == []


def test_streaks_know_the_longest_the_current_and_the_gap(store: Store) -> None:
    days = [0, 1, 2, 6, 7, 8, 9, 20]
    put(store, "moments", *(lived(f"d{n}", at=NOON - n * DAY, tags=["running"]) for n in days))
    row = rows(found(store, "streaks"), "activity")
    work = row["work_session"]
    assert (work["days"], work["longest"], work["current"]) == (8, 4, 3)
    assert (work["longest_from"], work["longest_to"]) == (date(2025, 10, 11), date(2025, 10, 14))
    assert (work["gap"], work["gap_from"]) == (10, date(2025, 10, 1))
    assert len(work["moment_ids"]) == 4
    assert row["exercise"]["longest"] == 4
    assert "writing" not in row


def test_a_streak_lasts_until_yesterday_and_one_at_the_window_s_edge_may_be_longer(store: Store) -> None:
    put(store, "moments", *(lived(f"d{n}", at=NOON - n * DAY) for n in range(1, 31)))
    row = rows(found(store, "streaks"), "activity")["any"]
    assert (row["current"], row["longest"], row["is_cut_off"], row["gap"]) == (30, 30, True, 0)
    later = found(store, "streaks", now=NOON + 2 * DAY, window=Window(MIDNIGHT - 30 * DAY, NOON + 2 * DAY))
    assert rows(later, "activity")["any"]["current"] == 0
    whole = found(store, "streaks", is_all=True)
    assert not rows(whole, "activity")["any"]["is_cut_off"]
    with pytest.raises(InputError, match="Leave --by out"):
        found(store, "streaks", by="day")


def called(*names: str, at: datetime, **more: Any) -> dict[str, Any]:
    calls = [{"id": f"{name}-{n}", "name": name, "arguments": "{}"} for n, name in enumerate(names)]
    return message(f"calls at {at}", at=at, role="assistant", **more) | {"tool_calls": calls}


def test_tools_are_counted_in_pairs_by_hour_and_with_their_failures(store: Store) -> None:
    put(store, "moments", lived("m", sessions=["s1"]))
    put(
        store,
        "messages",
        called("read", "edit", at=NOON),
        message("done", at=NOON + timedelta(minutes=1), role="tool"),
        message("Error: no such file", at=NOON + timedelta(minutes=2), role="tool"),
        called("read", at=NOON + timedelta(minutes=3)),
        called("edit", at=NOON + timedelta(minutes=4)),
        called("read", at=NOON + timedelta(minutes=5), session="s2"),
    )
    insight = found(store, "tools")
    tools = rows(insight, "tool")
    assert (tools["read"]["calls"], tools["read"]["sessions"], tools["edit"]["calls"]) == (3, 2, 2)
    assert (tools["read"]["results"], tools["read"]["failed"]) == (1, 0)
    assert (tools["edit"]["results"], tools["edit"]["failed"]) == (1, 1)
    assert {name: row["calls"] for name, row in rows(insight, "pair").items()} == {
        "read > edit": 2,
        "edit > read": 1,
    }
    assert rows(insight, "hour", "12:00")["read"]["calls"] == 3
    assert tools["edit"]["moment_ids"] == (derive_id("ann", "2025-10-20", "m"),)
    assert "1 of 2 results tell of a failure" in told(insight)


@pytest.mark.parametrize(
    ("content", "metadata", "failed"),
    [
        ("Error: no such file", None, True),
        ("Traceback (most recent call last):", None, True),
        ("bash: foo: command not found", None, True),
        ("ran the tests\nexit code 1", None, True),
        ("ran the tests\nexit code 0", None, False),
        ("ok", '{"extra": {"is_error": true}}', True),
        ("Error handling was reviewed", '{"is_error": false}', False),
        ("No errors were found", None, False),
        ("", None, False),
    ],
)
def test_a_failure_is_what_a_result_says_of_itself(content: str, metadata: str | None, failed: bool) -> None:
    assert says_failed(content, metadata) is failed


def test_a_result_that_names_its_call_belongs_to_it(store: Store) -> None:
    named = {"metadata": '{"extra": {"tool_call_id": "edit-1", "is_error": true}}'}
    put(store, "messages", called("read", "edit", at=NOON))
    put(store, "messages", message("oops", at=NOON + timedelta(minutes=1), role="tool") | named)
    tools = rows(found(store, "tools"), "tool")
    assert {name: row["failed"] for name, row in tools.items()} == {"read": 0, "edit": 1}


def test_time_with_people_counts_once_and_leaves_the_user_out(store: Store) -> None:
    put(
        store,
        "moments",
        lived("a", hours=2, people=["Ann", "Bo"], kind="communication"),
        lived("b", at=NOON + HOUR, hours=2, people=["Ann Lee", "Bo", "Cy"]),
    )
    people = rows(found(store, "people"), "person")
    assert {name: row["seconds"] for name, row in people.items()} == {"Bo": 3 * 3600, "Cy": 2 * 3600}
    assert people["Bo"]["moments"] == 2


@pytest.mark.parametrize(
    ("name", "user", "is_so"),
    [
        ("Inês", "ines", True),
        ("Simon Willison", "simonw", True),
        ("Simon Willison", "swillison", True),
        ("Anna", "annabel", False),
        ("Bo", "ann", False),
        ("", "ann", False),
        ("陳", "ann", False),
    ],
)
def test_who_the_user_is_is_read_from_the_id(name: str, user: str, is_so: bool) -> None:
    assert is_called(name, user) is is_so


def test_whoever_is_in_most_talks_and_never_alone_is_the_user(store: Store) -> None:
    talks = [["Zoe", "Bo"], ["Zoe", "Cy"], ["Zoe", "Di"]]
    rows_of_talks = [
        lived(f"t{n}", at=NOON - n * DAY, kind="communication", people=names) for n, names in enumerate(talks)
    ]
    put(store, "moments", *rows_of_talks)
    assert set(rows(found(store, "people"), "person")) == {"Bo", "Cy", "Di"}
    put(store, "moments", lived("alone", at=NOON + 3 * HOUR, kind="communication", people=["Zoe"]))
    assert "Zoe" in rows(found(store, "people"), "person")


def test_a_day_s_end_after_midnight_is_said_to_be_on_the_next_date(store: Store) -> None:
    assert [minutes_said(each) for each in (520, 1439.6, 1500)] == ["08:40", "00:00 (+1)", "01:00 (+1)"]
    night = Calendar(ZoneInfo("UTC"), time(4), 0)
    for n in range(3):
        at = NOON - n * DAY
        put(store, "moments", lived(f"d{n}", at=at, hours=13), lived(f"i{n}", at=at - HOUR, hours=0))
    rhythm = found(store, "rhythm", calendar=night)
    row = rows(rhythm, "total")["all"]
    assert (row["first"], row["last"], row["days"]) == ("11:00", "01:00 (+1)", 3)
    assert "(median of 3 days)" in told(rhythm)


def test_a_time_without_moments_gives_empty_tables_and_no_statements(store: Store) -> None:
    for insight in overview(store, ASKED):
        assert insight.moments == 0
        assert insight.rows.empty
        assert [each for each in insight.statements if each.n] == []


def test_tables_are_frames_whose_columns_are_always_the_same(store: Store) -> None:
    empty = {each.what: list(each.rows.columns) for each in overview(store, ASKED)}
    put(store, "moments", lived("a", felt=["happy"], people=["Bo"], tags=["x"]))
    for insight in overview(store, ASKED):
        assert isinstance(insight.rows, pandas.DataFrame)
        assert list(insight.rows.columns) == empty[insight.what]
