"""How do several changes become one sentence?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.draft.offline.changes import Change, inside_a_line, released_in
from rem_dagster.dreaming.draft.offline.language import stem, weight_of, words_of
from rem_dagster.dreaming.draft.offline.trim import first_upper, listed, shortened
from rem_dagster.dreaming.draft.offline.words_verbs import AUXILIARIES, PAST_FORMS, is_past

LONGEST_PART = 100
_TRIVIAL = re.compile(
    r"^(?:typos?|fix|wip|tweaks?|oops|minor|lint|whitespace|untitled change|option)\b.{0,4}$", re.I
)
_STRONG = re.compile(r"^(?:releas|fix|ship|publish|launch|revert|rewr[io]t|remov)", re.I)


@dataclass(frozen=True)
class Part:
    """What one change did: a verb in the past and what it was done to."""

    verb: str
    object: str
    project: str

    @property
    def words(self) -> str:
        """Verb and object."""
        return f"{self.verb} {self.object}".strip()


def changes_told(changes: Sequence[Change], *, limit: int, most: int = 6, with_project: bool = True) -> str:
    """Releases and the weightiest changes in one sentence of at most `limit` characters; order of time.

    Changes with the same verb share it: "Added greedy search and robust prune". Empty where no change
    says anything.
    """
    places = _chosen(changes, most)
    while places:
        text = _sentence([changes[place] for place in sorted(places)], changes, with_project=with_project)
        if len(text) <= limit or len(places) == 1:
            return shortened(text, limit)
        places = places[:-1]
    return ""


def alike(one: str, other: str) -> bool:
    """Whether two lines share an identifier or most of their words."""
    mine, theirs = _stems(one), _stems(other)
    marked = {w for w in words_of(one) if re.search(r"[_.()\-]\w|[a-z][A-Z]", w)} & set(words_of(other))
    return bool(marked) or len(mine & theirs) * 2 >= max(1, min(len(mine), len(theirs)))


def part_of(change: Change) -> Part:
    """Verb and object of a change; "worked on" where its subject names a thing."""
    told = inside_a_line(shortened(change.told, LONGEST_PART))
    first, _, rest = told.partition(" ")
    if rest and is_past(first.lower()):
        return Part(first.lower(), rest, change.project)
    if told.lower().startswith("now ") or _is_clause(told):
        return Part("", told[:1].lower() + told[1:] if told.startswith("Now ") else told, change.project)
    return Part("worked on", _lower_noun(told), change.project)


def _chosen(changes: Sequence[Change], most: int) -> list[int]:
    """Places of the changes to tell, the most important first: the last release, then by weight."""
    released = [n for n, change in enumerate(changes) if change.release]
    ranked = sorted(
        (n for n in range(len(changes)) if n not in released),
        key=lambda n: (-changes[n].weight - _importance(changes[n].told), n),
    )
    kept: list[int] = []
    for place in ranked:
        subject = changes[place].subject
        is_new = not any(alike(subject, changes[other].subject) for other in kept)
        if is_new and len(kept) < most - bool(released) and not _TRIVIAL.match(subject):
            kept.append(place)
    return released[-1:] + (kept or ([] if released else ranked[:1]))


def _importance(told: str) -> float:
    """How much a reader wants to know of it beside its weight: what is merged or mended."""
    return 2.0 if told.startswith("Merged ") else float(bool(_STRONG.match(told)))


def _sentence(kept: Sequence[Change], changes: Sequence[Change], *, with_project: bool) -> str:
    several = with_project and len({change.project for change in kept}) > 1
    parts = [part_of(change) for change in kept if not change.release]
    clauses = _merged(parts, several=several)
    if any(change.release for change in kept):
        clauses.append(f"released {listed(released_in(changes))}")
    if len(clauses) < 2:
        return first_upper(clauses[0]) if clauses else ""
    nested = any(" and " in clause or "," in clause for clause in clauses)
    joint = "; " if nested and len(clauses) > 2 else ", "
    last = "; and " if joint == "; " else ", and " if nested else " and "
    return first_upper(joint.join(clauses[:-1]) + last + clauses[-1])


def _merged(parts: Sequence[Part], *, several: bool) -> list[str]:
    """One clause for each verb, in the order of its first use."""
    together: dict[tuple[str, str], list[str]] = {}
    for n, part in enumerate(parts):
        key = (part.verb, part.project if several else "") if part.verb else (str(n), "")
        together.setdefault(key, []).append(part.object)
    clauses = []
    for (verb, project), objects in together.items():
        ordered = sorted(objects, key=lambda text: text.count(",") + text.count(" and "))
        text = listed(ordered) if sum("," in o for o in ordered[:-1]) == 0 else "; ".join(ordered)
        head = "" if verb.isdigit() else f"{verb} "
        clauses.append(f"{head}{text}{f' in {project}' if project else ''}")
    return clauses


def _is_clause(told: str) -> bool:
    words = [word.lower() for word in words_of(told)]
    return any(
        word in AUXILIARIES or word in ("now", "works", "returns", "supports") for word in words[1:5]
    ) or (bool(words) and words[0] in PAST_FORMS)


def _lower_noun(told: str) -> str:
    """A noun phrase within a sentence: only a plain capitalised word loses its capital."""
    first = told.split(" ", 1)[0]
    plain = first[1:].islower() and (
        first.lower().endswith("ing") or weight_of(first) < 1 or first.lower() in _PLAIN
    )
    return told[:1].lower() + told[1:] if plain else told


def _stems(text: str) -> set[str]:
    return {
        stem(word) for word in words_of(text) if weight_of(word) > 0.3 and not is_past(word.lower())
    } - _COMMON


_PLAIN = frozenset(
    [
        "tests",
        "docs",
        "documentation",
        "initial",
        "basic",
        "improved",
        "extra",
        "faster",
        "unit",
        "example",
        "homepage",
        "release",
        "support",
    ]
)
_COMMON = {
    stem(word)
    for word in (
        "test",
        "tests",
        "docs",
        "documentation",
        "option",
        "support",
        "add",
        "fix",
        "added",
        "fixed",
    )
}
