"""Has an answer the shape that its closed JSON schema asks for?

Knows the part of JSON Schema that agentlets use. What is said about a misfit names places and types, never
the answer's own text: messages of errors are logged, and somebody's diary is not.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rem_dagster.errors import SchemaError

STRICT_KEYWORDS = ("type", "enum", "const", "description", "$ref")
"""What strict mode takes as it is; length and number constraints are not among them.
Source: the Structured Outputs guide."""
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": (int, float),
    "number": (int, float),
    "array": list,
    "object": dict,
    "null": type(None),
}
_BOUNDS: Mapping[str, tuple[type | tuple[type, ...], str]] = {
    "minLength": (str, "is too short"),
    "maxLength": (str, "is too long"),
    "minItems": (list, "has too few items"),
    "maxItems": (list, "has too many items"),
    "minimum": ((int, float), "is too small"),
    "maximum": ((int, float), "is too large"),
}


class MisfitError(ValueError):
    """Text is no JSON object, or not the one that was asked for; says where and why."""


class BrokenError(MisfitError):
    """Text begins as a JSON object and does not end as one: more often an accident than a habit."""


def closed(schema: Mapping[str, Any], *, where: str = "$") -> dict[str, Any]:
    """The schema as strict mode wants it: every field required, nothing else allowed, no constraints.

    A field that was optional may be null instead.

    Raises:
        SchemaError: some object in it has no named fields, so that it cannot be closed.
    """
    out: dict[str, Any] = {key: schema[key] for key in STRICT_KEYWORDS if key in schema}
    if alternatives := schema.get("anyOf", schema.get("oneOf")):
        out["anyOf"] = [closed(one, where=where) for one in alternatives]
    if definitions := schema.get("$defs"):
        out["$defs"] = {name: closed(one, where=f"{where}.{name}") for name, one in definitions.items()}
    if "items" in schema:
        out["items"] = closed(schema["items"], where=f"{where}[]")
    if "object" in _kinds(schema):
        fields = schema.get("properties")
        if not fields or schema.get("additionalProperties") not in (None, False):
            raise SchemaError(
                f"The schema's object at {where} is open: a model can be held only to fields that are named. "
                "Name them under 'properties' and set 'additionalProperties' to false. Nothing was sent."
            )
        required = schema.get("required", ())
        out["properties"] = {
            name: _field(one, optional=name not in required, where=f"{where}.{name}")
            for name, one in fields.items()
        }
        out["required"] = list(fields)
        out["additionalProperties"] = False
    return out


def parse(text: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object that a text is or holds, when it has the shape that the schema asks for.

    Fields that the schema lets be absent and that are null are left out.

    Raises:
        MisfitError: there is no object in it, or the first one does not fit.
    """
    found: dict[str, Any] = without_empty_options(first_object(text), schema, schema)
    for problem in misfits(found, schema):
        raise MisfitError(problem)
    return found


def first_object(text: str) -> dict[str, Any]:
    """The first balanced JSON object in a text: alone, in a fence, or between words.

    Raises:
        MisfitError: there is none, or it holds what is no Unicode text.
    """
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    start = text.find("{")
    if start < 0:
        raise MisfitError("the answer holds no JSON object" if text.strip() else "the answer is empty")
    first_failure: Exception | None = None
    while start >= 0:
        try:
            found, _ = decoder.raw_decode(text, start)
            json.dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise MisfitError("the answer holds half of a surrogate pair, which is no text") from error
        except (ValueError, RecursionError) as error:
            first_failure = first_failure or error
            # A brace of prose, such as "{name}", ends before any JSON could begin; a broken object does not:
            # what is inside it would be taken for the whole.
            if text[start + 1 :].lstrip()[:1] in ('"', ""):
                break
            start = text.find("{", start + 1)
            continue
        assert isinstance(found, dict)  # text at `{` decodes to nothing else
        return found
    where = first_failure.pos if isinstance(first_failure, json.JSONDecodeError) else start
    raise BrokenError(f"the answer is not valid JSON at character {where} of {len(text)}") from first_failure


def misfits(value: object, schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Iterator[str]:
    """What is wrong with a value, place by place; nothing when it fits."""
    return _misfits(value, schema, schema if root is None else root, "$")


def without_empty_options(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """The value without fields that are null where the schema wants them absent or of their type."""
    schema = _resolved(schema, root)
    if isinstance(value, list) and "items" in schema:
        return [without_empty_options(one, schema["items"], root) for one in value]
    if not isinstance(value, dict):
        return value
    fields, required = schema.get("properties", {}), schema.get("required", ())
    return {
        name: without_empty_options(one, fields.get(name, {}), root)
        for name, one in value.items()
        if one is not None or name in required or name not in fields or _fits(None, fields[name], root)
    }


def _misfits(value: object, schema: Mapping[str, Any], root: Mapping[str, Any], where: str) -> Iterator[str]:
    schema = _resolved(schema, root)
    kinds = _kinds(schema)
    if kinds and not any(_is_a(value, kind) for kind in kinds):
        yield f"{where} is {_kind_of(value)} and must be {' or '.join(kinds)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of the {len(schema['enum'])} values that it may have"
    if "const" in schema and value != schema["const"]:
        yield f"{where} is not the one value that it may have"
    alternatives: Sequence[Mapping[str, Any]] = schema.get("anyOf", schema.get("oneOf", ()))
    if alternatives and not any(_fits(value, one, root) for one in alternatives):
        yield f"{where} fits none of its {len(alternatives)} alternatives"
    yield from _out_of_bounds(value, schema, where)
    if isinstance(value, list) and "items" in schema:
        for index, one in enumerate(value):
            yield from _misfits(one, schema["items"], root, f"{where}[{index}]")
    if isinstance(value, dict) and "properties" in schema:
        fields = schema["properties"]
        yield from (f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value)
        if unknown := value.keys() - fields.keys():
            yield f"{where} has {len(unknown)} field(s) that it must not have"
        for name in fields:
            if name in value:
                yield from _misfits(value[name], fields[name], root, f"{where}.{name}")


def _out_of_bounds(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    for keyword, (kind, said) in _BOUNDS.items():
        if keyword in schema and isinstance(value, kind) and not isinstance(value, bool):
            size, bound = _size(value), schema[keyword]
            if size < bound if keyword.startswith("min") else size > bound:
                yield f"{where} {said} ({keyword} {bound})"


def _size(value: Any) -> float:
    return value if isinstance(value, int | float) else len(value)


def _fits(value: object, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    return next(misfits(value, schema, root), None) is None


def _field(schema: Mapping[str, Any], *, optional: bool, where: str) -> dict[str, Any]:
    out = closed(schema, where=where)
    if not optional or "null" in _kinds(out):
        return out
    if "type" in out and "enum" not in out and "const" not in out:
        return {**out, "type": [*_kinds(out), "null"]}
    said = {"description": out.pop("description")} if "description" in out else {}
    return {**said, "anyOf": [*(out.pop("anyOf") if set(out) == {"anyOf"} else [out]), {"type": "null"}]}


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(reference := schema.get("$ref"), str):
        return schema
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        found = found.get(part) if part and isinstance(found, Mapping) else found
    if not isinstance(found, Mapping):
        raise SchemaError(f"The schema refers to {reference!r}, which it does not hold. Nothing was sent.")
    return found


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _is_a(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, _TYPES[kind])


def _kind_of(value: object) -> str:
    return next(kind for kind in ("boolean", *_TYPES) if _is_a(value, kind))


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
