"""Whose memory do pages and answers show, and which day is it there?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.memory import Memory
from rem_dagster.model.window import Calendar

if TYPE_CHECKING:
    from rem_dagster.store.database import Store


def utc_now() -> datetime:
    """The instant that it is."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Bound:
    """One user's memory, as it is read from outside."""

    memory: Memory
    now: Callable[[], datetime] = field(default=utc_now, kw_only=True)
    """Tells what time it is."""

    @property
    def user_id(self) -> str:
        """Whose memory it is.

        Raises:
            InputError: the memory is bound to nobody, so that everybody's would be read.
        """
        if self.memory.user_id is None:
            raise InputError(
                "What is shown is one user's memory, and this one is bound to none. Nothing was read. Open "
                "it with `user_id`."
            )
        return self.memory.user_id

    @property
    def store(self) -> "Store":
        """The tables of the home."""
        return self.memory.store

    @property
    def calendar(self) -> Calendar:
        """The local days of the home."""
        return self.memory.calendar

    @property
    def today(self) -> date:
        """The local day that it is."""
        return self.calendar.day_of(self.now())
