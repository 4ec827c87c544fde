"""How does a Python program find and read what a home holds?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.memory.opened import Opened
from rem_dagster.model.window import Window, given_day
from rem_dagster.model.words import Period
from rem_dagster.recall.search import Hit, SearchTable, search

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from rem_dagster.model.summary import Summary
    from rem_dagster.recall.insights import By, What
    from rem_dagster.recall.journal.found import Narrowed, SearchView


class Finds(Opened):
    """Searching, reading and querying."""

    def search(
        self,
        query: str,
        *,
        table: SearchTable = "moments",
        user_id: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int = 10,
        case_id: str | None = None,
        phrases: Sequence[str] = (),
        without: Sequence[str] = (),
        explain: bool = False,
    ) -> list[Hit]:
        """The best hits for some words, best first; none is an empty list.

        Args:
            query: words; `"a phrase"` must be held as it stands, `-word` must not be held.
            table: `moments`, `messages`, `resources`, `summaries`, or `all` of them in one order.
            start: only what happened from here on; without a zone it is a local time of the home.
            end: only what happened before.
            case_id: only messages of this case's sessions, and moments that cite them.
            phrases: exact phrases that every hit holds, beside those marked in the query.
            without: words or phrases that no hit holds, beside those marked in the query.
            explain: fill `Hit.signals`, whose sum is the score, and `Hit.matched`.

        Raises:
            QueryError: there is no such table, or nothing to look for but what is to be left out.
            UnknownUserError: nothing of the user is in this home.
            UnknownCaseError: no session belongs to the case.
        """
        return search(
            self.store,
            query,
            table=table,
            user_id=self._reader(user_id),
            window=self._window(start, end),
            limit=limit,
            case_id=case_id,
            phrases=phrases,
            without=without,
            explain=explain,
            embedder=self._embedder,
        )

    def look_up(
        self,
        query: str,
        narrowed: "Narrowed | None" = None,
        *,
        user_id: str | None = None,
        now: datetime | None = None,
        by_meaning: bool = True,
    ) -> "SearchView":
        """What the journal's search finds: the best of all tables with counts by time, type and person.

        A time in the words ("loader last week") narrows it. Nothing is sent: where the embedding model is
        another machine's, what is near in meaning is not told.

        Args:
            narrowed: to a table, type, person or time.
            user_id: whose; the default user's where the memory is bound to none.
            now: from which "last week" counts.
            by_meaning: where no word is found, tell what is near in meaning, which takes a little longer.

        Raises:
            QueryError: there is nothing to look for but what is to be left out.
        """
        from rem_dagster.recall.journal.finding import look_up
        from rem_dagster.recall.journal.found import Narrowed
        from rem_dagster.recall.journal.narrowing import Looking

        reader = self._writer(user_id)
        embedder = self._embedder_here if by_meaning else lambda: None
        looking = Looking(self.store, reader, self.calendar, now or datetime.now(UTC), embedder)
        return look_up(looking, query, narrowed or Narrowed())

    def query(
        self,
        sql: str,
        parameters: Sequence[object] | Mapping[str, object] | None = None,
        *,
        timeout_seconds: float = 30,
    ) -> "pyarrow.Table":
        """The result of one read-only SELECT over the views of the home.

        Args:
            parameters: values of `?` (a sequence) or of `$name` (a mapping).
            timeout_seconds: stop the query after so long.

        Raises:
            QueryError: it is not one SELECT, it fails, or it takes too long; nothing was changed.
        """
        from rem_dagster.recall.sql import query

        return query(
            *(self.home, self.store, sql, parameters), user_id=self.user_id, timeout_seconds=timeout_seconds
        )

    def timeline(
        self,
        start: datetime | date,
        end: datetime | date,
        user_id: str | None = None,
        *,
        case_id: str | None = None,
    ) -> "pandas.DataFrame":
        """Moments that overlap a span, in time order, one row each.

        Args:
            start: an instant, or a local day that is included.
            end: an instant that is not included, or a local day that is.
            case_id: only moments that cite sessions of this case.

        Raises:
            UnknownCaseError: no session belongs to the case.
        """
        import pandas

        from rem_dagster.model.moment import Moment
        from rem_dagster.recall.timeline import timeline

        window = Window(self._instant(start), self._instant(end, last=True))
        found = timeline(self.store, window, user_id=self._reader(user_id), case=case_id)
        rows = [moment.model_dump() for moment in found]
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

        on = given_day(day) if day else self.calendar.day_of(datetime.now(UTC))
        first = on if period == "day" else period_of(on, period, self.calendar).first_day
        reader = self._reader(user_id) or self.home.settings.user
        return summary_of(self.store, user_id=reader, period=period, first_day=first)

    def insights(
        self,
        what: "What",
        start: datetime | date | None = None,
        end: datetime | date | None = None,
        *,
        by: "By | None" = None,
        case_id: str | None = None,
        user_id: str | None = None,
    ) -> "pandas.DataFrame":
        """A pattern of somebody's moments as a table, a row a figure.

        Columns that every table has: `of` (what kind of figure), `name`, `moment_ids` (what it counts).
        The same in sentences is `attrs["statements"]`.
        Time under several moments counts once; `seconds` are cut at the span's edges.

        Args:
            what: `hours`, `mood`, `frustration`, `streaks`, `tools`, `people` or `rhythm`.
            start: an instant, or a local day that is included; 90 days before the end by default.
            end: an instant that is not included, or a local day that is; now by default.
            by: how time is divided: `day`, `week`, `month`, `weekday` or `hour`.
            case_id: only what cites sessions of this case.
            user_id: whose; the default user's where the memory is bound to none.

        Raises:
            InputError: there is no such pattern, or it cannot be divided so.
            UnknownCaseError: no session belongs to the case.
        """
        from rem_dagster.recall.insights import WHATS, Asked, insight_of

        if what not in WHATS:
            raise InputError(f"There is no pattern {what!r}. Give one of {', '.join(WHATS)}.")
        now = datetime.now(UTC)
        last = self._instant(end, last=True) if end is not None else now
        first = self._instant(start) if start is not None else last - timedelta(days=90)
        reader = self._reader(user_id) or self.home.settings.user
        found = insight_of(
            what, self.store, Asked(reader, Window(first, last), self.calendar, now, case=case_id, by=by)
        )
        found.rows.attrs["statements"] = [each.text for each in found.statements]
        return found.rows
