"""How are the tables of a home opened, read and written?"""

import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from rem_dagster.errors import DiskFullError, HomeMissingError, RemError, StoreBusyError, StoreError
from rem_dagster.locks import Shared, hold
from rem_dagster.s3 import is_s3, reason_of
from rem_dagster.settings import postgres_url
from rem_dagster.store.filters import is_in
from rem_dagster.store.lean import import_lance
from rem_dagster.store.tables import LATER_TABLES, TABLES, IndexKind, TableSpec

if TYPE_CHECKING:
    import lance
    import lancedb

READ_BATCH = 10_000
"""Ids in one filter; longer lists are read in parts."""
NO_ROOM = ("no space left", "os error 28", "disk quota exceeded", "storage full")
INDEX_CACHE_BYTES, METADATA_CACHE_BYTES = 128 << 20, 32 << 20
"""At most, of all tables together; Lance's own limits are gigabytes."""
ALREADY_THERE = "Dataset already exists"
"""What Lance says of a table that somebody made before."""
COMPACTED_ROWS = 1_024
"""Rows that a compaction holds at a time; by itself Lance takes eight times as many."""
COPIED_ROWS = 500
"""Fragments of so many rows on average are copied as they are, in a third of the time and a fifth of the
memory; smaller ones would leave pages of a few rows, which are slow to read."""
READAHEAD, READAHEAD_BYTES = 2, 16 << 20
"""Batches, and bytes of files, that wait for whom rows are folded; by itself Lance holds up to gigabytes."""
READ_TRIES, MERGE_TRIES, CLEAN_UP_TRIES = 3, 5, 10
"""How often a read, a write or another clean-up begins anew whose version was cleaned up under it: dreams
that come thick do that, and forgetting does."""
WAIT_FOR_OTHER_OPTIMIZER = 600.0
"""Seconds; a table of millions of rows takes minutes."""
WAIT_FOR_OTHER_MAKER = 60.0
"""Seconds; making all tables takes one."""
OPTIMIZE_TRIES = 5
DENIED = "permission denied"
_PLACE_IN_LANCE = re.compile(r", /\S+\.rs:\d+:\d+$")
"""Where in its own source Lance met an error."""
PREEMPTED = ("commit conflict", "preempted by concurrent transaction")
"""What Lance says of a compaction that a write overtook; never of a write that a compaction overtook."""
MEND = "`rem doctor --mend` brings it up to date, after a backup."
_Read = TypeVar("_Read")


