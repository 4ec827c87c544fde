"""What every test starts from: a clean environment and a home of its own."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.lives import LIVES

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # of several workers on few cores each would spin for all

gc.disable()  # until all is imported: most of it stays anyway

settings.register_profile(
    "rem",
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.register_profile("soak", settings.get_profile("rem"), max_examples=1_000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "rem"))


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not go through it again and again."""
    gc.enable()
    gc.freeze()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No variable of the developer's chooses a home or a model for a test, and no live model is asked."""
    for name in list(os.environ):
        if name.startswith(("REM_", "OPENAI_", "DAGSTER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("REM_NO_LIVE_MODELS", "1")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("user-data")))


@pytest.fixture(autouse=True)
def _no_instance_of_before() -> Iterator[None]:
    """A run that was stopped in the middle leaves Dagster pointing at an instance that is gone."""
    yield
    if held := sys.modules.get("dagster._core.storage.defs_state.base"):
        held._current_storage.set(None)


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a new home in UTC: of one key, so that equal steps in its copies write equal rows."""
    return open_home(tmp_path_factory.mktemp("new") / "home", create=True, flags={"timezone": "UTC"}).path


@pytest.fixture
def home(tmp_path: Path, new_home: Path) -> Home:
    """A new home in UTC."""
    shutil.copytree(new_home, tmp_path / "home")
    return open_home(tmp_path / "home", create=True, flags={"timezone": "UTC"})


@pytest.fixture(scope="session", autouse=True)
def _place_of_lives(tmp_path_factory: pytest.TempPathFactory) -> None:
    LIVES.place = tmp_path_factory.mktemp("lives")


@pytest.fixture(scope="session")
def empty_tables() -> Path:
    """A directory with every table, all empty."""
    return LIVES.empty_tables()


@pytest.fixture
def store(home: Home) -> Store:
    """The empty tables of `home`."""
    return LIVES.begin(home)
