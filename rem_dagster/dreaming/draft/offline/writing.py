"""How is one group of items written down?"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.draft.offline.changes import Change, change_of, without_verb
from rem_dagster.dreaming.draft.offline.choose import Candidate, candidates_of, choose
from rem_dagster.dreaming.draft.offline.feelings import feelings_of
from rem_dagster.dreaming.draft.offline.groups import Group, is_question_session
from rem_dagster.dreaming.draft.offline.headlines import titles_of_own, titles_of_talk
from rem_dagster.dreaming.draft.offline.kinds import moment_type_of
from rem_dagster.dreaming.draft.offline.language import stem, words_of
from rem_dagster.dreaming.draft.offline.outcomes import is_measured, outcomes_of_changes, outcomes_of_talk
from rem_dagster.dreaming.draft.offline.own_types import own_type_of
from rem_dagster.dreaming.draft.offline.people import participants_of, people_of
from rem_dagster.dreaming.draft.offline.phrases import phrases_of
from rem_dagster.dreaming.draft.offline.plans import plans_of
from rem_dagster.dreaming.draft.offline.prose import paragraphs_of
from rem_dagster.dreaming.draft.offline.quotes import MOST_WORDS, is_fit, quote_of
from rem_dagster.dreaming.draft.offline.reading import Reading, Sentence, is_machine
from rem_dagster.dreaming.draft.offline.standing import has_verb, points_elsewhere
from rem_dagster.dreaming.draft.offline.summary import SENTENCES, summary_of
from rem_dagster.dreaming.draft.offline.tags import tags_of
from rem_dagster.dreaming.draft.offline.titles import fit_title, title_of_changes, titles_by_name
from rem_dagster.dreaming.draft.offline.together import agreed_by, agreement_of
from rem_dagster.model.draft import DraftMoment, DraftQuote
from rem_dagster.model.words import COLLABORATION

MOST_QUOTES = 3
LEAST_TRUST = 0.4
"""What a sentence of a talk needs where there are better ones: small talk and advice have less."""


@dataclass(frozen=True)
class Frame:
    """What a moment takes from its day."""

    types: Mapping[str, str]
    zone: ZoneInfo
    tags: tuple[str, ...]
    """Every tag that somebody gave that day."""
    people: frozenset[str]
    """Everybody whom the day names."""
    told: Mapping[str, float]
    """What stems of the day's summary still count for a moment."""


@dataclass(frozen=True)
class Material:
    """A group with what is known of it before it is written."""

    group: Group
    language: str
    changes: tuple[Change, ...]
    candidates: tuple[Candidate, ...]
    """Sentences of everything but commit subjects."""
    speakers: tuple[str, ...]
    phrases: tuple[str, ...]
    people: tuple[str, ...]
    """Who takes part or is named."""

    @property
    def described(self) -> frozenset[str]:
        """Handles of texts that describe instead of telling what happened."""
        return frozenset(r.item.handle for r in self.group.readings if r.item.category in ("document", "web"))

    @property
    def sentences(self) -> list[Sentence]:
        """Every sentence once, in order."""
        return list({c.sentence.order: c.sentence for c in self.candidates}.values())

    @property
    def own_sentences(self) -> list[Sentence]:
        """Those that are no third-party text: what others feel and plan is not the user's."""
        others = {r.item.handle for r in self.group.readings if r.item.trust == "third_party"}
        return [each for each in self.sentences if each.handle not in others]

    @property
    def named(self) -> bool:
        """Whether several people talk, so that a sentence needs its speaker."""
        return len(self.speakers) > 1


def material_of(group: Group, language: str) -> Material:
    """What a moment is written from."""
    commits = [r for r in group.readings if r.item.category == "commit"]
    changes = [change_of(r.item) for r in commits if not is_machine(r.item)] or [
        change_of(r.item) for r in commits
    ]
    others = [reading for reading in group.readings if reading.item.category != "commit"]
    speakers, people = participants_of(others), people_of(group)
    candidates = candidates_of(others, language)
    sentences = list({c.sentence.order: c.sentence for c in candidates}.values()) + [
        replace(s, shown=without_verb(s.shown)) if n == 0 else s
        for r in commits
        if not is_machine(r.item)
        for n, s in enumerate(r.sentences[:4])
    ]
    return Material(
        group=group,
        language=language,
        changes=tuple(changes),
        candidates=tuple(candidates),
        speakers=speakers,
        phrases=tuple(phrases_of(sentences, language, drop=people)),
        people=people,
    )


def moment_of(material: Material, frame: Frame, *, taken: Collection[str]) -> DraftMoment:
    """The moment of a group; `taken` holds the titles before."""
    own = material.own_sentences
    name = title_of(material, taken)
    kind = type_of(material, frame)
    chosen = told_of(material, name, frame.told)
    return DraftMoment(
        name=name,
        summary=summary_of(material.changes, chosen, named=material.named, language=material.language)
        or name,
        moment_type=kind,
        tags=tags_of(material.group, material.changes, material.phrases, frame.tags, frame.people),
        emotions=feelings_of(own),
        people=material.people,
        outcomes=outcomes_of(material, name, together=kind == COLLABORATION),
        handles=tuple(reading.item.handle for reading in material.group.readings),
        evidence=evidence_of(material, [c.sentence for c in chosen]),
        intentions=plans_of(own, named=material.named),
    )


