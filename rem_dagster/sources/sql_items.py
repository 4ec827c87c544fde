"""What item does a row become?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from rem_dagster.errors import InputError
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.sources.source import Problem, ProblemKind, shown
from rem_dagster.sources.sql_mapping import TableMapping
from rem_dagster.sources.sql_values import Values, field_of, tags_of, text_of, time_of

LONGEST_NAME = 120


class _RowError(Exception):
    """A row cannot become an item."""

    def __init__(self, field: str | None, reason: str, got: object, kind: ProblemKind = "failed") -> None:
        super().__init__(reason)
        self.field, self.reason, self.got, self.kind = field, reason, got, kind


def item_of(mapping: TableMapping, row: Values, place: str) -> Iterator[Activity | Problem]:
    """The item of a row, or why there is none."""
    native_id = _native_id(mapping, row)
    where = f"{place} row {native_id or '?'}"
    try:
        if native_id is None:
            raise _RowError("id", "is NULL", None)
        yield _built(mapping, row, native_id)
    except _RowError as error:
        got = None if error.got is None else shown(error.got)
        yield Problem(where, error.field, error.reason, error.kind, got)


def _built(mapping: TableMapping, row: Values, native_id: str) -> Activity:
    shared = {
        "native_id": native_id,
        "user_id": field_of(mapping, "user", row),
        "metadata": _metadata(mapping, row),
        **_times(mapping, row),
    }
    try:
        if mapping.becomes == "sessions":
            ended = _time(mapping, mapping.ended, row)
            return SessionItem(
                title=field_of(mapping, "title", row) or field_of(mapping, "name", row),
                case_id=field_of(mapping, "case", row),
                ended_at=ended,
                **shared,
            )
        text = field_of(mapping, "text", row)
        if text is None:
            raise _RowError("text", "is empty", None, "skipped")
        trust = field_of(mapping, "trust", row) or "own"
        if mapping.becomes == "messages":
            return _message(mapping, row, {**shared, "content": text, "trust": trust})
        return _resource(mapping, row, {**shared, "content": text, "trust": trust})
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise _RowError(".".join(map(str, problem["loc"])), problem["msg"], problem.get("input")) from None


def _message(mapping: TableMapping, row: Values, shared: Mapping[str, Any]) -> MessageItem:
    session = field_of(mapping, "session", row)
    if session is None:
        raise _RowError("session", "is empty", None)
    return MessageItem(
        session_native_id=session,
        role=field_of(mapping, "role", row) or "user",
        author=field_of(mapping, "author", row),
        place=_place(mapping, row),
        **shared,
    )


def _resource(mapping: TableMapping, row: Values, shared: Mapping[str, Any]) -> ResourceItem:
    content = str(shared["content"])
    name = field_of(mapping, "name", row) or field_of(mapping, "title", row) or content.split("\n", 1)[0]
    ended = _time(mapping, mapping.ended, row)
    return ResourceItem(
        name=name[:LONGEST_NAME],
        category=field_of(mapping, "category", row) or "document",
        uri=field_of(mapping, "uri", row),
        tags=tags_of(mapping, row),
        active_start_time=shared["created_at"] if ended else None,
        active_end_time=ended,
        **shared,
    )


def _native_id(mapping: TableMapping, row: Values) -> str | None:
    """The row's own id; of several columns a list, which no separator in them can blur."""
    parts = [row[each] for each in mapping.ids]
    if any(each is None for each in parts):
        return None
    told = [text_of(each) for each in parts]
    return told[0] if len(told) == 1 else json.dumps(told, ensure_ascii=False)


def _times(mapping: TableMapping, row: Values) -> dict[str, object]:
    if row[mapping.time] is None:
        raise _RowError("time", "is NULL", None)
    try:
        said = time_of(row[mapping.time], unit=mapping.unit, zone=mapping.zone)
    except InputError as error:
        raise _RowError("time", str(error), row[mapping.time]) from None
    times: dict[str, object] = {"created_at": said.at, "utc_offset_minutes": said.utc_offset_minutes}
    if said.is_date_only:
        times["time_confidence"] = "assumed_time"
    if mapping.becomes != "resources":
        updated = _time(mapping, mapping.updated_at, row)
        if updated is not None:
            times["updated_at"] = updated
    return times


def _time(mapping: TableMapping, column: str | None, row: Values) -> Any:  # a datetime, or None
    if column is None or row[column] is None:
        return None
    try:
        return time_of(row[column], unit=mapping.unit, zone=mapping.zone).at
    except InputError:
        return None  # it decides about versions and lengths alone, and the row is worth having without


def _place(mapping: TableMapping, row: Values) -> int:
    """Its place among messages of one instant: counting those would depend on how much is read at once."""
    if mapping.order is None or row[mapping.order] is None:
        return 0
    try:
        return int(row[mapping.order])
    except (TypeError, ValueError):
        raise _RowError("order", "is no number", row[mapping.order]) from None


def _metadata(mapping: TableMapping, row: Values) -> dict[str, object]:
    kept = {each: row[each] for each in mapping.metadata if row[each] is not None}
    return {
        name: value if isinstance(value, str | int | bool) else text_of(value) for name, value in kept.items()
    }
