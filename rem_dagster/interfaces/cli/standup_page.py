"""How does a morning's page look in a terminal?"""

from collections.abc import Sequence
from datetime import timedelta

from rich.text import Text

from rem_dagster.dreaming.rollup_choice import key_outcomes
from rem_dagster.interfaces.cli.kinds import WORD_CELLS, kind_of
from rem_dagster.interfaces.cli.moment import INDENT, SOFT, TIME_CELLS
from rem_dagster.interfaces.cli.page import MARGIN, header, next_line, on_page, time_covered
from rem_dagster.interfaces.cli.words import (
    clock,
    counted,
    fit,
    lasting,
    long_day,
    pack,
    padded,
    short_day,
    wrap,
)
from rem_dagster.model.moment import Moment
from rem_dagster.recall.journal.returning import span_in_words
from rem_dagster.recall.journal.standup import Standup, StandupDay
from rem_dagster.recall.journal.standup_markdown import SAID_OF_STATE
from rem_dagster.recall.journal.threads import ClosedThread, OpenThread

MOST_MOMENTS = 9
"""Of a day; the others are counted."""
MOST_OUTCOMES, MOST_THREADS, MOST_OF_OTHERS, MOST_DONE = 8, 7, 3, 4


def standup_text(
    standup: Standup, next_commands: Sequence[str], *, all_threads: bool, width: int = 80
) -> Text:
    """The page with its colours, no line wider than `width` cells."""
    inner = width - 2 * len(MARGIN)
    most = None if all_threads else MOST_THREADS
    blocks: list[list[Text]] = [[header(long_day(standup.day), _said_of(standup), inner)]]
    for each in standup.days:
        blocks += _day(each, standup, inner)
    blocks += [
        _outcomes(standup, inner),
        _today(standup, inner),
        _threads("Open", standup.own, standup, inner, most),
        _threads("Waiting for", standup.of_others, standup, inner, most and MOST_OF_OTHERS),
        _done(standup, inner),
        _threads("Faded: not named again", standup.faded, standup, inner, None),
        _looking_back(standup, inner),
        next_line(next_commands, inner),
    ]
    return on_page(blocks)


def _said_of(standup: Standup) -> str:
    """What there is to do, in two figures."""
    if not standup.days:
        return "nothing recorded before"
    return f"{len(standup.own)} open · {len(standup.closed)} done" if standup.open or standup.closed else ""


def _day(each: StandupDay, standup: Standup, width: int) -> list[list[Text]]:
    figures = counted(len(each.moments), "moment") if each.moments else counted(each.items, "item")
    if length := lasting(time_covered(each.moments)):
        figures += f" · {length}"
    name = "Yesterday, " if each.day == standup.day - timedelta(days=1) else ""
    remark = [Text(line) for line in wrap(SAID_OF_STATE[each.state], width)]
    summary = [Text(line) for line in wrap(each.summary or "", width)]
    shown = each.moments[:MOST_MOMENTS]
    lines = [_moment(moment, standup, width) for moment in shown]
    if more := len(each.moments) - len(shown):
        lines.append(Text(" " * TIME_CELLS + f"and {counted(more, 'more moment')}", SOFT))
    return [[header(name + long_day(each.day), figures, width)], remark, summary, lines]


def _moment(moment: Moment, standup: Standup, width: int) -> Text:
    kind = kind_of(moment.moment_type)
    return Text.assemble(
        f"{clock(moment.start_time, standup.zone):<{TIME_CELLS}}",
        (kind.shape, kind.colour),
        f" {padded(kind.word, WORD_CELLS)} ",
        fit(moment.name, width - INDENT),
    )


def _outcomes(standup: Standup, width: int) -> list[Text]:
    best = key_outcomes(standup.moments, most=MOST_OUTCOMES, most_a_day=MOST_OUTCOMES)
    lines = [line for each in best for line in _marked("✓ ", each.text, width)]
    return [Text("What came of it", "bold"), *lines] if lines else []


def _today(standup: Standup, width: int) -> list[Text]:
    lines = [
        Text(f"{clock(each.start, standup.zone):<{TIME_CELLS}}{fit(each.name, width - TIME_CELLS - 9)}")
        + Text(f"  {lasting(each.end - each.start)}" if each.end else "", SOFT)
        for each in standup.ahead
    ]
    for each in standup.predictions:
        lines += _marked(f"{'':<{TIME_CELLS}}◇ ", each.name, width)
    return [Text("Today", "bold"), *lines] if lines else []


def _threads(
    title: str, threads: Sequence[OpenThread], standup: Standup, width: int, most: int | None
) -> list[Text]:
    if not threads:
        return []
    lines = [Text(title, "bold")]
    for each in threads[:most]:
        for_today = "  (for today)" if standup.is_for_today(each) else ""
        lines += _marked(f"{short_day(each.since)[:6]:<{TIME_CELLS}}○ ", each.text + for_today, width)
    if most is not None and len(threads) > most:
        lines.append(Text(" " * TIME_CELLS + f"and {len(threads) - most} more (--all)", SOFT))
    return lines


def _done(standup: Standup, width: int) -> list[Text]:
    lines = [line for each in standup.closed[-MOST_DONE:] for line in _closed(each, width)]
    return [Text("Done", "bold"), *lines] if lines else []


def _closed(each: ClosedThread, width: int) -> list[Text]:
    lines = _marked(f"{short_day(each.thread.since)[:6]:<{TIME_CELLS}}✓ ", each.thread.text, width)
    why = wrap(f"{short_day(each.on)[:6]}: {each.outcome}", width - TIME_CELLS - 2, most_lines=2)
    return [*lines, *(Text(" " * (TIME_CELLS + 2) + line, SOFT) for line in why)]


def _marked(mark: str, text: str, width: int) -> list[Text]:
    """A text behind a mark, its further lines below its first."""
    first, *more = wrap(text, width - len(mark)) or [""]
    return [Text(mark + first), *(Text(" " * len(mark) + line) for line in more)]


def _looking_back(standup: Standup, width: int) -> list[Text]:
    """What is back or new, a year ago, and the last time of a rare topic."""
    notes = pack([f"{each.name}: {each.why}" for each in standup.returning], width, gap=" · ")
    said = []
    if standup.year_ago is not None:
        said.append(f"A year ago today: {standup.year_ago.name}")
    if (last := standup.last_time) is not None:
        away = span_in_words((standup.days[-1].day - last.day).days)
        said.append(f"{last.name}, last {away} before: {last.moment.name}")
    return [Text(line, SOFT) for line in [*notes, *(line for each in said for line in wrap(each, width))]]
