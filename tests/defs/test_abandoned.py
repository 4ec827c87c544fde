"""A run whose process is gone is told apart from one that is alive, and from one of another machine."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG

from rem_dagster.defs import abandoned
from rem_dagster.defs.abandoned import end_abandoned, find_in_progress, is_alive
from tests.defs.runs import instance_at

NOW = datetime.now(UTC)
OURS = {"rem/place": "here"}


@dg.op
def wait() -> None:
    pass


@dg.job
def waiting() -> None:
    wait()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with instance_at(tmp_path / "dagster") as instance:
        yield instance


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def started(
    instance: dg.DagsterInstance, pid: int | None, *, tags: Mapping[str, str] | None = None
) -> dg.DagsterRun:
    """A run that a process began to execute, and no process said anything of when `pid` is None."""
    run = instance.create_run_for_job(waiting, tags=dict(tags or {}))
    if pid is not None:
        event = dg.DagsterEvent(
            event_type_value=dg.DagsterEventType.PIPELINE_START.value, job_name="waiting", pid=pid
        )
        instance.report_dagster_event(event, run.run_id)
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found


def standings(instance: dg.DagsterInstance, *, now: datetime = NOW) -> dict[str, str]:
    return {each.run.run_id: each.standing for each in find_in_progress(instance, ours=OURS, now=now)}


@contextmanager
def as_if_shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Other machines have the same history, as on Postgres."""
    with monkeypatch.context() as patch:
        patch.setattr(abandoned, "SqliteEventLogStorage", int)
        yield


def test_a_run_of_a_process_that_is_gone_is_ended_and_one_that_is_alive_is_not(
    instance: dg.DagsterInstance,
) -> None:
    dead, alive = started(instance, gone()), started(instance, os.getpid())
    found = find_in_progress(instance, ours=OURS, now=NOW)
    assert {each.run.run_id: each.standing for each in found} == {
        dead.run_id: "abandoned",
        alive.run_id: "alive",
    }
    assert end_abandoned(instance, found) == 1
    statuses = {run.run_id: run.status.value for run in instance.get_runs()}
    assert statuses == {dead.run_id: "FAILURE", alive.run_id: "STARTED"}
    assert end_abandoned(instance, found) == 0


def test_a_run_that_was_being_cancelled_is_recorded_as_cancelled(instance: dg.DagsterInstance) -> None:
    run = started(instance, gone())
    instance.report_run_canceling(run)
    assert end_abandoned(instance, find_in_progress(instance, ours=OURS, now=NOW)) == 1
    assert [run.status.value for run in instance.get_runs()] == ["CANCELED"]


def test_a_run_that_ended_meanwhile_stays_as_it_is(instance: dg.DagsterInstance) -> None:
    run = started(instance, gone())
    found = find_in_progress(instance, ours=OURS, now=NOW)
    instance.report_run_canceled(run)
    assert end_abandoned(instance, found) == 0
    assert [run.status.value for run in instance.get_runs()] == ["CANCELED"]


def test_a_run_without_a_process_is_given_time_to_start(instance: dg.DagsterInstance) -> None:
    run = started(instance, None)
    assert standings(instance) == {run.run_id: "alive"}
    assert standings(instance, now=datetime.now(UTC) + timedelta(minutes=11)) == {run.run_id: "abandoned"}


def test_another_process_that_got_the_same_number_is_not_taken_for_it() -> None:
    assert is_alive(os.getpid(), time.time())
    assert not is_alive(os.getpid(), time.time() - 7 * 86400 * 365)


def test_a_process_that_is_dead_and_not_yet_buried_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.PIPE)
    try:
        while is_alive(process.pid, time.time()):
            pass
        assert process.returncode is None
    finally:
        process.wait()


def test_where_machines_share_a_history_only_runs_of_this_one_are_judged(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = tmp_path / "socket"
    socket.touch()
    dead = gone()
    theirs = started(instance, dead, tags={GRPC_INFO_TAG: json.dumps({"socket": "/elsewhere/socket"})})
    ours = started(instance, dead, tags=OURS)
    launched = started(instance, dead, tags={GRPC_INFO_TAG: json.dumps({"socket": str(socket)})})
    with as_if_shared(monkeypatch):
        assert standings(instance) == {
            theirs.run_id: "unknown",
            ours.run_id: "abandoned",
            launched.run_id: "abandoned",
        }
    assert set(standings(instance).values()) == {"abandoned"}
