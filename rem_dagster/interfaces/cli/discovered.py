"""How is it shown what was found on this machine, and which of it does a person mean?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.cells import cell_len

from rem_dagster.errors import InputError
from rem_dagster.ingest.discovery.found import FoundSource
from rem_dagster.ingest.discovery.machine import Machine
from rem_dagster.interfaces.cli.words import MONTHS, clean, counted, fit_end, padded, wrap

RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
LOOKED_FOR = (
    "Obsidian and Logseq vaults, folders called notes or journal, Claude Code and Codex transcripts, "
    "git repositories with commits of yours, and exports among the downloads"
)
FEWEST_NAME_CELLS, MOST_NAME_CELLS = 20, 44


@dataclass(frozen=True)
class Offer:
    """One source that was found, and whether it is brought in already."""

    number: int | None
    """By which it is chosen; None for what is there already."""
    source: FoundSource
    is_known: bool


def offers_of(sources: Sequence[FoundSource], is_known: Sequence[bool]) -> list[Offer]:
    """The sources, those that can be chosen numbered from 1."""
    offers, number = list[Offer](), 0
    for source, known in zip(sources, is_known, strict=True):
        number += not known
        offers.append(Offer(None if known else number, source, known))
    return offers


def offer_lines(machine: Machine, offers: Sequence[Offer], width: int) -> list[str]:
    """A line or two for each source; what more there is; who the person is."""
    if not offers:
        return ["Nothing was found.", *wrap(f"Looked for: {LOOKED_FOR}.", width)]
    kinds = max(cell_len(each.source.kind) for each in offers) + 2
    names = max(cell_len(home_path(each.source.path)) for each in offers)
    room = width - 5 - kinds - 2 - max(len(_amount(each.source)) for each in offers)
    cells = max(min(names, room, MOST_NAME_CELLS), FEWEST_NAME_CELLS)
    lines = ["Found on this machine:"]
    for each in offers:
        lines += _lines_of(each, kinds, cells, width)
    if machine.repositories_left_out:
        more = counted(machine.repositories_left_out, "more repository").replace(
            "repositorys", "repositories"
        )
        lines.append(f"     and {more}, older: rem import PATH takes one")
    if machine.is_partial:
        lines.append("     There may be more: looking was ended after some seconds.")
    if any(each.is_known for each in offers):
        lines.append("✓ is brought in already.")
    if machine.me:
        lines += wrap(f"You are {', '.join(machine.me)}, as git knows you.", width)
    return lines


def offers_as_json(machine: Machine, offers: Sequence[Offer]) -> dict[str, object]:
    """The same for programs."""
    return {
        "found": [
            {
                "number": each.number,
                "kind": each.source.kind,
                "path": str(each.source.path),
                "noun": each.source.noun,
                "count": each.source.count,
                "at_least": each.source.is_partial,
                "first": each.source.first,
                "last": each.source.last,
                "remark": each.source.remark,
                "is_export": each.source.is_once,
                "is_known": each.is_known,
            }
            for each in offers
        ],
        "me": list(machine.me),
        "repositories_left_out": machine.repositories_left_out,
        "is_partial": machine.is_partial,
    }


def chosen(answer: str, offers: Sequence[Offer]) -> list[FoundSource]:
    """The sources that an answer means: nothing said is all, `n` is none, else numbers as in `1 3-5`.

    Raises:
        InputError: it means nothing, or a number that is not there.
    """
    by_number = {each.number: each.source for each in offers if each.number is not None}
    words = answer.replace(",", " ").lower().split()
    if not words or words in (["y"], ["yes"], ["all"], ["a"]):
        return list(by_number.values())
    if words in (["n"], ["no"], ["none"], ["q"], ["0"]):
        return []
    numbers: set[int] = set()
    for word in words:
        found = RANGE.fullmatch(word)
        if found is None:
            raise InputError(f"{clean(word)!r} is no number of the list.")
        first = int(found[1])
        asked = range(first, int(found[2] or first) + 1)
        if not asked or not all(each in by_number for each in asked):
            raise InputError(f"{word!r} is not in the list, whose numbers go from 1 to {len(by_number)}.")
        numbers.update(asked)
    return [by_number[each] for each in sorted(numbers)]


def home_path(path: Path) -> str:
    """A path as people write it: `~/notes`."""
    own = Path.home()
    return f"~/{path.relative_to(own).as_posix()}" if path.is_relative_to(own) and path != own else str(path)


def _lines_of(offer: Offer, kinds: int, names: int, width: int) -> list[str]:
    source = offer.source
    number = "  ✓" if offer.number is None else f"{offer.number:>3}"
    head = f"{number}  {padded(source.kind, kinds)}"
    rest = _amount(source)
    name = fit_end(home_path(source.path), names)
    indent = " " * cell_len(head)
    one = f"{head}{padded(name, names)}  {rest}"
    lines = [one] if cell_len(one) <= width else [f"{head}{name}", *_indented(rest, indent, width)]
    return lines + (_indented(source.remark, indent, width) if source.remark else [])


def _indented(text: str, indent: str, width: int) -> list[str]:
    return [indent + line for line in wrap(text, width - cell_len(indent))]


def _amount(source: FoundSource) -> str:
    if source.count is None:
        return f"{source.noun}" + (f" of {_short(source.last)}" if source.last else "")
    number = counted(source.count, source.noun)
    since = f" since {_short(source.first)}" if source.first else ""
    return f"{'at least ' if source.is_partial else ''}{number}{since}"


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"
