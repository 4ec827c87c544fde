"""Which days of which users are being dreamt already, or were asked for just now?

    late     ── looks ── asks for Monday ── claim ┄┄┄┄┄┄┄ its run is there, and tells it
    nightly       ⋮ waits ── looks: Monday is claimed ── asks for the other days

A trigger's run exists some seconds after the trigger asked for it; the claim bridges them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus

from rem_dagster.defs.connections import OpenHome
from rem_dagster.defs.jobs import DREAM_JOB
from rem_dagster.defs.location import Location
from rem_dagster.defs.requests import days_of_tags
from rem_dagster.dreaming.triggers import Growth, day_ranges

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
CLAIM_LASTS = timedelta(minutes=2)
"""A run that was asked for is there by then, or it is asked for again."""
WAIT_FOR_OTHER_TRIGGER = 60.0
"""Seconds; a trigger looks for one or two."""


@dataclass(frozen=True)
class Asked:
    """Days that somebody dreams, or is going to."""

    first_day: date
    last_day: date
    users: frozenset[str] | None = None
    """None is all."""

    def covers(self, day: date, user_id: str | None = None) -> bool:
        """Whether a day is among them; of a user, or of all."""
        return self.first_day <= day <= self.last_day and (self.users is None or user_id in self.users)


@dataclass(frozen=True)
class Asking:
    """One trigger's turn to ask."""

    asked: Sequence[Asked]
    """What others asked for."""
    instance: dg.DagsterInstance
    location: Location
    trigger: str
    now: datetime

    def is_open(self, growth: Growth) -> bool:
        """Whether nobody dreams what is new, or is going to."""
        day = date.fromisoformat(growth.partition_key)
        return not any(each.covers(day, growth.user_id) for each in self.asked)

    def claim(self, requests: Iterable[dg.RunRequest]) -> None:
        """Tell the other triggers what is asked for, until runs do."""
        claims = [
            *(claim for claim in _claims(self.instance, self.location) if _is_young(claim, self.now)),
            *(
                {"trigger": self.trigger, "at": self.now.timestamp(), "tags": request.tags, "users": users}
                for request in requests
                for users in [_users_in(request.run_config, self.location)]
            ),
        ]
        self.instance.daemon_cursor_storage.set_cursor_values({_key(self.location): json.dumps(claims)})


@contextmanager
def asking(
    opened: OpenHome,
    instance: dg.DagsterInstance,
    location: Location,
    *,
    trigger: str,
    now: datetime,
    since: datetime | None = None,
) -> Iterator[Asking]:
    """Keep the other triggers of the home waiting while one looks and asks.

    Args:
        since: days that were asked for from then on count too, whatever became of their runs.

    Raises:
        HomeBusyError: another trigger did not end.
    """
    with opened.home.hold("ask", wait_seconds=WAIT_FOR_OTHER_TRIGGER):
        claims = [each for each in _claims(instance, location) if _is_young(each, now)]
        claimed = [_asked(each["tags"], each["users"]) for each in claims if each["trigger"] != trigger]
        started = asked_for(instance, location, now=now, since=since)
        yield Asking([*filter(None, claimed), *started], instance, location, trigger, now)


def asked_for(
    instance: dg.DagsterInstance, location: Location, *, now: datetime, since: datetime | None = None
) -> list[Asked]:
    """What runs are to dream, or were started for since then.

    A run that seems to come from the future is of a clock that was wrong: it holds nothing back.
    """
    runs = [*instance.get_runs(dg.RunsFilter(statuses=UNFINISHED))]
    if since is not None:
        recent = dg.RunsFilter(
            job_name=location.name(DREAM_JOB), created_after=since, created_before=now + timedelta(minutes=1)
        )
        runs += [record.dagster_run for record in instance.get_run_records(recent)]
    found = (_asked(run.tags, _users_in(run.run_config, location)) for run in runs if _dreams(run, location))
    return [*filter(None, found), *_of_backfills(instance, location)]


def _of_backfills(instance: dg.DagsterInstance, location: Location) -> list[Asked]:
    """What is left of backfills to dream, though they have not asked for all of their runs yet."""
    requested = BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED])
    keys: set[str] = set()
    for backfill in instance.get_backfills(filters=requested):
        data = backfill.asset_backfill_data
        if data is not None:
            left = data.get_targeted_partitions_without_materialization_status()
            subset = left.partitions_subsets_by_asset_key.get(location.key("moments"))
            keys |= set(subset.get_partition_keys()) if subset else set()
    ranges = day_ranges(map(date.fromisoformat, keys), longest_gap=0, longest=len(keys))
    return [Asked(*days) for days in ranges]


def _asked(tags: Mapping[str, str], users: Iterable[str] | None) -> Asked | None:
    days = days_of_tags(tags)
    return Asked(*days, frozenset(users) if users is not None else None) if days else None


def _dreams(run: dg.DagsterRun, location: Location) -> bool:
    return run.job_name == location.name(DREAM_JOB) or location.key("moments") in (run.asset_selection or ())


def _users_in(run_config: Mapping[str, Any] | None, location: Location) -> list[str] | None:
    """Whose days a run dreams; None is all."""
    ops = (run_config or {}).get("ops") or {}
    config = (ops.get(location.name("dreams")) or {}).get("config") or {}
    users = config.get("users")
    return list(users) if users is not None else None


def _claims(instance: dg.DagsterInstance, location: Location) -> list[dict[str, Any]]:
    key = _key(location)
    told = instance.daemon_cursor_storage.get_cursor_values({key}).get(key)
    return list(json.loads(told)) if told else []


def _is_young(claim: Mapping[str, Any], now: datetime) -> bool:
    return 0 <= now.timestamp() - float(claim["at"]) < CLAIM_LASTS.total_seconds()


def _key(location: Location) -> str:
    return f"REM_ASKED_FOR_{location.name('dreams')}"
