"""How is generic JSONL read: one session, message or resource on a line?"""

import codecs
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from pydantic import ValidationError

from rem_dagster.errors import InputError, SourceError
from rem_dagster.model.activity import Activity, ActivityItem, MessageItem, ResourceItem, SessionItem
from rem_dagster.model.own_output import ACTIVITY, GENERATED_BY, GENERATOR, MANIFEST
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import clean_value
from rem_dagster.sources.times import parse_time

MODELS: dict[str, type[SessionItem] | type[MessageItem] | type[ResourceItem]] = {
    "session": SessionItem,
    "message": MessageItem,
    "resource": ResourceItem,
}
RENAMED = {"id": "native_id", "session_id": "session_native_id"}
"""The line's names for what an item calls otherwise."""
NAMES_IN_FILE = {inner: outer for outer, inner in RENAMED.items()}
OURS = ("place",)
"""Fields of items that a line does not have: lines of one instant count in the order of the file."""
KNOWN = {
    kind: {NAMES_IN_FILE.get(name, name) for name in model.model_fields if name not in OURS}
    for kind, model in MODELS.items()
}
TIMES = ("created_at", "updated_at", "ended_at", "active_start_time", "active_end_time")
IDENTIFIERS = ("id", "session_id", "user_id", "case_id", "trace_id", "span_id")
SUFFIXES = (".jsonl", ".ndjson")
MOST_OF_A_MANIFEST = 65_536
"""Bytes that are read of it to recognise a folder."""
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _LineError(InputError):
    """One line cannot become an item."""

    def __init__(self, field: str | None, reason: str, *got: object) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason
        self.got = shown(got[0]) if got else None


