"""Where do a day's moments and items lie on one scale of its hours?

    08        10        12        14
    ▐█▌▐██████████▌        ▐████████       blocks, a second lane where they overlap
        ·  · ··   ·          · ··  ·       a row for each kind of source

Places are percent of the scale, which runs from the first hour that holds something to the last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from rem_dagster.model.window import Window
from rem_dagster.recall.journal.held import Brief
from rem_dagster.recall.journal.sources import ROWS, SourceItem, counts_in_words
from rem_dagster.recall.journal.words import clock

HOUR = timedelta(hours=1)
LEAST = timedelta(hours=12)
QUARTER = timedelta(minutes=15)
"""No zone's offset is finer."""
LABELLED = timedelta(minutes=75)
"""Moments from this length on have room for their title."""
LANES, MOST_BLOCKS = 3, 150
"""Lanes of blocks; and of a day of more moments the longest are drawn."""
LEAST_WIDTH = 0.8
"""Percent; a moment without length is to be seen, too."""
PLACES = 240
"""Places of a row: items that fall into one are one dot, which is larger."""


@dataclass(frozen=True)
class Scale:
    """A span of hours on which things lie."""

    start: datetime
    end: datetime

    def at(self, instant: datetime) -> float:
        """Percent from the left; what lies outside is at the edge."""
        share = (instant - self.start) / (self.end - self.start)
        return round(100 * min(max(share, 0.0), 1.0), 2)


@dataclass(frozen=True)
class Tick:
    """A full local hour; one that a day has twice is there twice."""

    at: float
    label: str


@dataclass(frozen=True)
class Block:
    """A moment on the scale."""

    moment: Brief
    left: float
    width: float
    lane: int
    has_label: bool
    is_point: bool
    """Whether it is too short to be a block, so that its shape alone is drawn."""


@dataclass(frozen=True)
class Mark:
    """An item, or several at one place."""

    at: float
    width: float
    """Percent, of what lasts; 0 for a dot."""
    count: int


@dataclass(frozen=True)
class EvidenceRow:
    """The items of one kind of source."""

    name: str
    words: str
    """What it shows, for those who do not see it: `41 messages from 10:30 to 17:20`."""
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Ribbon:
    """A day to scale."""

    scale: Scale
    ticks: tuple[Tick, ...]
    blocks: tuple[Block, ...]
    rows: tuple[EvidenceRow, ...]

    @property
    def lanes(self) -> int:
        """How many lanes are used."""
        return 1 + max((each.lane for each in self.blocks), default=0)


def ribbon_of(
    moments: Sequence[Brief], items: Sequence[SourceItem], window: Window, zone: ZoneInfo
) -> Ribbon | None:
    """The picture of a day; None where it holds neither moments nor items."""
    spans = [(each.start_time, each.end_time) for each in moments]
    spans += [(each.at, each.ended_at) for each in items]
    if not spans:
        return None
    scale = scale_over(spans, window, zone)
    return Ribbon(scale, ticks_on(scale, zone), _blocks(moments, scale), _rows(items, scale, zone))


def scale_over(spans: Iterable[tuple[datetime, datetime]], window: Window, zone: ZoneInfo) -> Scale:
    """From the full hour of the first instant to that behind the last, twelve hours at least.

    It stays within the day where it can: a moment may end after midnight.
    """
    held = list(spans)
    first, last = min(begin for begin, _ in held), max(end for _, end in held)
    start = _full_hour(max(first, window.start), zone)
    end = _full_hour(max(min(last, window.end), start), zone)
    if end < last:
        end += HOUR
    missing = LEAST - (end - start)
    if missing > timedelta():
        start = max(start - missing // HOUR // 2 * HOUR, min(window.start, start))
        end = start + LEAST
        over = min(max(end - max(window.end, last), timedelta()), max(start - window.start, timedelta()))
        start, end = start - over, end - over
    return Scale(start, end)


def ticks_on(scale: Scale, zone: ZoneInfo) -> tuple[Tick, ...]:
    """A label for every second or third full hour, and for each hour that the clocks repeat."""
    hours: list[tuple[datetime, int]] = []
    instant = scale.start
    while instant <= scale.end:
        local = instant.astimezone(zone)
        if local.minute == 0:
            hours.append((instant, local.hour))
        instant += QUARTER
    step = 2 if scale.end - scale.start <= 16 * HOUR else 3
    twice = {hour for (_, hour), (_, following) in pairwise(hours) if hour == following}
    return tuple(
        Tick(scale.at(instant), f"{hour:02}") for instant, hour in hours if hour % step == 0 or hour in twice
    )


def _full_hour(instant: datetime, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    return (
        instant - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    ).astimezone(UTC)


def _blocks(moments: Sequence[Brief], scale: Scale) -> tuple[Block, ...]:
    """Each in the first lane that is free, the third one for all that finds none."""
    ends: list[datetime] = []
    blocks = []
    drawn = moments
    if len(moments) > MOST_BLOCKS:
        longest = sorted(moments, key=lambda each: each.lasting, reverse=True)[:MOST_BLOCKS]
        drawn = sorted(longest, key=lambda each: (each.start_time, each.end_time, each.id))
    for each in drawn:
        lane = next((lane for lane, end in enumerate(ends) if end <= each.start_time), len(ends))
        lane = min(lane, LANES - 1)
        end = max(each.end_time, each.start_time)
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = max(ends[lane], end)
        left = scale.at(each.start_time)
        real = round(scale.at(each.end_time) - left, 2)
        width = max(real, LEAST_WIDTH)
        left = min(left, round(100 - width, 2))
        blocks.append(Block(each, left, width, lane, each.lasting >= LABELLED, real < LEAST_WIDTH))
    return tuple(blocks)


def _rows(items: Sequence[SourceItem], scale: Scale, zone: ZoneInfo) -> tuple[EvidenceRow, ...]:
    rows = []
    for kind, (name, _) in ROWS.items():
        of_kind = [each for each in items if each.kind == kind]
        if of_kind:
            first, last = (clock(each.at, zone) for each in (of_kind[0], of_kind[-1]))
            when = f"at {first}" if first == last else f"from {first} to {last}"
            words = f"{counts_in_words(each.kind for each in of_kind)} {when}"
            rows.append(EvidenceRow(name, words, _marks(of_kind, scale)))
    return tuple(rows)


def _marks(items: Sequence[SourceItem], scale: Scale) -> tuple[Mark, ...]:
    """A bar for what lasts, a dot for the rest; those that would lie upon each other are one."""
    counts: dict[tuple[int, int], int] = {}
    for each in items:
        at, end = scale.at(each.at), scale.at(each.ended_at)
        place = (round(at * PLACES / 100), round((end - at) * PLACES / 100))
        counts[place] = counts.get(place, 0) + 1
    return tuple(
        Mark(round(at * 100 / PLACES, 2), round(width * 100 / PLACES, 2), count)
        for (at, width), count in sorted(counts.items())
    )
