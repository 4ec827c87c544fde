"""How does everything of one user go to a folder, as lines or as Parquet?

DIR/activity.jsonl      what happened, as `rem import jsonl` reads it      DIR/messages.parquet, ...
DIR/moments.jsonl ...   what was dreamt, and the corrections               as the tables have them
DIR/manifest.json       what it is of, rows and SHA-256 of each file, written last
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rem_dagster.errors import InputError, RemError
from rem_dagster.model.own_output import ACTIVITY, GENERATED_BY, GENERATOR, MANIFEST
from rem_dagster.recall.export.raw_lines import RAW, instant_text, raw_parts
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.records import JSON_COLUMNS
from rem_dagster.store.tables import REPLACED, TABLES

if TYPE_CHECKING:
    import pyarrow as pa

DERIVED = ("moments", "mentions", "edges", "summaries", "dreams", "corrections")
OF_THE_TABLES = ("slice_key", "search_text", "content_hash")
"""Columns that serve the tables and say nothing of their own."""
BATCH = 2_000
Told = Callable[[str, int], None]
"""Is called with a file's name and how many rows more it has."""


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export."""

    name: str
    rows: int
    bytes: int
    sha256: str


def write_lines(home: Home, store: Store, folder: Path, *, user_id: str, told: Told) -> list[ExportedFile]:
    """All of a user as lines, into an empty folder."""
    made = [write_activity(store, folder / ACTIVITY, user_id=user_id, told=told)]
    for table in _tables(store, DERIVED):
        path = folder / f"{table}.jsonl"
        made.append(_exported(path, _write_table_lines(store, table, path, user_id, told)))
    _write_manifest(home, folder, made, user_id=user_id, of="lines")
    return made


def write_activity(store: Store, path: Path, *, user_id: str, told: Told) -> ExportedFile:
    """A user's activity as one file of lines."""
    rows = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for _, lines in raw_parts(store, user_id=user_id):
            file.writelines(f"{line}\n" for line in lines)
            rows += len(lines)
            told(path.name, len(lines))
    return _exported(path, rows)


def write_parquet(home: Home, store: Store, folder: Path, *, user_id: str, told: Told) -> list[ExportedFile]:
    """All of a user as the tables have it, into an empty folder."""
    made = []
    for table in _tables(store, (*RAW, *DERIVED)):
        path = folder / f"{table}.parquet"
        made.append(_exported(path, _write_table_parquet(store, table, path, user_id, told)))
    _write_manifest(home, folder, made, user_id=user_id, of="tables")
    return made


def is_ours(folder: Path) -> bool:
    """Whether a folder holds an export and nothing else."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = {MANIFEST, *(each["name"] for each in manifest["files"])}
        return manifest[GENERATED_BY] == GENERATOR and {each.name for each in folder.iterdir()} <= known
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _tables(store: Store, names: Iterable[str]) -> Iterator[str]:
    """Those that there are; what days were before is there once a day was replaced."""
    yield from names
    if REPLACED.name in store.names():
        yield REPLACED.name


def _write_table_lines(store: Store, table: str, path: Path, user_id: str, told: Told) -> int:
    names = [each for each in _schema(table).names if each not in OF_THE_TABLES]

    def write(batches: "Iterable[pa.RecordBatch]") -> int:
        rows = 0
        with _writing(path), path.open("w", encoding="utf-8", newline="\n") as file:
            for batch in batches:
                file.writelines(f"{_line(row)}\n" for row in batch.to_pylist())
                rows += batch.num_rows
                told(path.name, batch.num_rows)
        return rows

    return store.fold(table, names, equals("user_id", user_id), write, rows=BATCH)


def _write_table_parquet(store: Store, table: str, path: Path, user_id: str, told: Told) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(table)
    plain = pa.schema([field.remove_metadata() for field in schema])

    def write(batches: "Iterable[pa.RecordBatch]") -> int:
        rows = 0
        with _writing(path), pq.ParquetWriter(path, plain, compression="zstd") as file:
            for batch in batches:
                file.write_table(pa.Table.from_batches([batch]).select(plain.names).cast(plain))
                rows += batch.num_rows
                told(path.name, batch.num_rows)
        return rows

    return store.fold(table, schema.names, equals("user_id", user_id), write, rows=BATCH)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell a file that cannot be written from a table that cannot be read, where both are at work.

    Raises:
        InputError: it is the file.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, RemError):
            raise
        reason = (error.strerror or str(error)).removesuffix(".")
        raise InputError(f"{path.name} cannot be written: {reason}.") from error


def _schema(table: str) -> "pa.Schema":
    return (REPLACED if table == REPLACED.name else TABLES[table]).schema


def _line(row: Mapping[str, Any]) -> str:
    told = {
        name: json.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value
        for name, value in row.items()
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=instant_text)


def _exported(path: Path, rows: int) -> ExportedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ExportedFile(path.name, rows, path.stat().st_size, digest)


def _write_manifest(
    home: Home, folder: Path, files: Iterable[ExportedFile], *, user_id: str, of: str
) -> None:
    """What the folder holds; without a time, so that two exports of one home can be told to be equal."""
    manifest = {
        GENERATED_BY: GENERATOR,
        "of": of,
        "schema_version": home.file.version,
        "user_id": user_id,
        "timezone": home.file.timezone,
        "day_starts_at": home.file.day_starts_at.isoformat(),
        "files": [asdict(each) for each in files],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8", newline="\n")
