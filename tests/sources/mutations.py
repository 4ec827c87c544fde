"""Files that are almost right: any part of them replaced, repeated, cut or moved."""

import copy
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from rem_dagster.errors import InputError
from rem_dagster.ingest.documents import document_of
from rem_dagster.ingest.rows import Origin, message_row, session_row
from rem_dagster.ingest.times import LocalDays
from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.model.window import Calendar
from rem_dagster.sources.source import Problem

ORIGIN = Origin("fuzz", "", "ines")
DAYS = LocalDays(Calendar(ZoneInfo("Europe/Lisbon")))

DEEP = "[" * 600 + "]" * 600
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    7,
    10**30,
    1e300,
    float("nan"),
    "",
    " ",
    "\0",
    "\ud800",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "2026-03-02T09:00:00",
    "x" * 5_000,
    [],
    [None],
    {},
    {"type": "text"},
    [{"type": "text", "text": 7}],
    [[["a"]]],
    {"": {"": None}},
)


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield from paths_in(each, (*path, name))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    value = copy.copy(value)
    value[path[0]] = _replaced(value[path[0]], path[1:], new)
    return value


@st.composite
def mutated(draw: st.DrawFn, lines: list[dict[str, Any]]) -> bytes:
    """A file of JSON lines with some harm done to it."""
    harmed: list[Any] = list(lines)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(harmed) - 1))
        path = draw(st.sampled_from(list(paths_in(harmed[at]))))
        harmed[at] = _replaced(harmed[at], path, draw(st.sampled_from(ODD)))
    order = draw(st.lists(st.sampled_from(range(len(harmed))), min_size=1, max_size=2 * len(harmed)))
    raw = b"\n".join(json.dumps(harmed[at]).encode() for at in order) + b"\n"
    return draw(harmed_bytes(raw))


@st.composite
def harmed_bytes(draw: st.DrawFn, raw: bytes) -> bytes:
    """Bytes as they are, cut, or with others in them."""
    match draw(st.integers(0, 3)):
        case 0:
            return raw[: draw(st.integers(0, len(raw)))]
        case 1:
            at = draw(st.integers(0, len(raw)))
            extra = draw(st.binary(max_size=20) | st.sampled_from([b"\0", b"\xff", b"\n", DEEP.encode()]))
            return raw[:at] + extra + raw[at:]
        case _:
            return raw


def check_storable(told: Iterable[Activity | Problem]) -> None:
    """Make the rows of all items: what they hold can be written, and what is told can be printed."""
    for each in told:
        if isinstance(each, Problem):
            assert str(each).encode("utf-8")
            continue
        assert each.native_id.strip()
        with suppress(InputError):  # an import reports it
            _check_rows(each)


def _check_rows(item: Activity) -> None:
    if isinstance(item, SessionItem):
        rows = [session_row(item, ORIGIN, DAYS)]
    elif isinstance(item, MessageItem):
        rows = [message_row(item, ORIGIN, DAYS)]
    else:
        rows = document_of(item, ORIGIN, DAYS).rows
    json.dumps(item.metadata, allow_nan=False)
    assert json.dumps(rows, default=str, ensure_ascii=False).encode("utf-8")
