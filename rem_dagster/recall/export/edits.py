"""Which corrections are the edits of a block?

    the heading        rename            a type's word      retype
    the summary        rename            the times          set_times
    a section is gone  hide

What is shown of the moment now decides with: an edit that says the same is none, and where both were changed
since the block was written it is not known which is meant.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.model.words import CorrectionVerb
from rem_dagster.recall.export.block_read import FoundBlock, FoundSection, Trouble
from rem_dagster.recall.export.block_text import digest, name_of, times_of
from rem_dagster.recall.journal.escaping import escaped, plain, unescaped
from rem_dagster.recall.kinds import word_of

_TIMES = re.compile(
    r"(?P<h1>\d{1,2})[:.](?P<m1>\d\d)(?:\s*(?:[-–—]|to)\s*(?P<h2>\d{1,2})[:.](?P<m2>\d\d))?", re.ASCII
)
NAME, KIND, TIMES, SUMMARY, REST = range(5)
ELSEWHERE = "{} was changed here and elsewhere too since it was written"


@dataclass(frozen=True)
class Edit:
    """One correction that an edit asks for."""

    verb: CorrectionVerb
    moment_id: str
    line: int
    """Of the file."""
    said: str
    """What the moment was called."""
    value: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What edits are understood by."""

    day: date
    calendar: Calendar
    moments: Mapping[str, Moment]
    """Those that are shown of the day now, by id."""
    moment_types: Sequence[str]
    """Those that a moment may have."""


class _NotUnderstoodError(Exception):
    """An edit that is none of those that there are."""


def edits_of(block: FoundBlock, ground: Ground) -> tuple[list[Edit], list[Trouble]]:
    """The edits of a block, in their order, and what of it is not understood."""
    edits, troubles = list[Edit](), list(block.troubles)
    for section in block.sections:
        try:
            edits += _edits_of_section(section, ground)
        except _NotUnderstoodError as error:
            troubles.append(Trouble(section.line, str(error)))
    gone = [each for each in block.written_ids if each not in {held.moment_id for held in block.sections}]
    shown = [ground.moments[each] for each in gone if each in ground.moments]
    if shown and len(gone) == len(block.written_ids) > 1:
        reason = (
            f"all {len(gone)} moments are gone from it: hide each with `rem fix`, or delete the whole block"
        )
        troubles.append(Trouble(block.line, reason))
    else:
        edits += [Edit("hide", each.id, block.line, each.name) for each in shown]
    return edits, troubles


def _edits_of_section(section: FoundSection, ground: Ground) -> Iterator[Edit]:
    edited = section.edited
    if not any(edited):
        return
    moment = ground.moments.get(section.moment_id)
    if moment is None:
        raise _NotUnderstoodError("an edit of a moment that is not there any more")
    if edited[REST]:
        raise _NotUnderstoodError(
            "an edit below the summary, or of feelings and tags, which stay as they are"
        )
    at = (moment.id, section.line, moment.name)
    if words := _words(section, moment):
        yield Edit("rename", *at, words)
    if kind := _kind(section, moment, ground):
        yield Edit("retype", *at, {"moment_type": kind})
    if times := _times(section, moment, ground):
        yield Edit("set_times", *at, times)


def _words(section: FoundSection, moment: Moment) -> dict[str, object]:
    found: dict[str, object] = {}
    for place, name, text, now in (
        (NAME, "name", section.name, name_of(moment)),
        (SUMMARY, "summary", section.summary, escaped(moment.summary)),
    ):
        said = plain(unescaped(text))
        if section.edited[place] and said != plain(unescaped(now)):
            _require_same(section, place, now, f"the {'title' if place == NAME else 'summary'}")
            if not said:
                raise _NotUnderstoodError(f"a moment without a {'title' if place == NAME else 'summary'}")
            found[name] = said
    return found


def _kind(section: FoundSection, moment: Moment, ground: Ground) -> str | None:
    if not section.edited[KIND]:
        return None
    said = plain(unescaped(section.kind)).casefold()
    types = {each.casefold(): each for each in ground.moment_types}
    types |= {word_of(each).casefold(): each for each in (*ground.moment_types, moment.moment_type)}
    if said not in types:
        known = ", ".join(sorted(word_of(each) for each in ground.moment_types))
        raise _NotUnderstoodError(f"{section.kind!r} is no type of moment; there are {known}")
    if types[said] == moment.moment_type:
        return None
    _require_same(section, KIND, escaped(word_of(moment.moment_type)), "the type")
    return types[said]


def _times(section: FoundSection, moment: Moment, ground: Ground) -> dict[str, object] | None:
    """Start and end; one that was left as it is keeps its seconds."""
    now = times_of(moment, ground.calendar.zone)
    if not section.edited[TIMES] or section.times == now:
        return None
    said = _TIMES.fullmatch(section.times)
    if said is None:
        raise _NotUnderstoodError(f"{section.times!r} are no times such as 14:00–15:30")
    _require_same(section, TIMES, now, "the time")
    first, last = (said["h1"], said["m1"]), (said["h2"] or said["h1"], said["m2"] or said["m1"])
    start = _instant(*first, moment.start_time, ground)
    end = _instant(*last, moment.end_time, ground)
    if end < start:  # past midnight, or no end was named
        end = start if said["h2"] is None else end + timedelta(days=1)
    return {"start_time": start, "end_time": end}


def _instant(hour: str, minute: str, was: datetime, ground: Ground) -> datetime:
    if f"{int(hour):02}:{minute}" == f"{was.astimezone(ground.calendar.zone):%H:%M}":
        return was
    late = hour == "24" and minute == "00"
    try:
        clock = time() if late else time(int(hour), int(minute))
    except ValueError as error:
        raise _NotUnderstoodError(f"there is no {hour}:{minute} o'clock") from error
    is_next = late or clock < ground.calendar.day_starts_at
    local = datetime.combine(ground.day + timedelta(days=is_next), clock)
    instant, problem = ground.calendar.instant_of(local)
    if problem == "gap":
        raise _NotUnderstoodError(f"{hour}:{minute} never was that day: the clocks went forward")
    return instant


def _require_same(section: FoundSection, place: int, now: str, what: str) -> None:
    if digest(now) != section.written[place]:
        raise _NotUnderstoodError(ELSEWHERE.format(what))
