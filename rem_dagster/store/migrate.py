"""What of a home is of an older version of rem, and how is it brought forward?

    home.json   version 1 ──step──> version 2 ──step──> this version
    tables      a table, column, type or index that is missing ──> made, each by one atomic commit

Tables carry no version: what they lack is seen by comparing them with what this version of rem knows, so
that a migration which was killed goes on where it stopped. Make a backup first.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

from rem_dagster.errors import HomeError, HomeVersionError
from rem_dagster.settings import HOME_VERSION, write_private
from rem_dagster.store.database import Store, outdated_columns
from rem_dagster.store.maintain import tables_held
from rem_dagster.store.tables import LATER_TABLES, PRIMARY_KEY, TABLES, TableSpec, vectors_spec
from rem_dagster.store.vectors import PREFIX

if TYPE_CHECKING:
    import lance

MOST_UNINDEXED = 10_000
"""Rows that an index does not cover yet and that a look-up reads all the same: 10 ms."""
GapKind = Literal["table", "column", "type", "index", "unindexed", "newer"]
"""`unindexed`: rows came since the index was made. `newer`: there is something that this version of rem does
not know, so it is left alone."""
HomeStep = Callable[[dict[str, Any]], dict[str, Any]]
HOME_STEPS: Mapping[int, HomeStep] = {}
"""By version, what `home.json` of that version becomes in the next; there is only version 1 so far."""


@dataclass(frozen=True)
class Gap:
    """One thing in which a table differs from what this version of rem knows."""

    table: str
    kind: GapKind
    names: tuple[str, ...] = ()
    """The columns that it is about."""
    rows: int = 0
    """unindexed: how many."""

    @property
    def is_of_an_older_version(self) -> bool:
        """Whether reading or writing the table fails before it is closed."""
        return self.kind in ("table", "column", "type")


def find_gaps(store: Store) -> list[Gap]:
    """Everything in which the tables differ from what this version of rem knows, in the order of tables."""
    held = tables_held(store)
    specs = dict(TABLES) | {name: _spec_of(store, name) for name in held if name not in TABLES}
    return [
        gap
        for name, spec in specs.items()
        for gap in (_gaps_of(store, spec) if name in held else [Gap(name, "table")])
    ]


def migrate(store: Store, gaps: Sequence[Gap]) -> None:
    """Close gaps; what a newer version made is left alone. Rows keep all that they hold.

    Raises:
        StoreError: a table could not be changed; it is as it was, those before it are done.
    """
    for gap in gaps:
        spec = _spec_of(store, gap.table)
        match gap.kind:
            case "table":
                store.create_table(spec)
            case "column":
                fields = [spec.schema.field(name) for name in gap.names]
                store.add_columns(spec.name, [field.with_nullable(True) for field in fields])
            case "type":
                store.rewrite(spec)
                store.create_indexes(spec)
            case "index":
                store.create_indexes(spec)
            case "unindexed":
                store.optimize(spec.name)
            case "newer":
                pass


def home_version(place: Path) -> int:
    """The version of the `home.json` in a directory.

    Raises:
        HomeError: it cannot be read, or names none.
    """
    version = _read(place / "home.json").get("version")
    if not isinstance(version, int):
        raise HomeError(f"{place / 'home.json'} names no version but {version!r}. Nothing was changed.")
    return version


def migrate_home(
    place: Path, *, steps: Mapping[int, HomeStep] | None = None, newest: int | None = None
) -> int:
    """Bring `home.json` forward, whole or not at all; return how many versions that were.

    Args:
        steps: `HOME_STEPS` when None.
        newest: the version to reach; the one that this rem knows when None.

    Raises:
        HomeVersionError: there is no way from its version to the newest; nothing was changed.
    """
    known = HOME_STEPS if steps is None else steps
    newest = HOME_VERSION if newest is None else newest
    held, version = _read(place / "home.json"), home_version(place)
    for number in range(version, newest):
        if number not in known:
            raise HomeVersionError(
                f"The home {place} is of version {version}, and this rem does not know how to bring version "
                f"{number} forward. Nothing was changed. An older rem-dagster than this does."
            )
        held = {**known[number](held), "version": number + 1}
    if version < newest:
        write_private(place / "home.json", json.dumps(held, indent=2) + "\n")
    return max(newest - version, 0)


def _read(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HomeError(f"Could not read {path}: {error}. Nothing was changed.") from error
    if not isinstance(held, dict):
        raise HomeError(f"{path} holds no object. Nothing was changed. Bring it back from a backup.")
    return held


def _gaps_of(store: Store, spec: TableSpec) -> Iterator[Gap]:
    schema, indexes = store.of_newest(spec.name, "look at", _built, is_checked=False)
    outdated = outdated_columns(spec, schema)
    if missing := tuple(name for name in outdated if name not in schema.names):
        yield Gap(spec.name, "column", missing)
    other = [name for name in outdated if name in schema.names]
    if "id" in schema.names and (schema.field("id").metadata or {}) != PRIMARY_KEY:
        other.append("id")
    if other:
        yield Gap(spec.name, "type", tuple(other))
    if unknown := tuple(name for name in schema.names if name not in spec.schema.names):
        yield Gap(spec.name, "newer", unknown)
    if bare := tuple(column for column in spec.indexes if (column,) not in indexes):
        yield Gap(spec.name, "index", bare)
    behind = {columns[0]: rows for columns, rows in indexes.items() if rows > MOST_UNINDEXED}
    if behind:
        yield Gap(spec.name, "unindexed", tuple(sorted(behind)), max(behind.values()))


def _built(held: "lance.LanceDataset") -> tuple[pa.Schema, dict[tuple[str, ...], int]]:
    """Columns, and by the columns of each index how many rows it does not cover yet."""
    indexes = {
        tuple(index.field_names): held.stats.index_stats(index.name)["num_unindexed_rows"]
        for index in held.describe_indices()
    }
    return held.schema, indexes


def _spec_of(store: Store, name: str) -> TableSpec:
    if name in TABLES:
        return TABLES[name]
    if name in LATER_TABLES:
        return LATER_TABLES[name]
    kind = store.dataset(name, is_checked=False).schema.field("vector").type
    return vectors_spec(name.removeprefix(PREFIX), kind.list_size)
