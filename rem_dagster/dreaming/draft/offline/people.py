"""Who takes part or is named?"""

import re
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.language import words_of
from rem_dagster.dreaming.draft.offline.reading import ASSISTANTS, Reading, Sentence, is_machine
from rem_dagster.dreaming.draft.offline.trim import attendees_in
from rem_dagster.dreaming.draft.offline.words_common import CHATTER
from rem_dagster.dreaming.draft.offline.words_function import ENGLISH

_NAME = r"([A-ZÀ-Þ][a-zà-ÿ]+(?:\s[A-ZÀ-Þ][a-zà-ÿ]+)?)"
_STRONG = (
    re.compile(
        rf"\b(?:met|told|asked|thanked|paired with|(?:lunch|dinner|coffee|call|walk|run|breakfast) with"
        rf"|visited|hugged|thanks to|questions? for|message from|soup for)\s+{_NAME}(?=\s|[.,!?;:)]|$)"
    ),
    re.compile(
        rf"(?:^|\s){_NAME}\s+(?:said|says|asked|told|thinks|thought|wants|wanted|owns|suggested|agreed"
        rf"|mentioned|reviewed|offered|sent|wrote|called|came|takes|promised|noticed|prefers|typed|laughed"
        r"|approved|joins|deserved|confirmed|plays|watches)\b"
    ),
    re.compile(
        r"\b(?:my|our) (?:\w+ )?(?:friend|sister|brother|wife|husband|partner|boss|colleague|son|daughter"
        r"|cousin|neighbour|neighbor|mentor|aunt|uncle|coworker)(?:,| is|'s name is)?\s+" + _NAME
    ),
    re.compile(r"\b[Tt]hanks,? (?:to )?@([A-Za-z][\w-]{2,30})\b"),
)
_WEAK = (
    re.compile(
        rf"\b(?:with|and|for|from|to)\s+{_NAME}(?=[.,!?;:)]|\s+(?:and|after|before|at|in|on|about|for|who|to)\b|$)"
    ),
    re.compile(rf"(?:^|\s){_NAME}['’]s\s+[a-z]+"),
)
_CO_AUTHOR = re.compile(r"^Co-authored-by:\s*([^<\n]+?)\s*<", re.I | re.M)
_GROUPS = frozenset(
    """doctors nurses teachers people users developers researchers experts friends kids customers parents
    companies actions students engineers scientists critics officials everyone someone guys police
    contributors maintainers nature science music life art yoga christmas thanksgiving""".split()  # noqa: SIM905
)
_NO_PERSON = re.compile(
    r"^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May"
    r"|June|July|August|September|October|"
    r"November|December|Python|Rust|Git\w*|Google|Apple|Linux|Docker|Postgres\w*|SQL\w*|Java\w*"
    r"|Datasette|Django|Slack|Zoom|Europe|"
    r"America|Canada|Paris|London|Berlin|Lisbon|English|German|French|Spanish|Christmas|God|Internet"
    r"|Dagster|Lance\w*|Nobody|Claude|"
    r"Mum|Mom|Dad|Vamana|Chapter|Section|Chrome|Firefox|Mozilla|Windows|Amazon|Twitter|Heroku|Vercel"
    r"|Jinja\w*|Fly)\b"
)
MOST = 8


def people_of(group: Group) -> tuple[str, ...]:
    """Names of those who take part, then of those who are named as only people are; when unsure, nobody."""
    names = dict.fromkeys(name for reading in group.readings for name in _participants(reading))
    authors = dict.fromkeys(_commit_authors(group.readings))
    if len(authors) > 1:
        names.update(authors)
    names.update(dict.fromkeys(name for reading in group.readings for name in _attendees(reading)))
    known = {part for name in names for part in name.split()}
    for name in (name for reading in group.readings for name in named_by(reading)):
        if name.split()[0] not in known:
            names[name] = None
            known.update(name.split())
    return tuple(names)[:MOST]


def named_by(reading: Reading) -> list[str]:
    """People whom an item names: in a commit only those that it thanks or shares its authorship with."""
    item = reading.item
    if is_machine(item):
        return []
    if item.category == "commit":
        thanked = [found.group(1) for found in _STRONG[-1].finditer(item.text[:4000])]
        return [*(found.group(1).strip() for found in _CO_AUTHOR.finditer(item.text[:20_000])), *thanked]
    return [name for sentence in reading.sentences if sentence.is_own for name in named_in(sentence)]


def named_in(sentence: Sentence) -> list[str]:
    """People that a sentence names in a way in which only people are named."""
    sure = [match.group(1) for pattern in _STRONG for match in pattern.finditer(sentence.text)]
    technical = sentence.source in ("document", "web", "commit", "other") or "`" in sentence.text
    if not technical and sentence.speaker is None and sentence.source in ("note", "event"):
        sure += [match.group(1) for pattern in _WEAK[1:] for match in pattern.finditer(sentence.text)]
        sure += [
            match.group(1)
            for match in _WEAK[0].finditer(sentence.text)
            if match.group(0).startswith(("with", "and"))
        ]
    if technical:
        sure = [name for name in sure if sentence.first_person and " " in name]
    return [name for name in sure if _may_be_person(name)]


def participants_of(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Those who speak."""
    return tuple(dict.fromkeys(name for reading in readings for name in _participants(reading)))


def _participants(reading: Reading) -> list[str]:
    return [
        name for name in reading.speakers if not is_machine(reading.item) and name.lower() not in ASSISTANTS
    ]


def _attendees(reading: Reading) -> list[str]:
    """Those who attend an event, where its text or name says so too."""
    item = reading.item
    attendees = attendees_in(item.metadata) if item.category == "event" else []
    if not attendees:
        return []
    said = {
        word.casefold().removesuffix("'s") for word in words_of(f"{item.text[:25_000]} {item.name or ''}")
    }
    return [name for name in attendees if {part.casefold() for part in name.split()} & said]


def _commit_authors(readings: Sequence[Reading]) -> list[str]:
    commits = (r.item for r in readings if r.item.category == "commit" and not is_machine(r.item))
    return [name for item in commits if (name := item.author or str(item.metadata.get("author") or ""))]


def _may_be_person(name: str) -> bool:
    first = name.split(maxsplit=1)[0]
    if _NO_PERSON.match(name) or first.lower() in ENGLISH or first.lower() in CHATTER:
        return False
    return first.lower() not in ASSISTANTS and first.lower() not in _GROUPS
