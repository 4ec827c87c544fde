"""What in a note did we write ourselves?"""

import re

BEGIN, END = "<!-- rem:begin -->", "<!-- rem:end -->"
MANAGED = re.compile(r"<!--\s*rem:begin\b[^>]*-->.*?<!--\s*rem:end\s*-->[ \t]*\n?", re.DOTALL)


def without_managed(text: str) -> str:
    """The text without the blocks that we manage: what was generated must not come in again as activity."""
    return MANAGED.sub("", text) if "rem:begin" in text else text
