"""How does a graph become a page that needs nothing but itself?

It reads without script: a drawing whose places are found here, and a list of all nodes with what they go
with. The script adds moving, searching and choosing. Nothing is fetched, and the page forbids it.
"""

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from rem_dagster.model.own_output import GENERATOR
from rem_dagster.recall.graph.layout import Points, layout
from rem_dagster.recall.graph.parts import Graph, Node, Relation

WIDTH, HEIGHT = 1200, 800
LINES_OF_NODE = 3
"""The weightiest relations of a node are drawn; the others show once it is chosen."""
MOST_RELATIONS = 6000
MOST_LISTED = 8
MOST_LETTERS = 26
LETTER = 0.56
"""The width of a letter, in its height."""
KINDS = (
    "person",
    "project",
    "tool",
    "place",
    "organization",
    "topic",
    "thing",
    "moment",
    "resource",
    "session",
)


def as_html(graph: Graph) -> str:
    """The page."""
    css, js = _file("page.css"), _file("page.js")
    relations = graph.relations[:MOST_RELATIONS]
    number = {node.id: place for place, node in enumerate(graph.nodes)}
    near = _near(relations)
    policy = (
        f"default-src 'none'; style-src '{_hash(css)}'; script-src '{_hash(js)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        "\n".join(
            [
                "<!DOCTYPE html>",
                '<html lang="en"><head><meta charset="utf-8">',
                f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                '<meta name="referrer" content="no-referrer">',
                f'<meta name="generator" content="{GENERATOR}">',  # so that it is not read back
                f"<title>The graph</title><style>{css}</style></head><body>",
                _head(graph),
                '<main><div id="view">',
                _drawing(graph, relations, number, near),
                '</div><aside id="side" aria-live="polite" hidden></aside></main>',
                _legend(graph),
                _list(graph, near, number),
                f'<script type="application/json" id="graph">{_data(graph, relations, number)}</script>',
                f"<script>{js}</script></body></html>",
            ]
        )
        + "\n"
    )


def _head(graph: Graph) -> str:
    if not graph.nodes:
        return "<header><h1>The graph</h1><p>Nothing is connected here yet.</p></header>"
    most = " · ".join(_name(node) for node in graph.nodes[:3])
    rest = f" Left out are {graph.left_out:,} less central ones." if graph.left_out else ""
    return (
        f"<header><h1>{most}</h1><p>{len(graph.nodes):,} nodes, {len(graph.relations):,} relations. "
        f"The larger, the more central.{rest}</p>"
        '<form role="search" id="find" hidden><label>Find <input id="words" type="search" '
        'autocomplete="off" list="names" placeholder="a name"></label>'
        '<button type="button" id="out" aria-label="Smaller">−</button>'
        '<button type="button" id="in" aria-label="Larger">+</button>'
        '<button type="button" id="all">All</button></form></header>'
    )


def _drawing(
    graph: Graph, relations: Sequence[Relation], number: dict[str, int], near: dict[str, list[Relation]]
) -> str:
    drawn = _backbone(graph, near)
    edges = [(number[each.source_id], number[each.target_id], each.weight) for each in drawn]
    places = layout(len(graph.nodes), edges, width=WIDTH, height=HEIGHT)
    most = max(graph.importance.values(), default=1.0) or 1.0
    lines = "".join(_line(each, places, number) for each in drawn)
    sizes = [(graph.importance.get(node.id, 0.0) / most) ** 0.5 for node in graph.nodes]
    named = _with_room(graph.nodes, places, sizes)
    dots = "".join(
        _dot(graph.nodes[place], place, places, sizes[place], is_named=place in named)
        for place in reversed(range(len(sizes)))  # the central ones on top
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="A drawing of the graph; '
        'the list below says the same in words"><g id="world">'
        f'<g id="lines">{lines}</g><g id="near"></g><g id="nodes">{dots}</g></g></svg>'
    )


def _backbone(graph: Graph, near: dict[str, list[Relation]]) -> list[Relation]:
    """The weightiest relations of each node, each once."""
    kept = {each: None for node in graph.nodes for each in near.get(node.id, [])[:LINES_OF_NODE]}
    return list(kept)


def _near(relations: Sequence[Relation]) -> dict[str, list[Relation]]:
    """Node -> its relations, the weightiest first."""
    found: defaultdict[str, list[Relation]] = defaultdict(list)
    for each in relations:
        found[each.source_id].append(each)
        found[each.target_id].append(each)
    return found


