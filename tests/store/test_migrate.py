"""Tables and homes of an older version: found, told, and brought forward with every row."""

import json
from collections.abc import Callable
from pathlib import Path

import lancedb
import pyarrow as pa
import pytest

from rem_dagster.errors import HomeMissingError, HomeVersionError, StoreError
from rem_dagster.settings import Home, open_home
from rem_dagster.store import migrate as migrating
from rem_dagster.store.database import Store
from rem_dagster.store.migrate import Gap, find_gaps, home_version, migrate, migrate_home
from rem_dagster.store.tables import MESSAGES, REPLACED, TABLES, vectors_spec
from tests.stored import message, moment, put


def without_columns(store: Store) -> None:
    lancedb.connect(store.uri).open_table("moments").drop_columns(["trust", "confidence"])


def without_table(store: Store) -> None:
    store.drop_table("links_state")


def without_index(store: Store) -> None:
    lancedb.connect(store.uri).open_table("edges").drop_index("source_id_idx")


def with_an_older_type(store: Store) -> None:
    """As if `seq` had been a smaller number once, and the key not been declared."""
    older = pa.schema(
        [
            field.with_type(pa.int16())
            if field.name == "seq"
            else field.with_metadata(None)
            if field.name == "id"
            else field
            for field in MESSAGES.schema
        ]
    )
    rows = store.read("messages").cast(older)
    lancedb.connect(store.uri).create_table("messages", data=rows, schema=older, mode="overwrite")


OLDER = {
    "columns": (without_columns, [Gap("moments", "column", ("trust", "confidence"))]),
    "table": (without_table, [Gap("links_state", "table")]),
    "index": (without_index, [Gap("edges", "index", ("source_id",))]),
    "type": (
        with_an_older_type,
        [Gap("messages", "type", ("seq", "id")), Gap("messages", "index", tuple(MESSAGES.indexes))],
    ),
}


@pytest.fixture
def filled(store: Store) -> Store:
    put(store, "messages", message("It was fsync."), message("Was it?", session="s2"))
    put(store, "moments", moment("The slow build"))
    return Store(store.uri)


def contents(store: Store) -> dict[str, list[dict[str, object]]]:
    return {
        table: sorted(store.read(table).to_pylist(), key=lambda row: str(row["id"]))
        for table in ("messages", "moments")
    }


def test_tables_of_this_version_have_no_gap(filled: Store) -> None:
    filled.create_table(REPLACED)
    filled.create_table(vectors_spec("mini", 3))
    assert find_gaps(filled) == []


@pytest.mark.parametrize("how", OLDER)
def test_an_older_table_is_brought_forward_with_its_rows(filled: Store, how: str) -> None:
    make_older, expected = OLDER[how]
    before = contents(filled)
    make_older(filled)
    store = Store(filled.uri)
    assert find_gaps(store) == expected
    migrate(store, expected)
    assert find_gaps(store) == []
    lost = {"trust", "confidence"} if how == "columns" else set()
    assert contents(store) == {
        table: [
            {name: None if name in lost and table == "moments" else row[name] for name in row} for row in rows
        ]
        for table, rows in before.items()
    }
    put(store, "moments", moment("Another one"))
    put(store, "messages", message("And another."))
    assert store.count("messages") == 3


def test_a_column_that_new_rows_must_have_is_null_in_old_ones(filled: Store) -> None:
    lancedb.connect(filled.uri).open_table("moments").drop_columns(["dream_id"])
    store = Store(filled.uri)
    migrate(store, find_gaps(store))
    put(store, "moments", moment("Another one"))
    assert set(store.read("moments", ["dream_id"])["dream_id"].to_pylist()) == {None, "d1"}


@pytest.mark.parametrize("done", [1, 2, 3])
def test_a_migration_that_was_killed_goes_on_where_it_stopped(filled: Store, done: int) -> None:
    for make_older, _ in OLDER.values():
        make_older(filled)
    store = Store(filled.uri)
    migrate(store, find_gaps(store)[:done])
    store = Store(filled.uri)
    left = find_gaps(store)
    assert 0 < len(left) < 6
    migrate(store, left)
    assert find_gaps(store) == []
    assert store.count("messages") == 2


