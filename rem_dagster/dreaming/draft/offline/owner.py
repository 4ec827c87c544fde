"""Whose day is it, among those who speak?"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rem_dagster.dreaming.draft.offline.language import words_of
from rem_dagster.model.day import DayItem

KNOWN, LIKELY = 3, 2
"""Votes of a sign that is certain, and of one that needs no second only where nobody else has any."""


def owner_of(items: Sequence[DayItem], user_id: str = "") -> str | None:
    """The author under whose name the home's person writes; None where that cannot be told.

    Signs are the author's name in the user's id or in a commit, conversations with several people of
    which only they are in all, and notes that name the others. Two people who only
    talk to each other give no sign: both are told by their names.
    """
    authors = list(dict.fromkeys(item.author for item in items if item.kind == "message" and item.author))
    votes: Counter[str] = Counter()
    for author in authors:
        votes[author] += KNOWN * (_first(author) in _folded(user_id))
        votes[author] += KNOWN * any(_first(author) == _first(name) for name in _commit_authors(items))
    votes.update(_in_every_conversation(items))
    votes.update(_unnamed_in_notes(items, authors))
    ranked = [pair for pair in votes.most_common(2) if pair[1] > 0]
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def is_owner(name: str | None, owner: str | None) -> bool:
    """Whether a speaker's name is the owner's, with or without the family name."""
    return bool(name and owner) and _first(str(name)) == _first(str(owner))


def _commit_authors(items: Iterable[DayItem]) -> set[str]:
    names = (
        item.author or str(item.metadata.get("author") or "") for item in items if item.category == "commit"
    )
    return {name for name in names if name.strip()}


def _in_every_conversation(items: Iterable[DayItem]) -> Counter[str]:
    """Whoever is in each of several conversations with different people."""
    threads: dict[str, set[str]] = {}
    for item in items:
        if item.kind == "message" and item.author and item.role == "user":
            threads.setdefault(item.thread, set()).add(item.author)
    talks = list({frozenset(people) for people in threads.values() if len(people) > 1})
    common = frozenset.intersection(*talks) if len(talks) > 1 else frozenset()
    return Counter(dict.fromkeys(common, LIKELY))


def _unnamed_in_notes(items: Sequence[DayItem], authors: Sequence[str]) -> Counter[str]:
    """Who writes notes names the others in them, and not themselves."""
    words = {word for item in items if item.category in ("note", "event") for word in _folded(item.text)}
    if "i" not in words:
        return Counter()
    named = [author for author in authors if _first(author) in words]
    unnamed = [author for author in authors if author not in named]
    return Counter({unnamed[0]: LIKELY}) if named and len(unnamed) == 1 else Counter()


def _first(name: str) -> str:
    return re.split(r"[\s.@_-]", name.strip().casefold(), maxsplit=1)[0]


def _folded(text: str) -> set[str]:
    return {part for word in words_of(text) for part in re.split(r"[._'-]", word.casefold())}
