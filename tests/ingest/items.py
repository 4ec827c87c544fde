"""Items with little to say, for tests of how they land."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.settings import Home, open_home
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from tests.activity import ListSource
from tests.lives import LIVES

NINE = datetime(2024, 5, 1, 9, tzinfo=UTC)
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def day(number: int, *, hour: int = 9) -> datetime:
    """An hour of the day of May 2024 with that number."""
    return datetime(2024, 5, number, hour, tzinfo=UTC)


def said(
    number: int, *, at: datetime | None = None, text: str | None = None, session: str = "s", **more: object
) -> MessageItem:
    """Message `m<number>`, a minute after the one before."""
    values = {
        "native_id": f"m{number}",
        "session_native_id": session,
        "role": "user",
        "content": text if text is not None else f"line {number}",
        "created_at": at or NINE + timedelta(minutes=number),
        **more,
    }
    return MessageItem.model_validate(values)


def talk(native_id: str = "s", *, at: datetime = NINE, **more: object) -> SessionItem:
    """A session that its source knows."""
    return SessionItem.model_validate({"native_id": native_id, "created_at": at, "title": "Talk", **more})


def page(
    text: str, *, native_id: str = "page", at: datetime = NINE, edited: datetime | None = None, **more: object
) -> ResourceItem:
    """A note; `edited` makes its source one that keeps edits apart."""
    values = {
        "native_id": native_id,
        "name": native_id,
        "content": text,
        "category": "note",
        "created_at": at,
        "updated_at": edited,
        **more,
    }
    return ResourceItem.model_validate(values)


def put(
    home: Home, store: Store, *items: Activity | Problem, account: str = "a", user: str = "ines"
) -> ImportReport:
    """Import items as one source."""
    return import_source(home, store, ListSource(items, account), user_id=user, now=NOW)


def new_home(path: Path, *, zone: str = "UTC", day_starts_at: str | None = None) -> tuple[Home, Store]:
    """Another home, with empty tables."""
    flags = {"timezone": zone, "day_starts_at": day_starts_at}
    home = open_home(path, create=True, flags=flags)
    store = LIVES.begin(home)
    return home, store


def outcome(report: ImportReport) -> tuple[int, int, int, int, int]:
    """New, updated, unchanged, skipped and failed."""
    return report.new, report.updated, report.unchanged, report.skipped, report.failed
