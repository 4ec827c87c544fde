"""Which days did somebody ask to be dreamt, and can that be done?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rem_dagster.dreaming.dream import DreamPlan, Redo, days_of_plan
from rem_dagster.dreaming.stale import DayState
from rem_dagster.dreaming.triggers import day_ranges
from rem_dagster.errors import InputError, WindowError
from rem_dagster.interfaces.cli.asked import asked_time, days_from, days_touched
from rem_dagster.interfaces.cli.launch import HowToDream
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import listed
from rem_dagster.model.window import Window, days_between

Range = tuple[date | None, date]
"""First and last day, both included; None is the first that there is."""
OUTPUT_SUFFIXES = (".json", ".md", ".markdown")
EVER = 10**6
"""Days in one range of days that somebody named."""


@dataclass(frozen=True)
class DreamAsk:
    """Which days, whose, and which of them again."""

    ranges: Sequence[Range]
    user_ids: Sequence[str] | None
    redo: Redo
    is_open: bool
    """Whether no days were named, so that all that is out of date is meant."""
    how: HowToDream

    @property
    def plans(self) -> list[DreamPlan]:
        """One plan for each range."""
        return [
            DreamPlan(
                first,
                last,
                user_ids=self.user_ids,
                redo=self.redo,
                terms=self.how.terms,
                accept_losses=self.how.accept_losses,
            )
            for first, last in self.ranges
        ]

    def states(self, opened: Opened) -> list[DayState]:
        """How the days asked for stand, by day and user."""
        if not opened.has_tables:
            return []
        return [
            state
            for plan in self.plans
            for state in days_of_plan(opened.home, opened.store, self.how.engine, plan)
        ]


def ranges_asked(
    opened: Opened,
    *,
    days: Sequence[str],
    start: str | None,
    end: str | None,
    lookback_hours: int | None,
    now: bool,
) -> list[Range]:
    """The days that the options name; all up to today without any.

    Raises:
        WindowError: a time is not understood, runs backwards or is still to come.
        InputError: days are named in two ways.
    """
    named = {
        "days": bool(days),
        "--start and --end": start is not None or end is not None,
        "--lookback-hours": lookback_hours is not None,
        "--now": now,
    }
    ways = [name for name, is_given in named.items() if is_given]
    if len(ways) > 1:
        raise InputError(f"Days are named in {len(ways)} ways: {listed(ways)}. Name them in one.")
    if days:
        return _named(days, opened)
    if now:
        return [(opened.today, opened.today)]
    if lookback_hours is not None:
        try:
            window = Window(opened.now - timedelta(hours=lookback_hours), opened.now)
        except OverflowError as error:
            raise WindowError(f"{lookback_hours} hours reach back before all time. Name fewer.") from error
        touched = opened.calendar.days_in(window)
        return [(touched[0], touched[-1])]
    first, last = days_from(start, end, opened)
    last = last or opened.today
    if first is not None and first > last:
        raise WindowError(f"{start!r} lies after {end or 'today'!r}. Nothing was changed.")
    return [(first, last)]


def _named(words: Sequence[str], opened: Opened) -> list[Range]:
    """Days named one by one, or by all words together: `last week`."""
    try:
        windows = [asked_time(" ".join(words), opened).window]
    except WindowError:
        if len(words) == 1:
            raise
        windows = [asked_time(word, opened).window for word in words]
    days: set[date] = set()
    for window in windows:
        first, last = days_touched(window, opened)
        days.update(days_between(first, min(last, opened.today)))
    return list(day_ranges(days, longest_gap=0, longest=EVER))


def redo_asked(*, refresh: bool, other_versions: bool, is_pointed: bool) -> Redo:
    """Which days are made again although nothing in them changed.

    Args:
        is_pointed: whether days were named together with what to make them with.
    """
    if refresh and other_versions:
        raise InputError("--refresh makes every day again, --other-versions some of them: give one.")
    return "all" if refresh else "other_versions" if other_versions or is_pointed else "stale"


def check_together(asked: Mapping[str, bool]) -> None:
    """See that at most one of some options is given.

    Raises:
        InputError: several are.
    """
    given = [name for name, is_given in asked.items() if is_given]
    if len(given) > 1:
        raise InputError(f"{listed(given)} are different things to do: give one. Nothing was changed.")


def check_output(path: Path | None) -> None:
    """See that a file can be written before any work is done.

    Raises:
        InputError: its suffix is unknown or its directory is not there.
    """
    if path is None:
        return
    if path.suffix.lower() not in OUTPUT_SUFFIXES:
        raise InputError(
            f"What is {str(path)!r} to hold? End its name in .json (moments) or .md (pages). "
            "Nothing was changed."
        )
    if path.is_dir() or not path.expanduser().absolute().parent.is_dir():
        raise InputError(
            f"{str(path)!r} cannot be written: it is a directory, or its directory is not there. "
            "Nothing was changed."
        )
