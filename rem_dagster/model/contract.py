"""What do the public JSON schemas say, made from the models themselves?

`make schemas` writes them to `schema/core/`; a test holds the files against the models.
"""

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any

from rem_dagster.model.correction import Correction
from rem_dagster.model.dream import Dream
from rem_dagster.model.edge import Edge
from rem_dagster.model.mention import Mention
from rem_dagster.model.message import Message
from rem_dagster.model.moment import Moment
from rem_dagster.model.record import Record
from rem_dagster.model.resource import Resource
from rem_dagster.model.session import Session
from rem_dagster.model.summary import Summary

RECORDS: dict[str, type[Record]] = {
    "sessions": Session,
    "messages": Message,
    "resources": Resource,
    "moments": Moment,
    "mentions": Mention,
    "edges": Edge,
    "summaries": Summary,
    "dreams": Dream,
    "corrections": Correction,
}
NEEDED_ON_IMPORT: dict[str, tuple[str, ...]] = {
    "sessions": ("id", "created_at"),
    "messages": ("id", "session_id", "role", "content", "created_at"),
    "resources": ("id", "name", "content", "created_at"),
}
"""Fields that a line of generic JSONL must have; `id` is the source's own there."""


def core_schemas() -> dict[str, dict[str, Any]]:
    """Name -> JSON schema of each public record."""
    return {name: _core_schema(name, record) for name, record in RECORDS.items()}


def _core_schema(name: str, record: type[Record]) -> dict[str, Any]:
    schema = record.model_json_schema(mode="serialization")
    for field, told in _told_of_fields(record).items():
        schema["properties"][field]["description"] = told
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"rem_dagster/core/{name}.json",
        **schema,
        **({"x-needed-on-import": list(NEEDED_ON_IMPORT[name])} if name in NEEDED_ON_IMPORT else {}),
    }


def _told_of_fields(record: type[Record]) -> dict[str, str]:
    """What the string below each field says of it; fields without one are left out."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    assert isinstance(definition, ast.ClassDef)
    return {
        field.target.id: " ".join(said.value.value.split())
        for field, said in pairwise(definition.body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
        if isinstance(said.value.value, str)
    }
