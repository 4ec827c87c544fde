"""What does this machine say: variables, zone, places? The only reader of environment variables."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from rem_dagster.errors import SettingsError

POSTGRES_SCHEME = "postgresql+psycopg2://"
REDIS_SCHEMES = ("redis://", "rediss://")


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


def named_home() -> str | None:
    """The home that `REM_HOME` names."""
    return os.environ.get("REM_HOME") or None


def given_in_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """What is set, and not empty, of some variables.

    Args:
        variables: names of settings and of the variables that give them.
    """
    return {name: text for name, variable in variables.items() if (text := os.environ.get(variable))}


@contextmanager
def overlaid(values: Mapping[str, str]) -> Iterator[None]:
    """Let libraries that look at the environment find these values."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def environment_with(values: Mapping[str, str]) -> dict[str, str]:
    """The environment for another process, with these values besides."""
    return {**os.environ, **values}


def folder_in(variable: str) -> Path | None:
    """The folder that a variable of another program names, such as `CODEX_HOME`; None where it is not set."""
    named = os.environ.get(variable)
    return Path(named).expanduser().absolute() if named else None


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
