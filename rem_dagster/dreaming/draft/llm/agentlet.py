"""What is a model told to do, and what may it answer?"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rem_dagster.errors import SchemaError
from rem_dagster.model.ids import digest_text
from rem_dagster.schema import load_schema

BUNDLED = "agentlets/moment-generator"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
VERSION = re.compile(r"\d+\.\d+\.\d+")
NEEDED = {
    "moments": ("name", "summary", "moment_type", "handles", "evidence"),
    "day_summary": (),
}
"""What an answer must hold, and what each moment in it must, for a day to be made of it."""
RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "max_tokens": (256, 1_000_000),
    "seed": (-(2**63), 2**63 - 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
}
"""The parameters that an agentlet may set, and their least and greatest values."""
WHOLE = ("max_tokens", "seed")


@dataclass(frozen=True)
class Agentlet:
    """A prompt, its parameters, and the closed schema of its answers."""

    name: str
    version: str
    prompt: str
    parameters: Mapping[str, object]
    output_schema: Mapping[str, Any]

    @property
    def hash(self) -> str:
        """Tells two agentlets apart, also where somebody forgot to raise the version."""
        parts = [self.name, self.version, self.prompt, dict(self.parameters), dict(self.output_schema)]
        return digest_text(json.dumps(parts, sort_keys=True))[:16]

    @property
    def told(self) -> str:
        """All that a model reads of it: the prompt, and the schema's descriptions and examples."""
        return "\n".join([self.prompt, *_texts(self.output_schema)])


def load_agentlet(file: Path | None = None) -> Agentlet:
    """The agentlet in a file, or the bundled one.

    Raises:
        SchemaError: it cannot be read or used as an agentlet.
    """
    if file is None:
        return read_agentlet(load_schema(BUNDLED), "the bundled agentlet")
    try:
        parsed = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SchemaError(f"Agentlet {str(file)!r} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise SchemaError(f"Agentlet {str(file)!r} is not JSON in UTF-8: {error}.") from error
    return read_agentlet(parsed, f"agentlet {str(file)!r}")


def read_agentlet(parsed: object, what: str) -> Agentlet:
    """The agentlet that a parsed JSON object describes.

    Args:
        parsed: the object with name, version, prompt, parameters and output_schema.
        what: how errors call it.

    Raises:
        SchemaError: something in it is missing or wrong; says what, and what it should be.
    """
    if not isinstance(parsed, dict):
        raise _wrong(what, f"it must be a JSON object, not {type(parsed).__name__}")
    name = _text(parsed, "name", what)
    if not NAME.fullmatch(name):
        raise _wrong(what, f"name {name!r} must be lower case letters, digits and hyphens, as in 'my-diary'")
    version = _text(parsed, "version", what)
    if not VERSION.fullmatch(version):
        raise _wrong(what, f"version {version!r} must be three numbers, as in '1.0.0'")
    schema = parsed.get("output_schema")
    if not isinstance(schema, dict):
        raise _wrong(what, "output_schema must be a JSON object; copy that of the bundled agentlet")
    _check_schema(schema, what)
    return Agentlet(
        name=name,
        version=version,
        prompt=_text(parsed, "prompt", what),
        parameters=_parameters(parsed.get("parameters", {}), what),
        output_schema=schema,
    )


def _text(parsed: Mapping[str, Any], key: str, what: str) -> str:
    value = parsed.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(what, f"{key} must be a text that is not empty")
    return value


def _parameters(given: object, what: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        raise _wrong(what, 'parameters must be a JSON object, as in {"temperature": 0.3}')
    for name, value in given.items():
        if name not in RANGES:
            raise _wrong(what, f"parameter {name!r} is none of {', '.join(RANGES)}")
        least, most = RANGES[name]
        kinds = (int,) if name in WHOLE else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            number = "a whole number" if name in WHOLE else "a number"
            raise _wrong(what, f"parameter {name} is {value!r}; it must be {number} from {least} to {most}")
    return dict(given)


def _check_schema(schema: Mapping[str, Any], what: str) -> None:
    for path, inner in _objects(schema, "output_schema"):
        properties = inner.get("properties")
        if not isinstance(properties, dict) or not properties:
            raise _wrong(what, f"{path} must list its properties")
        if inner.get("additionalProperties") is not False:
            raise _wrong(what, f'{path} must say "additionalProperties": false')
        if sorted(map(str, inner.get("required") or [])) != sorted(properties):
            raise _wrong(what, f"{path} must list all of its properties as required: {', '.join(properties)}")
    held = schema.get("properties") or {}
    moment = (held.get("moments") or {}).get("items") or {}
    for field, inner_fields in NEEDED.items():
        if field not in held:
            raise _wrong(what, f"output_schema must have the property {field!r}")
        for name in inner_fields:
            if name not in (moment.get("properties") or {}):
                raise _wrong(what, f"each moment of output_schema must have the property {name!r}")


def _objects(schema: object, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object schema with its path, the outermost first."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield path, schema
        for key, value in schema.items():
            yield from _objects(value, f"{path}.{key}")
    elif isinstance(schema, list):
        for place, value in enumerate(schema):
            yield from _objects(value, f"{path}[{place}]")


def _texts(schema: object) -> Iterator[str]:
    """Every text that is a value in a schema, in its order."""
    if isinstance(schema, str):
        yield schema
    elif isinstance(schema, Mapping):
        for value in schema.values():
            yield from _texts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _texts(value)


def _wrong(what: str, problem: str) -> SchemaError:
    return SchemaError(f"In {what}, {problem}. Nothing was changed and nothing was sent.")
