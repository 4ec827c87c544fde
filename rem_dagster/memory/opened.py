"""What does every use of a memory begin with?"""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.model.window import Calendar, Window, calendar_of, given_day
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    from rem_dagster.llm.embedder import Embedder


class Opened:
    """One home, seen by its operator (all users) or by one user (nothing of anybody else)."""

    def __init__(self, home: Home, user_id: str | None = None) -> None:
        self.home = home
        self.user_id = user_id
        self.store = Store(home.tables_uri, home.settings.storage_options)

    def __repr__(self) -> str:
        whose = f", user_id={self.user_id!r}" if self.user_id else ""
        return f"{type(self).__name__}.open({str(self.home.path)!r}{whose})"

    @property
    def calendar(self) -> Calendar:
        """The local days of the home."""
        return calendar_of(self.home)

    def _embedder(self) -> "Embedder | None":
        """What turns a question into a vector: the home's choice, or what is installed."""
        from rem_dagster.dreaming.redact import redactor
        from rem_dagster.llm.embedder_choice import find_embedder

        return find_embedder(self.home, clean=redactor(self.home), is_hurried=True)

    def _embedder_here(self) -> "Embedder | None":
        """The same, unless it would send the question away."""
        from rem_dagster.dreaming.redact import redactor
        from rem_dagster.llm.embedder_choice import find_embedder_here

        return find_embedder_here(self.home, clean=redactor(self.home))

    def _window(self, start: datetime | None, end: datetime | None) -> Window | None:
        if start is None and end is None:
            return None
        return Window(
            self._instant(start) if start else datetime(1, 1, 2, tzinfo=UTC),
            self._instant(end) if end else datetime(9999, 12, 30, tzinfo=UTC),
        )

    def _instant(self, value: datetime | date, *, last: bool = False) -> datetime:
        if not isinstance(value, datetime):
            day = given_day(value)
            return self.calendar.start_of(day + timedelta(days=1) if last else day)
        if value.tzinfo is None:
            return self.calendar.instant_of(value)[0]
        return value.astimezone(UTC)

    def _reader(self, user_id: str | None) -> str | None:
        """The user whose things may be read; None is everybody's."""
        if self.user_id is not None and user_id not in (None, self.user_id):
            raise InputError(
                f"This memory is bound to user {self.user_id!r}; asked for {user_id!r}. Nothing was read. "
                "Open another one for that user."
            )
        return self.user_id or user_id

    def _writer(self, user_id: str | None) -> str:
        return self._reader(user_id) or self.home.settings.user
