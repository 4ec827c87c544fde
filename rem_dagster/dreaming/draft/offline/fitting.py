"""How do the chosen sentences of a talk fill the words that a day's summary has?"""

from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.choose import Candidate
from rem_dagster.dreaming.draft.offline.summary import told


def fitted(
    chosen: Sequence[Candidate], pool: Sequence[Candidate], *, room: int, named: bool, language: str
) -> list[Candidate]:
    """The chosen as they are told in at most `room` words, names included; in the text's order.

    The one that says least goes first where they are too long; where words are left, sentences that
    were cut are told further, the best ones first.

    Args:
        pool: every version of every sentence.
    """
    kept = list(chosen)
    while len(kept) > 1 and _words(kept, named=named, language=language) > room:
        kept.remove(min(kept, key=lambda c: (c.density, -c.sentence.order)))
    for candidate in sorted(kept, key=lambda c: (-c.density, c.sentence.order)):
        for longer in _longer(candidate, pool):
            grown = [longer if each is candidate else each for each in kept]
            if _words(grown, named=named, language=language) <= room:
                kept = grown
                break
    return sorted(kept, key=lambda c: c.sentence.order)


def pieces_of(chosen: Sequence[Candidate], *, named: bool, language: str) -> list[str]:
    """Each one told, with its speaker where it has to be quoted and somebody else spoke before."""
    pieces: list[str] = []
    quoting: str | None = None
    for candidate in chosen:
        text, speaker = told(candidate, named=named, language=language)
        pieces.append(
            f"“{text}”" if speaker and speaker == quoting else f"{speaker}: “{text}”" if speaker else text
        )
        quoting = speaker
    return pieces


def _words(chosen: Sequence[Candidate], *, named: bool, language: str) -> int:
    in_order = sorted(chosen, key=lambda c: c.sentence.order)
    return sum(len(piece.split()) for piece in pieces_of(in_order, named=named, language=language))


def _longer(candidate: Candidate, pool: Sequence[Candidate]) -> list[Candidate]:
    """Versions of the same sentence that say all of this one and more, the longest first."""
    more = [
        other
        for other in pool
        if other.sentence.order == candidate.sentence.order
        and other.length > candidate.length
        and set(other.stems) > set(candidate.stems)
    ]
    return sorted(more, key=lambda c: -c.length)
