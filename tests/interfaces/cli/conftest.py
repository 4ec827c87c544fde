"""A command line to type into, and homes to type it at."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.interfaces.cli.main import main
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.lives import LIVES, link

DAYS = 3
FIRST, LAST = MONDAY.date(), date(2025, 10, 8)


@dataclass(frozen=True)
class Ran:
    """What one command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Rem = Callable[..., Ran]


@pytest.fixture
def rem(capsys: pytest.CaptureFixture[str]) -> Rem:
    """Types a command line."""

    def run(*words: str | Path) -> Ran:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture(scope="session")
def lived_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a home with three dreamt days was made."""
    home = open_home(tmp_path_factory.mktemp("lived") / "home", create=True, flags={"timezone": "UTC"})
    store = LIVES.begin(home)
    fill(home, store, [each for day in range(DAYS) for each in chat_day(day)])
    dream(home, store, OfflineEngine(), DreamPlan())
    return home.path


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, lived_once: Path) -> Home:
    """A home of one user with three dreamt days; tests only read it."""
    place = tmp_path_factory.mktemp("lived") / "home"
    link(lived_once, place)
    return open_home(place)


@pytest.fixture
def undreamt(home: Home, store: Store) -> Home:
    """A home with three days that nobody dreamt yet."""
    fill(home, store, [each for day in range(DAYS) for each in chat_day(day)])
    return home


def snapshot(home: Home) -> dict[str, int]:
    """How many versions each table has: equal when nothing was written."""
    store = Store(home.tables_uri)
    return {path.stem: store.dataset(path.stem).version for path in Path(home.tables_uri).glob("*.lance")}
