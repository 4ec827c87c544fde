"""Where may a day be cut into pieces that fit into one call?"""

from collections.abc import Sequence
from datetime import timedelta

from rem_dagster.model.day import DayItem, Segment

CHARACTERS_PER_TOKEN = 4
"""A usual figure for Latin scripts; Source: tokenizers of current models on English prose."""
NEAR = 0.8
"""Share of the budget from which on a natural border is taken."""
LONG_GAP = timedelta(minutes=60)


def segment(items: Sequence[DayItem], *, token_budget: int = 8000) -> tuple[Segment, ...]:
    """Consecutive segments of the items; none when there are none.

    The cut before an item depends only on that item and those before it, so that items which are
    added to the end of a day change nothing but the last segment:

        budget  ├────────80%────────100%┤
        items   ▪▪▪▪▪▪▪▪▪▪▪▪▪▪ │ ▪▪▪▪▪▪▪     cut at the first natural border behind 80%,
        items   ▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪▪│▪    or before the item that does not fit

    An item larger than the budget stands alone.
    """
    pieces: list[list[DayItem]] = []
    used = 0
    for item in items:
        size = tokens_in(item.text)
        if not pieces or _cut_before(item, pieces[-1], used=used, size=size, budget=token_budget):
            pieces.append([])
            used = 0
        pieces[-1].append(item)
        used += size
    return tuple(Segment(ordinal=n, items=tuple(piece)) for n, piece in enumerate(pieces))


def tokens_in(text: str) -> int:
    """Estimated tokens of a text: a character each in CJK scripts, about four to one elsewhere."""
    if text.isascii():
        return -(-len(text) // CHARACTERS_PER_TOKEN)
    dense = sum(1 for character in text if _is_dense(character))
    return dense + -(-(len(text) - dense) // CHARACTERS_PER_TOKEN)


def _cut_before(item: DayItem, piece: Sequence[DayItem], *, used: int, size: int, budget: int) -> bool:
    if used + size > budget:
        return True
    return used >= budget * NEAR and _is_border(piece[-1], item)


def _is_border(last: DayItem, item: DayItem) -> bool:
    """Whether the day itself breaks here: another thread, or a long silence."""
    ended = max(last.ended_at, last.occurred_at)
    return last.thread != item.thread or item.occurred_at - ended >= LONG_GAP


def _is_dense(character: str) -> bool:
    """Whether a script writes about one token per character (kana, Han, Hangul, their wide forms)."""
    return "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af" or character >= "\uff00"
