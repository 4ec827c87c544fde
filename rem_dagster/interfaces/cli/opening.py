"""Which home, which tables and whose activity does a command work on?"""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rem_dagster.errors import HomeMissingError, UnknownUserError
from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.words import listed
from rem_dagster.model.near import meant
from rem_dagster.model.window import Calendar, calendar_of
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import RAW_TABLES

USERS_NAMED = 8


@dataclass(frozen=True)
class Opened:
    """A home as one command sees it."""

    home: Home
    store: Store
    now: datetime

    @property
    def calendar(self) -> Calendar:
        """The local days of the home."""
        return calendar_of(self.home)

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return self.home.zone

    @property
    def today(self) -> date:
        """The local day that it is."""
        return self.calendar.day_of(self.now)

    @property
    def has_tables(self) -> bool:
        """Whether anything was ever imported."""
        if self.store.is_local:
            return (Path(self.store.uri) / "messages.lance").is_dir()
        try:
            self.store.dataset("messages")
        except HomeMissingError:
            return False
        return True

    def command(self, *words: str) -> str:
        """A command line that works on the same home, for the same user."""
        return command_in(self.home, *words)

    def command_of_all(self, *words: str) -> str:
        """A command line that works on the same home and names no user."""
        return command_in(replace(self.home, origins={**self.home.origins, "user": "default"}), *words)

    def command_of(self, user_id: str, *words: str) -> str:
        """A command line for one user, who is named where another one would be taken."""
        if user_id == self.home.settings.user or users_in(self.store) == [user_id]:
            return self.command(*words)
        return self.command("--user", user_id, *words)

    @property
    def is_empty(self) -> bool:
        """Whether no activity at all is stored."""
        return not self.has_tables or not any(map(self.store.count, RAW_TABLES))


def command_in(home: Home, *words: str) -> str:
    """A command line that works on a home, for the user who was named, if one was."""
    flags = {name for name, origin in home.origins.items() if origin == "flag"}
    return _line(
        home.path if "home" in flags else None, home.settings.user if "user" in flags else None, words
    )


def command_given(given: Given, *words: str) -> str:
    """A command line that works on what was named, whether it is there or not."""
    return _line(given.home, given.user, words)


def _line(home: Path | None, user: str | None, words: Sequence[str]) -> str:
    """A command line; words that name a user themselves are left to it."""
    named = ["--home", str(home)] if home else []
    named += ["--user", user] if user and "--user" not in words else []
    return shlex.join(["rem", *named, *words])


def open_existing(given: Given, *, llm: str | None = None, agentlet: Path | None = None) -> Opened:
    """The home that is there.

    Raises:
        HomeMissingError: there is none.
        SettingsError: a setting is wrong.
    """
    return _opened(open_home(given.home, flags=_flags(given, llm, agentlet)))


def open_or_make(given: Given) -> Opened:
    """The home that is there, or a new one, with all its tables."""
    opened = _opened(open_home(given.home, create=True, flags=_flags(given, None)))
    opened.store.create()
    return opened


def users_in(store: Store) -> list[str]:
    """Everybody of whom something is stored, in the order of the alphabet."""
    return sorted(
        {
            each
            for table in RAW_TABLES
            for each in store.read(table, ["user_id"])["user_id"].unique().to_pylist()
        }
    )


def reader_of(opened: Opened) -> str:
    """The user whose activity is read: the one asked for, or the only one there is.

    Raises:
        UnknownUserError: nothing of the user is stored.
    """
    asked = opened.home.settings.user
    if is_known(opened.store, asked):
        return asked
    users = users_in(opened.store)
    if opened.home.origins.get("user") == "default" and len(users) == 1:
        return users[0]
    raise unknown_user(asked, users)


def others_of_default(opened: Opened) -> list[str]:
    """The users of a home in which nothing is of the default user: one alone is read until something is."""
    if opened.home.origins.get("user") != "default" or is_known(opened.store, opened.home.settings.user):
        return []
    return users_in(opened.store)


def now_read(opened: Opened, others: list[str]) -> str | None:
    """What is to be said once the default user has activity beside others, whom look-ups then leave out."""
    user = opened.home.settings.user
    if not others or not is_known(opened.store, user):
        return None
    return (
        f"What came in is of user {user!r}, who is new here and is read from now on; --user shows what the "
        f"home holds of {listed(others, most=USERS_NAMED)}. --user with rem import says whose it is."
    )


def is_known(store: Store, user_id: str) -> bool:
    """Whether anything of a user is stored."""
    return any(store.count(table, equals("user_id", user_id)) for table in RAW_TABLES)


def require_known(store: Store, user_id: str) -> None:
    """Raise UnknownUserError where nothing of a user is stored."""
    if not is_known(store, user_id):
        raise unknown_user(user_id, users_in(store))


def unknown_user(asked: str, users: list[str]) -> UnknownUserError:
    """What is said of a user of whom nothing is stored."""
    whose = f"It holds activity of {listed(users, most=USERS_NAMED)}" if users else "It holds no activity yet"
    hint = "choose one with --user" if users else "`rem import PATH` brings some in"
    return UnknownUserError(
        f"Nothing of user {asked!r} is in this home. {whose}; {hint}.{meant(asked, users)} "
        "Nothing was changed."
    )


def empty_home(home: Home) -> str:
    """What is said where nothing was imported yet."""
    return f"The home {home.path} is empty so far.\nNext: {command_in(home, 'import', 'PATH')}   rem demo"


def _opened(home: Home) -> Opened:
    return Opened(home, Store(home.tables_uri, home.settings.storage_options), datetime.now(UTC))


def _flags(given: Given, llm: str | None, agentlet: Path | None = None) -> dict[str, object]:
    file = str(agentlet.expanduser().absolute()) if agentlet else None
    return {"user": given.user, "timezone": given.timezone, "llm": llm, "agentlet": file}
