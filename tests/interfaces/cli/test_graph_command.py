"""`rem graph`: what is printed, as JSON, into files, and what is said of what cannot be."""

import json
import re
from pathlib import Path

import pytest

from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem, snapshot


@pytest.fixture(scope="module")
def name(lived: Home) -> str:
    """What the home's graph has most to do with."""
    from rem_dagster.memory import Memory

    nodes = json.loads(Memory.open(lived.path, "ines").export_graph("json"))["nodes"]
    return str(nodes[0]["name"])


def test_a_tree_is_told_with_types_weights_and_days(rem: Rem, lived: Home, name: str) -> None:
    done = rem("--home", lived.path, "graph", "traverse", "--start-entity", name.upper(), "--depth", "2")
    assert done.code == 0
    first, *lines = done.out.splitlines()
    assert first.startswith(name)
    assert any(line.startswith(("├─ ", "└─ ")) and "related_to · " in line for line in lines)
    assert all(len(line) <= 80 for line in lines)
    assert "graph traverse --start-entity" in done.err
    assert "also " + name not in done.out.casefold()
    assert any(re.search(r" \d+ Oct 2025", line) for line in lines)
    assert snapshot(lived) == snapshot(lived)


def test_json_has_nodes_edges_and_paths(rem: Rem, lived: Home, name: str) -> None:
    told = rem("--home", lived.path, "graph", "traverse", "--start", name, "--json").json
    ids = {node["id"] for node in told["nodes"]}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in told["edges"])
    assert all(path[0] == told["start"] and set(path) <= ids for path in told["paths"])
    assert len(told["paths"]) == len(told["edges"]) == len(ids) - 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start-entity", "zzzzz"], "Nothing in the graph of user 'ines'"),
        (["--start-entity", "loader", "--edge-type", "relatd_to"], "Did you mean 'related_to'?"),
        (["--start-entity", "loader", "--edge-type", "same_as"], "rem graph same --list"),
        (["--start-entity", "loader", "--direction", "up"], "in, out or both"),
        (["--start-entity", "loader", "--case", "T-1"], "No session belongs to case"),
        (["--start-entity", "loader", "--depth", "9"], "--depth"),
        ([], "--start-entity"),
    ],
)
def test_what_cannot_be_followed_is_told(rem: Rem, lived: Home, words: list[str], said: str) -> None:
    done = rem("--home", lived.path, "graph", "traverse", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize("layout", ["dot", "graphml", "json", "mermaid", "html"])
def test_every_format_is_printed_or_written(rem: Rem, lived: Home, tmp_path: Path, layout: str) -> None:
    shown = rem("--home", lived.path, "graph", "export", "--format", layout, "--top", "4")
    assert shown.code == 0
    assert "4 nodes with" in shown.err
    target = tmp_path / "graph.out"
    done = rem("--home", lived.path, "graph", "export", "--format", layout, "--top", "4", "--output", target)
    assert (done.code, done.out) == (0, "")
    assert target.read_text(encoding="utf-8") == shown.out


def test_a_file_that_cannot_be_written_is_told(rem: Rem, lived: Home, tmp_path: Path) -> None:
    done = rem("--home", lived.path, "graph", "export", "--output", tmp_path / "none" / "graph.dot")
    assert done.code == 2
    assert "lies in a folder that is not there" in done.err
    assert "There is no format 'png'" in rem("--home", lived.path, "graph", "export", "--format", "png").err


def test_a_file_that_is_there_is_replaced_only_when_told_so(rem: Rem, lived: Home, tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    refused = rem("--home", lived.path, "graph", "export", "--output", mine)
    assert (refused.code, mine.read_text(encoding="utf-8")) == (2, "mine")
    assert "--force replaces it" in refused.err
    assert rem("--home", lived.path, "graph", "export", "--output", mine, "--force").code == 0
    assert mine.read_text(encoding="utf-8").startswith("digraph")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_themes_are_told_for_people_and_programs(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "graph", "topics")
    assert shown.code == 0
    assert shown.out.startswith("October 2025   3 days")
    [period] = rem("--home", lived.path, "graph", "topics", "--json").json
    assert period["themes"][0]["topics"][0]["name"]
    assert rem("--home", lived.path, "graph", "topics", "--by", "year").code == 2


@pytest.mark.runs
def test_two_names_are_made_one_listed_and_parted(rem: Rem, undreamt: Home) -> None:
    at = ("--home", undreamt.path)
    assert rem(*at, "dream", "--no-sync").code == 0
    nodes = rem(*at, "graph", "export", "--format", "json", "--top", "0").json["nodes"]
    one, other = (node["name"] for node in nodes[:2])
    done = rem(*at, "graph", "same", one, other)
    assert (done.code, "are one." in done.out, "--undo" in done.err) == (0, True, True)
    assert rem(*at, "graph", "same", one, other, "--json").json["changed"] is False
    assert f"{one} = {other}   you said so on" in rem(*at, "graph", "same", "--list").out
    assert "are two." in rem(*at, "graph", "not-same", one, other).out
    assert rem(*at, "graph", "same", "--list", "--json").json["said"][0]["verdict"] == "not_same_as"
    assert rem(*at, "graph", "not-same", one, other, "--undo").code == 0
    assert rem(*at, "graph", "same", "--list", "--json").json["said"] == []


def test_two_names_are_needed_and_not_one_in_two_spellings(rem: Rem, lived: Home, name: str) -> None:
    assert "Two names are needed, got 1" in rem("--home", lived.path, "graph", "same", name).err
    assert "are one spelling" in rem("--home", lived.path, "graph", "not-same", name, name.upper()).err
    assert rem("--home", lived.path, "graph", "same", name, "zzzzz").code == 2


def test_an_empty_home_and_an_unknown_user_are_told(rem: Rem, home: Home, lived: Home) -> None:
    for words in (["traverse", "--start", "x"], ["export"], ["topics"], ["same", "--list"]):
        done = rem("--home", home.path, "graph", *words)
        assert (done.code, done.out) == (0, "")
        assert "is empty so far" in done.err
    assert "Nothing of user 'zoe'" in rem("--home", lived.path, "--user", "zoe", "graph", "topics").err
