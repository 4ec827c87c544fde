"""How is somebody's database opened so that nothing in it can change?"""

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError, SourceError
from rem_dagster.settings import secret

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
PASSWORD = re.compile(r"(//[^:/@]*):[^@]*@")
SQLITE_MAGIC = b"SQLite format 3\0"
DATABASES = (
    "postgresql",
    "postgres",
    "mysql",
    "mariadb",
    "sqlite",
    "mssql",
    "oracle",
    "duckdb",
    "cockroachdb",
)
"""How the addresses of databases begin."""
POSTGRES_DRIVERS = ("psycopg", "psycopg2")
LOCKED = ("locked", "busy", "unable to open", "readonly")
READ_ONLY = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET TRANSACTION READ ONLY",
    "mariadb": "SET TRANSACTION READ ONLY",
}


def without_password(address: str) -> str:
    """An address as it may be shown."""
    return PASSWORD.sub(r"\1@", address)


def is_database(address: str) -> bool:
    """Whether an address is one of a database, by its first word: `postgresql+psycopg2://...`."""
    return address.partition("://")[0].partition("+")[0].lower() in DATABASES


def with_driver(address: str) -> str:
    """The address of a Postgres that names no driver, with the one that is installed; others as they are."""
    scheme, sign, rest = address.partition("://")
    if scheme not in ("postgres", "postgresql"):
        return address
    installed = next((each for each in POSTGRES_DRIVERS if find_spec(each)), POSTGRES_DRIVERS[0])
    return f"postgresql+{installed}{sign}{rest}"


def is_sqlite(path: Path) -> bool:
    """Whether a file is a SQLite database."""
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except OSError:
        return False


@contextmanager
def connected(address: str) -> Iterator["Connection"]:
    """A connection to a database by its address, or to a SQLite file by its path, in which only reading goes.

    Raises:
        InputError: the address is none, a variable in it is not set, or the driver is not installed.
        SourceError: the database cannot be opened, or goes away.
    """
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    place = without_password(address)
    with _engine(address) as engine:
        try:
            with engine.connect() as connection:
                if statement := READ_ONLY.get(engine.dialect.name):
                    connection.execute(text(statement))
                yield connection
        except (SQLAlchemyError, UnicodeDecodeError) as error:
            reason = without_password(str(getattr(error, "orig", None) or error).strip().splitlines()[0])
            raise SourceError(
                f"Could not read {place!r}: {reason}. What was read before is stored; the next import or "
                "sync goes on from there."
            ) from error


@contextmanager
def _engine(address: str) -> Iterator["Engine"]:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    if "://" not in address or address.startswith("sqlite:///"):
        with _sqlite_engine(Path(address.removeprefix("sqlite:///"))) as engine:
            yield engine
        return
    try:
        engine = create_engine(VARIABLE.sub(_secret, with_driver(address)), pool_pre_ping=False)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise InputError(
            f"{without_password(address)!r} cannot be used as the address of a database: {error}. Nothing "
            "was changed. Write DRIVER://USER:${PASSWORD_VARIABLE}@HOST/NAME, with an installed driver."
        ) from error
    try:
        yield engine
    finally:
        engine.dispose()


def _secret(found: "re.Match[str]") -> str:
    from urllib.parse import quote

    value = secret(found[1])
    if value is None:
        raise InputError(
            f"The address of the database names ${{{found[1]}}}, and no such variable is set. "
            "Nothing was changed."
        )
    return quote(value, safe="")


@contextmanager
def _sqlite_engine(path: Path) -> Iterator["Engine"]:
    if not _is_file(path):
        raise SourceError(f"There is no database at {str(path)!r}. Nothing was changed.")
    with tempfile.TemporaryDirectory(prefix="rem-sql-") as folder:
        try:
            yield from _as_engine(f"{path.resolve().as_uri()}?mode=ro")
        except sqlite3.OperationalError as error:
            if not any(sign in str(error) for sign in LOCKED):
                raise SourceError(f"Could not read {str(path)!r}: {error}. Nothing was changed.") from error
            yield from _as_engine(_copied(path, Path(folder)).resolve().as_uri())
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise SourceError(f"Could not read {str(path)!r}: {error}. Nothing was changed.") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that no disk can have
        return False


def _as_engine(uri: str) -> Iterator["Engine"]:
    """An engine over a SQLite file, once it has answered."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(uri, uri=True, timeout=1.0)
        opened.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return opened

    asked = connect()
    try:
        asked.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        asked.close()
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def _copied(path: Path, folder: Path) -> Path:
    """A copy of a database that another program holds, with what it has not yet written into it."""
    copy = folder / "copy.sqlite"
    try:
        shutil.copyfile(path, copy)
        for suffix in ("-wal", "-journal"):
            if Path(f"{path}{suffix}").is_file():
                shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
    except OSError as error:
        raise SourceError(
            f"{str(path)!r} is held by another program, and could not be copied: {error.strerror}. Nothing "
            "was changed. Close that program, or copy the file yourself."
        ) from error
    return copy
