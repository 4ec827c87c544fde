"""With whom was time spent?"""

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from rem_dagster.recall.insights.figures import WHOLE, each_row, figures, rows_of
from rem_dagster.recall.insights.found import Insight, Statement, hours_said, said
from rem_dagster.recall.insights.pieces import day_from
from rem_dagster.recall.insights.read import Lived

if TYPE_CHECKING:
    import pandas

COLUMNS = ("of", "name", "period", "seconds", "moments", "days", "first_day", "last_day", "moment_ids")
MOST_PEOPLE = 30
MOST_SAID = 3
TALKS = ("communication", "collaboration")
FEWEST_NAMED = 3
"""Talks with names from which on one can tell who is always there."""


def find_people(lived: Lived) -> Insight:
    """Those who are named in moments, with the time of these; the user is left out.

    A person is in a moment where it names them, whether they were there or were talked about.
    """
    by = lived.asked.division("people")
    named = lived.pieces_of("people")
    named = named[~named["value"].isin(oneself(lived))]
    found = figures(lived, named, ["value"]).set_index("value")
    days = named.groupby("value")["day"].agg(["nunique", "min", "max"])
    found = found.assign(
        days=days["nunique"], first_day=days["min"].map(day_from), last_day=days["max"].map(day_from)
    ).reset_index(names="name")
    found = found.sort_values(
        ["seconds", "moments", "name"], ascending=[False, False, True], kind="stable"
    ).head(MOST_PEOPLE)
    among = named[named["value"].isin(found["name"])]
    over_time = figures(lived, lived.with_period(among, by), ["order", "period", "value"])
    rows = rows_of(
        [
            found.assign(of="person", period=WHOLE),
            over_time.rename(columns={"value": "name"}).assign(of="person"),
        ],
        COLUMNS,
    )
    said_of = _statements(lived, found, named)
    day = found["last_day"].iloc[0].isoformat() if len(found) else None
    return Insight("people", by, rows, said_of, len(lived.moments), lived.seconds, lived.days, day)


def oneself(lived: Lived) -> set[str]:
    """How the user is called: as the id says, or whoever is named in most talks and never alone."""
    people = lived.exploded("people")
    if found := {name for name in set(people["value"]) if is_called(name, lived.asked.user_id)}:
        return found
    is_talk = lived.moments["type"].isin(TALKS).to_numpy()
    talks = people[is_talk[people["moment"].to_numpy()]]
    together: dict[int, set[str]] = {}
    for place, name in zip(talks["moment"].tolist(), talks["value"].tolist(), strict=True):
        together.setdefault(place, set()).add(name)
    named = list(together.values())
    if len(named) < FEWEST_NAMED:
        return set()
    counts = Counter(name for each in named for name in each).most_common(2)
    first, count = counts[0]
    is_clear = count * 2 > len(named) and (len(counts) < 2 or counts[1][1] < count)
    return {first} if is_clear and {first} not in named else set()


def is_called(name: str, user_id: str) -> bool:
    """Whether an id is made of a name: `ines`, `simonw` and `swillison` of Inês and Simon Willison."""
    first, *more = _plain_words(name) or [""]
    known = "".join(_plain_words(user_id)[:1])
    if not first or not known:
        return False
    rest = "".join(more)
    is_front = known.startswith(first) and rest.startswith(known[len(first) :])
    return known == first or is_front or (bool(more) and known == first[0] + more[-1])


def _plain_words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text).lower()
    kept = "".join(each if each.isalnum() else " " for each in letters if not unicodedata.combining(each))
    return kept.split()


def _statements(lived: Lived, found: "pandas.DataFrame", named: "pandas.DataFrame") -> tuple[Statement, ...]:
    count, total = int(named["moment"].nunique()), len(lived.moments)
    if not total:
        return ()
    ids = lived.ids_of(named["moment"].tolist())
    if not count:
        return (Statement(f"None of {said(total, 'moment')} names somebody else.", total),)
    statements = [Statement(f"{count:,} of {said(total, 'moment')} name somebody.", total, ids)]
    parts = [
        f"{row.label} {hours_said(row.seconds)} ({said(row.moments, 'moment')}, {said(row.days, 'day')})"
        for row in each_row(found.head(MOST_SAID))
    ]
    statements.append(Statement(f"Most time: {', '.join(parts)}.", count, ids, True))
    return tuple(statements)
