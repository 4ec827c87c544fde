"""What happened leaves as lines, and a new home that reads them holds the same."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rem_dagster.memory import Memory
from rem_dagster.recall.export.raw_lines import raw_parts
from rem_dagster.settings import Home
from rem_dagster.store import stretches
from rem_dagster.store.database import Store
from tests.activity import rows
from tests.stored import message, put, resource, session

ZONE = "Europe/Lisbon"
SAID: Sequence[dict[str, Any]] = (
    {
        "t": "session",
        "id": "s1",
        "user_id": "ann",
        "created_at": "2025-10-20T09:00:00+01:00",
        "title": "Stand-up",
    },
    {
        "t": "session",
        "id": "s2",
        "user_id": "ann",
        "created_at": "2025-10-20T10:00:00Z",
        "ended_at": "2025-10-20T11:00:00Z",
        "case_id": "T-1",
        "metadata": {"channel": "général 😀"},
    },
    *(
        {
            "t": "message",
            "id": f"m{number}",
            "session_id": "s1",
            "user_id": "ann",
            "role": "user" if number % 2 else "assistant",
            "content": f"Line {number}\n“次へ”",
            "created_at": "2025-10-20T09:00:00.000001+01:00",  # all at once: their order is the file's
            "author": "Inês" if number % 2 else None,
        }
        for number in range(9)
    ),
    {
        "t": "message",
        "id": "m-tool",
        "session_id": "s-implicit",
        "user_id": "ann",
        "role": "assistant",
        "content": "calls",
        "trust": "third_party",
        "tool_calls": [{"id": "c1", "name": "search", "arguments": '{"q": 1}'}],
        "created_at": "2025-10-20 12:00",
        "trace_id": "t",
        "span_id": "p",
    },
    {
        "t": "resource",
        "id": "r-long",
        "user_id": "ann",
        "name": "A long note",
        "content": "\n\n".join(f"## Part {number}\n\n" + "A sentence of it. " * 60 for number in range(12)),
        "category": "note",
        "created_at": "2025-10-20",
        "tags": ["one", "two"],
        "metadata": {"path": "a/b.md", "vault": "v", "links": ["c.md"]},
    },
    {
        "t": "resource",
        "id": "e1",
        "user_id": "ann",
        "name": "Sprint planning",
        "content": "Sprint planning.",
        "category": "event",
        "created_at": "2025-10-21T09:30:00+00:00",
        "active_start_time": "2025-10-21T09:30:00+00:00",
        "active_end_time": "2025-10-21T10:00:00+00:00",
        "uri": "https://example.org/e1",
    },
)


def home_of(lines: Sequence[str], place: Path) -> Memory:
    place.mkdir()
    (place / "given.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    memory = Memory.open(place / "home", create=True, flags={"timezone": ZONE})
    report = memory.import_path(place / "given.jsonl")
    assert report.failed == 0
    return memory


def exported(store: Store, user: str = "ann") -> list[str]:
    return [line for _, lines in raw_parts(store, user_id=user) for line in lines]


def test_a_new_home_that_reads_the_lines_holds_the_same(tmp_path: Path) -> None:
    first = home_of([json.dumps(each) for each in SAID], tmp_path / "one")
    lines = exported(first.store)
    second = home_of(lines, tmp_path / "two")
    for table in ("sessions", "messages", "resources"):
        assert rows(second.store, table) == rows(first.store, table)
    assert exported(second.store) == lines


def test_parts_fit_into_memory_and_are_the_same_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = home_of([json.dumps(each) for each in SAID], tmp_path / "one")
    whole = exported(memory.store)
    monkeypatch.setattr(stretches, "ROWS_AT_ONCE", 1)
    assert exported(memory.store) == whole
    assert len(list(raw_parts(memory.store, user_id="ann"))) > 3


def test_a_document_that_was_edited_is_one_of_each_day(store: Store) -> None:
    one = resource("a.md", "First.")
    later = {**resource("a.md", "Then."), "id": "later", "partition_key": "2025-10-22"}
    put(store, "resources", one, later)
    told = [json.loads(line) for line in exported(store)]
    assert [(each["id"], each["content"]) for each in told] == [
        ("a.md", "First."),
        ("a.md#2025-10-22", "Then."),
    ]


def test_what_two_sources_call_the_same_is_told_apart(store: Store) -> None:
    mine = session("1")
    theirs = {**session("1"), "id": "x" * 36, "source": "slack"}
    twin = {**session("1"), "id": "y" * 36}
    put(store, "sessions", mine, theirs, twin)
    put(store, "messages", {**message("hello", native_id="1"), "session_id": "x" * 36})
    told = [json.loads(line) for line in exported(store)]
    ids = [each["id"] for each in told if each["t"] == "session"]
    assert len(set(ids)) == 3
    assert "slack:1" in ids
    assert [each["session_id"] for each in told if each["t"] == "message"] == ["slack:1"]


def test_lines_are_of_one_user(store: Store, home: Home) -> None:
    put(store, "messages", message("mine"), message("theirs", user="bob"))
    assert [json.loads(line)["content"] for line in exported(store)] == ["mine"]
    assert exported(store, "nobody") == []
