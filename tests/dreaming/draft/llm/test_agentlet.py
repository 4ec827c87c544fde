"""An agentlet is used whole or refused with the reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from rem_dagster.dreaming.draft.llm import LlmEngine, load_agentlet
from rem_dagster.dreaming.verify import verify
from rem_dagster.errors import SchemaError
from rem_dagster.llm.scripted import ScriptedModel
from rem_dagster.schema import load_schema
from tests.dreaming.draft.llm.answers import FRAME, KEY, drafted, said, segment, whole


def changed(tmp_path: Path, **changes: Any) -> Path:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(load_schema("agentlets/moment-generator") | changes), encoding="utf-8")
    return file


def test_the_bundled_agentlet_is_used_when_no_file_is_named() -> None:
    agentlet = load_agentlet()
    assert (agentlet.name, agentlet.parameters["temperature"]) == ("moment-generator", 0.3)


def test_a_users_own_is_another_one_even_under_the_same_version(tmp_path: Path) -> None:
    mine = load_agentlet(changed(tmp_path, prompt="Write a diary of my sailing."))
    assert mine.version == load_agentlet().version
    assert mine.hash != load_agentlet().hash
    assert load_agentlet(changed(tmp_path)).hash == load_agentlet().hash


def test_an_example_in_the_schema_is_told_too_and_may_not_come_back(tmp_path: Path) -> None:
    example = "Ben walked to the harbour and sold nine of his lobsters"
    schema = load_schema("agentlets/moment-generator")["output_schema"]
    fields = {**schema["properties"], "day_summary": {"type": "string", "description": f"Such as: {example}"}}
    agentlet = load_agentlet(changed(tmp_path, output_schema={**schema, "properties": fields}))
    model = ScriptedModel(lambda request: whole(request, facts=[f"m1: {example}."]))
    made = LlmEngine(model, agentlet, key=KEY)
    part = segment(said(1, "Walked to the harbour"))
    verdict = verify(drafted(made, part).draft, part, FRAME.moment_types, prompt=made.prompt)
    assert [claim.reason for claim in verdict.quarantine] == [
        "it repeats what the drafter was told, not what an input says"
    ]


OPEN = {"type": "object", "properties": {"moments": {"type": "array"}}, "required": ["moments"]}
CLOSED = {**OPEN, "additionalProperties": False}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "My Diary"}, "name 'My Diary' must be lower case"),
        ({"version": "v2"}, "version 'v2' must be three numbers"),
        ({"prompt": " "}, "prompt must be a text"),
        ({"parameters": {"temperature": 9}}, "temperature is 9; it must be a number from 0 to 2"),
        ({"parameters": {"max_tokens": 10.5}}, "max_tokens is 10.5; it must be a whole number"),
        ({"parameters": {"tools": []}}, "parameter 'tools' is none of temperature"),
        ({"parameters": []}, "parameters must be a JSON object"),
        ({"output_schema": None}, "output_schema must be a JSON object"),
        ({"output_schema": OPEN}, 'must say "additionalProperties": false'),
        ({"output_schema": {**CLOSED, "required": []}}, "must list all of its properties as required"),
        ({"output_schema": CLOSED}, "each moment of output_schema must have the property 'name'"),
    ],
)
def test_a_wrong_agentlet_is_refused_with_what_is_wrong(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SchemaError) as raised:
        load_agentlet(changed(tmp_path, **changes))
    assert reason in str(raised.value)
    assert "mine.json" in str(raised.value)


def test_a_file_that_is_not_there_or_not_json_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="cannot be read: No such file"):
        load_agentlet(tmp_path / "none.json")
    for content in (b"{", b"\xff\xfe", b"[]"):
        (tmp_path / "bad.json").write_bytes(content)
        with pytest.raises(SchemaError, match=r"bad\.json"):
            load_agentlet(tmp_path / "bad.json")
