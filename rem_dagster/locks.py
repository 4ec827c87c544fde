"""Who may do a piece of work now, of all processes on this machine and on those that share a Postgres?

    files of the home, in sorted order ──► locks in Postgres, in sorted order ──► the work

Files exclude the processes of one machine from each other. Where several machines share tables, locks of
the Postgres that they share exclude them, too. Everybody takes locks in the same order, so that nobody
waits in a circle; both kinds end with the process that holds them, however it ends.
"""

import hashlib
import os
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rem_dagster.errors import HomeBusyError, HomeError, LockLostError, SettingsError

if TYPE_CHECKING:
    from psycopg2.extensions import connection

SECONDS_BETWEEN_TRIES = 0.1
SECONDS_TO_CONNECT = 30.0
"""A Postgres that is being restarted is back within them."""
NO_WAY_IN = ("authentication failed", "does not exist", "no pg_hba.conf entry")
"""What Postgres says where waiting does not help."""
SESSION_SETTINGS = {"tcp_keepalives_idle": 20, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
"""What lets the server notice within a minute that a machine is gone, and give its locks to others."""
HOLDER = """
SELECT activity.application_name, activity.client_addr::text
FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 1
  AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND lock.classid::bigint = (%(key)s::bigint >> 32) & 4294967295
  AND lock.objid::bigint = %(key)s::bigint & 4294967295
"""

FIRST_OF_ALL = """
CREATE TABLE IF NOT EXISTS rem_homes (tables_uri text PRIMARY KEY, fingerprint text NOT NULL);
INSERT INTO rem_homes VALUES (%(tables)s, %(fingerprint)s) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Shared:
    """What several machines have in common: tables, and a Postgres that knows who works on them."""

    postgres_url: str
    tables_uri: str
    fingerprint: str | None = None
    """What must be equal on all machines, as a hash; None is not compared."""

    def key_of(self, name: str) -> int:
        """The number of a lock in Postgres: 64 bits, signed."""
        digest = hashlib.sha256(f"{self.tables_uri}\n{name}".encode()).digest()
        return int.from_bytes(digest[:8], "big", signed=True)


class Held:
    """Locks that are held, as far as this machine can tell without asking."""

    def check(self) -> None:
        """Return when the locks are still held; call it before what must not be written without them.

        Raises:
            LockLostError: they are not, and others may be at work.
        """


@dataclass(frozen=True)
class _HeldInPostgres(Held):
    session: "connection"
    names: Sequence[str]

    def check(self) -> None:
        with _lost_when_broken(self.names), self.session.cursor() as cursor:
            cursor.execute("SELECT 1")


@contextmanager
def hold(
    directory: Path | None, names: Iterable[str], *, wait_seconds: float, shared: Shared | None = None
) -> Iterator[Held]:
    """Keep other processes from doing the named pieces of work until the block ends.

    Args:
        directory: where this machine's locks lie, made where it is missing; None takes none of them.
        wait_seconds: for all of them together.
        shared: where other machines are excluded as well; None is this machine alone.

    Raises:
        HomeBusyError: somebody else still held one after that time; nothing is held.
        HomeError: Postgres cannot be reached; nothing is held.
        SettingsError: this machine's home differs from the others'; nothing is held.
        LockLostError: Postgres went away while it was waited for; nothing is held.
    """
    wanted = sorted(set(names))
    deadline = time.monotonic() + wait_seconds
    with ExitStack() as held:
        for name in wanted:
            if directory is not None:
                held.enter_context(_hold_file(directory, name, deadline=deadline, wait_seconds=wait_seconds))
        if shared is None or not wanted:
            yield Held()
            return
        session = held.enter_context(closing(_connect(shared, wanted)))
        with _lost_when_broken(wanted):
            for name in wanted:
                _take(session, shared, name, deadline=deadline, wait_seconds=wait_seconds)
        yield _HeldInPostgres(session, wanted)


@contextmanager
def _hold_file(directory: Path, name: str, *, deadline: float, wait_seconds: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    path = directory / f"{name}.lock"
    lock = FileLock(path, mode=0o600)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=max(deadline - time.monotonic(), 0), poll_interval=0.05)
    except Timeout as error:
        raise _busy(name, str(directory), _read(path), wait_seconds) from error
    except OSError as error:
        raise HomeError(
            f"Could not lock {path}: {error.strerror or error}. Nothing was changed. See that the home can "
            "be written."
        ) from error
    try:
        _sign(path)
        yield
    finally:
        lock.release()


def _take(session: "connection", shared: Shared, name: str, *, deadline: float, wait_seconds: float) -> None:
    key = shared.key_of(name)
    with session.cursor() as cursor:
        while not _ask(cursor, "SELECT pg_try_advisory_lock(%(key)s)", key)[0][0]:
            if time.monotonic() >= deadline:
                holder = ", ".join(" at ".join(filter(None, row)) for row in _ask(cursor, HOLDER, key))
                raise _busy(name, shared.tables_uri, holder, wait_seconds)
            time.sleep(SECONDS_BETWEEN_TRIES)


def _ask(cursor: Any, sql: str, key: int) -> list[tuple[Any, ...]]:  # psycopg2's rows have no types
    cursor.execute(sql, {"key": key})
    return list(cursor.fetchall())


def _connect(shared: Shared, names: Sequence[str]) -> "connection":
    """A connection for these locks alone; it waits a while for a server that is being restarted."""
    import psycopg2

    deadline = time.monotonic() + SECONDS_TO_CONNECT
    while True:
        try:
            session = psycopg2.connect(
                shared.postgres_url.replace("+psycopg2", "", 1),
                application_name=f"rem, {_myself()}"[:63],
                connect_timeout=10,
            )
            session.autocommit = True
            with session.cursor() as cursor:
                for setting, value in SESSION_SETTINGS.items():
                    cursor.execute(f"SET {setting} = {value}")
                _agree(cursor, shared)
        except psycopg2.Error as error:
            if time.monotonic() < deadline and not any(sign in str(error) for sign in NO_WAY_IN):
                time.sleep(SECONDS_BETWEEN_TRIES)
                continue
            raise HomeError(
                f"The Postgres that REM_POSTGRES_URL names cannot be used: {_first_line(error)}. So it is "
                f"not known whether another machine is at work on {_told(names)}. Nothing was changed. Try "
                "again when it runs."
            ) from error
        return session


def _agree(cursor: Any, shared: Shared) -> None:  # as above
    """Compare this machine with the first one that wrote to the tables."""
    if shared.fingerprint is None:
        return
    cursor.execute(FIRST_OF_ALL, {"tables": shared.tables_uri, "fingerprint": shared.fingerprint})
    cursor.execute("SELECT fingerprint FROM rem_homes WHERE tables_uri = %s", [shared.tables_uri])
    if cursor.fetchone() != (shared.fingerprint,):
        raise SettingsError(
            f"home.json on this machine ({platform.node()}) differs from that of the machine that first "
            f"wrote to {shared.tables_uri}: in its key, its time zone or where its days and weeks start. "
            "Nothing was changed. Copy home.json from there; where this one is the right one, delete the "
            "row of the table rem_homes in that Postgres."
        )


@contextmanager
def _lost_when_broken(names: Sequence[str]) -> Iterator[None]:
    import psycopg2

    try:
        yield
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise LockLostError(
            f"The connection to Postgres that held {_told(names)} broke: {_first_line(error)}. Another "
            "machine may be at work on the same, so nothing was marked as complete. Run it again."
        ) from error


def _busy(name: str, place: str, holder: str, wait_seconds: float) -> HomeBusyError:
    return HomeBusyError(
        f"Another process is at work in {place} ({name}; {holder or 'it does not say who'}) and did not end "
        f"within {wait_seconds:.0f} s. Nothing was changed. Try again when it has ended."
    )


def _myself() -> str:
    return f"process {os.getpid()} on {platform.node()}"


def _sign(path: Path) -> None:
    """Note who holds a lock, for those who wait in vain; a full disk keeps nobody from working."""
    try:
        path.write_text(_myself(), encoding="utf-8")
    except OSError:
        pass


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")


def _told(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
