"""Small days in a home, and its journal as a browser asks for it."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.interfaces.web.veil import Veil
from rem_dagster.memory import Memory
from rem_dagster.model.ids import derive_id
from rem_dagster.settings import Home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.digest import day_digests
from rem_dagster.store.tables import DREAMS
from tests.stored import message, moment, put, resource, session, summary

USER = "ann"
DAY = date(2025, 10, 20)
NOW = datetime(2025, 10, 22, 8, tzinfo=UTC)
PAGES = (
    *("/", "/day/2025-10-20", "/day/2025-10-20.md", "/day/2025-10-19", "/day/2030-01-01"),
    *("/week/2025-W43", "/week/2025-W43.md", "/week/2025-W20", "/month/2025-10", "/month/2025-01"),
    *("/year/2025", "/year/1999", "/standup", "/standup/2025-10-21", "/standup/2025-10-21.md"),
    *("/search", "/search?q=build", "/topics", "/people", "/ask", "/corrections", "/found"),
)


def at(hour: float, *, day: date = DAY) -> datetime:
    """An instant of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def dreamt(
    store: Store,
    *,
    day: date = DAY,
    status: str = "complete",
    quarantine: Sequence[dict[str, str]] = (),
    **more: Any,
) -> None:
    """Write the ledger's row of a day, as if it was dreamt from what is stored now."""
    digest = day_digests(store, user_ids=[USER])[USER, day.isoformat()]
    row = {
        "id": derive_id(USER, day.isoformat()),
        "user_id": USER,
        "partition_key": day.isoformat(),
        "status": status,
        "input_digest": digest.digest,
        "input_hash": "h",
        "recipe": "0123456789abcdef",
        "engine": "offline",
        "agentlet": "moment-generator",
        "agentlet_version": "1.0.0",
        "counts": json.dumps({"items": digest.items, "held_back": len(quarantine)}),
        "calls": 0,
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "cost_usd": 0.0,
        "coverage": 1.0,
        "quarantine": json.dumps(list(quarantine)),
        "attempts": 1,
        "dream_id": "d1",
        "dreamt_at": at(27, day=day),
        "duration_seconds": 0.4,
    }
    store.upsert("dreams", rows_of(DREAMS, [row | more]))


def a_day(store: Store, *, day: date = DAY, text: str = "The slow build was fsync.") -> list[str]:
    """A chat and a note of a day, two moments of them and its summary, dreamt; returns the moments' ids."""
    put(store, "sessions", session("s1", at=at(9, day=day)) | {"title": text})
    said = message(text, at=at(9.5, day=day), author=text)
    noted = resource(text, text, at=at(14, day=day))
    put(store, "messages", said)
    put(store, "resources", noted)
    morning = moment(text, at=at(9, day=day), hours=2, summary=text, tags=[text], emotions=["frustrated"])
    evening = moment("Wrote it down", at=at(14, day=day), hours=0.5)
    morning |= {
        "outcomes": [f"{text} Found"],
        "people": [text],
        "evidence": [{"source_id": said["id"], "quote": f"{text} I am frustrated."}],
        "metadata": json.dumps({"source_ids": [said["id"], noted["id"]]}),
    }
    ids = put(store, "moments", morning, evening | {"moment_type": "reflection"})
    put(store, "summaries", summary(text, at=at(0, day=day), end=at(24, day=day)))
    dreamt(store, day=day)
    return ids


def journal_of(
    home: Home, *, safety: Safety | None = None, veil: Veil | None = None, user: str = USER
) -> TestClient:
    """A browser on this machine, on the morning of a day two days after `DAY`."""
    app = make_app(Memory(home, user), safety or Safety(), veil=veil, clock=lambda: NOW)
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


class Elements(HTMLParser):
    """Each element of a page with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All that can be read, on one line."""
        return " ".join(" ".join(self.texts).split())

    def values(self, tag: str, attribute: str) -> list[str]:
        """An attribute of all elements of a kind that have it."""
        return [attrs[attribute] or "" for name, attrs in self.elements if name == tag and attribute in attrs]
