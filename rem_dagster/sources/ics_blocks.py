"""Which events are written in a calendar file, each as the lines that make it?

A file is cut at its events first, so that one that is broken does not take the others with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript_files import path_text

MAX_LINE = 16_000_000
"""Bytes of a line; a picture may be written into one."""
MAX_EVENT = 32_000_000
"""Bytes of an event."""
FOLD = re.compile(r"\r?\n[ \t]")
NO_EVENTS = {"VTODO": "is a task, no event", "VJOURNAL": "is a journal entry, no event"}
ZONE_RULE = re.compile(r"^RRULE[^:\n]*:.*$", re.MULTILINE | re.IGNORECASE)
SANE_ZONE_RULE = re.compile(r":\s*(?=.*FREQ=YEARLY)(?!.*INTERVAL=0)", re.IGNORECASE)


@dataclass
class Calendar:
    """What a file says of itself before its events."""

    path: Path
    name: str = ""
    method: str = ""
    zone: str = ""
    """`X-WR-TIMEZONE`: what times without a zone, or in UTC, are told in."""
    zones: dict[str, str] = field(default_factory=dict)
    """The lines of each `VTIMEZONE`, by its name."""


@dataclass(frozen=True)
class EventBlock:
    """The lines of one event."""

    where: str
    text: str
    calendar: Calendar

    @cached_property
    def uid(self) -> str:
        """The event's own id, "" when it has none; an alarm in it may have another."""
        return next((value.strip() for name, value in self._own_lines() if name == "UID"), "")

    @cached_property
    def zone_names(self) -> set[str]:
        """The time zones that it names."""
        unfolded = FOLD.sub("", self.text)
        return {name.strip('"') for name in re.findall(r";TZID=(\"[^\"\n]*\"|[^:;\n]*)", unfolded, re.I)}

    def _own_lines(self) -> Iterator[tuple[str, str]]:
        depth = 0
        for line in FOLD.sub("", self.text).splitlines():
            name, _, value = line.partition(":")
            name = name.partition(";")[0].strip().upper()
            depth += (name == "BEGIN") - (name == "END")
            if depth == 1:
                yield name, value


def split_calendar(path: Path) -> Iterator[EventBlock | Problem]:
    """The events of a file in their order, and what is left out of it.

    Raises:
        OSError: the file cannot be read.
    """
    splitter = _Splitter(path)
    for number, line in _lines(path):
        yield from splitter.take(number, line)
    yield from splitter.end()


class _Splitter:
    """Follows what begins and ends; only the part that is open is held."""

    def __init__(self, path: Path) -> None:
        self.path, self.calendar = path, Calendar(path)
        self.is_calendar = False
        self.open: list[str] = []
        self.lines: list[str] = []
        self.started = self.size = 0

    def take(self, number: int, line: str) -> Iterator[EventBlock | Problem]:
        """What ends with a line."""
        name, _, value = line.partition(":")
        name, value = name.strip().upper(), value.strip()
        if name == "BEGIN":
            self._begin(value.upper(), number)
        elif len(self.open) == 1 and name != "END":
            self._describe(name.partition(";")[0], value)
        if len(self.open) > 1:
            self.size += len(line)
            if self.size <= MAX_EVENT:
                self.lines.append(line)
        if name == "END" and value.upper() in self.open:
            yield from self._end(value.upper())

    def end(self) -> Iterator[Problem]:
        """What the end of the file says."""
        if not self.is_calendar:
            yield Problem(path_text(self.path), None, "is no calendar: it has no BEGIN:VCALENDAR")
        elif len(self.open) > 1:
            yield Problem(f"{path_text(self.path)}:{self.started}", None, "is cut off: it does not end")

    def _begin(self, what: str, number: int) -> None:
        if what == "VCALENDAR":
            self.is_calendar, self.open, self.calendar = True, [what], Calendar(self.path)
        elif self.open:
            self.open.append(what)
            if len(self.open) == 2:
                self.lines, self.started, self.size = [], number, 0

    def _end(self, what: str) -> Iterator[EventBlock | Problem]:
        part = self.open[1] if len(self.open) > 1 else ""
        while self.open.pop() != what:
            pass
        if not part or len(self.open) != 1:
            return
        where = f"{path_text(self.path)}:{self.started}"
        if self.size > MAX_EVENT:
            yield Problem(where, None, f"is longer than {MAX_EVENT // 1_000_000} MB")
        else:
            yield from _closed(self.calendar, part, "\r\n".join(self.lines) + "\r\n", where)

    def _describe(self, name: str, value: str) -> None:
        if name == "X-WR-CALNAME":
            self.calendar.name = value.replace("\\,", ",").replace("\\;", ";")
        elif name == "METHOD":
            self.calendar.method = value.upper()
        elif name == "X-WR-TIMEZONE":
            self.calendar.zone = value


def _closed(calendar: Calendar, name: str, text: str, where: str) -> Iterator[EventBlock | Problem]:
    if name == "VEVENT":
        yield EventBlock(where, text, calendar)
    elif name == "VTIMEZONE":
        zone = re.search(r"^TZID[^:\n]*:(.+?)\r?$", FOLD.sub("", text), re.MULTILINE | re.IGNORECASE)
        # a rule that never ends would be followed to find every single offset
        if zone and all(map(SANE_ZONE_RULE.search, ZONE_RULE.findall(FOLD.sub("", text)))):
            calendar.zones[zone[1].strip()] = text
        else:
            yield Problem(where, None, "is a time zone that cannot be followed", "notice")
    elif name in NO_EVENTS:
        yield Problem(where, None, NO_EVENTS[name], "skipped")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(MAX_LINE):
            number += 1
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").rstrip("\r\n")
            yield number, text.replace("\0", "")
