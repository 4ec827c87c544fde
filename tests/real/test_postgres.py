"""`rem dream` with Dagster's history in Postgres, which is restarted while it works."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill
from tests.services import postgres_server

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
DAYS = 70
RECORDED = """
SELECT count(DISTINCT partition) FROM event_logs
WHERE dagster_event_type = 'ASSET_MATERIALIZATION' AND asset_key = '["moments"]'
"""


def started(home: Path, url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "dream", "--home", str(home)]
    return subprocess.Popen(
        command,
        env={**os.environ, "REM_POSTGRES_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def test_a_restart_in_the_middle_of_a_dream_costs_at_most_another_dream(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [item for day in range(DAYS) for item in chat_day(day, turns=40)])
    with postgres_server() as postgres:
        url = postgres.new_database()
        process = started(home.path, url)
        while process.poll() is None and not read_ledger(store):
            time.sleep(0.05)
        assert process.poll() is None
        postgres.restart()
        _, errors = process.communicate(timeout=300)
        print(process.returncode, errors.decode()[-1500:])  # noqa: T201  # pytest shows it where it failed
        whole = {row.partition_key for row in read_ledger(store) if row.status == "complete"}
        again = started(home.path, url)
        _, errors = again.communicate(timeout=300)
        assert again.returncode == 0, errors.decode()
        rows = read_ledger(store)
        assert {row.status for row in rows} == {"complete"}
        assert len(rows) == DAYS
        if process.returncode == 0:
            assert len(whole) == DAYS
        [(recorded,)] = postgres.run_sql(RECORDED, database=url.rpartition("/")[2])
        assert recorded == DAYS
