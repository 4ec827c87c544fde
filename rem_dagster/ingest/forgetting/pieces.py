"""Which words of a text are told apart from anybody else's, so that they can be looked for?

    the text    Ruth's landlord wants the flat back by May
    pieces      ruth s landlord wants the │ s landlord wants the flat │ … │ flat back by may

A piece is at least five words and twelve letters; a shorter text of twelve letters is one piece as a whole.
Case and marks between words do not count, as a title may change them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

FEWEST_WORDS, FEWEST_LETTERS = 5, 12
Piece = tuple[str, ...]
_WORDS = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
"""Runs of letters and digits; of scripts without spaces, each letter."""


class Pieces:
    """The pieces of some texts, to be found again in others."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._long: set[Piece] = set()
        self._short: dict[int, set[Piece]] = {}
        for text in texts:
            words = _words_in(text)
            windows = list(_windows(words))
            self._long.update(windows)
            if not windows and sum(map(len, words)) >= FEWEST_LETTERS:
                self._short.setdefault(len(words), set()).add(tuple(words))

    def __bool__(self) -> bool:
        return bool(self._long or self._short)

    def found_in(self, text: str) -> set[Piece]:
        """Those that a text holds."""
        words = _words_in(text)
        found = {each for each in _windows(words) if each in self._long}
        for length, pieces in self._short.items():
            runs = (tuple(words[at : at + length]) for at in range(len(words) - length + 1))
            found |= {each for each in runs if each in pieces}
        return found


def said_in(texts: Iterable[str], pieces: Iterable[Piece]) -> set[Piece]:
    """Those pieces that some texts hold, whole or, where they are long, in two parts.

    A recap puts half a sentence of one item beside half of another: that is nobody's sentence, and proves
    nothing about a third.
    """
    asked = list(pieces)
    runs = {run for piece in asked for run in (piece, *(half for cut in _cuts(piece) for half in cut))}
    held = _runs_held(texts, runs)
    return {
        piece
        for piece in asked
        if piece in held or any(one in held and other in held for one, other in _cuts(piece))
    }


def _cuts(piece: Piece) -> list[tuple[Piece, Piece]]:
    """The two halves of a long piece, wherever it is cut."""
    if len(piece) < FEWEST_WORDS:
        return []
    return [(piece[:at], piece[at:]) for at in range(1, len(piece))]


def _runs_held(texts: Iterable[str], runs: set[Piece]) -> set[Piece]:
    """The runs of words that stand in one text or another."""
    of_length: dict[int, set[Piece]] = {}
    for run in runs:
        of_length.setdefault(len(run), set()).add(run)
    held: set[Piece] = set()
    for text in texts:
        words = _words_in(text)
        for length, wanted in of_length.items():
            held |= wanted.intersection(
                tuple(words[at : at + length]) for at in range(len(words) - length + 1)
            )
    return held


def _words_in(text: str) -> list[str]:
    return _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())


def _windows(words: list[str]) -> Iterator[Piece]:
    """From each word on, the fewest words that are a piece; none from where too few follow."""
    end, letters = 0, 0
    for start in range(len(words)):
        while end < len(words) and (end - start < FEWEST_WORDS or letters < FEWEST_LETTERS):
            letters += len(words[end])
            end += 1
        if end - start < FEWEST_WORDS or letters < FEWEST_LETTERS:
            return
        yield tuple(words[start:end])
        letters -= len(words[start])
