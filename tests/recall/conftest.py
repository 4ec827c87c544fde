"""What tests of SQL start from: a home with a little of everything, of two users."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from rem_dagster.recall.sql import query
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.stored import edge, mention, message, moment, put, resource, session, summary

LISBON = "Europe/Lisbon"
NOW = datetime.now(UTC)
YESTERDAY = (NOW - timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
Ask = Callable[..., pa.Table]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Store]:
    """A home in Lisbon with a little of everything, of two users."""
    home = open_home(tmp_path_factory.mktemp("sql") / "home", create=True, flags={"timezone": LISBON})
    store = Store(home.tables_uri)
    store.create()
    recent = NOW - timedelta(minutes=5)
    put(store, "sessions", session("s1", at=recent), session("s2", at=recent, user="bob"))
    put(
        store,
        "messages",
        message("second", at=recent + timedelta(minutes=1)),
        message("first", at=recent),
        message("secret", at=recent, user="bob", session="s2"),
    )
    put(store, "resources", resource("note", "text", at=recent), resource("bob's", "secret", user="bob"))
    put(
        store,
        "moments",
        moment("DiskANN", at=YESTERDAY, tags=["diskann"], emotions=["productive"], hours=3),
        moment("Stuck", at=YESTERDAY, tags=["infra"], emotions=["frustrated"]),
        moment("Older", at=YESTERDAY - timedelta(days=3), tags=["diskann"], emotions=["productive"]),
        moment("Secret", at=YESTERDAY, user="bob", tags=["diskann"]),
    )
    names = [mention(name, at=YESTERDAY) for name in ("DiskANN", "Disk ANN", "Vamana", "Vamana 2")]
    put(store, "mentions", *names, mention("Secret", user="bob"))
    ids = [row["entity_id"] for row in names]
    put(
        store,
        "edges",
        edge(ids[0], ids[1], "same_as"),
        edge(ids[3], ids[2], "same_as"),
        edge(ids[2], ids[3], "not_same_as", owner="user"),
    )
    week = YESTERDAY - timedelta(days=YESTERDAY.weekday())
    put(
        store,
        "summaries",
        summary("A day of disks.", at=YESTERDAY, end=YESTERDAY + timedelta(days=1)),
        summary("A week of disks.", at=week, end=week + timedelta(days=7), period="week"),
    )
    return home, store


@pytest.fixture
def ask(filled: tuple[Home, Store]) -> Ask:
    """Ask a question of SQL as `ann`."""
    home, store = filled

    def run(sql: str, parameters: object = None, **options: Any) -> pa.Table:
        return query(home, store, sql, parameters, **{"user_id": "ann", **options})  # type: ignore[arg-type]

    return run
