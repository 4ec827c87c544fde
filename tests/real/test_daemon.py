"""Webserver, daemon and code server as `rem up` runs them: every trigger, its runs counted.

All work is asked for at the start and goes on side by side; each test waits for its own part.
"""

import signal
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from rem_dagster.dreaming.rollup import find_rollups
from rem_dagster.ingest.importing import import_source
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.model.window import days_between
from rem_dagster.settings import WEEKDAYS, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from tests.activity import MONDAY, ListSource, fill, message
from tests.real.served import (
    ENDED,
    SECONDS_TO_END,
    Served,
    chat_on,
    days_of,
    eventually,
    processes_of,
    serving,
)

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]
TODAY = datetime.now(UTC).date()


def day(before_today: int) -> date:
    return TODAY - timedelta(days=before_today)


OF_THE_WEEK = day(3)
BY_REM_DREAM, DELETED = day(120), day(112)
BY_HAND = day(100)
BY_BACKFILL = list(days_between(day(60), day(26)))
NEARLY_EMPTY = list(days_between(day(200), day(160)))
OLDER = day(230)


@dataclass(frozen=True)
class Asked:
    """What was asked for when everything was up."""

    served: Served
    run_id: str
    backfill_id: str
    nearly_empty_id: str
    deleted: pa.Table
    """The messages of a day, which were taken away after its dream."""


def say(served: Served, count: int, *, user: str) -> None:
    """Messages of today that come in now."""
    now = datetime.now(UTC)
    items = [message(n, now, session=f"talk-{user}", user=user) for n in range(count)]
    import_source(served.home, served.store, ListSource(tuple(items)), user_id=user, now=now)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """A served home in which everything has been asked for."""
    home = open_home(
        tmp_path_factory.mktemp("real") / "home",
        create=True,
        flags={"timezone": "UTC", "week_starts_on": WEEKDAYS[TODAY.weekday()]},
    )
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [*chat_on(BY_REM_DREAM), *chat_on(DELETED)])
    assert len(run_dream(home)) == 2
    of_day = equals("partition_key", DELETED.isoformat())
    deleted = store.read("messages", where=of_day)
    few = (NEARLY_EMPTY[0], NEARLY_EMPTY[20])
    fill(home, store, [item for each in (BY_HAND, OF_THE_WEEK, *few, *BY_BACKFILL) for item in chat_on(each)])
    (home.path / "config.toml").write_text(
        "idle_minutes = 1\n[threshold]\nmessages = 5\ncooldown_minutes = 1\n", encoding="utf-8"
    )
    with serving(home) as served:
        tonight = (datetime.now(UTC) + timedelta(seconds=220)).replace(second=0, microsecond=0)
        with (home.path / "config.toml").open("a", encoding="utf-8") as config:
            config.write(
                f"[dagster]\nnightly_at = {tonight.time().isoformat()}\n"
                f"weekly_at = {(tonight - timedelta(minutes=1)).time().isoformat()}\n"
            )
        served.reload()
        run_id = served.launch(BY_HAND)
        backfill_id, nearly_empty_id = served.backfill(BY_BACKFILL), served.backfill(NEARLY_EMPTY)
        say(served, 6, user="ines")
        late = MONDAY + timedelta(days=(BY_REM_DREAM - MONDAY.date()).days, hours=5)
        fill(home, store, [message(900, late, session="late")])
        store.delete("messages", of_day)
        yield Asked(served, run_id, backfill_id, nearly_empty_id, deleted)


def test_what_rem_dream_made_is_there(asked: Asked) -> None:
    [made] = asked.served.runs(rem__trigger="rem dream")
    assert made["status"] == "SUCCESS"
    assert days_of(made) == (BY_REM_DREAM.isoformat(), DELETED.isoformat())
    assert asked.served.partitions()["numMaterialized"] >= 1


def test_the_button_materialises_a_day(asked: Asked) -> None:
    [made] = eventually(lambda: asked.served.finished(dagster__partition=BY_HAND.isoformat()))
    assert (made["runId"], made["status"]) == (asked.run_id, "SUCCESS")
    ledger = asked.served.store.read("dreams", ["partition_key", "run_id"]).to_pylist()
    assert {"partition_key": BY_HAND.isoformat(), "run_id": asked.run_id} in ledger


def test_the_sensor_asks_once_for_many_new_messages(asked: Asked) -> None:
    [made] = eventually(lambda: asked.served.finished(dagster__sensor_name="new_activity"))
    assert made["status"] == "SUCCESS"
    assert made["tags"]["dagster/partition"] == TODAY.isoformat()
    assert made["tags"]["rem/why"] == "6 new messages (threshold 5)"
    say(asked.served, 2, user="ana")  # not enough, so that only quiet makes them dreamt


def test_days_that_changed_after_their_dream_are_dreamt_again_once(asked: Asked) -> None:
    for wanted in (BY_REM_DREAM, DELETED):
        [made] = eventually(lambda day=wanted: _again(asked.served, day) or None)  # type: ignore[misc]  # a default
        assert (made["status"], made["tags"]["rem/trigger"]) == ("SUCCESS", "late")
    asked.served.store.upsert("messages", asked.deleted)


