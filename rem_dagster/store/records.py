"""How does a stored row become a record?"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from rem_dagster.model.record import Record

Kind = TypeVar("Kind", bound=Record)

JSON_COLUMNS = frozenset({"metadata", "counts", "quarantine", "value"})
"""Columns that hold JSON text."""


def record_of(kind: type[Kind], row: Mapping[str, Any]) -> Kind:
    """The record that a row of its table holds.

    A null column is None where the field knows None (an unknown cost is not 0), else the field's default.
    """
    values = {
        name: row[name]
        for name, field in kind.model_fields.items()
        if name in row and (row[name] is not None or type(None) in get_args(field.annotation))
    }
    parsed = {name: json.loads(values[name]) for name in JSON_COLUMNS & values.keys()}
    return kind.model_validate({**values, **parsed})
