"""When are two names spellings, forms or parts of one name?

DiskANN      = disk-ann, disk ann, Disk.ANN, Dísk ANN    case, spaces, hyphens, dots and accents aside
0.64         ≠ 06.4                                      what parts two digits counts
unit tests   = unit test                                 plural, unless it may be a name: Windows, Notes
Ana          : Ana Souza                                 first name, if nobody else has it
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from rem_dagster.model.names import fold

__all__ = ["MOST_NAMES", "TITLES", "first_name", "fold", "is_common", "singulars"]

LEAST_SINGULAR = 3
"""Letters of the shortest word that is taken for a singular."""
MOST_NAMES = 4
"""Words of the longest name of a person."""
TITLES = frozenset(
    """mr mrs ms miss mx dr prof professor sir dame lady lord rev father mother sister brother aunt auntie
    uncle grandma grandpa granny coach captain saint st san santa don doña frau herr madame""".split()  # noqa: SIM905
)
"""Words that begin many people's names and name nobody."""
OTHER_WORDS = frozenset(
    """arms blues brains chips clothes contents customs damages draughts economics fireworks forces glasses
    goods grounds heads jeans lines lots manners means minutes movies news odds pains papers premises
    scales species spectacles spirits stairs terms times troops wages waters windows woods works""".split()  # noqa: SIM905
)
"""Plurals that mean something else than their singular, or may."""

_ACRONYMS = re.compile(r"[A-Z]{2,}s")
_NAME = re.compile(r"[^\W\d_][\w'’.-]*")


@lru_cache(maxsize=100_000)
def singulars(name: str) -> frozenset[str]:
    """The folded forms that a name has if it is a plural; English endings alone."""
    *rest, last = re.split(r"[\s_-]+", name.strip().casefold()) or [""]
    if last in OTHER_WORDS or last.endswith("ss") or not last.isascii():
        return frozenset()
    ends = [(r"ies$", "y"), (r"(?<=s|x|z)es$", ""), (r"(?<=ch|sh)es$", ""), (r"s$", "")]
    found = {re.sub(end, put, last) for end, put in ends if re.search(end, last)}
    long_enough = (word for word in found if len(word) >= LEAST_SINGULAR and word.isalpha())
    return frozenset(fold(" ".join([*rest, word])) for word in long_enough)


def is_common(forms: Iterable[str]) -> bool:
    """Whether a name is written as a word and not as somebody's name for something: `notes`, `URLs`."""
    return any(
        form == form.lower() or _ACRONYMS.fullmatch(form.split()[-1]) for form in forms if form.strip()
    )


@lru_cache(maxsize=100_000)
def first_name(person: str) -> str | None:
    """The folded first name in the full name of a person; None where it has none, or is one alone."""
    words = person.split()
    if not 2 <= len(words) <= MOST_NAMES or not all(map(_NAME.fullmatch, words)):
        return None
    first = fold(words[0])
    return first if len(first) > 1 and first not in TITLES else None
