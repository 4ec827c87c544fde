"""What is an agent told whose arguments are not what a tool takes?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mcp.types import Tool
from pydantic import ValidationError

from rem_dagster.llm.fence import flat_line

SHOWN_CHARACTERS = 60
"""Of a value that is told back."""
NOTHING = "Nothing was read or changed."
PLAIN = {"boolean": "true or false", "number": "a number", "object": "an object"}
Schema = Mapping[str, Any]


def strange_arguments(tool: Tool, arguments: Iterable[str]) -> str | None:
    """What is said of arguments whose names a tool does not know; None where it knows them all."""
    known = list(tool.input_schema.get("properties", {}))
    strange = [each for each in arguments if each not in known]
    if not strange:
        return None
    named = ", ".join(repr(flat_line(each, SHOWN_CHARACTERS)) for each in strange)
    return f"{tool.name} takes no argument {named}; it takes {', '.join(known) or 'none'}. {NOTHING}"


def wrong_arguments(tool: Tool, error: ValidationError) -> str:
    """What is said of arguments that are missing or of a wrong value, a sentence for each."""
    properties = tool.input_schema.get("properties", {})
    told: dict[str, str] = {}
    for each in error.errors(include_url=False, include_context=False):
        name, *_ = (*map(str, each["loc"]), "its arguments")
        takes = takes_of(properties.get(name, {}))
        said = (
            f"wants `{name}`: {takes}"
            if each["type"] == "missing"
            else f"was asked with {name}={_shown(each['input'])}: `{name}` takes {takes}"
        )
        told.setdefault(name, f"{tool.name} {said}.")
    return " ".join((*told.values(), NOTHING, "Call it again so."))


def unknown_tool(name: str, tools: Sequence[Tool]) -> str:
    """What is said of a tool that is not there."""
    there = ", ".join(each.name for each in tools)
    return f"There is no tool {flat_line(name, SHOWN_CHARACTERS)!r}. There are {there}. {NOTHING}"


def takes_of(schema: Schema) -> str:
    """What the values are that a schema admits: `a whole number, 1 to 50`."""
    if choices := [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]:
        return " or ".join((*map(takes_of, choices), "nothing"))
    if named := schema.get("enum"):
        return " or ".join(map(str, named))
    match schema.get("type"):
        case "integer":
            bounds = _bounds(schema.get("minimum"), schema.get("maximum"))
            return f"a whole number{bounds and f', {bounds}'}"
        case "string":
            bounds = _bounds(schema.get("minLength"), schema.get("maxLength"))
            return f"text{bounds and f', {bounds} characters'}"
        case "array":
            bounds = _bounds(schema.get("minItems"), schema.get("maxItems"))
            return f"a list{bounds and f', {bounds} long'}, each {takes_of(schema.get('items', {}))}"
        case other:
            return PLAIN.get(str(other), "another value")


def _bounds(least: int | None, most: int | None) -> str:
    """`1 to 50`, `up to 50`, `0 or more`; empty where nothing is bounded."""
    if most is None:
        return "" if least is None else f"{least:,} or more"
    return f"up to {most:,}" if least is None else f"{least:,} to {most:,}"


def _shown(value: object) -> str:
    return flat_line(repr(value), SHOWN_CHARACTERS)
