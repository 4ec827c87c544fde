"""What is a moment called?"""

import re
from collections.abc import Iterator, Sequence

from rem_dagster.dreaming.draft.offline.changes import Change
from rem_dagster.dreaming.draft.offline.choose import Candidate
from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.reading import Sentence, is_machine
from rem_dagster.dreaming.draft.offline.telling import clauses_of, in_diary_style, longest_told, without_opener, without_when
from rem_dagster.dreaming.draft.offline.trim import as_many_as_fit, first_upper, listed, shortened, starts_an_input
from rem_dagster.dreaming.draft.offline.words_verbs import is_past

LIMIT = 70
_HOW_DO_I = re.compile(r"^(?:how (?:do|can|should|would|could) (?:I|we|you|one)|what(?:'s| is) the (?:best|right) way to|is there a way to)\s+(.*)$", re.I)
_PLEASE = re.compile(
    r"^(?:(?:can|could|would) you(?: please)?|please|help me|I (?:want|need|would like|'d like)(?: you)? to|let's|can we|we need to|I'm trying to)\s+(?:help me(?: to)?\s+)?(.*)$",
    re.I,
)
_NAMES_A_FILE = re.compile(r"\.\w{1,5}$|^\d{4}-\d\d-\d\d|^\W*$")
_PRONOUN_END = re.compile(r"\b(?:it|that|this|them|him|her|there|something|things|stuff|one)$", re.I)


def title_of_changes(changes: Sequence[Change]) -> str:
    """Releases first, with their project; else the project and its weightiest changes."""
    released = _released(changes)
    projects = list(dict.fromkeys(change.project for change in changes))
    ranked = sorted((c for c in changes if not c.release), key=lambda c: -c.weight)
    if released:
        head = f"Released {listed(released)}"
        extra = next((text for c in ranked if c.weight >= 1 and len(text := f"{head}; {_line(c, 60)}") <= LIMIT), None)
        return extra or shortened(head, LIMIT)
    if len(projects) > 1:
        return _title_of_projects(ranked, projects)
    room = LIMIT - len(projects[0]) - 2
    lines = [_line(c, room if n == 0 else 40) for n, c in enumerate(ranked)]
    unique = list(dict.fromkeys(line for line in lines if len(line) > 5))
    kept = as_many_as_fit(unique[:1] + [u for u in unique[1:4] if not u.endswith("…")], limit=room, joint="; ")
    return shortened(f"{projects[0]}: {'; '.join(kept)}", LIMIT)


def titles_of_talk(group: Group, candidates: Sequence[Candidate], people: Sequence[str], phrases: Sequence[str], language: str) -> Iterator[str]:
    """Titles of a conversation between people, best first: what each of them did, else what it was about."""
    if language == "en":
        told = _told_best(candidates, people)
        pairs = [f"{told[a]}; {told[b]}" for a in told for b in told if a < b]
        yield from (pair for pair in pairs if len(pair) <= LIMIT)
        yield from (told[name] for name in told)
    yield from _about(phrases, people, language)


def titles_of_own(candidates: Sequence[Candidate], phrases: Sequence[str], language: str, *, asks: bool) -> Iterator[str]:
    """Titles of notes and of talk with an assistant, best first."""
    if language == "en":
        ranked = sorted(candidates, key=lambda c: -c.trust * sum(c.stems.values()) / (c.sentence.length + 8))
        yield from (title for c in ranked[:12] if c.sentence.is_own and (title := _diary(c.sentence)))
        yield from (title for c in ranked[:12] if c.sentence.is_own and (title := _request(c.sentence)))
    yield from _about(phrases, ["Asked about"] if asks and language == "en" else [], language)


def title_of_document(name: str, language: str) -> str | None:
    """The title of a document with a name worth repeating."""
    bare = name.strip().strip("#").strip()
    if _NAMES_A_FILE.search(bare) or len(bare.split()) < 2:
        return None
    return f"Notes on {shortened(bare, LIMIT - 9)}" if language == "en" else f"„{shortened(bare, LIMIT - 2)}“"


