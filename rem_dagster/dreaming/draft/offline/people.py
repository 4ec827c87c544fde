"""Who takes part or is named?"""

import re
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.reading import ASSISTANTS, Reading, Sentence, is_machine
from rem_dagster.dreaming.draft.offline.words_common import CHATTER
from rem_dagster.dreaming.draft.offline.words_function import ENGLISH

_NAME = r"([A-ZÀ-Þ][a-zà-ÿ]+(?:\s[A-ZÀ-Þ][a-zà-ÿ]+)?)"
_NAMED = (
    re.compile(
        rf"\b(?:with|met|called|told|asked|thanked|saw|from|between|paired with|lunch with|call with"
        rf"|by)\s+{_NAME}(?=\s|[.,!?;:)]|$)"
    ),
    re.compile(
        rf"(?:^|\s){_NAME}\s+(?:said|says|asked|told|thinks|thought|wants|wanted|owns|suggested|agreed"
        rf"|mentioned|reviewed|offered|"
        r"sent|wrote|called|came|will|takes|promised|noticed|prefers|found)\b"
    ),
    re.compile(r"(?:^|\s)@([A-Za-z][\w-]{2,30})\b"),
    re.compile(
        r"\bmy (?:friend|sister|brother|wife|husband|partner|boss|colleague|son|daughter|cousin"
        r"|neighbour|neighbor|mentor)\s+" + _NAME
    ),
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
    """Names of those who take part, then of those who are named; each stands in an item or wrote one."""
    names = dict.fromkeys(name for reading in group.readings for name in _participants(reading))
    authors = dict.fromkeys(_commit_authors(group.readings))
    if len(authors) > 1:
        names.update(authors)
    named = (name for r in group.readings for s in r.sentences if s.is_own for name in named_in(s))
    known = {part for name in names for part in name.split()}
    for name in named:
        if name.split()[0] not in known:
            names[name] = None
            known.update(name.split())
    return tuple(names)[:MOST]


def named_in(sentence: Sentence) -> list[str]:
    """People that a sentence names in a way in which only people are named."""
    found = [match.group(1) for pattern in _NAMED for match in pattern.finditer(sentence.text)]
    return [name for name in found if _may_be_person(name)]


def participants_of(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Those who speak."""
    return tuple(dict.fromkeys(name for reading in readings for name in _participants(reading)))


def _participants(reading: Reading) -> list[str]:
    return [
        name for name in reading.speakers if not is_machine(reading.item) and name.lower() not in ASSISTANTS
    ]


def _commit_authors(readings: Sequence[Reading]) -> list[str]:
    commits = (r.item for r in readings if r.item.category == "commit" and not is_machine(r.item))
    return [name for item in commits if (name := item.author or str(item.metadata.get("author") or ""))]


def _may_be_person(name: str) -> bool:
    first = name.split(maxsplit=1)[0]
    if _NO_PERSON.match(name) or first.lower() in ENGLISH or first.lower() in CHATTER:
        return False
    return first.lower() not in ASSISTANTS