@pytest.mark.parametrize(
    ("use", "make_older"),
    [
        (lambda store: store.read("moments", ["id"]), without_columns),
        (lambda store: store.count("moments"), without_columns),
        (lambda store: store.dataset_of("moments", "ann"), without_columns),
        (lambda store: put(store, "moments", moment("New")), without_columns),
        (lambda store: store.read("messages"), with_an_older_type),
        (lambda store: store.read("links_state"), without_table),
    ],
)
def test_whoever_uses_an_older_table_is_told_what_brings_it_forward(
    filled: Store, use: Callable[[Store], object], make_older: Callable[[Store], None]
) -> None:
    make_older(filled)
    with pytest.raises(
        (StoreError, HomeMissingError), match=r"older version.*Nothing was changed.*doctor --mend"
    ):
        use(Store(filled.uri))


def test_a_table_of_a_newer_version_is_read_and_not_written(filled: Store) -> None:
    store = Store(filled.uri)
    store.add_columns("moments", [pa.field("mood", pa.string())])
    assert find_gaps(store) == [Gap("moments", "newer", ("mood",))]
    assert store.count("moments") == 1
    with pytest.raises(StoreError, match=r"newer version.*mood.*Nothing was written"):
        put(store, "moments", moment("New"))
    migrate(store, find_gaps(store))
    assert "mood" in store.dataset("moments").schema.names


def test_rows_that_no_index_covers_are_found_and_indexed(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "MOST_UNINDEXED", 1)
    [gap] = find_gaps(filled)
    assert (gap.table, gap.kind, gap.rows) == ("messages", "unindexed", 2)
    assert not gap.is_of_an_older_version
    migrate(filled, [gap])
    assert find_gaps(filled) == []


def test_a_value_that_does_not_fit_leaves_the_table_as_it_was(filled: Store) -> None:
    older = pa.schema(
        [field.with_type(pa.string()) if field.name == "seq" else field for field in MESSAGES.schema]
    )
    rows = filled.read("messages").cast(older)
    rows = rows.set_column(
        rows.schema.get_field_index("seq"), older.field("seq"), pa.array(["first", "second"])
    )
    lancedb.connect(filled.uri).create_table("messages", data=rows, schema=older, mode="overwrite")
    store = Store(filled.uri)
    with pytest.raises(StoreError, match="rewrite table 'messages'"):
        migrate(store, find_gaps(store))
    assert store.dataset("messages", is_checked=False).to_table()["seq"].to_pylist() == ["first", "second"]


def test_a_home_goes_through_every_step_to_the_newest_version(home: Home) -> None:
    steps = {
        1: lambda held: {**held, "moment_types": {"one": "step"}},
        2: lambda held: {**held, "moment_types": {**held["moment_types"], "two": "steps"}},
    }
    assert migrate_home(home.path, steps=steps, newest=3) == 2
    assert home_version(home.path) == 3
    held = json.loads((home.path / "home.json").read_text())
    assert held["moment_types"] == {"one": "step", "two": "steps"}
    assert held["hmac_key"] == home.file.hmac_key
    assert migrate_home(home.path, steps=steps, newest=3) == 0


def test_a_home_without_a_step_forward_stays_as_it_is(home: Home) -> None:
    before = (home.path / "home.json").read_bytes()
    with pytest.raises(HomeVersionError, match=r"version 1.*Nothing was changed"):
        migrate_home(home.path, steps={}, newest=2)
    assert (home.path / "home.json").read_bytes() == before
    assert migrate_home(home.path) == 0


def test_a_home_of_an_older_version_is_told_with_what_brings_it_forward(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rem_dagster.settings.home_file.HOME_VERSION", 2)
    with pytest.raises(HomeVersionError, match=r"older rem.*Nothing was changed.*doctor --mend"):
        open_home(home.path)


def test_every_table_that_is_known_can_be_looked_at(tmp_path: Path) -> None:
    assert find_gaps(Store(str(tmp_path))) == [Gap(name, "table") for name in TABLES]
