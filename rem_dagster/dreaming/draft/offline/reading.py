"""What does an item say, sentence by sentence, and who says it?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.draft.offline.language import language_of, stem, weight_of, words_of
from rem_dagster.dreaming.draft.offline.owner import is_owner, owner_of
from rem_dagster.dreaming.draft.offline.prose import paragraphs_of
from rem_dagster.dreaming.draft.offline.sentences import sentences_of
from rem_dagster.dreaming.draft.offline.telling import without_opener
from rem_dagster.model.day import DayItem

ASSISTANTS = frozenset(
    [
        "assistant",
        "ai",
        "claude",
        "chatgpt",
        "gpt",
        "gemini",
        "copilot",
        "bot",
        "llama",
        "mistral",
        "deepseek",
        "perplexity",
        "grok",
        "siri",
        "alexa",
    ]
)
MOST_SENTENCES = 120
"""Sentences that are read of one item: the first ones and the last 20."""

_UTTERANCE = re.compile(r"^(?:\[?\d\d?:\d\d(?::\d\d)?\]?\s+)?([A-Z][\w.'’ |()-]{0,38}?):\s+(\S.*)$")
_HIDDEN = re.compile(
    r"\[(?:image|photo|video|sticker|gif)\b[^\]]*\]|<[^>\s][^>]{0,200}>|!\[[^\]]*\]\([^)]*\)"
)
_WIKI = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]+)\]\]")
_LINK = re.compile(r"\[([^\]]+)\](?:\([^)\s]*\)|\[[^\]]*\])?")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_MARKS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|\\(?=[@#*_])")
_FIRST_PERSON = re.compile(
    r"\b(?:I|I'm|I've|I'd|I'll|we|we're|we've|my|ich|wir|je|nous|yo|eu)\b|\bj'", re.IGNORECASE
)


@dataclass(frozen=True)
class Sentence:
    """One sentence of an item."""

    handle: str
    order: int
    """Its place in the segment."""
    text: str
    """Letter for letter, white space normalised."""
    shown: str
    """Without images, addresses and markup."""
    speaker: str | None
    """A person's name; None for the person whose day it is, and where the item names nobody."""
    source: str
    """The item's category; `message` for a message."""
    core: str
    """`shown` without greetings in front."""
    is_own: bool
    """Whether a person says it, not a machine."""
    words: tuple[str, ...]
    is_question: bool
    first_person: bool

    @property
    def length(self) -> int:
        """Words."""
        return len(self.words)


@dataclass(frozen=True)
class Reading:
    """An item and its sentences."""

    item: DayItem
    sentences: tuple[Sentence, ...]
    speakers: tuple[str, ...]


def is_machine(item: DayItem) -> bool:
    """Whether a program wrote the item: an assistant's answer, a bot's commit."""
    author = (item.author or str(item.metadata.get("author") or "")).lower()
    if author and (
        author in ASSISTANTS or author.split()[0] in ASSISTANTS or re.search(r"\bbot\b|\[bot\]", author)
    ):
        return True
    return item.role in ("assistant", "system", "tool") and not item.author


def read_items(items: Sequence[DayItem], user_id: str = "") -> tuple[Reading, ...]:
    """Every item with its sentences, numbered through."""
    owner = owner_of(items, user_id)
    readings: list[Reading] = []
    order = 0
    names = frozenset(part for item in items if item.author for part in item.author.split())
    for item in items:
        reading = _read(item, order, names, owner)
        order += len(reading.sentences)
        readings.append(reading)
    return tuple(readings)


def language_of_all(readings: Sequence[Reading]) -> str:
    """The dominant language of the readings, by at most some 4,000 words."""
    words = [word for reading in readings for sentence in reading.sentences[:8] for word in sentence.words]
    return language_of(words[:4000])


def language_of_group(readings: Sequence[Reading], otherwise: str) -> str:
    """The language of some readings; that of the whole segment where they say little."""
    words = [word for reading in readings for sentence in reading.sentences[:20] for word in sentence.words]
    return language_of(words[:2000]) if len(words) >= 12 else otherwise


def stems_of(sentence: Sentence, language: str) -> dict[str, float]:
    """The content stems of a sentence and the weight of each."""
    return {
        stem(word, language): weight for word in sentence.words if (weight := weight_of(word, language)) > 0
    }


def shown_text(text: str) -> str:
    """A text as it may be shown: no images, addresses or markup."""
    text = _ADDRESS.sub("", _HIDDEN.sub("", text))
    text = _MARKS.sub("", _LINK.sub(r"\1", _WIKI.sub(r"\1", text)))
    return re.sub(r"\s+([,.!?;:])(?=\s|$)", r"\1", " ".join(text.split()))


def _read(item: DayItem, order: int, names: frozenset[str], owner: str | None) -> Reading:
    machine = is_machine(item)
    parts = list(_utterances(item)) if not machine else [(None, p) for p in paragraphs_of(item.text)]
    sentences: list[Sentence] = []
    for speaker, paragraph in parts:
        for text in sentences_of(paragraph):
            said_by = None if is_owner(speaker, owner) else speaker
            made = _sentence(item, order + len(sentences), text, said_by, is_own=not machine, names=names)
            if made.words:
                sentences.append(made)
    if len(sentences) > MOST_SENTENCES:
        sentences = sentences[: MOST_SENTENCES - 20] + sentences[-20:]
    speakers = tuple(dict.fromkeys(speaker for speaker, _ in parts if speaker))
    return Reading(item=item, sentences=tuple(sentences), speakers=speakers)


def _utterances(item: DayItem) -> Iterator[tuple[str | None, str]]:
    """Speaker and paragraph; lines such as "Priya: ..." name their speaker when several do."""
    author = item.author if item.kind == "message" else None
    lines = [found for line in item.text[:200_000].splitlines() if (found := _UTTERANCE.match(line.strip()))]
    names = {found.group(1) for found in lines}
    if (
        item.category not in ("transcript", "other", None)
        or item.kind == "message"
        or len(lines) < 3
        or len(names) > max(2, len(lines) // 2)
    ):
        yield from ((author, paragraph) for paragraph in paragraphs_of(item.text))
        return
    speaker: str | None = None
    for line in item.text[:200_000].splitlines():
        found = _UTTERANCE.match(line.strip())
        if found:
            speaker = _person(found.group(1))
        yield from ((speaker, p) for p in paragraphs_of(found.group(2) if found else line))


def _person(label: str) -> str:
    """A speaker's name without the employer: "Tim (Besu)" and "Maksim | Nethermind" lose theirs."""
    return re.split(r"\s*[|(]", label)[0].strip() or label


def _sentence(
    item: DayItem, order: int, text: str, speaker: str | None, *, is_own: bool, names: frozenset[str]
) -> Sentence:
    shown = shown_text(text)
    words = tuple(words_of(shown))
    return Sentence(
        handle=item.handle,
        order=order,
        text=text,
        shown=shown,
        core=without_opener(shown, names),
        speaker=speaker,
        source=item.category or "message",
        is_own=is_own,
        words=words,
        is_question=shown.rstrip("\"'”’)").endswith(("?", "？")),
        first_person=bool(_FIRST_PERSON.search(shown)),
    )
