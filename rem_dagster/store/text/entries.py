"""What does the text index know of one message, resource, moment or summary?"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rem_dagster.store.text.said_days import said_days
from rem_dagster.store.text.tokens import INDEXED_CHARACTERS, spoken_day

COLUMNS: dict[str, tuple[str, ...]] = {
    "messages": (
        *("id", "user_id", "partition_key", "session_id", "seq", "role", "author", "content", "created_at"),
    ),
    "resources": (
        *("id", "user_id", "partition_key", "document_id", "chunk_ordinal", "name", "content", "category"),
        *("tags", "active_end_time", "created_at", "metadata"),
    ),
    "moments": (
        *("id", "user_id", "partition_key", "name", "summary", "search_text", "start_time", "end_time"),
    ),
    "summaries": ("id", "user_id", "partition_key", "name", "content", "start_time", "end_time"),
}
"""What is read of each table that has a text index."""

ASKS, FIRST_PERSON, NAMED, BY_MODEL = 1, 2, 2, 16
"""Bits of `flags`: ends with a question mark; says I or we; in the two bits from bit NAMED on, how
many words inside sentences begin with a capital letter (at most 3); not written by a person."""

_FIRST_PERSON = re.compile(
    r"[iIıİmMwWoOuU](?<!\w.)(?i:(?<=i)|(?<=m)(?:y|e|ine)|(?<=w)e|(?<=o)ur|(?<=u)s)(?!\w)"
)
"""I, my, me, mine, we, our, us. A pattern that begins with a letter is looked for several times as fast."""
_CAPITALISED = re.compile(r"[A-Z](?<=[a-z,] .)[a-z]+")
_ATTACHMENT = re.compile(r"\s*\[[^\]]*\]\s*$")


@dataclass(frozen=True)
class Entry:
    """One indexed row; `thread` is what its neighbours share with it."""

    id: str
    month: str
    user_id: str
    text: str
    """What is tokenised: the content, the days it speaks of, its own day, and what else is said of it."""
    started_at: datetime
    ended_at: datetime
    thread: str
    ordinal: int
    author: str
    flags: int


def entries_of(
    table: str, rows: Iterable[Mapping[str, Any]], facts: Mapping[str, Sequence[str]]
) -> Iterator[Entry]:
    """The entries of a table's rows, one by one: each holds a text.

    Args:
        facts: by row id, what else is said of it: of a message or resource the facts that moments state,
            of a moment the versions that its commits name.
    """
    make = {"messages": _of_message, "resources": _of_resource, "moments": _of_moment}.get(table, _of_summary)
    return (make(row, " ".join(facts.get(row["id"], ()))) for row in rows)


def _of_message(row: Mapping[str, Any], facts: str) -> Entry:
    content = row["content"]
    return _entry(
        row,
        text=(content, _said(row), facts),
        started_at=row["created_at"],
        thread=row["session_id"],
        ordinal=row["seq"] or 0,
        author=row["author"] or "",
        flags=flags_of(content) | BY_MODEL * (not row["author"] and row["role"] != "user"),
    )


def _of_resource(row: Mapping[str, Any], facts: str) -> Entry:
    metadata = _metadata(row["metadata"])
    is_commit = row["category"] == "commit"
    repository = str(metadata.get("repo") or "") if is_commit else ""
    sha = str(metadata.get("sha") or "") if is_commit else ""
    named = row["name"] if not row["content"].startswith(row["name"]) else ""
    return _entry(
        row,
        text=(named, row["content"], repository, sha, " ".join(row["tags"] or ()), facts),
        started_at=row["created_at"],
        ended_at=row["active_end_time"],
        thread=f"{repository}/{row['partition_key']}" if repository else row["document_id"],
        ordinal=row["chunk_ordinal"] or 0,
        author=str(metadata.get("author") or ""),
        flags=flags_of(row["content"]),
    )


def _of_moment(row: Mapping[str, Any], facts: str) -> Entry:
    return _entry(
        row,
        text=(row["search_text"] or f"{row['name']} {row['summary']}", facts),
        started_at=row["start_time"],
        ended_at=row["end_time"],
        thread=row["partition_key"],
        ordinal=0,
        author="",
        flags=0,
    )


def _of_summary(row: Mapping[str, Any], facts: str) -> Entry:
    """A summary stands alone: a week's words say nothing of the month that begins with it."""
    return _entry(
        row,
        text=(row["name"], row["content"], facts),
        started_at=row["start_time"],
        ended_at=row["end_time"],
        thread=row["id"],
        ordinal=0,
        author="",
        flags=0,
    )


def _entry(
    row: Mapping[str, Any],
    *,
    text: tuple[str, ...],
    started_at: datetime,
    thread: str,
    ordinal: int,
    author: str,
    flags: int,
    ended_at: datetime | None = None,
) -> Entry:
    day = row["partition_key"]
    return Entry(
        id=row["id"],
        month=day[:7],
        user_id=row["user_id"],
        text=" \n".join((*text, spoken_day(date.fromisoformat(day))))[:INDEXED_CHARACTERS],
        started_at=started_at,
        ended_at=max(ended_at or started_at, started_at),
        thread=thread,
        ordinal=ordinal,
        author=author,
        flags=flags,
    )


def _said(row: Mapping[str, Any]) -> str:
    return " ".join(said_days(row["content"][:INDEXED_CHARACTERS], date.fromisoformat(row["partition_key"])))


def flags_of(content: str) -> int:
    """The cues of a text; a bracketed note of an attachment at its end is not part of it."""
    said = _ATTACHMENT.sub("", content[-2000:]).rstrip()
    asks = said.endswith(("?", "？"))
    own = _FIRST_PERSON.search(content) is not None
    named = min(3, sum(1 for _ in _first(_CAPITALISED.finditer(content), 3)))
    return asks * ASKS | own * FIRST_PERSON | named << NAMED


def _first(found: Iterator[re.Match[str]], most: int) -> Iterator[re.Match[str]]:
    for _, match in zip(range(most), found, strict=False):
        yield match


def _metadata(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        loaded = json.loads(text)
    except ValueError:
        return {}
    return loaded if isinstance(loaded, dict) else {}
