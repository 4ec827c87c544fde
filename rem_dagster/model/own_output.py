"""How is what we wrote ourselves known again when it comes back as input?

A dream that read its own output would take its guesses for evidence.
"""

import re
from collections.abc import Mapping

GENERATED_BY, GENERATOR = "generated_by", "rem_dagster"
"""Key and value in the metadata or front matter of a document that we wrote as a whole."""
BEGIN, END = "<!-- rem:begin -->", "<!-- rem:end -->"
"""What stands around a block of ours in somebody's own document."""
MANAGED = re.compile(r"<!--\s*rem:begin\b[^>]*-->.*?<!--\s*rem:end\s*-->[ \t]*\n?", re.DOTALL)


def without_managed(text: str) -> str:
    """The text without our blocks; one that is not closed is somebody's text, and stays."""
    return MANAGED.sub("", text) if "rem:begin" in text else text


def is_own_output(metadata: Mapping[str, object]) -> bool:
    """Whether a document's metadata, or its front matter in there, says that we wrote it."""
    front = metadata.get("properties")
    told = (metadata, front if isinstance(front, Mapping) else {})
    return any(each.get(GENERATED_BY) == GENERATOR for each in told)
