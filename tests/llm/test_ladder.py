"""The ways of asking, and the memory of which one works."""

import json
import stat
from pathlib import Path

import pytest

from rem_dagster.llm.interface import Request, Turn
from rem_dagster.llm.ladder import MISFITS_UNTIL_LEFT, Rung, RungMemory, body_of

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"said": {"type": "string", "maxLength": 9}},
    "required": ["said"],
}
REQUEST = Request([Turn("system", "Listen."), Turn("user", "Hm")], "my draft!", SCHEMA, {"temperature": 0.3})
WHERE = ("http://localhost:1/v1", "m")


def test_the_ladder_goes_down_to_plain_text() -> None:
    rung, seen = Rung.STRICT, [Rung.STRICT]
    while rung.below:
        rung = rung.below
        seen.append(rung)
    assert seen == list(Rung)
    assert rung == Rung.TEXT


@pytest.mark.parametrize("rung", list(Rung))
def test_every_way_sends_the_closed_schema_and_the_parameters(rung: Rung) -> None:
    body = body_of(REQUEST, rung)
    sent = json.dumps(body)
    assert '"said' in sent.replace("\\", "")
    assert "maxLength" not in sent
    assert body["temperature"] == 0.3
    assert body["messages"][-1] == {"role": "user", "content": "Hm"}
    assert ("strict" in sent) == (rung == Rung.STRICT)


def test_names_of_schemas_are_as_endpoints_take_them() -> None:
    assert body_of(REQUEST, Rung.STRICT)["response_format"]["json_schema"]["name"] == "my_draft_"
    assert body_of(REQUEST, Rung.TOOL)["tools"][0]["function"]["name"] == "my_draft_"


def test_where_nothing_enforces_the_schema_it_is_told_in_front_of_what_changes() -> None:
    for rung in (Rung.OBJECT, Rung.TEXT):
        first = body_of(REQUEST, rung)["messages"][0]
        assert first["content"].startswith("Listen.\n\nAnswer with one JSON object")
    bare = body_of(Request([Turn("user", "Hm")], "d", SCHEMA), Rung.TEXT)["messages"]
    assert [message["role"] for message in bare] == ["system", "user"]


def test_the_request_itself_is_left_as_it_was() -> None:
    body_of(REQUEST, Rung.TEXT, complaint="$.said is missing")
    assert REQUEST.turns[0].content == "Listen."
    assert REQUEST.schema["properties"]["said"]["maxLength"] == 9


def test_what_worked_is_kept_for_the_owner_alone_and_beside_others(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "rungs.json"
    first, second = RungMemory(path), RungMemory(path)
    first.worked(*WHERE, Rung.TOOL)
    second.worked("http://localhost:2/v1", "m", Rung.TEXT)
    again = RungMemory(path)
    assert again.first(*WHERE) == Rung.TOOL
    assert again.first("http://localhost:2/v1", "m") == Rung.TEXT
    assert again.first(WHERE[0], "another") == Rung.STRICT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["rungs.json"]


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"http://localhost:1/v1": {"m": "ladder"}}', '"x"'])
def test_a_broken_memory_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rungs.json"
    path.write_text(text)
    memory = RungMemory(path)
    assert memory.first(*WHERE) == Rung.STRICT
    memory.worked(*WHERE, Rung.TEXT)
    assert RungMemory(path).first(*WHERE) == Rung.TEXT


def test_a_memory_that_cannot_be_written_is_still_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = RungMemory(tmp_path / "file" / "rungs.json")
    memory.worked(*WHERE, Rung.TEXT)
    assert memory.first(*WHERE) == Rung.TEXT


def test_only_misfits_in_a_row_leave_a_way_of_asking() -> None:
    memory = RungMemory()
    for _ in range(5):
        for _ in range(MISFITS_UNTIL_LEFT - 1):
            memory.misfit(*WHERE, Rung.STRICT)
        memory.worked(*WHERE, Rung.STRICT)
    assert memory.first(*WHERE) == Rung.STRICT
    for _ in range(MISFITS_UNTIL_LEFT):
        memory.misfit(*WHERE, Rung.STRICT)
    assert memory.first(*WHERE) == Rung.OBJECT
