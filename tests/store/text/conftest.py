"""Empty tables in a hundredth of the time: made once, then copied."""

import shutil
from pathlib import Path

import pytest

from rem_dagster.settings import Home
from rem_dagster.store.database import Store


@pytest.fixture(scope="session")
def empty_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with every table, all empty."""
    place = tmp_path_factory.mktemp("empty") / "tables"
    Store(str(place)).create()
    return place


@pytest.fixture
def store(home: Home, empty_tables: Path) -> Store:
    """The empty tables of `home`."""
    shutil.copytree(empty_tables, home.tables_uri)
    return Store(home.tables_uri)
