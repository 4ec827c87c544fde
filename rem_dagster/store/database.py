"""How are the tables of a home opened, read and written?"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rem_dagster.errors import DiskFullError, HomeMissingError, StoreError
from rem_dagster.store.filters import is_in
from rem_dagster.store.tables import TABLES, TableSpec

if TYPE_CHECKING:
    import lance
    import lancedb

READ_BATCH = 10_000
"""Ids in one filter; longer lists are read in parts."""
NO_ROOM = ("no space left", "os error 28", "disk quota exceeded", "storage full")


class Store:
    """The tables below one URI, a local directory or `s3://...`.

    Reading goes through pylance, which starts in a third of the time of lancedb; lancedb is imported
    by the first write.
    """

    def __init__(self, uri: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.uri = uri
        self.storage_options = dict(storage_options or {})
        self._connection: lancedb.DBConnection | None = None

    @property
    def is_local(self) -> bool:
        """Whether the tables lie in a directory of this machine."""
        return "://" not in self.uri

    def create(self) -> None:
        """Make every table and index that is missing; what is there stays as it is."""
        for spec in TABLES.values():
            self.create_table(spec)

    def create_table(self, spec: TableSpec) -> None:
        """Make one table with its indexes, unless it is there."""
        from lancedb.index import Bitmap, BTree, LabelList

        kinds = {"BTREE": BTree, "BITMAP": Bitmap, "LABEL_LIST": LabelList}
        with translated(f"create table {spec.name!r}", self.uri):
            connection = self._connect()
            table = connection.create_table(spec.name, schema=spec.schema, exist_ok=True)
            present = {column for index in table.list_indices() for column in index.columns}
            for column, kind in spec.indexes.items():
                if column not in present:
                    table.create_index(column, config=kinds[kind]())

    def dataset(self, table: str) -> "lance.LanceDataset":
        """The newest version of a table, for reading.

        Raises:
            HomeMissingError: the table is not there.
        """
        import lance

        place = f"{self.uri}/{table}.lance"
        if self.is_local and not os.path.isdir(place):
            raise HomeMissingError(
                f"There is no table {table!r} in {self.uri}. Is this the right home? "
                "`rem status` shows which home is used; `rem import` makes one."
            )
        with translated(f"open table {table!r}", self.uri):
            return lance.dataset(place, storage_options=self.storage_options or None)

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
        dataset = self.dataset(table)
        with translated(f"read table {table!r}", self.uri):
            return dataset.to_table(columns=list(columns) if columns is not None else None, filter=where)

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
        dataset = self.dataset(table)
        with translated(f"count table {table!r}", self.uri):
            return int(dataset.count_rows(filter=where))

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
        with translated(f"delete from table {table!r}", self.uri):
            self._connect().open_table(table).delete(where)

    def drop_table(self, table: str) -> None:
        """Remove a table with its indexes and history, if it is there."""
        with translated(f"drop table {table!r}", self.uri):
            self._connect().drop_table(table, ignore_missing=True)

    def names(self) -> list[str]:
        """The tables that are there, sorted."""
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

    def optimize(self, table: str, *, keep: timedelta = timedelta(days=1)) -> None:
        """Compact a table, bring its indexes up to date and drop versions older than `keep`."""
        with translated(f"optimize table {table!r}", self.uri):
            self._connect().open_table(table).optimize(cleanup_older_than=keep)

    def _merge(self, table: str, rows: pa.Table, delete_where: str | None) -> None:
        with translated(f"write table {table!r}", self.uri):
            target = self._connect().open_table(table)
            merge = target.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            if delete_where is not None:
                merge = merge.when_not_matched_by_source_delete(delete_where)
            merge.execute(_with_unique_ids(rows).select(target.schema.names).cast(target.schema))

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


def rows_of(spec: TableSpec, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """An Arrow table of a spec's schema from plain values; a missing column is null."""
    return pa.Table.from_pylist(list(rows), schema=spec.schema)


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
        if isinstance(error, StoreError | HomeMissingError):
            raise
        text = str(error)
        if any(sign in text.lower() for sign in NO_ROOM):
            raise DiskFullError(
                f"No room left on the disk of {uri} to {action}. Nothing of that write was kept and "
                "everything stored before is intact. Free some space, then run the same command again."
            ) from error
        raise StoreError(f"Could not {action} in {uri}: {text}") from error


def _duckdb_errors() -> tuple[type[Exception], ...]:
    """What DuckDB raises, where it was imported at all."""
    duckdb = sys.modules.get("duckdb")
    return (duckdb.Error,) if duckdb else ()
