"""When does a pause begin and end?"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.settings import Home, Pause, change_pauses

SPAN = re.compile(r"(?:(\d+)\s*d[a-z]*)?\s*(?:(\d+)\s*h[a-z]*)?\s*(?:(\d+)\s*m[a-z]*)?")
LONGEST = timedelta(days=366)


def end_of(words: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """When a pause ends that begins now: after `2h`, `90m` or `1h 30m`, or `until 18:30`, the next there is.

    Raises:
        ValueError: it is neither, is over a year, or nothing at all.
    """
    if words.startswith("until "):
        return _next(words.removeprefix("until ").strip(), zone=zone, now=now)
    found = SPAN.fullmatch(words.strip().lower())
    days, hours, minutes = (int(each or 0) for each in found.groups()) if found else (0, 0, 0)
    if days > LONGEST.days or hours > LONGEST.days * 24 or minutes > LONGEST.days * 1440:
        raise ValueError(f"Could not pause for {words!r}: a year is the longest.")
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if not span:
        raise ValueError(f"Could not tell how long {words!r} is. Say 2h, 45m, 1h 30m, or until 18:30.")
    return now + span


def pause(home: Home, *, now: datetime, until: datetime) -> Home:
    """The home with a pause from now on; one that holds is made longer or shorter."""
    return change_pauses(home, lambda held: [*_before(held, now), Pause(start=_start(held, now), end=until)])


def end_pause(home: Home, *, now: datetime) -> Home:
    """The home with the pause that holds ended now; without one nothing changes."""
    return change_pauses(
        home,
        lambda held: [each.model_copy(update={"end": min(each.end, max(now, each.start))}) for each in held],
    )


def _before(held: Sequence[Pause], now: datetime) -> list[Pause]:
    return [each for each in held if each.end <= now]


def _start(held: Sequence[Pause], now: datetime) -> datetime:
    return min((each.start for each in held if each.end > now), default=now)


def _next(words: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    try:
        at = time.fromisoformat(words)
    except ValueError:
        raise ValueError(f"Could not tell when {words!r} is. Say a time of day such as 18:30.") from None
    local = now.astimezone(zone)
    found = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if found.astimezone(UTC) <= now:
        found = (local + timedelta(days=1)).replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return found.astimezone(UTC)
