"""What happened, in three sentences and in seventy words?"""

import re
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.changes import Change
from rem_dagster.dreaming.draft.offline.choose import Candidate
from rem_dagster.dreaming.draft.offline.listing import changes_told
from rem_dagster.dreaming.draft.offline.sentences import sentences_of
from rem_dagster.dreaming.draft.offline.telling import longest_told
from rem_dagster.dreaming.draft.offline.trim import first_upper

LIMIT = 400
SENTENCES = 3
DAY_WORDS = 70


def summary_of(changes: Sequence[Change], chosen: Sequence[Candidate], *, named: bool, language: str) -> str:
    """At most three sentences and 400 characters: the changes in one, then what people say."""
    told_changes = changes_told(changes, limit=240) if changes else ""
    head = [closed(told_changes)] if told_changes else []
    room = LIMIT - sum(len(part) + 1 for part in head)
    for count in range(min(len(chosen), SENTENCES - len(head)), -1, -1):
        talk = told_in_turn(chosen[:count], named=named, language=language, limit=room)
        text = " ".join([*head, talk]).strip()
        if count_sentences(text) <= SENTENCES and len(text) <= LIMIT:
            return text
    return " ".join(sentences_of(" ".join(head))[:SENTENCES])


def count_sentences(text: str) -> int:
    """Sentences of a summary, those within quotation marks counted each."""
    return len(sentences_of(re.sub('[“”"]', "", text)))


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


def told(candidate: Candidate, *, named: bool, language: str) -> tuple[str, str | None]:
    """A sentence, and its speaker where it has to stand in quotation marks."""
    speaker = candidate.sentence.speaker if named else None
    if speaker and language == "en":
        whole = longest_told(candidate.shown, speaker, limit=LIMIT)
        if whole and len(whole) > 0.7 * len(candidate.shown):
            return closed(first_upper(whole)), None
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
