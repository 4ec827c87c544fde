"""How is one group of items written down?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.draft.offline.changes import Change, change_of
from rem_dagster.dreaming.draft.offline.choose import Candidate, candidates_of, choose
from rem_dagster.dreaming.draft.offline.feelings import feelings_of
from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.kinds import moment_type_of
from rem_dagster.dreaming.draft.offline.outcomes import outcomes_of_changes, outcomes_of_talk
from rem_dagster.dreaming.draft.offline.people import participants_of, people_of
from rem_dagster.dreaming.draft.offline.phrases import phrases_of, tag_of
from rem_dagster.dreaming.draft.offline.plans import plans_of
from rem_dagster.dreaming.draft.offline.quotes import quote_of
from rem_dagster.dreaming.draft.offline.reading import Reading, Sentence, is_machine
from rem_dagster.dreaming.draft.offline.summary import summary_of
from rem_dagster.dreaming.draft.offline.titles import (
    fit_title,
    is_question_session,
    title_of_changes,
    title_of_document,
    titles_of_own,
    titles_of_talk,
)
from rem_dagster.model.draft import DraftMoment, DraftQuote

MOST_TAGS = 5
MOST_QUOTES = 3


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

    @property
    def named(self) -> bool:
        """Whether several people talk, so that a sentence needs its speaker."""
        return len(self.speakers) > 1


def material_of(group: Group, language: str) -> Material:
    """What a moment is written from."""
    commits = [r for r in group.readings if r.item.category == "commit"]
    changes = [change_of(r.item) for r in commits if not is_machine(r.item)] or [change_of(r.item) for r in commits]
    others = [reading for reading in group.readings if reading.item.category != "commit"]
    speakers = participants_of(others)
    candidates = candidates_of(others, language)
    sentences = [c.sentence for c in candidates] + [s for r in commits if not is_machine(r.item) for s in r.sentences[:4]]
    return Material(
        group=group,
        language=language,
        changes=tuple(changes),
        candidates=tuple(candidates),
        speakers=speakers,
        phrases=tuple(phrases_of(sentences, language, drop=speakers)),
    )


def moment_of(material: Material, types: Mapping[str, str]) -> DraftMoment:
    """The moment that a group becomes."""
    sentences = [c.sentence for c in material.candidates]
    people = people_of(material.group)
    outcomes = outcomes_of_changes(material.changes) + outcomes_of_talk(sentences, named=material.named)
    chosen = choose(material.candidates, words=65, most=3)
    return DraftMoment(
        name=title_of(material),
        summary=summary_of(material.changes, chosen, material.group, named=material.named, language=material.language),
        moment_type=moment_type_of(material.group, material.speakers, types),
        tags=tags_of(material),
        emotions=feelings_of(sentences),
        people=people,
        outcomes=tuple(dict.fromkeys(outcomes))[:3],
        handles=tuple(reading.item.handle for reading in material.group.readings),
        evidence=evidence_of(material, chosen),
        intentions=plans_of(sentences, named=material.named),
    )


def title_of(material: Material) -> str:
    """The title: of the changes if there are any, else of the talk, the document or the notes."""
    group, language = material.group, material.language
    fallback = _plain_title(group)
    if material.changes:
        return fit_title(iter([title_of_changes(material.changes)]), group, fallback)
    named = next((r.item.name for r in group.readings if r.item.category in ("document", "web", "event") and r.item.name), None)
    if named and (title := title_of_document(named, language)):
        return title
    if material.named:
        options = titles_of_talk(group, material.candidates, material.speakers, material.phrases, language)
    else:
        options = titles_of_own(material.candidates, material.phrases, language, asks=is_question_session(group))
    return fit_title(options, group, fallback)


def tags_of(material: Material) -> tuple[str, ...]:
    """Projects, then key phrases, as tags; none twice."""
    projects = [tag_of(change.project) for change in material.changes]
    releases = ["release"] if any(change.release for change in material.changes) else []
    tags = [*projects, *releases, *(tag_of(phrase) for phrase in material.phrases)]
    return tuple(dict.fromkeys(tag for tag in tags if len(tag) > 1))[:MOST_TAGS]


def evidence_of(material: Material, chosen: Sequence[Sentence]) -> tuple[DraftQuote, ...]:
    """At most three quotes: of what the summary tells, else of any sentence."""
    quotes: list[DraftQuote] = []
    commits = {change.handle for change in sorted(material.changes, key=lambda c: -c.weight)[:3]}
    subjects = [s for r in material.group.readings if r.item.handle in commits for s in r.sentences[:1]]
    rest = [s for reading in material.group.readings for s in reading.sentences[:3]]
    for sentence in [*chosen, *subjects, *rest]:
        quote = quote_of(sentence.text)
        if quote and all(q.quote != quote for q in quotes) and len(quotes) < (MOST_QUOTES if sentence not in rest else 1):
            quotes.append(DraftQuote(handle=sentence.handle, quote=quote))
    return tuple(quotes)


def _plain_title(group: Group) -> str:
    """What to call a moment of which nothing else can be said."""
    counts = {"message": 0, "resource": 0}
    for reading in group.readings:
        counts[reading.item.kind] += 1
    if counts["message"]:
        return "A short exchange" if counts["message"] > 1 else "A short message"
    return "A short note" if counts["resource"] == 1 else "Several short notes"


def readings_in(group: Group) -> tuple[Reading, ...]:
    """The readings that people wrote, all where there are none."""
    return tuple(r for r in group.readings if not is_machine(r.item)) or group.readings
