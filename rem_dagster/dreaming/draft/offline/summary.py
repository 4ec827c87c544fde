"""What happened, in three sentences and in seventy words?"""

import re
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.changes import Change
from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.telling import longest_told, quoted
from rem_dagster.dreaming.draft.offline.trim import as_many_as_fit, first_upper, listed, shortened

LIMIT = 400
SENTENCES = 3
DAY_WORDS = 70


def summary_of(changes: Sequence[Change], chosen: Sequence[Sentence], group: Group, *, named: bool, language: str) -> str:
    """At most three sentences and 400 characters: the changes in one, then what people say."""
    parts = [changes_told(changes, limit=260)] if changes else []
    parts += [told(sentence, named=named, language=language) for sentence in chosen]
    kept = as_many_as_fit([closed(part) for part in parts if part][:SENTENCES], limit=LIMIT, joint=" ")
    return " ".join(kept) or shortened(first_upper(parts[0] if parts else _size(group)), LIMIT)


def changes_told(changes: Sequence[Change], *, limit: int) -> str:
    """The weightiest changes in the order of time, in one sentence, with how many there were besides."""
    ranked = sorted(range(len(changes)), key=lambda n: (-bool(changes[n].release), -changes[n].weight, n))
    lines: dict[int, str] = {}
    for place in ranked[:6]:
        line = _line(changes[place], several=len({c.project for c in changes}) > 1)
        if len("; ".join([*lines.values(), line])) <= limit - 30 and line.lower() not in {x.lower() for x in lines.values()}:
            lines[place] = line
    rest = len(changes) - len(lines)
    told = "; ".join(lines[place] for place in sorted(lines))
    more = f"; and {rest} more change{'s' if rest > 1 else ''}" if rest and told else ""
    return first_upper(told) + more


def told(sentence: Sentence, *, named: bool, language: str) -> str:
    """A sentence in the third person where that is safe, else as a quotation."""
    if named and sentence.speaker and language == "en":
        whole = longest_told(sentence.shown, sentence.speaker, limit=LIMIT)
        if whole and len(whole) > 0.6 * len(sentence.shown):
            return whole
    return quoted(sentence, named=named)


def day_summary_of(parts: Sequence[str]) -> str:
    """The parts, whole, as many as fit into 70 words."""
    kept: list[str] = []
    left = DAY_WORDS
    for part in parts:
        size = len(part.split())
        if size <= left:
            kept.append(closed(part))
            left -= size
    return " ".join(kept)


def closed(text: str) -> str:
    """The text with a stop at its end."""
    text = text.rstrip(" -–—,;:")
    return text if re.search(r"[.!?…。！？][\"”’“)]*$", text) else f"{text}."


def _line(change: Change, *, several: bool) -> str:
    if change.release:
        return f"released {change.project} {change.release}"
    told = shortened(change.told, 110)
    return f"{told} in {change.project}" if several else told


def _size(group: Group) -> str:
    return f"{len(group.readings)} {'items' if len(group.readings) > 1 else 'item'}"


__all__ = ["changes_told", "closed", "day_summary_of", "listed", "summary_of", "told"]
