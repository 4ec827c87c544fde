"""How are the Dagster UI and its daemon kept running over a home?"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import Event

import typer

from rem_dagster.errors import InputError, RemError
from rem_dagster.interfaces.cli.instance import prepare_instance
from rem_dagster.settings import Home, child_environment, lower_first_day, open_home

LOCATION = "rem_dagster"
LOOPBACK = ("127.0.0.1", "localhost")
SECONDS_TO_START = 120.0
SECONDS_TO_END = 40.0
SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_BETWEEN_LOOKS_AT_TABLES = 60.0
"""Where other machines write to them: they tell their own homes of older days, not this one."""
RELOAD = f'mutation {{ reloadRepositoryLocation(repositoryLocationName: "{LOCATION}") {{ __typename }} }}'


def up(home: Home, *, port: int, host: str = "127.0.0.1") -> int:
    """Serve the Dagster UI and run its daemon until interrupted; no process is left behind.

    Definitions are loaded again when the home's first day moves back, so that older days appear.

    Returns:
        0 when it was asked to end, 1 when Dagster ended by itself.

    Raises:
        InputError: the port is taken, or the host is not this machine alone; nothing was started.
    """
    _check_place(host, port)
    url = f"http://{host}:{port}"
    directory = prepare_instance(home)
    home = _with_days_of_others(home)
    with _stop_asked_for() as stop:
        process = subprocess.Popen(
            _command(host, port), cwd=directory, env=child_environment(home), start_new_session=True
        )
        try:
            _wait_until_serving(url, process, stop)
            if process.poll() is None and not stop.is_set():
                typer.echo(f"Dagster UI: {url}   (Ctrl-C ends it)", err=True)
            _watch(home, url, process, stop)
            return 0 if stop.is_set() else 1
        finally:
            _end(process)


def _command(host: str, port: int) -> list[str]:
    quiet = ["--log-level", "warning", "--code-server-log-level", "warning"]
    return [
        *(sys.executable, "-W", "ignore", "-m", "dagster", "dev", "-w", "workspace.yaml"),
        *("--host", host, "--port", str(port), *quiet),
    ]


def _check_place(host: str, port: int) -> None:
    if host not in LOOPBACK:
        raise InputError(
            "The Dagster UI asks nobody for a password, so it listens on this machine alone, "
            f"not on {host!r}. "
            "Nothing was started. To reach it from elsewhere, use a tunnel (ssh -L) or a proxy that asks."
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                f"Port {port} on {host} cannot be used: {error.strerror}. Nothing was started. "
                "Perhaps `rem up` is running already; --port names another."
            ) from error


@contextmanager
def _stop_asked_for() -> Iterator[Event]:
    """Set by Ctrl-C or SIGTERM; Dagster's processes are in a session of their own and see neither."""
    stop = Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until_serving(url: str, process: "subprocess.Popen[bytes]", stop: Event) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and not stop.is_set() and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/server_info", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            stop.wait(0.5)


def _watch(home: Home, url: str, process: "subprocess.Popen[bytes]", stop: Event) -> None:
    """Wait for the end; load definitions again when older days came in."""
    first_day = home.file.first_day
    looked = time.monotonic()
    while process.poll() is None and not stop.wait(SECONDS_BETWEEN_LOOKS):
        if time.monotonic() - looked > SECONDS_BETWEEN_LOOKS_AT_TABLES:
            _with_days_of_others(home)
            looked = time.monotonic()
        now = _first_day(home)
        if now is not None and (first_day is None or now < first_day):
            first_day = now
            _reload(url)


def _with_days_of_others(home: Home) -> Home:
    """The home, its first day as early as what other machines brought into tables that they share."""
    if home.shared is None and "://" not in home.tables_uri:
        return home
    from rem_dagster.store.database import Store
    from rem_dagster.store.digest import first_day_in

    try:
        first = first_day_in(Store(home.tables_uri, home.settings.storage_options))
        return lower_first_day(home, date.fromisoformat(first)) if first else home
    except RemError as error:
        typer.echo(f"The first day of activity could not be looked up: {error}", err=True)
        return home


def _first_day(home: Home) -> date | None:
    """The home's first day now; None where that cannot be told, as while a setting is being edited."""
    try:
        return open_home(home.path).file.first_day
    except RemError:
        return None


def _reload(url: str) -> None:
    request = urllib.request.Request(
        f"{url}/graphql",
        data=json.dumps({"query": RELOAD}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60):
            pass
    except (urllib.error.URLError, OSError) as error:
        typer.echo(f"Definitions could not be loaded again: {error}. Reload them in the UI.", err=True)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask Dagster to end its own processes, wait for all of them, and leave none.

    Its code servers end by themselves some time after it: they are told, and killed if that is not enough.
    """
    process.send_signal(signal.SIGINT)
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _tell_group(process.pid, number):
            _wait_until(lambda: not _tell_group(process.pid, 0), SECONDS_TO_END / 4)


def _tell_group(leader: int, number: int) -> bool:
    """Send a signal to all processes that Dagster started; whether there were any."""
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        return False
    return True


def _wait_until(reached: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.1)
