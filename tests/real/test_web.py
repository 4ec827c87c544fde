"""Is the journal served for real, and does it end without a word?"""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.interfaces.web.days import a_day

pytestmark = pytest.mark.real
SECONDS = 120


@contextmanager
def web(home: Home, *options: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`rem web` over a home, and the address that it told."""
    words = ["--home", str(home.path), "web", "--no-open", "--json", *options]
    command = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", *words]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        told = ""
        while not told.endswith("}\n"):
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            told += line
        yield process, json.loads(told)["address"]
    finally:
        process.kill()
        process.wait(SECONDS)


def read(address: str, **headers: str) -> tuple[int, str]:
    """The status and the text of an answer."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(address, headers=headers), timeout=SECONDS
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_day_is_read_until_it_is_ended_quietly(home: Home, store: Store, number: signal.Signals) -> None:
    a_day(store)
    with web(home) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert "The slow build was fsync." in read(f"{address}day/2025-10-20")[1]
        assert read(address, Host="evil.example")[0] == 421
        process.send_signal(number)
        out, err = process.communicate(timeout=SECONDS)
        assert process.returncode in (0, -number)
        assert (out, err) == ("", "")


def test_two_journals_have_two_ports(home: Home, store: Store) -> None:
    a_day(store)
    with web(home) as (_, one), web(home) as (_, other):
        assert one != other
        assert read(one)[0] == read(other)[0] == 200


def test_a_one_time_word_opens_it_to_one_browser(home: Home, store: Store) -> None:
    a_day(store)
    with web(home, "--host", "127.0.0.1", "--token", "once") as (_, address):
        assert read(address.partition("?")[0])[0] == 401
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert b"fsync" in opener.open(address, timeout=SECONDS).read()
        another = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with pytest.raises(urllib.error.HTTPError, match="401"):
            another.open(address, timeout=SECONDS)
