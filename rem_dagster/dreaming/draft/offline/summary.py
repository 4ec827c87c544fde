"""What happened, in three sentences and in seventy words?"""

import re
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.changes import Change, inside_a_line, released_in
from rem_dagster.dreaming.draft.offline.choose import Candidate
from rem_dagster.dreaming.draft.offline.telling import longest_told
from rem_dagster.dreaming.draft.offline.trim import first_upper, listed, shortened

LIMIT = 400
SENTENCES = 3
DAY_WORDS = 70


def summary_of(changes: Sequence[Change], chosen: Sequence[Candidate], *, named: bool, language: str) -> str:
    """At most three sentences and 400 characters: the changes in one, then what people say."""
    parts = [changes_told(changes, limit=240)] if changes else []
    room = LIMIT - sum(len(part) + 2 for part in parts)
    return " ".join(
        [
            *map(closed, parts),
            told_in_turn(chosen[: SENTENCES - len(parts)], named=named, language=language, limit=room),
        ]
    ).strip()


def told_in_turn(chosen: Sequence[Candidate], *, named: bool, language: str, limit: int) -> str:
    """The candidates one after the other, as many as fit: told of their speaker, or quoted."""
    pieces: list[str] = []
    quoting: str | None = None
    for candidate in chosen:
        text, speaker = told(candidate, named=named, language=language)
        piece = f"“{text}”" if speaker and speaker == quoting else f"{speaker}: “{text}”" if speaker else text
        if len(" ".join([*pieces, piece])) <= limit:
            pieces.append(piece)
            quoting = speaker
    return " ".join(pieces)


def changes_told(changes: Sequence[Change], *, limit: int, most: int = 6, with_rest: bool = True) -> str:
    """Releases and the weightiest changes in one sentence, in the order of time; how many were left out."""
    several = len({change.project for change in changes}) > 1
    released = [n for n, change in enumerate(changes) if change.release]
    lines = {released[-1]: f"released {listed(released_in(changes))}"} if released else {}
    ranked = sorted(
        (n for n in range(len(changes)) if n not in released), key=lambda n: (-changes[n].weight, n)
    )
    for place in ranked[: most - bool(released)]:
        line = _line(changes[place], several=several)
        fits = len("; ".join([*lines.values(), line])) <= limit - 30
        if not lines or (fits and line.lower() not in {told.lower() for told in lines.values()}):
            lines[place] = line
    rest = len(ranked) - len(lines) + bool(released)
    more = f"; and {rest} more change{'s' if rest > 1 else ''}" if rest > 0 and with_rest else ""
    return first_upper("; ".join(lines[place] for place in sorted(lines))) + more


def told(candidate: Candidate, *, named: bool, language: str) -> tuple[str, str | None]:
    """A sentence, and its speaker where it has to stand in quotation marks."""
    speaker = candidate.sentence.speaker if named else None
    if speaker and language == "en":
        whole = longest_told(candidate.shown, speaker, limit=LIMIT)
        if whole and len(whole) > 0.7 * len(candidate.shown):
            return closed(whole), None
    return closed(first_upper(candidate.shown)), speaker


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
    told = inside_a_line(shortened(change.told, 110))
    return f"{told} in {change.project}" if several else told