@dataclass
class _Reach:
    """How far a read has come, in bytes."""

    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class JsonlSource:
    """A file of generic JSONL; a line that cannot be used is a problem and the others land."""

    path: Path
    account: str
    kind: str = "jsonl"
    _reach: _Reach = field(default_factory=_Reach, compare=False, repr=False)

    @property
    def place(self) -> str:
        """The file that is read."""
        return str(self.path)

    @property
    def share(self) -> float | None:
        """How much of the file the read under way has seen; None while it is not read, or is empty."""
        return min(self._reach.done / self._reach.total, 1.0) if self._reach.total else None

    def fingerprint(self) -> str:
        """The hash of the file's bytes."""
        with _opened(self.path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def read(self) -> Iterator[Activity | Problem]:
        """Every line in the order of the file; one line at a time is in memory."""
        with _opened(self.path) as file:
            self._reach.done, self._reach.total = 0, os.fstat(file.fileno()).st_size
            for number, raw in enumerate(file, start=1):
                self._reach.done += len(raw)
                if number == 1:
                    _refuse_utf16(raw, self.path)
                    raw = raw.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 - only the first line has a mark
                if raw.strip():
                    yield from _read_line(raw, f"{self.path}:{number}")


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise SourceError(
            f"Could not read {str(path)!r}: {error.strerror or error}. Nothing was changed. "
            "Name a file with one JSON object on each line."
        ) from error


def _refuse_utf16(raw: bytes, path: Path) -> None:
    if raw.startswith(UTF16_MARKS):
        raise SourceError(
            f"{str(path)!r} is written in UTF-16. Nothing was changed. "
            "Convert it first: iconv -f UTF-16 -t UTF-8 OLD > NEW"
        )


def _read_line(raw: bytes, where: str) -> Iterator[Activity | Problem]:
    try:
        line, was_cleaned = _parse(raw)
        item, extra = _build(line)
    except _LineError as error:
        yield Problem(where, error.field, error.reason, got=error.got)
        return
    if was_cleaned:
        yield Problem(where, None, "half characters (lone surrogates) were replaced by U+FFFD", "notice")
    for name in extra:
        yield Problem(where, name, "is no field of this kind of line; kept below metadata.extra", "notice")
    yield item


def _parse(raw: bytes) -> tuple[dict[str, object], bool]:
    try:
        line = json.loads(raw.decode("utf-8"), parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        raise _LineError(None, "is not UTF-8 text", raw[error.start : error.start + 8]) from None
    except RecursionError:
        raise _LineError(None, "is nested too deeply") from None
    except ValueError as error:
        raise _LineError(None, "is not JSON", str(error)) from None
    if not isinstance(line, dict):
        raise _LineError(None, "is not a JSON object", line)
    # in valid UTF-8 only an escape can bring a lone surrogate in
    cleaned = clean_value(line) if b"\\ud" in raw or b"\\uD" in raw else line
    return cleaned, cleaned != line  # type: ignore[return-value]  # a dict stays a dict


def _build(line: dict[str, object]) -> tuple[Activity, list[str]]:
    kind = line.pop("t", None)
    model = MODELS.get(kind) if isinstance(kind, str) else None
    if model is None:
        raise _LineError("t", "must be 'session', 'message' or 'resource'", kind)
    values = {name: value for name, value in line.items() if value is not None and name in KNOWN[str(kind)]}
    extra = {name: value for name, value in line.items() if name not in KNOWN[str(kind)]}
    _convert_identifiers(values)
    _convert_times(values)
    if "tool_calls" in values:
        values["tool_calls"] = _tool_calls(values["tool_calls"])
    metadata = values.get("metadata", {})
    if extra and isinstance(metadata, dict):
        values["metadata"] = {**metadata, "extra": extra}
    return _validate(model, values), sorted(extra)


def _validate(model: type[Activity], values: dict[str, object]) -> Activity:
    for outer, inner in RENAMED.items():
        if outer in values:
            values[inner] = values.pop(outer)
    try:
        item: Activity = model.model_validate(values)
    except ValidationError as error:
        raise _explained(error) from None
    _check_storable(item)
    return item


def _check_storable(item: ActivityItem) -> None:
    try:
        if item.metadata:
            json.dumps(item.metadata, allow_nan=False)
    except (ValueError, RecursionError):
        raise _LineError("metadata", "holds what JSON cannot, or is nested too deeply") from None


def _convert_identifiers(values: dict[str, object]) -> None:
    for name in IDENTIFIERS:
        value = values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            values[name] = str(value)
        elif isinstance(value, str) and not value.strip():
            raise _LineError(name, "is empty", value)


def _convert_times(values: dict[str, object]) -> None:
    for name in TIMES:
        if name not in values:
            continue
        try:
            said = parse_time(values[name])
        except InputError as error:
            raise _LineError(name, str(error), values[name]) from None
        values[name] = said.at
        if name == "created_at":
            if said.is_date_only:
                values["time_confidence"] = "assumed_time"
            if said.utc_offset_minutes is not None:
                values.setdefault("utc_offset_minutes", said.utc_offset_minutes)


def _tool_calls(calls: object) -> object:
    """Calls with their arguments as JSON text; OpenAI's nesting below `function` is taken apart."""
    if not isinstance(calls, list):
        return calls
    return [_tool_call(call) if isinstance(call, dict) else call for call in calls]


def _tool_call(call: Mapping[str, object]) -> dict[str, object]:
    inner = call.get("function")
    flat = {**call, **inner} if isinstance(inner, dict) else dict(call)
    arguments = flat.get("arguments", "")
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, sort_keys=True, ensure_ascii=False)
    return {"id": flat.get("id") or "", "name": flat.get("name"), "arguments": arguments}


def _explained(error: ValidationError) -> _LineError:
    problem = error.errors(include_url=False)[0]
    place = [NAMES_IN_FILE.get(str(part), str(part)) for part in problem["loc"]]
    field = ".".join(place)
    match problem["type"]:
        case "missing":
            return _LineError(field, "is missing")
        case "string_type":
            return _LineError(field, "must be text", problem["input"])
        case "literal_error":
            return _LineError(field, f"must be one of {problem['ctx']['expected']}", problem["input"])
        case _:
            return _LineError(field, problem["msg"], problem["input"])


def _recognise(path: Path) -> str | None:
    if _is_export(path):
        return f"{MANIFEST} says that rem exported it"
    return f"its name ends in {path.suffix}" if path.is_file() and path.suffix.lower() in SUFFIXES else None


def _is_export(folder: Path) -> bool:
    """Whether `rem export jsonl` made a folder; what it dreamt is left where it is."""
    try:
        if not (folder / ACTIVITY).is_file():
            return False
        with (folder / MANIFEST).open("rb") as file:
            told = json.loads(file.read(MOST_OF_A_MANIFEST))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get(GENERATED_BY) == GENERATOR


def _make(place: Place, options: SourceOptions) -> JsonlSource:
    path = place.path / ACTIVITY if _is_export(place.path) else place.path
    # no account by default: two exports of one system may overlap
    return JsonlSource(path, place.account or "")


KIND = SourceKind(
    name="jsonl",
    about="sessions, messages and resources, one JSON object a line",
    recognise=_recognise,
    make=_make,
)
