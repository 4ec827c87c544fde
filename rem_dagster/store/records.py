"""How does a stored row become a record?"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from rem_dagster.model.record import Record

Kind = TypeVar("Kind", bound=Record)

JSON_COLUMNS = frozenset({"metadata", "counts", "quarantine", "value"})
"""Columns that hold JSON text."""


def record_of(kind: type[Kind], row: Mapping[str, Any]) -> Kind:
    """The record that a row of its table holds; a null column takes the field's default."""
    values = {name: row[name] for name in kind.model_fields if row.get(name) is not None}
    parsed = {name: json.loads(values[name]) for name in JSON_COLUMNS & values.keys()}
    return kind.model_validate({**values, **parsed})
