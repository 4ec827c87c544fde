"""How does a line of an answer cite inputs, and how is it taken apart?

    m3-m9: a sentence                     handles, what is said
    m3 happy: words that show it          handles, a word, what is said
    a sentence [m3, m5]                   a line that cites at its end is read too
    person Caroline                       an entity: kind, name
    Caroline follows Melanie              an edge: source, type, target

A line is shorter than an object with the same parts, in the answer and in its schema.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from rem_dagster.model.words import AgentEdgeType, EntityKind

KINDS: tuple[str, ...] = get_args(EntityKind)
EDGE_TYPES: tuple[str, ...] = get_args(AgentEdgeType)
ONE = r"[mr]\d{1,9}(?: ?(?:-|–|—|\.\.|\bto\b) ?[mr]?\d{1,9})?"
SOME = rf"{ONE}(?:(?:[,;] ?| )(?:and )?{ONE})*"
HANDLE = re.compile(ONE, re.IGNORECASE)
CITING_FIRST = re.compile(
    rf"[\[(]?(?P<before>[^\W\d_]+ )?(?P<handles>{SOME})(?P<after> [^\W\d_]+)?(?:[\])] ?:?| ?:)(?P<said>.*)",
    re.IGNORECASE,
)
CITING_LAST = re.compile(rf"(?P<said>.*?) ?[\[(](?P<handles>{SOME})[\])]\.?", re.IGNORECASE)
ENTITY = re.compile(rf"(?P<kind>{'|'.join(KINDS)})\b:? ?(?P<name>.+)", re.IGNORECASE)
EDGE = re.compile(rf"(?P<source>.+?) (?P<edge_type>{'|'.join(EDGE_TYPES)}) (?P<target>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """What a line says and cites; handles may be ranges, as written."""

    said: str
    handles: tuple[str, ...] = ()
    word: str = ""
    """The word beside the handles, such as a feeling."""


def line_of(text: str) -> Line:
    """The parts of a line; one that cites nothing is all said."""
    line = " ".join(text.split())
    first = CITING_FIRST.fullmatch(line)
    if first:
        word = (first["before"] or first["after"] or "").strip()
        return Line(first["said"].strip(), tuple(HANDLE.findall(first["handles"])), word)
    last = CITING_LAST.fullmatch(line) if line.rstrip(".").endswith(("]", ")")) else None
    return Line(last["said"], tuple(HANDLE.findall(last["handles"]))) if last else Line(line)


def entity_of(text: str) -> Mapping[str, str]:
    """The fields of an entity's line; a thing where the line names no kind."""
    line = " ".join(text.split())
    found = ENTITY.fullmatch(line)
    return {"kind": found["kind"], "name": found["name"]} if found else {"kind": "thing", "name": line}


def edge_of(text: str) -> Mapping[str, str]:
    """The fields of an edge's line; none where it is none."""
    found = EDGE.fullmatch(" ".join(text.split()))
    return found.groupdict() if found else {}


def unquoted(quote: str) -> str:
    """The words without quotation marks that the model put around them."""
    return quote[1:-1] if len(quote) > 2 and quote[0] in '"“«' and quote[-1] in '"”»' else quote
