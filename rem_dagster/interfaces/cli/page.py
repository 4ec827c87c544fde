"""How does the page of one day look in a terminal?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.text import Text

from rem_dagster.interfaces.cli.cited import Cited
from rem_dagster.interfaces.cli.moment import SOFT, TIME_CELLS, Drawing, moment_lines
from rem_dagster.interfaces.cli.ribbon import ribbon
from rem_dagster.interfaces.cli.words import (
    apart,
    clean,
    clock,
    counted,
    days_apart,
    dollars,
    lasting,
    listed,
    long_day,
    pack,
    short_day,
    unbroken,
    wrap,
)
from rem_dagster.model.dream import CORRECTED, Dream
from rem_dagster.model.moment import Moment
from rem_dagster.recall.linked import Links
from rem_dagster.recall.timeline import DayPage

MARGIN = "  "
LONG_GAP = timedelta(hours=1)


@dataclass(frozen=True)
class PageView:
    """A day's page, and what else its drawing needs."""

    page: DayPage
    zone: ZoneInfo
    cited: Mapping[str, Cited] = field(default_factory=dict)
    arrived_since: int | None = 0
    """Items that came after the dream; None when the day changed but its count did not."""
    links: Mapping[str, Links] = field(default_factory=dict)
    """Item's id -> its links; empty where they are not shown."""
    nearest: tuple[date | None, date | None] = (None, None)
    """The days before and after that hold something; looked at where this one holds nothing."""
    evidence: bool = False
    quarantine: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    """Moment's id -> by what it is named; empty where that is not shown."""
    remark: str | None = None
    """A sentence before the page, such as why this day is shown."""
    next_commands: Sequence[str] = ()


def render_day(view: PageView, width: int = 80) -> str:
    """The page as plain text, no line wider than `width` cells."""
    return day_text(view, width).plain


def day_text(view: PageView, width: int = 80) -> Text:
    """The page with its colours."""
    inner = width - 2 * len(MARGIN)
    page = view.page
    drawing = Drawing(
        view.zone, inner, view.cited, all_quotes=view.evidence, labels=view.labels, links=view.links
    )
    blocks = [
        _plain(wrap(view.remark or "", inner)),
        [header(long_day(page.day), _figures(page), inner)],
        _plain(wrap(page.summary.content if page.summary else "", inner)),
        _state(view, inner),
        ribbon(page.moments, view.zone, inner),
        *moment_blocks(page.moments, drawing),
        *ahead_blocks(page, drawing),
        held_back_lines(page.dream, inner) if view.quarantine else [],
        [*_footer(view, inner), *next_line(view.next_commands, inner)],
    ]
    return on_page(blocks)


def on_page(blocks: Sequence[Sequence[Text]]) -> Text:
    """Blocks of lines with a margin, an empty line before each."""
    lines = [line for block in blocks if block for line in (Text(), *block)]
    return Text("\n").join(Text.assemble(MARGIN, line) if line.plain else line for line in (*lines, Text()))


def header(left: str, right: str, width: int) -> Text:
    """A page's first line: what it is of, and its figures."""
    line = Text(apart(left, right, width).rstrip())
    line.stylize("bold", 0, len(clean(left)))
    return line


def moment_blocks(moments: Sequence[Moment], drawing: Drawing) -> list[list[Text]]:
    """One block a moment, and a line for each hour or more between them of which nothing is known."""
    blocks: list[list[Text]] = []
    ended: datetime | None = None
    for moment in moments:
        if ended is not None and moment.start_time - ended >= LONG_GAP:
            gap = f"{lasting(moment.start_time - ended)} with nothing recorded"
            blocks.append([Text(" " * TIME_CELLS + gap, SOFT)])
        blocks.append(moment_lines(moment, drawing))
        ended = max(ended or moment.end_time, moment.end_time)
    return blocks


def ahead_blocks(page: DayPage, drawing: Drawing) -> list[list[Text]]:
    """What the day announces of the next one, under a line that says so."""
    if not page.predictions:
        return []
    said = f"Announced for {long_day(page.day + timedelta(days=1))}; no part of this day:"
    head = [Text(line, SOFT) for line in wrap(said, drawing.width)]
    return [head, *(moment_lines(each, drawing) for each in page.predictions)]


