"""What more is a model told, and may it answer, where a home opted in to more types of moments?"""

from collections.abc import Mapping
from typing import Any

NOTES = {
    "collaboration": "collaboration: only where people worked a thing out together; outcomes: its results.",
    "prediction": (
        "prediction: at most 2, only what inputs announce for the next day, its handles may be another "
        "moment's, confidence 0-1. confidence is null for other types."
    ),
}
CONFIDENCE = {"type": ["number", "null"]}


def notes_on(moment_types: Mapping[str, str]) -> str:
    """What the prompt says of the types that are there by choice; empty where there are none."""
    return "\n".join(note for name, note in NOTES.items() if name in moment_types)


def schema_with(schema: Mapping[str, Any], moment_types: Mapping[str, str]) -> Mapping[str, Any]:
    """The schema of an answer; with a field for confidence where predictions are wanted."""
    if "prediction" not in moment_types:
        return schema
    moments = schema["properties"]["moments"]
    moment = moments["items"]
    if "$ref" in moment or "confidence" in moment["properties"]:
        return schema  # an agentlet that has its own idea of it
    with_it = {
        **moment,
        "properties": {**moment["properties"], "confidence": CONFIDENCE},
        "required": [*moment["required"], "confidence"],
    }
    return {**schema, "properties": {**schema["properties"], "moments": {**moments, "items": with_it}}}
