"""Which feelings were there over time, and when was somebody most and least productive?

A moment has a feeling only where a quote shows it, so most have none. Shares are of those that have one.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rem_dagster.recall.insights.feelings import FRUSTRATED, PLEASANT, PRODUCTIVE, UNPLEASANT
from rem_dagster.recall.insights.figures import FEWEST, WHOLE, Row, each_row, figures, is_clear, rows_of
from rem_dagster.recall.insights.found import Insight, Statement, listed
from rem_dagster.recall.insights.pieces import Array
from rem_dagster.recall.insights.read import Lived
from rem_dagster.recall.kinds import word_of

if TYPE_CHECKING:
    import pandas

COUNTS = ("felt", "productive", "pleasant", "unpleasant", "frustrated")
COLUMNS = ("of", "name", "period", "seconds", "moments", *COUNTS, "moment_ids")
MOST_FEELINGS_SAID = 5
MANY_TOPICS = 40
GROUPS = {"hour": "hours", "weekday": "weekdays", "type": "types", "topic": "topics"}


def find_mood(lived: Lived) -> Insight:
    """Feelings by period, and how moments felt by hour, weekday, type and topic, and by weekday and hour."""
    by = lived.asked.division("mood")
    pieces, marks = lived.pieces, felt_by(lived)
    compared = {
        "hour": _compared(lived, lived.with_period(pieces, "hour"), "hour", marks),
        "weekday": _compared(lived, lived.with_period(pieces, "weekday"), "weekday", marks),
        "type": _compared(lived, pieces.assign(order=0, period=pieces["type"]), "type", marks),
        "topic": _compared(lived, _of_topics(lived, marks), "topic", marks),
    }
    felt = lived.pieces_of("emotion_tags")
    parts = [
        _compared(lived, pieces.assign(order=0, period="all"), "total", marks),
        _feelings(lived, felt.assign(order=0, period=WHOLE)),
        _feelings(lived, lived.with_period(felt, by)),
        *compared.values(),
        _compared(lived, _cells(lived, pieces), "weekday and hour", marks),
    ]
    said_of = (_felt_statement(lived, parts[0], parts[1]), *_comparisons(lived, compared))
    said_of = said_of if len(lived.moments) else ()
    day = lived.day_of(lived.exploded("emotion_tags")["moment"])
    return Insight(
        "mood", by, rows_of(parts, COLUMNS), said_of, len(lived.moments), lived.seconds, lived.days, day
    )


def felt_by(lived: Lived) -> dict[str, Array]:
    """Of each of `COUNTS`, whether each moment felt so."""
    feelings = lived.exploded("emotion_tags")
    value, place = feelings["value"], feelings["moment"]
    return {
        "felt": lived.marked(place),
        "productive": lived.marked(place[value.isin(PRODUCTIVE)]),
        "pleasant": lived.marked(place[value.isin(PLEASANT)]),
        "unpleasant": lived.marked(place[value.isin(UNPLEASANT)]),
        "frustrated": lived.marked(place[value == FRUSTRATED]),
    }


def share_said(part: int, of: int) -> str:
    """`6 of 8`."""
    return f"{part:,} of {of:,}"


def _compared(
    lived: Lived, pieces: "pandas.DataFrame", of: str, marks: Mapping[str, Array]
) -> "pandas.DataFrame":
    """How the moments of each period, type or topic felt; its name is the period's."""
    found = figures(lived, pieces, ["order", "period"], marks)
    return found.assign(of=of, name=found["period"], period=WHOLE)


def _of_topics(lived: Lived, marks: Mapping[str, Array]) -> "pandas.DataFrame":
    """Pieces of the topics that moments with a feeling have."""
    tags = lived.exploded("tags")
    felt = Counter(tags["value"][marks["felt"][tags["moment"]]])
    named = sorted(felt, key=lambda tag: (-felt[tag], tag))[:MANY_TOPICS]
    places = {tag: place for place, tag in enumerate(named)}
    tagged = lived.pieces_of("tags", named)
    return tagged.assign(order=tagged["value"].map(places).astype("int64"), period=tagged["value"])


def _cells(lived: Lived, pieces: "pandas.DataFrame") -> "pandas.DataFrame":
    days = lived.with_period(pieces, "weekday")
    hours = pieces["hour"]
    return days.assign(
        order=days["order"] * 24 + hours, period=days["period"] + " " + hours.map("{:02}:00".format)
    )


def _feelings(lived: Lived, felt: "pandas.DataFrame") -> "pandas.DataFrame":
    """How many moments of each period had each feeling, the commonest first."""
    found = figures(lived, felt, ["order", "period", "value"]).rename(columns={"value": "name"})
    in_period = figures(lived, felt, ["period"], with_ids=False).set_index("period")["moments"]
    found = found.assign(of="feeling", felt=found["period"].map(in_period))
    return found.sort_values(["order", "moments", "name"], ascending=[True, False, True], kind="stable")


def _felt_statement(lived: Lived, total: "pandas.DataFrame", feelings: "pandas.DataFrame") -> Statement:
    count = len(lived.moments)
    felt = int(total["felt"].sum())
    ids = tuple(dict.fromkeys(each for ids in feelings["moment_ids"] for each in ids))
    head = f"{share_said(felt, count)} moments {'has' if felt == 1 else 'have'} a feeling"
    if felt < FEWEST:
        return Statement(f"{head}: too few to say.", count, ids)
    named = [
        f"{name} {moments}" for name, moments in zip(feelings["name"], feelings["moments"], strict=True)
    ][:MOST_FEELINGS_SAID]
    return Statement(f"{head}: {', '.join(named)}.", count, ids)


def _comparisons(lived: Lived, compared: dict[str, "pandas.DataFrame"]) -> list[Statement]:
    """Where a productive feeling was found most and least often, and what cannot be compared."""
    statements, too_few = [], []
    for of, frame in compared.items():
        enough = frame[frame["felt"] >= FEWEST]
        if len(enough) < 2:
            too_few.append(GROUPS[of])
            continue
        ranked = sorted(each_row(enough), key=lambda row: -row.productive / row.felt)
        statements.append(_comparison(of, ranked[0], ranked[-1]))
    if too_few and int(compared["type"]["felt"].sum() if len(compared["type"]) else 0) >= FEWEST:
        need = f"no two of them have {FEWEST} moments with a feeling"
        text = f"Not enough to compare {listed(too_few)}: {need}."
        statements.append(Statement(text, len(lived.moments)))
    return statements


def _comparison(of: str, best: Row, worst: Row) -> Statement:
    most, least = ((int(each.productive), int(each.felt)) for each in (best, worst))
    names = [word_of(each.label) if of == "type" else str(each.label) for each in (best, worst)]
    text = (
        f"Productive by {of}: most often {names[0]}, {share_said(*most)} moments with a feeling; least often "
        f"{names[1]}, {share_said(*least)}."
    )
    if most[0] * least[1] == least[0] * most[1]:
        text = f"Productive by {of}: {share_said(*most)} moments with a feeling, {names[0]} like {names[1]}."
    elif not is_clear(most, least):
        text += " So few that it may be chance."
    ids = dict.fromkeys((*best.moment_ids, *worst.moment_ids))
    return Statement(text, most[1] + least[1], tuple(ids))
