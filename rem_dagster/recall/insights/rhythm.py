"""When does the day start and end?

Of each day the first start and the last end of its moments, as the clock showed them; of several days
the median. A day with a single instant has neither.
"""

from typing import TYPE_CHECKING, Any

from rem_dagster.recall.insights.figures import WHOLE, each_row, figures, rows_of
from rem_dagster.recall.insights.found import Insight, Statement, said
from rem_dagster.recall.insights.pieces import SECOND, Array, local_clock
from rem_dagster.recall.insights.read import Lived

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    *("of", "name", "period", "first", "last", "first_minute", "last_minute", "days", "moments"),
    "moment_ids",
)
MINUTE = 60 * SECOND
DAY_MINUTES = 24 * 60
UNIX_DAY = 719_163
"""The ordinal of 1 January 1970."""
FEWEST = 3
"""Days of which a median says something."""


def find_rhythm(lived: Lived) -> Insight:
    """First and last minute of each day, and their medians by weekday, week or month."""
    by = lived.asked.division("rhythm")
    days = _days(lived)
    parts = [_medians(days.assign(order=0, period="all"), of="total")]
    if by != "day":
        parts.append(_medians(lived.with_period(days, by), of=by))
    parts.append(_medians(lived.with_period(days, "day"), of="day"))
    rows = rows_of(parts, COLUMNS)
    day = lived.day_of(range(len(lived.moments)))
    return Insight("rhythm", by, rows, _statements(rows), len(lived.moments), lived.seconds, lived.days, day)


def minutes_said(minutes: float) -> str:
    """Minutes behind a day's midnight as the clock shows them: `08:40`, `01:20 (+1)` on the next date."""
    whole = round(minutes)
    later = whole // DAY_MINUTES
    return f"{whole % DAY_MINUTES // 60:02}:{whole % 60:02}" + (f" ({later:+})" if later else "")


def _days(lived: Lived) -> "pandas.DataFrame":
    """A row a day: `day`, `weekday`, its first and last minute, its moments."""
    pieces = lived.pieces
    days = figures(lived, pieces, ["day", "weekday"])
    bounds = pieces.groupby("day").agg({"start": "min", "end": "max"}).reset_index()
    days = days.merge(bounds, on="day")
    days = days[days["end"] > days["start"]].reset_index(drop=True)
    if days.empty:
        return days.assign(first_minute=[], last_minute=[], hour=[])
    clock = local_clock(int(days["start"].min()), int(days["end"].max()), lived.asked.calendar)

    def minute(column: str) -> Array:
        shown = clock.shown_at(days[column].to_numpy())
        return (shown - (days["day"].to_numpy() - UNIX_DAY) * DAY_MINUTES * MINUTE) / MINUTE

    return days.assign(first_minute=minute("start"), last_minute=minute("end"), hour=0)


def _medians(days: "pandas.DataFrame", of: str) -> "pandas.DataFrame":
    """A row a period; a day is its own median."""
    import pandas

    if days.empty:
        return pandas.DataFrame(columns=list(COLUMNS))
    if of == "day":
        found = days.assign(days=1)
    else:
        grouped = days.groupby(["order", "period"], sort=True)
        found = grouped[["first_minute", "last_minute"]].median()
        found["days"], found["moments"] = grouped.size(), grouped["moments"].sum()
        found["moment_ids"] = grouped["moment_ids"].agg(_together)
        found = found.reset_index()
    return found.assign(
        of=of,
        name=found["period"],
        period=found["period"] if of in ("day", "week", "month") else WHOLE,
        first=found["first_minute"].map(minutes_said),
        last=found["last_minute"].map(minutes_said),
    )


def _together(ids: "pandas.Series[Any]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in ids for one in each))


def _statements(rows: "pandas.DataFrame") -> tuple[Statement, ...]:
    total = rows[rows["of"] == "total"]
    if total.empty:
        return ()
    (all_days,) = each_row(total)
    n, ids = int(all_days.days), all_days.moment_ids
    if n < FEWEST:
        return (Statement(f"{said(n, 'day')} with a beginning and an end: too few to say.", n, ids),)
    text = f"A day starts at {all_days.first} and ends at {all_days.last} (median of {n} days)."
    statements = [Statement(text, n, ids)]
    weekdays = rows[(rows["of"] == "weekday") & (rows["days"] >= FEWEST)]
    if len(weekdays) > 1:
        early = min(each_row(weekdays), key=lambda row: row.first_minute)
        late = max(each_row(weekdays), key=lambda row: row.first_minute)
        text = (
            f"Earliest start: {early.label} {early.first} ({early.days} days); latest: "
            f"{late.label} {late.first} ({late.days} days)."
        )
        both = (*early.moment_ids, *late.moment_ids)
        statements.append(Statement(text, int(early.days + late.days), both))
    return tuple(statements)
