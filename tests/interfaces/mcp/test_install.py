"""Clients are told of the server in their own files, of which nothing else changes."""

import json
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.main import main
from rem_dagster.interfaces.mcp.json_edit import put, take_out
from rem_dagster.settings import Home

Rem = Callable[..., int]
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)
OBJECTS = st.dictionaries(st.sampled_from(["mcpServers", "a", 'q"', "é", ""]), VALUES, max_size=4)
SERVER = {"command": "x", "args": ["1"]}


@pytest.fixture
def me(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's own folder, in which a project lies."""
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    place = tmp_path / "me"
    (place / "project").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.chdir(place / "project")
    return place


@pytest.fixture
def rem(home: Home) -> Rem:
    """Types a command line at a home."""
    return lambda *words: main(["--home", str(home.path), "--user", "ann", *words])


@given(OBJECTS, st.sampled_from([None, 2, 4, "\t"]), VALUES)
def test_a_member_is_set_and_all_else_reads_the_same(
    held: dict[str, Any], indent: int | str | None, value: object
) -> None:
    text = json.dumps(held, indent=indent)
    servers = held.get("mcpServers", {})
    if not isinstance(servers, dict):
        with pytest.raises(InputError, match="is no JSON object"):
            put(text, ("mcpServers", "rem"), value)
        return
    changed = put(text, ("mcpServers", "rem"), value)
    assert json.loads(changed) == {**held, "mcpServers": {**servers, "rem": value}}
    assert json.loads(put(changed, ("mcpServers", "rem"), value)) == json.loads(changed)


@given(OBJECTS, st.sampled_from([None, 2, "\t"]))
def test_what_was_set_is_taken_out_again_and_the_text_is_as_it_was(
    held: dict[str, Any], indent: int | str | None
) -> None:
    held = {**held, "mcpServers": {"other": {"command": "y"}}}
    text = json.dumps(held, indent=indent)
    assert take_out(put(text, ("mcpServers", "rem"), SERVER), ("mcpServers", "rem")) == text
    assert take_out(text, ("nothing", "rem")) == text


def test_the_first_of_several_and_the_only_one_are_taken_out() -> None:
    assert json.loads(take_out('{"a": {"rem": 1, "b": 2}}', ("a", "rem"))) == {"a": {"b": 2}}
    assert json.loads(take_out('{"a": {"rem": 1}}', ("a", "rem"))) == {"a": {}}
    assert json.loads(put("", ("a", "b"), 1)) == {"a": {"b": 1}}
    assert json.loads(put('{"a": {}}', ("a", "b"), 1)) == {"a": {"b": 1}}


def test_claude_code_is_told_and_forgets(me: Path, rem: Rem, home: Home) -> None:
    path = me / ".claude.json"
    before = (
        '{\r\n    "numStartups": 3,\r\n  "mcpServers": {"other": {"command": "y"}},  "z": [1,2,   3]\r\n}'
    )
    path.write_bytes(before.encode())
    path.chmod(0o640)
    assert rem("mcp", "install", "claude") == 0
    entry = json.loads(path.read_text())["mcpServers"]["rem"]
    assert entry["type"] == "stdio"
    assert entry["args"][-5:] == ["--home", str(home.path), "--user", "ann", "mcp"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert (me / ".claude.json.rem-backup").read_bytes().decode() == before
    assert rem("mcp", "install", "claude") == 0
    assert rem("mcp", "uninstall", "claude") == 0
    assert path.read_bytes().decode() == before


def test_a_session_begins_with_the_last_days_beside_other_hooks(me: Path, rem: Rem) -> None:
    (me / ".claude").mkdir()
    path = me / ".claude/settings.json"
    other = {"hooks": [{"type": "command", "command": "echo hello"}]}
    path.write_text(json.dumps({"hooks": {"SessionStart": [other]}, "model": "x"}))
    assert rem("mcp", "install", "claude", "--session-start", "--max-tokens", "400") == 0
    assert rem("mcp", "install", "claude", "--session-start", "--max-tokens", "500") == 0
    held = json.loads(path.read_text())
    assert held["model"] == "x"
    kept, ours = held["hooks"]["SessionStart"]
    assert kept == other
    assert shlex.split(ours["hooks"][0]["command"])[-4:] == ["mcp", "context", "--max-tokens", "500"]
    assert rem("mcp", "uninstall", "claude") == 0
    assert json.loads(path.read_text()) == {"hooks": {"SessionStart": [other]}, "model": "x"}


def test_codex_is_told_in_its_toml_and_forgets(me: Path, rem: Rem) -> None:
    path = me / ".codex/config.toml"
    path.parent.mkdir()
    before = '# mine\nmodel = "o9"   # keep\n\n[mcp_servers.other]\ncommand = "y"\n\n[tui]\na=1\n'
    path.write_text(before)
    assert rem("mcp", "install", "codex") == 0
    held = tomllib.loads(path.read_text())
    assert held["mcp_servers"]["rem"]["args"][-1] == "mcp"
    assert held["tui"] == {"a": 1}
    once = path.read_text()
    assert rem("mcp", "install", "codex") == 0
    assert path.read_text() == once
    assert rem("mcp", "uninstall", "codex") == 0
    assert path.read_text() == before


def test_cursor_and_a_project_are_told_without_paths_of_the_machine(
    me: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_HOME", str(home.path))
    assert main(["mcp", "install", "cursor", "--scope", "project"]) == 0
    held = json.loads((me / "project/.cursor/mcp.json").read_text())
    assert held == {"mcpServers": {"rem": {"command": "rem", "args": ["mcp"]}}}
    assert main(["mcp", "install", "claude", "--scope", "project"]) == 0
    assert str(home.path) not in (me / "project/.mcp.json").read_text()


def test_a_dry_run_shows_the_change_and_writes_nothing(
    me: Path, rem: Rem, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rem("mcp", "install", "claude", "--session-start", "--dry-run") == 0
    told = capsys.readouterr()
    assert "+" in told.out
    assert '"rem"' in told.out
    assert "Nothing was written" in told.err
    assert not (me / ".claude.json").exists()


def test_a_file_that_is_not_understood_is_left_alone(
    me: Path, rem: Rem, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, client in ((me / ".claude.json", "claude"), (me / ".codex/config.toml", "codex")):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{ // mine\n")
        assert rem("mcp", "install", client) == 2
        assert "Nothing was changed" in capsys.readouterr().err
        assert path.read_text() == "{ // mine\n"
    assert rem("mcp", "install", "codex", "--session-start") == 2
    assert rem("mcp", "install", "vim") == 2
    assert rem("mcp", "install", "claude", "--scope", "galaxy") == 2


def test_a_link_to_the_file_stays_a_link(me: Path, rem: Rem) -> None:
    real = me / "dotfiles.json"
    real.write_text("{}")
    (me / ".claude.json").symlink_to(real)
    assert rem("mcp", "install", "claude") == 0
    assert (me / ".claude.json").is_symlink()
    assert "rem" in json.loads(real.read_text())["mcpServers"]


def test_folders_that_other_programs_were_given_are_used(
    me: Path, rem: Rem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEX_HOME", str(me / "elsewhere"))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(me / "claude"))
    assert rem("mcp", "install", "codex") == 0
    assert rem("mcp", "install", "claude") == 0
    assert (me / "elsewhere/config.toml").exists()
    assert (me / "claude/.claude.json").exists()
