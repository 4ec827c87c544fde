"""Which times does an event take place, given all that its calendar says of it?

its rule      |  9  |  9  |  9  |  9  |  9  |  9  | ...
its window          [ past_days ........ now ]
taken out                 x
moved                           11
is read             9           11    9
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rem_dagster.sources.ics_blocks import EventBlock
from rem_dagster.sources.ics_parse import BROKEN, instant, is_cancelled, listed, parse, problems_of
from rem_dagster.sources.source import Problem, Withdrawn, shown
from rem_dagster.sources.times import YEARS

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
TIMES_A_DAY = 24
"""Of one rule at most."""
RULES = 10
"""Of one event at most."""
RULE_SECONDS = 30.0
"""Of processor time that all rules of a source may take: one that never matches takes three."""
ALL_TIME = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
EDGE = timedelta(days=1)
"""Of the window: there it depends on the home's zone whether a local time lies within it."""
NOT_FOLLOWED = "repeats by a rule that is not followed; its first time was taken"


@dataclass(frozen=True)
class Occurrence:
    """One time that an event takes place; `event` is the library's component."""

    block: EventBlock
    native_id: str
    event: Any


@dataclass
class Expansion:
    """Expands series within a window, in bounded time."""

    start: datetime
    end: datetime
    spent: float = 0.0

    def occurrences(
        self, uid: str, blocks: Sequence[EventBlock]
    ) -> Iterator[Occurrence | Problem | Withdrawn]:
        """What one event's blocks say; its own, and those of single times that were changed.

        Other times of it than these do not take place any more, where that can be told.
        """
        try:
            parsed = parse(blocks)
        except BROKEN as error:
            yield Problem(blocks[0].where, None, "cannot be read", got=shown(str(error)))
            return
        known: list[tuple[EventBlock, Any]] = []
        is_sound = True
        for each in parsed:
            problems = list(problems_of(each))
            yield from problems
            is_sound = is_sound and not problems
            if all(problem.kind == "notice" for problem in problems):
                known.append((each.block, each.event))
        newest, older = _newest(known)
        for block in older:
            yield Problem(block.where, None, "is an older version of an event", "skipped")
        masters = [each for each in newest if each[1].get("RECURRENCE-ID") is None]
        changed = [each for each in newest if each[1].get("RECURRENCE-ID") is not None]
        if masters and _repeats(masters[0][1]):
            yield from self._series(uid, masters[0], changed, is_sound=is_sound)
            return
        for block, event in newest:
            native_id = _identity(uid, event, None)
            if is_cancelled(block, event):
                yield Problem(block.where, None, "is cancelled", "skipped")
                yield Withdrawn(native_id)
            elif instant(event["DTSTART"].dt) > self.end:
                yield Problem(block.where, None, "lies in the future", "skipped")
                yield Withdrawn(native_id)
            else:
                yield Occurrence(block, native_id, event)
        if masters and is_sound:
            yield Withdrawn(uid, ALL_TIME)

    def _series(
        self,
        uid: str,
        master: tuple[EventBlock, Any],
        changed: list[tuple[EventBlock, Any]],
        *,
        is_sound: bool,
    ) -> Iterator[Occurrence | Problem | Withdrawn]:
        block, event = master
        if is_cancelled(block, event):
            yield Problem(block.where, None, "is cancelled", "skipped")
            yield Withdrawn(uid, ALL_TIME)
            return
        if wrong := self._unfit(event):
            yield Problem(block.where, "RRULE", NOT_FOLLOWED, "notice", wrong)
            for name in ("RRULE", "RDATE", "EXDATE"):
                event.pop(name, None)
        elif instant(event["DTSTART"].dt) < self.start:
            reason = "began before the window; its earlier times are not read"
            yield Problem(block.where, None, reason, "notice")
        yield from self._taken_out(uid, block, event)
        began = time.process_time()
        try:
            found = _between([event, *(each for _, each in changed)], self.start, self.end)
        except BROKEN as error:
            yield Problem(block.where, "RRULE", "cannot be followed", got=shown(str(error)))
            return
        finally:
            self.spent += time.process_time() - began
        if wrong and not found:
            found = [event]
        first = event["DTSTART"].dt
        for each in found:
            if is_cancelled(block, each):
                yield Problem(block.where, None, "is cancelled", "skipped")
                yield Withdrawn(_identity(uid, each, first))
            elif instant(each["DTSTART"].dt) <= self.end:
                yield Occurrence(block, _identity(uid, each, first), each)
        if is_sound and not wrong:
            yield Withdrawn(uid, (self.start + EDGE, self.end - EDGE))

    def _taken_out(self, uid: str, block: EventBlock, event: Any) -> Iterator[Problem | Withdrawn]:
        """The times that were taken out of a series, as far as they are within the window."""
        first = event["DTSTART"].dt
        for each in dict.fromkeys(listed(event.get("EXDATE"))):
            if self.start <= instant(each) <= self.end:
                yield Problem(block.where, "EXDATE", "was taken out of its series", "skipped", str(each))
                yield Withdrawn(_time_id(uid, each, first))

    def _unfit(self, event: Any) -> str | None:
        """What is wrong with the rules of an event; None when they can be followed."""
        rules = event.get("RRULE")
        rules = rules if isinstance(rules, list) else [rules] if rules is not None else []
        if len(rules) > RULES:
            return f"{len(rules)} rules"
        if self.spent > RULE_SECONDS:
            return "the rules before it took too long"
        return next((str(rule.to_ical(), "utf-8", "replace") for rule in rules if not _is_fit(rule)), None)