def _again(served: Served, wanted: date) -> list[dict[str, Any]]:
    """The finished runs of triggers for a day that was dreamt before."""
    return [
        run
        for run in served.runs()
        if run["status"] in ENDED
        and run["tags"].get("rem/trigger") in ("late", "nightly")
        and days_of(run)[0] <= wanted.isoformat() <= days_of(run)[1]
    ]


def test_a_backfill_of_35_days_is_two_runs(asked: Asked) -> None:
    assert eventually(lambda: asked.served.backfill_ended(asked.backfill_id)) == "COMPLETED_SUCCESS"
    runs = asked.served.runs(dagster__backfill=asked.backfill_id)
    assert [made["status"] for made in runs] == ["SUCCESS", "SUCCESS"]
    assert {days_of(made)[1] for made in runs} == {
        BY_BACKFILL[29].isoformat(),
        BY_BACKFILL[-1].isoformat(),
    }
    ledger = asked.served.store.read("dreams", ["partition_key"])["partition_key"].to_pylist()
    assert {each.isoformat() for each in BY_BACKFILL} <= set(ledger)


def test_a_backfill_of_days_that_are_nearly_all_empty_ends(asked: Asked) -> None:
    assert eventually(lambda: asked.served.backfill_ended(asked.nearly_empty_id)) == "COMPLETED_SUCCESS"
    assert len(asked.served.runs(dagster__backfill=asked.nearly_empty_id)) == 2


def test_older_activity_opens_older_partitions_while_it_runs(asked: Asked) -> None:
    before = asked.served.partitions()["numPartitions"]
    fill(asked.served.home, asked.served.store, chat_on(OLDER))
    more = (NEARLY_EMPTY[0] - OLDER).days
    eventually(lambda: asked.served.partitions()["numPartitions"] == before + more or None)


def test_the_weekly_schedule_dreams_the_week_that_ended_once(asked: Asked) -> None:
    [made] = eventually(lambda: asked.served.finished(dagster__schedule_name="weekly"))
    assert (made["status"], days_of(made)) == ("SUCCESS", (OF_THE_WEEK.isoformat(),) * 2)


def test_the_nightly_schedule_asks_once_for_yesterday_and_not_for_what_the_week_did(asked: Asked) -> None:
    runs = eventually(lambda: asked.served.finished(dagster__schedule_name="nightly"))
    assert {made["status"] for made in runs} == {"SUCCESS"}
    yesterday = day(1).isoformat()
    assert sum(yesterday in days_of(made) for made in runs) == 1
    why = next(made["tags"]["rem/why"] for made in runs if yesterday in days_of(made))
    assert why == "0 dreams are out of date"


def test_little_that_came_in_is_dreamt_after_a_minute_of_quiet(asked: Asked) -> None:
    [made] = eventually(lambda: asked.served.finished(dagster__sensor_name="quiet_activity"))
    assert made["status"] == "SUCCESS"
    assert made["tags"]["rem/why"] == "nothing came in for 1 minutes"
    ledger = asked.served.store.read("dreams", ["user_id", "partition_key", "run_id"]).to_pylist()
    mine = {"user_id": "ana", "partition_key": TODAY.isoformat(), "run_id": made["runId"]}
    assert [row for row in ledger if row["run_id"] == made["runId"]] == [mine]


def test_what_was_brought_back_is_dreamt_once_more(asked: Asked) -> None:
    found = eventually(lambda: found if len(found := _again(asked.served, DELETED)) > 1 else None)
    assert [each["status"] for each in found] == ["SUCCESS", "SUCCESS"]  # late, or the night was sooner


def test_weeks_and_months_are_summed_up_after_their_dreams(asked: Asked) -> None:
    served = asked.served
    eventually(
        lambda: all(each.freshness == "current" for each in find_rollups(served.home, served.store)) or None
    )
    runs = eventually(lambda: served.finished(rem__trigger="rollup"))
    assert {made["jobName"] for made in runs} == {"weekly_job", "monthly_job"}
    assert {made["status"] for made in runs} == {"SUCCESS"}


def test_no_trigger_asked_twice_and_none_dropped_anything(asked: Asked) -> None:
    runs = asked.served.runs()
    assert not [made for made in runs if made["status"] in ("FAILURE", "CANCELED")]
    triggers = Counter(made["tags"].get("rem/trigger") for made in runs)
    assert [triggers[name] for name in ("threshold", "quiet", "weekly")] == [1, 1, 1]
    assert [len(_again(asked.served, each)) for each in (BY_REM_DREAM, DELETED)] == [1, 2]
    keys = [made["tags"]["dagster/run_key"] for made in runs if "dagster/run_key" in made["tags"]]
    assert len(keys) == len(set(keys))
    assert asked.served.partitions()["numFailed"] == 0
    assert set(asked.served.store.read("dreams", ["status"])["status"].to_pylist()) == {"complete"}


def test_it_ends_when_asked_and_leaves_no_process(asked: Asked) -> None:
    asked.served.process.send_signal(signal.SIGTERM)
    assert asked.served.process.wait(SECONDS_TO_END) == 0
    assert processes_of(asked.served.home) == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", asked.served.port))
