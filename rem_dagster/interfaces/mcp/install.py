"""How is a client told of the server, and how is that taken back?

Only our own entry is touched. What a file was before a change lies beside it.
"""

import difflib
import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rem_dagster.errors import InputError
from rem_dagster.interfaces.mcp.clients import SERVER, Client, Scope
from rem_dagster.interfaces.mcp.json_edit import parsed, put, take_out

BACKUP = ".rem-backup"
HOOKS = ("hooks", "SessionStart")
MATCHER = "startup|clear|compact"
"""When a session begins anew; one that is resumed was told before."""
HOOK_SECONDS = 15
_OURS = re.compile(r"\brem\b.*\bmcp context\b|\brem_dagster\S* .*\bmcp context\b")


@dataclass(frozen=True)
class Change:
    """What becomes of one file."""

    path: Path
    before: str | None
    """None where there is no file."""
    after: str
    what: str

    @property
    def is_needed(self) -> bool:
        """Whether anything changes."""
        return (self.before or "") != self.after

    @property
    def backup(self) -> Path | None:
        """Where the file as it was is kept; None where there was none."""
        return self.path.with_name(self.path.name + BACKUP) if self.before is not None else None

    def diff(self) -> str:
        """The change as a patch."""
        before, after = ((each or "").splitlines() for each in (self.before, self.after))
        return "\n".join(difflib.unified_diff(before, after, str(self.path), str(self.path), "", "", 1, ""))


def own_command() -> list[str]:
    """How this program is started, whatever the folder and the environment."""
    started = Path(sys.argv[0])
    if started.stem == SERVER and started.is_file():
        return [str(started.absolute())]
    found = shutil.which(SERVER)
    return [found] if found else [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]


def install(
    client: Client, scope: Scope, project: Path, command: Sequence[str], *, context_tokens: int | None = None
) -> list[Change]:
    """What is to be written so that a client starts the server; nothing is written yet.

    Args:
        command: a command line of rem without the command's own name.
        context_tokens: tell a session that begins of the last days, in so many tokens; None does not.

    Raises:
        InputError: a file cannot be read, or the client runs nothing when a session begins.
    """
    path = client.file(scope, project)
    before = _read(path)
    entry = {"command": command[0], "args": [*command[1:], "mcp"]}
    changes = [Change(path, before, _with_server(client, path, before or "", entry), "the server")]
    if context_tokens is not None:
        if not client.can_start_sessions:
            raise InputError(f"{client.title} runs nothing when a session begins. Nothing was changed.")
        changes.append(_hook(client.hooks_file(scope, project), [*command], context_tokens))
    return changes


def uninstall(client: Client, scope: Scope, project: Path) -> list[Change]:
    """What is to be written so that a client forgets the server; nothing is written yet.

    Raises:
        InputError: a file cannot be read.
    """
    path = client.file(scope, project)
    before = _read(path)
    changes = []
    if before is not None:
        changes.append(Change(path, before, _without_server(client, path, before), "the server"))
    if client.can_start_sessions:
        hooks = client.hooks_file(scope, project)
        held = _read(hooks)
        if held is not None:
            changes.append(Change(hooks, held, _without_hook(hooks, held), "what a session begins with"))
    return changes


def write(change: Change) -> None:
    """Write a file whole or not at all, with the rights that it had, and keep what it was.

    Raises:
        InputError: it cannot be written.
    """
    path = change.path.resolve()  # a link stays a link
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        if change.before is not None and change.backup is not None:
            _write(change.backup, change.before, mode)
        _write(path, change.after, mode)
    except OSError as error:
        raise InputError(f"Could not write {change.path}: {error.strerror}. It is as it was.") from error


def _write(path: Path, text: str, mode: int) -> None:
    temporary = path.with_name(f".{path.name}.rem-{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"Could not read {path}: {error}. Nothing was changed.") from error


def _with_server(client: Client, path: Path, text: str, entry: dict[str, Any]) -> str:
    if path.suffix == ".toml":
        return _toml(path, text, entry)
    held = parsed(text, str(path)).get("mcpServers") or {}
    if client.name == "claude":
        entry = {"type": "stdio", **entry, "env": {}}
    if isinstance(held, dict) and held.get(SERVER) == entry:
        return text
    return put(text, ("mcpServers", SERVER), entry)


def _without_server(client: Client, path: Path, text: str) -> str:
    if path.suffix == ".toml":
        return _toml(path, text, None)
    parsed(text, str(path))
    return take_out(text, ("mcpServers", SERVER)) if text.strip() else text


def _toml(path: Path, text: str, entry: dict[str, Any] | None) -> str:
    """The TOML with our table, or without it."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        held = tomlkit.parse(text)
    except TOMLKitError as error:
        raise InputError(
            f"{path} is no TOML: {error}. Nothing was changed. Mend it, or add the server by hand."
        ) from error
    servers = held.get("mcp_servers")
    if entry is None:
        if servers is not None:
            servers.pop(SERVER, None)
        return tomlkit.dumps(held) if servers is not None else text
    if servers is not None and servers.get(SERVER) == entry:
        return text
    if servers is None:
        servers = tomlkit.table(is_super_table=True)
        held["mcp_servers"] = servers
    table = tomlkit.table()
    table.update(entry)
    table.add(tomlkit.nl())
    servers[SERVER] = table
    return tomlkit.dumps(held)


def _hook(path: Path, command: Sequence[str], tokens: int) -> Change:
    before = _read(path)
    line = shlex.join([*command, "mcp", "context", "--max-tokens", str(tokens)])
    wanted = {
        "matcher": MATCHER,
        "hooks": [{"type": "command", "command": line, "timeout": HOOK_SECONDS}],
    }
    held = _groups(path, before or "")
    if wanted in held:
        return Change(path, before, before or "", "what a session begins with")
    groups = [*_not_ours(held), wanted]
    return Change(path, before, put(before or "", HOOKS, groups), "what a session begins with")


def _without_hook(path: Path, text: str) -> str:
    held = _groups(path, text)
    kept = _not_ours(held)
    if kept == held:
        return text
    return put(text, HOOKS, kept) if kept else take_out(text, HOOKS)


def _groups(path: Path, text: str) -> list[Any]:
    hooks = parsed(text, str(path)).get("hooks") or {}
    held = hooks.get("SessionStart") if isinstance(hooks, dict) else None
    if held is not None and not isinstance(held, list):
        raise InputError(f"hooks.SessionStart in {path} is no list. Nothing was changed.")
    return held or []


def _not_ours(groups: Sequence[Any]) -> list[Any]:
    """The groups without our command; one that held nothing else goes."""
    kept: list[Any] = []
    for group in groups:
        hooks = group.get("hooks") if isinstance(group, dict) else None
        if not isinstance(hooks, list):
            kept.append(group)
            continue
        rest = [each for each in hooks if not _is_ours(each)]
        if rest or not hooks:
            kept.append(group if rest == hooks else {**group, "hooks": rest})
    return kept


def _is_ours(hook: object) -> bool:
    return isinstance(hook, dict) and bool(_OURS.search(str(hook.get("command", ""))))
