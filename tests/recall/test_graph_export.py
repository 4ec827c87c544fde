"""A graph in every format, with names that would break out of it, and the page that needs nothing."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import InputError
from rem_dagster.recall.graph.export import WRITERS
from rem_dagster.recall.graph.layout import layout
from rem_dagster.recall.graph.parts import Graph, Node, Relation
from rem_dagster.recall.graph.scope import Scope
from rem_dagster.recall.graph.whole import whole_graph
from rem_dagster.store.database import Store
from tests.recall.graphs import at, edge, entity, put_graph
from tests.stored import moment, put

ANN = Scope("ann")
HOSTILE = [
    'a "quoted" name',
    "two\nlines\r\tand more",
    "]]> -->",
    "</script><script>alert(1)</script>",
    "<b>bold</b> & &lt;",
    "back\\slash \\N \\",
    "🦄 東京 عربى",
    "\u202eturned\u2066",
    "nul \x00 and \x1b[31m",
    "#quot; ; `tick` |pipe| [x](y)",
    "' onload='alert(1)",
    " ",
]
XML = "{http://graphml.graphdrawing.org/xmlns}"


def graph_of(names: list[str]) -> Graph:
    nodes = tuple(
        Node(f"id-{number}", "entity", name, "tool", aliases=(name + "!",))
        for number, name in enumerate(names)
    )
    relations = tuple(
        Relation("id-0", each.id, kind, 2.0, ("2025-10-01",), ("dream",), why=each.name)
        for each in nodes[1:]
        for kind in ("related_to", "follows")
    )
    moments = {"id-0": tuple(Node(f"m{place}", "moment", name, at=at(0)) for place, name in enumerate(names))}
    return Graph(nodes, relations, importance={each.id: 0.1 for each in nodes}, moments=moments)


def test_the_most_central_nodes_are_kept_with_what_is_among_them(store: Store) -> None:
    put_graph(store, ["hub-a*3", "hub-b*3", "hub-c*3", "a-b", "c-far"])
    found = whole_graph(store, ANN, most=3)
    assert found.nodes[0].name == "hub"
    assert (len(found.nodes), found.left_out) == (3, 2)
    ids = {node.id for node in found.nodes}
    assert all(set(each.ends) <= ids for each in found.relations)
    whole = whole_graph(store, ANN, most=None)
    assert (len(whole.nodes), len(whole.relations), whole.left_out) == (5, 5, 0)
    assert sum(whole.importance.values()) == pytest.approx(1)
    assert whole_graph(store, ANN, most=None) == whole
    with pytest.raises(InputError):
        whole_graph(store, ANN, most=0)


def test_filters_leave_what_they_say(store: Store) -> None:
    put_graph(store, ["a-b*3", "a-c"])
    put_graph(store, ["a-d"], day=5)
    [told] = put(store, "moments", moment("Told", at=at(0)))
    put(store, "edges", edge(entity("a"), told, "mentioned_in"))

    def names(scope: Scope, *, of: str = "entities") -> list[str]:
        return sorted(node.name for node in whole_graph(store, scope, of=of).nodes)  # type: ignore[arg-type]

    assert names(ANN) == ["a", "b", "c", "d"]
    assert names(ANN, of="all") == ["Told", "a", "b", "c", "d"]
    assert names(Scope("ann", least_weight=2)) == ["a", "b"]
    assert names(Scope("ann", first_day="2025-10-03")) == ["a", "d"]
    assert names(Scope("ann", edge_types=("mentioned_in",)), of="all") == ["Told", "a"]
    assert names(Scope("bob")) == []
    assert [each.name for each in whole_graph(store, ANN, moments=2).moments[entity("a")]] == ["Told"]


@pytest.mark.parametrize("layout_name", WRITERS)
def test_an_empty_graph_is_written_too(layout_name: str) -> None:
    assert WRITERS[layout_name](Graph((), ()))  # type: ignore[index]  # a key of it


def test_no_name_ends_a_string_of_dot() -> None:
    text = WRITERS["dot"](graph_of(HOSTILE))
    for line in text.splitlines():
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert '"' not in bare
        assert "alert" not in bare
    if program := shutil.which("dot"):
        done = subprocess.run([program, "-Tplain"], input=text.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(b"\nnode ") == len(HOSTILE)


@given(st.lists(st.text(max_size=12), min_size=2, max_size=4))
def test_names_come_back_from_graphml_without_what_xml_cannot_have(names: list[str]) -> None:
    graph = graph_of(names)
    root = ET.fromstring(WRITERS["graphml"](graph))
    found = [node.find(f"{XML}data[@key='name']").text or "" for node in root.iter(f"{XML}node")]  # type: ignore[union-attr]
    for name, read in zip(names, found, strict=True):
        kept = "".join(each for each in name if each.isprintable() or each in "\t\n \u00a0")
        assert [each for each in read if each in kept] == [each for each in kept if each in read]
    assert len(list(root.iter(f"{XML}edge"))) == len(graph.relations)


def test_graphml_is_read_by_networkx(tmp_path: object) -> None:
    import networkx as nx

    mixed = nx.parse_graphml(WRITERS["graphml"](graph_of(HOSTILE)), force_multigraph=True)
    assert mixed.is_directed()
    assert mixed.number_of_edges() == 2 * (len(HOSTILE) - 1)
    graph = graph_of(["a", "b"])
    plain = nx.parse_graphml(WRITERS["graphml"](Graph(graph.nodes, graph.relations[:1])))
    assert not plain.is_directed()


def test_names_in_mermaid_are_quoted() -> None:
    lines = WRITERS["mermaid"](graph_of(HOSTILE)).splitlines()
    assert lines[0] == "graph LR"
    assert len(lines) == 1 + len(HOSTILE) + 2 * (len(HOSTILE) - 1)
    for line in lines[1:]:
        assert re.fullmatch(r'  n\d+(\["[^"<>`\\]*"\]| -(--|->)(\|"[^"]*"\|)? n\d+)', line), line


def test_json_holds_everything() -> None:
    told = json.loads(WRITERS["json"](graph_of(HOSTILE)))
    assert [node["name"] for node in told["nodes"]] == HOSTILE
    assert told["edges"][0]["days"] == ["2025-10-01"]


def test_no_name_gets_out_of_the_page() -> None:
    text = WRITERS["html"](graph_of(HOSTILE))
    assert text.count("<script") == text.count("</script>") == 2
    assert "<b>bold" not in text
    data = re.search(r'<script type="application/json" id="graph">(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert [node["name"] for node in json.loads(data[1])["nodes"]] == HOSTILE


def test_the_page_asks_for_nothing_and_runs_only_its_own_script() -> None:
    text = WRITERS["html"](graph_of(["a", "b"]))
    assert not re.search(
        r"(?:src|href)=\"(?!#)|url\(|@import|fetch\(|XMLHttp|\sstyle=|\son\w+=|https?://(?!www\.w3\.org)",
        text,
    )
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'")
    assert "unsafe" not in policy[1]
    for element in ("style", "script"):
        inside = re.search(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy[1]


def test_the_page_reads_without_its_script() -> None:
    text = WRITERS["html"](graph_of(["alpha", "beta", "gamma"]))
    shown = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert shown.count("<circle") == 3
    assert shown.count("<line ") == 4
    assert "<bdi>beta</bdi></a> <small><bdi>alpha</bdi></small>" in shown


@given(st.integers(0, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=12))
def test_places_lie_within_the_picture_and_are_the_same_again(
    size: int, pairs: list[tuple[int, int]]
) -> None:
    edges = [(one, other, 1.0) for one, other in pairs if one < size and other < size]
    places = layout(size, edges, width=100, height=50)
    assert places.shape == (size, 2)
    assert (places >= 0).all()
    assert (places <= [100, 50]).all()
    assert (places == layout(size, edges, width=100, height=50)).all()


def test_what_belongs_together_lies_together() -> None:
    ring = [
        (one, other, 3.0)
        for part in (range(5), range(5, 10))
        for one in part
        for other in part
        if one < other
    ]
    places = layout(10, [*ring, (0, 5, 1.0)], width=1, height=1)
    inside = sum(((places[one] - places[other]) ** 2).sum() ** 0.5 for one, other, _ in ring) / len(ring)
    across = sum(((places[one] - places[one + 5]) ** 2).sum() ** 0.5 for one in range(5)) / 5
    assert inside < across
