"""Which settings hold, and where does each come from?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.words import wrap
from rem_dagster.settings import (
    FIXED_BY_HOME,
    Home,
    Settings,
    find_home_path,
    load_settings,
    open_home,
    system_zone,
)

MASK = "********"
_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")


@dataclass(frozen=True)
class Setting:
    """A setting as it holds; `value` shows no secret."""

    name: str
    value: object
    origin: str


def settings_of(given: Given) -> list[Setting]:
    """Every setting that holds at a home, or that would hold in a new one."""
    path, origin = find_home_path(given.home)
    flags = {"user": given.user, "timezone": given.timezone}
    held = [Setting("home", str(path), origin)]
    if (path / "home.json").exists():
        home = open_home(given.home, flags=flags)
        return held + _rows(home.settings, home.origins, _fixed(home))
    settings, origins = load_settings(path / "config.toml", flags)
    chosen = {name: getattr(settings, name) for name in FIXED_BY_HOME if getattr(settings, name) is not None}
    return held + _rows(settings, origins, {"timezone": system_zone(), **chosen})


def setting_lines(held: Sequence[Setting], width: int) -> list[str]:
    """One setting a line, in columns."""
    names = max(len(each.name) for each in held) + 2
    origins = max(len(each.origin) for each in held) + 2
    lines = []
    for each in held:
        value = "not set" if each.value is None else str(each.value)
        first, *more = wrap(value, max(width - names - origins, 16)) or [""]
        lines.append(f"{each.name:<{names}}{each.origin:<{origins}}{first}")
        lines += [" " * (names + origins) + line for line in more]
    return lines


def _fixed(home: Home) -> dict[str, object]:
    return {
        "timezone": home.file.timezone,
        "day_starts_at": f"{home.file.day_starts_at:%H:%M}",
        "week_starts_on": home.file.week_starts_on,
    }


def _rows(settings: Settings, origins: Mapping[str, str], fixed: Mapping[str, object]) -> list[Setting]:
    rows = []
    for name in Settings.model_fields:
        value = getattr(settings, name)
        origin = origins.get(name, "default")
        if isinstance(value, BaseModel):
            rows += [Setting(f"{name}.{key}", _shown(each), origin) for key, each in value]
        elif name == "storage_options":
            rows.append(Setting(name, dict.fromkeys(value, MASK) or None, origin))
        elif name == "sources":
            rows += [
                Setting(f"sources[{place}]", f"{each.kind} {each.path}", origin)
                for place, each in enumerate(value)
            ] or [Setting(name, None, origin)]
        else:
            rows.append(Setting(name, _shown(fixed.get(name, value)), origin))
    return rows


def _shown(value: object) -> object:
    """A value for people and JSON; what a URL carries before its host is masked."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return _IN_URL.sub(f"{MASK}@", str(value))
