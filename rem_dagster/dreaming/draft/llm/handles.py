"""Which inputs does a model mean by `m3-m9, r1`?"""

import re
from collections.abc import Iterable, Mapping

RANGE = re.compile(r"([mr])(\d{1,9})\s*(?:-|–|—|\.\.|to)\s*([mr]?)(\d{1,9})", re.IGNORECASE)
HANDLE_LENGTH = 40
"""Characters that are kept of what is no handle of the segment."""


def handles_in(texts: Iterable[str], places: Mapping[str, int]) -> tuple[str, ...]:
    """Single handles and ranges, in the order of the segment; then those that it does not have.

    Args:
        texts: each with handles and ranges between commas.
        places: the segment's handles and their places in it.
    """
    found: dict[str, None] = {}
    for text in texts:
        for part in re.split(r"\s*[,;]\s*", text):
            found.update(dict.fromkeys(_expanded(_bare(part), places)))
    known = sorted((handle for handle in found if handle in places), key=places.__getitem__)
    return (*known, *(handle[:HANDLE_LENGTH] for handle in found if handle and handle not in places))


def _expanded(part: str, places: Mapping[str, int]) -> list[str]:
    match = RANGE.fullmatch(part)
    if not match:
        return [part]
    letter, low, other, high = match.groups()
    letter, other = letter.lower(), (other or letter).lower()
    ends = [f"{letter}{int(low)}", f"{other}{int(high)}"]
    if letter == other:
        first, last = sorted((int(low), int(high)))
        inside = [h for h in places if h[0] == letter and first <= int(h[1:]) <= last]
    elif all(end in places for end in ends):
        first, last = sorted(places[end] for end in ends)
        inside = [h for h, place in places.items() if first <= place <= last]
    else:
        inside = []
    return [*inside, *ends]


def _bare(handle: str) -> str:
    return handle.strip().strip("[](){}").strip()
