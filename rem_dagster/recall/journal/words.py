"""How are days, lengths and counts said on a page, in an export and in a terminal?"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS_A_PERSON_COUNTS = 60
WEEKS_A_PERSON_COUNTS = 104


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 day`, `2 entities`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("ty") else f"{number:,} {noun}s"


def listed(parts: Sequence[str], *, most: int = 5) -> str:
    """Parts as a person lists them: `a, b and c`."""
    if len(parts) > most:
        parts = [*parts[: most - 1], f"{len(parts) - most + 1} more"]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def lasting(time: timedelta) -> str:
    """A length: `35 min`, `2 h 15`; nothing for an instant."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} min" if time else ""
    return f"{minutes // 60} h {minutes % 60:02}" if minutes % 60 else f"{minutes // 60} h"


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """The local time of day."""
    return f"{instant.astimezone(zone):%H:%M}"


def plain_day(day: date) -> str:
    """`14 October 2025`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_day(day: date) -> str:
    """`Tuesday 14 October 2025`."""
    return f"{WEEKDAYS[day.weekday()]} {plain_day(day)}"


def short_day(day: date) -> str:
    """`Tue 14 Oct`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day:>2} {MONTHS[day.month - 1][:3]}"


def days_from_to(first: date, last: date) -> str:
    """`6 to 12 October 2025`, with what the two have in common said once."""
    end = plain_day(last)
    if first == last:
        return long_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    begin = f"{first.day} {MONTHS[first.month - 1]}"
    return f"{begin} to {end}" if first.year == last.year else f"{begin} {first.year} to {end}"


def days_apart(day: date, other: date) -> str:
    """How far a day lies from another, as a person counts: `3 days before`."""
    days = (day - other).days
    far = counted(abs(days), "day")
    if abs(days) > DAYS_A_PERSON_COUNTS:
        weeks = abs(days) // 7
        far = (
            f"{weeks} weeks"
            if weeks <= WEEKS_A_PERSON_COUNTS
            else f"about {counted(round(weeks / 52), 'year')}"
        )
    return f"{far} {'before' if days < 0 else 'after'}"


def ago(days: int) -> str:
    """How long ago a day was: `today`, `3 weeks ago`, `2 years ago`."""
    if days < 2:
        return "today" if days <= 0 else "yesterday"
    if days < 60:
        return f"{days} days ago" if days < 14 else f"{days // 7} weeks ago"
    return f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"


def dollars(usd: float | None) -> str:
    """A cost; one that is not known is said to be."""
    if usd is None:
        return "cost unknown"
    return f"${usd:.2f}" if usd == 0 or usd >= 0.01 else f"${usd:.4f}"


def years_ago(day: date, now: date) -> str:
    """`A year ago`, `3 years ago`, of the same date in another year."""
    years = now.year - day.year
    return "A year ago" if years == 1 else f"{years} years ago"
