"""Every reader of other programs' files, for minutes, on files with random harm done to them.

`REM_FUZZ_SECONDS` (300) is how long each is tried, `REM_FUZZ_SEED` (the day's number) where chance begins.
"""

import os
import subprocess
import sys
import time

import pytest

from tests.soak.fuzzing import KINDS

SECONDS = float(os.environ.get("REM_FUZZ_SECONDS", "300"))
SEED = os.environ.get("REM_FUZZ_SEED", str(int(time.time()) // 86_400))
pytestmark = [pytest.mark.soak, pytest.mark.timeout(SECONDS + 120)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_harm_to_a_file_is_more_than_a_problem_told(kind: str) -> None:
    command = [sys.executable, "-m", "tests.soak.fuzzing", kind, str(SECONDS), SEED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS + 100)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