def fit_title(options: Iterator[str], group: Group, fallback: str) -> str:
    """The first option that is short enough and not the first words of an input."""
    texts = [reading.item.text[:600] for reading in group.readings]
    for option in options:
        title = first_upper(" ".join(option.split()))
        if 3 < len(title) <= LIMIT and not starts_an_input(title, texts):
            return title
    return fallback


def _released(changes: Sequence[Change]) -> list[str]:
    """ "datasette 0.64.1" and its like; later versions of one project without repeating its name."""
    seen: dict[str, list[str]] = {}
    for change in changes:
        if change.release and change.release not in seen.setdefault(change.project, []):
            seen[change.project].append(change.release)
    return [f"{project} {version}" if n == 0 else version for project, all_ in seen.items() for n, version in enumerate(all_)]


def _title_of_projects(ranked: Sequence[Change], projects: Sequence[str]) -> str:
    lines = [f"{p}: {_line(c, 30)}" for p in projects if (c := next((c for c in ranked if c.project == p), None))]
    kept = as_many_as_fit((line for line in lines if not line.endswith("…")), limit=LIMIT, joint="; ")
    return "; ".join(kept) if len(kept) > 1 else shortened(f"Small changes in {listed(projects)}", LIMIT)


def _line(change: Change, limit: int) -> str:
    told = shortened(change.told, limit)
    first = told.split(" ", 1)[0]
    return told[:1].lower() + told[1:] if is_past(first.lower()) and first[1:].islower() else told


def _told_best(candidates: Sequence[Candidate], people: Sequence[str]) -> dict[str, str]:
    """The best short thing that each person tells, those with the best first."""
    best: dict[str, tuple[float, str]] = {}
    for candidate in candidates:
        name = candidate.sentence.speaker
        told = longest_told(candidate.sentence.shown, name, limit=LIMIT) if name in people and name else None
        told = without_when(told) if told else None
        if not name or not told or len(told.split()) < 5 or _PRONOUN_END.search(told):
            continue
        worth = candidate.trust * sum(candidate.stems.values()) / (candidate.sentence.length + 8)
        if worth > best.get(name, (0.0, ""))[0]:
            best[name] = (worth, told)
    return {name: told for name, (_, told) in sorted(best.items(), key=lambda pair: -pair[1][0])}


def _diary(sentence: Sentence) -> str | None:
    """What the person did, without the "I", cut to a title."""
    text = without_opener(sentence.shown)
    told = [d for clause in clauses_of(text) if (d := in_diary_style(clause)) and len(d) <= LIMIT and len(d.split()) >= 3]
    title = without_when(told[-1]) if told else None
    return None if title is None or _PRONOUN_END.search(title) else title


def _request(sentence: Sentence) -> str | None:
    """ "How do I x?" -> "How to x"; "Can you help me x?" -> "x"."""
    text = without_opener(sentence.shown).rstrip("?.! ")
    if found := _HOW_DO_I.match(text):
        return shortened(f"How to {found.group(1)}", LIMIT)
    if (found := _PLEASE.match(text)) and len(found.group(1).split()) >= 3:
        return shortened(found.group(1), LIMIT)
    return None


def _about(phrases: Sequence[str], people: Sequence[str], language: str) -> Iterator[str]:
    """Key phrases, with the people in front."""
    head = listed(people[:2], language=language)
    for count in (3, 2, 1):
        parts = list(phrases[:count])
        if not parts:
            continue
        about = listed(parts, language=language)
        yield f"{head}: {about}" if head and not head.startswith("Asked") else f"{head} {about}".strip()
        yield about if count == 1 else listed(parts[::-1], language=language)


def is_question_session(group: Group) -> bool:
    """Whether a machine answers here."""
    return any(is_machine(reading.item) and reading.item.kind == "message" for reading in group.readings)
