"""How is a JSON array of some gigabytes read, one element at a time?

An element is decoded as soon as all of it is there, so that memory holds the largest one and not the file:

    [ {...}, {...}, {..      the buffer; what is decoded is dropped from its front
             ^ start   ^ more is read when the decoder ran into the end
"""

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from rem_dagster.errors import InputError
from rem_dagster.sources.text import clean_value

CHUNK = 1 << 20
"""Bytes that are read at a time; more, as long as an element is longer."""
MAX_ELEMENT = 100_000_000
"""Characters of one element; a longer one is no conversation."""
MOST_DIGITS = 4_000
"""Python refuses to read integers with more than 4,300."""
AT_THE_END = 16
"""Characters before the end of the buffer within which the decoder may have met a cut number or escape."""
UNCLOSED = "Unterminated string"
ESCAPES = ("\\ud", "\\uD")
"""One of these stands in every escape of a half; looking for them is quicker than for those."""
SPACE = re.compile(r"[ \t\r\n\ufeff]*")
HALF_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]|[\ud800-\udfff]"
)
"""An escape of half a surrogate pair, or a byte that is no UTF-8."""


class JsonArrayError(InputError):
    """A file is no JSON array, or none from some place on."""


@dataclass(frozen=True)
class Element:
    """One element of the array."""

    value: object
    was_cleaned: bool
    """Whether half characters or bytes that are no UTF-8 were replaced by U+FFFD."""


def read_array(file: IO[bytes]) -> Iterator[Element]:
    """The elements of the array that a file holds.

    Raises:
        JsonArrayError: it is none, or no JSON from some place on; the elements before that came.
    """
    text = _Text(file)
    if text.next_sign() != "[":
        raise JsonArrayError("it is no JSON array")
    text.start += 1
    if text.next_sign() == "]":
        return
    while True:
        yield text.element()
        sign = text.next_sign()
        text.start += 1
        if sign == "]":
            return
        if sign != ",":
            raise JsonArrayError(
                "it ends in the middle" if not sign else f"a comma is missing before {sign!r}"
            )


class _Text:
    """What is there of the file, and from where on it is not decoded."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.buffer, self.start = "", 0
        self.is_whole = False

    def next_sign(self) -> str:
        """The next character that is no space, without taking it; empty at the end."""
        while True:
            found = SPACE.match(self.buffer, self.start)
            self.start = found.end() if found else self.start
            if self.start < len(self.buffer):
                return self.buffer[self.start]
            if not self.more():
                return ""

    def more(self) -> bool:
        """Read on; False when the file has ended."""
        if self.is_whole:
            return False
        raw = self.file.read(max(CHUNK, len(self.buffer) - self.start))
        self.is_whole = not raw
        self.buffer = self.buffer[self.start :] + self.decoder.decode(raw, final=self.is_whole)
        self.start = 0
        return not self.is_whole

    def element(self) -> Element:
        """The element that begins here."""
        if not self.next_sign():
            raise JsonArrayError("it ends in the middle")
        while True:
            try:
                value, end = _decoded(self.buffer, self.start)
            except json.JSONDecodeError as error:
                if not self._is_cut(error):
                    raise JsonArrayError(f"{error.msg[0].lower()}{error.msg[1:]}") from None
                if not self._grow():
                    raise JsonArrayError("it ends in the middle") from None
                continue
            # a number at the end of the buffer may go on
            if end < len(self.buffer) or not self._grow():
                return self._taken(value, end)

    def _taken(self, value: object, end: int) -> Element:
        has_halves = self._has_halves(self.start, end)
        self.start = end
        if not has_halves:
            return Element(value, was_cleaned=False)
        try:
            cleaned = clean_value(value)
            return Element(cleaned, was_cleaned=cleaned != value)
        except RecursionError:
            raise JsonArrayError("an element is nested too deeply") from None

    def _has_halves(self, start: int, end: int) -> bool:
        is_plain = self.buffer.isascii() and not any(
            self.buffer.find(sign, start, end) >= 0 for sign in ESCAPES
        )
        return not is_plain and HALF_CHARACTER.search(self.buffer, start, end) is not None

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith(UNCLOSED) or error.pos >= len(self.buffer) - AT_THE_END

    def _grow(self) -> bool:
        if len(self.buffer) - self.start > MAX_ELEMENT:
            raise JsonArrayError(f"an element has more than {MAX_ELEMENT:,} characters")
        return self.more()


def _decoded(text: str, start: int) -> tuple[object, int]:
    try:
        with suppress(_TooLongError):
            return _read(DECODER, text, start)
        return _read(CAREFUL, text, start)
    except RecursionError:
        raise JsonArrayError("an element is nested too deeply") from None


class _TooLongError(Exception):
    """An integer is longer than Python reads."""


def _read(decoder: json.JSONDecoder, text: str, start: int) -> tuple[object, int]:
    try:
        return decoder.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError:
        raise _TooLongError from None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


DECODER = json.JSONDecoder(strict=False)
"""Control characters in texts are taken as they are."""
CAREFUL = json.JSONDecoder(strict=False, parse_int=_integer)
"""None stands for an integer that is too long."""
