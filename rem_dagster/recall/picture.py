"""How does a day, or a span of days, look as a picture?

A picture is one small SVG: it has its own paper, so that it can be read on any page, and needs no font,
style or picture from elsewhere. All text in it is escaped.

    00      06      12      18      24
             ■■■ ▨▨▨▨ ■  ░░░             all moments of the day
             ━━━                         one line for each, with its title
             Found the lost edges
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Window
from rem_dagster.recall.kinds import INK, PAPER, RULE, SOFT, in_order, ink_of, word_of
from rem_dagster.recall.spans import time_of

WIDTH = 720
EDGE = 16
INSIDE = WIDTH - 2 * EDGE
HOUR = timedelta(hours=1)
HOURS_BETWEEN_LABELS = 3
LEAST_BAR = 3.0
"""Pixels; a moment without length is to be seen, too."""
CHARACTER = 6.4
"""Pixels of a character of 12 px sans serif, on average and rather too many."""
LEAST_HOURS = 0.05
"""Less would be told as 0.0."""
MOST_TITLES = 24
ROW, RIBBON, PLOT, LANE = 30, 18, 140, 16
MOST_LANE_CHARACTERS = 14
STEPS = (1, 2, 4, 6, 12, 24, 48, 100)
"""Hours between two lines of a scale."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Seconds = Mapping[str, float]
"""Type of moment -> seconds."""


@dataclass(frozen=True)
class _Span:
    """Where something lies on the scale of a day, in pixels."""

    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width


PAGE = _Span(EDGE, INSIDE)
STRIP_WIDTH = 560
"""Pixels: as wide as the UI's column of values is on a laptop."""
STRIP = _Span(92, STRIP_WIDTH - 92 - 12)


@dataclass(frozen=True)
class _Plot:
    """Where the columns of some days stand, in pixels."""

    days: int
    most: float
    """Hours of the highest column."""
    left: int = EDGE + 24
    bottom: int = 20 + PLOT

    @property
    def step(self) -> int:
        """Hours between two lines."""
        return next((each for each in STEPS if self.most <= 4 * each), STEPS[-1])

    @property
    def hours(self) -> float:
        """Hours of the whole height."""
        return max(self.most, self.step)

    @property
    def scale(self) -> float:
        """Pixels of an hour."""
        return PLOT / self.hours

    @property
    def room(self) -> float:
        """Pixels of a day."""
        return (EDGE + INSIDE - self.left) / max(self.days, 1)


def strip_of_day(moments: Sequence[Moment], window: Window, zone: ZoneInfo) -> str:
    """The hours of a local day, a lane for each type and no title, as an SVG of a few hundred bytes.

    00    06    12    18
    Work       ━━━  ━━
    Talk     ━     ━

    Args:
        moments: those that happened; what lies outside of the day is cut off.
    """
    types = in_order({each.moment_type for each in moments})
    height = LANE * len(types) + 30
    six = [
        (_place(each, window, STRIP), f"{each.astimezone(zone):%H}")
        for each in _full_hours(window, zone, every=6)
    ]
    grid = "".join(f"M{at:.0f},22V{height - 6}" for at, _ in six)
    places = ",".join(f"{at - 6:.0f},{at:.0f}" for at, _ in six)
    lanes = "".join(
        f"<path stroke='{ink_of(name)}' d='{_dashes(moments, name, window, 28 + LANE * lane)}'/>"
        f"<text x='8' y='{32 + LANE * lane}' fill='{ink_of(name)}'>"
        f"{escape(_without_controls(word_of(name))[:MOST_LANE_CHARACTERS])}</text>"
        for lane, name in enumerate(types)
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{STRIP_WIDTH}' height='{height}' "
        f"font-family='sans-serif' font-size='11'><rect width='{STRIP_WIDTH}' height='{height}' rx='8' "
        f"fill='{PAPER}'/><path stroke='{RULE}' d='{grid}'/><text y='16' x='{places}' fill='{SOFT}'>"
        f"{''.join(label for _, label in six)}</text><g stroke-width='10'>{lanes}</g></svg>"
    )


