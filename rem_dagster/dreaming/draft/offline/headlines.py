"""Which of the things that people say makes a title?"""

import re
from collections.abc import Iterator, Sequence

from rem_dagster.dreaming.draft.offline.choose import Candidate
from rem_dagster.dreaming.draft.offline.language import weight_of, words_of
from rem_dagster.dreaming.draft.offline.listing import alike
from rem_dagster.dreaming.draft.offline.outcomes import is_result
from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.standing import points_elsewhere, stands_alone
from rem_dagster.dreaming.draft.offline.tags import is_noun_like
from rem_dagster.dreaming.draft.offline.telling import clauses_of, in_diary_style, longest_told, without_when
from rem_dagster.dreaming.draft.offline.trim import listed, shortened
from rem_dagster.dreaming.draft.offline.words_verbs import is_past

LIMIT = 70
"""Characters of a title."""
_HOW_DO_I = re.compile(
    r"^(?:how (?:do|can|should|would|could) (?:I|we|you|one)|what(?:'s| is) the (?:best|right) way to"
    r"|is there a way to)\s+(.*)$",
    re.I,
)
_PLEASE = re.compile(
    r"^(?:(?:can|could|would) you(?: please)?|please|help me|I (?:want|need|would like"
    r"|'d like)(?: you)? to|let's|can we|we need to|I'm trying to)\s+(?:help me(?: to)?\s+)?(.*)$",
    re.I,
)
_HIM = re.compile(r"\b(?:him|her|them|it|he|she)\b(?! (?:own|first|last))", re.I)
_STATE = re.compile(
    r"\b(?:is|was|has been|felt) (?:\w+ly |so |really |very |pretty |super |still |just |also )*(?:glad"
    r"|happy|tired|excited|sure|able|here|sorry|proud|so|"
    r"keen|grateful|thankful|lucky|stoked|pumped|thrilled|interested|always|ready|curious|trying"
    r"|thinking|looking|feeling)\b|"
    r"\b(?:loved|liked|wanted|needed|thought|guessed|meant|remembered|used to)\b",
    re.I,
)
_PRONOUN_END = re.compile(
    r"\b(?:it|that|this|them|him|her|there|something|things|stuff|one|both|these|those|some|more|all"
    r"|ones|you|me|us)$|\b(?:it|both|that|this) (?:from|in|on|to|with|for|at)\b",
    re.I,
)
_VAGUE = re.compile(
    _PRONOUN_END.pattern
    + r"|\b(?:it|this|that|them|they|both)\b[,;.]|^I (?:don't|think|know|guess|hope|mean)\b|^(?:it|that"
    r"|this|they|you)\b|[“”\"]",
    re.I,
)


def titles_of_talk(
    candidates: Sequence[Candidate], people: Sequence[str], phrases: Sequence[str], language: str
) -> Iterator[str]:
    """Titles of a conversation between people, best first: what came of it, what each of them did, else
    what it was about."""
    if language == "en":
        if any(c.sentence.speaker is None and c.sentence.is_own for c in candidates):
            yield from _results(candidates)
        told = _told_best(candidates, people)
        pairs = [f"{told[a]}; {told[b]}" for a in told for b in told if a < b and not alike(told[a], told[b])]
        yield from (pair for pair in pairs if len(pair) <= LIMIT)
        yield from (told[name] for name in told if is_specific(told[name], people))
    heard = [name for name in people if any(c.sentence.speaker == name for c in candidates)]
    own = len(heard) < len(people)
    yield from _about(phrases, [*heard, *people] if own else people, language, own=own)


_WIDE = frozenset(
    """options kinds hurdles challenges ways stuff changes areas ideas aspects bunch bunches part lots
    adventures journey passion interests activities efforts steps choices decisions awareness sorts recent
    extended techniques options""".split()  # noqa: SIM905
)


def titles_of_own(
    candidates: Sequence[Candidate], phrases: Sequence[str], language: str, *, asks: bool
) -> Iterator[str]:
    """Titles of notes and of talk with an assistant, best first."""
    if language == "en":
        ranked = sorted(candidates, key=lambda c: -c.density)
        yield from (title for c in ranked[:12] if c.sentence.is_own and (title := _diary(c.sentence)))
        yield from (
            title for c in ranked[:12] if asks and c.sentence.is_own and (title := _request(c.sentence))
        )
        yield from _statements(ranked[:12])
    yield from _about(phrases, ["Asked about"] if asks and language == "en" else [], language)


