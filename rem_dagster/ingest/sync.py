"""What is new at the places that the settings name?"""

from dataclasses import dataclass
from datetime import datetime

from rem_dagster.errors import InputError, SourceError
from rem_dagster.ingest.exclude import pause_at
from rem_dagster.ingest.foreign import as_source_error
from rem_dagster.ingest.importing import Progress, import_source
from rem_dagster.ingest.recognise import shown_place, source_of
from rem_dagster.ingest.report import ImportReport
from rem_dagster.ingest.rows import Origin
from rem_dagster.ingest.syncs import note_sync_error, read_sync
from rem_dagster.model.ids import digest_text
from rem_dagster.settings import Home, SourceSettings, read_pauses
from rem_dagster.sources.sql_connection import without_password
from rem_dagster.store.database import Store

WAIT_FOR_OTHER_SYNC = 1800.0
"""Seconds to wait for another process that pulls the same source."""


@dataclass(frozen=True)
class SourceReport:
    """What pulling one source gave: `report`, `error`, or neither when it was not read."""

    kind: str
    path: str
    user_id: str
    report: ImportReport | None = None
    error: str | None = None
    paused_until: datetime | None = None
    """When a pause ends for which the source was not read."""

    @property
    def is_unchanged(self) -> bool:
        """Whether the source was not read, as nothing in it is new."""
        return self.report is None and self.error is None and self.paused_until is None


def sync(home: Home, store: Store, *, now: datetime, progress: Progress | None = None) -> list[SourceReport]:
    """Pull every source of the settings, in their order; one that fails is reported, the others go on.

    While `rem pause` holds nothing is pulled: not every source knows the times of its items.

    Raises:
        StoreError: the store cannot be written.
        HomeBusyError: another process pulled the same source all the time.
    """
    return [pull_source(home, store, entry, now=now, progress=progress) for entry in home.settings.sources]


def pull_source(
    home: Home, store: Store, entry: SourceSettings, *, now: datetime, progress: Progress | None = None
) -> SourceReport:
    """Pull one source, be it named in the settings or not; one that fails is reported.

    Raises:
        StoreError, HomeBusyError: as `sync`.
    """
    user_id = entry.user or home.settings.user
    if pause := pause_at(read_pauses(home), now):
        path = without_password(entry.path)
        return SourceReport(entry.kind, path, user_id, paused_until=pause.end)
    place = shown_place(entry, home)
    name = f"sync-{digest_text(entry.kind, place, user_id)[:16]}"
    with home.hold_everywhere([name], wait_seconds=WAIT_FOR_OTHER_SYNC):
        return _pull_alone(home, store, entry, user_id=user_id, place=place, now=now, progress=progress)


def _pull_alone(
    home: Home,
    store: Store,
    entry: SourceSettings,
    *,
    user_id: str,
    place: str,
    now: datetime,
    progress: Progress | None,
) -> SourceReport:
    """Pull a source while nobody else does: of two reads of it the later one must be written later."""
    try:
        source = source_of(entry, home)
        with as_source_error(f"{entry.kind} {entry.path}"):
            watermark = source.fingerprint()
        held = read_sync(store, Origin(entry.kind, place, user_id))
        if watermark is not None and held is not None and held.watermark == watermark:
            return SourceReport(entry.kind, without_password(entry.path), user_id)
        report = import_source(
            home,
            store,
            source,
            user_id=user_id,
            now=now,
            progress=progress,
            watermark=watermark,
            mark=held.watermark if held else None,
        )
    except (SourceError, InputError) as error:
        note_sync_error(store, Origin(entry.kind, place, user_id), str(error), now=now)
        return SourceReport(entry.kind, without_password(entry.path), user_id, error=str(error))
    return SourceReport(entry.kind, without_password(entry.path), user_id, report=report)
