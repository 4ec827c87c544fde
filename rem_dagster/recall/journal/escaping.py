"""How does a text stand in a Markdown file as it is, and how is it read back?"""

import re
import unicodedata

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_STEERING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of what follows; they have no place in somebody else's line."""
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$^]|(?<=%)%|%(?=%)|(?<==)=|=(?==)|&(?=#?\w+;))")
"""What Markdown, or Obsidian's own kind of it, gives a meaning."""
_AT_A_LINES_BEGINNING = re.compile(r"^(?:([-+])|(\d{1,9})([.)])(?=\s|$))")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """A text on one line, without control characters or half characters."""
    kept = "".join(each for each in _STEERING.sub("", text) if unicodedata.category(each) != "Cs")
    return _BREAKS.sub(" ", kept).strip()


def escaped(text: str) -> str:
    """A text on one line in which nothing is markup, wherever in a line it stands."""
    inner = _SPECIAL.sub(r"\\\1", plain(text))
    return _AT_A_LINES_BEGINNING.sub(_kept, inner)


def unescaped(text: str) -> str:
    """What `escaped` made a text of: `unescaped(escaped(text)) == plain(text)`."""
    return _ESCAPED.sub(r"\1", text)


def _kept(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"
