"""Which short pieces of a sentence may be quoted?"""

import re

MOST_WORDS = 25
FEWEST_WORDS = 4
_BARRIER = re.compile(r"\[(?:image|photo|video)\b[^\]]*\]?|\(?(?:https?://|www\.)\S+|\S{50,}")
_UNFIT = re.compile(r"https?://|www\.|\S{50,}|\[(?:image|photo|video)\b|\0|```")


def quote_of(text: str) -> str | None:
    """The sentence, or its beginning up to a clause's end, in 4 to 25 words; None where none is fit."""
    parts = (part.strip() for part in _BARRIER.split(text))
    text = next((part for part in parts if len(part.split()) >= FEWEST_WORDS), "")
    words = text.split()
    if len(words) < FEWEST_WORDS or _UNFIT.search(text):
        return None
    if len(words) <= MOST_WORDS:
        return text
    return " ".join(words[: _clause_end(words)])


def is_fit(text: str) -> bool:
    """Whether a text may be quoted at all: no address, no lump of bytes."""
    return not _UNFIT.search(text)


def quote_around(text: str, start: int, end: int) -> str | None:
    """At most 25 words of the text around the characters from start to end."""
    before, within, behind = text[:start].split(), text[start:end].split(), text[end:].split()
    attached = bool(text[end : end + 1].strip())
    room = max(0, 16 - len(within))
    left = before[-4:] if len(before) > 4 and len(before) + len(within) + len(behind) > MOST_WORDS else before
    right = behind[: max(room - len(left), 1)]
    middle = text[start:end].strip()
    joined = " ".join([*left, middle]) + ("" if attached or not right else " ") + " ".join(right)
    normal = " ".join(joined.split())
    return normal if normal in " ".join(text.split()) and not _UNFIT.search(normal) else None


def _clause_end(words: list[str]) -> int:
    """Words up to the last comma or stop within the limit, else the limit."""
    for place in range(MOST_WORDS, FEWEST_WORDS + 2, -1):
        if words[place - 1].endswith((",", ";", ":", ".", "!", "?", "–", "—")):
            return place
    return MOST_WORDS
