"""How is material kept apart from what a model is told to do with it?

Only a head and a fence begin in the first column, and what is inside a fence cannot know its mark.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

MARK_LENGTH = 12
"""Hexadecimal digits: 48 bits, which no input can guess."""
HEAD_LENGTH = 80
"""Characters that a name, an author or a title may take in a head."""
FENCE_LIKE = re.compile(r"<<<(?=\s*/?\s*[0-9a-fA-F]{6,}\s*>>>)")


def fenced(blocks: Sequence[str], key: bytes) -> str:
    """Blocks between two fences whose mark is a keyed hash of them: unguessable, and each time the same."""
    body = "\n".join(blocks)
    digest = hmac.new(key, body.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    mark = digest[:MARK_LENGTH]
    return f"<<<{mark}>>>\n{body}\n<<</{mark}>>>"


def indented(text: str) -> str:
    """A text whose further lines begin with a space and in which nothing looks like a fence."""
    return FENCE_LIKE.sub("«", "\n ".join(text.strip().splitlines()))


def flat_line(text: str, most: int = HEAD_LENGTH) -> str:
    """A text as one line without brackets, cut to so many characters."""
    line = " ".join(re.sub(r"[\[\]<>]", " ", text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
