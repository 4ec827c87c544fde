"""The edge of the command line: help, imports, errors, exit codes, pipes."""

import importlib
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from rem_dagster.errors import RemError
from rem_dagster.interfaces.cli.failure import INTERRUPTED, Stopped, keeping
from rem_dagster.interfaces.cli.main import _cut_to, app
from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem

COMMANDS = [
    "demo",
    "init",
    "import",
    "sync",
    "dream",
    "show",
    "standup",
    "week",
    "fix",
    "diff",
    "search",
    "ask",
    "query",
    "insights",
    "embed",
    "forget",
    "status",
    "audit",
    "doctor",
    "up",
    "export markdown",
    "export ical",
    "export jsonl",
    "export parquet",
    "graph traverse",
    "graph export",
    "graph topics",
    "graph same",
    "graph not-same",
    "types list",
    "types add",
    "types remove",
    "config show",
]
HEAVY = {"dagster", "lancedb", "lance", "pandas", "openai", "pyarrow", "duckdb", "numpy"}
LOADED = """
import sys
from rem_dagster.interfaces.cli.main import main
main({words!r})
print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)
"""


def python(code: str, *, stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["dream", "--help"], ["demo", "--help"], ["drem"]]
)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    done = python(LOADED.format(words=words, heavy=HEAVY))
    assert done.stderr.strip().endswith("[]")


def test_help_is_there_at_once() -> None:
    def cpu_seconds() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    taken = []
    for _ in range(3):
        before = cpu_seconds()
        subprocess.run(
            [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "--help"],
            check=True,
            capture_output=True,
        )
        taken.append(cpu_seconds() - before)
    assert min(taken) < 0.5


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_has_an_example_and_fits(rem: Rem, command: str) -> None:
    shown = rem(*command.split(), "--help")
    assert shown.code == 0
    assert "Example" in shown.out
    assert f"\n    rem {command}" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_help_lists_every_command_with_a_whole_sentence(rem: Rem) -> None:
    shown = rem("--help").out
    for name in COMMANDS:
        assert f"\n  {name.split()[0]} " in shown
    assert "..." not in shown.partition("Commands:")[2]