def _line(relation: Relation, places: Points, number: dict[str, int]) -> str:
    (x1, y1), (x2, y2) = (places[number[each]] for each in relation.ends)
    width = min(0.6 + relation.weight**0.5 / 3, 5)
    return f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke-width="{width:.1f}"/>'


def _with_room(nodes: Sequence[Node], places: Points, sizes: Sequence[float]) -> set[int]:
    """The nodes whose names fit beside those of more central ones; the others show theirs when chosen."""
    taken: list[tuple[float, float, float, float]] = []
    named = set()
    for place, node in enumerate(nodes):
        (x, y), high = places[place], _letters(sizes[place])
        half = min(len(node.name), MOST_LETTERS) * high * LETTER / 2
        top = y + _radius(sizes[place]) + 2
        box = x - half, top, x + half, top + high + 2
        if not any(
            box[0] < right and left < box[2] and box[1] < low and upper < box[3]
            for left, upper, right, low in taken
        ):
            named.add(place)
            taken.append(box)
        radius = _radius(sizes[place]) * 0.8
        taken.append((x - radius, y - radius, x + radius, y + radius))
    return named


def _radius(size: float) -> float:
    return 4 + 17 * size


def _letters(size: float) -> float:
    return 11 + 6 * size


def _dot(node: Node, place: int, places: Points, size: float, *, is_named: bool) -> str:
    x, y = places[place]
    radius = _radius(size)
    shown = "" if is_named else " minor"
    label = _name(node, most=MOST_LETTERS)
    return (
        f'<g class="n {_kind(node)}{shown}" data-n="{place}" transform="translate({x:.0f} {y:.0f})">'
        f'<title>{_name(node)}</title><circle r="{radius:.1f}"/>'
        f'<text y="{radius + 13:.0f}" font-size="{_letters(size):.0f}">{label}</text></g>'
    )


def _legend(graph: Graph) -> str:
    held = [kind for kind in KINDS if any(_kind(node) == f"k-{kind}" for node in graph.nodes)]
    items = "".join(f'<li class="k-{kind}"><i></i>{kind}</li>' for kind in held)
    return f'<ul class="legend">{items}</ul>' if items else ""


def _list(graph: Graph, near: dict[str, list[Relation]], number: dict[str, int]) -> str:
    names = {node.id: node for node in graph.nodes}
    items = []
    for node in graph.nodes:
        goes_with = [names[each.other_end(node.id)] for each in near.get(node.id, [])]
        distinct = list({other.id: other for other in goes_with}.values())[:MOST_LISTED]
        said = ", ".join(f"<bdi>{_name(other)}</bdi>" for other in distinct)
        items.append(
            f'<li class="{_kind(node)}"><a href="#n{number[node.id]}" id="n{number[node.id]}" '
            f'data-n="{number[node.id]}"><i></i><bdi>{_name(node)}</bdi></a> <small>{said}</small></li>'
        )
    return f'<section><h2>All of it</h2><ol id="list">{"".join(items)}</ol></section>'


def _data(graph: Graph, relations: Sequence[Relation], number: dict[str, int]) -> str:
    """What the script knows; `<` is written so that no name ends the element."""
    told = {
        "nodes": [
            {
                "name": node.name,
                "kind": node.detail or node.kind,
                "aliases": list(node.aliases[:MOST_LISTED]),
                "mentions": node.mentions,
                "moments": [
                    {"name": each.name, "day": each.at.date().isoformat() if each.at else ""}
                    for each in graph.moments.get(node.id, ())
                ],
            }
            for node in graph.nodes
        ],
        "edges": [
            [
                *(number[end] for end in each.ends),
                each.edge_type,
                round(each.weight, 2),
                len(each.days),
                each.days[0] if each.days else "",
                each.days[-1] if each.days else "",
            ]
            for each in relations
        ],
    }
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _kind(node: Node) -> str:
    name = node.detail if node.kind == "entity" else node.kind
    return f"k-{name}" if name in KINDS else "k-thing"


def _name(node: Node, *, most: int = 80) -> str:
    text = " ".join(node.name.split()) or node.id
    return escape(text if len(text) <= most else text[: most - 1].rstrip() + "…")


def _file(name: str) -> str:
    return (files("rem_dagster.recall.graph") / "page_files" / name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
