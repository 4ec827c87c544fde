"""How are a home's days cut anew: by another zone, or from another time of day on?

    raw rows ── new day, new ids ──► staged tables ── commit ──► in place of the old ones, which are a backup
    corrections follow what they are about; forgotten items stay forgotten; all days are dreamt again

A source's rows are read and no source is asked, so that a home whose sources are gone can be changed, too.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from rem_dagster.errors import HomeBusyError, InputError
from rem_dagster.ingest.forgetting.scope import read_pending
from rem_dagster.ingest.linking.linking import link_imported
from rem_dagster.ingest.rezoning.completing import begin, commit, complete
from rem_dagster.ingest.rezoning.rekey import Rekeying, accounts_of
from rem_dagster.ingest.rows import Row, sealed
from rem_dagster.ingest.times import LocalDays
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home, HomeFile, write_private
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import equals, in_days
from rem_dagster.store.stretches import stretches
from rem_dagster.store.tables import CORRECTIONS, TABLES
from rem_dagster.store.text import refresh_text

ITEMS = ("sessions", "messages", "resources")
AS_THEY_ARE = ("forgotten", "syncs")
"""Tables that know no day."""


@dataclass(frozen=True)
class Rezoning:
    """What another zone changes, before it does."""

    items: int
    moved: int
    """Items that belong to another day than before."""
    days_before: int
    days_after: int
    zone_assumed: int
    """Items whose source told no zone: they stay at the instants that the old zone gave them."""
    corrections: int
    dreamt: int
    """Days whose moments are made anew by the next dream."""


def foresee_rezoning(home: Home, store: Store, new: HomeFile) -> Rezoning:
    """What would change; nothing is written."""
    rekeying = Rekeying(calendar_of(home), _days_of(home, new))
    is_dreamt_anew = not keeps_days(home, new)
    before, after, counts = set[tuple[str, str]](), set[tuple[str, str]](), Counter[str]()
    for table in ITEMS:
        columns = ["user_id", "partition_key", "created_at"]
        columns += ["time_confidence"] if table != "sessions" else []
        for first, last in stretches(store, table):
            for row in store.read(table, columns, in_days(first, last)).to_pylist():
                day = rekeying.day_of(row)
                before.add((row["user_id"], row["partition_key"]))
                after.add((row["user_id"], day))
                counts["items"] += 1
                counts["moved"] += day != row["partition_key"]
                counts["assumed"] += row.get("time_confidence") == "assumed_zone"
    return Rezoning(
        items=counts["items"],
        moved=counts["moved"],
        days_before=len(before),
        days_after=len(after),
        zone_assumed=counts["assumed"],
        corrections=store.count("corrections"),
        dreamt=store.count("dreams") if is_dreamt_anew else 0,
    )


def keeps_days(home: Home, new: HomeFile) -> bool:
    """Whether only weeks begin on another day."""
    return (new.timezone, new.day_starts_at) == (home.file.timezone, home.file.day_starts_at)


def restart_weeks(home: Home, store: Store, new: HomeFile) -> None:
    """Let weeks begin on another day. The next dream sums them up anew; days stay as they are."""
    with home.hold("home", wait_seconds=10):
        write_private(home.path / "home.json", new.model_dump_json(indent=2) + "\n")
    store.delete("summaries", equals("period", "week"))
    refresh_text(store, tables=("summaries",))


def rezone(home: Home, store: Store, new: HomeFile, *, now: datetime) -> str:
    """Cut the days of a home anew. Dream afterwards: no moment, summary or vector is left.

    Args:
        new: `home.json` as it is to be.
        now: names the backup.

    Returns:
        Where the tables and Dagster's history as they were are kept.

    Raises:
        InputError: the home cannot be changed so; nothing was changed.
        HomeBusyError: somebody wrote to the home meanwhile; nothing was changed.
        StoreError: a table could not be read or written; nothing was changed.
    """
    require_changeable(home)
    with home.hold("dream-run", wait_seconds=0), home.hold("rezone", wait_seconds=0):
        before = _versions_of(store)
        place = begin(home.path)
        staged = replace(
            home, path=place, file=new, settings=home.settings.model_copy(update={"tables": None})
        )
        first_day = _fill(staged, Store(staged.tables_uri), home, store)
        write_private(
            place / "home.json",
            new.model_copy(update={"first_day": first_day}).model_dump_json(indent=2) + "\n",
        )
        if _versions_of(store) != before:
            raise HomeBusyError(
                f"Somebody wrote to {home.path} while its days were cut anew. Nothing was changed. Stop what "
                "runs on it (`rem ui`, `rem web`, an agent, an import), then run the same command again."
            )
        commit(home.path, now=now)
        return str(complete(home.path))


def require_changeable(home: Home) -> None:
    """Refuse what cannot be done.

    Raises:
        InputError: the tables lie elsewhere, or something is being forgotten.
    """
    if home.settings.tables is not None:
        raise InputError(
            f"The tables of {home.path} lie at {home.settings.tables}, where they cannot take each other's "
            "place in one step. Nothing was changed. `rem export jsonl` writes all that came in, and `rem "
            "import` brings it into another home with the zone that you want."
        )
    if read_pending(home) is not None:
        raise InputError(
            f"Something is being forgotten in {home.path} and is not gone yet. Nothing was changed. "
            "`rem forget --yes` completes that; then run the same command again."
        )


def _fill(staged: Home, target: Store, home: Home, store: Store) -> date | None:
    """Write all tables that are not derived, and those that follow from them; the earliest day."""
    target.create()
    named = [(each.kind, each.account) for each in home.settings.sources]
    accounts = accounts_of(store.read("syncs", ["source", "account"]).to_pylist(), named)
    rekeying = Rekeying(calendar_of(home), _days_of(home, staged.file), accounts)
    corrections = store.read("corrections").to_pylist()
    now_at = {source: ("", "") for row in corrections for source in row["target"]}
    days = set[str]()
    for table in ITEMS:
        for rows in _parts(store, table):
            moved = [rekeying.moved(table, row) for row in rows]
            days |= {row["partition_key"] for row in moved}
            for row, new in zip(rows, moved, strict=True):
                if row["id"] in now_at:
                    now_at[row["id"]] = new["id"], new["partition_key"]
            target.upsert(table, rows_of(TABLES[table], moved))
    for table in AS_THEY_ARE:
        target.upsert(table, store.read(table))
    kept = [_corrected(row, now_at, rekeying) for row in corrections]
    target.upsert("corrections", rows_of(CORRECTIONS, kept))
    refresh_text(target, tables=("messages", "resources"))
    link_imported(staged, target)
    return date.fromisoformat(min(days)) if days else None


def _corrected(row: Row, now_at: Mapping[str, tuple[str, str]], rekeying: Rekeying) -> Row:
    """A correction, on the day on which most of what it is about lies now."""
    found = [now_at[each] for each in row["target"] if now_at[each][0]]
    if found:
        day = Counter(day for _, day in sorted(found)).most_common(1)[0][0]
    elif starts := json.loads(row["value"] or "{}").get("start_time"):
        day = rekeying.new.day_of(datetime.fromisoformat(starts))
    else:
        day = row["partition_key"]
    target = [now_at[each][0] or each for each in row["target"]]
    return sealed("corrections", {**row, "target": target, "partition_key": day})


def _days_of(home: Home, new: HomeFile) -> LocalDays:
    return LocalDays(calendar_of(replace(home, file=new)))


def _parts(store: Store, table: str) -> Iterator[list[dict[str, Any]]]:
    for first, last in stretches(store, table):
        yield store.read(table, where=in_days(first, last)).to_pylist()


def _versions_of(store: Store) -> dict[str, int]:
    return {name: store.dataset(name, is_checked=False).version for name in store.names()}
