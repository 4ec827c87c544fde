"""Which words of a text are those that were looked for, and which part of it is worth showing?"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rem_dagster.store.text.tokens import is_unspaced, tokens, word_spans

LONGEST_WORD = 2_000
"""Characters of a word that are looked at."""
_SPACE = re.compile(r"\s+")
_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")


@dataclass(frozen=True)
class Piece:
    """A part of a text."""

    text: str
    is_marked: bool = False


def marked(text: str, terms: Collection[str]) -> tuple[Piece, ...]:
    """A text in pieces, of which those are marked that hold a term; joined they are the text."""
    pieces: list[Piece] = []
    at = 0
    for begin, end in _places(text, set(terms)):
        if begin > at:
            pieces.append(Piece(text[at:begin]))
        pieces.append(Piece(text[begin:end], True))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def excerpt(text: str, terms: Collection[str], *, most: int = 280) -> str:
    """The part of a text that holds most of the terms, on one line and at most so many characters.

    It begins with a sentence where one is short enough; what is left out is an ellipsis.
    """
    wanted = set(terms)
    sentences = [flat for each in _ENDS.split(text[: most * 200]) if (flat := _flat(each))]
    if not sentences:
        return ""
    held = [len(wanted.intersection(tokens(each[: most * 20]))) for each in sentences]
    best = max(range(len(sentences)), key=lambda at: (held[at], -at))
    said = _around(sentences[best], wanted, most)
    for following in sentences[best + 1 :]:
        if len(said) + 1 + len(following) > most:
            break
        said = f"{said} {following}"
    return said


def clipped(text: str, most: int) -> str:
    """A text of at most so many characters, cut at a word with an ellipsis."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    cut = head.rsplit(None, 1)[0] if " " in head[most // 2 :] else head
    return cut.rstrip(" ,;:-") + "…"


def places_of_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, whatever white space lies between its words; None where it does not."""
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return found.span() if found else None


def cut_out(text: str, spans: Sequence[tuple[int, int]], *, start: int, end: int) -> tuple[Piece, ...]:
    """A part of a text with some spans of the whole marked; overlapping spans are one."""
    pieces: list[Piece] = []
    at = start
    for first, last in sorted(spans):
        begin, stop = max(first, at), min(last, end)
        if begin >= stop:
            continue
        if begin > at:
            pieces.append(Piece(text[at:begin]))
        pieces.append(Piece(text[begin:stop], True))
        at = stop
    if at < end:
        pieces.append(Piece(text[at:end]))
    return tuple(pieces)


def _places(text: str, terms: set[str]) -> Iterator[tuple[int, int]]:
    if not terms:
        return
    for begin, end in word_spans(text):
        word = text[begin : min(end, begin + LONGEST_WORD)]
        if is_unspaced(word):
            yield from _inside(word, begin, terms)
        elif terms.intersection(tokens(word)):
            yield begin, end


def _inside(run: str, start: int, terms: set[str]) -> Iterator[tuple[int, int]]:
    """Where terms stand in a run of a script without spaces; neighbours are one place."""
    hit = [False] * len(run)
    for size in (1, 2):
        for at in range(len(run) - size + 1):
            if run[at : at + size] in terms:
                hit[at : at + size] = [True] * size
    at = 0
    while at < len(run):
        if not hit[at]:
            at += 1
            continue
        end = at
        while end < len(run) and hit[end]:
            end += 1
        yield start + at, start + end
        at = end


def _around(sentence: str, wanted: set[str], most: int) -> str:
    """A sentence, or of a long one the part around the first word that was looked for."""
    if len(sentence) <= most:
        return sentence
    first = next(_places(sentence, wanted), (0, 0))[0]
    begin = max(first - most // 3, 0)
    if begin and (space := sentence.find(" ", begin, first)) >= 0:
        begin = space + 1
    head = "…" if begin else ""
    return head + clipped(sentence[begin:], most - len(head))


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
