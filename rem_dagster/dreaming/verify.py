"""Which of an engine's claims does the source bear out?

The only gate between a draft and what anybody sees. A claim passes, or is held back with its reason.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.draft import (
    Draft,
    DraftEdge,
    DraftEmotion,
    DraftEntity,
    DraftMoment,
    DraftStatement,
)
from rem_dagster.model.dream import QuarantinedClaim
from rem_dagster.model.words import EMOTIONS

TITLE_LENGTH = 70
SUMMARY_LENGTH = 400
DAY_SUMMARY_WORDS = 70
MOST_EMOTIONS = 3
ELLIPSIS = "…"


@dataclass
class Verdict:
    """What passed, and what was held back and why."""

    draft: Draft
    quarantine: list[QuarantinedClaim] = field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        """The reasons, worded for whoever drafts again."""
        return [f"{claim.kind} {claim.text!r}: {claim.reason}" for claim in self.quarantine]


def verify(draft: Draft, segment: Segment, moment_types: Mapping[str, str]) -> Verdict:
    """The part of a draft that its segment bears out."""
    checker = _Checker(segment, moment_types)
    moments = tuple(kept for moment in draft.moments if (kept := checker.moment(moment)))
    entities = tuple(named for entity in draft.entities if (named := checker.entity(entity)))
    names = {normal_name(name) for entity in entities for name in (entity.name, *entity.aliases)}
    edges = tuple(edge for edge in draft.edges if checker.edge(edge, names))
    passed = Draft(
        moments=moments,
        entities=entities,
        edges=edges,
        day_summary=clip_words(draft.day_summary, DAY_SUMMARY_WORDS) if moments else "",
    )
    return Verdict(passed, checker.quarantine)


class _Checker:
    """Checks the claims of one draft against the items of one segment."""

    def __init__(self, segment: Segment, moment_types: Mapping[str, str]) -> None:
        self.items = {item.handle: item for item in segment.items}
        self.texts = {item.handle: flat(item.text) for item in segment.items}
        self.moment_types = moment_types
        self.taken: set[str] = set()
        self.quarantine: list[QuarantinedClaim] = []

    def hold_back(self, kind: str, text: str, reason: str) -> None:
        self.quarantine.append(QuarantinedClaim(kind=kind, text=text[:200], reason=reason))

    def moment(self, moment: DraftMoment) -> DraftMoment | None:
        """The moment with what is borne out of it, or None."""
        handles = tuple(each for each in self.known(moment.handles, moment.name) if each not in self.taken)
        evidence = tuple(
            quote
            for quote in moment.evidence
            if quote.handle in handles and self.quote(quote.handle, quote.quote, "evidence")
        )
        if not moment.name.strip() or not moment.summary.strip():
            self.hold_back("moment", moment.name or moment.summary, "it has no title or no summary")
            return None
        if moment.moment_type not in self.moment_types:
            allowed = ", ".join(self.moment_types)
            self.hold_back("moment", moment.name, f"type {moment.moment_type!r} is none of {allowed}")
            return None
        if not evidence:
            self.hold_back("moment", moment.name, "no quote of it is in an input that it cites")
            return None
        self.taken.update(handles)
        return moment.model_copy(
            update={
                "name": clip_letters(_one_line(moment.name), TITLE_LENGTH),
                "summary": clip_letters(_one_line(moment.summary), SUMMARY_LENGTH),
                "tags": tuple(dict.fromkeys(tag for each in moment.tags if (tag := normal_tag(each)))),
                "emotions": self.emotions(moment.emotions),
                "people": tuple(name for name in moment.people if self.person(name, handles)),
                "outcomes": tuple(dict.fromkeys(map(_one_line, moment.outcomes))),
                "handles": handles,
                "evidence": tuple(dict.fromkeys(evidence)),
                "facts": self.statements(moment.facts, "fact"),
                "intentions": self.statements(moment.intentions, "intention"),
            }
        )

    def known(self, handles: Sequence[str], what: str) -> tuple[str, ...]:
        """The handles that exist in the segment, each once."""
        for handle in handles:
            if handle not in self.items:
                self.hold_back("handle", handle, f"no input has it; {what!r} cites it")
        return tuple(dict.fromkeys(handle for handle in handles if handle in self.items))

    def quote(self, handle: str, quote: str, kind: str) -> bool:
        """Whether the words stand, letter for letter but for white space, in the input."""
        words = flat(quote)
        if handle not in self.texts:
            self.hold_back(kind, quote, f"there is no input {handle!r}")
        elif not words or words not in self.texts[handle]:
            self.hold_back(kind, quote, f"the words are not in input {handle!r}")
        else:
            return True
        return False

    def emotions(self, emotions: Sequence[DraftEmotion]) -> tuple[DraftEmotion, ...]:
        """At most three feelings of the closed list, each with words that show it."""
        passed: dict[str, DraftEmotion] = {}
        for emotion in emotions:
            if emotion.tag not in EMOTIONS:
                self.hold_back("emotion", emotion.tag, "it is not in the list of feelings")
            elif self.quote(emotion.handle, emotion.quote, "emotion"):
                passed.setdefault(emotion.tag, emotion)
        return tuple(passed.values())[:MOST_EMOTIONS]

    def person(self, name: str, handles: Sequence[str]) -> bool:
        """Whether a cited input is by that person or names them."""
        parts = set(_words(name))
        if parts and any(parts & _named(self.items[handle]) for handle in handles):
            return True
        self.hold_back("person", name, "no input of the moment is by them or names them")
        return False

    def statements(self, statements: Sequence[DraftStatement], kind: str) -> tuple[DraftStatement, ...]:
        """The sentences that rest on an input."""
        passed = []
        for statement in statements:
            if handles := self.known(statement.handles, statement.text):
                passed.append(statement.model_copy(update={"handles": handles}))
            else:
                self.hold_back(kind, statement.text, "it rests on no input")
        return tuple(passed)

    def entity(self, entity: DraftEntity) -> DraftEntity | None:
        """The entity with the inputs that really name it, or None."""
        wanted = [flat(name).casefold() for name in (entity.name, *entity.aliases) if flat(name)]
        handles = tuple(
            handle
            for handle in self.known(entity.handles, entity.name)
            if any(name in self.searchable(handle) for name in wanted)
        )
        if not handles:
            self.hold_back("entity", entity.name, "no input that it cites names it")
            return None
        return entity.model_copy(update={"handles": handles})

    def searchable(self, handle: str) -> str:
        """All words of an input, its own and those around it; a topic's hyphens count as spaces."""
        item = self.items[handle]
        around = (item.name, item.author, item.session_title, item.thread, *item.tags)
        text = " ".join([self.texts[handle], *(each for each in around if each)]).casefold()
        return f"{text} {text.replace('-', ' ').replace('_', ' ')}"

    def edge(self, edge: DraftEdge, names: set[str]) -> bool:
        """Whether both ends are entities that passed."""
        missing = [end for end in (edge.source, edge.target) if normal_name(end) not in names]
        if missing:
            self.hold_back("edge", f"{edge.source} -> {edge.target}", f"{missing[0]!r} did not pass")
        return not missing


def flat(text: str) -> str:
    """The text in NFC with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def normal_name(name: str) -> str:
    """The form under which two spellings of an entity are one: NFKC, case folded, hyphens as spaces."""
    return " ".join(re.sub(r"[-_\s]+", " ", unicodedata.normalize("NFKC", name).casefold()).split())


def normal_tag(tag: str) -> str:
    """Lower case, NFC, words joined by hyphens: `vector-search`."""
    words = re.findall(r"[^\W_]+(?:[.+#'][^\W_]*)*", unicodedata.normalize("NFC", tag).lower())
    return "-".join(words)


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


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def _named(item: DayItem) -> set[str]:
    return set(_words(" ".join(part for part in (item.text, item.author, item.name) if part)))
