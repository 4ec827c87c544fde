"""What do stored mentions, moments and texts say of the entities of some days?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rem_dagster.dreaming.links_texts import Texts
from rem_dagster.dreaming.sameness import Named
from rem_dagster.dreaming.sameness_said import Said, said_in
from rem_dagster.dreaming.spelling import fold

Row = Mapping[str, Any]


def named_in(mentions: Sequence[Row], moments: Sequence[Row], texts: Texts) -> list[Named]:
    """The entities of one user's days, with what speaks for who they are."""
    places = {row["id"]: frozenset(row["session_ids"] or ()) for row in moments}
    company: defaultdict[str, set[str]] = defaultdict(set)
    for row in mentions:
        for moment_id in row["moment_ids"] or ():
            company[moment_id].add(row["entity_id"])
    return [_named(row, places, company, texts) for row in mentions]


def stated_in(mentions: Sequence[Row], texts: Texts) -> dict[int, set[Said]]:
    """Day -> the pairs of entities, both ways round, of which a text of that day says that they are one."""
    forms: defaultdict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    for row in mentions:
        day = _ordinal(row["partition_key"])
        for source in row["source_ids"] or ():
            if source in texts.stating:
                forms[day, source] |= {form: row["entity_id"] for form in _forms(row) if len(form) > 1}
    stated: dict[int, set[Said]] = {}
    for (day, source), names in forms.items():
        for one, other, of_one_kind in said_in(texts.stating[source], names):
            both = {(one, other, of_one_kind), (other, one, of_one_kind)}
            stated.setdefault(day, set()).update(both)
    return stated


def _named(
    row: Row, places: Mapping[str, frozenset[str]], company: Mapping[str, set[str]], texts: Texts
) -> Named:
    moments = row["moment_ids"] or ()
    folded = {fold(form) for form in _forms(row)}
    writers = [texts.writers[source] for source in row["source_ids"] or () if source in texts.writers]
    return Named(
        entity_id=row["entity_id"],
        day=_ordinal(row["partition_key"]),
        name=row["name"],
        kind=row["kind"],
        forms=tuple(row["surface_forms"] or ()),
        first_time=row["first_time"],
        count=row["count"] or 1,
        sources=frozenset(row["source_ids"] or ()),
        places=frozenset().union(*(places.get(each, frozenset()) for each in moments)),
        company=frozenset().union(*(company.get(each, ()) for each in moments)) - {row["entity_id"]},
        addresses=frozenset(address for name, address in writers if fold(name) in folded),
    )


def _forms(row: Row) -> tuple[str, ...]:
    return (row["name"], *(row["surface_forms"] or ()))


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
