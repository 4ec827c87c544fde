"""How does a table come to hold nothing but its rows, and what can be read of all that lies in its place?

    deleted rows ── in old fragments, old versions, old indexes, transactions ── until a table is cleansed

A deletion only marks rows; an index keeps their values. So fragments with marked rows are written anew,
indexes are made anew, and every older version goes. Other writers may go on meanwhile: what they commit
stands.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from rem_dagster.errors import StoreError
from rem_dagster.s3 import S3Folder
from rem_dagster.store.database import Store, translated
from rem_dagster.store.filters import is_in
from rem_dagster.store.maintain import file_sizes
from rem_dagster.store.overtaken import WRITE_TRIES, is_overtaken, pause, unless_preempted

if TYPE_CHECKING:
    import lance

IDS_AT_ONCE = 5_000
"""Ids in one deletion."""
SETTLED_SECONDS = 600.0
"""A file that no version names and that is older than this is nobody's who still writes."""
GONE_TRIES = 40
"""Looks at whether a version is gone: a second or two."""
ROW_FILE, OTHER_FILE = re.compile(r"data/.*\.lance"), re.compile(r"(_versions|_transactions)/.*")


@dataclass(frozen=True)
class Strings:
    """Texts that were read at one place of a table."""

    where: str
    """As people are told: the version and the column, or the file."""
    column: str | None
    values: list[str]


def delete_ids(store: Store, table: str, ids: Iterable[str], *, column: str = "id") -> None:
    """Delete the rows whose column is one of many values; few commits."""
    wanted = sorted(set(ids))
    for at in range(0, len(wanted), IDS_AT_ONCE):
        store.delete(table, is_in(column, wanted[at : at + IDS_AT_ONCE]))


def cleanse(store: Store, table: str) -> None:
    """Write anew what deletions left, make the indexes anew, and drop every older version.

    Raises:
        HomeBusyError: another process compacts tables all the time.
        StoreBusyError: others wrote to the table at every try; nothing that was stored is lost.
    """
    with store.one_optimizer(), translated(f"cleanse table {table!r}", store.uri):
        failure = (
            f"Table {table!r} in {store.uri} could not be written anew: others wrote to it at each of "
            f"{WRITE_TRIES} tries. Deleted rows still lie in old files. Run it again."
        )
        unless_preempted(lambda: _compact(store, table), table, failure, tries=WRITE_TRIES)
        for index in _indexes_of(store, table):
            unless_preempted(partial(_index_anew, store, table, *index), table, failure, tries=WRITE_TRIES)
        store.clean_up(table, keep=timedelta(0))


def versions_of(store: Store, table: str) -> list[int]:
    """The versions of a table that can still be read, oldest first."""
    found = store.of_newest(table, "list the versions of", lambda held: held.versions(), is_checked=False)
    return [int(each["version"]) for each in found]


def read_version(store: Store, table: str, version: int, *, where: str | None = None) -> pa.Table | None:
    """The rows of one version of a table, all columns; None where it was cleaned up meanwhile."""
    with _unless_gone(store, table, version):
        return _checked_out(store, table, version).to_table(filter=where)
    return None


def strings_of_versions(store: Store, table: str, *, skipped: Iterable[str] = ()) -> Iterator[Strings]:
    """Every text of every row of every version, batch by batch; a version that goes meanwhile is left out.

    Args:
        skipped: columns that are stepped over.
    """
    left_out = set(skipped)
    for version in versions_of(store, table):
        with _unless_gone(store, table, version):
            for batch in _checked_out(store, table, version).to_batches():
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    if name not in left_out and (values := texts_in(column)):
                        yield Strings(f"{table}, version {version}, {name}", name, values)


def strings_of_files(store: Store, table: str) -> Iterator[Strings]:
    """Every text of the indexes, of row files that no version names, and of manifests and transactions.

    The last two are no tables: what can be read of their bytes is one text.
    """
    needed = _files_of_versions(store, table)
    for path in sorted(file_sizes(store, table)):
        place = f"{store.uri}/{table}.lance/{path}"
        if path.startswith("_indices/") and path.endswith(".lance"):
            yield from _decoded(store, place, f"{table}, index file {path}")
        elif ROW_FILE.fullmatch(path) and path not in needed:
            yield from _decoded(store, place, f"{table}, file {path}")
        elif OTHER_FILE.fullmatch(path):
            held = _bytes_of(store, table, path).decode("latin-1")
            yield Strings(f"{table}, file {path}", None, [held])


