"""How does a place come into `config.toml`, so that `rem sync` keeps it fresh?

Text is added, and what is there stays as it is, comments and order too.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rem_dagster.ingest.recognise import ADDRESS, place_of
from rem_dagster.settings import Home, change_config


@dataclass(frozen=True)
class KeptPlace:
    """One entry of `[[sources]]` to be."""

    kind: str
    where: str
    """An absolute path, or an address."""
    user: str | None = None
    account: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    """Texts, numbers, truths and lists of them."""


def is_kept(home: Home, kind: str, where: str) -> bool:
    """Whether the settings name a place already."""
    return any(
        entry.kind.lower() == kind and place_of(entry, home) == _absolute(where)
        for entry in home.settings.sources
    )


def keep(home: Home, places: Sequence[KeptPlace], *, me: Sequence[str] = ()) -> Home:
    """Add those places to `config.toml` that it does not name, and `me` when it names nobody so far.

    Returns:
        The home with the sources that are named now.

    Raises:
        SettingsError: the file would not be valid; nothing was changed.
    """
    fresh = [each for each in places if not is_kept(home, each.kind, each.where)]
    if not fresh and (not me or home.settings.me):
        return home
    return change_config(home, lambda text: _with_entries(_with_me(text, me), fresh))


def me_line(names: Sequence[str]) -> str:
    """The line of `config.toml` that says who the person is."""
    return f"me = {_toml(list(names))}"


def entry_lines(place: KeptPlace) -> list[str]:
    """The lines of `config.toml` that name a place."""
    told: dict[str, object] = {
        "kind": place.kind,
        "path": _short(place.where),
        "user": place.user,
        "account": place.account,
        **place.options,
    }
    return ["[[sources]]", *(f"{name} = {_toml(value)}" for name, value in told.items() if value is not None)]


def _with_entries(text: str, places: Sequence[KeptPlace]) -> str:
    for each in places:
        gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        text += gap + "\n".join(entry_lines(each)) + "\n"
    return text


def _with_me(text: str, me: Sequence[str]) -> str:
    """The text with the line before its first setting: behind a table's name it would belong to that."""
    if not me or "me" in tomllib.loads(text):
        return text
    lines = text.splitlines(keepends=True)
    at = next(
        (at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), None
    )
    if at is None:
        return (text if not text or text.endswith("\n") else text + "\n") + me_line(me) + "\n"
    return "".join(
        [*lines[:at], me_line(me) + "\n", *(["\n"] if lines[at].startswith("[") else []), *lines[at:]]
    )


def _toml(value: object) -> str:
    """A value in TOML, whose texts are written as JSON's but for one character."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _short(where: str) -> str:
    """A path below the person's own folder with `~`, so that it holds on another machine too."""
    path, own = Path(where), Path.home()
    is_below = ADDRESS not in where and path.is_relative_to(own) and path != own
    return f"~/{path.relative_to(own).as_posix()}" if is_below else where


def _absolute(where: str) -> str:
    return where if ADDRESS in where else str(Path(where).expanduser().resolve())
