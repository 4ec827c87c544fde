"""Into which local days and hours do spans of time fall, and how much time do they cover?

spans      ├───────────────────┤         ├──┤
pieces     ├───┼───────┼───────┤         ├──┤      cut where a local hour or day begins, and
               10:00   11:00                       where the clocks change

covered    ├──────┤                                time under several spans counts once
              ├──────────┤    ├──┤
           └── covered ──┘    └──┘

Times are milliseconds since 1970, UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from rem_dagster.model.window import Calendar, days_between

if TYPE_CHECKING:
    import pandas

SECOND = 1000
HOUR = 3600 * SECOND
ONE_DAY = timedelta(days=1)
_PROBE = timedelta(hours=12)
"""Clocks do not change twice within so long."""
Array = Any
"""A numpy array; numpy is imported where it is used, so that a look-up does not pay for it."""


@dataclass(frozen=True)
class LocalClock:
    """What the clocks and the calendar of a place show over a range of days."""

    days: Array
    """Ordinals of the local days, ascending."""
    day_starts: Array
    """When each begins."""
    changes: Array
    """When each offset from UTC begins to hold; the first holds from the range's beginning."""
    offsets: Array
    """Milliseconds that the clocks are ahead of UTC from each change on."""

    def day_of(self, times: Array) -> Array:
        """Ordinals of the local days that hold some instants."""
        import numpy as np

        places = np.searchsorted(self.day_starts, times, side="right") - 1
        return self.days[np.clip(places, 0, None)]

    def shown_at(self, times: Array) -> Array:
        """What the clocks show at some instants, as milliseconds since 1970."""
        import numpy as np

        places = np.searchsorted(self.changes, times, side="right") - 1
        return times + self.offsets[np.clip(places, 0, None)]

    def cuts(self, end: int) -> Array:
        """Every instant up to `end` at which a local day or hour begins, or the clocks change."""
        import numpy as np

        ends = [*self.changes[1:], end]
        hours = [
            np.arange(start + (-(start + offset)) % HOUR, stop, HOUR)
            for start, offset, stop in zip(self.changes, self.offsets, ends, strict=True)
        ]
        return np.unique(np.concatenate([*hours, self.day_starts, self.changes]))


def local_clock(first: int, last: int, calendar: Calendar) -> LocalClock:
    """The clock of the days from the one that holds `first` to the one that holds `last`."""
    import numpy as np

    start, end = (calendar.day_of(_instant(each)) for each in (first, last))
    # a day earlier, as one that a zone left out may begin behind its own instants
    days = list(days_between(start - ONE_DAY, end))
    starts = np.array([milliseconds(calendar.start_of(day)) for day in days], dtype=np.int64)
    changes, offsets = _offsets(_instant(int(starts[0])), _instant(last) + _PROBE, calendar)
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
    return LocalClock(ordinals, starts, np.array(changes, dtype=np.int64), np.array(offsets, dtype=np.int64))


def cut(spans: "pandas.DataFrame", calendar: Calendar) -> "pandas.DataFrame":
    """The pieces of spans, with the local day (its ordinal), weekday (Monday is 0) and hour of each.

    A span without length is one piece without length.

    Args:
        spans: `start` and `end`; the pieces have the spans' row numbers in `moment`.
    """
    import numpy as np
    import pandas

    if spans.empty:
        return pandas.DataFrame({name: np.array([], dtype=np.int64) for name in PIECE_COLUMNS})
    starts, ends = spans["start"].to_numpy(), spans["end"].to_numpy()
    clock = local_clock(int(starts.min()), int(ends.max()), calendar)
    cuts = clock.cuts(int(ends.max()) + 1)
    first = np.searchsorted(cuts, starts, side="right")
    pieces = np.maximum(np.searchsorted(cuts, ends, side="left") - first, 0) + 1
    moment = np.repeat(np.arange(len(starts)), pieces)
    place = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begins = np.where(place == 0, starts[moment], cuts[np.maximum(first[moment] + place - 1, 0)])
    is_last = place == pieces[moment] - 1
    stops = np.where(is_last, ends[moment], cuts[np.minimum(first[moment] + place, len(cuts) - 1)])
    day = clock.day_of(begins)
    return pandas.DataFrame(
        {
            "moment": moment,
            "start": begins,
            "end": stops,
            "day": day,
            "weekday": (day - 1) % 7,  # day 1 of the calendar was a Monday
            "hour": clock.shown_at(begins) // HOUR % 24,
        }
    )


PIECE_COLUMNS = ("moment", "start", "end", "day", "weekday", "hour")


def numbered(frame: "pandas.DataFrame", by: Sequence[str]) -> tuple[Array, "pandas.DataFrame"]:
    """The number of each row's group, and the groups' keys, ascending, in the order of the numbers."""
    import numpy as np
    import pandas

    codes = np.zeros(len(frame), dtype=np.int64)
    keys: list[tuple[Array, int]] = []
    for column in by:
        of_column, values = pandas.factorize(frame[column], sort=True)
        codes = codes * max(len(values), 1) + of_column
        keys.append((values, max(len(values), 1)))
    groups, numbers = np.unique(codes, return_inverse=True)
    columns = {}
    for column, (values, size) in zip(reversed(by), reversed(keys), strict=True):
        groups, of_column = np.divmod(groups, size)
        columns[column] = values.take(of_column) if len(of_column) else values
    return numbers, pandas.DataFrame({column: columns[column] for column in by})


def covered_by(groups: Array, count: int, frame: "pandas.DataFrame") -> Array:
    """Whole seconds that the spans (`start`, `end`) of each of `count` groups cover.

    Args:
        groups: the number of each row's group.
    """
    import numpy as np

    if frame.empty:
        return np.zeros(count, dtype=np.int64)
    starts, ends = frame["start"].to_numpy(), frame["end"].to_numpy()
    shift = groups * (ends.max() - starts.min() + 1) - starts.min()
    order = np.argsort(starts + shift, kind="stable")  # each group has a stretch of one long line to itself
    begin, stop = (starts + shift)[order], (ends + shift)[order]
    until = np.concatenate((begin[:1], np.maximum.accumulate(stop)[:-1]))
    gained = np.maximum(stop - np.maximum(begin, until), 0)
    totals = np.bincount(groups[order], weights=gained, minlength=count)
    return totals.round().astype(np.int64) // SECOND


def milliseconds(instant: datetime) -> int:
    """An aware instant as milliseconds since 1970, UTC."""
    return round(instant.timestamp() * SECOND)


def day_from(ordinal: int) -> date:
    """The day of an ordinal."""
    return date.fromordinal(int(ordinal))


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at / SECOND, tz=UTC)


def _offsets(start: datetime, end: datetime, calendar: Calendar) -> tuple[list[int], list[int]]:
    """From when on the clocks are how far ahead of UTC."""

    def ahead(at: datetime) -> timedelta:
        return at.astimezone(calendar.zone).utcoffset() or timedelta()

    changes, offsets = [start], [ahead(start)]
    at = start
    while at < end:
        before, at = at, at + _PROBE
        if ahead(at) != offsets[-1]:
            changes.append(_change(before, at, ahead))
            offsets.append(ahead(at))
    return [milliseconds(each) for each in changes], [
        round(each.total_seconds() * SECOND) for each in offsets
    ]


def _change(before: datetime, after: datetime, ahead: Any) -> datetime:
    """The second at which the clocks change between two instants."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=round((after - before).total_seconds()) // 2)
        if ahead(middle) == ahead(before):
            before = middle
        else:
            after = middle
    return after
