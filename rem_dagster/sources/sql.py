"""How are the rows of somebody's own database read?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rem_dagster.errors import InputError
from rem_dagster.model.activity import Activity
from rem_dagster.sources.kind import Place, SourceKind
from rem_dagster.sources.source import Problem
from rem_dagster.sources.sql_connection import connected, is_sqlite, without_password
from rem_dagster.sources.sql_items import item_of
from rem_dagster.sources.sql_mapping import SqlOptions, TableMapping, read_mapping
from rem_dagster.sources.sql_marks import lower_bound, mark_of
from rem_dagster.sources.sql_proposal import proposal, shipped_mapping_for

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROWS_AT_ONCE = 1_000
MOST_NAMED = 30
"""Columns that an error lists."""


@dataclass
class SqlSource:
    """Tables and queries of a database, by a mapping; of those that tell what is new only that is read."""

    address: str
    account: str
    tables: tuple[TableMapping, ...]
    overlap_minutes: int
    place: str
    kind: str = "sql"
    _marks: dict[str, str] = field(default_factory=dict)
    _is_read: bool = False

    def fingerprint(self) -> None:
        """None: asking costs as much as reading what is new."""

    @property
    def mark(self) -> str | None:
        """The newest value seen of each table, as JSON; None before a read has ended."""
        return json.dumps(self._marks, sort_keys=True) if self._is_read else None

    def read(self) -> Iterator[Activity | Problem]:
        """Every row, table by table."""
        return self.read_since(None)

    def read_since(self, mark: str | None) -> Iterator[Activity | Problem]:
        """The rows that may be new since a mark; of a table without `updated_at` or `grows_by` all."""
        self._is_read = False
        self._marks = _parsed_marks(mark)
        with connected(self.address) as connection:
            for number, mapping in enumerate(self.tables):
                key = _key(number, mapping)
                yield from self._read_table(connection, mapping, key)
        self._is_read = True

    def _read_table(
        self, connection: "Connection", mapping: TableMapping, key: str
    ) -> Iterator[Activity | Problem]:
        place = f"{self.place} {mapping.label}"
        _check_columns(connection, mapping, place)
        rises = mapping.updated_at or mapping.grows_by
        since = self._marks.get(key) if rises else None
        rows = 0
        newest: str | None = since
        for row in self._rows(connection, mapping, rises, since):
            rows += 1
            if rises:
                newest = mark_of(row[rises], newest)
            yield from item_of(mapping, row, place)
        if not rows and since is None:
            yield Problem(place, None, "has no rows", "notice")
        if rises is None:
            reason = "names neither updated_at nor grows_by: all of it is read each time"
            yield Problem(place, None, reason, "notice")
        if newest is not None:
            self._marks[key] = newest

    def _rows(
        self, connection: "Connection", mapping: TableMapping, rises: str | None, since: str | None
    ) -> Iterator[Mapping[str, Any]]:
        """The rows in order, some at a time."""
        from sqlalchemy import column, literal, select, text

        wanted = mapping.columns()
        asked: Any = select(*(column(each) for each in wanted)).select_from(_source(connection, mapping))
        if mapping.where:
            asked = asked.where(text(f"({mapping.where})"))
        if rises and since is not None:
            bound = lower_bound(since, minutes=self.overlap_minutes, mapping=mapping)
            asked = asked.where((column(rises) >= literal(bound)) | column(rises).is_(None))
        order: list[Any] = [column(each) for each in (rises or mapping.time, *mapping.ids)]
        streamed = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)
        for row in streamed.execute(asked.order_by(*order)):
            yield dict(zip(wanted, row, strict=True))


def _source(connection: "Connection", mapping: TableMapping) -> Any:  # a clause that the dialect quotes
    from sqlalchemy import table, text

    if mapping.query is not None:
        return text(f"({mapping.query.strip().rstrip(';')}) AS asked")
    schema, _, name = (mapping.table or "").rpartition(".")
    return table(name, schema=schema or None)


def _check_columns(connection: "Connection", mapping: TableMapping, place: str) -> None:
    """See that the table and its columns are there.

    Raises:
        InputError: one is not; what there is instead is said.
    """
    from sqlalchemy import select, text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        asked = select(text("*")).select_from(_source(connection, mapping)).where(text("1 = 0"))
        there = list(connection.execute(asked).keys())
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise InputError(
            f"Could not read {place}: {reason}. It has {_tables(connection)}. Nothing more was read."
        ) from error
    missing = [each for each in mapping.columns() if each not in there]
    if missing:
        raise InputError(
            f"{place} has no column {missing[0]!r}{_meant(missing[0], there)}. "
            f"It has {', '.join(there[:MOST_NAMED])}. Nothing more was read."
        )


def _meant(asked: str, there: Sequence[str]) -> str:
    from difflib import get_close_matches

    found = get_close_matches(asked.lower(), [each.lower() for each in there], n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def _tables(connection: "Connection") -> str:
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

    try:
        connection.rollback()
        names = inspect(connection).get_table_names()
    except SQLAlchemyError:
        return "tables that could not be listed"
    return f"the tables {', '.join(names[:MOST_NAMED])}" if names else "no tables"


def _key(number: int, mapping: TableMapping) -> str:
    """What a table's mark is kept by: another mapping of it is another table."""
    from rem_dagster.model.ids import digest_text

    return f"{number}:{digest_text(mapping.model_dump_json())[:12]}"


def _parsed_marks(mark: str | None) -> dict[str, str]:
    try:
        told = json.loads(mark) if mark else {}
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in told.items()} if isinstance(told, dict) else {}


def _recognise(path: Path) -> str | None:
    if not path.is_file():
        return None
    if is_sqlite(path):
        return "it is a SQLite database"
    if path.suffix.lower() != ".toml":
        return None
    try:
        with path.open("rb") as file:
            return "it is a mapping with [[tables]]" if b"[[tables]]" in file.read(8_192) else None
    except OSError:
        return None


def _make(place: Place, options: SqlOptions) -> SqlSource:
    address, told = place.where, options
    if "://" not in address and Path(address).suffix.lower() == ".toml":
        told = read_mapping(address)
        if told.url is None:
            raise InputError(f"The mapping {address!r} names no url to read. Nothing was changed.")
        address = _beside(told.url, Path(address))
    tables = told.tables or (read_mapping(told.mapping).tables if told.mapping else ())
    if not tables:
        with connected(address) as connection:
            found = shipped_mapping_for(connection)
            if found is None:
                raise InputError(proposal(connection, without_password(address)))
        tables = read_mapping(found).tables
    shown = without_password(address)
    return SqlSource(
        address=address,
        account=place.account or shown,
        tables=tables,
        overlap_minutes=told.overlap_minutes,
        place=without_password(place.where),
    )


def _beside(url: str, mapping: Path) -> str:
    """An address, or a SQLite file whose path is taken from the mapping's folder."""
    return url if "://" in url else str((mapping.parent / Path(url).expanduser()).resolve())


KIND = SourceKind(
    name="sql",
    about="tables of any SQL database by a mapping; a browser's history by one that is there",
    recognise=_recognise,
    make=_make,
    options=SqlOptions,
)
