"""Where is a long text cut, so that an edit changes few of its chunks?"""

import hashlib
import re
from collections.abc import Iterator

CHUNK_LIMIT = 4_000
"""Characters of the longest chunk: about a page and a half, or 1,000 tokens."""
SHORTEST = 2
"""A chunk that is cut is at least half as long as the limit."""
FINGERPRINT = 64
"""Characters before a border that decide among borders of equal strength."""
BORDERS = tuple(
    re.compile(pattern)
    for pattern in (r"\n(?=#{1,6} )", r"\n\s*\n", r"\n", r"[.!?。！？]\s*(?=\s|[。！？]|\w)", r"\s+")
)
"""Where a text may be cut, the best first: before a heading, between paragraphs, lines, sentences, words."""


def split_text(text: str, limit: int = CHUNK_LIMIT) -> list[str]:
    """Chunks of at most `limit` characters; joined they are the text. An empty text is one empty chunk.

    The cut lies on the strongest border between half the limit and the limit; among equal ones
    the text before the border decides. So text added at the end changes the last chunk alone, and after
    an edit in the middle the cuts soon fall where they fell before.

        start ├─ limit/2 ─┼──── a border is chosen here ────┤ limit

    Source: content-defined chunking, as in LBFS (Muthitacharoen et al., 2001).
    """
    return list(_chunks(text, limit)) or [""]


def _chunks(text: str, limit: int) -> Iterator[str]:
    start = 0
    while len(text) - start > limit:
        cut = _best_cut(text, start + max(limit // SHORTEST, 1), start + limit)
        yield text[start:cut]
        start = cut
    if start < len(text):
        yield text[start:]


def _best_cut(text: str, earliest: int, latest: int) -> int:
    for border in BORDERS:
        cuts = [found.end() for found in border.finditer(text, earliest, latest) if found.end() > earliest]
        if cuts:
            return min(cuts, key=lambda cut: (_fingerprint(text, cut), -cut))
    return latest


def _fingerprint(text: str, cut: int) -> bytes:
    before = text[max(cut - FINGERPRINT, 0) : cut]
    return hashlib.blake2b(before.encode("utf-8", "surrogatepass"), digest_size=8).digest()
