"""How much time do some moments take, if overlaps count once?

moments   ├────┤    ├──┤
            ├────┤
spans     ├──────┤  ├──┤
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from rem_dagster.model.window import Window

Span = tuple[datetime, datetime]


class Lasting(Protocol):
    """Anything that begins and ends, such as a moment."""

    @property
    def start_time(self) -> datetime:
        """When it begins."""

    @property
    def end_time(self) -> datetime:
        """When it ends."""


def spans_of(moments: Iterable[Lasting], window: Window | None = None) -> list[Span]:
    """The spans that moments cover, overlaps joined, cut to a window, in order; an instant has none."""
    spans: list[Span] = []
    least, most = (window.start, window.end) if window else (None, None)
    for began, ended in sorted((each.start_time, each.end_time) for each in moments):
        start, end = max(began, least or began), min(ended, most or ended)
        if start >= end:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def time_in(spans: Iterable[Span]) -> timedelta:
    """The elapsed time of spans that do not overlap."""
    return sum((end - start for start, end in spans), timedelta())


def time_of(moments: Iterable[Lasting], window: Window | None = None) -> timedelta:
    """The elapsed time that moments cover within a window, what several of them cover once."""
    return time_in(spans_of(moments, window))