class Store:
    """The tables below one URI, a local directory or `s3://...`.

    Reading and writing go through pylance, which starts in a third of the time of lancedb and is in memory
    already; lancedb, which brings the same engine once more, is imported for what is seldom done.
    """

    def __init__(self, uri: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.uri = uri
        self.storage_options = dict(storage_options or {})
        self._connection: lancedb.DBConnection | None = None
        self._session: lance.Session | None = None
        self._current: set[str] = set()
        """Tables whose columns were looked at."""

    @property
    def is_local(self) -> bool:
        """Whether the tables lie in a directory of this machine."""
        return "://" not in self.uri

    def create(self) -> None:
        """Make every table and index that is missing; what is there stays as it is.

        Raises:
            HomeBusyError: another process still made them after a minute.
        """
        with self._one_maker():
            for spec in TABLES.values():
                self.create_table(spec)

    @contextmanager
    def _one_maker(self) -> Iterator[None]:
        """Let one process of this machine make tables: the second would put an empty one over the first's."""
        if not self.is_local or all(os.path.isdir(self._place(name)) for name in TABLES):
            yield
            return
        with hold(Path(self.uri), ["create"], wait_seconds=WAIT_FOR_OTHER_MAKER):
            yield

    def create_table(self, spec: TableSpec) -> None:
        """Make one table with its indexes, unless it is there."""
        with translated(f"create table {spec.name!r}", self.uri):
            self._make_empty(spec)
        self.create_indexes(spec)

    def _make_empty(self, spec: TableSpec) -> None:
        import_lance()
        import lance

        try:
            lance.write_dataset(
                spec.schema.empty_table(),
                self._place(spec.name),
                storage_options=self.storage_options or None,
            )
        except OSError as error:
            if ALREADY_THERE not in str(error):
                raise

    def create_indexes(self, spec: TableSpec) -> None:
        """Make the indexes that a table lacks.

        Another process that makes them at the same time, as two first imports do, is no fault: what it made
        is looked at anew.
        """
        with translated(f"index table {spec.name!r}", self.uri):
            for column, kind in spec.indexes.items():
                self._create_index(spec.name, column, kind)

    def _create_index(self, table: str, column: str, kind: IndexKind) -> None:
        for tries_left in reversed(range(OPTIMIZE_TRIES)):
            held = self.dataset(table, is_checked=False)
            if any(column in index.field_names for index in held.describe_indices()):
                return
            try:
                held.create_scalar_index(column, kind)
                return
            except (OSError, RuntimeError) as error:
                if not (tries_left and is_preempted(error, table)):
                    raise
            time.sleep(random.uniform(0.02, 0.2))  # so that the two do not go on in step

    def add_columns(self, table: str, columns: Sequence[pa.Field]) -> None:
        """Add columns that are null in every row so far; one atomic commit."""
        with translated(f"add columns to table {table!r}", self.uri):
            self._connect().open_table(table).add_columns(list(columns))
        self._current.discard(table)

    def rewrite(self, spec: TableSpec) -> None:
        """Write all rows of a table again in a spec's columns and types; one atomic commit, no index.

        Raises:
            StoreError: a value does not fit the new type; the table is as it was.
        """
        held = self.dataset(spec.name, is_checked=False)
        with translated(f"rewrite table {spec.name!r}", self.uri):
            batches = (_cast(batch, spec.schema) for batch in held.scanner().to_reader())
            rows = pa.RecordBatchReader.from_batches(spec.schema, batches)
            self._connect().create_table(spec.name, data=rows, schema=spec.schema, mode="overwrite")
        self._current.discard(spec.name)

    def dataset(self, table: str, *, is_checked: bool = True) -> "lance.LanceDataset":
        """The newest version of a table, for reading.

        Args:
            is_checked: whether the table must have the columns that this version of rem knows.

        Raises:
            HomeMissingError: the table is not there.
            StoreError: an older version of rem made the table, or it cannot be opened.
        """
        import_lance()
        import lance

        place = self._place(table)
        if self.is_local and not os.path.isdir(place):
            raise HomeMissingError(self._said_of_missing(table))
        with translated(f"open table {table!r}", self.uri):
            try:
                dataset = lance.dataset(
                    place, storage_options=self.storage_options or None, session=self._reading()
                )
            except ValueError as error:
                if self.is_local or "was not found" not in str(error):
                    raise
                raise HomeMissingError(self._said_of_missing(table)) from error
        if is_checked and table not in self._current:
            self._require_current(table, dataset.schema)
            self._current.add(table)
        return dataset

    def _place(self, table: str) -> str:
        return f"{self.uri}/{table}.lance"

    def _reading(self) -> "lance.Session":
        """What reads have in common: parts of indexes and manifests. An opened table is its newest version
        with it, too, and the next read of it takes half the time."""
        import_lance()
        import lance

        if self._session is None:
            self._session = lance.Session(
                index_cache_size_bytes=INDEX_CACHE_BYTES, metadata_cache_size_bytes=METADATA_CACHE_BYTES
            )
        return self._session

    def _said_of_missing(self, table: str) -> str:
        if table in TABLES and any(name in TABLES for name in self.names()):
            return (
                f"There is no table {table!r} in {self.uri}, though others are: an older version of rem made "
                f"this home, or the table was lost. Nothing was changed. {MEND}"
            )
        return (
            f"There is no table {table!r} in {self.uri}. Is this the right home? "
            "`rem status` shows which home is used; `rem import` makes one."
        )

    def _require_current(self, table: str, schema: pa.Schema) -> None:
        spec = TABLES.get(table) or LATER_TABLES.get(table)
        if spec is None:
            return
        if outdated := outdated_columns(spec, schema):
            raise StoreError(
                f"The table {table!r} in {self.uri} was made by an older version of rem: it lacks "
                f"{', '.join(outdated)}, or has it as another type. Nothing was changed. {MEND}"
            )

    def dataset_of(self, table: str, user_id: str) -> "lance.LanceDataset":
        """The newest version of a table as if it held one user's rows alone, whoever scans it."""
        from rem_dagster.store.bound import UserDataset

        self.dataset(table)
        with translated(f"open table {table!r}", self.uri):
            return UserDataset(f"{self.uri}/{table}.lance", self.storage_options, user_id=user_id)

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        where: str | None = None,
    ) -> pa.Table:
        """Rows of a table, in no particular order.

        Args:
            columns: names to read, or all.
            where: a filter made by `store.filters`.
        """
        names = list(columns) if columns is not None else None
        return self._read(table, "read", lambda dataset: dataset.to_table(columns=names, filter=where))

    def fold(
        self,
        table: str,
        columns: Sequence[str],
        where: str | None,
        take: "Callable[[Iterable[pa.RecordBatch]], _Read]",
        *,
        rows: int,
    ) -> "_Read":
        """What `take` makes of the rows, of which some are in memory at a time.

        Args:
            take: is called once more where the version that it reads was cleaned up meanwhile. It translates
                its own errors: any other counts as the table's.
            rows: about how many are read at a time.
        """
        return self._read(
            table,
            "read",
            lambda dataset: take(
                dataset.scanner(
                    columns=list(columns),
                    filter=where,
                    batch_size=rows,
                    batch_readahead=READAHEAD,
                    fragment_readahead=READAHEAD,
                    io_buffer_size=READAHEAD_BYTES,
                ).to_reader()
            ),
        )

    def read_in(
        self,
        table: str,
        column: str,
        values: Iterable[str],
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Rows whose text column has one of many values."""
        wanted = sorted(set(values))
        parts = [
            self.read(table, columns, is_in(column, wanted[at : at + READ_BATCH]))
            for at in range(0, max(len(wanted), 1), READ_BATCH)
        ]
        return pa.concat_tables(parts)

    def count(self, table: str, where: str | None = None) -> int:
        """The number of rows that pass a filter."""
        return self._read(table, "count", lambda dataset: int(dataset.count_rows(filter=where)))

    def upsert(self, table: str, rows: pa.Table) -> None:
        """Insert rows, replacing those with the same id; one atomic commit."""
        if rows.num_rows:
            self._merge(table, rows, None)

    def replace_slices(
        self, table: str, rows: pa.Table, slices: Iterable[str], *, column: str = "slice_key"
    ) -> None:
        """Make `rows` all that the named slices hold; one atomic commit, other slices stay.

        Raises:
            StoreError: a row lies outside the named slices.
        """
        keys = sorted(set(slices))
        stray = set(rows[column].to_pylist()) - set(keys)
        if stray:
            raise StoreError(f"Rows of {table!r} lie outside the slices to replace: {sorted(stray)[:3]!r}.")
        if keys:
            self._merge(table, rows, is_in(column, keys))

    def delete(self, table: str, where: str) -> None:
        """Delete the rows that pass a filter."""
        held = self.dataset(table, is_checked=False)
        with translated(f"delete from table {table!r}", self.uri):
            held.delete(where)

    def drop_table(self, table: str) -> None:
        """Remove a table with its indexes and history, if it is there."""
        with translated(f"drop table {table!r}", self.uri):
            self._connect().drop_table(table, ignore_missing=True)

    def names(self) -> list[str]:
        """The tables that are there, sorted."""
        if self.is_local:
            return _tables_in(self.uri)
        with translated("list the tables", self.uri):
            found, page = list[str](), None
            while True:
                listed = self._connect().list_tables(page_token=page)
                found += listed.tables
                page = listed.page_token
                if not page:
                    return sorted(found)

    def index_vectors(self, table: str) -> None:
        """Make the index of a table's `vector`, by cosine: approximate, for many rows."""
        from lancedb.index import HnswSq

        with translated(f"index table {table!r}", self.uri):
            self._connect().open_table(table).create_index("vector", config=HnswSq(distance_type="cosine"))

    def optimize(
        self,
        table: str,
        *,
        keep: timedelta = timedelta(days=1),
        wait_seconds: float = WAIT_FOR_OTHER_OPTIMIZER,
    ) -> None:
        """Compact a table, bring its indexes up to date and drop versions older than `keep`.

        Two that compact one table at once conflict, so that processes take turns. A write that lands
        meanwhile stands, and the table is compacted once more.

        Raises:
            HomeBusyError: another process still compacted tables after `wait_seconds`.
            StoreBusyError: others wrote to the table at every try; its rows and theirs are as they were.
        """
        with self.one_optimizer(wait_seconds), translated(f"optimize table {table!r}", self.uri):
            for tries_left in reversed(range(OPTIMIZE_TRIES)):
                try:
                    self._put_in_order(table, keep)
                    return
                except (OSError, RuntimeError) as error:
                    if not is_preempted(error, table):
                        raise
                    if not tries_left:
                        raise StoreBusyError(
                            f"Table {table!r} in {self.uri} could not be put in order: others wrote to it at "
                            f"each of {OPTIMIZE_TRIES} tries. No row was changed. Try again later."
                        ) from error
                time.sleep(random.uniform(0.02, 0.2))  # so that writers do not go on in step with it

    def _put_in_order(self, table: str, keep: timedelta) -> None:
        """By one thread, few rows at a time: nobody waits for it, and others need the memory."""
        dataset = self.dataset(table, is_checked=False)
        rows = dataset.count_rows() / max(len(dataset.get_fragments()), 1)
        dataset.optimize.compact_files(
            num_threads=1,
            batch_size=COMPACTED_ROWS,
            compaction_mode="try_binary_copy" if rows >= COPIED_ROWS else "reencode",
        )
        self.clean_up(table, keep=keep)
        dataset.optimize.optimize_indices()

    @contextmanager
    def one_optimizer(self, wait_seconds: float = WAIT_FOR_OTHER_OPTIMIZER) -> Iterator[None]:
        """Let one process at a time compact tables, on this machine and on those that share them.

        Raises:
            HomeBusyError: another process still compacted tables after `wait_seconds`.
        """
        url = postgres_url()
        with hold(
            Path(self.uri) if self.is_local else None,
            ["optimize"],
            wait_seconds=wait_seconds,
            shared=Shared(url, self.uri) if url else None,
        ):
            yield

    def clean_up(self, table: str, *, keep: timedelta) -> None:
        """Drop versions older than `keep`; rows and indexes stay as they are. A few milliseconds.

        Two that clean up one table at once take old versions from under each other: each begins anew then.
        """

        def once() -> None:
            dataset = self.dataset(table, is_checked=False)
            with translated(f"clean up table {table!r}", self.uri):
                dataset.cleanup_old_versions(older_than=keep, error_if_tagged_old_versions=False)

        _unless_overtaken(once, table, CLEAN_UP_TRIES)

    def _read(self, table: str, action: str, read: "Callable[[lance.LanceDataset], _Read]") -> _Read:
        """What is read of the newest version; of the next one where that was cleaned up meanwhile."""

        def once() -> _Read:
            dataset = self.dataset(table)
            with translated(f"{action} table {table!r}", self.uri):
                return read(dataset)

        return _unless_overtaken(once, table, READ_TRIES)

    def _merge(self, table: str, rows: pa.Table, delete_where: str | None) -> None:
        """Merge rows in; again where what it began from was cleaned up before it could commit."""
        _unless_overtaken(lambda: self._merge_once(table, rows, delete_where), table, MERGE_TRIES)

    def _merge_once(self, table: str, rows: pa.Table, delete_where: str | None) -> None:
        target = self.dataset(table, is_checked=False)
        with translated(f"write table {table!r}", self.uri):
            schema = target.schema
            self._require_current(table, schema)
            if unknown := sorted(set(schema.names) - set(rows.schema.names)):
                raise StoreError(
                    f"The table {table!r} in {self.uri} was made by a newer version of rem: this one does "
                    f"not know {', '.join(unknown)}. Nothing was written. Upgrade rem-dagster to write there."
                )
            merge = target.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            if delete_where is not None:
                merge = merge.when_not_matched_by_source_delete(delete_where)
            merge.execute(_with_unique_ids(rows).select(schema.names).cast(schema))

    def _connect(self) -> "lancedb.DBConnection":
        if self._connection is None:
            import lancedb

            if self.is_local:
                Path(self.uri).mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = lancedb.connect(
                self.uri,
                read_consistency_interval=timedelta(0),
                storage_options=self.storage_options or None,
            )
        return self._connection


def _tables_in(folder: str) -> list[str]:
    """The tables of a directory, sorted; every search asks."""
    try:
        with os.scandir(folder) as places:
            return sorted(
                each.name.removesuffix(".lance")
                for each in places
                if each.name.endswith(".lance") and each.is_dir()
            )
    except (FileNotFoundError, NotADirectoryError):
        return []


def rows_of(spec: TableSpec, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """An Arrow table of a spec's schema from plain values; a missing column is null."""
    return pa.Table.from_pylist(list(rows), schema=spec.schema)


def outdated_columns(spec: TableSpec, schema: pa.Schema) -> list[str]:
    """The columns of a spec that a table has not, or has as another type, in the spec's order."""
    types = dict(zip(schema.names, schema.types, strict=True))
    return [field.name for field in spec.schema if types.get(field.name) != field.type]


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch in other columns and types; a column that it lacks is null."""
    columns = [
        batch[field.name].cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _unless_overtaken(once: "Callable[[], _Read]", table: str, tries: int) -> _Read:
    """What `once` gives; called anew where a file that it needs was cleaned up under it."""
    for tries_left in reversed(range(tries)):
        try:
            return once()
        except StoreError as error:
            if not tries_left or not _is_overtaken(error, table):
                raise
    raise AssertionError("every try returns or raises")


def is_preempted(error: Exception, table: str) -> bool:
    """Whether a compaction failed only since others wrote to the table, or cleaned it up, meanwhile."""
    return any(sign in str(error) for sign in PREEMPTED) or _is_overtaken(error, table)


def _is_overtaken(error: Exception, table: str) -> bool:
    """Whether a read or write failed for a file of the table that is not there any more."""
    return "Not found" in str(error) and f"{table}.lance/" in str(error)


def _with_unique_ids(rows: pa.Table) -> pa.Table:
    """The last row of each id: a merge refuses two source rows for one target."""
    ids = rows["id"].to_pylist()
    last = {identifier: place for place, identifier in enumerate(ids)}
    return rows if len(last) == len(ids) else rows.take(pa.array(sorted(last.values())))


@contextmanager
def translated(action: str, uri: str) -> Iterator[None]:
    """Turn the libraries' errors into ours, and say what was being done."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, pa.ArrowException, *_duckdb_errors()) as error:
        if isinstance(error, RemError):  # said by whom it concerns already
            raise
        text = str(error)
        if any(sign in text.lower() for sign in NO_ROOM):
            raise DiskFullError(
                f"No room left on the disk of {uri} to {action}. Nothing of that write was kept and "
                "everything stored before is intact. Free some space, then run the same command again."
            ) from error
        if is_s3(uri) and (reason := reason_of(text)):
            text = f"{reason}. Then run the same command again."
        if DENIED in text.lower():
            text = "permission denied. What is stored is as it was. See that its files are yours: rem doctor."
        raise StoreError(f"Could not {action} in {uri}: {_PLACE_IN_LANCE.sub('', text)}") from error


def _duckdb_errors() -> tuple[type[Exception], ...]:
    """What DuckDB raises, where it was imported at all."""
    duckdb = sys.modules.get("duckdb")
    return (duckdb.Error,) if duckdb else ()
