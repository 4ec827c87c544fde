"""How is one member of a JSON file set or taken out, with every other byte left as it was?

Clients keep much else in the file that names their servers, in an order and a layout of their own.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rem_dagster.errors import InputError

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
STEP = "  "


@dataclass(frozen=True)
class _Member:
    """Where a member of an object stands."""

    key: str
    start: int
    """Of its key."""
    value: int
    """Where its value begins."""
    end: int


def parsed(text: str, where: str) -> dict[str, Any]:
    """The object that a file holds; an empty file holds an empty one.

    Raises:
        InputError: it holds something else.
    """
    try:
        held = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise InputError(
            f"{where} is no JSON: {error}. Nothing was changed. Mend it, or add the server by hand."
        ) from error
    if not isinstance(held, dict):
        raise InputError(f"{where} holds no JSON object. Nothing was changed.")
    return held


def put(text: str, path: Sequence[str], value: object) -> str:
    """The text with a value at a path of keys; objects on the way are made where there are none.

    Raises:
        InputError: something on the way is no object.
    """
    text = text if text.strip() else "{}\n"
    at, indent = _BLANK.match(text).end(), ""  # type: ignore[union-attr]  # it matches the empty text, too
    for place, key in enumerate(path):
        found = next((each for each in _members(text, at) if each.key == key), None)
        if found is None:
            return _added(text, at, indent, key, _nested(path[place + 1 :], value))
        indent = _indent_of(text, found.start, indent)
        at = found.value
        if place == len(path) - 1:
            return text[:at] + _written(value, indent, _newline(text)) + text[found.end :]
        if text[at] != "{":
            raise InputError(f"{'.'.join(path[: place + 1])!r} is no JSON object there. Nothing was changed.")
    raise AssertionError("a path has a key")


def take_out(text: str, path: Sequence[str]) -> str:
    """The text without the member at a path of keys; as it is where there is none."""
    at = _BLANK.match(text).end()  # type: ignore[union-attr]  # it matches the empty text, too
    for key in path[:-1]:
        found = next((each for each in _members(text, at) if each.key == key), None)
        if found is None or text[found.value] != "{":
            return text
        at = found.value
    members = list(_members(text, at))
    place = next((number for number, each in enumerate(members) if each.key == path[-1]), None)
    if place is None:
        return text
    if len(members) == 1:
        return text[: at + 1] + text[_BLANK.match(text, members[0].end).end() :]  # type: ignore[union-attr]
    if place:
        return text[: members[place - 1].end] + text[members[place].end :]
    return text[: members[0].start] + text[members[1].start :]


def _members(text: str, at: int) -> Iterator[_Member]:
    """The members of the object that begins at a place."""
    at = _skip(text, at + 1)
    while text[at] == '"':
        start = at
        key, at = _DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, at) + 1)  # behind the colon
        _, end = _DECODER.raw_decode(text, value)
        yield _Member(key, start, value, end)
        at = _skip(text, end)
        if text[at] != ",":
            return
        at = _skip(text, at + 1)


def _added(text: str, at: int, indent: str, key: str, value: object) -> str:
    """The text with one more member at the end of an object."""
    members, newline = list(_members(text, at)), _newline(text)
    inner = _indent_of(text, members[0].start, indent + STEP) if members else indent + STEP
    member = f"{json.dumps(key)}: {_written(value, inner, newline)}"
    if members:
        end = members[-1].end
        is_in_line = "\n" not in text[at : members[0].start]
        gap = ", " if is_in_line else f",{newline}{inner}"
        return text[:end] + gap + member + text[end:]
    close = text.index("}", at)
    return f"{text[: at + 1]}{newline}{inner}{member}{newline}{indent}{text[close:]}"


def _nested(path: Sequence[str], value: object) -> object:
    for key in reversed(path):
        value = {key: value}
    return value


def _written(value: object, indent: str, newline: str) -> str:
    lines = json.dumps(value, indent=len(STEP), ensure_ascii=False).split("\n")
    return newline.join([lines[0], *(indent + line for line in lines[1:])])


def _indent_of(text: str, at: int, otherwise: str) -> str:
    """What stands before a place on its line, where that is blank."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return before if "\n" in text[:at] and not before.strip() else otherwise


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _skip(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty text, too
