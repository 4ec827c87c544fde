"""How are the rows of a query shown: as a table, one below the other, as CSV?"""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from rem_dagster.interfaces.cli.output import as_json
from rem_dagster.interfaces.cli.words import clean, lasting, wrap

if TYPE_CHECKING:
    import pyarrow as pa

CELLS_A_COLUMN = 10
"""Fewer than this and a table cannot be read; rows go one below the other then."""
NAME_CELLS = 20
Row = Mapping[str, object]


def plain_rows(found: "pa.Table") -> tuple[list[str], list[Row]]:
    """Column names of which none occurs twice, and the rows by them; intervals are timedeltas."""
    columns = unique_names(found.column_names)
    rows = found.rename_columns(columns).to_pylist()
    return columns, [{name: _length_or(value) for name, value in row.items()} for row in rows]


def table_fits(columns: Sequence[str], width: int) -> bool:
    """Whether so many columns can be read beside each other."""
    return len(columns) * CELLS_A_COLUMN <= width


def table_of(columns: Sequence[str], rows: Sequence[Row]) -> Table:
    """A table without frames; long values are folded."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for name in columns:
        numbers = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(
            Text(clean(name)), overflow="fold", justify="right" if numbers and rows else "left", min_width=4
        )
    for row in rows:
        table.add_row(*(Text(cell_text(row[name])) for name in columns))
    return table


def records_of(columns: Sequence[str], rows: Sequence[Row], width: int) -> list[Text]:
    """Rows one below the other, a line for each value that is not empty."""
    name_cells = min(max(map(len, columns), default=0), NAME_CELLS)
    lines: list[Text] = []
    for number, row in enumerate(rows, 1):
        lines.append(Text(f"─ {number} " + "─" * (width - len(str(number)) - 3), "dim"))
        for name in columns:
            if row[name] is None or row[name] in ("", [], "{}"):
                continue
            first, *more = wrap(cell_text(row[name]), max(width - name_cells - 2, 8)) or [""]
            lines.append(Text.assemble((f"{clean(name)[:name_cells]:<{name_cells}}", "bold"), f"  {first}"))
            lines += [Text(" " * (name_cells + 2) + line) for line in more]
    return lines


def csv_of(columns: Sequence[str], rows: Sequence[Row], *, has_header: bool = True) -> str:
    """The rows as CSV; lists and structures are JSON, nothing is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if has_header:
        writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row[name] is None else _in_csv(row[name]) for name in columns])
    return text.getvalue()


def cell_text(value: object) -> str:
    """A value as a person reads it."""
    match value:
        case datetime():
            text = f"{value:%Y-%m-%d %H:%M}"
        case timedelta():
            text = lasting(value) or "0 min"
        case float():
            text = f"{value:.6g}"
        case list():
            text = ", ".join(cell_text(each) for each in value)
        case dict():
            text = json.dumps(value, ensure_ascii=False, default=as_json)
        case _:
            text = "" if value is None else clean(str(value))
    return text


def unique_names(names: Sequence[str]) -> list[str]:
    """The names, the second of two that are alike with a number."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def _length_or(value: object) -> object:
    """A SQL interval as a length; one that has months has none, and stays as it is."""
    months, days, nanoseconds = (getattr(value, name, None) for name in ("months", "days", "nanoseconds"))
    if not isinstance(nanoseconds, int) or not isinstance(days, int) or months:
        return value
    return timedelta(days=days, microseconds=nanoseconds / 1000)


def _in_csv(value: object) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=as_json)
    return str(value if isinstance(value, str | int | float) else as_json(value))
