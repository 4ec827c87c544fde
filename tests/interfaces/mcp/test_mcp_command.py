"""What `rem mcp token` and `rem mcp context` print."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rem_dagster.interfaces.cli.main import main
from rem_dagster.interfaces.mcp.labelled import NOTICE
from rem_dagster.interfaces.mcp.served import Served
from rem_dagster.interfaces.mcp.threads import context_text
from rem_dagster.llm.tokens import tokens_of
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY
from tests.interfaces.mcp.conftest import USER


def test_a_token_is_made_once_kept_private_and_made_anew_on_request(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--home", str(home.path), "mcp", "token"]
    assert main(words) == 0
    first = capsys.readouterr().out.strip()
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"token": first}
    assert (home.path / "mcp-token").stat().st_mode & 0o777 == 0o600
    assert main([*words, "--new"]) == 0
    assert capsys.readouterr().out.strip() != first
    (home.path / "mcp-token").write_text("short\n")
    assert main(words) == 1
    assert "--new" in capsys.readouterr().err


@pytest.mark.parametrize("most", [400, 800])
def test_a_session_is_told_of_the_last_days_within_its_tokens(read_home: Home, most: int) -> None:
    served = Served(Memory(read_home, USER), now=lambda: MONDAY.replace(day=9))
    text = context_text(served, max_tokens=most)
    assert "rem://day/2025-10-08" in text
    assert NOTICE in text
    assert tokens_of(text) <= most


def test_where_nothing_was_dreamt_a_session_is_told_nothing(
    home: Home, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(home.path), "mcp", "context"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert f"rem --home {home.path} dream" in told.err


def test_help_and_look_ups_import_no_server(home: Home) -> None:
    code = (
        "import sys; from rem_dagster.interfaces.cli.main import main; main(sys.argv[1:]); "
        "assert not {'mcp', 'starlette', 'lancedb', 'uvicorn'} & set(sys.modules), sys.modules.keys()"
    )
    for words in (["mcp", "--help"], ["mcp", "install", "--help"], ["--help"]):
        subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True)


def test_a_home_that_is_not_there_is_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path / "no"), "mcp", "context"]) == 1
    assert "There is no home" in capsys.readouterr().err
