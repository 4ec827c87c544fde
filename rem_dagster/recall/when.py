"""Which instants does a phrase such as "last tuesday afternoon" mean?

    morning 05-12   afternoon 12-18   evening 18-23   night 22-05   noon 12-13   midnight 00-01
    "tonight" and "last night" run from 18 to 05.

A time of day is the hour that begins with it. Times are local, windows half-open in UTC, days those of
the home (23 to 25 hours). A local time that the clocks skip is refused; one that they pass twice counts
from its first to its second occurrence.
"""

import re
from datetime import UTC, datetime, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.days import WEEKDAYS, Days, days_between_named
from rem_dagster.recall.hours import HOUR_RULES, Clock, When, day_label, without_article

__all__ = ["EXAMPLES", "When", "find_when", "parse_when"]

EXAMPLES = (
    "'yesterday', 'last tuesday afternoon', 'the week before last', '20 october', 'past 7 days', "
    "'between 3 and 5 pm on 20 october', '2025-10-14', '2025-W42'"
)
_SINCE = re.compile(r"since\s+(.+)")
_RANGE = re.compile(r"(?:(?:from|between)\s+)?(.+?)\s+(?:to|until|through|till|and|–|-)\s+(.+)")
_AMBIGUOUS = frozenset((*(name[:3] for name in WEEKDAYS), *("may", "march", "mar", "dec", "jan", "august")))
_PREPOSITIONS = frozenset(("on", "in", "at", "during", "from", "since", "over", "within"))
LONGEST_PHRASE = 12
"""Words of a question that are tried together as a time."""
MOST_WORDS = 300
"""Words of a question in which a time is looked for."""


def parse_when(text: str, *, calendar: Calendar, now: datetime) -> When:
    """The span that a phrase means.

    Args:
        text: English words, an ISO day, month, week or instant.
        calendar: the home's days and zone.
        now: an aware instant, from which "yesterday" and the like count.

    Raises:
        WindowError: the phrase is not understood, runs backwards, or names a time that never was.
    """
    found = _parse(_plain(text), Clock(calendar, now))
    if found is None:
        raise WindowError(f"{text!r} names no time that I know. Try one of {EXAMPLES}.")
    return found


def find_when(text: str, *, calendar: Calendar, now: datetime) -> tuple[When | None, str]:
    """The longest phrase of a question that names a time, and the question without it.

    Words that are rarely meant as times ("may", "sat") count only with a word such as "in" or "last".
    Without a time the question comes back as it is.
    """
    clock = Clock(calendar, now)
    words = text.split()[:MOST_WORDS]
    for size in range(min(len(words), LONGEST_PHRASE), 0, -1):
        for start in range(len(words) - size + 1):
            found = _quietly(words[start : start + size], clock)
            if found is not None and not _is_by_chance(words, start, size):
                return found, _without(text, words, start, size)
    return None, text


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.strip().rstrip("?!. ").lower().replace("’", "'").replace("'s", ""))


def _quietly(words: list[str], clock: Clock) -> When | None:
    try:
        return _parse(_plain(" ".join(words)), clock)
    except WindowError:
        return None


def _is_by_chance(words: list[str], start: int, size: int) -> bool:
    word = _plain(words[start])
    before = words[start - 1].lower() if start else ""
    return size == 1 and word in _AMBIGUOUS and before not in _PREPOSITIONS


def _without(text: str, words: list[str], start: int, size: int) -> str:
    if start and words[start - 1].lower() in _PREPOSITIONS:
        start, size = start - 1, size + 1
    tail = words[start + size - 1][len(words[start + size - 1].rstrip("?!.")) :]
    rest = [*words[:start], *words[start + size :], *text.split()[MOST_WORDS:]]
    if tail and start + size == len(words) and rest:
        rest[-1] += tail
    return " ".join(rest)


def _parse(text: str, clock: Clock) -> When | None:
    for rule in (*HOUR_RULES, _since, _whole_days, _range):
        found = rule(text, clock)
        if found is not None:
            return found
    return None


def _since(text: str, clock: Clock) -> When | None:
    match = _SINCE.fullmatch(text)
    begun = _parse(match[1], clock) if match else None
    if begun is None:
        return None
    now = clock.now.astimezone(UTC)
    if begun.window.start > now:
        raise WindowError(f"{text!r} lies in the future. Name a time before now.")
    return When(Window(begun.window.start, now), f"since {begun.label}")


def _whole_days(text: str, clock: Clock) -> When | None:
    days = clock.days(text)
    return _of_days(days, clock) if days is not None else None


def _range(text: str, clock: Clock) -> When | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first = clock.days(match[1])
    last = days_between_named(first, without_article(match[2]), clock.today) if first else None
    if first is None or last is None:
        return None
    if last.last < first.first:
        raise WindowError(
            f"{text!r} runs backwards: {day_label(first.first)} is after {day_label(last.last)}. "
            "Give the earlier day first."
        )
    return _of_days(Days(first.first, last.last), clock)


def _of_days(days: Days, clock: Clock) -> When:
    window = Window(
        clock.calendar.start_of(days.first), clock.calendar.start_of(days.last + timedelta(days=1))
    )
    label = day_label(days.first)
    return When(window, label if days.first == days.last else f"{label} to {day_label(days.last)}")
