"""In which order is a scope deleted, so that nothing is ever half there?

    tombstones ── ledger ── what was dreamt ── links, weeks, months ── corrections, the user's edges
               ── vectors ── items ── text index ── answers of models ── old versions, indexes

Without its row of the ledger a day is as if it was never dreamt; so that goes first. What is dreamt points
at items, so items go late. Each step looks at what is there: a second time it finds nothing to do.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rem_dagster.ingest.forgetting.scope import Scope
from rem_dagster.ingest.implicit import add_implicit_sessions
from rem_dagster.ingest.linking.linking import link_imported
from rem_dagster.ingest.report import Tally
from rem_dagster.ingest.syncs import lower_last_items
from rem_dagster.ingest.times import LocalDays
from rem_dagster.ingest.tombstones import tombstone_of
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.cache import forget_answers
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.erase import cleanse, delete_ids, remove_settled_strays
from rem_dagster.store.filters import equals, is_in
from rem_dagster.store.maintain import tables_held
from rem_dagster.store.tables import FORGOTTEN, LATER_TABLES
from rem_dagster.store.text import refresh_text
from rem_dagster.store.vectors import PREFIX

NOTHING_OF_ITEMS = ("forgotten", "syncs")
"""Tables that hold neither text nor ids of items."""


@dataclass(frozen=True)
class Doomed:
    """Rows of one table that go: those whose column has one of some values."""

    table: str
    column: str
    values: Collection[str]


def doomed(store: Store, scope: Scope) -> Iterator[Doomed]:
    """All rows that go, in the order in which they do."""
    keys = scope.day_keys
    tables = tables_held(store)
    yield Doomed("dreams", "id", _ids_of_days(store, "dreams", scope))
    for table in ("moments", "mentions"):
        yield Doomed(table, "slice_key", keys)
    yield Doomed("edges", "slice_key", [*(f"{key}/dream" for key in keys), *scope.link_keys])
    yield Doomed("edges", "id", _edges_of(store, scope))
    yield Doomed("summaries", "id", _summaries_of(store, scope))
    yield Doomed("links_state", "id", _ids_of_days(store, "links_state", scope, is_linked=True))
    for table in LATER_TABLES:
        if table in tables:
            yield Doomed(table, "slice_key", keys)
    yield Doomed("corrections", "id", scope.corrections)
    for table in tables:
        if table.startswith(PREFIX):
            yield Doomed(table, "id", scope.messages | scope.resources | scope.moments)
    yield Doomed("messages", "id", scope.messages)
    yield Doomed("resources", "document_id", scope.documents)
    yield Doomed("sessions", "id", scope.sessions)


def doomed_rows(store: Store, scope: Scope) -> Mapping[str, int]:
    """Table -> how many rows go."""
    going: dict[str, set[str]] = {}
    for each in doomed(store, scope):
        ids = store.read_in(each.table, each.column, each.values, ["id"])["id"] if each.values else None
        going.setdefault(each.table, set()).update(ids.to_pylist() if ids else ())
    return {table: len(ids) for table, ids in going.items()}


def erase(home: Home, store: Store, scope: Scope, *, now: datetime) -> None:
    """Delete all of a scope and write its tombstones; run again after a kill, it goes on.

    Call it while nobody dreams or links the days of the scope.

    Raises:
        HomeError: an answer could not be emptied.
        StoreError: a table could not be written; what was deleted before stays so.
    """
    _write_tombstones(home, store, scope, now=now)
    for each in doomed(store, scope):
        if each.values:
            delete_ids(store, each.table, each.values, column=each.column)
    _begin_sessions_anew(home, store, scope, now=now)
    lower_last_items(store)
    link_imported(home, store)
    refresh_text(store)
    forget_answers(answers_of(home), scope.sources | scope.moments)
    for table in tables_held(store):
        if table not in NOTHING_OF_ITEMS:
            cleanse(store, table)
            remove_settled_strays(store, table, now=now.timestamp())


def _write_tombstones(home: Home, store: Store, scope: Scope, *, now: datetime) -> None:
    rows = [
        {"id": tombstone_of(home, identity), "user_id": user, "at": now}
        for user, identity in sorted(scope.owners)
    ]
    known = set(store.read("forgotten", ["id"])["id"].to_pylist())
    store.upsert("forgotten", rows_of(FORGOTTEN, [row for row in rows if row["id"] not in known]))


def _begin_sessions_anew(home: Home, store: Store, scope: Scope, *, now: datetime) -> None:
    """A session that is known by its messages alone begins with the first that stays."""
    if not scope.touched:
        return
    columns = ["id", "user_id", "source", "native_id"]
    rows = {row.pop("id"): row for row in store.read_in("sessions", "id", scope.touched, columns).to_pylist()}
    days = LocalDays(calendar_of(home))
    add_implicit_sessions(store, rows, days=days, tally=Tally("forget"), now=now)


def _ids_of_days(store: Store, table: str, scope: Scope, *, is_linked: bool = False) -> list[str]:
    """The ids of a table's rows of the days, or of those and the 30 after each."""
    days = set(scope.linked_days) if is_linked else scope.days
    columns = ["id", "user_id", "partition_key"]
    rows = (
        store.read_in(table, "partition_key", {day for _, day in days}, columns).to_pylist() if days else ()
    )
    return [row["id"] for row in rows if (row["user_id"], row["partition_key"]) in days]


def _edges_of(store: Store, scope: Scope) -> list[str]:
    """Edges of whatever owner that point at something that goes, or quote it; and what the user said of
    entities that nothing else names."""
    users = {user for user, _ in scope.days}
    gone = scope.sources | scope.moments
    columns = ["id", "source_id", "target_id", "generated_by", "evidence"]
    rows = store.read("edges", columns, is_in("user_id", users)).to_pylist() if users else ()
    return [
        row["id"]
        for row in rows
        if row["source_id"] in gone
        or row["target_id"] in gone
        or any(each["source_id"] in gone for each in row["evidence"] or ())
        or (
            row["generated_by"] == "user"
            and not scope.entities.isdisjoint((row["source_id"], row["target_id"]))
        )
    ]


def _summaries_of(store: Store, scope: Scope) -> list[str]:
    """Summaries of the days, and of the weeks and months that hold them."""
    found: list[str] = []
    for user in sorted({user for user, _ in scope.days}):
        days = sorted(day for owner, day in scope.days if owner == user)
        rows = store.read("summaries", ["id", "period", "partition_key"], equals("user_id", user)).to_pylist()
        covered = {period: _periods(days, period) for period in ("day", "week", "month")}
        found += [row["id"] for row in rows if row["partition_key"] in covered[row["period"]]]
    return found


def _periods(days: Sequence[str], period: str) -> set[str]:
    """The first days that a period which holds one of the days may have, whatever day weeks begin on."""
    if period == "day":
        return set(days)
    if period == "month":
        return {f"{day[:7]}-01" for day in days}
    return {(date.fromisoformat(day) - timedelta(days=back)).isoformat() for day in days for back in range(7)}
