"""Real assets on a real instance: what a run leaves in the tables and in Dagster's log."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.defs.runs import DREAMS, FailingConnection, events, instance_at, run

pytestmark = pytest.mark.runs

FIRST = MONDAY.date()
ROWS = "dagster/partition_row_count"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with instance_at(tmp_path / "dagster") as made:
        yield made


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def three_days(home: Home, store: Store) -> None:
    """Two days of one chat each, and a third day between them that holds nothing."""
    fill(home, store, [*chat_day(0), *chat_day(2, turns=10)])


def test_a_run_of_one_day_fills_the_tables_and_says_how_much(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    three_days(home, store)
    done = run(home, instance, (FIRST, FIRST))
    assert done.success
    [row] = read_ledger(store)
    assert (row.status, row.partition_key, row.run_id) == ("complete", FIRST.isoformat(), done.run_id)
    said = events(instance, "moments")[FIRST.isoformat()]
    assert said[ROWS] == store.count("moments") == row.counts["moments"]
    assert (said["status"], said["engine"], said["model"], said["items"]) == (
        "complete",
        "offline",
        "none",
        9,
    )
    assert (said["cost_usd"], said["calls"], said["calls_paid"], said["held_back"]) == (0.0, 0, 0, 0)
    assert said["coverage"] == 1.0
    assert events(instance, "messages")[FIRST.isoformat()][ROWS] == 6
    assert events(instance, "resources")[FIRST.isoformat()][ROWS] == 3
    assert events(instance, "sessions")[FIRST.isoformat()][ROWS] == 1


def test_a_range_run_gives_every_day_an_event_of_its_own(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    three_days(home, store)
    assert run(home, instance, (FIRST, day(2))).success
    for asset in DREAMS:
        assert set(events(instance, asset)) == {day(n).isoformat() for n in range(3)}
    said = events(instance, "moments")
    rows = {row.partition_key: row for row in read_ledger(store)}
    for key, row in rows.items():
        assert said[key][ROWS] == row.counts["moments"]
        assert said[key]["items"] == row.counts["items"]
    assert said[day(0).isoformat()]["items"] != said[day(2).isoformat()]["items"]


def test_an_empty_day_materialises_with_no_rows(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    three_days(home, store)
    assert run(home, instance, (day(1), day(1))).success
    assert {asset: events(instance, asset)[day(1).isoformat()][ROWS] for asset in DREAMS} == dict.fromkeys(
        DREAMS, 0
    )
    assert events(instance, "moments")[day(1).isoformat()]["status"] == "empty"


def test_a_day_is_counted_over_all_its_users_whoever_was_dreamt(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, chat_day(0, user="ana"), user="ana")
    fill(home, store, chat_day(0, user="ines"), user="ines")
    run(home, instance, (FIRST, FIRST), assets=DREAMS, config={"users": ["ana"]})
    assert events(instance, "moments")[FIRST.isoformat()]["users"] == 1
    run(home, instance, (FIRST, FIRST), assets=DREAMS, config={"users": ["ines"]})
    said = events(instance, "moments")[FIRST.isoformat()]
    assert (said["users"], said[ROWS]) == (2, store.count("moments"))


def test_a_failing_day_leaves_the_others_recorded(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1), *chat_day(2)])
    connection = FailingConnection(path=str(home.path), failing_day=day(1).isoformat())
    done = run(home, instance, (FIRST, day(2)), assets=DREAMS, connection=connection)
    assert not done.success
    for asset in DREAMS:
        assert set(events(instance, asset)) == {day(0).isoformat(), day(2).isoformat()}
    [failure] = [event for event in done.all_events if event.is_step_failure]
    told = failure.step_failure_data.user_failure_data
    assert told is not None
    assert day(1).isoformat() in str(told.description)
    assert "did not answer" in str(told.description)
    assert day(0).isoformat() not in str(told.description)


def test_running_a_failed_range_again_dreams_only_what_failed(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    failing = FailingConnection(path=str(home.path), failing_day=day(1).isoformat())
    first = run(home, instance, (FIRST, day(1)), assets=DREAMS, connection=failing)
    mended = FailingConnection(path=str(home.path), failing_day="never")
    second = run(home, instance, (FIRST, day(1)), assets=DREAMS, connection=mended)
    assert second.success
    assert [row.run_id for row in read_ledger(store)] == [first.run_id, second.run_id]
    assert set(events(instance, "moments")) == {day(0).isoformat(), day(1).isoformat()}


def test_days_that_are_up_to_date_are_left_and_recorded_again(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    three_days(home, store)
    first = run(home, instance, (FIRST, FIRST))
    assert run(home, instance, (FIRST, FIRST)).success
    [row] = read_ledger(store)
    assert row.run_id == first.run_id
    again = run(home, instance, (FIRST, FIRST), config={"redo": "all"})
    [row] = read_ledger(store)
    assert row.run_id == again.run_id


def test_no_text_of_a_day_reaches_dagster_unless_the_home_allows_it(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    three_days(home, store)
    run(home, instance, (FIRST, FIRST))
    titles = store.read("moments", ["name"])["name"].to_pylist()
    log = b"".join(path.read_bytes() for path in Path(instance.root_directory).rglob("*.db*"))
    assert titles
    assert not [title for title in titles if title.encode() in log]
    (home.path / "config.toml").write_text("[dagster]\nshow_text = true\n", encoding="utf-8")
    run(home, instance, (FIRST, FIRST))
    said = events(instance, "moments")[FIRST.isoformat()]
    assert all(title in str(said["titles"]) for title in titles)
    assert events(instance, "summary")[FIRST.isoformat()]["summary"]


def test_activity_is_synced_once_a_run_whatever_days_it_touches(
    home: Home, store: Store, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "one.md").write_text("---\ncreated: 2025-10-07 10:00\n---\nA note.\n", encoding="utf-8")
    (home.path / "config.toml").write_text(
        f'[[sources]]\nkind = "markdown"\npath = "{notes}"\n\n'
        f'[[sources]]\nkind = "jsonl"\npath = "{tmp_path / "gone.jsonl"}"\n',
        encoding="utf-8",
    )
    three_days(home, store)
    done = run(home, instance, (FIRST, FIRST), assets=("resources", "messages"))
    assert done.success
    assert store.count("resources", "source = 'markdown'") == 1
    assert events(instance, "resources")[FIRST.isoformat()]["failed_sources"] == 1
    assert set(events(instance, "resources")) == {FIRST.isoformat()}
    warned = [
        record.event_log_entry.user_message
        for record in instance.get_records_for_run(done.run_id).records
        if record.event_log_entry.level == 30
    ]
    assert len(warned) == 1
    assert "gone.jsonl" in warned[0]


def test_checks_tell_failed_days_from_whole_ones(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    failing = FailingConnection(path=str(home.path), failing_day=day(1).isoformat())
    run(home, instance, (FIRST, day(1)), assets=DREAMS, connection=failing)
    done = run(home, instance, (FIRST, FIRST), assets=DREAMS, connection=failing)
    verdicts = {each.check_name: each for each in done.get_asset_check_evaluations()}
    assert not verdicts["days_are_whole"].passed
    assert verdicts["days_are_whole"].metadata["latest_days"].value == day(1).isoformat()
    assert verdicts["claims_have_evidence"].passed
    assert verdicts["claims_have_evidence"].severity == dg.AssetCheckSeverity.WARN


def test_maintenance_measures_the_tables_and_loses_no_row(
    home: Home, store: Store, instance: dg.DagsterInstance
) -> None:
    three_days(home, store)
    before = store.read("messages").sort_by("id")
    done = run(home, instance, None, assets=["maintenance"])
    assert done.success
    assert store.read("messages").sort_by("id").equals(before)
    [event] = done.asset_materializations_for_node("maintenance")
    said = {name: value.value for name, value in event.metadata.items()}
    assert said["rows_messages"] == 16
    assert int(str(said["bytes_on_disk"])) > 0
    assert [each.passed for each in done.get_asset_check_evaluations()] == [True]
