"""What did the hours go to, by type and by topic, over time?

Time under several moments counts once: in the total, and again within each type and each topic. So a
total may be less than the sum of its types.
"""

from typing import TYPE_CHECKING

from rem_dagster.recall.insights.figures import WHOLE, each_row, figures, rows_of, whole
from rem_dagster.recall.insights.found import Insight, Statement, hours_said, said
from rem_dagster.recall.insights.pieces import day_from
from rem_dagster.recall.insights.read import Lived
from rem_dagster.recall.kinds import word_of

if TYPE_CHECKING:
    import pandas

COLUMNS = ("of", "name", "period", "seconds", "moments", "moment_ids")
MOST_TOPICS = 12
MOST_TYPES_SAID, MOST_TOPICS_SAID = 4, 3


def find_hours(lived: Lived) -> Insight:
    """The hours of each period by type and by topic, and of the whole time."""
    by = lived.asked.division("hours")
    topics = main_topics(lived)
    tagged = lived.pieces_of("tags", topics)
    total = whole(lived)
    types = _of(lived, lived.pieces, "type").sort_values(
        ["seconds", "moments"], ascending=False, kind="stable"
    )
    of_topics = _of(lived, tagged, "value", of="topic")
    of_topics = of_topics.set_index("name").reindex(topics).reset_index() if topics else of_topics
    periods = lived.with_period(lived.pieces, by)
    parts = [
        total,
        types,
        of_topics,
        _in_periods(lived, periods.assign(all="all"), "all", of="total"),
        _in_periods(lived, periods, "type"),
        _in_periods(lived, lived.with_period(tagged, by), "value", of="topic"),
    ]
    rows = rows_of(parts, COLUMNS)
    said_of = _statements(lived, types, of_topics)
    return Insight(
        "hours", by, rows, said_of, len(lived.moments), lived.seconds, lived.days, _fullest_day(lived)
    )


def _fullest_day(lived: Lived) -> str | None:
    days = each_row(figures(lived, lived.pieces, ["day"], with_ids=False))
    return day_from(max(days, key=lambda row: row.seconds).day).isoformat() if days else None


def main_topics(lived: Lived, most: int = MOST_TOPICS) -> list[str]:
    """The tags whose moments cover most time, then those of most moments."""
    tagged = lived.pieces_of("tags")
    if tagged.empty:
        return []
    found = figures(lived, tagged, ["value"], with_ids=False).sort_values(
        ["seconds", "moments", "value"], ascending=[False, False, True], kind="stable"
    )
    return list(found["value"].head(most))


def _of(lived: Lived, pieces: "pandas.DataFrame", column: str, of: str | None = None) -> "pandas.DataFrame":
    found = figures(lived, pieces, [column])
    return found.rename(columns={column: "name"}).assign(of=of or column, period=WHOLE)


def _in_periods(
    lived: Lived, pieces: "pandas.DataFrame", column: str, of: str | None = None
) -> "pandas.DataFrame":
    """Figures of each period, in the order of periods, then of names."""
    found = figures(lived, pieces, ["order", "period", column])
    return found.rename(columns={column: "name"}).assign(of=of or column)


def _statements(lived: Lived, types: "pandas.DataFrame", topics: "pandas.DataFrame") -> tuple[Statement, ...]:
    count, ids = len(lived.moments), tuple(lived.moments["id"])
    if not count:
        return ()
    statements = [
        Statement(
            f"{hours_said(lived.seconds)} on {said(lived.days, 'day')}, in {said(count, 'moment')}.",
            count,
            ids,
            True,
        )
    ]
    long = types[types["seconds"] > 0].head(MOST_TYPES_SAID)
    if len(long):
        parts = [
            f"{word_of(row.label)} {hours_said(row.seconds)} ({said(row.moments, 'moment')})"
            for row in each_row(long)
        ]
        statements.append(
            Statement(f"By type: {', '.join(parts)}.", int(long["moments"].sum()), _ids(long), True)
        )
    long = topics[topics["seconds"] > 0].head(MOST_TOPICS_SAID)
    if len(long):
        parts = [f"{row.label} {hours_said(row.seconds)} ({row.moments})" for row in each_row(long)]
        text = f"The topics with most time: {', '.join(parts)}; moments in brackets."
        statements.append(Statement(text, int(long["moments"].sum()), _ids(long), True))
    is_short = lived.moments["start"] == lived.moments["end"]
    short = int(is_short.sum())
    if short:
        verbs = ("has", "adds") if short == 1 else ("have", "add")
        text = f"{short:,} of {said(count, 'moment')} {verbs[0]} no length and {verbs[1]} no time."
        statements.append(Statement(text, short, tuple(lived.moments["id"][is_short])))
    return tuple(statements)


def _ids(frame: "pandas.DataFrame") -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for ids in frame["moment_ids"] for each in ids))
