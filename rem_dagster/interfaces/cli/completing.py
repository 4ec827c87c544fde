"""Which words may stand where the shell asks, while somebody types?

A home that is not there, or cannot be read, completes nothing: a shell has no place for a message.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import typer

from rem_dagster.errors import RemError

if TYPE_CHECKING:
    from rem_dagster.settings import Home
    from rem_dagster.store.database import Store

Complete: TypeAlias = Callable[[typer.Context, str], list[str]]
MOST_OFFERED = 40
LATEST_DAYS = 14
TIMES = ("today", "yesterday", "week", "month", "last week", "last month", "this week")


def words(*known: str) -> Complete:
    """A completion by some words that are always the same."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        return _beginning(known, incomplete)

    return complete


def times(ctx: typer.Context, incomplete: str) -> list[str]:
    """Words for times, and the latest days that were dreamt."""
    named = [each for each in TIMES if " " not in each]
    held = _from_home(ctx, lambda home, store: _own(ctx, home, store, "dreams", "partition_key"))
    return _beginning([*named, *sorted(set(held), reverse=True)[:LATEST_DAYS]], incomplete)


def users(ctx: typer.Context, incomplete: str) -> list[str]:
    """Everybody of whom something is stored."""
    return _beginning(_from_home(ctx, _users), incomplete)


def moment_types(ctx: typer.Context, incomplete: str) -> list[str]:
    """The types that a moment may have; behind a comma the next one."""
    from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES

    own = _from_home(ctx, lambda home, _: [*home.file.moment_types])
    before, comma, last = incomplete.rpartition(",")
    found = _beginning([*BUILT_IN_MOMENT_TYPES, *own], last)
    return [f"{before}{comma}{each}" for each in found]


def own_types(ctx: typer.Context, incomplete: str) -> list[str]:
    """The types that can be taken away again."""
    return _beginning(_from_home(ctx, lambda home, _: [*home.file.moment_types]), incomplete)


def edge_types(ctx: typer.Context, incomplete: str) -> list[str]:
    """The types of edges that can be followed."""
    from typing import get_args

    from rem_dagster.model.words import EdgeType

    known = [each for each in get_args(EdgeType) if not each.endswith("same_as")]
    return _beginning(known, incomplete)


def kinds(ctx: typer.Context, incomplete: str) -> list[str]:
    """The kinds of sources; where none begins so, the shell completes a path."""
    from rem_dagster.sources.kinds import kinds as all_kinds

    return _beginning([each.name for each in all_kinds()], incomplete) if incomplete else []


def entities(ctx: typer.Context, incomplete: str) -> list[str]:
    """What was named, the most frequent first; it goes on from what is typed, as any spelling is found."""
    held = Counter(_from_home(ctx, lambda home, store: _own(ctx, home, store, "mentions", "name")))
    oftenest = sorted(held.items(), key=lambda each: (-each[1], each[0]))
    named = ["-".join(name.split()) for name, _ in oftenest]
    return [incomplete + each[len(incomplete) :] for each in _beginning(named, incomplete)]


def _beginning(known: Iterable[str], incomplete: str) -> list[str]:
    begun = incomplete.casefold()
    return [each for each in dict.fromkeys(known) if each.casefold().startswith(begun)][:MOST_OFFERED]


def _from_home(ctx: typer.Context, read: Callable[["Home", "Store"], Sequence[str]]) -> Sequence[str]:
    from rem_dagster.settings import open_home
    from rem_dagster.store.database import Store

    named = _named(ctx, "home")
    try:
        home = open_home(Path(named) if named else None)
        return read(home, Store(home.tables_uri, home.settings.storage_options))
    except RemError:
        return ()


def _users(home: "Home", store: "Store") -> list[str]:
    tables = (store.read(name, ["user_id"])["user_id"] for name in ("sessions", "resources", "dreams"))
    return sorted({user for column in tables for user in column.unique().to_pylist()})


def _own(ctx: typer.Context, home: "Home", store: "Store", table: str, column: str) -> list[str]:
    """A column of the user who is named, or of the home's; of everybody where that one has nothing."""
    from rem_dagster.store.filters import equals

    named = _named(ctx, "user")
    found = store.read(table, [column], equals("user_id", named or home.settings.user))[column]
    held: list[str] = (found if named or len(found) else store.read(table, [column])[column]).to_pylist()
    return held


def _named(ctx: typer.Context, option: str) -> str | None:
    """What an option of the command, or of `rem` itself, was given."""
    found = ctx.params.get(option) or ctx.find_root().params.get(option)
    return str(found) if found else None
