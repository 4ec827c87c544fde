"""A disk that fills up while a home is written to."""

import random
import subprocess
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.errors import DiskFullError
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, contents, fill, note

pytestmark = pytest.mark.real


def mount(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    place = tmp_path / "small"
    place.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)):
        pytest.skip("making a small file system needs the right to mount a tmpfs")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_nothing_stored_is_lost_and_a_rerun_completes(small_disk: Path) -> None:
    home = open_home(small_disk / "home", create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    pick = random.Random(3)
    long = ["".join(pick.choices("abcdefgh ijklmno", k=200_000)) for _ in range(40)]
    notes = [note(n, MONDAY + timedelta(hours=n), f"I wrote this. {text}") for n, text in enumerate(long)]
    before = store.count("resources")
    with pytest.raises(DiskFullError, match=r"No room left.*everything stored before is intact"):
        deque((fill(home, store, [each]) for each in notes), maxlen=0)
    stored = len({row["native_id"] for row in contents(store)["resources"]})
    assert before < stored < 40
    held = {row["native_id"] for row in contents(store)["resources"]}
    assert held == {f"note-{number}" for number in range(stored)}

    with pytest.raises(DiskFullError):
        dream(home, store, OfflineEngine(), DreamPlan())

    assert mount("-o", "remount,size=200m", str(small_disk))
    fill(
        home, store, [note(n, MONDAY + timedelta(hours=n), f"I wrote this. {long[n]}") for n in range(stored)]
    )
    report = dream(home, store, OfflineEngine(), DreamPlan())
    assert report.failed == []
    assert {row["status"] for row in contents(store)["dreams"]} == {"complete"}
    assert contents(store)["docs"]
