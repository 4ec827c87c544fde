"""Exports as tests make them: a zip, or the folder that it was unpacked to."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st

from rem_dagster.model.activity import Activity, MessageItem
from rem_dagster.sources.source import Problem, Source

T = TypeVar("T")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def as_bytes(content: object) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def zipped(path: Path, files: Mapping[str, object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, as_bytes(content))
    return path


def unpacked(path: Path, files: Mapping[str, object]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(as_bytes(content))
    return path


def read(source: Source) -> tuple[list[Activity], list[Problem]]:
    told = list(source.read())
    problems = [each for each in told if isinstance(each, Problem)]
    return [each for each in told if not isinstance(each, Problem)], problems


def messages(items: list[Activity]) -> list[MessageItem]:
    return [each for each in items if isinstance(each, MessageItem)]


def reasons(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(each.kind, each.reason) for each in problems]


@st.composite
def mutated(draw: st.DrawFn, sample: object) -> object:
    """A sample of which some values anywhere are something else, or gone."""
    value = json.loads(json.dumps(sample))
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(value))
        if not places:
            return value
        holder, key = draw(st.sampled_from(places))
        if isinstance(holder, dict) and draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = draw(JSON)
    return value


@st.composite
def broken(draw: st.DrawFn, raw: bytes) -> bytes:
    """Bytes that are cut, or hold others somewhere."""
    at = draw(st.integers(0, len(raw)))
    end = draw(st.integers(at, min(len(raw), at + 20)))
    return raw[:at] + draw(st.binary(max_size=10)) + (b"" if draw(st.booleans()) else raw[end:])


def _places(value: object) -> list[tuple[dict[object, object] | list[object], object]]:
    found: list[tuple[dict[object, object] | list[object], object]] = []
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        for key in keys:
            found.append((value, key))
            found.extend(_places(value[key]))
    return found