def picture_of_day(
    moments: Sequence[Moment], window: Window, zone: ZoneInfo, *, most: int = MOST_TITLES
) -> str:
    """The hours of a local day with its moments, coloured by type and told by their titles, as SVG.

    Args:
        moments: those that happened, in the order of time; what lies outside of the day is cut off.
        most: lines with a title; of more moments the longest have one.
    """
    told = _worth_a_line(moments, most)
    top = 30
    below = top + RIBBON + 14
    legend, legend_height = _legend(seconds_by_type(moments), below + ROW * len(told) + 4)
    height = below + ROW * len(told) + legend_height + 8
    parts = [
        _hours(window, zone, top - 8, below - 8 + ROW * len(told)),
        *(
            _bar(_span(moment, window, PAGE), top, RIBBON, moment.moment_type)
            for moment in sorted(moments, key=lambda each: each.start_time - each.end_time)
        ),
        *(_line(moment, window, below + ROW * row) for row, moment in enumerate(told)),
        legend,
    ]
    return _svg(height, parts)


def picture_of_days(days: Mapping[date, Seconds]) -> str:
    """A column for each day, its hours by type, as SVG; days are drawn in their order."""
    plot = _Plot(len(days), max((sum(each.values()) for each in days.values()), default=0.0) / 3600)
    total: dict[str, float] = {}
    for seconds in days.values():
        for name, spent in seconds.items():
            total[name] = total.get(name, 0.0) + spent
    columns = [_column(plot, place, day, seconds) for place, (day, seconds) in enumerate(days.items())]
    legend, legend_height = _legend(total, plot.bottom + 36)
    return _svg(plot.bottom + 36 + legend_height + 8, [_scale(plot), *columns, legend])


def _worth_a_line(moments: Sequence[Moment], most: int) -> list[Moment]:
    longest = sorted(moments, key=lambda each: each.start_time - each.end_time)[:most]
    kept = {each.id for each in longest}
    return [each for each in moments if each.id in kept]


def seconds_by_type(moments: Sequence[Moment]) -> dict[str, float]:
    """Seconds of each type; time that two moments of one type cover counts once."""
    by_type: dict[str, list[Moment]] = {}
    for each in sorted(moments, key=lambda each: each.start_time):
        by_type.setdefault(each.moment_type, []).append(each)
    return {name: time_of(held).total_seconds() for name, held in by_type.items()}


def _place(instant: datetime, window: Window, within: _Span) -> float:
    inside = min(max(instant, window.start), window.end)
    return within.left + within.width * ((inside - window.start) / window.duration)


def _span(moment: Moment, window: Window, within: _Span) -> _Span:
    left, right = (_place(each, window, within) for each in (moment.start_time, moment.end_time))
    width = max(right - left, LEAST_BAR)
    return _Span(min(left, within.right - width), width)


def _full_hours(window: Window, zone: ZoneInfo, *, every: int) -> list[datetime]:
    """The instants of a window, both ends included, at which the clock shows one of every so many hours."""
    hours = (window.start + hour * HOUR for hour in range(int(window.duration / HOUR) + 1))
    return [each for each in hours if each.astimezone(zone).hour % every == 0]


def _hours(window: Window, zone: ZoneInfo, top: int, bottom: int) -> str:
    """The scale of local hours: a line and a label every few hours of the clock."""
    parts = []
    for instant in _full_hours(window, zone, every=HOURS_BETWEEN_LABELS):
        at = _place(instant, window, PAGE)
        anchor = "start" if instant == window.start else "end" if instant == window.end else "middle"
        parts.append(f'<path d="M{at:.1f} {top}V{bottom}" stroke="{RULE}"/>')
        label = f"{instant.astimezone(zone):%H:%M}"
        parts.append(_text(label, at, top - 4, ink=SOFT, size=11, anchor=anchor))
    return "".join(parts)


