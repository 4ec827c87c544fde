"""How does a Python program use a home?

from rem_dagster import Memory
memory = Memory.open("~/memory", create=True)
memory.add_message("I shipped the loader.", session="standup")
memory.dream()
memory.search("loader", table="moments")
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.model.message import ToolCall
from rem_dagster.model.window import Calendar, Window, calendar_of
from rem_dagster.model.words import Category, Period, Role
from rem_dagster.recall.search import Hit, SearchTable, search
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from rem_dagster.dreaming.dream import DreamReport, Redo
    from rem_dagster.ingest.recognise import Kind
    from rem_dagster.ingest.report import ImportReport
    from rem_dagster.llm.embedder import Embedder
    from rem_dagster.model.summary import Summary

__all__ = ["Hit", "Memory"]


class Memory:
    """One home, seen by its operator (all users) or by one user (nothing of anybody else)."""

    def __init__(self, home: Home, user_id: str | None = None) -> None:
        self.home = home
        self.user_id = user_id
        self.store = Store(home.tables_uri, home.settings.storage_options)

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        user_id: str | None = None,
        *,
        create: bool = False,
        flags: Mapping[str, object] | None = None,
    ) -> "Memory":
        """The memory at a path; without one, the home that `rem` itself would use.

        Args:
            home: the home's directory.
            user_id: bind to this user; None is the operator, who sees all.
            create: make the home when there is none.
            flags: settings that outrank environment and `config.toml`.

        Raises:
            HomeMissingError: there is no home and `create` is false.
            SettingsError: a setting is wrong.
        """
        memory = cls(open_home(home, create=create, flags=flags), user_id)
        if create:
            memory.store.create()
        return memory

    @property
    def calendar(self) -> Calendar:
        """The local days of the home."""
        return calendar_of(self.home)

    def add_message(
        self,
        content: str,
        *,
        session: str,
        role: Role = "user",
        author: str | None = None,
        created_at: datetime | None = None,
        native_id: str | None = None,
        user_id: str | None = None,
        tool_calls: Sequence[ToolCall] = (),
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        """Store one message and return its id; the same one again changes nothing.

        Args:
            session: the caller's own id of the conversation.
            created_at: when it was said, now by default; without a zone a local time of the home.
            native_id: the caller's own id; by default from session, time, role and content.

        Raises:
            InputError: a value cannot be stored; nothing was changed.
        """
        from rem_dagster.ingest.adding import add_message

        return add_message(
            self.home,
            self.store,
            user_id=self._writer(user_id),
            session_id=session,
            role=role,
            content=content,
            now=datetime.now(UTC),
            created_at=created_at,
            native_id=native_id,
            author=author,
            tool_calls=tool_calls,
            metadata=metadata,
        )

    def add_resource(
        self,
        name: str,
        content: str,
        *,
        category: Category = "note",
        created_at: datetime | None = None,
        updated_at: datetime | None = None,
        native_id: str | None = None,
        uri: str | None = None,
        tags: Sequence[str] = (),
        user_id: str | None = None,
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        """Store one note, document or commit and return its document's id.

        Args:
            created_at: when it was written, now by default; without a zone a local time of the home.
            updated_at: when given, an edit goes to its own day and leaves earlier days as they are.
            native_id: the caller's own id; by default from name, time and content.

        Raises:
            InputError: a value cannot be stored; nothing was changed.
        """
        from rem_dagster.ingest.adding import add_resource

        return add_resource(
            self.home,
            self.store,
            user_id=self._writer(user_id),
            name=name,
            content=content,
            now=datetime.now(UTC),
            category=category,
            created_at=created_at,
            updated_at=updated_at,
            native_id=native_id,
            uri=uri,
            tags=tags,
            metadata=metadata,
        )

    def import_path(
        self, path: str | Path, *, kind: "Kind | None" = None, user_id: str | None = None
    ) -> "ImportReport":
        """Import a file or folder; without a kind it is recognised.

        Raises:
            InputError: there is nothing at the path, or it is of no known kind.
            SourceError: it cannot be read.
        """
        from rem_dagster.ingest.importing import import_source
        from rem_dagster.ingest.recognise import make_source, recognise

        source = make_source(kind or recognise(Path(path)), Path(path))
        return import_source(
            self.home, self.store, source, user_id=self._writer(user_id), now=datetime.now(UTC)
        )

    def dream(
        self,
        start: date | None = None,
        end: date | None = None,
        *,
        user_id: str | None = None,
        redo: "Redo" = "stale",
        refresh: bool = False,
        max_cost_usd: float | None = None,
        accept_unknown_price: bool = False,
        accept_losses: bool = False,
        moment_types: Sequence[str] | None = None,
        min_duration_minutes: int = 0,
    ) -> "DreamReport":
        """Dream the days that are out of date, without Dagster, then link them and sum weeks and months up.

        Args:
            start: first local day, included; None is the first one there is.
            end: last local day, included; None is the last one there is.
            redo: `stale` days only, `other_versions` too, or `all`.
            refresh: ask a model anew where its answers are kept.
            max_cost_usd: stop before the call that would pass it; days left so are in the report's `left`.
            accept_unknown_price: ask a model of which nobody knows the price.
            accept_losses: whether a day made again may lose over a quarter of its verified claims.
            moment_types: only moments of these types are kept; None keeps all.
            min_duration_minutes: shorter moments are left out.

        Raises:
            SettingsError: the chosen model cannot be asked.
        """
        from rem_dagster.dreaming.across import refresh_across
        from rem_dagster.dreaming.draft.choice import choose_engine
        from rem_dagster.dreaming.dream import DreamPlan, dream
        from rem_dagster.dreaming.terms import terms_of
        from rem_dagster.llm.opening import Asking

        only = self._reader(user_id)
        plan = DreamPlan(
            start,
            end,
            user_ids=[only] if only else None,
            redo=redo,
            terms=terms_of(self.home, only_types=moment_types, min_minutes=min_duration_minutes),
            accept_losses=accept_losses,
        )
        engine = choose_engine(self.home, Asking(max_cost_usd, accept_unknown_price, refresh))
        report = dream(self.home, self.store, engine, plan)
        refresh_across(self.home, self.store)
        return report

    def search(
        self,
        query: str,
        *,
        table: SearchTable = "moments",
        user_id: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 10,
    ) -> list[Hit]:
        """The best hits for some words, best first; none is an empty list.

        Args:
            table: `moments`, `messages` or `resources`.
            start: only what happened from here on; without a zone it is a local time of the home.
            end: only what happened before.
        """
        return search(
            self.store,
            query,
            table=table,
            user_id=self._reader(user_id),
            window=self._window(start, end),
            limit=limit,
            embedder=self._embedder,
        )

    def query(self, sql: str, parameters: Sequence[object] | None = None) -> "pyarrow.Table":
        """The result of one read-only SELECT over the views of the home.

        Raises:
            QueryError: it is not one SELECT, or it fails; nothing was changed.
        """
        from rem_dagster.recall.sql import query

        return query(self.home, self.store, sql, parameters, user_id=self.user_id)

    def timeline(
        self, start: datetime | date, end: datetime | date, user_id: str | None = None
    ) -> "pandas.DataFrame":
        """Moments that overlap a span, in time order, one row each.

        Args:
            start: an instant, or a local day that is included.
            end: an instant that is not included, or a local day that is.
        """
        import pandas

        from rem_dagster.model.moment import Moment
        from rem_dagster.recall.timeline import timeline

        window = Window(self._instant(start), self._instant(end, last=True))
        rows = [moment.model_dump() for moment in timeline(self.store, window, user_id=self._reader(user_id))]
        return pandas.DataFrame(rows, columns=list(Moment.model_fields))

    def recap(
        self, period: Period = "week", day: date | None = None, *, user_id: str | None = None
    ) -> "Summary | None":
        """What is written of the day, week or month that holds a local day; None where nothing is.

        Args:
            day: today by default.
            user_id: whose; the default user's where the memory is bound to none.
        """
        from rem_dagster.dreaming.rollup_periods import period_of
        from rem_dagster.recall.timeline import summary_of

        on = day or self.calendar.day_of(datetime.now(UTC))
        first = on if period == "day" else period_of(on, period, self.calendar).first_day
        reader = self._reader(user_id) or self.home.settings.user
        return summary_of(self.store, user_id=reader, period=period, first_day=first)

    def _embedder(self) -> "Embedder | None":
        """What turns a question into a vector: the home's choice, or what is installed."""
        from rem_dagster.dreaming.redact import redactor
        from rem_dagster.llm.embedder_choice import find_embedder

        return find_embedder(self.home, clean=redactor(self.home), is_hurried=True)

    def _window(self, start: datetime | None, end: datetime | None) -> Window | None:
        if start is None and end is None:
            return None
        return Window(
            self._instant(start) if start else datetime(1, 1, 2, tzinfo=UTC),
            self._instant(end) if end else datetime(9999, 12, 30, tzinfo=UTC),
        )

    def _instant(self, value: datetime | date, *, last: bool = False) -> datetime:
        if not isinstance(value, datetime):
            return self.calendar.start_of(value + timedelta(days=1) if last else value)
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
