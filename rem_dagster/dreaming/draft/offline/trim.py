"""How is a line made to fit?"""

import re
from collections.abc import Iterable, Mapping, Sequence

from rem_dagster.dreaming.draft.offline.language import words_of
from rem_dagster.dreaming.draft.offline.words_function import FUNCTION_WORDS

_JOINTS = re.compile(
    r"\s*[,;:(]\s|\s[-–—]\s|\s(?:and|but|because|so|which|that|when|while|with|without|for|in|on|to"
    r"|from|as|if|where|by|instead|after|"
    r"before|using|via|und|aber|weil|mit|für|et|mais|pour|avec|y|pero|para|con)\s"
)
_DANGLING = frozenset(word for table in FUNCTION_WORDS.values() for word in table) - {
    "us",
    "it",
    "out",
    "up",
    "off",
    "down",
    "back",
}


_PAIRS = (("between", "and"), ("both", "and"), ("either", "or"), ("neither", "nor"), ("from", "to"))


def parts_a_pair(text: str, at: int) -> bool:
    """Whether a cut falls between two halves of one thing.

    >>> parts_a_pair("a lost update between a read and a write", 28)
    True
    """
    before, after = text[:at].lower(), text[at:].lower()
    for first, second in _PAIRS:
        if re.match(rf"\s*{second}\b", after):
            opened = re.split(rf"\b{first}\b", before)
            if len(opened) > 1 and not re.search(rf"\b{second}\b", opened[-1]):
                return True
    return False


def shortened(text: str, limit: int) -> str:
    """The text, or its longest beginning that ends at a joint of the sentence and fits; "…" as a last resort.

    >>> shortened("fixed the loader so that it never waits for the disk again", 30)
    'fixed the loader'
    """
    text = text.strip().rstrip(".,;:")
    if len(text) <= limit:
        return text
    for joint in reversed([found.start() for found in _JOINTS.finditer(text)]):
        piece = without_dangling(text[:joint])
        if (
            joint <= limit
            and not parts_a_pair(text, joint)
            and len(piece.split()) >= 3
            and piece.count("(") == piece.count(")")
            and piece.count("`") % 2 == 0
            and piece.count('"') % 2 == 0
        ):
            return piece
    words = without_dangling(text[: limit - 1].rsplit(" ", 1)[0])
    words = words if words.count('"') % 2 == 0 else words.replace('"', "")
    return f"{words or text[: limit - 1]}…"


def without_dangling(text: str) -> str:
    """The text without function words at its end ("fixed the loader so that" -> "fixed the loader")."""
    words = text.rstrip(" ,;:-–—(").split(" ")
    while len(words) > 2 and words[-1].lower().strip("(,") in _DANGLING:
        words.pop()
    return " ".join(words).rstrip(" ,;:-–—(")


def listed(parts: Sequence[str], *, language: str = "en") -> str:
    """ "a, b and c" in English, "a, b, c" elsewhere."""
    if language not in ("en",) or len(parts) < 2:
        return ", ".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def as_many_as_fit(parts: Iterable[str], *, limit: int, joint: str) -> list[str]:
    """The first parts that fit into `limit` characters with a joint between; too long ones are left out."""
    kept: list[str] = []
    for part in parts:
        if len(joint.join([*kept, part])) <= limit:
            kept.append(part)
    return kept


def starts_an_input(title: str, texts: Iterable[str]) -> bool:
    """Whether a title is merely the first words of one of the texts."""
    bare = [word.lower() for word in words_of(title)]
    return any(
        bare == [word.lower() for word in words_of(text[: 3 * len(title) + 40])[: len(bare)]]
        for text in texts
    )


def first_upper(text: str) -> str:
    """The text with a capital first letter, unless it starts with an identifier or a path."""
    first = text.split(" ", 1)[0]
    if (
        first.endswith(":")
        or any(mark in first for mark in "_./`-()=")
        or any(c.isupper() for c in first[1:])
    ):
        return text
    return text[:1].upper() + text[1:]


def attendees_in(metadata: Mapping[str, object]) -> list[str]:
    """Who attends an event, as its metadata says."""
    said = metadata.get("attendees") or metadata.get("people")
    return [str(name).strip() for name in said] if isinstance(said, list) else []
