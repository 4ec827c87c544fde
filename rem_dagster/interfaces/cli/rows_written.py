"""How do all rows of a query go to a pipe or a file, however many they are?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.filed import replacing
from rem_dagster.interfaces.cli.output import as_json
from rem_dagster.interfaces.cli.rows import csv_of, plain_rows, unique_names

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES = {".csv": "csv", ".json": "json", ".parquet": "parquet"}
ROWS_AT_ONCE = 5_000
"""Python takes ten times the memory of Arrow for the same rows."""


def format_of(path: Path) -> str:
    """The format that a file's name asks for.

    Raises:
        InputError: it asks for none.
    """
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise InputError(
            f"What is {path.name!r} to hold? End its name with {', '.join(SUFFIXES)}, or add --format. "
            "Nothing was written."
        )
    return found


def texts_of(found: "pa.Table", layout: str, *, ascii_only: bool = False) -> Iterator[str]:
    """All rows as CSV or JSON, in parts."""
    return _csv(found) if layout == "csv" else _json(found, ascii_only)


def write_file(path: Path, found: "pa.Table", layout: str) -> None:
    """Write all rows to a file, whole or not at all; only its owner may read it."""
    with replacing(path) as place:
        if layout == "parquet":
            _write_parquet(place, found)
        else:
            with place.open("w", encoding="utf-8", errors="replace", newline="") as file:
                file.writelines(texts_of(found, layout))


def _parts(found: "pa.Table") -> Iterator["pa.Table"]:
    for start in range(0, max(found.num_rows, 1), ROWS_AT_ONCE):
        yield found.slice(start, ROWS_AT_ONCE)


def _csv(found: "pa.Table") -> Iterator[str]:
    for number, part in enumerate(_parts(found)):
        yield csv_of(*plain_rows(part), has_header=not number)


def _json(found: "pa.Table", ascii_only: bool) -> Iterator[str]:
    if not found.num_rows:
        yield "[]\n"
        return
    before = "[\n"
    for part in _parts(found):
        rows = plain_rows(part)[1]
        texts = (json.dumps(row, indent=2, ensure_ascii=ascii_only, default=as_json) for row in rows)
        yield before + ",\n".join("  " + text.replace("\n", "\n  ") for text in texts)
        before = ",\n"
    yield "\n]\n"


def _write_parquet(place: Path, found: "pa.Table") -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(storable(found), place, compression="zstd")


def storable(found: "pa.Table") -> "pa.Table":
    """The rows in types that Parquet has: a length of time is microseconds, names are unique."""
    import pyarrow as pa

    found = found.rename_columns(unique_names(found.column_names))
    for place, column in enumerate(found.schema):
        if pa.types.is_interval(column.type):
            lengths = [row[column.name] for row in plain_rows(found.select([place]))[1]]
            found = found.set_column(place, column.name, pa.array(lengths, pa.duration("us")))
    return found
