"""Which tags does a moment get?"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rem_dagster.dreaming.draft.offline.changes import Change
from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.language import words_of
from rem_dagster.dreaming.draft.offline.phrases import tag_of
from rem_dagster.dreaming.draft.offline.words_verbs import IRREGULAR, PAST_FORMS, PRESENT, is_past, past_of

MOST_TAGS = 6
MOST_CURATED = 4
MOST_MACHINE, MOST_PARTS = 3, 2
"""Key phrases beside tags that people gave, and the hyphens that a key phrase may not reach."""
_NOUNS_TOO = frozenset(
    """build cache index graph test release search design list map report plan call run walk set order record
    format query review work watch talk visit play study train table sample score trace display filter
    output log document comment change sketch patch pin pull push queue lock load cover package stream
    benchmark experience drive dance hike cook dress catch draw sleep swim paint climb phone hand show
    name point process question seed stub hook block bundle access import export install share track port
    check match limit guard group link label""".split()  # noqa: SIM905
)
_LETTERS = re.compile(r"[^\W_]+")
_VERBS_TOO = frozenset(
    """fit survive gain admit depend land stick receive miss improve touch discuss notice throw promise fall
    owe edit apply chat argue hate surprise spread""".split()  # noqa: SIM905
)
_NO_NOUN = re.compile(
    r"^(?:\d.*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fourteen|sixteen|twenty"
    r"|hundred|thousand|million|min|ms|\w+days?|late|nervous|angry|heavy|busy|explicit|regarding|including|according|such|own|several|instead|hers?|ours?|theirs?)$"
)


def tags_of(
    group: Group,
    changes: Sequence[Change],
    phrases: Sequence[str],
    vocabulary: Sequence[str],
    people: Iterable[str],
) -> tuple[str, ...]:
    """At most six: projects, the tags that people gave, then key phrases that are things; none twice.

    `vocabulary` holds every tag that somebody gave that day: one that is in a moment's words fits it.
    """
    projects = [tag_of(change.project) for change in changes]
    releases = ["release"] if any(change.release for change in changes) else []
    named = {part.casefold() for name in people for part in name.split()}
    machine = [tag_of(phrase) for phrase in phrases if is_noun_like(phrase) and not _words(phrase) & named]
    curated = _curated(group, vocabulary)
    tags = dict.fromkeys(tag for tag in [*projects, *releases, *curated] if len(tag) > 1)
    room = MOST_MACHINE if len(tags) > 2 else MOST_TAGS
    for tag in machine:
        if (
            len(tag) > 1
            and tag.count("-") < MOST_PARTS
            and not any(set(tag.split("-")) <= set(other.split("-")) for other in tags)
        ):
            tags[tag] = None
            room -= 1
        if room <= 0:
            break
    return tuple(tags)[:MOST_TAGS]


def is_noun_like(phrase: str) -> bool:
    """Whether a phrase names a thing: no verb leads or ends it.

    >>> is_noun_like("vector search"), is_noun_like("build fails"), is_noun_like("owe Tomás")
    (True, False, False)
    """
    words = [word.lower() for word in words_of(phrase)]
    if not words or any(_NO_NOUN.match(word) for word in words):
        return False
    return not any(_is_verb(word, alone=len(words) == 1) for word in (words[0], words[-1]))


def _curated(group: Group, vocabulary: Sequence[str]) -> list[str]:
    """Tags of the moment's own items, most frequent first, then those of the day that it mentions."""
    own = Counter(tag_of(tag) for reading in group.readings for tag in reading.item.tags)
    text = " ".join(
        f"{r.item.name or ''} {r.item.session_title or ''} {r.item.text[:25_000]}" for r in group.readings
    ).casefold()
    flat = f" {' '.join(_LETTERS.findall(text))} "
    mentioned = [
        tag for tag in map(tag_of, vocabulary) if tag not in own and f" {tag.replace('-', ' ')} " in flat
    ]
    return [*[tag for tag, _ in own.most_common()], *mentioned][:MOST_CURATED]


def _is_verb(word: str, *, alone: bool) -> bool:
    base = word.removesuffix("s")
    if {word, base, word.removesuffix("es")} & _VERBS_TOO:
        return True
    if word in _NOUNS_TOO or (base in _NOUNS_TOO and not alone and word != base):
        return False
    known = PRESENT | IRREGULAR.keys()
    if word.endswith("ing") and len(word) > 5:
        return not alone and past_of(word.removesuffix("ing")) is not None
    return (
        word in known
        or base in known
        or past_of(word) is not None
        or past_of(base) is not None
        or is_past(word)
        or word in PAST_FORMS
    )


def _words(phrase: str) -> set[str]:
    return {word.casefold().removesuffix("'s") for word in words_of(phrase)}
