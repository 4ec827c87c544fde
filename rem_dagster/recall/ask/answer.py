"""What is an answer made of?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from rem_dagster.recall.ask.plan import Plan

CitedKind = Literal["moment", "message", "resource", "summary"]
SourceTable = Literal["messages", "resources"]


@dataclass(frozen=True)
class Citation:
    """What a sentence rests on."""

    number: int
    """As in `[2]`."""
    kind: CitedKind
    id: str
    title: str
    start: datetime
    end: datetime
    quote: str | None = None
    """Verbatim words of it, or of a message or resource that it rests on."""
    source_id: str | None = None
    """The message or resource that holds the quote."""
    source_table: SourceTable | None = None
    """Where that one is stored; None where it is gone."""
    said_in: str | None = None
    """Who said it and where, as in `Ana in chat “Standup”`."""
    said_at: datetime | None = None


@dataclass(frozen=True)
class Sentence:
    """A piece of an answer, and the numbers of what it rests on."""

    text: str
    cites: tuple[int, ...] = ()
    day: date | None = None
    """The local day under which it stands; None belongs to the whole."""

    @property
    def with_marks(self) -> str:
        """The sentence with `[1]` behind it."""
        return " ".join((self.text, "".join(f"[{each}]" for each in self.cites))).strip()


@dataclass(frozen=True)
class Dreamt:
    """What a dream before an answer did."""

    days: tuple[str, ...] = ()
    """ISO days that were dreamt now."""
    problems: tuple[str, ...] = ()
    """Why a day was not, in sentences."""
    cost_usd: float | None = 0.0


@dataclass(frozen=True)
class Answer:
    """An answer with its sources, or the word that there is none."""

    question: str
    plan: Plan
    known: bool
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    """Where nothing is known: what came nearest, which is no answer."""
    looked_at: Mapping[str, int] = field(default_factory=dict)
    """How many rows of each table there were to find it in."""
    remarks: tuple[str, ...] = ()
    """What has to be known before believing it."""
    dreamt: Dreamt = Dreamt()
    model: str | None = None
    """Who wrote the sentences; None is code, from moments."""
    left_out: int = 0
    """Sentences of a model that its sources did not bear out."""
    calls: int = 0
    calls_paid: int = 0
    cost_usd: float | None = 0.0
    """USD of the answer, the dream before it not counted."""

    @property
    def text(self) -> str:
        """The answer as plain text: a paragraph, then a line for each further sentence under its day."""
        lead = " ".join(each.with_marks for each in self.sentences if each.day is None)
        return "\n".join(
            (lead, *(each.with_marks for each in self.sentences if each.day is not None))
        ).strip()

    def __str__(self) -> str:
        """The text."""
        return self.text


def numbered(
    sentences: Sequence[Sentence], citations: Sequence[Citation]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Sentences and citations renumbered in the order in which they are first cited; others are dropped."""
    from dataclasses import replace

    order: dict[int, int] = {}
    for sentence in sentences:
        for each in sentence.cites:
            order.setdefault(each, len(order) + 1)
    by_number = {each.number: each for each in citations}
    return (
        tuple(replace(each, cites=tuple(sorted(order[old] for old in each.cites))) for each in sentences),
        tuple(replace(by_number[old], number=new) for old, new in order.items()),
    )
