"""What does a question ask for: which time, whom, what about, and which kind of answer?"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from rem_dagster.model.window import Calendar
from rem_dagster.recall.ask.framing import (
    FEELINGS,
    FRAME,
    KINDS,
    SPANS,
    TYPE_WORDS,
    TYPES,
    Kind,
)
from rem_dagster.recall.when import When, find_when, parse_when
from rem_dagster.store.text.tokens import tokens

__all__ = ["Kind", "Plan", "plan_question"]

Table = Literal["moments", "messages", "summaries", "entities"]
RECENT = "past 7 days"
"""What a recap looks back on when the question names no time."""
_TALK = re.compile(
    r"\b(?:talk|talked|speak|spoke|spoken|chat|chatted|meet|met|call|called|see|saw|seen|write|wrote)\b", re.I
)
_WORD = re.compile(r"[^\W_](?:[\w.'’+#/-]*[^\W_+#])?[+#]*")


@dataclass(frozen=True)
class Plan:
    """What is to be looked for, and how it is to be answered."""

    question: str
    kind: Kind
    when: When | None
    """The time named; None is all of it."""
    people: tuple[str, ...] = ()
    """Names as the home spells them."""
    topic: str = ""
    """The words that say what it is about, in their order."""
    terms: tuple[str, ...] = ()
    """The terms of topic and people, as the text index has them."""
    moment_types: tuple[str, ...] = ()
    """Only moments of these types; empty is all."""
    feelings: tuple[str, ...] = ()
    """Only moments with one of these; empty is all, where a feeling is asked for."""
    is_loose: bool = False
    """Whether the time is "my week", which may be the one before where this one is still empty."""
    table: Table = "moments"
    """Where to look first."""

    @property
    def is_talk(self) -> bool:
        """Whether it is about speaking with or meeting the people that it names."""
        return bool(self.people) and _TALK.search(self.question) is not None

    @property
    def about(self) -> str:
        """What the answer is about, as a person would say it."""
        whole = " ".join((*self.people, self.topic))
        if whole.casefold() in self.question.casefold():
            return whole  # a first name and its family name, of which the home knows the first alone
        return " ".join((self.topic, *(f"with {each}" for each in self.people if self.topic))).strip() or (
            " and ".join(self.people)
        )

    @property
    def words(self) -> str:
        """What the search looks for."""
        return " ".join((*self.people, self.topic)).strip()


def plan_question(
    question: str,
    *,
    calendar: Calendar,
    now: datetime,
    names: Mapping[str, str] | None = None,
    when: When | None = None,
) -> Plan:
    """The plan of a question.

    Args:
        now: from which "yesterday" counts.
        names: people that the home knows: lower case spelling -> name.
        when: a time given beside the question, which wins over one in it.
    """
    said = " ".join(question.split())
    kind, rest = _kind_of(said)
    span, is_loose, rest = _span_of(rest, calendar, now)
    if span is None:
        span, rest = find_when(rest, calendar=calendar, now=now)
    people, rest = _people_in(rest, names or {})
    types, feelings = _types_in(said), _feelings_in(said)
    dropped = {form for each in feelings for form in FEELINGS[each]} if kind == "feeling" else set[str]()
    if types and kind in ("hours", "times"):
        dropped |= TYPE_WORDS
    if people:
        dropped |= {word.lower() for word in _TALK.findall(rest)}
    topic = _topic_of(rest, drop=dropped)
    words = tuple(dict.fromkeys(tokens(" ".join((*people, topic)))))
    plan = Plan(
        question=said,
        kind=kind,
        when=when or span,
        people=people,
        topic=topic if words else "",
        terms=words,
        moment_types=types,
        feelings=feelings,
        is_loose=is_loose and when is None,
    )
    return _settled(plan, calendar, now)


def _settled(plan: Plan, calendar: Calendar, now: datetime) -> Plan:
    """The plan with what its parts together decide."""
    kind = plan.kind
    if kind == "said" and not plan.people:
        kind = "find"
    if kind == "recap" and not plan.terms:
        pass
    elif kind == "find" and not plan.terms:
        kind = "recap" if plan.when is not None else "find"
    elif kind == "recap":
        kind = "find"
    elif kind in ("last", "first", "related") and not plan.terms:
        kind = "recap"
    if kind == "recap" and plan.when is None:
        plan = replace(plan, when=parse_when(RECENT, calendar=calendar, now=now))
    if kind not in ("recap", "hours", "times"):
        plan = replace(plan, moment_types=())
    tables: Mapping[str, Table] = {"recap": "summaries", "said": "messages", "related": "entities"}
    return replace(plan, kind=kind, table=tables.get(kind, "moments"))


def _kind_of(question: str) -> tuple[Kind, str]:
    """The kind of answer that is wanted, and the question without the words that said so."""
    for pattern, kind in KINDS:
        if match := pattern.search(question):
            keep = match.groupdict().get("keep") or ""
            rest = f"{question[: match.start()]} {keep} {question[match.end() :]}"
            return kind, " ".join(rest.split())
    return "find", question


def _span_of(text: str, calendar: Calendar, now: datetime) -> tuple[When | None, bool, str]:
    """A time such as "my week", and the text without it."""
    for pattern, phrase in SPANS:
        if match := pattern.search(text):
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            is_loose = phrase.startswith(("this", "today"))
            return parse_when(phrase, calendar=calendar, now=now), is_loose, " ".join(rest.split())
    return None, False, text


def _people_in(text: str, names: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """The people named in a text, in their order, and the text without them; a longer name goes first."""
    found: list[tuple[int, str]] = []
    for spelling in sorted(names, key=lambda each: (-len(each), each)):
        pattern = re.compile(rf"(?<![\w.@/-]){re.escape(spelling)}(?:['’]s)?(?![\w@/-])", re.IGNORECASE)
        if match := pattern.search(text):
            found.append((match.start(), names[spelling]))
            text = pattern.sub(lambda each: " " * len(each[0]), text)
    return tuple(dict.fromkeys(name for _, name in sorted(found))), " ".join(text.split())


def _types_in(question: str) -> tuple[str, ...]:
    return next((types for pattern, types in TYPES if pattern.search(question)), ())


def _feelings_in(question: str) -> tuple[str, ...]:
    said = {word.lower() for word in _WORD.findall(question)}
    return tuple(feeling for feeling, forms in FEELINGS.items() if said & forms)


def _topic_of(text: str, *, drop: Collection[str]) -> str:
    """The words of a text that are not only there to ask."""
    words = [
        word
        for word in _WORD.findall(text)
        if (lower := word.lower().replace("’", "'").removesuffix("'s")) not in FRAME
        and lower not in drop
        and tokens(word)
    ]
    return " ".join(re.sub(r"['’]s$", "", word) for word in words)
