"""How is what we wrote ourselves known again when it comes back as input?

A dream that read its own output would take its guesses for evidence.
"""

import re
from collections.abc import Mapping

GENERATED_BY, GENERATOR = "generated_by", "rem_dagster"
"""Key and value in the metadata or front matter of a document that we wrote as a whole."""
BEGIN, END = "<!-- rem:begin -->", "<!-- rem:end -->"
"""What stands around a block of ours in somebody's own document."""
OWN_UID = "@rem-dagster"
"""How the ids of events end that we wrote into a calendar: it keeps ids, and drops what it does not know."""
CALENDAR_MAKER = "-//rem-dagster//moments//EN"
MANIFEST, ACTIVITY = "manifest.json", "activity.jsonl"
"""What a folder that we exported holds: what it is of, and what happened."""
BEGINS = re.compile(r"<!--\s{0,9}rem:begin\b[^>]{0,200}-->")
ENDS = re.compile(r"<!--\s{0,9}rem:end\s{0,9}-->[ \t]*\n?")


def without_managed(text: str) -> str:
    """The text without our blocks; one that is not closed is somebody's text, and stays."""
    if "rem:begin" not in text:
        return text
    kept: list[str] = []
    at = 0
    # one expression for both ends would look through the rest of the text for each beginning
    while (begin := BEGINS.search(text, at)) and (end := ENDS.search(text, begin.end())):
        kept.append(text[at : begin.start()])
        at = end.end()
    return "".join((*kept, text[at:]))


def is_own_output(metadata: Mapping[str, object]) -> bool:
    """Whether a document's metadata, or its front matter in there, says that we wrote it."""
    front = metadata.get("properties")
    told = (metadata, front if isinstance(front, Mapping) else {})
    return any(each.get(GENERATED_BY) == GENERATOR for each in told)
