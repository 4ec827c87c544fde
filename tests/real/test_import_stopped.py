"""`rem import` stopped by Ctrl-C and killed, and the same command again: equal tables in the end."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import contents
from tests.ingest.items import NINE

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]
LINES, A_BATCH = 45_000, 20_000


def lines() -> str:
    made = []
    for number in range(LINES):
        at = (NINE + timedelta(minutes=number)).isoformat()
        line = {"t": "message", "id": number, "session_id": number // 50, "role": "user", "created_at": at}
        made.append(json.dumps({**line, "content": f"line {number}"}))
    return "\n".join(made)


def started(home: Path, file: Path) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "rem_dagster.interfaces.cli.main",
        "--home",
        str(home),
        "import",
        str(file),
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def stop_after(process: "subprocess.Popen[str]", store: Store, messages: int, sign: signal.Signals) -> str:
    """Send a signal once so many messages are stored; what was said on stderr."""
    while store.count("messages") < messages:
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, sign)
    return process.communicate(timeout=120)[1]


def test_stopped_and_killed_and_again_gives_equal_tables(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(lines())
    homes = []
    for name in ("calm", "stopped"):
        homes.append(open_home(tmp_path / name, create=True, flags={"timezone": "UTC"}))
        Store(homes[-1].tables_uri).create()
    calm, stopped = (Store(home.tables_uri) for home in homes)
    assert started(homes[0].path, file).wait(300) == 0

    process = started(homes[1].path, file)
    said = stop_after(process, stopped, A_BATCH, signal.SIGINT)
    assert process.returncode == 130, said
    assert "messages more than before are stored. The same command again goes on from there" in said
    assert "Traceback" not in said

    process = started(homes[1].path, file)
    stop_after(process, stopped, 2 * A_BATCH, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL

    process = started(homes[1].path, file)
    out, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert f"Read {LINES:,} items" in out
    assert contents(stopped) == contents(calm)
