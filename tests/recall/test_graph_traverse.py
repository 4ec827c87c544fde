"""What is reached from where: names in any spelling, directions, cycles, hubs, days, cases, users."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import InputError, UnknownCaseError, UnknownNameError
from rem_dagster.memory import Memory
from rem_dagster.recall.graph.adjacency import COLUMNS, adjacency_of
from rem_dagster.recall.graph.scope import Scope
from rem_dagster.recall.graph.traverse import Traversal, traverse
from rem_dagster.settings import Home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import EDGES
from tests.recall.graphs import at, edge, entity, named, put_graph, related
from tests.stored import moment, put, resource, session

ANN = Scope("ann")


def reached(found: Traversal) -> list[tuple[str, int]]:
    return [(step.node.name, step.level) for step in found.steps]


def same(one: str, other: str, *, owner: str = "link", short: bool = False) -> dict[str, object]:
    why = {"rule": "spelling", "names": [one, other]} | ({"short": one} if short else {})
    return edge(entity(one), entity(other), "same_as", owner=owner, metadata=json.dumps(why))


def test_each_node_is_reached_once_at_its_first_level_the_weightiest_first(store: Store) -> None:
    put_graph(store, ["a-b*2", "a-c*5", "b-c*9", "c-d", "d-e"])
    found = traverse(store, "a", ANN, depth=3)
    assert reached(found) == [("c", 1), ("b", 1), ("d", 2), ("e", 3)]
    assert [step.node.name for step in found.path_to(entity("e"))] == ["c", "d", "e"]
    assert found.path_to(entity("a")) == []
    assert reached(traverse(store, "a", ANN, depth=1)) == [("c", 1), ("b", 1)]


def test_days_of_one_relation_are_one_edge_with_their_sum(store: Store) -> None:
    put_graph(store, ["a-b*2"])
    put_graph(store, ["a-b*3"], day=4)
    [step] = traverse(store, "a", ANN).steps
    assert (step.relation.weight, step.relation.days) == (5.0, ("2025-10-01", "2025-10-05"))
    assert step.node.mentions == 2


@pytest.mark.parametrize("text", ["DiskANN", "disk-ann", "Disk ANN", "DISK_ann", "dísk.ann", " diskann "])
def test_a_name_is_found_in_any_spelling(store: Store, text: str) -> None:
    put_graph(store, ["DiskANN-alpha"])
    assert traverse(store, text, ANN).start.name == "DiskANN"


def test_names_that_are_one_are_one_node_with_the_edges_of_all(store: Store) -> None:
    put_graph(store, ["DiskANN-alpha*2", "vamana-alpha", "Disk ANN-vamana", "DiskANN-Disk ANN*7"])
    put(store, "edges", same("Disk ANN", "DiskANN"))
    for text in ("DiskANN", "Disk ANN"):
        found = traverse(store, text, ANN, depth=1)
        assert reached(found) == [("alpha", 1), ("vamana", 1)]
        assert found.start.members == tuple(sorted((entity("DiskANN"), entity("Disk ANN"))))
    assert reached(traverse(store, "vamana", ANN, depth=1)) == [("DiskANN", 1), ("alpha", 1)]


def test_what_the_user_parts_is_two_at_once_and_one_again_when_it_is_taken_back(store: Store) -> None:
    put_graph(store, ["Ana-loader", "Ana Lima-choir"])
    put(store, "edges", same("Ana", "Ana Lima"))
    assert len(traverse(store, "Ana", ANN).steps) == 2
    put(store, "edges", edge(entity("Ana Lima"), entity("Ana"), "not_same_as", owner="user"))
    assert reached(traverse(store, "Ana", ANN)) == [("loader", 1)]
    store.delete("edges", "edge_type = 'not_same_as'")
    assert len(traverse(store, "Ana", ANN).steps) == 2


def test_an_unknown_name_is_told_with_what_is_close(store: Store) -> None:
    put_graph(store, ["DiskANN-alpha"])
    with pytest.raises(
        UnknownNameError, match=r"is called 'Diskan'. Nothing was changed. Did you mean 'DiskANN'"
    ):
        traverse(store, "Diskan", ANN)
    with pytest.raises(UnknownNameError, match=r"The best known are 'DiskANN', 'alpha'|'alpha', 'DiskANN'"):
        traverse(store, "qqqqq", ANN)
    with pytest.raises(InputError, match="From where"):
        traverse(store, "  ", ANN)


def test_an_empty_home_says_what_makes_a_graph(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="`rem dream` makes a graph"):
        traverse(store, "Ana", ANN)


def test_a_part_of_one_name_is_enough_and_of_two_it_is_not(store: Store) -> None:
    put(store, "mentions", named("Ana Souza", kind="person"), named("Tom Berg", kind="person"))
    found = traverse(store, "souza", ANN)
    assert (found.start.name, found.known_as) == ("Ana Souza", "Ana Souza")
    put(store, "mentions", named("Lea Souza", kind="person"))
    with pytest.raises(UnknownNameError, match=r"may be any of 'Ana Souza', 'Lea Souza'"):
        traverse(store, "souza", ANN)


def test_related_to_leads_both_ways_and_other_types_as_they_are(store: Store) -> None:
    put_graph(store, ["a-b"])
    put(store, "mentions", named("c"), named("d"))
    put(store, "edges", edge(entity("a"), entity("c"), "derived_from"))
    put(store, "edges", edge(entity("d"), entity("a"), "derived_from", metadata='{"why": "it was copied"}'))
    for direction, names in (("both", "bcd"), ("out", "bc"), ("in", "bd")):
        found = traverse(store, "a", ANN, direction=direction)  # type: ignore[arg-type]  # a table of literals
        assert sorted(step.node.name for step in found.steps) == sorted(names)
    assert [step.relation.why for step in found.steps if step.node.name == "d"] == ["it was copied"]
    only = traverse(store, "a", Scope("ann", edge_types=("derived_from",)), direction="out")
    assert [step.node.name for step in only.steps] == ["c"]


def test_moments_documents_and_sessions_are_nodes_and_starts(store: Store) -> None:
    [moment_id] = put(store, "moments", moment("Read the paper", at=at(0)))
    [page] = put(store, "resources", resource("paper.md", "On graphs.", at=at(0)))
    [chat] = put(store, "sessions", session("s1", at=at(0)))
    put(store, "mentions", named("DiskANN", kind="tool"))
    put(store, "edges", edge(entity("DiskANN"), moment_id, "mentioned_in"), edge(moment_id, page, "contains"))
    put(store, "edges", edge(moment_id, chat, "captured_in"))
    found = traverse(store, "DiskANN", ANN, depth=2)
    assert {(step.node.kind, step.node.name) for step in found.steps} == {
        ("moment", "Read the paper"),
        ("resource", "paper.md"),
        ("session", "session from jsonl"),
    }
    document = resource("paper.md", "On graphs.", at=at(0))["document_id"]
    for start in (moment_id, page, document, chat, entity("DiskANN")):
        assert traverse(store, start, ANN).start.kind != "other"


def test_circles_and_loops_end(store: Store) -> None:
    put_graph(store, ["a-b", "b-c", "a-c"])
    put(store, "edges", edge(entity("a"), entity("a"), "follows"))
    assert sorted(reached(traverse(store, "a", ANN, depth=6))) == [("b", 1), ("c", 1)]


def test_a_hub_is_cut_by_weight_and_says_how_much_is_left_out(store: Store) -> None:
    put_graph(store, [f"hub-n{number}*{number}" for number in range(1, 60)])
    found = traverse(store, "hub", ANN, limit=3)
    assert [step.node.name for step in found.steps] == ["n59", "n58", "n57"]
    assert found.left_out == (56, 0)


def test_a_level_keeps_some_of_each_type_of_edges(store: Store) -> None:
    put_graph(store, [f"a-n{number}" for number in range(5)])
    moments = put(store, "moments", *(moment(f"Moment {number}", at=at(0)) for number in range(5)))
    put(store, "edges", *(edge(entity("a"), each, "mentioned_in", weight=50) for each in moments))
    kinds = [step.node.kind for step in traverse(store, "a", ANN, depth=1, limit=4).steps]
    assert kinds.count("moment") == kinds.count("entity") == 2


def test_days_cut_the_graph(store: Store) -> None:
    put_graph(store, ["a-b"])
    put_graph(store, ["a-c"], day=3)
    for first, last, names in (
        ("2025-10-01", "2025-10-03", ["b"]),
        ("2025-10-04", None, ["c"]),
        (None, "2025-09-30", []),
    ):
        found = traverse(store, "a", Scope("ann", first_day=first, last_day=last))
        assert [step.node.name for step in found.steps] == names


def test_a_case_is_what_its_moments_relate(store: Store) -> None:
    [chat] = put(store, "sessions", {**session("s1", at=at(0)), "case_id": "T-1"})
    ours, other = put(store, "moments", moment("Ours", at=at(0)), moment("Other", at=at(0)))
    put_graph(store, ["a-b", "a-c"])
    put(store, "edges", edge(ours, chat, "captured_in"))
    put(store, "edges", *(edge(entity(name), ours, "mentioned_in") for name in "ab"))
    put(store, "edges", *(edge(entity(name), other, "mentioned_in") for name in "ac"))
    case = Scope("ann", edge_types=("related_to",), case_id="T-1")
    assert reached(traverse(store, "a", case)) == [("b", 1)]
    with pytest.raises(UnknownCaseError, match="T-2"):
        traverse(store, "a", Scope("ann", case_id="T-2"))


def test_nobody_sees_the_graph_of_others(home: Home, store: Store) -> None:
    put_graph(store, ["a-b"], user="ann")
    put_graph(store, ["a-secret"], user="bob")
    assert reached(traverse(store, "a", ANN)) == [("b", 1)]
    with pytest.raises(UnknownNameError) as told:
        traverse(store, "secrets", ANN)
    assert "'secret'" not in str(told.value)
    with pytest.raises(UnknownNameError):
        traverse(store, entity("a", "bob"), ANN)
    with pytest.raises(InputError, match="bound to user 'ann'"):
        Memory.open(home.path, "ann").traverse("a", user_id="bob")
    assert [step.node.name for step in Memory.open(home.path, "bob").traverse("a").steps] == ["secret"]


def test_what_is_written_is_seen_at_once(store: Store) -> None:
    put_graph(store, ["a-b"])
    assert len(traverse(store, "a", ANN).steps) == 1
    put_graph(store, ["a-c"])
    assert len(traverse(store, "a", ANN).steps) == 2


@pytest.mark.parametrize("depth", [0, 7])
def test_a_depth_that_makes_no_sense_is_refused(store: Store, depth: int) -> None:
    with pytest.raises(InputError, match="Nothing was changed"):
        traverse(store, "a", ANN, depth=depth)


EDGE_LISTS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from("abcdef"),
        st.sampled_from(["related_to", "follows"]),
        st.integers(1, 5),
        st.integers(0, 3),
    ),
    max_size=25,
)


@given(EDGE_LISTS, st.dictionaries(st.sampled_from("def"), st.sampled_from("abc"), max_size=2))
def test_relations_are_the_sums_of_their_edges(
    edges: Sequence[tuple[str, str, str, int, int]], groups: dict[str, str]
) -> None:
    rows = [edge(one, other, kind, weight=weight, day=day) for one, other, kind, weight, day in edges]
    held = adjacency_of(rows_of(EDGES, rows).select(COLUMNS), groups)
    wanted: dict[tuple[str, str, str], tuple[float, set[str]]] = {}
    for row in rows:
        ends = [groups.get(row[end], row[end]) for end in ("source_id", "target_id")]
        if ends[0] == ends[1]:
            continue
        key = (*(sorted(ends) if row["edge_type"] == "related_to" else ends), row["edge_type"])
        weight, days = wanted.get(key, (0.0, set()))
        wanted[key] = weight + row["weight"], days | {row["partition_key"]}
    found = [held.relation(number) for number in range(len(held.source))]
    assert {(*each.ends, each.edge_type): (each.weight, set(each.days)) for each in found} == wanted
    for node in range(held.size):
        near = {held.relation(int(each)) for each in held.relations_at([node])}
        assert near == {each for each in found if held.id_of(node) in each.ends}


def test_rows_without_any_edge_make_an_empty_graph() -> None:
    held = adjacency_of(rows_of(EDGES, []).select(COLUMNS), {})
    assert (held.size, held.number_of("a"), held.within("2025-01-01", None).size) == (0, None, 0)


def test_related_is_one_whichever_end_comes_first(store: Store) -> None:
    put_graph(store, ["a-b"])
    put(store, "edges", {**related("a", "b", day=1), "source_id": entity("b"), "target_id": entity("a")})
    put(store, "edges", {**related("a", "b", day=2), "source_id": entity("a"), "target_id": entity("b")})
    [step] = traverse(store, "a", ANN).steps
    assert step.relation.weight == 3.0
