"""Does a text, or an e-mail address, say that two names are one?

Falcon, aka Ledger Sync     LSP is short for Language Server Protocol     Cologne (in German Köln)
Bob (Robert Lee)            in brackets alone only what looks like the same name, too
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

from rem_dagster.dreaming.spelling import fold
from rem_dagster.dreaming.spelling_forms import initials
from rem_dagster.dreaming.spelling_names import are_nicknames, called, full_name, parts_of
from rem_dagster.dreaming.spelling_scripts import is_latin

Said = tuple[str, str, bool]
"""The ids of two entities that a text calls one, in its order, and whether they must be of one kind: `a
database called Falcon` names a database."""

MOST_TEXT = 25_000
"""Letters of one text that are read."""
LEAST_ALIKE = 4
"""Letters at the beginning of two names in brackets that make them forms of one: Lisbon (Lisboa)."""
LEAST_PART = 3
"""Letters of a name that an address must have."""
MAILBOXES = frozenset(
    """admin all billing build bot contact dev devs family hello help hr info it jobs list mail marketing me
    news newsletter noreply office ops press sales security service shop staff support team webmaster
    """.split()  # noqa: SIM905
)
"""Addresses at which several people read and write."""

_LANGUAGES = (
    "English|German|French|Spanish|Portuguese|Italian|Dutch|Polish|Russian|Ukrainian|Japanese|Chinese|Korean"
    "|Swedish|Danish|Norwegian|Finnish|Czech|Hungarian|Turkish|Greek|Arabic|Hebrew|Hindi|Catalan|Latin"
)
_CUE = re.compile(
    r"""[\s,;–—-]*[(\["“'‘]?\s*
    (?:(?:who|which|that|is|was|are|also|better|otherwise|formerly|previously|often|usually|now|simply)\s+)*
    (?:aka|a\.\s?k\.\s?a\.?|known\ as|goes\ by|short\ for|stands\ for
     |(?:an?\s+)?(?:abbreviation|acronym|nickname)\s+(?:of|for)|abbreviated(?:\ as|\ to)?
     |(?P<weak>alias|nicknamed|called|named|code[-\s]?named?|in\ (?:"""
    + _LANGUAGES
    + r""")))
    \s*(?:the\ name\ of\s+|the\ name\s+|the\s+|:\s*|as\s+)?["“'‘(]?\s*""",
    re.VERBOSE,
)
_BRACKET = re.compile(r"\s*\(\s*[\"“'‘]?")
_SENTENCE_END = re.compile(r"[.!?。！？\n]")
CUES = (
    r"\(|\baka\b|a\.\s?k\.\s?a|known as|\balias\b|goes by|nickname|called|named|short for|stands for"
    r"|abbrevia|acronym|\bin (?:"
) + f"{_LANGUAGES})"
"""What a text has that may say so; for a first look over many."""


def said_in(text: str, names: Mapping[str, str]) -> Iterator[Said]:
    """The pairs of entities that a text calls one.

    Args:
        names: each form of a name that the text may have, with its entity's id.
    """
    text = text[:MOST_TEXT]
    for one, other in pairwise(_found(text, list(names))):
        first, second = names[one.group()], names[other.group()]
        if first != second and (says := _says(text, one, other)):
            yield first, second, says == "one kind"


def are_one_person(address: str, one: str, other: str) -> bool:
    """Whether two names that write from one address are one person's.

    The address must be somebody's: have part of a name in it, and be no mailbox. Two full names without a
    word in common are two people who share it.
    """
    local = address.partition("@")[0].casefold()
    words = set(re.split(r"[._+-]+", local))
    names = [[fold(word) for word in parts_of(each)] for each in (one, other)]
    parts = [{word for word in each if len(word) >= LEAST_PART} for each in names]
    if words & MAILBOXES or not any(word in local for word in parts[0] | parts[1]):
        return False
    are_full = full_name(one) and full_name(other) and is_latin(one) and is_latin(other)
    return not are_full or bool(called(one) & called(other)) or parts[0] <= parts[1] or parts[1] <= parts[0]


def _found(text: str, forms: Sequence[str]) -> list[re.Match[str]]:
    """Where the forms stand in a text, the longest first, none inside another or inside a word."""
    if len(forms) < 2:
        return []
    longest = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    return list(re.finditer(rf"(?<![^\W_])(?:{longest})(?![^\W_])", text))


def _says(text: str, one: re.Match[str], other: re.Match[str]) -> Literal["any", "one kind"] | None:
    """Whether the text between two names makes them one: whatever they are, or two of one kind only."""
    between, after = text[one.end() : other.start()], text[other.end() :]
    end = _SENTENCE_END.search(after)
    if end and end.group() in "?？":
        return None
    if cue := _CUE.fullmatch(between):
        return "one kind" if cue["weak"] else "any"
    is_closed = after.lstrip("\"”'’ ")[:1] in (")", ",") and bool(after.lstrip("\"”'’ "))
    is_form = _BRACKET.fullmatch(between) and is_closed and _look_alike(one.group(), other.group())
    return "any" if is_form else None


def _look_alike(one: str, other: str) -> bool:
    """Whether two names could be one by their letters alone."""
    first, second = fold(one), fold(other)
    return (
        is_latin(one) != is_latin(other)
        or first in (initials(other), fold("".join(parts_of(other))))
        or second == initials(one)
        or are_nicknames(one, other)
        or bool({fold(word) for word in parts_of(one)} & {fold(word) for word in parts_of(other)})
        or first[:LEAST_ALIKE] == second[:LEAST_ALIKE]
    )
