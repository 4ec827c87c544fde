"""Closing schemas, finding objects in text, and saying what does not fit."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SchemaError
from rem_dagster.llm.shape import MisfitError, closed, first_object, misfits, parse
from rem_dagster.schema import load_schema

CLOSED = {"type": "object", "additionalProperties": False}
SCHEMA = {
    **CLOSED,
    "title": "Answer",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5},
        "mood": {"enum": ["glad", "sad"]},
        "ages": {"type": "array", "items": {"type": "integer", "minimum": 0}, "maxItems": 2},
        "more": {"$ref": "#/$defs/more"},
    },
    "required": ["name"],
    "$defs": {"more": {**CLOSED, "properties": {"why": {"type": "string"}}, "required": ["why"]}},
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def test_a_closed_schema_requires_everything_and_lets_what_was_optional_be_null() -> None:
    assert closed(SCHEMA) == {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "mood": {"anyOf": [{"enum": ["glad", "sad"]}, {"type": "null"}]},
            "ages": {"type": ["array", "null"], "items": {"type": "integer"}},
            "more": {"anyOf": [{"$ref": "#/$defs/more"}, {"type": "null"}]},
        },
        "required": ["name", "mood", "ages", "more"],
        "additionalProperties": False,
        "$defs": {
            "more": {**CLOSED, "properties": {"why": {"type": "string"}}, "required": ["why"]},
        },
    }


def test_closing_twice_is_closing_once() -> None:
    assert closed(closed(SCHEMA)) == closed(SCHEMA)


def test_the_agentlet_is_closed_already() -> None:
    schema = load_schema("agentlets/moment-generator")["output_schema"]
    assert closed(schema) == schema


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"type": "object"}, r"\$ is open"),
        ({**CLOSED, "properties": {"a": {"type": "object"}}}, r"\$\.a is open"),
        ({"type": "array", "items": {"type": "object", "additionalProperties": {}}}, r"\$\[\] is open"),
    ],
)
def test_an_open_object_is_named(schema: dict[str, Any], where: str) -> None:
    with pytest.raises(SchemaError, match=where):
        closed(schema)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"b": "}"}}',
        '  \n{"a": {"b": "}"}} and so on {"c": 1}',
        'Sure!\n```json\n{"a": {"b": "}"}}\n```',
        'As {you} and {{you}} wished: {"a": {"b": "}"}}',
        '<think>{hm}</think>{"a": {"b": "}"}}',
    ],
)
def test_the_first_object_of_a_text_is_found(text: str) -> None:
    assert first_object(text) == {"a": {"b": "}"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("no", "holds no JSON object"),
        ("[1]", "holds no JSON object"),
        ('{"a": {"b": 1}', "not valid JSON at character 14 of 14"),
        ('{"a": NaN}', "not valid JSON"),
        ('{"a": "\\ud800"}', "half of a surrogate pair"),
        ('{"a":' * 100_000, "not valid JSON"),
    ],
)
def test_a_text_without_one_says_why(text: str, said: str) -> None:
    with pytest.raises(MisfitError, match=said):
        first_object(text)


@given(st.dictionaries(st.text(), VALUES))
@pytest.mark.runs
def test_every_object_is_found_as_it_was_written(value: dict[str, Any]) -> None:
    assert first_object(f"Here: {json.dumps(value)} {{") == value


@given(st.dictionaries(st.text(), VALUES), st.data())
def test_a_cut_object_is_never_taken_for_a_whole_one(value: dict[str, Any], data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(MisfitError):
        first_object(cut)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"name": "Ines"}, []),
        ({"name": "Ines", "mood": "glad", "ages": [1, 2.0], "more": {"why": ""}}, []),
        ({}, ["$.name is missing"]),
        ({"name": 7}, ["$.name is integer and must be string"]),
        ({"name": ""}, ["$.name is too short (minLength 1)"]),
        ({"name": "Inesinha"}, ["$.name is too long (maxLength 5)"]),
        ({"name": "I", "mood": "odd"}, ["$.mood is none of the 2 values that it may have"]),
        ({"name": "I", "ages": [True]}, ["$.ages[0] is boolean and must be integer"]),
        ({"name": "I", "ages": [-1, 1, 1.5]}, [
            "$.ages has too many items (maxItems 2)",
            "$.ages[0] is too small (minimum 0)",
            "$.ages[2] is number and must be integer",
        ]),
        ({"name": "I", "more": {}}, ["$.more.why is missing"]),
        ({"name": "I", "dear diary": 1}, ["$ has 1 field(s) that it must not have"]),
        ([], ["$ is array and must be object"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_place(value: object, said: list[str]) -> None:
    assert list(misfits(value, SCHEMA)) == said


def test_null_stands_for_an_optional_field_and_for_no_other() -> None:
    assert parse('{"name": "I", "mood": null, "ages": null}', SCHEMA) == {"name": "I"}
    with pytest.raises(MisfitError, match=r"\$\.name is null and must be string"):
        parse('{"name": null}', SCHEMA)


def test_alternatives_are_tried() -> None:
    schema = {
        **CLOSED,
        "properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        "required": ["a"],
    }
    assert parse('{"a": null}', schema) == {"a": None}
    with pytest.raises(MisfitError, match=r"\$\.a fits none of its 2 alternatives"):
        parse('{"a": 1}', schema)
