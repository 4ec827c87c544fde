"""Everything of one user goes to a folder, and the manifest says what is in it."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rem_dagster.errors import InputError
from rem_dagster.model.own_output import MANIFEST
from rem_dagster.recall.export.tables import is_ours, write_lines, write_parquet
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.stored import NOON, mention, message, moment, put, resource, session, summary


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "out"
    place.mkdir()
    return place


def filled(store: Store) -> None:
    for user in ("ann", "bob"):
        put(store, "sessions", session(f"s-{user}", user=user))
        put(store, "messages", message(f"Said by {user}", user=user))
        put(store, "resources", resource(f"Note of {user}", "text", user=user))
        put(store, "moments", moment(f"Moment of {user}", user=user))
        put(store, "mentions", mention("rust", user=user))
        put(store, "summaries", summary("A day.", at=NOON, end=NOON, user=user))


def quiet(name: str, rows: int) -> None:
    """Nobody looks."""


def test_parquet_has_every_column_of_the_tables(home: Home, store: Store, folder: Path) -> None:
    filled(store)
    made = write_parquet(home, store, folder, user_id="ann", told=quiet)
    assert {each.name for each in made} >= {"messages.parquet", "moments.parquet", "corrections.parquet"}
    held = pq.read_table(folder / "moments.parquet")
    stored = store.read("moments", where="user_id = 'ann'")
    assert held.to_pylist() == stored.to_pylist()
    assert held.schema.field("start_time").type == stored.schema.field("start_time").type
    assert pq.read_table(folder / "edges.parquet").num_rows == 0


def test_lines_are_objects_with_instants_and_without_the_tables_own_columns(
    home: Home, store: Store, folder: Path
) -> None:
    filled(store)
    write_lines(home, store, folder, user_id="ann", told=quiet)
    (line,) = (folder / "moments.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["name"], told["start_time"]) == ("Moment of ann", "2025-10-20T12:00:00Z")
    assert "slice_key" not in told
    assert len((folder / "activity.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_nothing_of_another_user_is_in_it(home: Home, store: Store, folder: Path) -> None:
    filled(store)
    write_lines(home, store, folder, user_id="ann", told=quiet)
    assert "bob" not in "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


def test_the_manifest_tells_rows_and_digests(home: Home, store: Store, folder: Path) -> None:
    filled(store)
    write_parquet(home, store, folder, user_id="ann", told=quiet)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["user_id"], manifest["schema_version"]) == ("ann", home.file.version)
    for each in manifest["files"]:
        raw = (folder / each["name"]).read_bytes()
        assert (each["bytes"], each["sha256"]) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert sum(each["rows"] for each in manifest["files"]) == 6


def test_a_folder_with_anything_else_is_not_ours(home: Home, store: Store, folder: Path) -> None:
    write_lines(home, store, folder, user_id="ann", told=quiet)
    assert is_ours(folder)
    (folder / "mine.txt").write_text("x")
    assert not is_ours(folder)
    assert not is_ours(folder / "nowhere")
    (folder / MANIFEST).write_text("[]")
    assert not is_ours(folder)


@pytest.mark.parametrize(
    ("write", "name"), [(write_lines, "moments.jsonl"), (write_parquet, "moments.parquet")]
)
def test_a_file_that_takes_no_more_is_not_told_as_the_tables_fault(
    home: Home, store: Store, folder: Path, write: Callable[..., object], name: str
) -> None:
    filled(store)
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full, which is a disk without room")
    (folder / name).symlink_to("/dev/full")
    with pytest.raises(InputError, match=rf"{name} cannot be written: .*No space left on device\.$"):
        write(home, store, folder, user_id="ann", told=quiet)
