"""Dreams that come so thick that old versions go within seconds disturb nobody who reads or writes."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import table_size, tables_held
from tests.activity import MONDAY, chat_day, contents, fill

pytestmark = pytest.mark.real
DREAMS = 30
BESIDE = """
import sys
from pathlib import Path
from rem_dagster import Memory
from tests.activity import chat_day, fill
home, role = Path(sys.argv[1]), sys.argv[2]
memory, rounds = Memory.open(home), 0
while rounds < 4 or not (home / "stop").exists():
    rounds += 1
    if role == "searches":
        memory.search("loader release")
        memory.search("slow build", table="messages")
        memory.store.read("edges")
    elif role == "queries":
        memory.query("SELECT count(*) FROM edges e JOIN moments m ON m.id IN (e.source_id, e.target_id)")
        memory.query("SELECT * FROM messages")
    else:
        fill(memory.home, memory.store, chat_day(500 + rounds))
print(rounds)
"""


@pytest.mark.timeout(600)
def test_searches_queries_and_imports_beside_thick_dreams_never_fail_and_the_disk_stays_small(
    home: Home, store: Store, tmp_path: Path
) -> None:
    activity = [item for day in range(DREAMS) for item in chat_day(day)]
    fill(home, store, activity)
    beside = {
        role: subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", BESIDE, str(home.path), role],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for role in ("searches", "queries", "imports")
    }
    ratios = []
    try:
        for number in range(DREAMS):
            day = (MONDAY + timedelta(days=number)).date()
            assert not dream(home, store, OfflineEngine(), DreamPlan(day, day)).failed
            sizes = [table_size(store, table) for table in tables_held(store)]
            ratios.append(sum(size.bytes_on_disk for size in sizes) / sum(size.live_bytes for size in sizes))
    finally:
        (home.path / "stop").touch()
        ends = {role: process.communicate(timeout=120) for role, process in beside.items()}
    assert {role: process.returncode for role, process in beside.items()} == dict.fromkeys(beside, 0), ends
    assert max(ratios) < 8  # imports come thick as well, and tidy up only when they end
    calm = Store(str(tmp_path / "calm"))
    calm.create()
    fill(home, calm, activity)
    dream(home, calm, OfflineEngine(), DreamPlan())
    last = (MONDAY + timedelta(days=DREAMS)).date().isoformat()
    for table in ("moments", "mentions", "summaries"):
        held = contents(store)[table]
        assert [row for row in held if str(row["partition_key"]) < last] == contents(calm)[table], table
