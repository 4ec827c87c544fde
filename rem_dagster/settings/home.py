"""Where is the home, and what holds in it?"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from rem_dagster.errors import HomeMissingError, SettingsError
from rem_dagster.locks import Held, Shared, hold
from rem_dagster.s3 import is_s3
from rem_dagster.settings.environment import environment_with, named_home, overlaid, postgres_url
from rem_dagster.settings.home_file import HomeFile, create_home, new_home_file, read_home_file
from rem_dagster.settings.loading import ENVIRONMENT, Origin, load_settings
from rem_dagster.settings.values import WEEKDAYS, Settings

FIXED_BY_HOME = ("timezone", "day_starts_at", "week_starts_on")


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
    if named := named_home():
        return Path(named).expanduser().absolute(), "environment"
    if (Path.cwd() / "home.json").is_file():
        return Path.cwd(), "default"
    import platformdirs

    return Path(platformdirs.user_data_dir("rem", appauthor=False)), "default"


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
        create_home(place, settings)
    file = read_home_file(place)
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
    return Home(place, new_home_file(settings, place), settings, {**origins, "home": origin})


def _check_fixed(file: HomeFile, settings: Settings, origins: Mapping[str, Origin], place: Path) -> None:
    for name in FIXED_BY_HOME:
        wanted, held = getattr(settings, name), getattr(file, name)
        if wanted is not None and (wanted.lower() if isinstance(wanted, str) else wanted) != (
            held.lower() if isinstance(held, str) else held
        ):
            raise SettingsError(
                f"{name} is {str(wanted)!r} by {origins[name]}, but the home {place} was made with "
                f"{str(held)!r}, and its days are cut by that. Nothing was changed. Leave {name} out, "
                f"or have its days cut anew: `rem config timezone` says what that changes."
            )


def child_environment(home: Home) -> dict[str, str]:
    """The environment of a process that is to work in this home, under the flags that hold here."""
    flags = {
        ENVIRONMENT[name]: str(getattr(home.settings, name))
        for name, origin in home.origins.items()
        if origin == "flag" and name in ENVIRONMENT and getattr(home.settings, name) is not None
    }
    return environment_with({**flags, **_places(home)})


def environment_of(home: Home) -> AbstractContextManager[None]:
    """Let libraries that look at the environment find this home and its Dagster instance."""
    return overlaid(_places(home))


def _places(home: Home) -> dict[str, str]:
    return {
        "REM_HOME": str(home.path),
        "DAGSTER_HOME": str(home.dagster_path),
        "DAGSTER_EVENT_BATCH_SIZE": "2000",
    }
