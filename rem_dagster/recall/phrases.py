"""Which span does a phrase about time mean, once it is written plainly?"""

import re
from datetime import UTC, date, datetime, timedelta

from rem_dagster.errors import WindowError
from rem_dagster.model.window import Window
from rem_dagster.recall.clock_times import on_the_dial
from rem_dagster.recall.days import Days, days_between_named
from rem_dagster.recall.hours import (
    HOUR_RULES,
    Clock,
    When,
    at_a_time,
    day_label,
    part_named,
    without_article,
)

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
"""Where "before march" begins."""
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
    *("eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third"),
    *("twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth"),
    *("thirtieth", "thirty-first"),
)
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_NTH = {name: f"{place}{_ENDINGS.get(place, 'th')}" for place, name in enumerate(ORDINALS, 1)}
_ORDINAL = re.compile(
    r"\b("
    + "|".join(sorted((*_NTH, *(each.replace("-", " ") for each in _NTH)), key=len, reverse=True))
    + r")\b"
)
_REWRITTEN = (
    (re.compile(r"\b(?:an?\s+)?couple\s+(?:of\s+)?"), "2 "),
    (re.compile(r"\b(?:an?\s+)?few\s+"), "3 "),
    (re.compile(r"\b(?:an?\s+|one\s+)?fortnight\b"), "2 weeks"),
    (re.compile(r"\bhalf\s+an?\s+hour\b|\bhalf\s+hour\b"), "30 minutes"),
    (re.compile(r"^(?:all|the\s+(?:whole|entire))\s+(morning|afternoon|evening)$"), r"this \1"),
    (re.compile(r"\b(?:the\s+)?(?:whole|entire)\s+(?:of\s+)?|\ball\s+(?:of\s+|day\s+)"), ""),
    (re.compile(r"\s+a\s+(week|month|year)\s+ago"), r" 1 \1 ago"),
)
_SEVERAL = re.compile(
    r".*?\b(?P<count>\d{1,3}|two|three|four|five|six)\s+(?P<what>weekend|morning|afternoon|evening|night"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|summer|winter)s\b.*"
)
_SINCE = re.compile(r"since\s+(.+)")
_RANGE = re.compile(r"(?:(?:from|between)\s+)?(.+?)\s+(?:to|until|through|till|and|–|-)\s+(.+)")
_BEFORE = re.compile(r"(before|until|till|up to)\s+(.+)")
_AFTER = re.compile(r"after\s+(.+)")
_TO_DATE = re.compile(
    r"earlier\s+(?P<earlier>today|this week|this month|this year|this quarter)"
    r"|so far\s+(?P<so_far>.+)|(?P<behind>.+?),?\s+so far|(?P<date>year|month|week|quarter)\s+to\s+date"
    r"|(?P<short>[ymq])td"
)
_UNIT = {"y": "this year", "m": "this month", "q": "this quarter"}
_AHEAD = re.compile(r"in\s+(\d{1,3}|an?|one|two|three|four|five|six)\s+(day|week)s?(?:\s+time)?")
_WEEK = re.compile(r"(.+?)\s+(?:of\s+|in\s+)?((?:last|this|next|previous|past)\s+week)")


def plain(text: str) -> str:
    """A phrase in lower case, with one word for one thing: `2 weeks` for `a fortnight`, `1st` for `first`."""
    flat = re.sub(r"\s+", " ", text.strip().strip('?!.,;:()"“” ').lower().replace("’", "'"))
    said = flat.replace("'s", "")
    said = _ORDINAL.sub(lambda match: _NTH[match[1].replace(" ", "-")], said)
    for pattern, written in _REWRITTEN:
        said = pattern.sub(written, said)
    return on_the_dial(said).strip()


def several_in(text: str) -> str | None:
    """One of the times that a phrase names several of, such as "the last 3 weekends"."""
    match = _SEVERAL.fullmatch(text)
    return f"last {match['what']}" if match else None


def parse(text: str, clock: Clock) -> When | None:
    """The span that a plain phrase means; None when it names none.

    Raises:
        WindowError: it runs backwards, is still to come, or names a time that never was or is one of two.
    """
    for rule in (*HOUR_RULES, _since, _ahead, _to_date, _whole_days, _range, _until, _after):
        found = rule(text, clock)
        if found is not None:
            return found
    return None


def _since(text: str, clock: Clock) -> When | None:
    match = _SINCE.fullmatch(text)
    begun = parse(match[1], clock) if match else None
    if begun is None:
        return None
    return _until_now(begun.window.start, f"since {begun.label}", text, clock)


def _until_now(start: datetime, label: str, text: str, clock: Clock) -> When:
    now = clock.now.astimezone(UTC)
    if start > now:
        raise WindowError(f"{text!r} lies in the future. Name a time before now.")
    return When(Window(start, now), label)


