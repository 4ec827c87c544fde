"""How does it look what a re-dream changed?

Added
  16:10  ▲ Learning   Read the paper on Vamana

Moved
  09:00  ■ Talk       Stand-up
                      09:00 to 09:10 → 09:00 to 09:40
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rich.text import Text

from rem_dagster.dreaming.compare import Changes, Claim, DayVersion, Pair, claims_in, compare
from rem_dagster.dreaming.recipes import maker_of
from rem_dagster.interfaces.cli.as_json import moments_as_json
from rem_dagster.interfaces.cli.kinds import WORD_CELLS, kind_of
from rem_dagster.interfaces.cli.moment import SOFT, TIME_CELLS
from rem_dagster.interfaces.cli.page import MARGIN, header, next_line, on_page
from rem_dagster.interfaces.cli.words import clock, counted, pack, padded, short_day, wrap
from rem_dagster.model.dream import Dream
from rem_dagster.model.moment import Moment

INDENT = 2 + TIME_CELLS + 2 + WORD_CELLS + 1
CLAIM_CELLS = 11
SHORT = 8
"""Digits of a recipe's hash that people are shown."""
ARROW = "→"
DiffState = Literal["undreamt", "never again", "failed", "unfinished", "compared"]


@dataclass(frozen=True)
class Difference:
    """One user's day before and after its last dream."""

    user_id: str
    day: date
    zone: ZoneInfo
    dream: Dream | None
    """The row of the ledger; None when the day was never dreamt."""
    before: DayVersion | None = None
    """None when it was never dreamt again."""
    after: DayVersion | None = None
    next_commands: Sequence[str] = ()

    @property
    def state(self) -> DiffState:
        """Whether there is something to compare, and why not."""
        if self.dream is None:
            return "undreamt"
        if self.dream.status != "complete":
            return "failed" if self.dream.status == "failed" else "unfinished"
        return "never again" if self.before is None or self.after is None else "compared"

    @property
    def changes(self) -> Changes:
        """What is different; nothing where there are not two versions."""
        if self.state != "compared" or self.before is None or self.after is None:
            return Changes()
        return compare(self.before, self.after)


def difference_text(difference: Difference, width: int = 80) -> Text:
    """The differences with their colours, no line wider than `width` cells."""
    inner = width - 2 * len(MARGIN)
    day = f"{short_day(difference.day)} {difference.day.year}"
    before, after = difference.before, difference.after
    if difference.state != "compared" or before is None or after is None:
        said = [Text(line) for line in wrap(_why_not(difference), inner)]
        return on_page([[header(day, "", inner)], said, next_line(difference.next_commands, inner)])
    title = f"{day}: {_maker(before)} {ARROW} {_maker(after)}"
    first, *more = wrap(title, inner)
    changes = difference.changes
    blocks = [
        [header(first, "", inner), *(Text(line, "bold") for line in more), *_figures(difference, inner)],
        *_groups(changes, difference.zone, inner),
        [Text("Nothing changed.")] if changes.is_empty else [],
        next_line(difference.next_commands, inner),
    ]
    return on_page(blocks)


def difference_as_json(difference: Difference) -> dict[str, object]:
    """The differences for programs; `before` and `after` are null where there are not two versions."""
    changes = difference.changes
    return {
        "user_id": difference.user_id,
        "day": difference.day.isoformat(),
        "state": difference.state,
        "before": _version_as_json(difference.before),
        "after": _version_as_json(difference.after),
        "changed": not changes.is_empty,
        "added": moments_as_json(changes.added),
        "gone": moments_as_json(changes.gone),
        "retitled": [_change(pair, _title) for pair in changes.retitled],
        "moved": [_change(pair, _times_as_json) for pair in changes.moved],
        "retyped": [_change(pair, _type) for pair in changes.retyped],
        "claims_lost": [vars(claim) for claim in changes.lost],
        "claims_added": [vars(claim) for claim in changes.gained],
        "summary": {"before": changes.summary_before, "after": changes.summary_after}
        if changes.is_resummed
        else None,
    }


def _why_not(difference: Difference) -> str:
    if difference.dream is None:
        return "This day was not dreamt yet, so there is nothing to compare."
    if difference.state == "failed":
        why = (difference.dream.error or "no reason was noted").rstrip(".")
        return f"The last dream of this day failed and changed nothing: {why}."
    if difference.state == "unfinished":
        return "A dream of this day was stopped while it was written; dream it again, then compare."
    return f"This day was never dreamt again: it is as {_maker_of_row(difference.dream)} made it."


