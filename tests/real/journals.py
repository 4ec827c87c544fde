"""A home in which every state of a journal is to be found, what serves it, and who looks at it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.model.dream import QuarantinedClaim
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import MOMENTS
from rem_dagster.store.text import refresh_text
from tests.activity import MONDAY, chat_day, fill, message
from tests.browser import QUIET
from tests.services import free_port

USER = "ines"
SCRIPT = "</title></script><script>window.hit=1</script><img src=x onerror='window.hit=2'>"
LINKS = "[a](javascript:window.hit=3) javascript:window.hit=4 ![b](https://evil.example/b.png)"
TURNED, SMALL = "\u202eمرحبا بالعالم\u202c עברית", "👩‍👩‍👧‍👦 🏳️‍🌈 東京の朝 ﷽"
HOSTILE = (SCRIPT, LINKS, TURNED, SMALL, "w" * 10_000, "Ω≈ç " * 5_000)
WAIT_SECONDS = 120


@dataclass(frozen=True)
class Days:
    """Which day is in which state, counted back from today."""

    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def back(self, days: int) -> date:
        return self.today - timedelta(days=days)

    @property
    def hostile(self) -> date:
        return self.back(10)

    @property
    def plain(self) -> date:
        return self.back(8)

    @property
    def failed(self) -> date:
        return self.back(6)

    @property
    def held_back(self) -> date:
        return self.back(5)

    @property
    def stale(self) -> date:
        return self.back(4)

    @property
    def undreamt(self) -> date:
        return self.back(3)

    @property
    def empty(self) -> date:
        return self.back(2)


@dataclass(frozen=True)
class Lived:
    """The home, and where things are in it."""

    home: Home
    days: Days

    @cached_property
    def store(self) -> Store:
        return Store(self.home.tables_uri)

    def entity(self, kind: str = "topic") -> str:
        """The id of something that is named."""
        rows = self.store.read("mentions", ["entity_id", "count"], equals("kind", kind)).to_pylist()
        return str(max(rows, key=lambda row: (row["count"], row["entity_id"]))["entity_id"])

    def item(self, day: date, table: str = "messages") -> str:
        """The id of a message or resource of a day."""
        return str(self.store.read(table, ["id"], equals("partition_key", day.isoformat()))["id"][0])

    def moments(self, day: date) -> list[dict[str, Any]]:
        rows = self.store.read("moments", None, equals("partition_key", day.isoformat())).to_pylist()
        return sorted(rows, key=lambda row: (row["start_time"], row["id"]))

    def pages(self) -> dict[str, str]:
        """Every kind of page, and a day in every state."""
        days, week = self.days, self.days.plain.isocalendar()
        states = {
            name: f"/day/{getattr(days, name)}"
            for name in ("hostile", "plain", "failed", "held_back", "stale", "undreamt", "empty")
        }
        return {
            **states,
            "home": "/",
            "to come": f"/day/{days.today + timedelta(days=3)}",
            "week": f"/week/{week.year}-W{week.week:02}",
            "hostile week": "/week/{0.year}-W{0.week:02}".format(days.hostile.isocalendar()),
            "month": f"/month/{days.plain:%Y-%m}",
            "year": f"/year/{days.plain.year}",
            "search": "/search?q=release",
            "hostile search": "/search?q=%3Cscript%3E+window+hit",
            "no result": "/search?q=zzzqqq",
            "topics": "/topics",
            "topic": f"/topic/{self.entity()}",
            "people": "/people",
            "person": f"/topic/{self.entity('person')}",
            "ask": "/ask",
            "answer": f"/ask?q=what+did+I+do+on+{days.plain}",
            "item": f"/item/messages/{self.item(days.plain)}",
            "hostile item": f"/item/messages/{self.item(days.hostile)}",
            "standup": f"/standup/{days.back(7)}",
            "corrections": "/corrections",
        }


def make_home(place: Path) -> Lived:
    """A week and a half of days, each in another state."""
    home = open_home(place, create=True, flags={"timezone": "UTC", "user": USER})
    store, days = Store(home.tables_uri), Days()
    store.create()
    dreamt = (days.hostile, days.back(9), days.plain, days.back(7), days.failed, days.held_back, days.stale)
    fill(home, store, [each for day in dreamt for each in _chat(day)], user=USER)
    noon = datetime.combine(days.hostile, datetime.min.time(), UTC) + timedelta(hours=15)
    said = [message(9000 + n, noon + timedelta(minutes=n), content=text) for n, text in enumerate(HOSTILE)]
    fill(home, store, said, user=USER)
    dream(home, store, OfflineEngine(), DreamPlan())
    refresh_across(home, store)
    _spoil(store, days)
    late = datetime.combine(days.stale, datetime.min.time(), UTC) + timedelta(hours=20)
    fill(home, store, [*_chat(days.undreamt), message(9900, late, content="One more thing.")], user=USER)
    refresh_text(store)
    return Lived(home, days)


def _chat(day: date) -> list[Any]:
    return chat_day((day - MONDAY.date()).days)


def _spoil(store: Store, days: Days) -> None:
    """Make one day fail, hold claims of another back, and put hostile words all over a third."""
    claim = QuarantinedClaim(kind="fact", text=f"Nobody said this. {SCRIPT}", reason="no source says it")
    for day, more in (
        (days.failed, {"status": "failed", "error": f"The model did not answer. {SCRIPT}"}),
        (days.held_back, {"quarantine": (claim,)}),
    ):
        iso = day.isoformat()
        (row,) = read_ledger(store, first_day=iso, last_day=iso, user_ids=[USER])
        write_ledger(store, [row.model_copy(update=more)])
    lived = store.read("moments", None, equals("partition_key", days.hostile.isoformat())).to_pylist()
    for place, row in enumerate(lived):
        words = HOSTILE[place % len(HOSTILE)]
        row |= {"name": words, "summary": words, "outcomes": [words], "people": [words[:400]]}
        row["tags"] = [*row["tags"], words[:200]]
    store.upsert("moments", rows_of(MOMENTS, lived))


@contextmanager
def served(home: Path, *, user: str = USER) -> Iterator[str]:
    """The address at which `rem web` serves a home, as a process of its own."""
    port = free_port()
    rem = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
    words = [*rem, "--home", str(home), "--user", user, "web", "--port", str(port), "--no-open"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REM_")}
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert process.poll() is None, "rem web ended"
            assert time.monotonic() < deadline, "rem web did not begin"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@contextmanager
def a_browser() -> Iterator[Any]:
    """Debian's chromium with a fresh profile."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is missing")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Debian's chromium is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def looking(browser: Any, base: str, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page, and what of it is not as it should be: errors, dialogs, requests elsewhere.

    A page that is not there is said by the browser, too, and is no fault.
    """
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    context.set_default_timeout(WAIT_SECONDS * 1000)
    page, faults = context.new_page(), []

    def asked(request: Any) -> None:
        if not request.url.startswith((base, "data:")):
            faults.append(f"asked for {request.url}")

    page.on("request", asked)
    page.on("console", lambda said: None if "status of 404" in said.text else faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: (faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("response", lambda got: faults.append(f"{got.status} {got.url}") if got.status >= 500 else None)
    try:
        yield page, faults
    finally:
        context.close()
