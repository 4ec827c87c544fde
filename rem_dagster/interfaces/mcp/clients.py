"""Which clients can be told of the server, and where does each keep its configuration?

claude   ~/.claude.json        .mcp.json             mcpServers.rem     Claude Code
cursor   ~/.cursor/mcp.json    .cursor/mcp.json      mcpServers.rem     Cursor
codex    ~/.codex/config.toml  .codex/config.toml    [mcp_servers.rem]  Codex
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rem_dagster.errors import InputError
from rem_dagster.settings import folder_in

Scope = Literal["user", "project"]
SERVER = "rem"


@dataclass(frozen=True)
class Client:
    """A program whose agent uses servers."""

    name: str
    title: str
    project_file: str
    can_start_sessions: bool = False
    """Whether it runs a command when a session begins, and tells its agent what that prints."""

    def file(self, scope: Scope, project: Path) -> Path:
        """The file that names its servers."""
        return project / self.project_file if scope == "project" else _USER_FILES[self.name]()

    def hooks_file(self, scope: Scope, project: Path) -> Path:
        """The file that names what it runs when a session begins."""
        return (project / ".claude" if scope == "project" else _claude_folder()) / "settings.json"


CLIENTS: Mapping[str, Client] = {
    each.name: each
    for each in (
        Client("claude", "Claude Code", ".mcp.json", can_start_sessions=True),
        Client("codex", "Codex", ".codex/config.toml"),
        Client("cursor", "Cursor", ".cursor/mcp.json"),
    )
}


def client_named(name: str) -> Client:
    """A client by its name.

    Raises:
        InputError: there is none of that name.
    """
    found = CLIENTS.get(name.lower())
    if found is None:
        raise InputError(
            f"There is no client {name!r}. Give one of {', '.join(CLIENTS)}. Nothing was changed."
        )
    return found


def _claude_folder() -> Path:
    return folder_in("CLAUDE_CONFIG_DIR") or Path.home() / ".claude"


def _claude_file() -> Path:
    return (folder_in("CLAUDE_CONFIG_DIR") or Path.home()) / ".claude.json"


_USER_FILES: Mapping[str, Callable[[], Path]] = {
    "claude": _claude_file,
    "codex": lambda: (folder_in("CODEX_HOME") or Path.home() / ".codex") / "config.toml",
    "cursor": lambda: Path.home() / ".cursor" / "mcp.json",
}
