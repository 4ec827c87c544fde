"""Are the tables of a home whole, of this version, of one piece and not larger than need be?"""

from collections.abc import Iterator, Sequence

from rem_dagster.errors import RemError
from rem_dagster.interfaces.cli.examined import MEND, Finding
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import counted, listed
from rem_dagster.store.maintain import TableSize, table_size, tables_held
from rem_dagster.store.migrate import Gap, find_gaps
from rem_dagster.store.orphans import Orphans, count_messages_without_session, find_orphans
from rem_dagster.store.tables import RAW_TABLES

COUNTED = (*RAW_TABLES, "moments")
NAMED = 4
"""Tables and columns that are named."""


def look_at_tables(opened: Opened) -> Iterator[Finding]:
    """Whether every table is of this version, opens, and its rows can be read."""
    if not opened.has_tables:
        yield Finding("Tables", "note", "Nothing was imported yet.", opened.command("import", "PATH"))
        return
    gaps = find_gaps(opened.store)
    for gap in gaps:
        if gap.is_of_an_older_version:
            yield Finding("Tables", "broken", f"{gap_words(gap)}: an older rem made it.", mend(opened))
        elif gap.kind == "newer":
            yield Finding(
                "Tables", "broken", f"{gap_words(gap)}: a newer rem made it.", "upgrade rem-dagster"
            )
    if any(gap.is_of_an_older_version for gap in gaps):
        return
    held: dict[str, int] = {}
    names = tables_held(opened.store)
    for name in names:
        try:
            held[name] = opened.store.read(name, ["id"]).num_rows
        except RemError as error:
            yield Finding("Tables", "broken", str(error), "bring it back from a backup of the home")
    if len(held) == len(names):
        counts = listed([f"{held[name]:,} {name}" for name in COUNTED], most=len(COUNTED))
        yield Finding("Tables", "ok", f"All {len(held)} tables can be read: {counts}.")
    for kind in ("index", "unindexed"):
        if found := [gap for gap in gaps if gap.kind == kind]:
            yield Finding(
                "Indexes", "note", listed([gap_words(gap) for gap in found], most=NAMED) + ".", mend(opened)
            )


def are_current(opened: Opened) -> bool:
    """Whether the tables can be read at all by this version of rem."""
    return not opened.has_tables or not any(gap.is_of_an_older_version for gap in find_gaps(opened.store))


def look_at_orphans(opened: Opened) -> Iterator[Finding]:
    """Whether derived rows belong to something that is there."""
    if not opened.has_tables:
        return
    if orphans := find_orphans(opened.store):
        yield Finding("Orphans", "note", f"These belong to nothing: {orphan_words(orphans)}.", mend(opened))
    if alone := count_messages_without_session(opened.store):
        yield Finding(
            "Sessions",
            "note",
            f"{counted(alone, 'message')} {'names' if alone == 1 else 'name'} a session that is not there. "
            "They are dreamt and found all the same, and stay.",
        )


def look_at_disk(opened: Opened) -> Iterator[Finding]:
    """Whether what older versions of rows leave behind piles up."""
    if not opened.has_tables:
        return
    sizes = {name: table_size(opened.store, name) for name in tables_held(opened.store)}
    for name, size in sizes.items():
        if size.is_swollen:
            yield Finding("Disk", "note", f"{name} takes {_told(size)}.", mend(opened))
    whole = TableSize(
        rows=0,
        bytes_on_disk=sum(size.bytes_on_disk for size in sizes.values()),
        live_bytes=sum(size.live_bytes for size in sizes.values()),
        row_bytes=0,
    )
    if not any(size.is_swollen for size in sizes.values()):
        yield Finding("Disk", "ok", f"The tables take {_told(whole)}.")


def mend(opened: Opened) -> str:
    """The command that mends."""
    return opened.command(*MEND)


def gap_words(gap: Gap) -> str:
    """What a table lacks, as a clause."""
    names = listed(gap.names, most=NAMED)
    match gap.kind:
        case "table":
            return f"There is no table {gap.table}"
        case "column":
            return f"{gap.table} has no {names}"
        case "type":
            return f"{gap.table} has {names} of another type"
        case "index":
            return f"{gap.table} has no index of {names}"
        case "unindexed":
            return f"{gap.rows:,} rows of {gap.table} are in no index yet"
        case "newer":
            return f"{gap.table} has {names}, which this rem does not know"


def orphan_words(orphans: Sequence[Orphans]) -> str:
    """How many rows of which tables."""
    return listed([f"{counted(len(each), 'row')} of {each.table}" for each in orphans], most=len(orphans))


def _told(size: TableSize) -> str:
    return f"{size.bytes_on_disk / 1e6:,.1f} MB, {size.ratio:.1f} times what is in use"