def stray_files(store: Store, table: str) -> list[str]:
    """Row files that no version names, as paths below the table: of killed writers, or being written now."""
    needed = _files_of_versions(store, table)
    return [path for path in file_sizes(store, table) if ROW_FILE.fullmatch(path) and path not in needed]


def remove_settled_strays(store: Store, table: str, *, now: float) -> int:
    """Remove stray files that are too old to be somebody's who still writes; how many."""
    old = [
        path for path in stray_files(store, table) if now - _changed_at(store, table, path) > SETTLED_SECONDS
    ]
    still = set(stray_files(store, table))  # one that was committed meanwhile is none any more
    removed = [path for path in old if path in still]
    for path in removed:
        if store.is_local:
            Path(store.uri, f"{table}.lance", path).unlink(missing_ok=True)
        else:
            S3Folder(f"{store.uri}/{table}.lance", store.storage_options).remove(path)
    return len(removed)


def texts_in(column: pa.Array) -> list[str]:
    """All texts of a column, those within lists and records too; nulls are left out."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [each for each in column.to_pylist() if each is not None]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return texts_in(column.flatten())
    if pa.types.is_struct(kind):
        return [each for part in column.flatten() for each in texts_in(part)]
    return []


def _compact(store: Store, table: str) -> None:
    store.dataset(table, is_checked=False).optimize.compact_files(
        materialize_deletions=True, materialize_deletions_threshold=0.0
    )


def _indexes_of(store: Store, table: str) -> list[tuple[str, str, str]]:
    """Name, column and kind of each."""
    found = store.of_newest(table, "look at", lambda held: held.describe_indices(), is_checked=False)
    return [(index.name, *index.field_names, index.index_type.upper()) for index in found]


def _index_anew(store: Store, table: str, name: str, column: str, kind: str) -> None:
    if column == "vector":
        store.index_vectors(table)
    else:
        kind = "LABEL_LIST" if kind == "LABELLIST" else kind
        store.dataset(table, is_checked=False).create_scalar_index(column, kind, name=name, replace=True)


@contextmanager
def _unless_gone(store: Store, table: str, version: int) -> Iterator[None]:
    """Read a version, and end quietly where it is there no longer: what it alone held went with it."""
    try:
        with translated(f"read version {version} of table {table!r}", store.uri):
            yield
    except StoreError as error:
        if not is_overtaken(error, table) or not _goes(store, table, version):
            raise


def _goes(store: Store, table: str, version: int) -> bool:
    """Whether a version is gone soon: a clean-up removes its files first."""
    for _ in range(GONE_TRIES):
        if version not in versions_of(store, table):
            return True
        pause()
    return False


def _checked_out(store: Store, table: str, version: int) -> "lance.LanceDataset":
    return store.of_newest(
        table, "open", lambda held: held.checkout_version(version), is_checked=False, tries=1
    )


def _files_of_versions(store: Store, table: str) -> set[str]:
    found: set[str] = set()
    for version in versions_of(store, table):
        with _unless_gone(store, table, version):
            found |= set(_files_of(_checked_out(store, table, version)))
    return found


def _files_of(dataset: "lance.LanceDataset") -> Iterator[str]:
    for fragment in dataset.get_fragments():
        for file in fragment.data_files():
            yield f"data/{file.path}"


def _decoded(store: Store, place: str, where: str) -> Iterator[Strings]:
    from lance.file import LanceFileReader

    try:
        reader = LanceFileReader(place, storage_options=store.storage_options or None)
        batches = list(reader.read_all().to_batches())
    except (OSError, ValueError, RuntimeError):
        return  # of a killed writer that did not finish it, or removed meanwhile: it holds no row
    for batch in batches:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if values := texts_in(column):
                yield Strings(where, name, values)


def _bytes_of(store: Store, table: str, path: str) -> bytes:
    if store.is_local:
        try:
            return Path(store.uri, f"{table}.lance", path).read_bytes()
        except FileNotFoundError:
            return b""
    return S3Folder(f"{store.uri}/{table}.lance", store.storage_options).read(path) or b""


def _changed_at(store: Store, table: str, path: str) -> float:
    """Seconds since 1970; now and later where it is gone."""
    if store.is_local:
        try:
            return os.path.getmtime(Path(store.uri, f"{table}.lance", path))
        except FileNotFoundError:
            return float("inf")
    found = S3Folder(f"{store.uri}/{table}.lance", store.storage_options).objects()
    return next((each.changed_at for each in found if each.name == path), float("inf"))
