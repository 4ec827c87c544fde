"""How do patterns look in a terminal?"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from rich.text import Text

from rem_dagster.interfaces.cli.insights_lines import BAR_CELLS, NAME_CELLS, Line, Lines, bar_lines
from rem_dagster.interfaces.cli.kinds import kind_of
from rem_dagster.interfaces.cli.moment import SOFT
from rem_dagster.interfaces.cli.page import MARGIN, header, next_line, on_page
from rem_dagster.interfaces.cli.words import counted, days_from_to, fit, padded, short_day, wrap
from rem_dagster.recall.insights import Asked, Insight, What
from rem_dagster.recall.insights.figures import WHOLE, Row, each_row
from rem_dagster.recall.insights.found import day_said, hours_said
from rem_dagster.recall.insights.periods import period_said
from rem_dagster.recall.insights.streaks import activity_word
from rem_dagster.recall.kinds import in_order, word_of

MOST_TOPICS, MOST_PEOPLE, MOST_PERIODS, MOST_QUOTES, MOST_GROUPS = 8, 12, 31, 6, 8
TITLES: Mapping[What, str] = {
    "hours": "Hours",
    "mood": "Mood",
    "frustration": "Frustration",
    "streaks": "Streaks",
    "tools": "Tools",
    "people": "People",
    "rhythm": "Rhythm",
}
MOST_TOLD: Mapping[What, int] = {"streaks": 3, "mood": 3}
RULES: Mapping[What, str] = {
    "hours": (
        "Hours run from a moment's first item to its last, cut at the edges of the time asked for. Overlaps "
        "count once, in the total and within each type and topic: types may add up to more than the total."
    ),
    "mood": (
        "Shares are of moments with a feeling, which a quote shows. Productive: focused, productive, "
        "satisfied or proud. A moment counts in every hour that it touches."
    ),
    "frustration": "What goes along with frustration, not what causes it.",
    "streaks": "A day counts where a moment touches it; now: until today or yesterday.",
    "tools": "A failure is what a result says of itself.",
    "people": "The time of moments that name them, be it as somebody who was talked about. You are left out.",
    "rhythm": "The median of each day's first start and last end.",
}


def insight_text(
    insight: Insight, asked: Asked, remarks: Sequence[str], following: Sequence[str], width: int = 80
) -> Text:
    """One pattern: its figures, then what is to be said of them."""
    inner = width - 2 * len(MARGIN)
    blocks = [[_head(TITLES[insight.what], insight, asked, inner)], _wrapped(remarks, inner)]
    if insight.moments:
        told = [each.text for each in insight.statements if not each.is_in_rows]
        blocks += [_wrapped(told, inner), *_BLOCKS[insight.what](insight, inner)]
        blocks.append([Text(line, SOFT) for line in wrap(RULES[insight.what], inner)])
    else:
        blocks.append(_wrapped(["No moment lies in this time."], inner))
    return on_page([*blocks, next_line(following, inner)])


def overview_text(
    insights: Sequence[Insight],
    asked: Asked,
    remarks: Sequence[str],
    following: Sequence[str],
    width: int = 80,
) -> Text:
    """The most telling of each pattern, a block each."""
    inner = width - 2 * len(MARGIN)
    blocks: list[Lines] = [[_head("Patterns", insights[0], asked, inner)], _wrapped(remarks, inner)]
    if not insights[0].moments:
        blocks.append(_wrapped(["No moment lies in this time."], inner))
    for insight in insights:
        told = insight.statements[: MOST_TOLD.get(insight.what)] if insights[0].moments else ()
        lines = [Text(line) for each in told for line in _hanging(each.text, inner)]
        if lines:
            blocks.append([Text(TITLES[insight.what], "bold"), *lines])
    return on_page([*blocks, next_line(following, inner)])


def _head(title: str, insight: Insight, asked: Asked, width: int) -> Text:
    figures = counted(insight.moments, "moment") + (
        f" · {hours_said(insight.seconds)}" if insight.seconds else ""
    )
    whose = f", case {asked.case}" if asked.case is not None else ""
    dates = days_from_to(asked.first_day, asked.last_day)
    return header(f"{title}, {dates}{whose}", figures, width)


def _wrapped(texts: Sequence[str], width: int) -> Lines:
    return [Text(line) for each in texts for line in wrap(each, width)]


def _hanging(text: str, width: int) -> list[str]:
    first, *more = wrap(text, width - 2) or [""]
    return [f"· {first}", *(f"  {line}" for line in more)]


def _hours(insight: Insight, width: int) -> list[Lines]:
    rows = insight.rows
    whole = rows["period"] == WHOLE
    types = [
        Line(
            kind_of(row.label).word,
            hours_said(row.seconds),
            float(row.seconds),
            counted(int(row.moments), "moment"),
            kind_of(row.label).shape,
            kind_of(row.label).colour,
        )
        for row in each_row(rows[whole & (rows["of"] == "type")])
    ]
    topics = [
        Line(row.label, hours_said(row.seconds), float(row.seconds), counted(int(row.moments), "moment"))
        for row in each_row(rows[whole & (rows["of"] == "topic")])[:MOST_TOPICS]
    ]
    return [
        bar_lines("By type", types, width),
        bar_lines("By topic", topics, width),
        bar_lines(f"By {insight.by}", _period_lines(insight), width),
    ]


def _period_lines(insight: Insight) -> list[Line]:
    """The total of each period, drawn in the shapes of its types."""
    rows = insight.rows[insight.rows["period"] != WHOLE]
    totals = each_row(rows[rows["of"] == "total"])
    types: dict[str, dict[str, int]] = {}
    for row in each_row(rows[rows["of"] == "type"]):
        types.setdefault(row.period, {})[row.label] = int(row.seconds)
    most = max((sum(types.get(row.period, {}).values()) for row in totals), default=0)
    shown = totals[-MOST_PERIODS:]
    return [
        Line(
            period_said(row.period, insight.by or "week"),
            hours_said(row.seconds),
            float(row.seconds),
            counted(int(row.moments), "moment"),
            bar=_stacked(types.get(row.period, {}), most),
        )
        for row in shown
    ]


def _stacked(seconds: Mapping[str, int], most: int) -> Text:
    drawn, total, used = Text(), 0, 0
    for name in in_order(set(seconds)):
        total += seconds[name]
        cells = round(BAR_CELLS * total / most) - used if most else 0
        drawn.append(kind_of(name).shape * cells, kind_of(name).colour)
        used += cells
    return drawn


def _mood(insight: Insight, width: int) -> list[Lines]:
    rows = insight.rows
    blocks = [_feelings(insight, width)]
    for of, heading in (("hour", "hour"), ("weekday", "weekday"), ("type", "type"), ("topic", "topic")):
        groups = [row for row in each_row(rows[rows["of"] == of]) if row.felt]
        if of in ("type", "topic"):
            groups = sorted(groups, key=lambda row: -row.felt)[:MOST_GROUPS]
        lines = [
            Line(
                word_of(row.label) if of == "type" else row.label,
                f"{row.productive} of {row.felt}",
                float(row.productive / row.felt),
                f"{row.pleasant} pleasant, {row.unpleasant} not",
            )
            for row in groups
        ]
        blocks.append(bar_lines(f"Productive, by {heading}", lines, width))
    return blocks


def _feelings(insight: Insight, width: int) -> Lines:
    rows = insight.rows[(insight.rows["of"] == "feeling") & (insight.rows["period"] != WHOLE)]
    periods: dict[str, list[str]] = {}
    for row in each_row(rows):
        periods.setdefault(row.period, []).append(f"{row.label} {row.moments}")
    lines = []
    for period, feelings in periods.items():
        name = padded(period_said(period, insight.by or "week"), NAME_CELLS + 2)
        first, *more = wrap(", ".join(feelings), width - NAME_CELLS - 4) or [""]
        lines += [Text(f"  {name}{first}"), *(Text(" " * (NAME_CELLS + 4) + line) for line in more)]
    return [Text(f"Feelings, by {insight.by}", "bold"), *lines] if lines else []


def _frustration(insight: Insight, width: int) -> list[Lines]:
    rows = insight.rows[insight.rows["frustrated"].fillna(0) > 0]
    blocks = []
    for of in ("type", "topic", "period"):
        lines = [
            Line(
                _named(row.label, of, insight),
                f"{row.frustrated} of {row.felt}",
                float(row.frustrated),
                f"{counted(int(row.moments), 'moment')} in all",
            )
            for row in each_row(rows[rows["of"] == of])[:MOST_GROUPS]
        ]
        blocks.append(bar_lines(f"Frustrated, by {insight.by if of == 'period' else of}", lines, width))
    total = each_row(rows[rows["of"] == "total"])
    quotes = [each for row in total for each in row.quotes][-MOST_QUOTES:]
    if quotes:
        said = [line for each in quotes for line in _quoted(each, width)]
        blocks.append([Text("In its own words", "bold"), *said])
    return blocks


def _quoted(quote: Mapping[str, str], width: int) -> Lines:
    """A quote, and the day and the moment that it is of."""
    lines = [Text(f"  {line}", "italic") for line in wrap(f"“{quote['quote']}”", width - 2)]
    source = f"{short_day(date.fromisoformat(quote['day']))}: {quote['name']}"
    return [*lines, Text(f"    {fit(source, width - 4)}", SOFT)]


def _named(name: str, of: str, insight: Insight) -> str:
    if of == "type":
        return word_of(name)
    return period_said(name, insight.by or "week") if of == "period" else name


def _streaks(insight: Insight, width: int) -> list[Lines]:
    lines = [Text(f"  {'':<{NAME_CELLS}}{'days':>6}{'in a row':>10}{'now':>6}{'gap':>6}", SOFT)]
    for row in each_row(insight.rows):
        edge = "+" if row.is_cut_off else ""
        name = padded(activity_word(row.label), NAME_CELLS)
        longest = f"{row.longest}{edge}"
        dates = _dates(row.longest_from, row.longest_to)
        text = Text(f"  {name}{row.days:>6}{longest:>10}{row.current or '–':>6}{row.gap or '–':>6}  ")
        text.append(dates, SOFT)
        text.truncate(width)
        lines.append(text)
    notes = (
        [Text("+ it reaches the edge of the time asked for", SOFT)] if any(insight.rows["is_cut_off"]) else []
    )
    return [[Text("Longest runs of days", "bold"), *lines, *notes]]


def _dates(first: date, last: date) -> str:
    return days_from_to(first, last) if first != last else day_said(first)


def _tools(insight: Insight, width: int) -> list[Lines]:
    rows = insight.rows

    def lines(of: str, *, whole: bool | None = True) -> list[Line]:
        chosen = rows[rows["of"] == of]
        chosen = chosen if whole is None else chosen[(chosen["period"] == WHOLE) == whole]
        return [
            Line(row.label, f"{row.calls:,}", float(row.calls), _told_of_calls(row))
            for row in each_row(chosen)[:MOST_GROUPS]
        ]

    hours = rows[rows["of"] == "hour"].groupby("period", sort=True)["calls"].sum()
    by_hour = [Line(str(hour), f"{calls:,}", float(calls)) for hour, calls in hours.items()]
    return [
        bar_lines("Calls", lines("tool"), width),
        bar_lines("One after the other", lines("pair"), width),
        bar_lines("By hour", by_hour, width),
    ]


def _told_of_calls(row: Row) -> str:
    told = counted(int(row.sessions), "session")
    return f"{told}, {row.failed} of {row.results} failed" if row.results else told


def _people(insight: Insight, width: int) -> list[Lines]:
    rows = each_row(insight.rows[insight.rows["period"] == WHOLE])[:MOST_PEOPLE]
    lines = [
        Line(
            row.label,
            hours_said(row.seconds),
            float(row.seconds),
            f"{counted(int(row.moments), 'moment')}, {counted(int(row.days), 'day')}",
        )
        for row in rows
    ]
    return [bar_lines("Time of moments with", lines, width)]


def _rhythm(insight: Insight, width: int) -> list[Lines]:
    rows = each_row(insight.rows[insight.rows["of"] == insight.by])[-MOST_PERIODS:]
    lines = [Text(" " * (NAME_CELLS + 2) + "00    06    12    18", SOFT)]
    for row in rows:
        name = padded(period_said(row.label, insight.by or "weekday"), NAME_CELLS)
        first, last = int(row.first_minute // 60), int(row.last_minute // 60)
        cells = ["▇" if first <= hour <= last else "·" for hour in range(24)]
        told = f"{row.first} to {row.last}, {counted(int(row.days), 'day')}"
        line = Text(f"  {name}{''.join(cells)}  {told}")
        line.truncate(width)
        lines.append(line)
    return [[Text(f"The day, by {insight.by}", "bold"), *lines]] if rows else []


_BLOCKS: Mapping[What, Callable[[Insight, int], list[Lines]]] = {
    "hours": _hours,
    "mood": _mood,
    "frustration": _frustration,
    "streaks": _streaks,
    "tools": _tools,
    "people": _people,
    "rhythm": _rhythm,
}
