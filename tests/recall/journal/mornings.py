"""Days of which a morning tells."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rem_dagster.model.ids import derive_id
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.digest import day_digests
from rem_dagster.store.tables import DREAMS
from tests.stored import moment

MONDAY = datetime(2025, 10, 20, 9, tzinfo=UTC)


def at(days: int, hour: int = 9) -> datetime:
    """An hour of the days-th day after the Monday."""
    return MONDAY.replace(hour=hour) + timedelta(days=days)


def meant(
    name: str,
    *intentions: str,
    days: int = 0,
    hour: int = 9,
    outcomes: Sequence[str] = (),
    people: Sequence[str] = (),
    trust: str = "own",
    summary: str = "It went well.",
    kind: str = "work_session",
) -> dict[str, Any]:
    """A moment in which something is meant to be done, or was."""
    told = [{"text": text, "source_ids": [f"s-{text[:8]}"]} for text in intentions]
    return {
        **moment(name, at=at(days, hour), summary=summary),
        "intentions": told,
        "outcomes": list(outcomes),
        "people": list(people),
        "trust": trust,
        "moment_type": kind,
    }


def named(
    name: str, *, days: int = 0, kind: str = "tool", moments: Sequence[str] = (), count: int = 1
) -> dict[str, Any]:
    """A mention in a day."""
    from tests.stored import mention

    row = mention(name, at=at(days), count=count)
    return {**row, "kind": kind, "moment_ids": list(moments)}


def dreamt(store: Store, *, days: int, user: str = "ann", status: str = "complete") -> None:
    """Note that a day was dreamt of what is stored of it now."""
    day = at(days).date().isoformat()
    digest = day_digests(store, first_day=day, last_day=day, user_ids=[user])[user, day].digest
    row = {
        "id": derive_id(user, day),
        "user_id": user,
        "partition_key": day,
        "status": status,
        "input_digest": digest,
        "counts": json.dumps({}),
        "quarantine": "[]",
        **dict.fromkeys(("input_hash", "recipe", "engine", "agentlet", "agentlet_version", "dream_id"), "x"),
        **dict.fromkeys(("calls", "prompt_tokens", "completion_tokens", "attempts", "calls_paid"), 0),
    }
    store.upsert("dreams", rows_of(DREAMS, [row]))
