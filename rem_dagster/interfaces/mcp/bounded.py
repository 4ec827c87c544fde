"""How is an answer kept within a number of tokens, without breaking off in the middle of something?

items    ├─ 1 ─┤├─ 2 ─┤├─ 3 ─┤├─ 4 ─┤         whole items as long as there is room, the first always
room     ├──────────────────────┤              "1 more: ask with offset=3"

text     One sentence. | Another one. | A third.   whole sentences as long as there is room
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from rem_dagster.llm.tokens import tokens_of

T = TypeVar("T")
FEWEST_TOKENS, MOST_TOKENS = 400, 20_000
"""What an agent may ask for."""
MaxTokens = Annotated[int, Field(ge=FEWEST_TOKENS, le=MOST_TOKENS, description="How long the answer may be.")]
"""An argument of tools."""
HEAD_TOKENS = 160
"""What stands around the items of an answer."""
CHARACTERS_PER_TOKEN = 8
"""No text has more of them, on average over a page: what is further on need not be counted."""
_ENDS = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n+")
"""Where a sentence or a line ends."""


@dataclass(frozen=True)
class Kept(Generic[T]):
    """The items for which there is room, and how many more there are."""

    items: tuple[T, ...]
    left: int

    def more(self, how: str) -> str | None:
        """What is said of the rest; None where there is none."""
        return f"{self.left} more: ask with {how}" if self.left else None


def keep(
    items: Sequence[T], *, max_tokens: int, text_of: Callable[[T], str], head: int = HEAD_TOKENS
) -> Kept[T]:
    """The first items that fit, at least one.

    Args:
        head: tokens of what stands around them.
    """
    room = max_tokens - head
    kept: list[T] = []
    for item in items:
        room -= tokens_of(text_of(item))
        if room < 0 and kept:
            break
        kept.append(item)
    return Kept(tuple(kept), len(items) - len(kept))


def part(text: str, *, start: int = 0, max_tokens: int) -> tuple[str, int | None]:
    """As much of a text from a character on as fits, up to the end of a sentence, and where it goes on.

    A sentence longer than the room ends after a word of it, a word longer than the room within.
    """
    rest = text[start:]
    near = rest[: max_tokens * CHARACTERS_PER_TOKEN]
    if len(near) == len(rest) and tokens_of(rest) <= max_tokens:
        return rest, None
    end = _last_that_fits(near, [each.end() for each in _ENDS.finditer(near)], max_tokens)
    end = end or _last_that_fits(near, [each.end() for each in re.finditer(r"\s+", near)], max_tokens)
    end = end or min(len(near), max(1, max_tokens * 2))
    return rest[:end].rstrip(), start + end if end < len(rest) else None


def _last_that_fits(text: str, ends: Sequence[int], max_tokens: int) -> int:
    """The last of some places up to which a text fits; 0 where none is."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if tokens_of(text[: ends[middle]]) <= max_tokens:
            low = middle + 1
        else:
            high = middle
    return ends[low - 1] if low else 0


def excerpt(
    text: str, terms: frozenset[str], words: Callable[[str], Sequence[str]], *, max_tokens: int
) -> str:
    """A part of a text that fits and begins with the first sentence that holds one of some terms.

    Args:
        words: the terms of a sentence.
    """
    if len(text) <= max_tokens * 2:
        return text
    start = 0
    if terms:
        borders = [0, *(each.end() for each in _ENDS.finditer(text))]
        ends = [*borders[1:], len(text)]
        holding = (at for at, end in zip(borders, ends, strict=True) if terms & set(words(text[at:end])))
        start = next(holding, 0)
    kept, goes_on = part(text, start=start, max_tokens=max_tokens)
    return f"{'… ' if start else ''}{kept}{' …' if goes_on is not None else ''}"
