"""Whose row of `links_state` is one: that of the links across days, or that of the links of an import?

Both say what the edges of a (user, day) follow from. Those of an import begin with a word.
"""

from typing import Literal

IMPORTED = "import "
"""What the hash of an import's links begins with."""


def linked_as(owner: Literal["link", "import"]) -> str:
    """The rows of `links_state` of one owner of edges."""
    is_imported = f"starts_with(input_hash, '{IMPORTED}')"
    return is_imported if owner == "import" else f"input_hash IS NULL OR NOT {is_imported}"