def next_line(commands: Sequence[str], width: int) -> list[Text]:
    """The last line: which commands may come next."""
    first, *more = unbroken(commands, width - 6, gap="   ") or [""]
    return [Text(f"Next: {first}"), *(Text(f"      {line}") for line in more)] if first else []


def time_covered(moments: Sequence[Moment]) -> timedelta:
    """Time that lies in at least one moment."""
    total, end = timedelta(), datetime.min.replace(tzinfo=UTC)
    for moment in sorted(moments, key=lambda each: each.start_time):
        total += max(moment.end_time - max(moment.start_time, end), timedelta())
        end = max(end, moment.end_time)
    return total


def _plain(lines: Sequence[str]) -> list[Text]:
    return [Text(line) for line in lines]


def _figures(page: DayPage) -> str:
    items = page.counts.messages + page.counts.resources
    if page.dream is None or not page.moments:
        return counted(items, "item") if items else "nothing recorded"
    length = lasting(time_covered(page.moments))
    return counted(len(page.moments), "moment") + (f" · {length}" if length else "")


def _state(view: PageView, width: int) -> list[Text]:
    """What the reader has to know before believing the page; nothing when all is well."""
    dream, counts = view.page.dream, view.page.counts
    items = counts.messages + counts.resources
    if dream is None:
        said = f"Not dreamt yet: {counted(items, 'item')} of this day." if items else _nothing(view)
        return _plain(wrap(said, width))
    kept = "What it had before is kept below." if view.page.moments else "It had nothing before."
    if dream.status == "failed":
        why = f"The last dream of this day failed: {dream.error or 'no reason was noted'}"
        return _plain(wrap(f"{why.rstrip('.')}. {kept}", width))
    if dream.status == "writing":
        return _plain(wrap(f"A dream of this day was stopped while it was written. {kept}", width))
    if view.arrived_since is None or view.arrived_since < 0:
        return _plain(wrap("This day changed since it was dreamt; the page shows what it was.", width))
    if view.arrived_since:
        said = f"{counted(view.arrived_since, 'item')} arrived since this page was made."
        return _plain(wrap(said, width))
    return []


def _nothing(view: PageView) -> str:
    """That nothing is recorded, and where something is."""
    near = [
        f"{long_day(each)} ({days_apart(each, view.page.day)})" for each in view.nearest if each is not None
    ]
    return "Nothing is recorded of this day." + (
        f" The nearest that hold something: {listed(near)}." if near else ""
    )


def held_back_lines(dream: Dream | None, width: int) -> list[Text]:
    """The claims that did not pass and why, and how much of the day the others cite."""
    if dream is None:
        return [Text("Nothing was held back.")]
    held = len(dream.quarantine)
    lines = [Text(f"Held back ({held}):", "bold") if held else Text("Nothing was held back.")]
    if dream.coverage is not None:  # rounded down: all of it is all of it
        lines.append(Text(f"Moments cite {int(dream.coverage * 100)}% of the day's items.", SOFT))
    for claim in dream.quarantine:
        lines += _plain(wrap(f"{claim.kind}: {claim.text}", width))
        lines += [Text(f"  {line}", SOFT) for line in wrap(claim.reason, width - 2)]
    return lines


def _footer(view: PageView, width: int) -> list[Text]:
    dream = view.page.dream
    if dream is None:
        return []
    detached = sum(each.kind == "correction" for each in dream.quarantine)
    held = len(dream.quarantine) - detached
    corrected = dream.counts.get(CORRECTED, 0)
    parts = [
        *([f"{counted(corrected, 'correction')} of yours"] if corrected else []),
        *([f"{detached} without its moment (rem fix --list)"] if detached else []),
        f"{counted(dream.counts.get('items', 0), 'item')} in",
        f"{held} held back (--quarantine)" if held else "every quote found in its source",
        f"made {_made(dream.dreamt_at, view.page.day, view.zone)}",
        f"{dream.model or dream.engine}, {counted(dream.calls, 'call')}, {dollars(dream.cost_usd)}",
    ]
    return [Text(line, SOFT) for line in pack(parts, width, gap=" · ")]


def _made(at: datetime | None, day: date, zone: ZoneInfo) -> str:
    """When a dream was made; its date too unless that is the day itself or the morning after."""
    if at is None:
        return "at an unknown time"
    made = at.astimezone(zone).date()
    near = made in (day, day + timedelta(days=1))
    return clock(at, zone) if near else f"{short_day(made)} {made.year} {clock(at, zone)}"
