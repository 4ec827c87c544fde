"""Which known word did somebody mean who wrote one that nobody knows?"""

from collections.abc import Iterable
from difflib import get_close_matches

LEAST_ALIKE = 0.6
"""Share of letters that two words have in common; below it a guess misleads more often than it helps."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like another, whatever the case; None where none is like it."""
    by_plain = {_plain(each): each for each in known}
    found = get_close_matches(_plain(word), by_plain, n=1, cutoff=LEAST_ALIKE)
    return by_plain[found[0]] if found else None


def meant(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'loader'?`, to be put behind a sentence; empty where nothing is like the word."""
    found = nearest(word, known)
    return f" Did you mean {found!r}?" if found is not None else ""


def _plain(word: str) -> str:
    return word.strip().casefold().replace("_", "-")
