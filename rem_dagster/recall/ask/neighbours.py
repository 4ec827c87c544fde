"""What is named together with something?"""

from rem_dagster.errors import UnknownNameError
from rem_dagster.model.moment import Moment
from rem_dagster.recall.ask.compose import Ask
from rem_dagster.recall.ask.page import Page
from rem_dagster.recall.ask.saying import counted, listed
from rem_dagster.recall.ask.tallies import own_names
from rem_dagster.recall.graph.adjacency import UNDIRECTED
from rem_dagster.recall.graph.parts import Node
from rem_dagster.recall.graph.scope import Scope
from rem_dagster.recall.graph.traverse import Traversal, traverse
from rem_dagster.store.records import record_of

NEIGHBOURS_TOLD, NAMED_FIRST = 8, 3
LOOKED_AT = 60
"""The weightiest neighbours, of which those that are told are chosen."""


def tell_related(ask: Ask, page: Page) -> None:
    """The entities that the graph relates to one, those of most moments first, and the latest of these."""
    found = _reached(ask)
    if found is None:
        return
    near = _together(ask, found)
    if ask.plan.question.lower().startswith("who"):
        own = own_names(ask, [moment for _, held in near for moment in held])
        near = [each for each in near if each[0].detail == "person" and each[0].name not in own]
    told = near[:NEIGHBOURS_TOLD]
    if not told:
        return
    names = listed([node.name for node, _ in told[:NAMED_FIRST]])
    most = "most often " if len(told) > NAMED_FIRST else ""
    page.say(
        f"{found.start.name} is {most}named together with {names}",
        *(page.moment(held[-1], about=node.name) for node, held in told[:NAMED_FIRST]),
    )
    for node, held in told:
        last = "the last on " if len(held) > 1 else "on "
        page.say(
            f"{node.name} ({node.detail}): in {counted(len(held), 'moment')}, {last}"
            f"{ask.speech.span(held[-1])}: {held[-1].name}",
            page.moment(held[-1], about=node.name),
        )


def _reached(ask: Ask) -> Traversal | None:
    """What the graph relates to the entity that is asked about; None where it knows none of that name."""
    first = last = None
    if ask.window is not None:
        first, last = (day.isoformat() for day in ask.calendar.span_of(ask.window))
    scope = Scope(ask.scope.user_id, (UNDIRECTED,), first, last, ask.scope.case_id)
    try:
        return traverse(ask.scope.store, ask.plan.words, scope, depth=1, limit=LOOKED_AT)
    except UnknownNameError:
        return None


def _together(ask: Ask, found: Traversal) -> list[tuple[Node, list[Moment]]]:
    """The nodes that were reached with the moments that name them and the start, most of these first."""
    nodes = {each.id: each for each in found.nodes}
    node_of = {member: each.id for each in found.nodes for member in (each.id, *each.members)}
    rows = ask.scope.store.read_in("mentions", "entity_id", node_of, ["entity_id", "moment_ids", "user_id"])
    named: dict[str, set[str]] = {each: set() for each in nodes}
    for row in rows.to_pylist():
        if row["user_id"] == ask.scope.user_id:
            named[node_of[row["entity_id"]]].update(row["moment_ids"] or ())
    own = _moments(ask, named.pop(found.start.id))
    near = [(nodes[each], [own[moment] for moment in own if moment in held]) for each, held in named.items()]
    return sorted(
        (each for each in near if each[1]), key=lambda each: (-len(each[1]), each[0].name.casefold())
    )


def _moments(ask: Ask, ids: set[str]) -> dict[str, Moment]:
    """Moments by id, in their order; those of the question's time and case."""
    rows = ask.scope.store.read_in("moments", "id", ids).to_pylist() if ids else []
    read = [record_of(Moment, row) for row in rows if row["user_id"] == ask.scope.user_id]
    held = [
        each for each in read if ask.window is None or ask.window.overlaps(each.start_time, each.end_time)
    ]
    ordered = sorted(ask.scope.moments(held), key=lambda each: (each.start_time, each.id))
    return {each.id: each for each in ordered}
