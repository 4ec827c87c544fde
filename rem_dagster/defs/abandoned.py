"""Which runs are in progress for Dagster though the process that ran them is gone?

    RUN_START (pid 4711) ──── … ──── kill -9        the run stays STARTED, its days stay in progress
                                      └── process 4711: gone, or another that began later ──> abandoned

Dagster's own run monitoring asks a launcher whether a run is alive, and the launcher of one machine cannot
tell. Here the process is looked for. That can be done for processes of this machine alone, so that a run is
left as it is where it may be another's.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import dagster as dg
from dagster._core.events import DagsterEventType
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.tags import GRPC_INFO_TAG

from rem_dagster.defs.event_log import open_instance

IN_PROGRESS = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
"""Queued runs have no process yet: the daemon starts them whenever it runs."""
TIME_TO_START = timedelta(minutes=10)
"""A run that has told of no process by then has none; Dagster itself gives it three minutes."""
CLOCKS_DIFFER = 60.0
"""Seconds by which a process may seem to have begun after its own first event."""
PROCESSES = Path("/proc")
Standing = Literal["alive", "abandoned", "unknown"]


@dataclass(frozen=True)
class RunFound:
    """A run that is in progress for Dagster; `unknown`: it may be of another machine."""

    run: dg.DagsterRun
    standing: Standing


def runs_in_progress(directory: Path, *, ours: Mapping[str, str], now: datetime) -> Counter[Standing]:
    """How many runs of the instance in a directory are in progress for Dagster, by what became of them.

    Args:
        ours: the tags of runs that this machine executed without a launcher.
    """
    with open_instance(directory) as instance:
        return Counter(each.standing for each in find_in_progress(instance, ours=ours, now=now))


def end_abandoned_runs(directory: Path, *, ours: Mapping[str, str], now: datetime) -> int:
    """Record as ended what is in progress of dead processes alone; how many runs they were."""
    with open_instance(directory) as instance:
        return end_abandoned(instance, find_in_progress(instance, ours=ours, now=now))


def find_in_progress(
    instance: dg.DagsterInstance, *, ours: Mapping[str, str], now: datetime
) -> list[RunFound]:
    """All runs that are in progress, with what became of their processes.

    Args:
        ours: the tags of runs that this machine executed without a launcher.
    """
    is_of_one_machine = isinstance(instance.event_log_storage, SqliteEventLogStorage)
    found = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=IN_PROGRESS)):
        run = record.dagster_run
        if not (is_of_one_machine or _is_here(run, ours)):
            found.append(RunFound(run, "unknown"))
            continue
        process = _process_of(instance, run)
        if process is None:
            is_late = now - record.create_timestamp > TIME_TO_START
            found.append(RunFound(run, "abandoned" if is_late else "alive"))
        else:
            found.append(RunFound(run, "alive" if is_alive(*process) else "abandoned"))
    return found


def end_abandoned(instance: dg.DagsterInstance, found: list[RunFound]) -> int:
    """Record those runs as ended whose process is gone, and return how many they were.

    What they did stays done. A run that ended meanwhile stays as it is.
    """
    ended = 0
    for each in found:
        run = instance.get_run_by_id(each.run.run_id)
        if each.standing != "abandoned" or run is None or run.status not in IN_PROGRESS:
            continue
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, "The process of this run is gone.")
        else:
            instance.report_run_failed(run, "The process of this run was killed.")
        if instance.event_log_storage.supports_global_concurrency_limits:
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        ended += 1
    return ended


def is_alive(pid: int, seen_at: float) -> bool:
    """Whether the process of a number is the one that was seen at a time.

    Args:
        seen_at: seconds since 1970.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    began = _began_at(pid)
    return began is None or began <= seen_at + CLOCKS_DIFFER


def _began_at(pid: int) -> float | None:
    """When a process began, in seconds since 1970; infinity for one that is dead; None where nobody tells."""
    try:
        state, *fields = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
        booted = (PROCESSES / "stat").read_text().partition("btime ")[2].split()[0]
    except (OSError, IndexError):
        return None
    if state in "ZX":  # its parent has not looked yet
        return float("inf")
    return int(booted) + int(fields[18]) / os.sysconf("SC_CLK_TCK")


def _process_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> tuple[int, float] | None:
    """The number of the process that executes a run, and when it told so; not that of a step's worker."""
    found = None
    for pid, at, is_start in _told(instance, run):
        if found is None or is_start:
            found = pid, at
    return found


def _told(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[tuple[int, float, bool]]:
    kinds = {DagsterEventType.PIPELINE_START, DagsterEventType.ENGINE_EVENT}
    for entry in instance.all_logs(run.run_id, of_type=kinds):
        event = entry.dagster_event
        if event is None:
            continue
        if event.event_type == DagsterEventType.PIPELINE_START and event.pid is not None:
            yield event.pid, entry.timestamp, True
        elif event.is_engine_event and event.step_key is None:
            pid = event.engine_event_data.metadata.get("pid")
            if pid is not None and str(pid.value).isdigit():
                yield int(str(pid.value)), entry.timestamp, False


def _is_here(run: dg.DagsterRun, ours: Mapping[str, str]) -> bool:
    """Whether a run is executed on this machine, though others share the history."""
    if ours.items() <= run.tags.items():
        return True
    socket = json.loads(run.tags.get(GRPC_INFO_TAG, "{}")).get("socket")
    return bool(socket) and Path(socket).exists()
