"""An import of recordings that is killed, and what the next one pays for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import entries
from rem_dagster.settings import open_home
from tests.llm.transcription_server import TranscriptionEndpoint, serve_transcriptions
from tests.sources.test_audio import put, wav

pytestmark = pytest.mark.real
FILES = 4


def test_an_import_that_is_killed_pays_nothing_twice(tmp_path: Path) -> None:
    for number in range(FILES):
        put(tmp_path, f"memos/2025-04-1{number} 10.00.00.wav", wav(1 + number))
    endpoint = TranscriptionEndpoint()
    endpoint.faults.extend([None, None, "hang"])
    with serve_transcriptions(endpoint):
        command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "--home", str(tmp_path / "home")]
        command += ["--timezone", "UTC", "import", "audio", str(tmp_path / "memos")]
        told = {
            "REM_TRANSCRIPTION_MODEL": "hear-1",
            "REM_TRANSCRIPTION_BASE_URL": endpoint.url,
            "REM_TRANSCRIPTION_PRICE_PER_MINUTE": "0.006",
        }
        environment = {**os.environ, **told}
        first = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while len(endpoint.asked) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert len(endpoint.sounds) == 2
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert len(endpoint.sounds) == FILES
    home = open_home(tmp_path / "home")
    assert len(entries(answers_of(home))) == FILES
