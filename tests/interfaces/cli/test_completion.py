"""What a shell offers while somebody types: asked of bash as bash asks, with its own script."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rem_dagster.interfaces.cli.main import main
from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem

BIN = Path(sys.executable).parent
TAB = """
source <(rem completion bash)
COMP_WORDS=({words}); COMP_CWORD={last}
_rem_completion rem
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def offered(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str) -> list[str]:
    """What is offered for the last word of a line, as the script asks for it."""
    words = line.split(" ")
    monkeypatch.setenv("_REM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    with pytest.raises(SystemExit):
        main([])
    return capsys.readouterr().out.split()


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("rem se", ["search"]),
        ("rem graph t", ["traverse", "topics"]),
        ("rem show --e", ["--evidence"]),
        ("rem show 2025", ["2025-10-08", "2025-10-07", "2025-10-06"]),
        ("rem show ye", ["yesterday"]),
        ("rem week 2025-10-0", ["2025-10-08", "2025-10-07", "2025-10-06"]),
        ("rem dream --start 2025-10-06 --end 2025-10-07", ["2025-10-07"]),
        ("rem --user in", ["ines"]),
        ("rem status --us", []),
        ("rem search loader --schema me", ["messages"]),
        ("rem graph traverse --start-entity Pri", ["Priya"]),
        ("rem graph traverse --start-entity pri", ["priya"]),
        ("rem show --user nobody 2025", []),
        ("rem --user nobody graph traverse --start-entity Pri", []),
        ("rem graph traverse --edge-type rel", ["related_to"]),
        ("rem dream --moment-types learning,pl", ["learning,planning"]),
        ("rem insights m", ["mood"]),
        ("rem import git", ["git"]),
        ("rem import /tm", []),
        ("rem completion z", ["zsh"]),
    ],
)
def test_commands_options_and_values_are_completed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lived: Home,
    line: str,
    some: list[str],
) -> None:
    monkeypatch.setenv("REM_HOME", str(lived.path))
    assert offered(monkeypatch, capsys, line) == some


def test_a_home_that_is_named_is_the_one_that_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lived: Home, tmp_path: Path
) -> None:
    monkeypatch.setenv("REM_HOME", str(tmp_path / "none"))
    assert offered(monkeypatch, capsys, "rem show 2025") == []
    assert "2025-10-08" in offered(monkeypatch, capsys, f"rem --home {lived.path} show 2025")
    assert "2025-10-08" in offered(monkeypatch, capsys, f"rem show --home {lived.path} 2025")


@pytest.mark.runs
def test_bash_itself_completes(lived: Home) -> None:
    bash = shutil.which("bash")
    if bash is None or not (BIN / "rem").exists():
        pytest.skip("there is no bash, or rem is not installed as a command")
    environment = {**os.environ, "REM_HOME": str(lived.path), "PATH": f"{BIN}:{os.environ['PATH']}"}
    for line, some in (("rem sea", "search"), ("rem show 2025-10-0", "2025-10-08\n2025-10-07\n2025-10-06")):
        words = line.split(" ")
        done = subprocess.run(
            [bash, "--norc", "-c", TAB.format(words=line, last=len(words) - 1)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.stdout.strip(), done.stderr) == (some, "")


@pytest.mark.parametrize(
    ("shell", "said"),
    [("bash", "complete -o default"), ("zsh", "#compdef rem"), ("fish", "complete --command rem")],
)
def test_the_script_of_each_shell_is_printed_alone(rem: Rem, shell: str, said: str) -> None:
    done = rem("completion", shell)
    assert (done.code, done.err) == (0, "")
    assert said in done.out


def test_installing_says_where(rem: Rem, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    done = rem("completion", "bash", "--install")
    assert done.code == 0
    assert str(tmp_path) in done.out
    assert "rem.sh" in (tmp_path / ".bashrc").read_text()


def test_a_shell_that_is_not_known_is_told_of_the_near_one(rem: Rem) -> None:
    done = rem("completion", "bahs")
    assert done.code == 2
    assert "Did you mean 'bash'?" in done.err