def type_of(material: Material, frame: Frame) -> str:
    """A type that the user made or opted in to, where the group clearly is of it; else a built-in one."""
    own = own_type_of(material.group, frame.types, material.language)
    if own is not None:
        return own
    if COLLABORATION in frame.types and agreement_of(material.group) is not None:
        return COLLABORATION
    return moment_type_of(material.group, material.speakers, frame.types, zone=frame.zone)


def told_of(material: Material, name: str, told: Mapping[str, float]) -> list[Candidate]:
    """At most three sentences for the summary; those that stand alone where there are any."""
    in_title = {stem(word, material.language): 0.2 for word in words_of(name)}
    own = [c for c in material.candidates if c.sentence.is_own and not c.sentence.is_question]
    english = material.language == "en"
    fit = [c for c in own if not english or (has_verb(c.shown) and not points_elsewhere(c.shown))]
    better = [c for c in fit if c.trust >= LEAST_TRUST]
    fit = better if material.named and len(better) >= SENTENCES else fit
    for pool in (fit, own, list(material.candidates)):
        if chosen := choose(pool, words=60, most=SENTENCES, told={**told, **in_title}):
            return chosen
    return []


def outcomes_of(material: Material, name: str, *, together: bool = False) -> tuple[str, ...]:
    """At most three results, none of them the title again.

    Args:
        together: whether what people agreed on comes first.
    """
    happened = [s for s in material.sentences if s.handle not in material.described]
    told = outcomes_of_talk(happened, named=material.named)
    measured = sorted(filter(is_measured, told), key=lambda each: " from " not in each)[:1]
    agreed = agreed_by(material.group) if together else []
    found = [*agreed, *measured, *outcomes_of_changes(material.changes), *told]
    return tuple(each for each in dict.fromkeys(found) if each.lower() != name.lower())[:3]


def title_of(material: Material, taken: Collection[str] = ()) -> str:
    """The title: of releases, else a name that a person gave, else of the changes, the talk or the notes."""
    group, language = material.group, material.language
    return fit_title(_titles(material), group, _plain_title(group, language), taken=taken)


def _titles(material: Material) -> Iterator[str]:
    group, language = material.group, material.language
    if any(change.release for change in material.changes):
        yield title_of_changes(material.changes)
    if len(material.changes) <= len(group.readings) - len(material.changes):
        yield from titles_by_name(group, language, written=bool(material.changes))
    if material.changes:
        yield title_of_changes(material.changes)
    if material.named:
        yield from titles_of_talk(material.candidates, material.speakers, material.phrases, language)
    else:
        yield from titles_of_own(
            material.candidates, material.phrases, language, asks=is_question_session(group)
        )


def evidence_of(material: Material, chosen: Sequence[Sentence]) -> tuple[DraftQuote, ...]:
    """At most three quotes: of what the summary tells, else of any sentence."""
    quotes: list[DraftQuote] = []
    commits = {change.handle for change in sorted(material.changes, key=lambda c: -c.weight)[:3]}
    subjects = [s for r in material.group.readings if r.item.handle in commits for s in r.sentences[:1]]
    rest = [s for reading in material.group.readings for s in reading.sentences[:3]]
    for sentence in [*chosen, *subjects, *rest]:
        quote = quote_of(sentence.text)
        if (
            quote
            and all(q.quote != quote for q in quotes)
            and len(quotes) < (MOST_QUOTES if sentence not in rest else 1)
        ):
            quotes.append(DraftQuote(handle=sentence.handle, quote=quote))
    return tuple(quotes) or _any_quote(material.group)


def _any_quote(group: Group) -> tuple[DraftQuote, ...]:
    """The first words that may be quoted, however few: of prose, else of anything but lumps of bytes."""
    for lines_of in (_prose, _any_lines):
        for reading in group.readings:
            for line in lines_of(reading):
                words = " ".join(line.split()[:MOST_WORDS])
                if words and (is_fit(words) or lines_of is _any_lines):
                    return (DraftQuote(handle=reading.item.handle, quote=words),)
    return ()


def _prose(reading: Reading) -> list[str]:
    """The subject of a commit or a heading, then the paragraphs."""
    first = reading.item.text.strip()[:400].partition("\n")[0]
    lines = [first.lstrip("# ")] if reading.item.category == "commit" or first.startswith("#") else []
    return [*lines, *paragraphs_of(reading.item.text)]


def _any_lines(reading: Reading) -> list[str]:
    """Every word or run of words that is short enough to be read: code, an address."""
    return [" ".join(part.split()) for part in re.split(r"\S{90,}|\0", reading.item.text[:4000])]


def _plain_title(group: Group, language: str) -> str:
    """What to call a moment of which nothing else can be said."""
    count = len(group.readings)
    if language not in ("en", "other"):
        return "…"
    if group.readings[0].item.kind == "message":
        return "A short exchange" if count > 1 else "A short message"
    return "A short note" if count == 1 else "Several short notes"
