"""How is what we wrote ourselves known again when it comes back as input?

A dream that read its own output would take its guesses for evidence.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import pairwise

GENERATED_BY, GENERATOR = "generated_by", "rem_dagster"
"""Key and value in the metadata or front matter of a document that we wrote as a whole."""
BEGIN, END = "<!-- rem:begin -->", "<!-- rem:end -->"
"""What stands around a block of ours in somebody's own document."""
LOST_END = "has a block of rem's whose end mark is missing: it was left out up to the next heading"
"""What an import says of a text with such a block."""
OWN_UID = "@rem-dagster"
"""How the ids of events end that we wrote into a calendar: it keeps ids, and drops what it does not know."""
CALENDAR_MAKER = "-//rem-dagster//moments//EN"
MANIFEST, ACTIVITY = "manifest.json", "activity.jsonl"
"""What a folder that we exported holds: what it is of, and what happened."""
BEGINS = re.compile(r"<!--\s{0,9}rem:begin\b[^>]{0,200}-->")
MOST_BLANKS = 80
LAST_LINE = "<!-- rem:moments "
"""How the line begins that stands before the end mark of a day."""
HEADING = re.compile(r"^#{1,6} [^\n]*\n?(?P<mark><!--\s{0,9}rem:moment )?", re.MULTILINE)
"""A heading, and the mark below it that says it is ours."""
ENDS = re.compile(r"<!--\s{0,9}rem:end\s{0,9}-->[ \t]*\n?")


def without_managed(text: str) -> str:
    """The text without our blocks.

    One whose end mark is lost reaches to its own last line, to the first heading that is not ours, to the
    next block, or to the end. A mark in the middle of a line is somebody's words about it, and stays.
    """
    if "rem:begin" not in text:
        return text
    kept: list[str] = []
    at = 0
    for begin, end, _ in _blocks(text):
        kept.append(text[at:begin])
        at = end
    return "".join((*kept, text[at:]))


def has_lost_end(text: str) -> bool:
    """Whether a block of ours in the text is not closed."""
    return "rem:begin" in text and any(not is_closed for _, _, is_closed in _blocks(text))


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where each of our blocks begins and ends, and whether its end mark is there; in order."""
    # one expression for both ends would look through the rest of the text for each beginning
    begins = [each.span() for each in BEGINS.finditer(text)]
    ends = deque(each.span() for each in ENDS.finditer(text))
    for (begin, inner), following in pairwise([*begins, (len(text), len(text))]):
        while ends and ends[0][0] < inner:
            ends.popleft()
        if ends and ends[0][0] < following[0]:
            yield begin, ends[0][1], True
        elif _is_line(text, begin, inner):
            yield begin, _end_of_open(text, inner, following[0]), False


def _is_line(text: str, begin: int, end: int) -> bool:
    """Whether a mark is all of its line; one that names its day may follow something."""
    before = text[max(begin - MOST_BLANKS, 0) : begin].rpartition("\n")
    after = text[end : end + MOST_BLANKS].partition("\n")
    begins_line = bool(before[1] or begin <= MOST_BLANKS) and not before[2].strip()
    ends_line = bool(after[1] or len(text) <= end + MOST_BLANKS) and not after[0].strip()
    return ends_line and (begins_line or " day=" in text[begin:end])


def _end_of_open(text: str, inner: int, stop: int) -> int:
    """Where a block that is not closed ends, before `stop`."""
    if (last := text.find(LAST_LINE, inner, stop)) >= 0:
        after = text.find("\n", last, stop) + 1
        return after or stop
    is_first = True
    for heading in HEADING.finditer(text, inner, stop):
        is_our_day = is_first and not text[inner : heading.start()].strip()
        if not is_our_day and not heading["mark"]:
            return heading.start()
        is_first = False
    return stop


def is_own_output(metadata: Mapping[str, object]) -> bool:
    """Whether a document's metadata, or its front matter in there, says that we wrote it."""
    front = metadata.get("properties")
    told = (metadata, front if isinstance(front, Mapping) else {})
    return any(each.get(GENERATED_BY) == GENERATOR for each in told)
