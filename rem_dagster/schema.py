"""Where are the JSON schemas, and what do they say?

In a wheel they lie beside the package as `_schema`; in a checkout at the root as `schema/`.
"""

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from rem_dagster.errors import SchemaError


def schema_root() -> Traversable:
    """The folder that holds `core/` and `agentlets/`."""
    packaged = files("rem_dagster") / "_schema"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "schema"


@cache
def load_schema(name: str) -> dict[str, Any]:
    """One schema as parsed JSON.

    Args:
        name: the path below the root without its ending, such as `core/moments`.

    Raises:
        SchemaError: there is no such schema, or it is not a JSON object.
    """
    place = schema_root() / f"{name}.json"
    try:
        parsed = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SchemaError(f"There is no schema {name!r}; looked at {place}.") from error
    except json.JSONDecodeError as error:
        raise SchemaError(f"Schema {name!r} is not valid JSON: {error}.") from error
    if not isinstance(parsed, dict):
        raise SchemaError(f"Schema {name!r} must be a JSON object, not {type(parsed).__name__}.")
    return parsed
