"""How does an agent see what goes with a person, a topic, a tool or a moment?"""

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult
from pydantic import Field

from rem_dagster.interfaces.mcp.answering import READS, answer, as_json, as_tool
from rem_dagster.interfaces.mcp.bounded import MaxTokens, keep
from rem_dagster.interfaces.mcp.labelled import as_untrusted, one_line
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.views import Answer, View
from rem_dagster.model.words import Trust
from rem_dagster.recall.graph.parts import Node
from rem_dagster.recall.graph.scope import Scope
from rem_dagster.recall.graph.traverse import Step, Traversal, traverse


class Neighbour(View):
    """Something that was reached, and by which edge."""

    id: str
    name: str
    kind: str
    detail: str | None = None
    local_time: str | None = None
    utc_time: str | None = None
    level: int
    from_id: str
    edge_type: str
    weight: float
    days: int
    last_day: str | None = None
    trust: Trust | None = None


class Related(Answer):
    """What is connected to something, the weightiest first."""

    id: str
    name: str
    kind: str
    detail: str | None = None
    aliases: tuple[str, ...] = ()
    mentions: int = 0
    neighbours: tuple[Neighbour, ...]
    more: str | None = None


def register(server: MCPServer, served: Served) -> None:
    """Give the tool to a server."""

    @server.tool(title="What goes with something", annotations=READS)
    @as_tool
    def related(
        name: Annotated[
            str, Field(description="A person, topic, tool or place in any spelling, or the id of an item.")
        ],
        *,
        depth: Annotated[int, Field(ge=1, le=3, description="Steps from there.")] = 1,
        when: Annotated[str | None, Field(description="Only of these days: 'last month', '2026-11'.")] = None,
        limit: Annotated[int, Field(ge=1, le=50, description="Neighbours of each step.")] = 12,
        max_tokens: MaxTokens = 2000,
    ) -> Annotated[CallToolResult, Related]:
        """Follow the graph of the user's memory: who and what comes up with a person or topic."""
        days = [each.isoformat() for each in served.days(when)] if when else [None, None]
        scope = Scope(served.user_id, first_day=days[0], last_day=days[1])
        found = traverse(served.store, name, scope, depth=depth, limit=limit)
        trust = _trusts(found, served)
        views = [_neighbour(step, trust, served) for step in found.steps]
        kept = keep(views, max_tokens=max_tokens, text_of=as_json)
        told = Related(
            id=found.start.id,
            name=one_line(found.start.name),
            kind=found.start.kind,
            detail=found.start.detail,
            aliases=tuple(map(one_line, found.start.aliases[:8])),
            mentions=found.start.mentions,
            neighbours=kept.items,
            more=_more(kept.left, sum(found.left_out)),
        )
        return answer(told, _text(told, served))


def _more(unsaid: int, left_out: int) -> str | None:
    """What is said of those for which there was no room, and of those that the limit left out."""
    told = [f"{unsaid} more: ask with a larger max_tokens"] if unsaid else []
    told += [f"{left_out} lighter ones are left out: ask with a larger limit"] if left_out else []
    return "; ".join(told) or None


def _trusts(found: Traversal, served: Served) -> dict[str, Trust]:
    """The trust of the moments and documents that were reached."""
    ids = [node.id for node in found.nodes if node.kind in ("moment", "resource")]
    if not ids:
        return {}
    rows = [
        row
        for table in ("moments", "resources")
        for row in served.store.read_in(table, "id", ids, ["id", "trust"]).to_pylist()
    ]
    return {row["id"]: row["trust"] for row in rows}


def _neighbour(step: Step, trust: dict[str, Trust], served: Served) -> Neighbour:
    node, relation = step.node, step.relation
    return Neighbour(
        id=node.id,
        name=_name(node),
        kind=node.kind,
        detail=node.detail,
        local_time=served.local(node.at) if node.at else None,
        utc_time=utc(node.at) if node.at else None,
        level=step.level,
        from_id=step.parent_id,
        edge_type=relation.edge_type,
        weight=round(relation.weight, 3),
        days=len(relation.days),
        last_day=relation.days[-1] if relation.days else None,
        trust=trust.get(node.id),
    )


def _name(node: Node) -> str:
    line = one_line(node.name[:400])
    return line if len(line) <= 120 else line[:119].rstrip() + "…"


def _text(told: Related, served: Served) -> str:
    also = f", also {', '.join(told.aliases)}" if told.aliases else ""
    lines = [f"{told.name} ({told.detail or told.kind}{also}), named {told.mentions} times. id: {told.id}"]
    for each in told.neighbours:
        at = f" at {each.local_time} ({each.utc_time} UTC)" if each.local_time else ""
        trust = f"  trust: {each.trust}" if each.trust else ""
        days = f", {each.days} days, last {each.last_day}" if each.days > 1 else f", {each.last_day or ''}"
        step = f"{'  ' * (each.level - 1)}- {each.name} [{each.detail or each.kind}]{at}"
        lines.append(f"{step}: {each.edge_type} {each.weight:g}{days}  id: {each.id}{trust}")
    return "\n".join(filter(None, (as_untrusted(lines, served), told.more)))
