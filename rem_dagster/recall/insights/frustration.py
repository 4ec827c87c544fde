"""What goes with frustration, by topic and type, and which words show it?

It is counted what lies beside each other, never what causes what.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rem_dagster.recall.insights.feelings import FRUSTRATED, quote_of
from rem_dagster.recall.insights.figures import FEWEST, WHOLE, each_row, figures, rows_of
from rem_dagster.recall.insights.found import Insight, Statement, said
from rem_dagster.recall.insights.mood import felt_by, share_said
from rem_dagster.recall.insights.pieces import Array
from rem_dagster.recall.insights.read import Lived
from rem_dagster.recall.kinds import word_of

if TYPE_CHECKING:
    import pandas

COLUMNS = ("of", "name", "period", "frustrated", "felt", "moments", "seconds", "moment_ids", "quotes")
MOST_TOPICS = 20
MOST_SAID = 3
Quotes = dict[str, dict[str, str]]
"""By the id of the moment: `moment_id`, its `name` and `day`, `source_id`, `quote`."""


def find_frustration(lived: Lived) -> Insight:
    """Frustrated moments by type, topic and period; `moment_ids` are theirs alone."""
    by = lived.asked.division("frustration")
    pieces, tags = lived.pieces, lived.exploded("tags")
    marks = {name: mark for name, mark in felt_by(lived).items() if name in ("felt", "frustrated")}
    places = [place for place, is_so in enumerate(marks["frustrated"].tolist()) if is_so]
    topics = list(tags["value"][tags["moment"].isin(places)].drop_duplicates())
    tagged = lived.pieces_of("tags", topics)
    quotes = _quotes(lived, places)
    found = [
        _of(lived, pieces.assign(name="all"), "total", marks),
        _of(lived, pieces.assign(name=pieces["type"]), "type", marks),
        _of(lived, tagged.assign(name=tagged["value"]), "topic", marks).head(MOST_TOPICS),
    ]
    over_time = figures(lived, lived.with_period(pieces, by), ["order", "period"], marks)
    found.append(over_time.assign(of="period", name=over_time["period"]))
    rows = _with_quotes(rows_of(found, COLUMNS), set(lived.ids_of(places)), quotes)
    said_of = _statements(lived, found, places, quotes)
    day = lived.day_of(places)
    return Insight("frustration", by, rows, said_of, len(lived.moments), lived.seconds, lived.days, day)


def _of(lived: Lived, pieces: "pandas.DataFrame", of: str, marks: Mapping[str, Array]) -> "pandas.DataFrame":
    """Groups with frustration, those with most of it first; of types and the total, the others, too."""
    found = figures(lived, pieces, ["name"], marks).assign(of=of, period=WHOLE)
    found["share"] = found["frustrated"] / found["felt"].where(found["felt"] > 0)
    return found.sort_values(
        ["frustrated", "share", "moments", "name"], ascending=[False, False, False, True], kind="stable"
    )


def _with_quotes(rows: "pandas.DataFrame", frustrated: set[str], quotes: Quotes) -> "pandas.DataFrame":
    """Rows whose `moment_ids` are those of frustrated moments alone, with the quotes of these."""
    import pandas

    ids = [tuple(one for one in each if one in frustrated) for each in rows["moment_ids"]]
    told = [[quotes[one] for one in each if one in quotes] for each in ids]
    return rows.assign(
        moment_ids=pandas.Series(ids, index=rows.index, dtype=object),
        quotes=pandas.Series(told, index=rows.index, dtype=object),
    )


def _quotes(lived: Lived, places: Sequence[int]) -> Quotes:
    """The quote that shows the frustration of each moment that has one."""
    stored = lived.table.select(["id", "name", "emotion_tags", "evidence"])
    rows = stored.take(list(places)).to_pylist() if places else []
    found: Quotes = {}
    for place, row in zip(places, rows, strict=True):
        if quote := quote_of(FRUSTRATED, row):
            told = {name: str(quote[name]) for name in ("source_id", "quote")}
            of_moment = {"moment_id": row["id"], "name": row["name"], "day": lived.day_of([place]) or ""}
            found[row["id"]] = {**of_moment, **told}
    return found


def _statements(
    lived: Lived, found: "list[pandas.DataFrame]", places: Sequence[int], quotes: Quotes
) -> tuple[Statement, ...]:
    if not len(lived.moments):
        return ()
    total, types, topics = found[:3]
    felt, ids = int(total["felt"].sum()), lived.ids_of(places)
    count = len(ids)
    head = f"{share_said(count, felt)} moments with a feeling {'is' if count == 1 else 'are'} frustrated"
    if felt < FEWEST:
        head = f"{share_said(felt, len(lived.moments))} moments have a feeling, {count} of them frustrated"
        return (Statement(f"{head}: too few to say.", felt, ids),)
    statements = [Statement(f"{head}; {said(len(lived.moments), 'moment')} in all.", felt, ids)]
    for of, frame in (("type", types), ("topic", topics)):
        named = [
            f"{word_of(row.label) if of == 'type' else row.label} {row.frustrated} of {row.felt}"
            for row in each_row(frame.head(MOST_SAID))
            if row.frustrated
        ]
        if named:
            text = f"By {of}, of those with a feeling: {', '.join(named)}."
            statements.append(Statement(text, count, ids, True))
    if ids and (shown := next((quotes[each]["quote"] for each in ids if each in quotes), None)):
        statements.append(Statement(f"In its own words: “{shown}”", 1, ids[:1], True))
    return tuple(statements)
