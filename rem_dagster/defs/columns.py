"""Which columns does the table behind an asset have, for its page in the UI?

What a column says of itself stands once, below its field in the model, from where the schemas have it.
"""

import dagster as dg
import pyarrow as pa

from rem_dagster.schema import load_schema
from rem_dagster.store.tables import TABLES

Metadata = dict[str, dg.MetadataValue | str | dg.TableSchema]
HIDDEN = ("slice_key", "search_text", "content_hash")
"""How rows are stored and found, which nobody queries."""
TOLD_HERE = {"ingested_at": "When it came in, by this machine's clock."}
"""Columns that are of the store alone, and in no public schema."""


def columns_of(table: str) -> Metadata:
    """The metadata of an asset that is a table: its name, and its columns with their types."""
    spec = TABLES[table]
    told = load_schema(f"core/{table}")["properties"]
    return {
        "dagster/table_name": table,
        "dagster/column_schema": dg.TableSchema(
            columns=[
                dg.TableColumn(
                    name=field.name,
                    type=_type_name(field.type),
                    description=told.get(field.name, {}).get("description", TOLD_HERE.get(field.name)),
                    constraints=dg.TableColumnConstraints(nullable=field.nullable, unique=field.name == "id"),
                )
                for field in spec.schema
                if field.name not in HIDDEN
            ]
        ),
    }


def _type_name(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"{_type_name(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "{" + ", ".join(f"{field.name}: {_type_name(field.type)}" for field in kind) + "}"
    return "timestamp (UTC)" if pa.types.is_timestamp(kind) else str(kind)
