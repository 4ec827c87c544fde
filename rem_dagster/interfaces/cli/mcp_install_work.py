"""What does `rem mcp install` write, and what does it say of it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.failure import DONE
from rem_dagster.interfaces.cli.mcp_work import memory_of
from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.output import note, show, show_json, show_raw
from rem_dagster.interfaces.mcp.clients import Client, Scope, client_named
from rem_dagster.interfaces.mcp.install import Change, install, own_command, uninstall, write


@dataclass(frozen=True)
class Asked:
    """What was named on the command line."""

    client: str
    scope: str
    dry_run: bool
    as_json: bool

    @property
    def place(self) -> Scope:
        """The scope.

        Raises:
            InputError: there is none of that name.
        """
        if self.scope not in ("user", "project"):
            raise InputError(f"There is no scope {self.scope!r}: give user or project. Nothing was changed.")
        return cast("Scope", self.scope)


def install_asked(given: Given, asked: Asked, *, context_tokens: int | None) -> int:
    """Tell a client of the server; the exit code."""
    client, scope = client_named(asked.client), asked.place
    command = _command(given, scope)
    changes = install(client, scope, Path.cwd(), command, context_tokens=context_tokens)
    _make(changes, asked)
    if not asked.dry_run:
        undo = f"rem mcp uninstall {client.name}" + (" --scope project" if scope == "project" else "")
        note(f"Start {client.title} anew to use it. To undo: {undo}")
    return DONE


def uninstall_asked(asked: Asked) -> int:
    """Let a client forget the server; the exit code."""
    client: Client = client_named(asked.client)
    changes = uninstall(client, asked.place, Path.cwd())
    if not any(each.is_needed for each in changes):
        note(f"{client.title} is not told of rem there. Nothing was changed.")
    _make([each for each in changes if each.is_needed], asked)
    return DONE


def _command(given: Given, scope: Scope) -> list[str]:
    """How the client starts rem: in a file that others share, without paths of this machine."""
    memory = memory_of(given)
    whose = ["--user", str(memory.user_id)]
    if scope == "user":
        return [*own_command(), "--home", str(memory.home.path), *whose]
    home = ["--home", str(memory.home.path)] if given.home else []
    return ["rem", *home, *(whose if given.user else [])]


def _make(changes: Sequence[Change], asked: Asked) -> None:
    """Write what changes, or show it."""
    needed = [each for each in changes if each.is_needed]
    if not asked.dry_run:
        for change in needed:
            write(change)
    if asked.as_json:
        show_json([_as_json(each, asked) for each in changes])
        return
    for change in changes:
        if not change.is_needed:
            show(f"As it is: {change.path} ({change.what})")
        elif asked.dry_run:
            show_raw(change.diff())
        else:
            kept = f"; as it was: {change.backup}" if change.backup else ""
            show(f"Written: {change.path} ({change.what}){kept}")
    if asked.dry_run:
        note("Nothing was written.")


def _as_json(change: Change, asked: Asked) -> dict[str, object]:
    is_written = change.is_needed and not asked.dry_run
    return {
        "file": str(change.path),
        "what": change.what,
        "changed": change.is_needed,
        "written": is_written,
        "backup": str(change.backup) if is_written and change.backup else None,
    }
