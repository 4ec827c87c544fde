"""How does a Python program use a home?

from rem_dagster import Memory
memory = Memory.open("~/memory", create=True)
memory.add_message("I shipped the loader.", session="standup")
memory.dream()
memory.search("loader", table="moments")
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.model.message import ToolCall
from rem_dagster.model.window import Calendar, Window, calendar_of
from rem_dagster.model.words import Category, CorrectionVerb, Period, Role, Trust
from rem_dagster.recall.search import Hit, SearchTable, search
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from rem_dagster.dreaming.dream import DreamReport, Redo
    from rem_dagster.dreaming.fixing.fix import Fixed
    from rem_dagster.dreaming.fixing.kept import Kept
    from rem_dagster.dreaming.watched import Progress
    from rem_dagster.ingest.explaining import Explanation
    from rem_dagster.ingest.forgetting.forget import CleanHistory, Forgetting
    from rem_dagster.ingest.report import ImportReport
    from rem_dagster.llm.embedder import Embedder
    from rem_dagster.llm.interface import Forecast
    from rem_dagster.llm.opening import Asking
    from rem_dagster.model.summary import Summary
    from rem_dagster.recall.ask.answer import Answer, Dreamt
    from rem_dagster.recall.ask.asking import Asked, Means
    from rem_dagster.recall.ask.writing import Writer
    from rem_dagster.recall.graph.export import Format
    from rem_dagster.recall.graph.scope import Direction, Scope
    from rem_dagster.recall.graph.topics import By as TopicsBy
    from rem_dagster.recall.graph.topics import PeriodTopics
    from rem_dagster.recall.graph.traverse import Traversal
    from rem_dagster.recall.graph.whole import Of
    from rem_dagster.recall.insights import By, What
    from rem_dagster.recall.journal.found import Narrowed, SearchView
    from rem_dagster.recall.when import When
    from rem_dagster.sources.source import Source

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
        trust: Trust = "own",
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        """Store one message and return its id; the same one again changes nothing.

        Args:
            session: the caller's own id of the conversation.
            created_at: when it was said, now by default; without a zone a local time of the home.
            native_id: the caller's own id; by default from session, time, role and content.
            trust: `third_party` for what neither the user nor an assistant in answer to them said.

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
            trust=trust,
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
        trust: Trust = "own",
        metadata: Mapping[str, object] | None = None,
    ) -> str:
        """Store one note, document or commit and return its document's id.

        Args:
            created_at: when it was written, now by default; without a zone a local time of the home.
            updated_at: when given, an edit goes to its own day and leaves earlier days as they are.
            native_id: the caller's own id; by default from name, time and content.
            trust: `third_party` for what others than the user wrote.

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
            trust=trust,
            metadata=metadata,
        )

    def import_path(
        self,
        path: str | Path,
        *,
        kind: str | None = None,
        user_id: str | None = None,
        account: str | None = None,
        me: Sequence[str] = (),
        options: Mapping[str, object] | None = None,
    ) -> "ImportReport":
        """Import a file, a folder or what lies at an address; without a kind it is recognised.

        Args:
            kind: one of those that `rem import --help` lists, or another package's.
            account: tells two sources of one kind apart whose own ids mean different things.
            me: names, addresses and ids that mean the user, beside those of the settings.
            options: the kind's own, such as `{"emails": ["ana@example.org"]}` for git.

        Raises:
            InputError: there is nothing at the path, it is of no known kind, or an option is wrong.
            SourceError: it cannot be read.
        """
        from rem_dagster.ingest.importing import import_source

        user = self._writer(user_id)
        source = self._source(path, kind, user, account=account, me=me, options=options)
        return import_source(self.home, self.store, source, user_id=user, now=datetime.now(UTC))

    def explain(
        self,
        path: str | Path,
        *,
        kind: str | None = None,
        user_id: str | None = None,
        account: str | None = None,
        me: Sequence[str] = (),
        options: Mapping[str, object] | None = None,
    ) -> "Explanation":
        """What `import_path` would bring in and what not; all of it is read and nothing is written.

        Raises:
            InputError, SourceError: as `import_path`.
        """
        from rem_dagster.ingest.explaining import explain_source

        user = self._writer(user_id)
        source = self._source(path, kind, user, account=account, me=me, options=options)
        return explain_source(self.home, source, user_id=user, now=datetime.now(UTC))

    def _source(
        self,
        path: str | Path,
        kind: str | None,
        user_id: str,
        *,
        account: str | None,
        me: Sequence[str],
        options: Mapping[str, object] | None,
    ) -> "Source":
        from rem_dagster.ingest.recognise import kind_at, make_source

        return make_source(
            kind or kind_at(path),
            path,
            home=self.home.with_me(me),
            account=account,
            user_id=user_id,
            options=options,
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

    def dream_day(
        self,
        day: date,
        *,
        user_id: str | None = None,
        redo: "Redo" = "stale",
        max_cost_usd: float | None = None,
        accept_unknown_price: bool = False,
        on_progress: "Callable[[Progress], None]" = lambda _: None,
    ) -> "DreamReport":
        """Dream one day of one user, and tell meanwhile how many stretches of it are drafted.

        Args:
            user_id: whose; the default user's where the memory is bound to none.
            redo: as for `dream`, as are the others.

        Raises:
            HomeBusyError: another process dreams the day and did not end.
            SettingsError: the chosen model cannot be asked.
        """
        from rem_dagster.dreaming.watched import dream_day
        from rem_dagster.llm.opening import Asking

        return dream_day(
            self.home,
            self.store,
            day,
            user_id=self._writer(user_id),
            asking=Asking(max_cost_usd, accept_unknown_price),
            redo=redo,
            on_progress=on_progress,
        )

    def estimate_dream(self, day: date, *, user_id: str | None = None) -> "Forecast | None":
        """What a dream of one day would take now; None where nothing of it would be made. No call is made."""
        from rem_dagster.dreaming.watched import estimate_day

        return estimate_day(self.home, self.store, day, user_id=self._writer(user_id))

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

        A time in the words ("loader last week") narrows it.

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
        embedder = self._embedder if by_meaning else lambda: None
        looking = Looking(self.store, reader, self.calendar, now or datetime.now(UTC), embedder)
        return look_up(looking, query, narrowed or Narrowed())

    def ask(
        self,
        question: str,
        *,
        user_id: str | None = None,
        max_cost_usd: float | None = None,
        dream: bool = True,
        when: str | None = None,
        case_id: str | None = None,
        limit: int = 5,
        accept_unknown_price: bool = False,
        write: bool = True,
        on_dream: Callable[[int], None] = lambda _: None,
    ) -> "Answer":
        """The answer to a question about one user's activity, each sentence with its sources.

        Without a model it is composed from moments; where `llm` names one on purpose, that model writes it
        from the same sources, and only sentences that these bear out are kept.

        Args:
            user_id: whose activity; the default user's where the memory is bound to none.
            max_cost_usd: stop before the call that would pass it, of the dream and the answer together.
            dream: dream the days of the question first that are out of date: those of its time, without a
                time yesterday and today. What cannot be dreamt is said in the answer.
            when: the time it is about, in words; wins over one in the question.
            case_id: only sessions of this case, and moments that cite them.
            limit: moments or quotes told at most.
            accept_unknown_price: ask a model of which nobody knows the price.
            write: whether the model that `llm` names may write it; else it is composed from moments.
            on_dream: told how many days are going to be dreamt.

        Returns:
            An answer with `known` false where nothing that was found tells of it.

        Raises:
            InputError: there is no question.
            WindowError: `when` names no time.
            ModelError: the model gave no usable answer.
            BudgetError: asking it would pass a limit; nothing was sent.
        """
        from rem_dagster.llm.opening import Asking
        from rem_dagster.recall.ask.asking import ask

        asked = self._asked(question, user_id, when, case_id, limit)
        means = self._means(asked, Asking(max_cost_usd, accept_unknown_price), dream, on_dream)
        return ask(asked, means if write else replace(means, writer=None))

    def estimate_ask(
        self,
        question: str,
        *,
        user_id: str | None = None,
        when: str | None = None,
        case_id: str | None = None,
        limit: int = 5,
    ) -> "Forecast":
        """What an answer would take now; nothing is dreamt or sent, and days out of date are not counted."""
        from rem_dagster.llm.opening import Asking
        from rem_dagster.recall.ask.asking import estimate

        asked = self._asked(question, user_id, when, case_id, limit)
        return estimate(asked, self._means(asked, Asking(needs_key=False), False, lambda _: None))

    def _asked(
        self, question: str, user_id: str | None, when: str | None, case_id: str | None, limit: int
    ) -> "Asked":
        from rem_dagster.recall.ask.asking import Asked
        from rem_dagster.recall.when import parse_when

        now = datetime.now(UTC)
        named: When | None = parse_when(when, calendar=self.calendar, now=now) if when is not None else None
        return Asked(
            self.store,
            self._writer(user_id),
            question,
            self.calendar,
            now,
            when=named,
            case_id=case_id,
            limit=limit,
        )

    def _means(
        self, asked: "Asked", terms: "Asking", may_dream: bool, on_dream: Callable[[int], None]
    ) -> "Means":
        """What an answer is made with: the dream, the model that was chosen on purpose, and its guards."""
        from rem_dagster.dreaming.draft.choice import is_offline
        from rem_dagster.dreaming.on_demand import currency_of, dream_on_demand
        from rem_dagster.recall.ask.answer import Dreamt
        from rem_dagster.recall.ask.asking import Means

        def dream(first: date, last: date) -> Dreamt:
            done = dream_on_demand(
                self.home,
                self.store,
                user_id=asked.user_id,
                first=first,
                last=last,
                asking=terms,
                on_begin=on_dream,
            )
            return Dreamt(tuple(each.day for each in done.dreamt), done.problems, done.cost_usd)

        return Means(
            dream=dream if may_dream else None,
            is_current=currency_of(self.home, self.store, user_id=asked.user_id),
            writer=None if is_offline(self.home) else lambda dreamt: self._writer_of(terms, dreamt),
            embedder=self._embedder,
        )

    def _writer_of(self, terms: "Asking", dreamt: "Dreamt") -> "Writer":
        """The model that was chosen, with what the dream before it left of the limit on cost."""
        from rem_dagster.dreaming.grounds import SUMMARY_SHARE, Grounds
        from rem_dagster.dreaming.redact import redactor
        from rem_dagster.llm.opening import open_model
        from rem_dagster.recall.ask.writing import Writer

        left = terms.max_cost_usd
        if left is not None:
            left = max(left - (dreamt.cost_usd or 0.0), 0.0)
        return Writer(
            model=open_model(self.home, replace(terms, max_cost_usd=left)),
            key=bytes.fromhex(self.home.file.hmac_key),
            clean=redactor(self.home),
            grounded=lambda claim, source: Grounds(source).reason_against(claim, share=SUMMARY_SHARE),
        )

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

    def traverse(
        self,
        start: str,
        *,
        edge_types: Sequence[str] = (),
        depth: int = 2,
        direction: "Direction" = "both",
        limit: int = 20,
        user_id: str | None = None,
        start_day: date | None = None,
        end_day: date | None = None,
        case_id: str | None = None,
    ) -> "Traversal":
        """What one reaches from an entity, a moment, a resource or a session, and by which edges.

        Args:
            start: a name in any spelling, or an id.
            edge_types: only edges of these types; none is all.
            limit: nodes of each step that are kept and followed, the weightiest of each type in turn.
            user_id: whose graph; the default user's where the memory is bound to none.
            start_day: first local day, included; None is the first one there is.
            end_day: last local day, included; None is the last one there is.

        Raises:
            UnknownNameError: nothing is called so, or several are.
            UnknownCaseError: no session belongs to the case.
        """
        from rem_dagster.recall.graph.traverse import traverse

        scope = self._scope(user_id, edge_types, start_day, end_day, case_id)
        return traverse(self.store, start, scope, depth=depth, direction=direction, limit=limit)

    def export_graph(
        self,
        layout: "Format" = "json",
        *,
        of: "Of" = "entities",
        most: int | None = None,
        edge_types: Sequence[str] = (),
        user_id: str | None = None,
        start_day: date | None = None,
        end_day: date | None = None,
        case_id: str | None = None,
    ) -> str:
        """The graph as dot, graphml, json, mermaid, or an html page that needs nothing but itself.

        Args:
            of: `entities` alone, or `all`: moments, resources and sessions too.
            most: the most central nodes; None is all of them.
            user_id: whose graph; the default user's where the memory is bound to none.
            start_day: first local day, included; None is the first one there is.
            end_day: last local day, included; None is the last one there is.
        """
        from rem_dagster.recall.graph.export import WRITERS
        from rem_dagster.recall.graph.whole import MOMENTS_TOLD, whole_graph

        scope = self._scope(user_id, edge_types, start_day, end_day, case_id)
        told = MOMENTS_TOLD if layout == "html" else 0
        return WRITERS[layout](whole_graph(self.store, scope, of=of, most=most, moments=told))

    def topics(
        self,
        by: "TopicsBy" = "month",
        *,
        user_id: str | None = None,
        start_day: date | None = None,
        end_day: date | None = None,
        case_id: str | None = None,
    ) -> "list[PeriodTopics]":
        """The themes of each week or month that names anything, and what rose and fell, in order.

        Args:
            user_id: whose; the default user's where the memory is bound to none.
            start_day: first local day, included; None is the first one there is.
            end_day: last local day, included; None is the last one there is.
        """
        from rem_dagster.recall.graph.topics import topics_over_time

        scope = self._scope(user_id, (), start_day, end_day, case_id)
        return topics_over_time(self.store, scope, calendar=self.calendar, by=by)

    def fix(
        self,
        verb: CorrectionVerb,
        *,
        moment_ids: Sequence[str] = (),
        value: Mapping[str, object] | None = None,
        day: date | None = None,
        user_id: str | None = None,
        dry_run: bool = False,
    ) -> "Fixed":
        """Correct what is shown of a day; later dreams keep to it. No model is asked.

        Args:
            verb: `rename` (value: name, summary or both), `retype` (moment_type), `set_times` (start_time,
                end_time), `split` (at), `merge` (name, summary, or none), `hide`, or `add` (name, start_time,
                end_time; summary, moment_type).
            moment_ids: the moment to change; of a merge all of them.
            value: what to change it to; a time without a zone is a local time of the home.
            day: of a moment to be added.
            user_id: whose; the default user's where the memory is bound to none.
            dry_run: say what would become of it, and change nothing.

        Raises:
            InputError: it cannot be changed so; nothing was changed.
            UnknownMomentError: the user has no such moment; nothing was changed.
            HomeBusyError: another process dreams the day; nothing was changed.
        """
        from rem_dagster.dreaming.fixing.fix import Asked, fix

        asked = Asked(verb, moment_ids, value or {}, day)
        now = datetime.now(UTC)
        return fix(self.home, self.store, asked, user_id=self._writer(user_id), now=now, dry_run=dry_run)

    def corrections(self, *, day: date | None = None, user_id: str | None = None) -> "list[Kept]":
        """The corrections of one day, or of all, in the order in which they were made.

        Args:
            user_id: whose; the default user's where the memory is bound to none.
        """
        from rem_dagster.dreaming.fixing.kept import kept_corrections

        on = day.isoformat() if day else None
        return kept_corrections(self.store, user_id=self._writer(user_id), day=on)

    def undo(
        self, correction_id: str | None = None, *, user_id: str | None = None, dry_run: bool = False
    ) -> "Fixed":
        """Take a correction back: the day is as if it had never been made.

        Args:
            correction_id: its id, or how no other one's begins; the one made last when None.
            user_id: whose; the default user's where the memory is bound to none.
            dry_run: say what would become of it, and change nothing.

        Raises:
            InputError: there is no such correction; nothing was changed.
            HomeBusyError: another process dreams the day; nothing was changed.
        """
        from rem_dagster.dreaming.fixing.fix import undo

        user = self._writer(user_id)
        return undo(self.home, self.store, user_id=user, correction_id=correction_id, dry_run=dry_run)

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

    def forget(
        self,
        *ids: str,
        sessions: Sequence[str] = (),
        sources: Sequence[str] = (),
        people: Sequence[str] = (),
        start: datetime | date | None = None,
        end: datetime | date | None = None,
        search: str | None = None,
        limit: int = 10,
        everything: bool = False,
        user_id: str | None = None,
        yes: bool = False,
        remove_backups: bool = False,
        clean_history: "CleanHistory | None" = None,
    ) -> "Forgetting":
        """Forget items for good, with all that was derived from them; by default only say what would go.

        What is named in several ways must be meant by all of them. No model is asked, and the next import
        does not bring it back. With `yes`, `proof` says what was looked into afterwards, and what is left.

        Args:
            ids: ours or the source's own, of messages, documents or sessions; a moment's stands for what it
                cites.
            sessions: conversations as a whole, and all that will ever be said in them.
            sources: `kind` or `kind:account`.
            people: what they said, and what names them.
            start: an instant, or a local day that is included.
            end: an instant that is not included, or a local day that is.
            search: what a search for these words finds, `limit` messages and `limit` documents at most.
            everything: all that is stored of `user_id`, or of everybody.
            user_id: whose; everybody's where the memory is bound to none.
            remove_backups: of the home, which hold what they held.
            clean_history: takes words of some ISO days out of Dagster's history.

        Raises:
            InputError: nothing was named, or something that is not stored; nothing was changed.
            HomeBusyError: somebody else was at work on the same days all the time; nothing was changed.
            StoreError: a table could not be written; forget the same again, it goes on.
        """
        from rem_dagster.ingest.forgetting.chosen import Wanted
        from rem_dagster.ingest.forgetting.forget import Forgetting, forget
        from rem_dagster.ingest.forgetting.plan import plan_of
        from rem_dagster.recall.exact import rows_with

        reader = self._reader(user_id)
        is_timed = start is not None or end is not None
        first = self._instant(start) if start is not None else datetime(1, 1, 2, tzinfo=UTC)
        last = self._instant(end, last=True) if end is not None else datetime(9999, 12, 30, tzinfo=UTC)
        wanted = Wanted(
            ids=ids,
            sessions=sessions,
            sources=sources,
            people=people,
            window=Window(first, last) if is_timed else None,
            found=rows_with(self.store, search, user_id=reader, limit=limit) if search is not None else None,
            everything=everything,
            user_id=reader,
        )
        if not yes:
            return Forgetting(plan_of(self.home, self.store, wanted))
        return forget(
            self.home,
            self.store,
            wanted,
            now=datetime.now(UTC),
            remove_old_backups=remove_backups,
            clean_history=clean_history,
        )

    def _scope(
        self,
        user_id: str | None,
        edge_types: Sequence[str],
        start: date | None,
        end: date | None,
        case_id: str | None,
    ) -> "Scope":
        from rem_dagster.recall.graph.scope import Scope

        first, last = (day.isoformat() if day else None for day in (start, end))
        reader = self._reader(user_id) or self.home.settings.user
        return Scope(reader, tuple(edge_types), first, last, case_id)

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
