"""Weeks and months: which are out of date, what rolling them up writes, and what it leaves alone."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.dreaming.rollup import RollupReport, RollupState, find_rollups
from rem_dagster.dreaming.rollup_due import ROLLUP_VERSION
from rem_dagster.errors import StoreError
from rem_dagster.model.activity import Activity
from rem_dagster.model.summary import Summary
from rem_dagster.recall.sql import query
from rem_dagster.recall.timeline import summary_of
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals, is_in
from rem_dagster.store.tables import SUMMARIES
from tests.activity import MONDAY, chat_day, commit, contents, fill, message, note
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.dreaming.test_dream import FailingStore
from tests.lives import LIVES, dream, roll_up

ALL = DreamPlan()
WEEK, NEXT_WEEK, OCTOBER, NOVEMBER = "2025-10-05", "2025-10-12", "2025-10-01", "2025-11-01"


def put(home: Home, store: Store, *days: int, user: str = "ines") -> None:
    fill(home, store, [each for day in days for each in chat_day(day, user=user)], user=user)


def live(home: Home, store: Store, *days: int, user: str = "ines") -> None:
    put(home, store, *days, user=user)
    dream(home, store, ScriptedEngine(), ALL)


def standing(home: Home, store: Store) -> dict[str, str]:
    return {f"{each.period} {each.key}": each.freshness for each in find_rollups(home, store)}


def became(report: RollupReport) -> dict[str, str]:
    return {f"{each.period} {each.key}": each.status for each in report.results}


def week_of(store: Store, first: str = WEEK, *, user: str = "ines") -> Summary:
    found = summary_of(store, user_id=user, period="week", first_day=date.fromisoformat(first))
    assert found is not None
    return found


def rolled(store: Store) -> list[dict[str, object]]:
    where = is_in("period", ["week", "month"])
    return sorted(store.read("summaries", where=where).to_pylist(), key=lambda row: str(row["id"]))


def test_a_week_and_a_month_are_due_until_they_are_summed_up(home: Home, store: Store) -> None:
    live(home, store, 0, 1)
    assert standing(home, store) == {f"month {OCTOBER}": "due", f"week {WEEK}": "due"}
    assert became(roll_up(home, store)) == {f"month {OCTOBER}": "made", f"week {WEEK}": "made"}
    assert standing(home, store) == {f"month {OCTOBER}": "current", f"week {WEEK}": "current"}


def test_a_week_says_when_it_was_what_it_rests_on_and_how_it_was_made(home: Home, store: Store) -> None:
    live(home, store, 0, 1)
    roll_up(home, store)
    week = week_of(store)
    moments = sorted(store.read("moments").to_pylist(), key=lambda row: (row["start_time"], row["end_time"]))
    assert week.name == "Week of 5 October 2025"
    assert week.start_time == datetime(2025, 10, 5, tzinfo=UTC)
    assert week.end_time == week.created_at == max(row["end_time"] for row in moments)
    assert list(week.moment_ids) == [row["id"] for row in moments]
    assert (week.recipe, week.dream_id) == (f"rollup {ROLLUP_VERSION}", None)
    slices = {row["slice_key"] for row in rolled(store)}
    assert slices == {f"ines/week/{WEEK}", f"ines/month/{OCTOBER}"}


def test_rolling_up_again_writes_nothing_and_reads_no_moments(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    before = store.dataset("summaries").version
    shutil.rmtree(Path(home.tables_uri) / "moments.lance")
    assert set(became(roll_up(home, store)).values()) == {"unchanged"}
    assert store.dataset("summaries").version == before


def test_all_that_is_due_is_written_in_one_commit(home: Home, store: Store) -> None:
    live(home, store, *range(0, 70, 5))
    before = store.dataset("summaries").version
    assert len(roll_up(home, store).made) > 10
    assert store.dataset("summaries").version == before + 1


def test_a_changed_day_makes_its_own_week_and_month_due_and_no_other(home: Home, store: Store) -> None:
    live(home, store, 0, 7, 28)
    roll_up(home, store)
    fill(home, store, [message(999, MONDAY + timedelta(days=7, hours=5), user="ines")])
    dream(home, store, ScriptedEngine(), ALL)
    due = {name for name, freshness in standing(home, store).items() if freshness == "due"}
    assert due == {f"week {NEXT_WEEK}", f"month {OCTOBER}"}
    report = roll_up(home, store)
    assert {f"{each.period} {each.key}" for each in report.made} == due


def test_a_stale_day_changes_nothing_until_it_is_dreamt(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    fill(home, store, [message(999, MONDAY + timedelta(hours=5))])
    assert set(standing(home, store).values()) == {"current"}


def test_an_undreamt_day_does_not_block_and_is_counted(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    figures = week_of(store).metadata
    assert (figures["active_days"], figures["days_recorded"], figures["days_dreamt"]) == (1, 1, 1)
    put(home, store, 1)
    roll_up(home, store)
    figures = week_of(store).metadata
    assert (figures["active_days"], figures["days_recorded"], figures["days_dreamt"]) == (1, 2, 1)


@pytest.mark.parametrize("status", ["failed", "writing"])
def test_a_failed_or_unfinished_day_blocks_and_what_was_written_stays(
    home: Home, store: Store, status: str
) -> None:
    live(home, store, 0, 1)
    roll_up(home, store)
    before = rolled(store)
    put(home, store, 2)
    if status == "failed":
        dream(home, store, ScriptedEngine(failing_on("2025-10-08")), ALL)
    else:
        dream(home, store, ScriptedEngine(), ALL)
        (row,) = read_ledger(store, first_day="2025-10-08", last_day="2025-10-08")
        write_ledger(store, [row.model_copy(update={"status": "writing"})])
    report = roll_up(home, store)
    assert [each.status for each in report.results] == ["blocked", "blocked"]
    assert all("2025-10-08" in str(each.reason) for each in report.blocked)
    assert rolled(store) == before
    (week,) = (each for each in find_rollups(home, store) if each.period == "week")
    assert (week.blocked_by, week.input_hash == week_of(store).input_hash) == (("2025-10-08",), False)
    dream(home, store, ScriptedEngine(), ALL)
    assert set(became(roll_up(home, store)).values()) == {"made"}


def test_one_blocked_week_does_not_keep_the_others_back(home: Home, store: Store) -> None:
    put(home, store, 0, 7)
    dream(home, store, ScriptedEngine(failing_on("2025-10-13")), ALL)
    assert became(roll_up(home, store)) == {
        f"month {OCTOBER}": "blocked",
        f"week {WEEK}": "made",
        f"week {NEXT_WEEK}": "blocked",
    }


def test_where_all_moments_went_away_the_summary_goes_too(home: Home, store: Store) -> None:
    live(home, store, 0, 28)
    roll_up(home, store)
    for table in ("messages", "resources", "sessions"):
        store.delete(table, equals("partition_key", "2025-10-06"))
    dream(home, store, ScriptedEngine(), ALL)
    report = became(roll_up(home, store))
    assert (report[f"week {WEEK}"], report[f"month {OCTOBER}"]) == ("removed", "removed")
    assert {row["slice_key"] for row in rolled(store)} == {"ines/week/2025-11-02", f"ines/month/{NOVEMBER}"}
    assert f"week {WEEK}" not in standing(home, store)


def test_a_summary_whose_days_are_no_longer_known_goes_too(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    for table in ("messages", "resources", "sessions", "dreams", "moments"):
        store.delete(table, equals("user_id", "ines"))
    assert set(became(roll_up(home, store)).values()) == {"removed"}
    assert rolled(store) == []


def test_days_without_moments_have_no_summary_and_are_not_due_for_ever(home: Home, store: Store) -> None:
    put(home, store, 0)
    assert standing(home, store) == {}
    assert roll_up(home, store).results == ()


def test_two_users_never_mix(home: Home, store: Store) -> None:
    live(home, store, 0, 1)
    live(home, store, 1, user="tom")
    roll_up(home, store)
    of_whom = {row["id"]: row["user_id"] for row in store.read("moments", ["id", "user_id"]).to_pylist()}
    for user in ("ines", "tom"):
        assert {of_whom[each] for each in week_of(store, user=user).moment_ids} == {user}
    assert week_of(store).metadata["active_days"] == 2
    assert week_of(store, user="tom").metadata["active_days"] == 1


def test_only_the_users_periods_and_days_asked_for_are_rolled_up(home: Home, store: Store) -> None:
    live(home, store, 0, 7, 28)
    live(home, store, 0, user="tom")
    report = roll_up(
        home,
        store,
        periods=["week"],
        first_day=date(2025, 10, 8),
        last_day=date(2025, 10, 12),
        user_ids=["ines"],
    )
    assert became(report) == {f"week {WEEK}": "made", f"week {NEXT_WEEK}": "made"}
    assert {row["slice_key"] for row in rolled(store)} == {f"ines/week/{WEEK}", f"ines/week/{NEXT_WEEK}"}


def test_a_period_asked_for_by_one_of_its_days_is_rolled_up_whole(home: Home, store: Store) -> None:
    live(home, store, 0, 4)
    one_day = date(2025, 10, 8)
    roll_up(home, store, first_day=one_day, last_day=one_day)
    assert week_of(store).metadata["active_days"] == 2
    assert set(standing(home, store).values()) == {"current"}


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    """What a home holds whose three days were dreamt together."""
    home = open_home(tmp_path_factory.mktemp("at-once") / "home", create=True, flags={"timezone": "UTC"})
    store = LIVES.begin(home)
    put(home, store, 0, 3, 9)
    dream(home, store, OfflineEngine(), ALL)
    roll_up(home, store)
    return contents(store)


@pytest.mark.runs
@pytest.mark.parametrize("order", [(3, 9, 0), (9, 0, 3), (9, 3, 0)])
def test_the_order_of_dreaming_does_not_matter(
    home: Home, store: Store, order: Sequence[int], at_once: Mapping[str, object]
) -> None:
    put(home, store, 0, 3, 9)
    for day in order:
        only = MONDAY.date() + timedelta(days=day)
        dream(home, store, OfflineEngine(), DreamPlan(only, only))
        roll_up(home, store)
    assert contents(store) == at_once


@settings(max_examples=5)
@given(days=st.lists(st.integers(0, 40), min_size=1, max_size=5, unique=True))
@pytest.mark.runs
def test_rolling_up_twice_is_rolling_up_once(
    tmp_path_factory: pytest.TempPathFactory, days: list[int]
) -> None:
    home = open_home(tmp_path_factory.mktemp("twice") / "home", create=True, flags={"timezone": "UTC"})
    store = LIVES.begin(home)
    live(home, store, *days)
    roll_up(home, store)
    before = rolled(store)
    store.delete("summaries", is_in("period", ["week", "month"]))
    roll_up(home, store)
    assert rolled(store) == before
    held = {each for row in before if row["slice_key"].split("/")[1] == "week" for each in row["moment_ids"]}  # type: ignore[attr-defined]
    assert held == set(store.read("moments", ["id"])["id"].to_pylist())


@pytest.mark.parametrize(
    ("week_starts_on", "keys"),
    [("sunday", ["2025-10-05", "2025-10-12"]), ("monday", ["2025-10-06"])],
)
def test_weeks_begin_as_the_homes_do(tmp_path: Path, week_starts_on: str, keys: list[str]) -> None:
    flags = {"timezone": "UTC", "week_starts_on": week_starts_on}
    home = open_home(tmp_path / "home", create=True, flags=flags)
    store = LIVES.begin(home)
    live(home, store, 0, 6)  # a Monday and the Sunday after it
    found = roll_up(home, store, periods=["week"])
    assert [each.key for each in found.results] == keys


def test_weeks_that_begin_otherwise_than_the_homes_are_taken_away(tmp_path: Path) -> None:
    place = tmp_path / "home"
    home = open_home(place, create=True, flags={"timezone": "UTC", "week_starts_on": "monday"})
    store = LIVES.begin(home)
    live(home, store, 0)
    roll_up(home, store)
    file = home.file.model_copy(update={"week_starts_on": "sunday"})
    (place / "home.json").write_text(file.model_dump_json(), encoding="utf-8")
    report = became(roll_up(open_home(place), store))
    assert report == {"week 2025-10-06": "removed", f"week {WEEK}": "made", f"month {OCTOBER}": "unchanged"}


def test_months_end_with_their_last_day(home: Home, store: Store) -> None:
    live(home, store, 25, 26)  # 31 October and 1 November
    roll_up(home, store)
    ends = {(each.period, each.key, each.last_day.isoformat()) for each in find_rollups(home, store)}
    assert ends == {
        ("month", "2025-10-01", "2025-10-31"),
        ("month", "2025-11-01", "2025-11-30"),
        ("week", "2025-10-26", "2025-11-01"),
    }
    for first in (OCTOBER, NOVEMBER):
        found = summary_of(store, user_id="ines", period="month", first_day=date.fromisoformat(first))
        assert found is not None
        assert found.metadata["active_days"] == 1


def test_a_week_in_which_the_clocks_change_has_the_hours_that_passed(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", create=True, flags={"timezone": "Europe/Lisbon"})
    store = LIVES.begin(home)
    night = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # 01:30 local; at 02:00 clocks go back to 01:00
    fill(
        home, store, [message(1, night), message(2, night + timedelta(minutes=90), session="chat-2025-10-26")]
    )
    dream(home, store, ScriptedEngine(), ALL)
    roll_up(home, store)
    week = week_of(store, "2025-10-26")
    assert week.start_time == datetime(2025, 10, 25, 23, tzinfo=UTC)  # local midnight in summer time
    assert week.metadata["seconds"] == 90 * 60


def test_a_day_that_begins_at_four_belongs_to_the_week_before_until_then(tmp_path: Path) -> None:
    flags = {"timezone": "UTC", "day_starts_at": "04:00"}
    home = open_home(tmp_path / "home", create=True, flags=flags)
    store = LIVES.begin(home)
    fill(
        home,
        store,
        [note(1, datetime(2025, 10, 5, 3, tzinfo=UTC), "Late on Saturday I finished the loader.")],
    )
    dream(home, store, ScriptedEngine(), ALL)
    (week,) = roll_up(home, store, periods=["week"]).made
    assert week.key == "2025-09-28"
    assert week_of(store, "2025-09-28").start_time == datetime(2025, 9, 28, 4, tzinfo=UTC)


def test_a_prediction_is_no_part_of_a_week(home: Home, store: Store) -> None:
    live(home, store, 0)
    (row, *_) = store.read("moments").to_pylist()
    moments = store.read("moments")
    ahead = {
        **row,
        "id": "ahead",
        "moment_type": "prediction",
        "end_time": row["end_time"] + timedelta(days=1),
    }
    import pyarrow as pa

    store.upsert("moments", pa.Table.from_pylist([ahead], schema=moments.schema))
    roll_up(home, store)
    week = week_of(store)
    assert "ahead" not in week.moment_ids
    assert "prediction" not in str(week.metadata)
    assert week.end_time == row["end_time"]


def test_a_day_dreamt_again_meanwhile_leaves_its_week_as_it_was(home: Home, store: Store) -> None:
    live(home, store, 0)
    (row,) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"dream_id": "of-before"})])
    report = roll_up(home, store)
    assert {each.status for each in report.results} == {"blocked"}
    assert "dreamt again meanwhile" in str(report.results[0].reason)
    assert rolled(store) == []


def test_claims_that_are_held_back_only_warn(home: Home, store: Store) -> None:
    live(home, store, 0)
    (row,) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"counts": {**row.counts, "held_back": 3}})])
    assert set(became(roll_up(home, store)).values()) == {"made"}
    assert week_of(store).metadata["held_back"] == 3


def test_a_refresh_under_the_same_dream_id_is_noticed(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    (row,) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"completion_tokens": row.completion_tokens + 1})])
    assert set(standing(home, store).values()) == {"due"}


def test_when_and_how_long_a_dream_took_is_no_part_of_a_week(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    (row,) = read_ledger(store)
    volatile = {"run_id": "r", "dreamt_at": MONDAY, "duration_seconds": 9.0, "calls_paid": 7}
    write_ledger(store, [row.model_copy(update=volatile)])
    assert set(standing(home, store).values()) == {"current"}


def test_a_write_that_fails_leaves_all_summaries_as_they_were(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    before = rolled(store)
    live(home, store, 1)
    with pytest.raises(StoreError):
        roll_up(home, FailingStore(home.tables_uri, 1))
    assert rolled(store) == before
    assert set(became(roll_up(home, store)).values()) == {"made"}


def test_summaries_of_days_stay_as_they_are(home: Home, store: Store) -> None:
    live(home, store, 0, 1)
    before = store.read("summaries", where=equals("period", "day")).to_pylist()
    roll_up(home, store)
    assert store.read("summaries", where=equals("period", "day")).to_pylist() == before


def test_weeks_and_months_are_resources_in_sql(home: Home, store: Store) -> None:
    live(home, store, 0)
    roll_up(home, store)
    found = query(
        home, store, "SELECT category, name, content FROM resources WHERE source = 'rem' ORDER BY 1"
    )
    rows = {row["category"]: row for row in found.to_pylist()}
    assert set(rows) == {"summary", "summary_month", "summary_week"}
    assert rows["summary_month"]["name"] == "October 2025"
    assert rows["summary_week"]["content"] == week_of(store).content


def test_the_figures_of_a_week_are_those_of_its_moments(home: Home, store: Store) -> None:
    start = MONDAY
    items: list[Activity] = [
        commit(1, start, "Release 0.4.1"),
        commit(2, start + timedelta(hours=1), "Fix it"),
    ]
    fill(home, store, items)
    dream(home, store, OfflineEngine(), ALL)
    roll_up(home, store)
    figures = week_of(store).metadata
    (moment, *others) = store.read("moments").to_pylist()
    assert not others
    assert figures["seconds"] == (moment["end_time"] - moment["start_time"]).total_seconds()
    assert figures["seconds_by_type"] == {moment["moment_type"]: figures["seconds"]}
    assert set(figures["topics"]) == set(moment["tags"])  # type: ignore[call-overload]
    assert [each["moment_id"] for each in figures["outcomes"]] == [moment["id"]]  # type: ignore[attr-defined]
    assert figures["outcomes"][0]["day"] == "2025-10-06"  # type: ignore[index]


def test_nothing_due_in_ten_years_is_found_at_once(home: Home, store: Store) -> None:
    import time

    live(home, store, 0)
    (row,) = read_ledger(store)
    first = date(2016, 1, 1)
    days = [(first + timedelta(days=each)).isoformat() for each in range(3650)]
    write_ledger(
        store,
        [row.model_copy(update={"id": day, "partition_key": day, "dream_id": f"d{day}"}) for day in days],
    )
    states: list[RollupState] = find_rollups(home, store)
    (summary,) = store.read("summaries").to_pylist()
    import pyarrow as pa

    rows = [
        {
            **summary,
            "id": each.slice_key,
            "period": each.period,
            "partition_key": each.key,
            "slice_key": each.slice_key,
            "input_hash": each.input_hash,
        }
        for each in states
    ]
    store.upsert("summaries", pa.Table.from_pylist(rows, schema=SUMMARIES.schema))
    began = time.process_time()
    report = roll_up(home, store)
    spent = time.process_time() - began
    assert {each.status for each in report.results} == {"unchanged"}
    assert len(report.results) > 600
    assert spent < 1.0  # far more than it takes; on two busy cores too
