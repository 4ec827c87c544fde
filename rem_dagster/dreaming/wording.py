"""In which form is a text compared, clipped and shown?"""

import re
import unicodedata

from rem_dagster.model.names import normal_name

__all__ = ["clip_letters", "clip_words", "flat", "near_equal", "normal_name", "normal_tag", "words_of"]

ELLIPSIS = "…"


def flat(text: str) -> str:
    """The text in NFC with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def words_of(text: str) -> list[str]:
    """The words in order, case folded and in NFKC; an underscore parts words as a hyphen does."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def normal_tag(tag: str) -> str:
    """Lower case, NFC, words joined by hyphens: `vector-search`."""
    words = re.findall(r"[^\W_]+(?:[.+#'][^\W_]*)*", unicodedata.normalize("NFC", tag).lower())
    return "-".join(words)


def near_equal(one: str, other: str) -> bool:
    """Whether two texts say the same in nearly the same words."""
    first, second = set(words_of(one)), set(words_of(other))
    return bool(first | second) and len(first & second) >= 0.8 * len(first | second)


def clip_letters(text: str, most: int) -> str:
    """At most that many characters, cut at a word with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:-") + ELLIPSIS


def clip_words(text: str, most: int) -> str:
    """At most that many words, ending with a whole sentence where one fits."""
    words = text.split()
    if len(words) <= most:
        return " ".join(words)
    cut = " ".join(words[:most])
    ends = [match.end() for match in re.finditer(r"[.!?…。！？](?=\s|$)", cut)]
    return cut[: ends[-1]] if ends and ends[-1] > len(cut) // 2 else cut.rstrip(" ,;:-") + ELLIPSIS