def _to_date(text: str, clock: Clock) -> When | None:
    match = _TO_DATE.fullmatch(text)
    if match is None:
        return None
    short, unit = match["short"], match["date"]
    phrase = match["earlier"] or match["so_far"] or match["behind"]
    days = clock.days(_UNIT[short] if short else f"this {unit}" if unit else phrase)
    if days is None or not days.first <= clock.today.day <= days.last:
        return None
    return _until_now(clock.calendar.start_of(days.first), f"{day_label(days.first)} until now", text, clock)


def _ahead(text: str, clock: Clock) -> When | None:
    match = _AHEAD.fullmatch(text)
    if match is None:
        return None
    words = ("a", "one", "two", "three", "four", "five", "six")
    count = int(match[1]) if match[1].isdigit() else max(words.index(match[1].replace("an", "a")), 1)
    day = clock.today.day + timedelta(days=count * (7 if match[2] == "week" else 1))
    return _of_days(Days(day, day), clock)


def _whole_days(text: str, clock: Clock) -> When | None:
    days = clock.days(text)
    return _of_days(days, clock) if days is not None else None


def _range(text: str, clock: Clock) -> When | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    begin, end = match[1], match[2]
    if (week := _WEEK.fullmatch(end)) and not _WEEK.fullmatch(begin):
        begin, end = f"{begin} {week[2]}", f"{week[1]} {week[2]}"
    year = re.search(r"\b(?:19|20)\d\d$", end)
    if year and not re.search(r"\b(?:19|20)\d\d\b", begin) and clock.days(f"{begin} {year[0]}") is not None:
        begin = f"{begin} {year[0]}"
    first = clock.days(begin)
    last = days_between_named(first, without_article(end), clock.today) if first else None
    last = last or (clock.days(end) if first else None)
    if first is None or last is None:
        return _range_of_times(begin, end, text, clock)
    if last.last < first.first:
        raise WindowError(
            f"{text!r} runs backwards: {day_label(first.first)} is after {day_label(last.last)}. "
            "Give the earlier day first."
        )
    return _of_days(Days(first.first, last.last), clock)


def _range_of_times(begin: str, end: str, text: str, clock: Clock) -> When | None:
    """From one time of day to another: "from monday 9am to tuesday noon"; a time of day ends at once."""
    first, last = parse(begin, clock), parse(end, clock)
    if first is None or last is None:
        return None
    start = first.window.start
    stop = last.window.start if at_a_time(end, clock) is not None else last.window.end
    if stop <= start:
        raise WindowError(f"{text!r} runs backwards. Give the earlier time first.")
    return When(Window(start, stop), f"{first.label} to {last.label}")


def _until(text: str, clock: Clock) -> When | None:
    match = _BEFORE.fullmatch(text)
    if match is None:
        return None
    if (of_day := _within_a_day(match[2], clock)) is not None:
        day, start, _ = of_day
        begin = clock.calendar.start_of(day)
        return When(Window(min(begin, start), start), f"{day_label(day)}, until {_clock(start, clock)}")
    days = clock.days(match[2])
    if days is None:
        return None
    is_before = match[1] == "before"
    last = days.first - timedelta(days=1) if is_before else days.last
    end = clock.calendar.start_of(last + timedelta(days=1))
    return When(Window(LONG_AGO, max(end, LONG_AGO)), f"until {day_label(last)}")


def _after(text: str, clock: Clock) -> When | None:
    match = _AFTER.fullmatch(text)
    if match is None:
        return None
    if (of_day := _within_a_day(match[1], clock)) is not None:
        day, _, end = of_day
        last = clock.calendar.start_of(day + timedelta(days=1))
        return When(Window(min(end, last), last), f"{day_label(day)}, from {_clock(end, clock)}")
    days = clock.days(match[1])
    if days is None:
        return None
    start = clock.calendar.start_of(days.last + timedelta(days=1))
    return _until_now(start, f"after {day_label(days.last)}", text, clock)


def _within_a_day(text: str, clock: Clock) -> tuple[date, datetime, datetime] | None:
    """A day, and the instants at which a time or part of it begins and ends; a time of day ends at once."""
    at = at_a_time(text, clock) or at_a_time(f"at {text}", clock)
    if at is not None:
        start = clock.calendar.instant_of(at)[0]
        return clock.calendar.day_of(start), start, start
    part = part_named(text, clock) or part_named(f"today {text}", clock)
    if part is None:
        return None
    return clock.calendar.day_of(part.window.start), part.window.start, part.window.end


def _clock(instant: datetime, clock: Clock) -> str:
    return f"{instant.astimezone(clock.calendar.zone):%H:%M}"


def _of_days(days: Days, clock: Clock) -> When:
    window = Window(
        clock.calendar.start_of(days.first), clock.calendar.start_of(days.last + timedelta(days=1))
    )
    label = day_label(days.first)
    if window.start == window.end:
        raise WindowError(
            f"{label} never was in {clock.calendar.zone.key}: the zone's date went over it. Name the day "
            "before or after."
        )
    return When(window, label if days.first == days.last else f"{label} to {day_label(days.last)}")
