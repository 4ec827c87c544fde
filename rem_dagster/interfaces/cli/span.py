"""How does an answer about a span of time, or the review of a week, look in a terminal?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.text import Text

from rem_dagster.dreaming.rollup_choice import key_outcomes, main_topics
from rem_dagster.interfaces.cli.cited import Cited
from rem_dagster.interfaces.cli.kinds import WORD_CELLS, kind_of
from rem_dagster.interfaces.cli.moment import SOFT, Drawing
from rem_dagster.interfaces.cli.page import MARGIN, header, moment_blocks, next_line, on_page, time_covered
from rem_dagster.interfaces.cli.words import (
    counted,
    days_from_to,
    fit,
    lasting,
    one_line,
    padded,
    short_day,
    wrap,
)
from rem_dagster.model.moment import Moment
from rem_dagster.model.summary import Summary

BAR_CELLS = 18
LENGTH_CELLS = 8
TOPICS = 3
MOST_OUTCOMES, MOST_A_DAY = 8, 2
FEW_DAYS = 3
"""So few days share the outcomes as they come."""
DAY_CELLS = 12
HOW_HOURS_COUNT = "Hours run from a moment's first item to its last; overlaps count once."


@dataclass(frozen=True)
class Answer:
    """Moments that overlap a span, as the answer to a question."""

    title: str
    moments: Sequence[Moment]
    zone: ZoneInfo
    cited: Mapping[str, Cited] = field(default_factory=dict)
    evidence: bool = False
    next_commands: Sequence[str] = ()
    if_empty: str = "Nothing is recorded there."


@dataclass(frozen=True)
class DayLine:
    """What a review says of one day."""

    day: date
    moments: Sequence[Moment] = ()
    remark: str = "nothing recorded"
    """What is said when it has no moments."""


@dataclass(frozen=True)
class Review:
    """Several whole days, looked back on."""

    days: Sequence[DayLine]
    next_commands: Sequence[str] = ()
    summary: Summary | None = None
    """What is written of them, where they are a week or a month."""
    state: str | None = None
    """How that stands: `current`, `due` or `blocked`; None where there is nothing to sum up."""
    remarks: Sequence[str] = ()
    """What the reader has to know before believing it."""

    @property
    def moments(self) -> list[Moment]:
        """The moments of all days."""
        return [moment for each in self.days for moment in each.moments]


def answer_text(answer: Answer, width: int = 80) -> Text:
    """The answer with its colours; its days are named where there are several."""
    inner = width - 2 * len(MARGIN)
    figures = counted(len(answer.moments), "moment")
    if length := lasting(time_covered(answer.moments)):
        figures += f" · {length}"
    drawing = Drawing(answer.zone, inner, answer.cited, all_quotes=answer.evidence, summaries=True)
    days: dict[date, list[Moment]] = {}
    for moment in answer.moments:
        days.setdefault(moment.start_time.astimezone(answer.zone).date(), []).append(moment)
    blocks: list[list[Text]] = []
    for day, moments in days.items():
        blocks += [[Text(short_day(day), "bold")]] if len(days) > 1 else []
        blocks += moment_blocks(moments, drawing)
    if not blocks:
        blocks = [[Text(line) for line in wrap(answer.if_empty, inner)]]
    first = header(answer.title, figures if answer.moments else "", inner)
    return on_page([[first], *blocks, next_line(answer.next_commands, inner)])


def render_review(review: Review, width: int = 80) -> str:
    """The review as plain text, no line wider than `width` cells."""
    return review_text(review, width).plain


def review_text(review: Review, width: int = 80) -> Text:
    """The review with its colours: what is written of it, time by type, what came of it, a line a day."""
    inner = width - 2 * len(MARGIN)
    days, moments = review.days, review.moments
    figures = counted(len(moments), "moment")
    if length := lasting(time_covered(moments)):
        figures += f" · {length}"
    written = review.summary.content if review.summary else ""
    return on_page(
        [
            [header(days_from_to(days[0].day, days[-1].day), figures, inner)],
            [Text(line) for line in wrap(written, inner)],
            [Text(line) for each in review.remarks for line in wrap(each, inner)],
            _by_type(days, inner),
            _outcomes(days, inner),
            [line for each in days for line in _day_line(each, inner)],
            [Text(line, SOFT) for line in wrap(HOW_HOURS_COUNT, inner)] if moments else [],
            next_line(review.next_commands, inner),
        ]
    )


def _by_type(days: Sequence[DayLine], width: int) -> list[Text]:
    """A bar a type, the longest first, with the topics it was spent on."""
    types: dict[str, list[Moment]] = {}
    for each in days:
        for moment in each.moments:
            types.setdefault(moment.moment_type, []).append(moment)
    spent = {name: time_covered(moments) for name, moments in types.items()}
    longest = max(spent.values(), default=timedelta())
    lines = []
    for name in sorted(spent, key=lambda name: (-spent[name], name)):
        kind = kind_of(name)
        word = f"{padded(kind.word, WORD_CELLS)}  {lasting(spent[name]):>{LENGTH_CELLS}}  "
        room = width - 2 - cell_len(word)
        whole = min(BAR_CELLS, room)
        cells = max(round(whole * (spent[name] / longest)), 1) if spent[name] else 0
        bar = ("▇" * cells + " " * (whole - cells), kind.colour)
        topics = one_line(main_topics(types[name], most=TOPICS), room - whole - 2, gap=", ")
        line = Text.assemble((kind.shape, kind.colour), " ", word, bar, "  ", (topics, SOFT))
        line.rstrip()
        lines.append(line)
    return lines


def _outcomes(days: Sequence[DayLine], width: int) -> list[Text]:
    """What stands for these days, in the order of time."""
    moments = [moment for each in days for moment in each.moments]
    best = key_outcomes(
        moments, most=MOST_OUTCOMES, most_a_day=MOST_OUTCOMES if len(days) <= FEW_DAYS else MOST_A_DAY
    )
    lines = [Text("What came of it", "bold")] if best else []
    for outcome in best:
        first, *more = wrap(outcome.text, width - 2) or [""]
        lines += [Text(f"✓ {first}"), *(Text(f"  {line}") for line in more)]
    return lines


def _day_line(each: DayLine, width: int) -> list[Text]:
    label = f"{short_day(each.day):<{DAY_CELLS}}"
    room = width - DAY_CELLS - LENGTH_CELLS - 1
    if not each.moments:
        return [Text.assemble(label, (fit(each.remark, room), SOFT))]
    longest = max(each.moments, key=lambda moment: moment.end_time - moment.start_time)
    title = padded(longest.name, room)
    length = f"{lasting(time_covered(each.moments)):>{LENGTH_CELLS + 1}}"
    line = Text.assemble((label, "bold"), title, (length, SOFT))
    line.rstrip()
    return [line]
