"""How are a home's own files written otherwise?"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from pydantic import ValidationError

from rem_dagster.errors import SettingsError
from rem_dagster.settings.home import Home
from rem_dagster.settings.home_file import HomeFile, Pause, read_home_file, write_private
from rem_dagster.settings.loading import read_config
from rem_dagster.settings.values import Settings


def change_config(home: Home, change: Callable[[str], str]) -> Home:
    """Write `config.toml` otherwise, made of its text when the lock is had.

    Returns:
        The home with the sources and the `me` that the file names now.

    Raises:
        SettingsError: the file cannot be read, or would not be valid; nothing was changed.
        HomeBusyError: another process still wrote in the home after 10 seconds.
    """
    path = home.path / "config.toml"
    with home.hold("home", wait_seconds=10):
        read_config(path)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = change(before)
        try:
            told = Settings.model_validate(tomllib.loads(after))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise SettingsError(
                f"Could not add to {path}: {error}. Nothing was changed. Add it by hand; "
                "`rem sync --help` shows how."
            ) from error
        if after != before:
            write_private(path.resolve(), after)  # a link stays one
    named = {"sources": told.sources, "me": told.me}
    return replace(home, settings=home.settings.model_copy(update=named))


def lower_first_day(home: Home, day: date) -> Home:
    """Note that activity reaches back to a day; a later day changes nothing."""

    def lowered(file: HomeFile) -> dict[str, object]:
        return {"first_day": day if file.first_day is None else min(day, file.first_day)}

    return _change_home_file(home, lowered)


def change_moment_types(home: Home, change: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Home:
    """Note other types of moments, made of those that the file holds when the lock is had.

    Raises:
        HomeBusyError: another process still wrote the file after 10 seconds.
    """
    return _change_home_file(home, lambda file: {"moment_types": dict(change(file.moment_types))})


def read_pauses(home: Home) -> tuple[Pause, ...]:
    """The pauses as the file has them now: a process that lives long may have opened the home before one."""
    is_there = (home.path / "home.json").exists()  # one that is only imagined has none
    return read_home_file(home.path).pauses if is_there else home.file.pauses


def change_pauses(home: Home, change: Callable[[Sequence[Pause]], Sequence[Pause]]) -> Home:
    """Note other pauses, made of those that the file holds when the lock is had.

    Raises:
        HomeBusyError: another process still wrote the file after 10 seconds.
    """

    def changed(file: HomeFile) -> dict[str, object]:
        pauses = tuple(change(file.pauses))
        return {"pauses": pauses, "paused_until": max((each.end for each in pauses), default=None)}

    return _change_home_file(home, changed)


def _change_home_file(home: Home, change: Callable[[HomeFile], dict[str, object]]) -> Home:
    """Write `home.json` with other values, made of those that it holds when the lock is had."""
    with home.hold("home", wait_seconds=10):
        file = read_home_file(home.path)
        changed = file.model_copy(update=change(file))
        if changed != file:
            write_private(home.path / "home.json", changed.model_dump_json(indent=2) + "\n")
    return replace(home, file=changed)
