"""Which intentions did a person say are done with, or none at all?

    Mon  "I'll book the flight"         ○
    Tue  closed by hand                 ● on every page, from the day on which it was stated
    Thu  "I'll book the flight"         ○ meant again

A closing is kept as a correction is, and undone as one. It goes by the words: whichever dream tells of them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal.behind import Rows
from rem_dagster.recall.journal.threads_words import about, same_plan

BY_HAND = "closed by you"


@dataclass(frozen=True)
class Closing:
    """An intention that was closed by hand."""

    text: str
    on: date
    """The day on which that was said."""

    def closes(self, text: str, last: date) -> bool:
        """Whether it is said of an intention that was last stated on a day."""
        return last <= self.on and (text == self.text or same_plan(about(self.text), about(text)))


def closings_in(rows: Rows, calendar: Calendar) -> list[Closing]:
    """The closings that some corrections are, the first first."""
    found = (
        Closing(str(json.loads(row["value"]).get("text", "")), calendar.day_of(row["made_at"]))
        for row in rows
    )
    return sorted((each for each in found if each.text), key=lambda each: (each.on, each.text))


def closed_on(text: str, last: date, closings: Iterable[Closing]) -> date | None:
    """The day on which an intention was closed by hand; None where it was not."""
    return next((each.on for each in closings if each.closes(text, last)), None)