def _is_fit(rule: Any) -> bool:
    """Whether a rule is one of days, and moves on: others are a mistake or an attack."""
    try:
        often = len(rule.get("BYHOUR", [0])) * len(rule.get("BYMINUTE", [0])) * len(rule.get("BYSECOND", [0]))
        is_moving = all(int(each) >= 1 for each in rule.get("INTERVAL", [1]))
        is_of_days = [str(each).upper() in FREQUENCIES for each in rule.get("FREQ", [])] == [True]
    except BROKEN:
        return False
    return is_of_days and is_moving and often <= TIMES_A_DAY


def _between(events: list[Any], start: datetime, end: datetime) -> list[Any]:
    import icalendar
    import recurring_ical_events

    calendar = icalendar.Calendar()
    for event in events:
        calendar.add_component(event)
    return list(recurring_ical_events.of(calendar).between(start, end))


def _newest(
    known: Sequence[tuple[EventBlock, Any]],
) -> tuple[list[tuple[EventBlock, Any]], list[EventBlock]]:
    """Of each single time the version of the highest number, and the blocks of the others."""
    newest: dict[str, tuple[EventBlock, Any]] = {}
    older: list[EventBlock] = []
    for each in sorted(known, key=lambda pair: _version(pair[1])):
        key = _time_key(each[1])
        if key in newest:
            older.append(newest[key][0])
        newest[key] = each
    return list(newest.values()), older


def _time_key(event: Any) -> str:
    again = event.get("RECURRENCE-ID")
    return "" if again is None else instant(again.dt).isoformat()


def _version(event: Any) -> tuple[int, str]:
    try:
        number = int(event.get("SEQUENCE", 0))
    except BROKEN:
        number = 0
    stamps = (getattr(event.get(name), "dt", None) for name in ("LAST-MODIFIED", "DTSTAMP"))
    told = next((each for each in stamps if isinstance(each, datetime) and each.year in YEARS), None)
    return number, instant(told).isoformat() if told else ""


def _identity(uid: str, event: Any, first: date | None) -> str:
    """The event's id, and of a series the time that its rule gives; its first time has the id alone.

    So an event that becomes a series stays the same event.
    """
    again = getattr(event.get("RECURRENCE-ID"), "dt", None)
    return uid if again is None else _time_id(uid, again, first)


def _time_id(uid: str, at: date, first: date | None) -> str:
    """The id of the time of a series that its rule gives."""
    if first is not None and instant(at) == instant(first):
        return uid
    told = instant(at) if isinstance(at, datetime) else at
    return f"{uid}/{told.isoformat()}"


def _repeats(event: Any) -> bool:
    return event.get("RRULE") is not None or event.get("RDATE") is not None


def window(now: datetime, *, past_days: int, future_days: int) -> Expansion:
    """The window around a time."""
    return Expansion(now - timedelta(days=past_days), now + timedelta(days=future_days))
