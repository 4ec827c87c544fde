"""Which instant and which local day does a time that a source said stand for?"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from rem_dagster.errors import InputError
from rem_dagster.model.window import Calendar
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.times import YEARS

MIDDAY = timedelta(hours=12)
"""After the start of a day: where something goes of which only the date is known."""


@dataclass(frozen=True)
class Placed:
    """A time put into the home's days."""

    at: datetime
    """In UTC."""
    day: str
    """The local ISO day."""
    confidence: TimeConfidence


class LocalDays:
    """The local days of a home, remembered: a year's items have 365 windows, not one each."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._near: dict[date, list[tuple[datetime, datetime, str]]] = {}

    def day_of(self, instant: datetime) -> str:
        """The ISO day that holds an instant in UTC."""
        near = self._near.setdefault(instant.date(), [])
        for start, end, key in near:
            if start <= instant < end:
                return key
        day = self.calendar.day_of(instant)
        window = self.calendar.window_of(day)
        near.append((window.start, window.end, day.isoformat()))
        return near[-1][2]

    def place(self, said: datetime, confidence: TimeConfidence) -> Placed:
        """Where a time belongs; one without a zone is a local time of the home.

        A local time at midnight that is `assumed_time` is a date alone: it goes to the middle of that day.

        Raises:
            InputError: the year is absurd.
        """
        if said.year not in YEARS:
            raise InputError(f"has a year outside {YEARS.start} to {YEARS.stop - 1}")
        if said.tzinfo is not None:
            instant = said.astimezone(UTC)
        elif confidence == "assumed_time" and said.time() == time():
            instant = self.calendar.start_of(said.date()) + MIDDAY
        else:
            instant, problem = self.calendar.instant_of(said)
            if problem:
                confidence = "assumed_time"
            elif confidence == "exact":
                confidence = "assumed_zone"
        return Placed(instant, self.day_of(instant), confidence)

    def instant_of(self, said: datetime | None) -> datetime | None:
        """The instant in UTC of a time that may be missing or local."""
        return None if said is None else self.place(said, "exact").at
