"""Which day is being dreamt for the reader of a page, and how far is it?

One at a time, in a thread: the page can be left, and asks again how far it is.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock, Thread
from typing import TYPE_CHECKING, Literal

from rem_dagster.errors import HomeBusyError, RemError

if TYPE_CHECKING:
    from rem_dagster.dreaming.dream import DreamReport
    from rem_dagster.dreaming.watched import Progress

log = logging.getLogger(__name__)
State = Literal["dreaming", "done", "left", "failed"]
Dream = Callable[[Callable[["Progress"], None]], "DreamReport"]
"""Dreams a day and tells how far it is."""


@dataclass(frozen=True)
class Dreaming:
    """The dream of a day that was begun by a page."""

    day: date
    state: State = "dreaming"
    drafted: int = 0
    stretches: int = 0
    said: str = ""
    """Why it was left or failed."""
    asked: tuple[tuple[str, str], ...] = ()
    """What the form that began it said, as how much it may cost: to try again says the same."""


@dataclass
class Dreams:
    """The last dream that a page began."""

    _last: Dreaming | None = None
    _changing: Lock = field(default_factory=Lock)

    @property
    def last(self) -> Dreaming | None:
        """It, as it stands; None before the first."""
        return self._last

    def begin(self, day: date, dream: Dream, *, asked: tuple[tuple[str, str], ...] = ()) -> Dreaming:
        """Begin the dream of a day, unless one is being dreamt: then that one is returned."""
        with self._changing:
            if self._last is not None and self._last.state == "dreaming":
                return self._last
            self._last = begun = Dreaming(day, asked=asked)
        Thread(target=self._run, args=(day, dream), name=f"dream {day}", daemon=True).start()
        return begun

    def _run(self, day: date, dream: Dream) -> None:
        try:
            report = dream(self._tell)
            self._end(_outcome(day, report))
        except HomeBusyError as error:
            self._end(Dreaming(day, "left", said=str(error)))
        except RemError as error:
            self._end(Dreaming(day, "failed", said=str(error)))
        except Exception:
            log.exception("The dream of %s, begun by a page, broke off", day)
            said = "Something went wrong inside rem. The day is as it was; the terminal says what happened."
            self._end(Dreaming(day, "failed", said=said))

    def _tell(self, progress: "Progress") -> None:
        with self._changing:
            if self._last is not None:
                self._last = replace(self._last, drafted=progress.drafted, stretches=progress.stretches)

    def _end(self, dreaming: Dreaming) -> None:
        with self._changing:
            last = self._last or dreaming
            self._last = replace(dreaming, drafted=last.drafted, stretches=last.stretches, asked=last.asked)


def _outcome(day: date, report: "DreamReport") -> Dreaming:
    failed = next((each.error or "No reason was noted." for each in report.failed), None)
    if failed is not None:
        return Dreaming(day, "failed", said=failed)
    left = next((each.error or "It was left as it is." for each in report.left), None)
    return Dreaming(day, "left", said=left) if left is not None else Dreaming(day, "done")