def test_version_is_the_packages(rem: Rem) -> None:
    from rem_dagster import __version__

    assert rem("--version").out == f"rem {__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["drem"], "Did you mean 'dream'"),
        (["show", "--evidnce"], "--evidence"),
        (["search"], "What is to be looked for?"),
        (["search", "x", "--limit", "0"], "--limit"),
        (["dream", "--lookback-hours", "0"], "--lookback-hours"),
        (["dream", "--max-cost", "-1"], "--max-cost"),
        (["up", "--port", "70000"], "--port"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_where_help_is(rem: Rem, words: list[str], said: str) -> None:
    done = rem(*words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "--help` shows how it is used." in done.err


@pytest.mark.parametrize(
    "words", [["show"], ["search", "x"], ["query", "SELECT 1"], ["status"], ["dream"], ["up"]]
)
def test_without_a_home_a_command_fails_and_says_what_to_do(
    rem: Rem, tmp_path: Path, words: list[str]
) -> None:
    done = rem("--home", tmp_path / "none", *words)
    assert (done.code, done.out) == (1, "")
    assert "There is no home at" in done.err
    assert "rem import PATH" in done.err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("words", [["show"], ["search", "x"], ["query", "SELECT 1"], ["status"], ["dream"]])
def test_a_home_of_a_newer_version_is_left_alone(rem: Rem, home: Home, words: list[str]) -> None:
    path = home.path / "home.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 99'))
    before = path.read_text()
    done = rem("--home", home.path, *words)
    assert done.code == 1
    assert "made by a newer rem" in done.err
    assert "Nothing was changed" in done.err
    assert path.read_text() == before


def test_another_zone_than_the_homes_is_refused(rem: Rem, home: Home) -> None:
    done = rem("--home", home.path, "--timezone", "Asia/Tokyo", "status")
    assert done.code == 2
    assert "Nothing was changed" in done.err


def test_debug_shows_where_an_error_comes_from_and_may_stand_anywhere(rem: Rem, tmp_path: Path) -> None:
    words = ["--home", str(tmp_path / "none"), "show"]
    assert "Traceback" not in rem(*words).err
    for debugged in ([*words, "--debug"], ["--debug", *words]):
        done = rem(*debugged)
        assert done.code == 1
        assert "Traceback" in done.err
        assert "There is no home at" in done.err


def test_an_unforeseen_error_is_one_line_and_ends_with_1(
    rem: Rem, monkeypatch: pytest.MonkeyPatch, lived: Home
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(importlib.import_module("rem_dagster.recall.sql"), "query", broken)
    done = rem("--home", lived.path, "query", "SELECT 1")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "KeyError" in done.err
    assert "--debug" in done.err


def test_what_was_kept_is_said_when_interrupted() -> None:
    with (
        pytest.raises(Stopped, match=r"Stopped\. Finished days are kept\."),
        keeping("Finished days are kept."),
    ):
        raise KeyboardInterrupt


def test_an_interrupt_ends_with_130(rem: Rem, monkeypatch: pytest.MonkeyPatch, lived: Home) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("rem_dagster.recall.sql"), "query", interrupted)
    done = rem("--home", lived.path, "query", "SELECT 1")
    assert (done.code, done.err) == (INTERRUPTED, "Stopped. Nothing was changed.\n")


@pytest.mark.runs
def test_a_reader_that_goes_away_is_no_error(lived: Home) -> None:
    command = f"{sys.executable} -m rem_dagster.interfaces.cli.main --home {lived.path}"
    for words in ("show 2025-10-06", "query 'FROM range(200000)' --csv", "status --json"):
        done = subprocess.run(
            ["bash", "-c", f"{command} {words} | true; echo ${{PIPESTATUS[0]}}"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.stdout.strip(), done.stderr) == ("141", "")


def test_a_pipe_gets_no_colours_and_a_terminal_of_ascii_no_error(lived: Home) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "rem_dagster.interfaces.cli.main",
            "--home",
            str(lived.path),
            "show",
            "2025-10-06",
        ],
        capture_output=True,
        env={"PATH": "/usr/bin", "PYTHONIOENCODING": "ascii"},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout
    assert b"October 2025" in done.stdout


def test_rem_alone_greets(rem: Rem, lived: Home, tmp_path: Path) -> None:
    nobody = rem("--home", tmp_path / "none")
    assert nobody.code == 0
    assert "There is no home yet" in nobody.out
    somebody = rem("--home", lived.path)
    assert "on 3 days; 0 days to dream." in " ".join(somebody.out.split())


def test_every_error_of_ours_has_an_exit_code(rem: Rem) -> None:
    from rem_dagster import errors
    from rem_dagster.interfaces.cli.failure import exit_code_of

    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, RemError)]
    usage = {"InputError", "WindowError", "QueryError", "UnknownUserError", "SettingsError", "SchemaError"}
    usage |= {"UnknownCaseError", "UnknownNameError", "UnknownMomentError"}
    assert {each.__name__ for each in kinds if exit_code_of(each("x")) == 2} == usage


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["search", "Ana"], {"search"}),
        (["--home", "somewhere", "graph", "topics"], {"graph"}),
        (["--user", "show", "search", "Ana"], {"show", "search"}),
        (["search", "--user", "week", "Ana"], {"search", "week"}),
    ],
)
def test_only_commands_that_are_among_the_words_are_laid_out(words: list[str], kept: set[str]) -> None:
    cut = _cut_to(words)
    assert {each.name for each in (*cut.registered_commands, *cut.registered_groups)} == kept


@pytest.mark.parametrize("words", [[], ["--help"], ["serch", "show"], ["--user", "show"], ["-x", "serch"]])
def test_all_commands_are_laid_out_where_none_is_named_first(words: list[str]) -> None:
    assert _cut_to(words) is app


def test_a_mistyped_command_is_told_of_the_near_one_whatever_else_is_among_the_words(rem: Rem) -> None:
    assert "search" in rem("serch", "show").err
