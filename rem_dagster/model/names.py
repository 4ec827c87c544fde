"""When are two spellings one name, and which id has an entity?

normal_name   Disk-ANN = disk ann       what entities are known by: case and hyphens aside
fold          DiskANN  = disk.ann       what a person means by a name: accents, spaces and dots aside, too
"""

import re
import unicodedata
from functools import lru_cache

from rem_dagster.model.ids import derive_id

_ACCENTS = re.compile("(?<![иИ])[\u0300-\u036f]")  # й is a letter of its own, not an и with an accent
_PARTS = re.compile(r"(?<=[^\s._-])[\s._-]+|[\s_-]+")


def normal_name(name: str) -> str:
    """The form under which two spellings of an entity are one: NFKC, case folded, hyphens as spaces."""
    return " ".join(re.sub(r"[-_\s]+", " ", unicodedata.normalize("NFKC", name).casefold()).split())


def entity_id(user_id: str, name: str) -> str:
    """The id of the entity of that name."""
    return derive_id(user_id, "entity", normal_name(name))


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    """The form that all spellings of a name share; empty where nothing but separators is in it.

    A dot in front stays (`.NET` is no net), and so do separators between digits, each run as one dot.
    """
    text = unicodedata.normalize("NFKD", name).casefold()
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", text))
    return _PARTS.sub(lambda run: "." if _is_between_digits(text, run) else "", text)


def _is_between_digits(text: str, run: re.Match[str]) -> bool:
    return text[run.start() - 1 : run.start()].isdigit() and text[run.end() : run.end() + 1].isdigit()
