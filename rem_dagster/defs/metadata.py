"""What does an event say about a day? Counts, tokens and USD; texts only where the home allows it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import dagster as dg

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.model.dream import Dream
from rem_dagster.store.database import Store
from rem_dagster.store.digest import day_digests
from rem_dagster.store.filters import is_in

Metadata = dict[str, dg.MetadataValue | str | int | float]
DayMetadata = dict[str, dict[str, Metadata]]
"""Asset -> ISO day -> what its event says."""
ROWS = "dagster/partition_row_count"
COUNT_OF = {"moments": "moments", "mentions": "entities", "edges": "edges", "summary": "summaries"}
"""Asset of a dream -> the ledger's count of its rows."""
MOST_TITLES = 20


def activity_metadata(store: Store, days: Sequence[str]) -> DayMetadata:
    """How many rows of each kind the store holds for each day, over all users."""
    held: DayMetadata = {kind: {} for kind in ("resources", "sessions", "messages")}
    digests = day_digests(store, first_day=min(days), last_day=max(days))
    for kind, events in held.items():
        rows = Counter(dict.fromkeys(days, 0))
        users = Counter(dict.fromkeys(days, 0))
        for (_, day), digest in digests.items():
            count = getattr(digest, kind)
            rows[day] += count
            users[day] += count > 0
        for day in days:
            events[day] = {ROWS: rows[day], "users": users[day]}
    return held


def dream_metadata(store: Store, days: Sequence[str], *, show_text: bool) -> DayMetadata:
    """What the ledger says about each day as a whole: all its users, whoever was dreamt just now."""
    ledger: dict[str, list[Dream]] = defaultdict(list)
    for row in read_ledger(store, first_day=min(days), last_day=max(days)):
        ledger[row.partition_key].append(row)
    events: DayMetadata = {
        asset: {day: _counts(ledger[day], count) for day in days} for asset, count in COUNT_OF.items()
    }
    for day in days:
        events["moments"][day] |= _making(ledger[day])
    if show_text:
        for day, titles in _texts(store, "moments", "name", days).items():
            events["moments"][day]["titles"] = dg.MetadataValue.md(_bullets(titles))
        for day, contents in _texts(store, "summaries", "content", days).items():
            events["summary"][day]["summary"] = dg.MetadataValue.md("\n\n".join(contents))
    return events


def _counts(rows: Sequence[Dream], count: str) -> Metadata:
    return {ROWS: sum(row.counts.get(count, 0) for row in rows), "status": _status(rows)}


def _making(rows: Sequence[Dream]) -> Metadata:
    costs = [row.cost_usd for row in rows]
    known = [cost for cost in costs if cost is not None]
    return {
        "users": len(rows),
        "items": sum(row.counts.get("items", 0) for row in rows),
        "held_back": sum(len(row.quarantine) for row in rows),
        "engine": _names(row.engine for row in rows),
        "model": _names(row.model for row in rows),
        "coverage": _coverage(rows),
        "calls": sum(row.calls for row in rows),
        "calls_paid": sum(row.calls_paid for row in rows),
        "prompt_tokens": sum(row.prompt_tokens for row in rows),
        "completion_tokens": sum(row.completion_tokens for row in rows),
        "cost_usd": float(sum(known)) if len(known) == len(costs) else dg.MetadataValue.null(),
        "seconds": round(sum(row.duration_seconds or 0.0 for row in rows), 3),
    }


def _coverage(rows: Sequence[Dream]) -> dg.MetadataValue | float:
    """Share of the items of all users that a moment cites; null where nothing was there to be cited.

    A null is a gap in the series that Dagster draws; a 0 would be a day of which nothing was understood.
    """
    known = [(row.coverage, row.counts.get("items", 0)) for row in rows if row.coverage is not None]
    items = sum(number for _, number in known)
    if not items:
        return dg.MetadataValue.null()
    return round(sum(share * number for share, number in known) / items, 4)


def _status(rows: Sequence[Dream]) -> str:
    """`complete`, or how many users' days stand how; `empty` when nothing was dreamt."""
    counts = Counter(row.status for row in rows)
    if len(counts) < 2:
        return next(iter(counts), "empty")
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))


def _names(values: Iterable[str | None]) -> str:
    return ", ".join(sorted({value for value in values if value})) or "none"


def _texts(store: Store, table: str, column: str, days: Sequence[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    where = is_in("partition_key", days)
    if table == "summaries":
        where = f"({where}) AND period = 'day'"
    rows = store.read(table, ["partition_key", "start_time", "id", column], where).to_pylist()
    for row in sorted(rows, key=lambda row: (row["start_time"], row["id"])):
        found[row["partition_key"]].append(row[column])
    return found


def _bullets(titles: Sequence[str]) -> str:
    lines = [f"- {title}" for title in titles[:MOST_TITLES]]
    if len(titles) > MOST_TITLES:
        lines.append(f"- and {len(titles) - MOST_TITLES} more")
    return "\n".join(lines)
