"""Where is the home, which settings hold, and where did each come from?

The only reader of environment variables and of `config.toml`. Precedence, for each setting:
flag > `REM_*` variable > `config.toml` of the home > default.
"""

import hashlib
import json
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from rem_dagster.errors import HomeError, HomeMissingError, HomeVersionError, SettingsError
from rem_dagster.locks import Held, Shared, hold
from rem_dagster.s3 import is_s3

HOME_VERSION = 1
Origin = Literal["flag", "environment", "config.toml", "home.json", "default"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(BaseModel):
    """One place that `rem sync` pulls: an entry of `[[sources]]`, and the options of its kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    """One of `rem import --help`, or another package's; checked when the source is pulled."""
    path: str
    """Relative paths are taken from the home; of some kinds it is an address with `://`."""
    user: str | None = None
    account: str | None = None
    """Tells two sources of one kind apart; by default what suits the kind."""

    @property
    def options(self) -> dict[str, object]:
        """What else the entry says: the kind knows what it means."""
        return dict(self.model_extra or {})


class ExcludeSettings(_Closed):
    """What is never taken in: `[exclude]`. It holds for what comes in from now on, not for what is stored."""

    paths: tuple[str, ...] = ()
    """Patterns such as `**/clients/**` or `~/work/secret`, for notes, files and working directories."""
    channels: tuple[str, ...] = ()
    """Names or patterns of channels, such as `#random` or `dm-*`."""
    people: tuple[str, ...] = ()
    """Names, addresses or ids: what they said, and conversations and events with them."""
    hours: tuple[str, ...] = ()
    """Local times of day, such as `22:00-06:00`."""

    @field_validator("hours")
    @classmethod
    def _are_spans(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            hours_of(each)
        return value


def hours_of(text: str) -> tuple[time, time]:
    """Start and end of a span of the day such as `22:00-06:00`; an end of 24:00 is midnight.

    Raises:
        ValueError: it is none.
    """
    try:
        first, last = (each.strip() for each in text.split("-"))
        start, end = time.fromisoformat(first), time() if last == "24:00" else time.fromisoformat(last)
    except ValueError:
        raise ValueError(f"{text!r} is no span of the day such as '22:00-06:00'") from None
    if start == end and last != "24:00":
        raise ValueError(f"{text!r} is an empty span of the day")
    return start, end


class ThresholdSettings(_Closed):
    """New items of a user's day after which a sensor dreams it; None never does."""

    messages: int | None = Field(default=50, ge=1)
    resources: int | None = Field(default=20, ge=1)
    sessions: int | None = Field(default=10, ge=1)
    cooldown_minutes: int = Field(default=30, ge=1)


class DagsterSettings(_Closed):
    """What Dagster may show and when it acts."""

    show_text: bool = False
    """Whether titles and summaries may go into Dagster's event log."""
    nightly_at: time = time(3)
    weekly_at: time = time(2)
    """On the week's first day."""
    keep_runs_days: int = Field(default=90, ge=1)
    """How long Dagster's history of a run is kept; what was made stays, and which days are."""


class Settings(_Closed):
    """Every setting with its value; `Home.origins` says where each came from."""

    user: str = "me"
    me: tuple[str, ...] = ()
    """Names, e-mail addresses and ids by which sources know the person whose activity it is."""
    timezone: str | None = None
    day_starts_at: time | None = None
    week_starts_on: str | None = None
    llm: str | None = None
    llm_base_url: str | None = None
    llm_api_key_env: str | None = None
    """The variable that holds the key, never the key: settings are shown."""
    llm_concurrency: int = Field(default=8, ge=1)
    """Calls at once."""
    llm_timeout_seconds: float = Field(default=300.0, gt=0)
    """For one call; local models are slow."""
    llm_context_tokens: int | None = Field(default=None, ge=1024)
    """What the model holds, prompt and answer; None when nobody said."""
    agentlet: str | None = None
    """A file that says what a model is told and how it answers; relative to the home."""
    llm_price_input_per_million: float | None = Field(default=None, ge=0)
    llm_price_output_per_million: float | None = Field(default=None, ge=0)
    """USD; both or neither."""
    embedding_model: str | None = None
    """What turns texts into vectors: MODEL or PRESET:MODEL of an endpoint, or fastembed:MODEL."""
    embedding_base_url: str | None = None
    embedding_api_key_env: str | None = None
    embedding_price_per_million: float | None = Field(default=None, ge=0)
    """USD."""
    transcription_model: str | None = None
    """What turns recordings into text: MODEL or PRESET:MODEL; None sends no recording anywhere."""
    transcription_base_url: str | None = None
    transcription_api_key_env: str | None = None
    transcription_price_per_minute: float | None = Field(default=None, ge=0)
    """USD."""
    tables: str | None = None
    """Where the tables lie when not in the home: `s3://bucket/path`."""
    storage_options: dict[str, str] = Field(default_factory=dict)
    monthly_cap_usd: float | None = Field(default=5.0, ge=0)
    sync_minutes: int = Field(default=15, ge=1)
    idle_minutes: int = Field(default=5, ge=1)
    threshold: ThresholdSettings = ThresholdSettings()
    dagster: DagsterSettings = DagsterSettings()
    sources: tuple[SourceSettings, ...] = ()
    exclude: ExcludeSettings = ExcludeSettings()

    @field_validator("llm_api_key_env", "embedding_api_key_env", "transcription_api_key_env")
    @classmethod
    def _names_a_variable(cls, value: str | None) -> str | None:
        if value is not None and not VARIABLE_NAME.fullmatch(value):
            raise ValueError("this names a variable, such as OPENROUTER_API_KEY; the key itself stays in it")
        return value


VARIABLE_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
UNSHOWN = ("llm_api_key_env", "embedding_api_key_env", "transcription_api_key_env", "storage_options")
"""Settings into which somebody may have put a secret: a complaint about one does not repeat it."""
ENVIRONMENT = {
    "user": "REM_USER",
    "timezone": "REM_TIMEZONE",
    "day_starts_at": "REM_DAY_STARTS_AT",
    "week_starts_on": "REM_WEEK_STARTS_ON",
    "llm": "REM_LLM",
    "llm_base_url": "REM_LLM_BASE_URL",
    "llm_api_key_env": "REM_LLM_API_KEY_ENV",
    "llm_concurrency": "REM_LLM_CONCURRENCY",
    "llm_timeout_seconds": "REM_LLM_TIMEOUT_SECONDS",
    "llm_context_tokens": "REM_LLM_CONTEXT_TOKENS",
    "agentlet": "REM_AGENTLET",
    "llm_price_input_per_million": "REM_LLM_PRICE_INPUT_PER_MILLION",
    "llm_price_output_per_million": "REM_LLM_PRICE_OUTPUT_PER_MILLION",
    "embedding_model": "REM_EMBEDDING_MODEL",
    "embedding_base_url": "REM_EMBEDDING_BASE_URL",
    "embedding_api_key_env": "REM_EMBEDDING_API_KEY_ENV",
    "embedding_price_per_million": "REM_EMBEDDING_PRICE_PER_MILLION",
    "transcription_model": "REM_TRANSCRIPTION_MODEL",
    "transcription_base_url": "REM_TRANSCRIPTION_BASE_URL",
    "transcription_api_key_env": "REM_TRANSCRIPTION_API_KEY_ENV",
    "transcription_price_per_minute": "REM_TRANSCRIPTION_PRICE_PER_MINUTE",
    "tables": "REM_TABLES",
    "monthly_cap_usd": "REM_MONTHLY_CAP_USD",
    "sync_minutes": "REM_SYNC_MINUTES",
    "idle_minutes": "REM_IDLE_MINUTES",
}
POSTGRES_SCHEME = "postgresql+psycopg2://"
REDIS_SCHEMES = ("redis://", "rediss://")
FIXED_BY_HOME = ("timezone", "day_starts_at", "week_starts_on")


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


@dataclass(frozen=True)
class Home:
    """One home: where it lies, what is fixed in it, and the settings that hold in it."""

    path: Path
    file: HomeFile
    settings: Settings
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def with_me(self, names: Iterable[str]) -> "Home":
        """The home as if its settings also named these for the person."""
        me = tuple(dict.fromkeys((*self.settings.me, *names)))
        return replace(self, settings=self.settings.model_copy(update={"me": me}))

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days the home counts."""
        return ZoneInfo(self.file.timezone)

    @property
    def tables_uri(self) -> str:
        """Where the tables lie."""
        return self.settings.tables or str(self.path / "tables")

    @property
    def cache_path(self) -> Path:
        """Where the model's answers are kept on this machine, and who asks just now."""
        return self.path / "cache"

    @property
    def cache_uri(self) -> str | None:
        """Where the model's answers are kept when the tables lie on S3: beside them. Else None."""
        return f"{self.tables_uri.rstrip('/')}/cache" if is_s3(self.settings.tables) else None

    @property
    def dagster_path(self) -> Path:
        """The home of the Dagster instance."""
        return self.path / "dagster"

    @property
    def week_starts_on(self) -> int:
        """Weekday number of a week's first day; Monday is 0."""
        return WEEKDAYS.index(self.file.week_starts_on)

    @property
    def shared(self) -> Shared | None:
        """What this home has in common with those of other machines; None where there is one machine."""
        url = postgres_url()
        if url is None:
            return None
        return Shared(url, self.tables_uri, self.file.fingerprint if "://" in self.tables_uri else None)

    @contextmanager
    def hold(self, work: str, *, wait_seconds: float) -> Iterator[None]:
        """Keep other processes of this machine from doing the same work in this home.

        Raises:
            HomeBusyError: another process still did it after `wait_seconds`.
        """
        with hold(self.path, [work], wait_seconds=wait_seconds):
            yield

    @contextmanager
    def hold_days(self, days: Iterable[str], *, wait_seconds: float) -> Iterator[Held]:
        """Keep others, on this machine and on those that share the tables, from writing dreams of these days.

        Args:
            days: ISO days.
            wait_seconds: for all of them together.

        Raises:
            HomeBusyError: somebody still wrote one of them after `wait_seconds`; nothing is held.
            HomeError: the Postgres that tells machines from each other cannot be reached.
        """
        names = [f"dream-{day}" for day in days]
        with self.hold_everywhere(names, wait_seconds=wait_seconds) as held:
            yield held

    @contextmanager
    def hold_everywhere(self, names: Iterable[str], *, wait_seconds: float) -> Iterator[Held]:
        """Keep others, on this machine and on those that share the tables, from the named pieces of work.

        Raises:
            HomeBusyError: somebody was still at one of them after `wait_seconds`; nothing is held.
            HomeError: the Postgres that tells machines from each other cannot be reached.
        """
        with hold(self.path / "locks", names, wait_seconds=wait_seconds, shared=self.shared) as held:
            yield held


def find_home_path(flag: str | Path | None = None) -> tuple[Path, Origin]:
    """Where the home is or would be: flag, `REM_HOME`, a working directory with `home.json`, user data."""
    if flag:
        return Path(flag).expanduser().absolute(), "flag"
    if named := os.environ.get("REM_HOME"):
        return Path(named).expanduser().absolute(), "environment"
    if (Path.cwd() / "home.json").is_file():
        return Path.cwd(), "default"
    import platformdirs

    return Path(platformdirs.user_data_dir("rem", appauthor=False)), "default"


def folder_in(variable: str) -> Path | None:
    """The folder that a variable of another program names, such as `CODEX_HOME`; None where it is not set."""
    named = os.environ.get(variable)
    return Path(named).expanduser().absolute() if named else None


def open_home(
    path: str | Path | None = None, *, create: bool = False, flags: Mapping[str, object] | None = None
) -> Home:
    """The home at a path, with the settings that hold there.

    Args:
        path: as for `find_home_path`.
        create: make the home when there is none.
        flags: settings given on the command line; None values are not given.

    Raises:
        HomeMissingError: there is none and `create` is false.
        HomeVersionError: a newer version made it.
        SettingsError: a value is wrong, or contradicts what is fixed in the home.
    """
    place, origin = find_home_path(path)
    settings, origins = load_settings(place / "config.toml", flags or {})
    if not (place / "home.json").exists():
        if not create:
            raise HomeMissingError(
                f"There is no home at {place}. `rem import PATH` makes one and brings activity in; "
                "`rem demo` shows one that is filled already; --home or REM_HOME names another place."
            )
        _create_home(place, settings)
    file = _read_home_file(place)
    _check_fixed(file, settings, origins, place)
    fixed: dict[str, Origin] = dict.fromkeys(FIXED_BY_HOME, "home.json")
    return Home(path=place, file=file, settings=settings, origins={**origins, **fixed, "home": origin})


def imagine_home(path: str | Path | None = None, *, flags: Mapping[str, object] | None = None) -> Home:
    """The home at a path; where there is none, the one that would be made. Nothing is written.

    Raises:
        HomeVersionError, SettingsError: as `open_home`.
    """
    place, origin = find_home_path(path)
    if (place / "home.json").exists():
        return open_home(path, flags=flags)
    settings, origins = load_settings(place / "config.toml", flags or {})
    return Home(place, _new_home_file(settings, place), settings, {**origins, "home": origin})


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
        _read_config(path)
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
    with home.hold("home", wait_seconds=10):
        file = _read_home_file(home.path)
        if file.first_day is None or day < file.first_day:
            file = file.model_copy(update={"first_day": day})
            write_private(home.path / "home.json", file.model_dump_json(indent=2) + "\n")
    return Home(path=home.path, file=file, settings=home.settings, origins=home.origins)


def change_moment_types(home: Home, change: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Home:
    """Note other types of moments, made of those that the file holds when the lock is had.

    Raises:
        HomeBusyError: another process still wrote the file after 10 seconds.
    """
    with home.hold("home", wait_seconds=10):
        file = _read_home_file(home.path)
        types = dict(change(file.moment_types))
        if types != file.moment_types:
            file = file.model_copy(update={"moment_types": types})
            write_private(home.path / "home.json", file.model_dump_json(indent=2) + "\n")
    return Home(path=home.path, file=file, settings=home.settings, origins=home.origins)


def read_pauses(home: Home) -> tuple[Pause, ...]:
    """The pauses as the file has them now: a process that lives long may have opened the home before one."""
    is_there = (home.path / "home.json").exists()  # one that is only imagined has none
    return _read_home_file(home.path).pauses if is_there else home.file.pauses


def change_pauses(home: Home, change: Callable[[Sequence[Pause]], Sequence[Pause]]) -> Home:
    """Note other pauses, made of those that the file holds when the lock is had.

    Raises:
        HomeBusyError: another process still wrote the file after 10 seconds.
    """
    with home.hold("home", wait_seconds=10):
        file = _read_home_file(home.path)
        pauses = tuple(change(file.pauses))
        last = max((each.end for each in pauses), default=None)
        file = file.model_copy(update={"pauses": pauses, "paused_until": last})
        write_private(home.path / "home.json", file.model_dump_json(indent=2) + "\n")
    return Home(path=home.path, file=file, settings=home.settings, origins=home.origins)


def load_settings(config: Path, flags: Mapping[str, object]) -> tuple[Settings, dict[str, Origin]]:
    """Settings and their origins from a config file, the environment and flags."""
    from_file = _read_config(config)
    values: dict[str, Any] = dict(from_file)
    origins: dict[str, Origin] = dict.fromkeys(Settings.model_fields, "default")
    origins |= dict.fromkeys(from_file, "config.toml")
    for name, variable in ENVIRONMENT.items():
        if text := os.environ.get(variable):
            values[name] = text
            origins[name] = "environment"
    for name, value in flags.items():
        if value is not None:
            values[name] = value
            origins[name] = "flag"
    try:
        return Settings.model_validate(values), origins
    except ValidationError as error:
        raise SettingsError(_explain(error, origins, config)) from error


def child_environment(home: Home) -> dict[str, str]:
    """The environment of a process that is to work in this home, under the flags that hold here."""
    flags = {
        ENVIRONMENT[name]: str(getattr(home.settings, name))
        for name, origin in home.origins.items()
        if origin == "flag" and name in ENVIRONMENT and getattr(home.settings, name) is not None
    }
    return {**os.environ, **flags, **_places(home)}


@contextmanager
def environment_of(home: Home) -> Iterator[None]:
    """Let libraries that look at the environment find this home and its Dagster instance."""
    before = {name: os.environ.get(name) for name in _places(home)}
    os.environ.update(_places(home))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def postgres_url() -> str | None:
    """Where Dagster's history is kept when not in the home: `REM_POSTGRES_URL`.

    Raises:
        SettingsError: it names another driver than the one that is installed.
    """
    url = os.environ.get("REM_POSTGRES_URL")
    if url and not url.startswith(POSTGRES_SCHEME):
        raise SettingsError(
            f"REM_POSTGRES_URL begins with {url.split('://')[0]!r} and must begin with {POSTGRES_SCHEME!r}: "
            "SQLAlchemy takes 'postgresql' alone for a driver that is not installed. Nothing was changed."
        )
    return url or None


def redis_url() -> str | None:
    """Where runs wait for a worker that takes them: `REM_REDIS_URL`; None where each runs where it began.

    Raises:
        SettingsError: it is no address of a redis.
    """
    url = os.environ.get("REM_REDIS_URL")
    if url and not url.startswith(REDIS_SCHEMES):
        raise SettingsError(
            f"REM_REDIS_URL begins with {url.split('://')[0]!r} and must begin with 'redis://' or "
            "'rediss://', as in redis://127.0.0.1:6379/0. Nothing was changed."
        )
    return url or None


def stray_api_key() -> bool:
    """Whether a provider's key lies in the environment though no model was chosen."""
    return bool(os.environ.get("OPENAI_API_KEY"))


def secret(variable: str) -> str | None:
    """What a variable of the environment holds, such as a provider's key; None when it is unset or empty."""
    return os.environ.get(variable, "").strip() or None


def forbids_live_models() -> bool:
    """Whether models beyond this machine must not be called: the switch that tests run under."""
    return bool(os.environ.get("REM_NO_LIVE_MODELS"))


def system_zone() -> str:
    """The IANA name of this machine's zone; UTC where it has none."""
    import tzlocal

    try:
        name = tzlocal.get_localzone_name()
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):  # a machine without a zone, or with one of no known name
        return "UTC"
    return "UTC" if name in ("Etc/UTC", "Etc/UCT", "Zulu") else name


@dataclass(frozen=True)
class UserPlaces:
    """Where a person's own things lie on this machine; whether they do is not said."""

    home: Path
    documents: Path
    downloads: Path
    claude: Path
    """Claude Code's folder."""
    codex: Path
    obsidian: tuple[Path, ...]
    """Obsidian's own folders, the one of each way to install it."""


def user_places() -> UserPlaces:
    """The folders of whoever runs this."""
    import platformdirs

    own = Path.home()
    return UserPlaces(
        home=own,
        documents=platformdirs.user_documents_path(),
        downloads=platformdirs.user_downloads_path(),
        claude=Path(os.environ.get("CLAUDE_CONFIG_DIR") or own / ".claude"),
        codex=Path(os.environ.get("CODEX_HOME") or own / ".codex"),
        obsidian=(
            platformdirs.user_config_path("obsidian", appauthor=False, roaming=True),
            own / ".var/app/md.obsidian.Obsidian/config/obsidian",
            own / "snap/obsidian/current/.config/obsidian",
        ),
    )


def wants_no_colour() -> bool:
    """Whether the environment asks for output without colours. Source: no-color.org."""
    return bool(os.environ.get("NO_COLOR"))


def is_dumb_terminal() -> bool:
    """Whether the terminal cannot take back what it shows."""
    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def environment_without(*prefixes: str) -> dict[str, str]:
    """The environment for another program, without variables that begin so."""
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def _places(home: Home) -> dict[str, str]:
    return {
        "REM_HOME": str(home.path),
        "DAGSTER_HOME": str(home.dagster_path),
        "DAGSTER_EVENT_BATCH_SIZE": "2000",
    }


def _create_home(place: Path, settings: Settings) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.chmod(0o700)
        file = _new_home_file(settings, place)
        write_private(place / "home.json", file.model_dump_json(indent=2) + "\n", replace=False)
    except OSError as error:
        raise HomeError(
            f"Could not make a home at {place}: {error.strerror or error}. Nothing was changed. "
            "Name another place with --home or REM_HOME."
        ) from error


def _new_home_file(settings: Settings, place: Path) -> HomeFile:
    try:
        return HomeFile(
            timezone=settings.timezone or system_zone(),
            day_starts_at=settings.day_starts_at or time(0),
            week_starts_on=settings.week_starts_on or "sunday",
            hmac_key=secrets.token_hex(32),
        )
    except ValidationError as error:
        raise SettingsError(_explain(error, {}, place / "home.json")) from error


def _read_home_file(place: Path) -> HomeFile:
    path = place / "home.json"
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
        raise HomeError(f"{path} is not as it must be: {_explain(error, {}, path)}") from error


def _check_fixed(file: HomeFile, settings: Settings, origins: Mapping[str, Origin], place: Path) -> None:
    for name in FIXED_BY_HOME:
        wanted, held = getattr(settings, name), getattr(file, name)
        if wanted is not None and (wanted.lower() if isinstance(wanted, str) else wanted) != (
            held.lower() if isinstance(held, str) else held
        ):
            raise SettingsError(
                f"{name} is {str(wanted)!r} by {origins[name]}, but the home {place} was made with "
                f"{str(held)!r}, and its days are cut by that. Nothing was changed. Leave {name} out, "
                f"or make another home with it: --home or REM_HOME names the place."
            )


def _read_config(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"Could not read {path}: {error}. Nothing was changed.") from error


def _explain(error: ValidationError, origins: Mapping[str, Origin], path: Path) -> str:
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        origin = origins.get(str(problem["loc"][0]) if problem["loc"] else "", "default")
        where = path if origin in ("config.toml", "default") else origin
        got = "" if name.split(".")[0] in UNSHOWN else f", got {problem['input']!r}"
        lines.append(f"{name} ({where}): {problem['msg']}{got}")
    return "; ".join(lines) + ". Nothing was changed."


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
