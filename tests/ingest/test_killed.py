"""An import that is killed by the machine, for real."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.store.database import Store
from tests.activity import contents
from tests.ingest.items import NINE, new_home

IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from rem_dagster.ingest import landing
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
landing.BATCH_ITEMS = 500
home = open_home(sys.argv[1])
source = make_source("jsonl", Path(sys.argv[2]))
import_source(home, Store(home.tables_uri), source, user_id="me", now=datetime.now(UTC))
"""


def start(home: Path, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", IMPORT, str(home), str(file)])


@pytest.mark.real
def test_after_kill_9_in_the_middle_the_next_import_ends_with_equal_tables(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    with file.open("w") as lines:
        for number in range(8_000):
            at = (NINE + timedelta(minutes=number)).isoformat()
            talk = {
                "t": "message",
                "session_id": f"s{number // 50}",
                "role": "user",
                "content": f"line {number}",
            }
            note = {
                "t": "resource",
                "name": "n",
                "category": "note",
                "content": f"# {number}\n" + "text " * 900,
            }
            each = note if number % 4 == 0 else talk
            lines.write(json.dumps({**each, "id": str(number), "created_at": at}) + "\n")
    expected_home, expected = new_home(tmp_path / "expected")
    assert start(expected_home.path, file).wait() == 0
    killed_home, killed = new_home(tmp_path / "killed")
    process = start(killed_home.path, file)
    while killed.count("messages") < 2_000:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert 2_000 <= killed.count("messages") < 6_000
    assert start(killed_home.path, file).wait() == 0
    assert contents(Store(killed.uri)) == contents(expected)
