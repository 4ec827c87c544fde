"""What does `rem config timezone` change, and what does it say of it?"""

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from pydantic import ValidationError

from rem_dagster.errors import HomeMissingError, InputError
from rem_dagster.ingest.rezoning.completing import complete, is_committed
from rem_dagster.interfaces.cli.failure import DONE, keeping
from rem_dagster.interfaces.cli.opening import Opened, command_given
from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.output import show, show_json, show_next
from rem_dagster.interfaces.cli.words import counted
from rem_dagster.settings import (
    FIXED_BY_HOME,
    HomeFile,
    Settings,
    find_home_path,
    load_settings,
    open_home,
    read_home_file,
)
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    from rem_dagster.ingest.rezoning.rezone import Rezoning

STOPPED = (
    "The home is as it was; where its new tables were whole already, `rem config timezone` completes it."
)


def change_zone(given: Given, asked: dict[str, str], *, yes: bool, as_json: bool) -> int:
    """Show what another zone or start of days changes, or change it; the exit code.

    Args:
        asked: some of `FIXED_BY_HOME`; none is what config.toml or the environment say otherwise.
    """
    place, _ = find_home_path(given.home)
    if is_committed(place):
        show(f"The change that was interrupted is complete. As it was before: {complete(place)}")
        show_next(command_given(given, "dream"))
        return DONE
    if not (place / "home.json").exists():
        raise HomeMissingError(f"There is no home at {place}, so it has no zone. Nothing was changed.")
    file = read_home_file(place)
    settings, origins = load_settings(place / "config.toml", {})
    new = _wanted(file, settings, asked)
    for name in FIXED_BY_HOME:
        said = getattr(settings, name)
        if name in asked and said is not None and said != getattr(new, name):
            raise InputError(
                f"{name} is to be {str(getattr(new, name))!r}, but is {str(said)!r} by {origins[name]}: that "
                "would contradict the home. Nothing was changed. Take it out there first."
            )
    # what the home holds outranks what is said elsewhere until it is changed
    held = {name: getattr(file, name) for name in FIXED_BY_HOME}
    home = open_home(place, flags={**held, "user": given.user})
    opened = Opened(home, Store(home.tables_uri, home.settings.storage_options), datetime.now(UTC))
    found, backup = _change(opened, new, yes=yes)
    if as_json:
        show_json({**asdict(found), "backup": backup, "is_done": yes})
        return DONE
    for line in _lines(file, new, found):
        show(line)
    if not yes:
        show("Nothing was changed. Stop what runs on the home first: rem ui, rem web, agents.")
        show_next(command_given(given, "config", "timezone", new.timezone, *_options(file, new), "--yes"))
        return DONE
    show("Done." + (f" Tables and Dagster's history as they were: {backup}" if backup else ""))
    show_next(command_given(given, "dream"))
    return DONE


def _wanted(file: HomeFile, settings: Settings, asked: dict[str, str]) -> HomeFile:
    said = {name: value for name in FIXED_BY_HOME if (value := getattr(settings, name)) is not None}
    try:
        new = HomeFile.model_validate({**file.model_dump(), **said, **asked})
    except ValidationError as error:
        reasons = "; ".join(each["msg"] for each in error.errors())
        raise InputError(f"{reasons.removeprefix('Value error, ')}. Nothing was changed.") from error
    if new == file:
        raise InputError(
            f"The home counts days of {file.timezone} already, from {file.day_starts_at:%H:%M} on, and weeks "
            f"from {file.week_starts_on} on. Nothing was changed. `rem config timezone ZONE` names another."
        )
    return new


def _change(opened: Opened, new: HomeFile, *, yes: bool) -> "tuple[Rezoning, str | None]":
    """What it changes, and where the backup is once that is done."""
    from rem_dagster.ingest.rezoning.rezone import (
        foresee_rezoning,
        keeps_days,
        require_changeable,
        restart_weeks,
        rezone,
    )

    home, store = opened.home, opened.store
    has_same_days = keeps_days(home, new)
    if not has_same_days:
        require_changeable(home)
    store.create()
    found = foresee_rezoning(home, store, new)
    if yes and has_same_days:
        restart_weeks(home, store, new)
    if not yes or has_same_days:
        return found, None
    with keeping(STOPPED):
        return found, rezone(home, store, new, now=opened.now)


def _lines(old: HomeFile, new: HomeFile, found: "Rezoning") -> list[str]:
    lines = [
        f"{name:<12} {before} -> {after}"
        for name, before, after in (
            ("zone", old.timezone, new.timezone),
            ("days from", f"{old.day_starts_at:%H:%M}", f"{new.day_starts_at:%H:%M}"),
            ("weeks from", old.week_starts_on, new.week_starts_on),
        )
        if before != after
    ]
    lines.append(f"{'items':<12} {found.items:,}, {found.moved:,} of them go to another day")
    lines.append(f"{'days':<12} {found.days_before:,} -> {found.days_after:,}")
    if found.dreamt:
        lines.append(f"{'moments':<12} made anew by the next dream: {counted(found.dreamt, 'dreamt day')}")
    if found.corrections:
        lines.append(f"{'corrections':<12} {found.corrections:,}, kept, with what they are about")
    if found.zone_assumed:
        lines.append(
            f"{'no zone told':<12} {found.zone_assumed:,} times stay what {old.timezone} made of them; "
            f"import their source again to have them read as {new.timezone}"
        )
    return lines


def _options(old: HomeFile, new: HomeFile) -> list[str]:
    words = []
    if new.day_starts_at != old.day_starts_at:
        words += ["--day-starts-at", _clock(new.day_starts_at)]
    if new.week_starts_on != old.week_starts_on:
        words += ["--week-starts-on", new.week_starts_on]
    return words


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
