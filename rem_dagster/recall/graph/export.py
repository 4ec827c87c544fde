"""How is a graph written for other programs?

dot       graphviz       graphml   Gephi, yEd, networkx      mermaid   Markdown       json   programs
html      a page of its own (`page.py`)

Names are somebody else's words: every format has its own way in which a quote, a line or a bracket would
end them early.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal
from xml.etree import ElementTree as ET

from rem_dagster.recall.graph.adjacency import UNDIRECTED
from rem_dagster.recall.graph.page import as_html
from rem_dagster.recall.graph.parts import Graph, Node, Relation

Format = Literal["dot", "graphml", "json", "mermaid", "html"]
MOST_LABEL = 60
_STEERING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_MERMAID = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
_COLOURS = {
    "person": "#c2410c",
    "project": "#1d4ed8",
    "tool": "#0f766e",
    "place": "#7e22ce",
    "organization": "#a16207",
    "moment": "#475569",
    "resource": "#64748b",
    "session": "#64748b",
}
_PLAIN_COLOUR = "#334155"


def as_dot(graph: Graph) -> str:
    """Graphviz; `related_to` without arrow."""
    number = _numbers(graph)
    lines = ["digraph rem {", "  graph [overlap=false, splines=true];", "  node [shape=box, style=rounded];"]
    for node in graph.nodes:
        colour = _COLOURS.get(node.detail or node.kind, _COLOURS.get(node.kind, _PLAIN_COLOUR))
        lines.append(
            f"  n{number[node.id]} [label={_dot(_label(node))}, color={_dot(colour)}, "
            f"kind={_dot(node.detail or node.kind)}];"
        )
    for each in graph.relations:
        ends = f"n{number[each.source_id]} -> n{number[each.target_id]}"
        way = ", dir=none" if each.edge_type == UNDIRECTED else ""
        lines.append(f"  {ends} [label={_dot(each.edge_type)}, weight={_whole(each.weight)}{way}];")
    return "\n".join([*lines, "}"]) + "\n"


def as_graphml(graph: Graph) -> str:
    """GraphML, with names, kinds, weights and days as attributes."""
    root = ET.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    keys = {
        "node": {"name": "string", "kind": "string", "detail": "string", "mentions": "int"}
        | {"importance": "double"},
        "edge": {"edge_type": "string", "weight": "double", "days": "string", "why": "string"},
    }  # fmt: skip
    for owner, names in keys.items():
        for name, kind in names.items():
            ET.SubElement(root, "key", {"id": name, "for": owner, "attr.name": name, "attr.type": kind})
    both_ways = all(each.edge_type == UNDIRECTED for each in graph.relations)  # readers refuse a mixture
    drawn = ET.SubElement(root, "graph", id="rem", edgedefault="undirected" if both_ways else "directed")
    for node in graph.nodes:
        _attributes(
            ET.SubElement(drawn, "node", id=_xml(node.id)),
            {
                "name": node.name,
                "kind": node.kind,
                "detail": node.detail,
                "mentions": node.mentions,
                "importance": graph.importance.get(node.id),
            },
        )
    for number, each in enumerate(graph.relations):
        ends = {"source": _xml(each.source_id), "target": _xml(each.target_id)}
        _attributes(
            ET.SubElement(drawn, "edge", {"id": f"e{number}", **ends}),
            {
                "edge_type": each.edge_type,
                "weight": each.weight,
                "days": " ".join(each.days),
                "why": each.why,
            },
        )
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def as_mermaid(graph: Graph) -> str:
    """A Mermaid flowchart, for Markdown."""
    number = _numbers(graph)
    lines = ["graph LR"]
    lines += [f'  n{number[node.id]}["{_mermaid(_label(node))}"]' for node in graph.nodes]
    for each in graph.relations:
        arrow = "---" if each.edge_type == UNDIRECTED else "-->"
        said = "" if each.edge_type == UNDIRECTED else f'|"{_mermaid(each.edge_type)}"|'
        lines.append(f"  n{number[each.source_id]} {arrow}{said} n{number[each.target_id]}")
    return "\n".join(lines) + "\n"


def as_json(graph: Graph) -> str:
    """Nodes and edges, all that is known of them."""
    told = {
        "nodes": [node_as_json(node, graph.importance.get(node.id)) for node in graph.nodes],
        "edges": [relation_as_json(each) for each in graph.relations],
        "left_out": graph.left_out,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def node_as_json(node: Node, importance: float | None = None) -> dict[str, object]:
    """A node for programs."""
    told: dict[str, object] = {"id": node.id, "kind": node.kind, "name": node.name, "detail": node.detail}
    if node.kind == "entity":
        told |= {"aliases": list(node.aliases), "members": list(node.members), "mentions": node.mentions}
    if node.at:
        told["at"] = node.at.isoformat()
    return told if importance is None else {**told, "importance": round(importance, 6)}


def relation_as_json(relation: Relation) -> dict[str, object]:
    """An edge, over all its days, for programs."""
    return {
        "source": relation.source_id,
        "target": relation.target_id,
        "edge_type": relation.edge_type,
        "weight": round(relation.weight, 6),
        "days": list(relation.days),
        "generated_by": list(relation.generated_by),
        "why": relation.why,
    }


WRITERS: Mapping[Format, Callable[[Graph], str]] = {
    "dot": as_dot,
    "graphml": as_graphml,
    "json": as_json,
    "mermaid": as_mermaid,
    "html": as_html,
}
"""How each format is written."""


def _numbers(graph: Graph) -> dict[str, int]:
    return {node.id: number for number, node in enumerate(graph.nodes)}


def _label(node: Node) -> str:
    text = " ".join(_xml(_STEERING.sub("", node.name)).split()) or node.id
    return text if len(text) <= MOST_LABEL else text[: MOST_LABEL - 1].rstrip() + "…"


def _dot(text: str) -> str:
    """A quoted string; graphviz reads `\\N` and `&lt;` inside, so these are quoted, too."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'


def _mermaid(text: str) -> str:
    return "".join(_MERMAID.get(each, each) for each in text)


def _xml(text: str) -> str:
    """A text without what XML cannot have: control characters and halves of surrogates."""
    return "".join(
        each
        for each in text
        if each in "\t\n" or (unicodedata.category(each) not in ("Cc", "Cs") and each not in "\ufffe\uffff")
    )


def _whole(weight: float) -> int:
    return max(round(weight), 1)


def _attributes(element: ET.Element, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if value is not None:
            ET.SubElement(element, "data", key=name).text = _xml(str(value))
