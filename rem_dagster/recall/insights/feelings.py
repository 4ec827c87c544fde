"""Which feelings count as productive, pleasant or not, and which quote shows one?"""

from collections.abc import Mapping, Sequence
from typing import Any

PRODUCTIVE = ("productive", "focused", "satisfied", "proud")
"""What people feel of work that gets on."""
UNPLEASANT = ("frustrated", "worried", "tired", "confused", "angry", "sad", "lonely")
PLEASANT = (
    *PRODUCTIVE,
    *("happy", "excited", "grateful", "relieved", "calm", "hopeful", "curious", "amused", "collaborative"),
)
"""Of the closed list only `surprised` is neither."""
FRUSTRATED = "frustrated"
LETTERS = 6
"""So much of a feeling's word stands in most of its forms: frustrated, frustrating, frustration."""


def quote_of(feeling: str, row: Mapping[str, Any]) -> dict[str, str] | None:
    """The quote of a stored moment that shows a feeling: the one with its word, else the one kept for it.

    A moment keeps the quotes of its feelings behind all others, in the order of its feelings.
    """
    quotes: Sequence[dict[str, str]] = row["evidence"] or ()
    named = next((each for each in quotes if feeling[:LETTERS] in each["quote"].lower()), None)
    if named is not None:
        return named
    feelings = list(row["emotion_tags"] or ())
    place = len(quotes) - len(feelings) + feelings.index(feeling)
    return quotes[place] if 0 <= place < len(quotes) else None