def _figures(difference: Difference, width: int) -> list[Text]:
    """How many moments and claims there were and are, by which recipes and when."""
    before, after = difference.before, difference.after
    if before is None or after is None:
        return []
    moments = f"{counted(len(before.moments), 'moment')} {ARROW} {len(after.moments)}"
    claims = f"{counted(claims_in(before.moments), 'claim')} {ARROW} {claims_in(after.moments)}"
    same = before.recipe == after.recipe
    recipes = "the same recipe" if same else f"recipe {_short(before)} {ARROW} {_short(after)}"
    made = f"made {_made(before, difference.zone)} {ARROW} {_made(after, difference.zone)}"
    return [Text(line, SOFT) for line in pack([moments, claims, recipes, made], width, gap=" · ")]


def _groups(changes: Changes, zone: ZoneInfo, width: int) -> Iterator[list[Text]]:
    """One block for each kind of change that there is."""
    yield _group("Added", [line for each in changes.added for line in _moment(each, zone, width)])
    yield _group("Gone", [line for each in changes.gone for line in _moment(each, zone, width)])
    pairs: tuple[tuple[str, Sequence[Pair], Callable[[Moment], str]], ...] = (
        ("Retitled", changes.retitled, _title),
        ("Moved", changes.moved, lambda moment: _times(moment, zone)),
        ("Another type", changes.retyped, lambda moment: kind_of(moment.moment_type).word),
    )
    for title, found, aspect in pairs:
        yield _group(title, [line for pair in found for line in _pair(pair, aspect, zone, width)])
    yield _group("Claims lost", [line for each in changes.lost for line in _claim(each, width)])
    yield _group("Claims added", [line for each in changes.gained for line in _claim(each, width)])
    if changes.is_resummed:
        told = [changes.summary_before or "(no summary)", changes.summary_after or "(no summary)"]
        lines = [line for each in (told[0], f"{ARROW} {told[1]}") for line in wrap(each, width - 2)]
        yield _group("Summary", [Text(f"  {line}") for line in lines])


def _group(title: str, lines: list[Text]) -> list[Text]:
    return [Text(title, "bold"), *lines] if lines else []


def _moment(moment: Moment, zone: ZoneInfo, width: int) -> list[Text]:
    kind = kind_of(moment.moment_type)
    first, *more = wrap(moment.name, width - INDENT) or ["(no title)"]
    line = Text.assemble(
        f"  {clock(moment.start_time, zone):<{TIME_CELLS}}",
        (kind.shape, kind.colour),
        f" {padded(kind.word, WORD_CELLS)} {first}",
    )
    return [line, *(Text(" " * INDENT + each) for each in more)]


def _pair(pair: Pair, told: Callable[[Moment], str], zone: ZoneInfo, width: int) -> list[Text]:
    """The moment as it was called, and below it what became of it."""
    change = f"{ARROW} {told(pair.after)}"
    if told(pair.before) != pair.before.name:
        change = f"{told(pair.before)} {change}"
    lines = wrap(change, width - INDENT)
    return [*_moment(pair.before, zone, width), *(Text(" " * INDENT + line, SOFT) for line in lines)]


def _claim(claim: Claim, width: int) -> list[Text]:
    lines = wrap(claim.text, width - 2 - CLAIM_CELLS)
    labels = [claim.kind, *[""] * (len(lines) - 1)]
    return [
        Text.assemble((f"  {label:<{CLAIM_CELLS}}", SOFT), line)
        for label, line in zip(labels, lines, strict=True)
    ]


def _times(moment: Moment, zone: ZoneInfo) -> str:
    return f"{clock(moment.start_time, zone)} to {clock(moment.end_time, zone)}"


def _title(moment: Moment) -> str:
    return moment.name


def _type(moment: Moment) -> str:
    return moment.moment_type


def _times_as_json(moment: Moment) -> list[datetime]:
    return [moment.start_time, moment.end_time]


def _change(pair: Pair, told: Callable[[Moment], object]) -> dict[str, object]:
    return {"id": pair.after.id, "name": pair.after.name, "from": told(pair.before), "to": told(pair.after)}


def _version_as_json(version: DayVersion | None) -> dict[str, object] | None:
    if version is None:
        return None
    told = {name: value for name, value in vars(version).items() if name not in ("moments", "summary")}
    return {**told, "moments": len(version.moments), "claims": claims_in(version.moments)}


def _maker(version: DayVersion) -> str:
    return maker_of(version.engine, version.model, version.agentlet_version)


def _maker_of_row(dream: Dream) -> str:
    return maker_of(dream.engine, dream.model, dream.agentlet_version)


def _short(version: DayVersion) -> str:
    return version.recipe[:SHORT]


def _made(version: DayVersion, zone: ZoneInfo) -> str:
    if version.dreamt_at is None:
        return "at an unknown time"
    at = version.dreamt_at.astimezone(zone)
    return f"{short_day(at.date())} {at.year} {clock(at, zone)}"