def _told_best(candidates: Sequence[Candidate], people: Sequence[str]) -> dict[str, str]:
    """The best short thing that each person did or plans, those with the best first."""
    best: dict[str, tuple[float, str]] = {}
    for candidate in candidates:
        name = candidate.sentence.speaker
        if not name or name not in people or candidate.density <= best.get(name, (0.0, ""))[0]:
            continue
        told = longest_told(candidate.shown, name, limit=LIMIT)
        told = without_when(told) if told else None
        if told and _is_event(told, name) and len(told) > 0.6 * len(candidate.shown):
            best[name] = (candidate.density, told)
    return {name: told for name, (_, told) in sorted(best.items(), key=lambda pair: -pair[1][0])}


def _results(candidates: Sequence[Candidate]) -> Iterator[str]:
    """Results that the person whose day it is states, those on the talk's main topics first."""
    ranked = sorted((c for c in candidates if c.sentence.is_own), key=lambda c: -c.density)
    for candidate in ranked:
        if candidate.sentence.speaker is not None or not is_result(candidate.shown):
            continue
        for clause in reversed(clauses_of(candidate.shown)):
            title = without_when(in_diary_style(clause) or clause)
            if len(title) <= LIMIT and is_result(title) and stands_alone(clause) and not _VAGUE.search(title):
                yield title
                break


def is_specific(title: str, people: Sequence[str] = ()) -> bool:
    """Whether a title holds a word that says what it is about: no name, no verb, no small talk."""
    names = {part.lower() for name in people for part in name.split()}
    return any(
        weight_of(word) == 1.0
        and word.lower() not in names
        and word.lower() not in _WIDE
        and not is_past(word.lower())
        and not word.lower().endswith("ing")
        for word in words_of(title)
    )


def _is_event(told: str, name: str) -> bool:
    """Whether a told clause says what somebody did or plans, not what they like or feel."""
    words = told[len(name) :].lower().split()
    if len(words) < 4 or _PRONOUN_END.search(told) or _STATE.search(told) or _HIM.search(told):
        return False
    verb = next(
        (
            w
            for w in words
            if w
            not in ("just", "also", "finally", "recently", "actually", "really", "even", "still", "already")
        ),
        "",
    )
    return (is_past(verb) and verb not in ("was", "had", "did", "felt", "knew")) or verb in ("has", "is")


def _statements(ranked: Sequence[Candidate]) -> Iterator[str]:
    """Whole statements of a person that are short enough to be a title."""
    for candidate in ranked:
        text = without_when(candidate.shown.rstrip(".! "))
        if (
            candidate.sentence.is_own
            and candidate.trust >= 0.7
            and not _VAGUE.search(text)
            and len(text.split()) >= 4
            and stands_alone(text)
            and is_specific(text)
        ):
            yield text


def _diary(sentence: Sentence) -> str | None:
    """What the person did, without the "I", cut to a title."""
    text = sentence.core
    told = [
        d
        for clause in clauses_of(text)
        if (d := in_diary_style(clause)) and len(d) <= LIMIT and len(d.split()) >= 3
    ]
    title = without_when(told[-1]) if told else None
    return (
        None
        if title is None
        or not is_specific(title)
        or points_elsewhere(f"I {title}")
        or _PRONOUN_END.search(title)
        else title
    )


def _request(sentence: Sentence) -> str | None:
    """ "How do I x?" -> "How to x"; "Can you help me x?" -> "x"."""
    text = sentence.core.rstrip("?.! ")
    if found := _HOW_DO_I.match(text):
        return shortened(f"How to {found.group(1)}", LIMIT)
    if (found := _PLEASE.match(text)) and len(found.group(1).split()) >= 3:
        return shortened(found.group(1), LIMIT)
    return None


def _about(
    phrases: Sequence[str], people: Sequence[str], language: str, *, own: bool = False
) -> Iterator[str]:
    """Key phrases, with the people in front."""
    alone = own and bool(people) and language == "en"
    head = f"With {people[0]}" if alone else listed(people[:2], language=language)
    phrases = [p for p in phrases if language != "en" or is_noun_like(p)] or list(phrases)
    for count in (3, 2, 1):
        parts = list(phrases[:count])
        if not parts:
            continue
        about = listed(parts, language=language)
        yield f"{head}: {about}" if head and not head.startswith("Asked") else f"{head} {about}".strip()
        yield about if count == 1 else listed(parts[::-1], language=language)
