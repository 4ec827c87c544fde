"""Where does a sentence end?"""

import re

_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[」』”]?|(?<=\w)\s(?=[–—]\s*[A-Z][^–—]*$)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|etc|e\.g|i\.e|z\.B|d\.h|u\.a|bzw|ca|cf|al|No|Nr"
    r"|Fig|approx|"
    r"Inc|Ltd|Co|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Mme|M|Sra|a\.m|p\.m)\.$"
)
LONGEST = 600
"""Characters after which a text without any stop is taken to be no sentence."""


def sentences_of(paragraph: str) -> list[str]:
    """The sentences of one paragraph, letter for letter, without the spaces between them.

    A stop inside a number, a version, an address or an abbreviation ends nothing.

    >>> sentences_of("Released 0.64.1 today! Dr. Li saw it, e.g. the docs. See x.io/a.b for more")
    ['Released 0.64.1 today!', 'Dr. Li saw it, e.g. the docs.', 'See x.io/a.b for more']
    """
    pieces: list[str] = []
    start = 0
    for stop in _END.finditer(paragraph):
        if _ends(paragraph, start, stop.end()):
            pieces.append(paragraph[start : stop.end()].strip())
            start = stop.end()
    pieces.append(paragraph[start:].strip())
    return [piece for piece in pieces if piece and len(piece) <= LONGEST]


def _ends(paragraph: str, start: int, end: int) -> bool:
    if paragraph[end - 1] == "." and _ABBREVIATION.search(paragraph[start:end][-12:]):
        return False
    if end - start <= LONGEST and _is_quoting(paragraph[start:end]):
        return False
    following = paragraph[end:].lstrip()[:1]
    return not (following.islower() and paragraph[end - 1] == ".") or end - start > LONGEST


def _is_quoting(text: str) -> bool:
    """Whether a quotation is still open: what somebody else says must not stand alone."""
    return text.count('"') % 2 == 1 or text.count("“") > text.count("”") + text.count("„")
