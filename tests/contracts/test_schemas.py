"""The JSON schemas in `schema/` say what the models and the tables say."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from rem_dagster.dreaming.draft.llm.parse import parse_draft
from rem_dagster.model.contract import RECORDS, core_schemas
from rem_dagster.model.day import Segment
from rem_dagster.model.words import AgentEdgeType, EntityKind
from rem_dagster.schema import load_schema, schema_root
from rem_dagster.store.tables import TABLES

ROOT = Path(__file__).parents[2]
STORE_ONLY = {"slice_key", "content_hash", "ingested_at"}


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_each_core_schema_is_what_its_model_says(name: str) -> None:
    assert load_schema(f"core/{name}") == core_schemas()[name], "run `make schemas`"


def test_no_core_schema_lacks_a_model() -> None:
    files = {path.name.removesuffix(".json") for path in (ROOT / "schema" / "core").iterdir()}
    assert files == set(RECORDS)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_each_table_has_the_columns_of_its_model_and_no_others(name: str) -> None:
    assert set(TABLES[name].schema.names) - STORE_ONLY == set(RECORDS[name].model_fields)


def _objects(schema: object) -> list[dict[str, object]]:
    if isinstance(schema, dict):
        inner = [each for value in schema.values() for each in _objects(value)]
        return [schema, *inner] if schema.get("type") == "object" else inner
    return [each for value in schema for each in _objects(value)] if isinstance(schema, list) else []


def test_the_agentlets_output_schema_is_closed_with_every_field_required() -> None:
    for schema in _objects(load_schema("agentlets/moment-generator")["output_schema"]):
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])  # type: ignore[call-overload]


def _empty(schema: dict[str, object]) -> object:
    """The smallest answer that a schema allows."""
    if schema["type"] == "object":
        return {name: _empty(each) for name, each in schema["properties"].items()}  # type: ignore[attr-defined]
    if schema["type"] == "array":
        return [_empty(schema["items"])]  # type: ignore[arg-type]
    return schema["enum"][0] if "enum" in schema else "x"  # type: ignore[index]


def test_what_the_agentlets_schema_allows_is_a_draft() -> None:
    answer = _empty(load_schema("agentlets/moment-generator")["output_schema"])
    (moment,) = parse_draft(answer, Segment(0, ())).moments
    told = (
        moment.emotions[0].quote,
        moment.evidence[0].quote,
        moment.facts[0].text,
        moment.intentions[0].text,
    )
    assert set(told) == {"x"}


def test_the_agentlet_offers_the_kinds_and_edge_types_of_the_model() -> None:
    told = set(re.findall(r"\w+", load_schema("agentlets/moment-generator")["prompt"]))
    assert set(EntityKind.__args__) <= told
    assert set(AgentEdgeType.__args__) - told == {"mentioned_in"}, "code draws it from entities to moments"


def test_the_agentlet_has_a_semantic_version() -> None:
    parts = load_schema("agentlets/moment-generator")["version"].split(".")
    assert len(parts) == 3
    assert all(part.isdigit() for part in parts)


def test_the_wheel_ships_the_schemas_and_the_demo_but_no_tests(tmp_path: Path) -> None:
    built = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    names = zipfile.ZipFile(built).namelist()
    for path in (ROOT / "schema").rglob("*.json"):
        assert f"rem_dagster/_schema/{path.relative_to(ROOT / 'schema').as_posix()}" in names
    assert "rem_dagster/interfaces/cli/demo_life/activity.jsonl" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_schemas_are_found_in_a_checkout() -> None:
    assert json.loads((schema_root() / "core" / "moments.json").read_text())["title"] == "Moment"
