"""What does an event say about a day? Counts, tokens, USD, a picture; texts only where the home allows it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import dagster as dg

from rem_dagster.defs.pictures import (
    escaped,
    moments_of,
    picture_of_moments,
    picture_of_period,
    strip_of_moments,
)
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.rollup_periods import Rolled, period_from
from rem_dagster.model.dream import Dream
from rem_dagster.model.window import Calendar, days_between
from rem_dagster.recall.kinds import in_order
from rem_dagster.store.database import Store
from rem_dagster.store.digest import day_digests
from rem_dagster.store.filters import all_of, equals, in_days, is_in

Metadata = dict[str, dg.MetadataValue | str | int | float]
DayMetadata = dict[str, dict[str, Metadata]]
"""Asset -> ISO day -> what its event says."""
ROWS = "dagster/partition_row_count"
STRIP, PICTURE = "day", "picture"
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


def dream_metadata(store: Store, days: Sequence[str], *, calendar: Calendar, show_text: bool) -> DayMetadata:
    """What the ledger says about each day as a whole: all its users, whoever was dreamt just now."""
    first, last = min(days), max(days)
    ledger: dict[str, list[Dream]] = defaultdict(list)
    for row in read_ledger(store, first_day=first, last_day=last):
        ledger[row.partition_key].append(row)
    events: DayMetadata = {
        asset: {day: _counts(ledger[day], count) for day in days} for asset, count in COUNT_OF.items()
    }
    moments = moments_of(store, first, last)
    for day in days:
        told = events["moments"][day] | _making(ledger[day])
        if held := moments.get(day):
            told = {STRIP: strip_of_moments(held, date.fromisoformat(day), calendar), **told}
            if show_text:
                told[PICTURE] = picture_of_moments(held, date.fromisoformat(day), calendar)
                told["titles"] = dg.MetadataValue.md(_bullets([each.name for each in held]))
        events["moments"][day] = told
    if show_text:
        for day, contents in _day_summaries(store, days).items():
            events["summary"][day] = {"summary": _paragraphs(contents), **events["summary"][day]}
    return events


def count_by_day(store: Store, table: str, days: Sequence[str], **values: str) -> Mapping[str, int]:
    """How many rows of a table each ISO day has, of those with some values in their columns."""
    where = all_of(is_in("partition_key", days), *(equals(name, value) for name, value in values.items()))
    held = Counter(store.read(table, ["partition_key"], where)["partition_key"].to_pylist())
    return {day: held[day] for day in days}


def rollup_metadata(
    store: Store, period: Rolled, keys: Sequence[str], *, show_text: bool
) -> dict[str, Metadata]:
    """What is said about each week or month, by the ISO day on which it begins; also of empty ones."""
    where = all_of(is_in("partition_key", keys), equals("period", period))
    rows = store.read("summaries", ["partition_key", "user_id", "content", "metadata"], where).to_pylist()
    moments = moments_of(store, min(keys), period_from(max(keys), period).last_day.isoformat())
    events: dict[str, Metadata] = {}
    for key in keys:
        of_key = sorted((row for row in rows if row["partition_key"] == key), key=lambda row: row["user_id"])
        events[key] = _rolled(of_key)
        span = period_from(key, period)
        days = map(date.isoformat, days_between(span.first_day, span.last_day))
        held = [each for day in days for each in moments.get(day, ())]
        if of_key and held:
            events[key] = {PICTURE: picture_of_period(held, period, key), **events[key]}
        if of_key and show_text:
            events[key]["summary"] = _paragraphs(row["content"] for row in of_key)
    return events


def _rolled(rows: Sequence[Mapping[str, str]]) -> Metadata:
    """The figures of one week or month, over all users."""
    told = [json.loads(row["metadata"]) for row in rows]
    hours: Counter[str] = Counter()
    for each in told:
        hours.update({name: seconds / 3600 for name, seconds in each["seconds_by_type"].items()})
    return {
        ROWS: len(rows),
        "moments": sum(each["moments"] for each in told),
        "active_days": max((each["active_days"] for each in told), default=0),
        "held_back": sum(each["held_back"] for each in told),
        "hours": round(sum(each["seconds"] for each in told) / 3600, 2),
        **{f"hours_{name}": round(hours[name], 2) for name in in_order(set(hours))},
    }


def _counts(rows: Sequence[Dream], count: str) -> Metadata:
    return {"status": _status(rows), ROWS: sum(row.counts.get(count, 0) for row in rows)}


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
        "seconds": round(sum((row.duration_seconds or 0.0 for row in rows), 0.0), 3),
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


def _day_summaries(store: Store, days: Sequence[str]) -> Mapping[str, list[str]]:
    """What the summaries of each day say, by user."""
    found: dict[str, list[str]] = defaultdict(list)
    where = all_of(in_days(min(days), max(days)), equals("period", "day"))
    rows = store.read("summaries", ["partition_key", "user_id", "content"], where).to_pylist()
    wanted = set(days)
    for row in sorted(rows, key=lambda row: row["user_id"]):
        if row["partition_key"] in wanted:
            found[row["partition_key"]].append(row["content"])
    return found


def _paragraphs(texts: Iterable[str]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md("\n\n".join(map(escaped, texts)))


def _bullets(titles: Sequence[str]) -> str:
    lines = [f"- {escaped(' '.join(title.split()))}" for title in titles[:MOST_TITLES]]
    if len(titles) > MOST_TITLES:
        lines.append(f"- and {len(titles) - MOST_TITLES} more")
    return "\n".join(lines)
