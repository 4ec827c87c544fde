"""Which servers of Debian's does a real test start, and how does it find, restart and end them?

Each is a process of its own on a free port of loopback, with all its files in a temporary directory. Where
one is not installed, the test skips and names the package.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

SECONDS_TO_START = 90.0
PORTS = range(20_000, 32_000)
"""Linux gives outgoing connections those from 32,768 on, so that nobody takes one of these meanwhile."""
POSTGRES_PLACES = "postgresql/*/bin"
CLUSTER_SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 32MB
"""


@dataclass(frozen=True)
class Postgres:
    """A running cluster."""

    programs: Path
    place: Path
    port: int
    account: str | None
    """Whose processes it is; None is who runs the tests."""

    def new_database(self) -> str:
        """The URL of a fresh, empty database."""
        name = f"rem_{uuid4().hex[:12]}"
        self.run_sql(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg2://rem@127.0.0.1:{self.port}/{name}"

    def run_sql(self, sql: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """The rows that a statement gives; none where it gives none."""
        import psycopg2

        with closing(
            psycopg2.connect(host="127.0.0.1", port=self.port, user="rem", dbname=database)
        ) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []

    def restart(self) -> None:
        """Break every connection, as a restart of the machine would, and come back on the same port."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """End it, whoever is connected."""
        self._control("stop", "--mode=immediate")

    def start(self) -> None:
        """Begin, or begin again; it accepts connections when this returns."""
        self._control("start", f"--log={self.place / 'log'}", f"--options=-p {self.port}")

    def _control(self, action: str, *options: str) -> None:
        run_as(
            self.account,
            *(str(self.programs / "pg_ctl"), action, "--wait", f"--timeout={SECONDS_TO_START:.0f}"),
            *(f"--pgdata={self.place / 'cluster'}", *options),
        )


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A Postgres of the test's own, with nothing in it, until the block ends."""
    programs = postgres_programs()
    account = ordinary_account("postgres", "nobody")
    with directory_of(account) as place:
        server = Postgres(programs, place, free_port(), account)
        run_as(
            account,
            *(str(programs / "initdb"), f"--pgdata={place / 'cluster'}", "--username=rem", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--no-sync"),
        )
        with (place / "cluster" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(CLUSTER_SETTINGS)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@dataclass
class Redis:
    """A running redis."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"redis://127.0.0.1:{self.port}/0"


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A redis of the test's own that keeps nothing on the disk, until the block ends."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server here: install the Debian package redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="rem-redis-") as place:
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with subprocess.Popen(
            [*command, "--dir", place], stdout=subprocess.DEVNULL, start_new_session=True
        ) as process:
            try:
                wait_for_port(port, process)
                yield Redis(port, process)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(SECONDS_TO_START)


def postgres_programs() -> Path:
    """Where `initdb` and `pg_ctl` lie; the newest version where there are several."""
    if (found := shutil.which("initdb")) and (Path(found).resolve().parent / "pg_ctl").exists():
        return Path(found).resolve().parent
    places = sorted(
        Path("/usr/lib").glob(POSTGRES_PLACES), key=lambda each: float(each.parent.name), reverse=True
    )
    if not places:
        pytest.skip("there is no Postgres here: install the Debian package postgresql")
    return places[0]


def ordinary_account(*names: str) -> str | None:
    """Whose processes a server's are: nobody else's, but Postgres will not be root's."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in names if name in known)


@contextmanager
def directory_of(account: str | None) -> Iterator[Path]:
    """A temporary directory that an account may use, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="rem-postgres-", dir="/tmp") as name:
        place = Path(name)
        if account is not None:
            entry = pwd.getpwnam(account)
            os.chown(place, entry.pw_uid, entry.pw_gid)
        yield place


def run_as(account: str | None, *command: str) -> None:
    """Run a command to its end in an account's name; its words are in the error when it fails.

    What it starts and leaves running does not hold the pipe: its output goes to a file.
    """
    entry = pwd.getpwnam(account) if account else None
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(
            command,
            user=entry.pw_uid if entry else None,
            group=entry.pw_gid if entry else None,
            extra_groups=[] if entry else None,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            start_new_session=True,
            check=False,
        )
        told.seek(0)
        assert done.returncode == 0, f"{command}: {told.read().decode(errors='replace')}"


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    while True:
        port = secrets.choice(PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when a server listens."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, f"it ended with {process.returncode} before it listened"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port} after {SECONDS_TO_START:.0f} s")
