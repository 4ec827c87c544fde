"""How are a traverse and the themes of a graph shown?"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.cells import cell_len
from rich.text import Text

from rem_dagster.interfaces.cli.moment import SOFT
from rem_dagster.interfaces.cli.words import (
    MONTHS,
    clean,
    counted,
    days_from_to,
    fit,
    listed,
    short_day,
    wrap,
)

if TYPE_CHECKING:
    from rem_dagster.recall.graph.parts import Node, Relation
    from rem_dagster.recall.graph.topics import Mover, PeriodTopics, Theme
    from rem_dagster.recall.graph.traverse import Step, Traversal

WHY_CELLS = 40
MOST_THEMES = 6
TRENDS = {"rising": "▲", "falling": "▼", "new": "+", "steady": " "}


@dataclass(frozen=True)
class _Days:
    """How days are said: in which zone, and in which year its number need not be."""

    zone: ZoneInfo
    this_year: int

    def said(self, day: date) -> str:
        if day.year == self.this_year:
            return short_day(day)
        return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def traversal_lines(found: "Traversal", width: int, zone: ZoneInfo, *, this_year: int) -> Iterator[Text]:
    """A tree: each node once, below the one from which it was reached, with the edge that leads there.

    Args:
        this_year: days of another one are shown with theirs.
    """
    yield Text.assemble((clean(found.start.name), "bold"), (f"   {_kind(found.start)}", SOFT))
    if found.known_as and found.start.kind == "entity":
        yield Text(f"{found.asked!r} is one of its names.", SOFT)
    elif also := [each for each in found.start.aliases if each.casefold() != found.start.name.casefold()]:
        for line in wrap("also " + listed(also, most=8), width):
            yield Text(line, SOFT)
    below: defaultdict[str, list[Step]] = defaultdict(list)
    for step in found.steps:
        below[step.parent_id].append(step)
    yield from _branches(found.start.id, below, "", width, _Days(zone, this_year))
    if not found.steps:
        yield Text("Nothing is connected to it here.", SOFT)
    for level, more in enumerate(found.left_out, 1):
        if more:
            where = "next to it" if level == 1 else f"{level} steps away"
            yield Text(f"{counted(more, 'more node')} {where}: --limit shows more.", SOFT)


def traversal_as_json(found: "Traversal") -> dict[str, object]:
    """Nodes, edges, and for each node the path that leads to it."""
    from rem_dagster.recall.graph.export import node_as_json, relation_as_json

    levels = {step.node.id: step.level for step in found.steps}
    return {
        "asked": found.asked,
        "start": found.start.id,
        "nodes": [{**node_as_json(each), "level": levels.get(each.id, 0)} for each in found.nodes],
        "edges": [relation_as_json(step.relation) for step in found.steps],
        "paths": [
            [found.start.id, *(each.node.id for each in found.path_to(step.node.id))] for step in found.steps
        ],
        "left_out": list(found.left_out),
    }


def topics_lines(found: "Sequence[PeriodTopics]", width: int) -> Iterator[Text]:
    """Each period: its themes by their share, then what rose and fell."""
    for place, period in enumerate(found):
        if place:
            yield Text("")
        title = _period(period.first_day, period.last_day)
        told = f"{counted(period.days, 'day')}, {counted(period.topics, 'topic')}"
        yield Text.assemble((title, "bold"), (f"   {told}", SOFT))
        for theme in period.themes[:MOST_THEMES]:
            yield from _theme(theme, width)
        rest = period.themes[MOST_THEMES:]
        if rest:
            yield Text(f"        and {counted(len(rest), 'smaller theme')}", SOFT)
        for word, movers in (("rose", period.rising), ("fell", period.falling)):
            yield from _movers(word, movers, width)


def topics_as_json(found: "Sequence[PeriodTopics]") -> list[dict[str, Any]]:
    """The periods for programs."""
    from dataclasses import asdict

    return [asdict(period) for period in found]


def _branches(
    node_id: str, below: "defaultdict[str, list[Step]]", indent: str, width: int, days: "_Days"
) -> Iterator[Text]:
    steps = below[node_id]
    for place, step in enumerate(steps):
        is_last = place == len(steps) - 1
        yield _branch(step, indent + ("└─ " if is_last else "├─ "), width, days)
        yield from _branches(step.node.id, below, indent + ("   " if is_last else "│  "), width, days)


def _branch(step: "Step", indent: str, width: int, days: "_Days") -> Text:
    why = _way(step, days)
    room = max(width - cell_len(indent) - WHY_CELLS - 2, 12)
    node = step.node
    name = clean(node.name)
    if node.at is not None:
        name = f"{days.said(node.at.astimezone(days.zone).date())} {name}"
    shown = fit(name, room)
    gap = " " * max(room - cell_len(shown) + 2, 2)
    return Text.assemble((indent, SOFT), shown, gap, (fit(why, WHY_CELLS), SOFT))


def _way(step: "Step", days: "_Days") -> str:
    """The edge that leads to a node: its type, its direction where it has one, its weight, its days."""
    relation = step.relation
    kind = relation.edge_type
    if kind != "related_to":
        kind = f"{kind} →" if relation.target_id == step.node.id else f"← {kind}"
    weight = f"{relation.weight:g}" if relation.weight >= 1 else f"{relation.weight:.2f}"
    told = [kind, weight, "" if step.node.at else _days(relation, days)]
    if relation.generated_by not in (("dream",), ("link",)):
        told.append("by " + " and ".join(relation.generated_by))
    return " · ".join(each for each in told if each)


def _days(relation: "Relation", days: "_Days") -> str:
    if not relation.days:
        return ""
    last = days.said(date.fromisoformat(relation.days[-1])).replace("  ", " ")
    return last if len(relation.days) == 1 else f"{len(relation.days)} days, {last}"


def _kind(node: "Node") -> str:
    named = f", named {counted(node.mentions, 'time')}" if node.mentions else ""
    return f"{node.detail or node.kind}{named}"


def _period(first: date, last: date) -> str:
    is_month = first.day == 1 and (last - first).days > 26
    return f"{MONTHS[first.month - 1]} {first.year}" if is_month else days_from_to(first, last)


def _theme(theme: "Theme", width: int) -> Iterator[Text]:
    names = ", ".join(clean(topic.name) for topic in theme.topics[:10])
    more = f" … {theme.size} in all" if theme.size > 10 else ""
    first, *rest = wrap(names + more, width - 9) or [""]
    yield Text.assemble((f" {theme.share:>4.0%}  ", SOFT), f"{TRENDS[theme.trend]} ", first)
    for line in rest:
        yield Text(" " * 9 + line)


def _movers(word: str, movers: "Sequence[Mover]", width: int) -> Iterator[Text]:
    if movers:
        said = ", ".join(clean(mover.name) for mover in movers)
        for place, line in enumerate(wrap(said, width - 9)):
            yield Text((f"   {word}  " if not place else " " * 9) + line, SOFT)
