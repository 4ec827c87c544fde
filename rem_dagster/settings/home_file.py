"""What is fixed when a home is made?"""

import hashlib
import json
import os
import secrets
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rem_dagster.errors import HomeError, HomeVersionError, SettingsError
from rem_dagster.settings.environment import system_zone
from rem_dagster.settings.loading import explain
from rem_dagster.settings.values import WEEKDAYS, Settings

HOME_VERSION = 1
ZONE_READY = "zone.ready"
"""The folder of a home whose zone is being changed: tables that are whole, but not in their place yet."""


class Pause(BaseModel):
    """A stretch of time off the record: nothing that happened in it is ever taken in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: datetime
    end: datetime
    """Excluded."""


class HomeFile(BaseModel):
    """`home.json`: what is fixed when a home is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = HOME_VERSION
    timezone: str
    day_starts_at: time = time(0)
    week_starts_on: str = "sunday"
    first_day: date | None = None
    """The earliest day that holds activity: the first partition."""
    moment_types: dict[str, str] = Field(default_factory=dict)
    """The user's own types and their descriptions."""
    paused_until: datetime | None = None
    """When the last pause ends, or ended."""
    pauses: tuple[Pause, ...] = ()
    """All of them: what happened meanwhile may come in long afterwards."""
    hmac_key: str

    @property
    def fingerprint(self) -> str:
        """A hash of what must be equal in all homes over the same tables; it does not tell the key."""
        parts = [self.hmac_key, self.timezone, self.day_starts_at.isoformat(), self.week_starts_on]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @field_validator("week_starts_on")
    @classmethod
    def _known_weekday(cls, value: str) -> str:
        if value.lower() not in WEEKDAYS:
            raise ValueError(f"{value!r} is no weekday; give one of {', '.join(WEEKDAYS)}")
        return value.lower()

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except Exception as error:  # zoneinfo raises five unrelated kinds for a bad name
            raise ValueError(f"{value!r} is no IANA time zone such as 'Europe/Lisbon'") from error
        return value


def new_home_file(settings: Settings, place: Path) -> HomeFile:
    try:
        return HomeFile(
            timezone=settings.timezone or system_zone(),
            day_starts_at=settings.day_starts_at or time(0),
            week_starts_on=settings.week_starts_on or "sunday",
            hmac_key=secrets.token_hex(32),
        )
    except ValidationError as error:
        raise SettingsError(explain(error, {}, place / "home.json")) from error


def create_home(place: Path, settings: Settings) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.chmod(0o700)
        file = new_home_file(settings, place)
        write_private(place / "home.json", file.model_dump_json(indent=2) + "\n", replace=False)
    except OSError as error:
        raise HomeError(
            f"Could not make a home at {place}: {error.strerror or error}. Nothing was changed. "
            "Name another place with --home or REM_HOME."
        ) from error


def read_home_file(place: Path) -> HomeFile:
    path = place / "home.json"
    if (place / ZONE_READY).exists():
        raise HomeError(
            f"The change of the time zone of {place} was interrupted. Nothing is lost, and nothing was "
            "changed now. `rem config timezone` completes it."
        )
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HomeError(f"Could not read {path}: {error}. Nothing was changed.") from error
    version = raw.get("version") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > HOME_VERSION:
        raise HomeVersionError(
            f"The home {place} was made by a newer rem (home version {version}; this one knows "
            f"{HOME_VERSION}). Nothing was changed. Upgrade rem-dagster to use it."
        )
    if isinstance(version, int) and version < HOME_VERSION:
        raise HomeVersionError(
            f"The home {place} was made by an older rem (home version {version}; this one needs "
            f"{HOME_VERSION}). Nothing was changed. `rem doctor --mend` brings it forward, after a backup."
        )
    try:
        return HomeFile.model_validate(raw)
    except ValidationError as error:
        raise HomeError(f"{path} is not as it must be: {explain(error, {}, path)}") from error


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(temporary, path)
        else:
            try:
                os.link(temporary, path)
            except FileExistsError:
                pass  # another process made the home in the meantime: its file stands
    finally:
        temporary.unlink(missing_ok=True)
