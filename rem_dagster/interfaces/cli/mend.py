"""What does `rem doctor --mend` do, in which order, and what does it say of it?

    backup ── home.json ── tables, columns, types, indexes ── orphans ── disk ── runs ── half-written days

Each step looks again at what it is to mend, so that mending twice does nothing and a killed mend goes on.
Whatever is deleted or rewritten is in a backup first.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from rem_dagster.dreaming.draft.choice import spares_model_days
from rem_dagster.dreaming.stale import find_days
from rem_dagster.dreaming.triggers import day_ranges
from rem_dagster.interfaces.cli.examined import Finding, Look, examine, half_written
from rem_dagster.interfaces.cli.examined_runs import end_runs
from rem_dagster.interfaces.cli.examined_tables import gap_words, orphan_words
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import counted
from rem_dagster.settings import HOME_VERSION, load_settings
from rem_dagster.store.backup import Backup, back_up
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import SHORT_KEEP, table_size, tables_held
from rem_dagster.store.migrate import find_gaps, home_version, migrate, migrate_home
from rem_dagster.store.orphans import delete_orphans, find_orphans
from rem_dagster.store.text import one_writer

WAIT_FOR_DREAM = 30.0
"""Seconds to wait for whoever dreams the days of which orphans are deleted."""
DAYS_AT_ONCE = 400


def mend_home(opened: Opened) -> list[Finding]:
    """Mend what can be mended, and say what was done and what could not be."""
    mending = Mending(opened)
    steps: Mapping[str, Look] = {
        "Tables": mending.bring_forward,
        "Orphans": mending.delete_orphans,
        "Disk": mending.shrink,
        "Runs": _end_runs,
        "Days": _dream_unfinished,
    }
    return examine(opened, steps)


def bring_home_forward(place: Path) -> list[Finding]:
    """Bring a `home.json` of an older version forward, after a backup; nothing where it is of this one.

    Raises:
        HomeError: it cannot be; it is as it was.
    """
    if not (place / "home.json").exists() or (version := home_version(place)) >= HOME_VERSION:
        return []
    settings, _ = load_settings(place / "config.toml", {})
    store = Store(settings.tables or str(place / "tables"), settings.storage_options)
    made = back_up(place, store, now=datetime.now(UTC))
    migrate_home(place)
    return [
        _backup_told(made),
        Finding("Home", "mended", f"home.json was of version {version} and is of {HOME_VERSION}."),
    ]


@dataclass
class Mending:
    """The steps that write tables, and the one backup before the first of them that needs it."""

    opened: Opened
    is_backed_up: bool = field(default=False, init=False)

    def bring_forward(self, opened: Opened) -> Iterator[Finding]:
        """Make what an older version of rem did not have, and indexes."""
        gaps = [gap for gap in find_gaps(opened.store) if gap.kind != "newer"] if opened.has_tables else []
        if any(gap.is_of_an_older_version for gap in gaps):
            yield from self._back_up()
        migrate(opened.store, gaps)
        for gap in gaps:
            yield Finding("Tables", "mended", f"{gap_words(gap)}: that is mended.")

    def delete_orphans(self, opened: Opened) -> Iterator[Finding]:
        """Delete derived rows that belong to nothing, while nobody dreams their days."""
        if not opened.has_tables or not (found := find_orphans(opened.store)):
            return
        days = {day for each in found for day in each.days}
        if days:  # vectors and postings are made again at no loss
            yield from self._back_up()
        with ExitStack() as held:
            held.enter_context(opened.home.hold_days(days, wait_seconds=WAIT_FOR_DREAM))
            held.enter_context(one_writer(opened.store))
            found = find_orphans(opened.store)
            delete_orphans(opened.store, found)
        if found:
            yield Finding(
                "Orphans", "mended", f"Deleted, as they belonged to nothing: {orphan_words(found)}."
            )

    def shrink(self, opened: Opened) -> Iterator[Finding]:
        """Compact the tables that take much more room than is in use."""
        if not opened.has_tables:
            return
        swollen = [name for name in tables_held(opened.store) if table_size(opened.store, name).is_swollen]
        for name in swollen:
            before = table_size(opened.store, name).bytes_on_disk
            opened.store.optimize(name, keep=SHORT_KEEP)
            after = table_size(opened.store, name).bytes_on_disk
            yield Finding("Disk", "mended", f"{name}: {before / 1e6:,.1f} MB are {after / 1e6:,.1f} MB now.")

    def _back_up(self) -> Iterator[Finding]:
        if not self.is_backed_up:
            self.is_backed_up = True
            yield _backup_told(back_up(self.opened.home.path, self.opened.store, now=self.opened.now))


def _backup_told(made: Backup) -> Finding:
    return Finding(
        "Backup",
        "mended",
        f"The tables as they were are in {made.tables_uri}, home.json and config.toml in {made.place} "
        f"({made.bytes_copied / 1e6:,.1f} MB copied, the rest linked). Remove it when all is well.",
    )


def _end_runs(opened: Opened) -> Iterator[Finding]:
    if ended := end_runs(opened):
        yield Finding("Runs", "mended", f"{counted(ended, 'run')} without a process recorded as ended.")


def _dream_unfinished(opened: Opened) -> Iterator[Finding]:
    """Dream the days again that a killed dream left half written, and no others."""
    if not opened.has_tables:
        return
    states = find_days(opened.store, spare_model_days=spares_model_days(opened.home))
    days = half_written(opened, states)
    if not days:
        return
    from rem_dagster.interfaces.cli.launch import run_dream

    users = sorted({state.user_id for state in days})
    ranges = day_ranges(
        (date.fromisoformat(state.partition_key) for state in days), longest_gap=0, longest=DAYS_AT_ONCE
    )
    made = [
        each
        for first, last in ranges
        for each in run_dream(opened.home, first_day=first, last_day=last, user_ids=users)
    ]
    if whole := [each.day for each in made if each.status in ("dreamt", "empty")]:
        yield Finding("Days", "mended", f"{counted(len(whole), 'half-written day')} dreamt again.")
    for each in made:
        if each.error:
            yield Finding("Days", "broken", f"{each.day} of {each.user_id}: {each.error}")
