"""When did a recording begin, whose own clock may only say how long it runs?

what was told ─> a time in its name ─> a time inside ─> a day in its name ─> time of change - duration
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from rem_dagster.errors import InputError
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.source import Problem
from rem_dagster.sources.times import EPOCH, YEARS, SaidTime, parse_time

DAY = r"(?<!\d)(?P<year>\d{4})(?P<gap>[-_.]?)(?P<month>\d{2})(?P=gap)(?P<day>\d{2})"
ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
CLOCKS = (
    # 14.03.11, 2:03 PM, 14h03
    r"(?P<hour>\d{1,2})(?P<colon>[.:h])(?P<minute>\d{2})(?:[.:m](?P<second>\d{2}))?s?(?:\s?(?P<half>[AaPp])[Mm])?",
    # 14-03-11, 14_03_11: two numbers alone may mean anything
    r"(?P<hour>\d{2})(?P<colon>[-_])(?P<minute>\d{2})(?P=colon)(?P<second>\d{2})",
    # 140311: so may four digits
    r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})",
)
BETWEEN = r"(?:[T _-]|[ _-]+at[ _-]+)?"
TIMED = tuple(re.compile(f"{DAY}{BETWEEN}{clock}{ZONE}(?!\\d)") for clock in CLOCKS)
BASIC = re.compile(rf"{DAY}T(?P<hour>\d{{2}})(?P<minute>\d{{2}}){ZONE}(?!\d)")
DATED = re.compile(rf"{DAY}(?!\d)")
IN_UTC = re.compile(r"GMT(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[-_]", re.IGNORECASE)
"""How Zoom names the files of a recording."""
INSIDE = re.compile(
    r"(?<!\d)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?)?(?!\d)"
)
EARLIEST_CLOCK = timedelta(hours=6)
"""A clock that begins later than this is one of the day: nobody records so long before a word is said."""
EARLY, LATE = timedelta(minutes=15), timedelta(hours=2)
"""How far from the time in its name a recording's own clock of the day may begin."""
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Anchor:
    """Where a recording's clock stands at zero, or on which day its clock of the day runs."""

    said: SaidTime
    confidence: TimeConfidence = "exact"

    def at(self, clock: timedelta, *, is_time_of_day: bool) -> datetime:
        """When something was said.

        Args:
            clock: what the recording's clock shows.
            is_time_of_day: whether it shows the time of day.
        """
        start = self.said.at
        if is_time_of_day:
            start = datetime.combine(start.date(), time(), start.tzinfo)
        elif start.tzinfo is None and start.time() == time() and self.confidence == "assumed_time":
            # exactly midnight would be taken for a day alone, which means its middle
            return start + max(clock, INSTANT)
        return start + clock

    def runs_by_day(self, first: timedelta) -> bool:
        """Whether a clock that first shows this is one of the day."""
        if self.said.is_date_only or self.confidence == "guessed":
            return first >= EARLIEST_CLOCK
        midnight = datetime.combine(self.said.at.date(), time(), self.said.at.tzinfo)
        start = self.said.at - midnight
        return first >= EARLIEST_CLOCK or (
            start >= timedelta(hours=1) and start - EARLY <= first <= start + LATE
        )


def anchor_of(
    path: Path,
    *,
    told: SaidTime | None,
    duration: timedelta,
    names: Iterable[str] = (),
    inside: SaidTime | None = None,
    day_starts_at: time = time(),
) -> tuple[Anchor, Problem | None]:
    """When a recording began, and what is to be noticed about that.

    Args:
        told: what the person says.
        duration: how long the recording is.
        names: of the file and of the folders above it that may tell, nearest first.
        inside: what the file itself says.
        day_starts_at: where a clock begins of which only the day is known.

    Raises:
        OSError: the file's time is wanted and cannot be had.
    """
    if told is not None:
        return _on_day(told, day_starts_at) if told.is_date_only else Anchor(told), None
    named = next((found for name in names if (found := time_in_name(name))), None)
    inside_tells_more = inside is not None and not inside.is_date_only
    said = inside if named is None or (named.is_date_only and inside_tells_more) else named
    if said is None:
        changed = EPOCH.fromtimestamp(path.stat().st_mtime, UTC)
        reason = "nothing says when it was recorded: its last change less its length was taken"
        return Anchor(SaidTime(changed - duration), "guessed"), Problem(str(path), "anchor", reason, "notice")
    if said.is_date_only:
        reason = "only the day of it is known: its clock was taken to begin with that day"
        return _on_day(said, day_starts_at), Problem(str(path), "anchor", reason, "notice")
    return Anchor(said), None


def _on_day(said: SaidTime, starts_at: time) -> Anchor:
    """The anchor of a recording of which only the day is known: at night it would be another day's."""
    later = timedelta(hours=starts_at.hour, minutes=starts_at.minute)
    return Anchor(replace(said, at=said.at + later), "assumed_time")


def time_in_name(name: str) -> SaidTime | None:
    """The time, or the day alone, that a file's or folder's name gives; None when it gives none."""
    for pattern in (*TIMED, BASIC):
        if (found := pattern.search(name)) and (at := _time_of(found)):
            if IN_UTC.search(name):
                at = at.replace(tzinfo=UTC)
            return parse_time(at)
    for found in DATED.finditer(name):
        if day := _day_of(found):
            return parse_time(day)
    return None


def time_inside(text: str) -> SaidTime | None:
    """The first ISO time, or else day, that a text such as a file's comment holds."""
    found = INSIDE.findall(text)
    for each in sorted(found, key=len, reverse=True):
        try:
            return parse_time(each)
        except InputError:
            continue
    return None


def _day_of(found: re.Match[str]) -> date | None:
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _time_of(found: re.Match[str]) -> datetime | None:
    day, told = _day_of(found), found.groupdict()
    hour = int(found["hour"])
    if told.get("half"):
        hour = hour % 12 + (12 if told["half"] in "pP" else 0)
    try:
        clock = time(hour, int(found["minute"]), int(told.get("second") or 0))
        zone = datetime.fromisoformat(f"2000-01-01T00:00:00{told['zone'] or ''}").tzinfo
    except ValueError:
        return None
    return None if day is None else datetime.combine(day, clock, zone)