def _dashes(moments: Sequence[Moment], moment_type: str, window: Window, middle: int) -> str:
    """The path of one type's moments, in whole pixels."""
    spans = [_span(each, window, STRIP) for each in moments if each.moment_type == moment_type]
    return "".join(f"M{span.left:.0f},{middle}h{max(round(span.width), 3)}" for span in spans)


def _bar(span: _Span, top: float, height: float, moment_type: str) -> str:
    return (
        f'<rect x="{span.left:.1f}" y="{top}" width="{span.width:.1f}" height="{height}" rx="1.5" '
        f'fill="{ink_of(moment_type)}"/>'
    )


def _line(moment: Moment, window: Window, top: int) -> str:
    """A title with its bar below, begun where the bar begins unless it would run out of the picture."""
    span = _span(moment, window, PAGE)
    title = _fitting(moment.name, INSIDE)
    fits = span.left + CHARACTER * len(title) <= EDGE + INSIDE
    at, anchor = (span.left, "start") if fits else (EDGE + INSIDE, "end")
    return _text(title, at, top + 12, anchor=anchor) + _bar(span, top + 17, 5, moment.moment_type)


def _scale(plot: _Plot) -> str:
    """Lines and labels of hours."""
    parts = []
    for hours in range(0, int(plot.hours) + 1, plot.step):
        at = plot.bottom - hours * plot.scale
        parts.append(f'<path d="M{plot.left} {at:.1f}H{EDGE + INSIDE}" stroke="{RULE}"/>')
        parts.append(_text(f"{hours} h", plot.left - 6, at + 4, ink=SOFT, anchor="end"))
    return "".join(parts)


def _column(plot: _Plot, place: int, day: date, seconds: Seconds) -> str:
    width = min(plot.room * 0.6, 56.0)
    middle, top = plot.left + (place + 0.5) * plot.room, float(plot.bottom)
    parts = []
    for name in in_order(set(seconds)):
        height = seconds[name] / 3600 * plot.scale
        top -= height
        parts.append(_bar(_Span(middle - width / 2, width), round(top, 1), round(height, 1), name))
    wide = plot.room >= 48
    label, size = (f"{day:%a} {day.day}", 12) if wide else (f"{day.day}", 10)
    return "".join(parts) + _text(label, middle, plot.bottom + 16, ink=SOFT, anchor="middle", size=size)


def _legend(seconds: Seconds, top: int) -> tuple[str, int]:
    """A square, a word and the hours of each type, in as many lines as they need; and its pixels down."""
    parts, left, line = [], float(EDGE), 0
    for name in in_order(set(seconds)):
        hours = seconds[name] / 3600
        word = _fitting(f"{word_of(name)} {hours:.1f} h" if hours >= LEAST_HOURS else word_of(name), 200)
        width = 18 + CHARACTER * len(word) + 14
        if left > EDGE and left + width > EDGE + INSIDE:
            left, line = float(EDGE), line + 1
        parts.append(_bar(_Span(left, 11), top + 20 * line, 11, name))
        parts.append(_text(word, left + 17, top + 20 * line + 10))
        left += width
    return "".join(parts), 20 * (line + 1) if parts else 0


def _fitting(text: str, width: float) -> str:
    most = int(width / CHARACTER)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _text(
    text: str, left: float, top: float, *, ink: str = INK, size: int = 12, anchor: str = "start"
) -> str:
    shown = escape(_without_controls(text))
    return (
        f'<text x="{left:.1f}" y="{top:.1f}" font-size="{size}" fill="{ink}" '
        f'text-anchor="{anchor}">{shown}</text>'
    )


def _without_controls(text: str) -> str:
    return _NOT_XML.sub(" ", text)


def _svg(height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="ui-sans-serif,system-ui,sans-serif">'
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{PAPER}"/>{"".join(parts)}</svg>'
    )
