"""Which rows do the days that are linked see, and which texts may say who is who?"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow.compute as pc

from rem_dagster.dreaming.links_due import DueDay
from rem_dagster.dreaming.sameness_said import CUES, MOST_TEXT
from rem_dagster.dreaming.triggers import day_ranges
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, any_of, in_days, is_in

Rows = defaultdict[str, list[dict[str, Any]]]
"""User -> rows."""
_WRITTEN_BY = re.compile(r"^\s*\"?([^<>\"]{2,80}?)\"?\s*<([^<>\s@]+@[^<>\s@]+)>\s*$")
_ADDRESS = re.compile(r"[^<>\s@]+@[^<>\s@]+\.[^<>\s@]+")


@dataclass
class Texts:
    """What the raw rows of one user's days say of names."""

    stating: dict[str, str] = field(default_factory=dict)
    """Message or resource -> its text, where that may say that two names are one."""
    writers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Message or resource -> the name and the e-mail address of who wrote it."""


def read_texts(store: Store, days: Sequence[DueDay]) -> defaultdict[str, Texts]:
    """User -> what the days that are linked, and those that they see, say of names.

    Only a linked day's own texts are read; of the days before, who wrote.
    """
    found: defaultdict[str, Texts] = defaultdict(Texts)
    own = {(day.user_id, day.partition_key) for day in days}
    for table in ("messages", "resources"):
        for row in _read(store, table, ("id", "content"), own, matching=("content", CUES)):
            found[row["user_id"]].stating[row["id"]] = row["content"][:MOST_TEXT]
    seen = {(day.user_id, key) for day in days for key in day.seen}
    for row in _read(store, "messages", ("id", "author", "metadata"), seen, matching=("metadata", "@")):
        _take_writer(found[row["user_id"]], row, row["author"])
    for row in _read(store, "messages", ("id", "author", "metadata"), seen, matching=("author", "@")):
        _take_writer(found[row["user_id"]], row, row["author"])
    for row in _read(store, "resources", ("id", "metadata"), seen, matching=("metadata", "@")):
        _take_writer(found[row["user_id"]], row, None)
    return found


def rows_by_user(store: Store, table: str, columns: Sequence[str], days: Sequence[DueDay]) -> Rows:
    """User -> the rows of the whole days that these days see."""
    rows: Rows = defaultdict(list)
    for row in _read(store, table, columns, {(day.user_id, key) for day in days for key in day.seen}):
        rows[row["user_id"]].append(row)
    return rows


def _read(
    store: Store,
    table: str,
    columns: Sequence[str],
    wanted: set[tuple[str, str]],
    *,
    matching: tuple[str, str] | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows of some (user, day), or those of them of which a column matches a pattern."""
    if not wanted:
        return
    names = list(dict.fromkeys(("user_id", "partition_key", *columns)))
    found = store.read(table, names, _where(wanted))
    if matching is not None:
        column, pattern = matching
        matches = pc.match_substring_regex(found[column], pattern, ignore_case=True)
        found = found.filter(pc.fill_null(matches, False))
    for row in found.to_pylist():
        if (row["user_id"], row["partition_key"]) in wanted:
            yield row


def _where(wanted: Iterable[tuple[str, str]]) -> str | None:
    held = [date.fromisoformat(key) for _, key in wanted]
    ranges = day_ranges(held, longest_gap=0, longest=len(held) + 1)
    return all_of(
        is_in("user_id", {user for user, _ in wanted}),
        any_of(*(in_days(first.isoformat(), last.isoformat()) for first, last in ranges)),
    )


def _take_writer(texts: Texts, row: Mapping[str, Any], author: str | None) -> None:
    told = json.loads(row["metadata"] or "{}")
    name = author or next((told[key] for key in ("author", "from", "sender") if told.get(key)), None)
    address = next((told[key] for key in ("email", "author_email") if told.get(key)), None)
    if not isinstance(name, str):
        return
    if written := _WRITTEN_BY.match(name):
        name, address = written[1], address or written[2]
    if isinstance(address, str) and _ADDRESS.fullmatch(address.strip()):
        texts.writers[row["id"]] = name.strip(), address.strip().casefold()
