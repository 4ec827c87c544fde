"""A backup is whole or not there, private, cheap where the disk can link, and comes back by copying."""

import errno
import os
import shutil
import stat
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rem_dagster.errors import DiskFullError, StoreError
from rem_dagster.settings import Home, open_home
from rem_dagster.store import backup as backing_up
from rem_dagster.store.backup import back_up
from rem_dagster.store.database import Store
from tests.stored import message, moment, put

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)


@pytest.fixture
def filled(store: Store) -> Store:
    put(store, "messages", message("It was fsync."))
    put(store, "moments", moment("The slow build"))
    return store


def no_links(*_: object, **__: object) -> None:
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def rows(store: Store, table: str) -> list[dict[str, object]]:
    return sorted(store.read(table).to_pylist(), key=lambda row: str(row["id"]))


@pytest.mark.parametrize("can_link", [True, False])
def test_a_backup_outlives_what_happens_to_the_tables_and_comes_back_by_copying(
    home: Home, filled: Store, can_link: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.path / "config.toml").write_text('user = "ann"\n')
    if not can_link:
        monkeypatch.setattr(os, "link", no_links)
    before = rows(filled, "messages"), rows(filled, "moments")
    made = back_up(home.path, filled, now=NOW)
    filled.delete("messages", "true")
    filled.drop_table("moments")
    for table in ("messages", "dreams"):
        filled.optimize(table, keep=timedelta(microseconds=1))
    shutil.rmtree(filled.uri)
    shutil.copytree(made.tables_uri, filled.uri)
    for name in ("home.json", "config.toml"):
        shutil.copy2(made.place / name, home.path / name)
    back = open_home(home.path)
    assert back.settings.user == "ann"
    assert back.file == home.file
    store = Store(back.tables_uri)
    assert (rows(store, "messages"), rows(store, "moments")) == before
    put(store, "moments", moment("Another"))
    assert store.count("moments") == 2


def test_it_is_private_and_copies_little_where_the_disk_can_link(home: Home, filled: Store) -> None:
    made = back_up(home.path, filled, now=NOW)
    assert made.place == home.path / "backups" / "2026-11-30T030000"
    for place in (made.place.parent, made.place, Path(made.tables_uri)):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    data = next((Path(made.tables_uri) / "messages.lance" / "data").iterdir())
    assert data.stat().st_nlink == 2
    whole = sum(path.stat().st_size for path in Path(made.tables_uri).rglob("*") if path.is_file())
    assert made.bytes_copied < whole


def test_without_room_nothing_is_changed(home: Home, filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1_000))
    with pytest.raises(DiskFullError, match=r"takes .* MB .*Nothing was changed.*Free some space"):
        back_up(home.path, filled, now=NOW)
    assert not (home.path / "backups" / "2026-11-30T030000").exists()
    assert filled.count("moments") == 1


def test_one_that_was_killed_is_no_backup_and_is_cleared_away_by_the_next(
    home: Home, filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(backing_up, "_require_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            back_up(home.path, filled, now=NOW)
    assert [path.suffix for path in (home.path / "backups").iterdir()] == [backing_up.UNFINISHED]
    made = back_up(home.path, filled, now=NOW + timedelta(minutes=1))
    assert list((home.path / "backups").iterdir()) == [made.place]


def test_a_table_that_lacks_a_file_gives_no_backup(home: Home, filled: Store) -> None:
    next((Path(filled.uri) / "moments.lance" / "data").iterdir()).unlink()
    with pytest.raises(StoreError, match=r"'moments' lacks data/.*Nothing was changed"):
        back_up(home.path, filled, now=NOW)
