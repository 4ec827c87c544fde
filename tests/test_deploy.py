"""What cron and systemd are given: that it is well-formed, and when it fires."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service")) + sorted(
    path.name for path in DEPLOY.glob("*.timer")
)
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze (Debian: systemd)")


def analyze(*arguments: str) -> str:
    done = subprocess.run(
        [str(ANALYZE), *arguments],
        capture_output=True,
        text=True,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        text = (DEPLOY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/usr/local/bin/rem ", f"{sys.executable} "), "utf-8")
    said = analyze("verify", "--man=no", *(str(tmp_path / name) for name in UNITS))
    assert [line for line in said.splitlines() if "rem-dreaming" in line] == []


@needs_systemd
@pytest.mark.parametrize(
    ("timer", "fires"),
    [
        ("rem-dreaming.timer", ["Sat 2026-01-03 03:00:00", "Sun 2026-01-04 03:00:00"]),
        ("rem-dreaming-weekly.timer", ["Sun 2026-01-04 02:00:00", "Sun 2026-01-11 02:00:00"]),
    ],
)
def test_timers_fire_once_a_night_and_once_a_week(timer: str, fires: list[str]) -> None:
    lines = re.findall(r"^OnCalendar=(.*)$", (DEPLOY / timer).read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == 1
    said = analyze("calendar", "--base-time=2026-01-02 12:00:00", "--iterations=2", lines[0])
    found = re.findall(r"(?:Next elapse|Iter\. #2): (\w{3} [\d-]+ [\d:]+)", said)
    assert found == fires


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".timer")])
def test_a_missed_night_is_made_up_for_and_each_timer_has_its_service(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert "Persistent=true" in text
    assert name.replace(".timer", ".service") in UNITS


def test_the_crontab_holds_commands_that_exist_and_hours_of_the_night() -> None:
    from typer.testing import CliRunner

    from rem_dagster.interfaces.cli.main import app

    jobs = [
        line
        for line in (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#") and "=" not in line
    ]
    assert [line.split()[:5] for line in jobs] == [
        ["0", "3", "*", "*", "*"],
        ["0", "2", "*", "*", "0"],
        ["0", "4", "*", "*", "*"],
    ]
    for line in jobs:
        words = line.split()[5:]
        assert words[0] == "rem"
        done = CliRunner().invoke(app, [words[1], "--help"])
        assert done.exit_code == 0
        assert all(word in done.output for word in words[2:] if word.startswith("--"))
