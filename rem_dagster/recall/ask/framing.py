# ruff: noqa: SIM905 (a table of words reads better as running text)
"""Which words of a question only ask, and what kind of answer do they ask for?"""

import re
from collections.abc import Mapping
from typing import Literal

Kind = Literal[
    "recap",
    "last",
    "first",
    "said",
    "hours",
    "times",
    "who",
    "feeling",
    "productive",
    "related",
    "open",
    "find",
]
"""What a question wants: what happened, the last or first time, somebody's words, time counted, days
counted, people, moods, the best hours, neighbours in the graph, plans, or whatever tells of its topic."""


def _of(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_I = r"(?:i|we)\b"
_ASKED: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (
        "hours",
        (
            rf"how (?:many hours|much time)\b(?: (?:did|have|do|has) {_I})?",
            rf"how long (?:did|have|do) {_I}",
        ),
    ),
    ("times", (rf"how (?:often|many (?:times|days))\b(?: (?:did|have|do|has) {_I})?",)),
    (
        "last",
        (
            r"when (?:did|have|was|were) (?:i|we|it)? ?last\b",
            rf"(?:when (?:was|is) )?(?:the |my )?(?:very )?last time\b(?: (?:that )?{_I})?",
            r"when (?:was|is) (?:the|my) (?:last|latest)\b",
            r"when (?:did|have) (?:i|we) (?:most recently|recently)\b",
        ),
    ),
    (
        "first",
        (
            r"when (?:did|have|was|were) (?:i|we|it)? ?first\b",
            rf"(?:when (?:was|is) )?(?:the |my )?(?:very )?first time\b(?: (?:that )?{_I})?",
        ),
    ),
    (
        "productive",
        (
            r"when (?:was|am|were) i (?:the )?(?:most|least) (?:productive|focused)\b",
            r"(?:most|least) productive\b",
        ),
    ),
    (
        "feeling",
        (
            r"how (?:did|do|was|have) (?:i|we) (?:feel|felt|feeling)\b(?: about)?",
            r"how was my mood\b",
            r"my moods?\b",
            r"when (?:was|were) i (?:feeling )?(?=\w+(?:ed|y|ful|ous|d|m)\b)",
            r"what (?:made|makes) me (?:feel )?(?=\w)",
            r"what (?=frustrat|worri|excit)",
            r"when did i feel\b",
        ),
    ),
    ("related", (r"(?:what|who|which \w+)(?:['’]s| is| are) (?:related|connected|linked) (?:to|with)\b",)),
    ("who", (r"who (?:did|do|have|was|were|is|are|has|said|met)?\b", r"with whom\b", r"which people\b")),
    (
        "open",
        (
            r"what(?:['’]s| is| are) (?:still )?(?:open|left|pending|next)\b",
            r"(?:open|loose) (?:threads|ends)\b",
            r"to-?dos?\b",
            r"what (?:did|do|have) (?:i|we) plan(?:ned)?(?: (?:to do|for))?\b",
            r"what (?:are|were) (?:my|our) plans\b",
            r"what (?:should|must) i do\b",
        ),
    ),
    (
        "said",
        (
            r"what (?:did|does|has|had|was) (?P<keep>[\w .'’-]{1,40}?) (?:say|said|saying|tell(?: me| us)?"
            r"|told(?: me| us)?|write|written|mention|think|ask|answer|suggest)\b(?: about)?",
        ),
    ),
    (
        "recap",
        (
            r"(?:summari[sz]e|sum up|recap(?: of)?|review of|overview of|summary of)\b",
            r"what (?:did|have|was|were|had|has) (?:i|we) (?:been )?(?:do|done|doing|up to|get done"
            r"|accomplish(?:ed)?|achieved?|work(?:ed|ing)? on|learn(?:ed|t)?"
            r"|make|made|wrote|written|write)\b",
            r"what happened\b",
            r"how (?:was|did)\b(?= (?:my|the|today|yesterday|last|this))",
        ),
    ),
)
KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (_of(rf"\b(?:{'|'.join(patterns)})"), kind) for kind, patterns in _ASKED
)
"""Tried in this order; the words matched are no part of the topic, but for the group `keep`."""

_LOOSE = r"\b(?:of |in |on |for )?(?:my|our|the) (?:whole |entire )?{unit}\b(?=[\s?!.,]*$)"
SPANS: tuple[tuple[re.Pattern[str], str], ...] = (
    *(
        (_of(_LOOSE.format(unit=unit)), phrase)
        for unit, phrase in (
            *(("day", "today"), ("week", "this week")),
            *(("month", "this month"), ("year", "this year")),
        )
    ),
    (_of(r"\b(?:lately|recently|these days)\b"), "past 14 days"),
)
"""Times that a question names loosely."""

TYPES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (_of(r"\blearn(?:ed|t|ing)?\b"), ("learning",)),
    (_of(r"\b(?:what|hours|time|long|often|times)\b.*\b(?:reflect(?:ed|ing)?)\b"), ("reflection",)),
    (_of(r"\b(?:hours|time|long)\b.*\b(?:meetings|talking|communicat\w+)\b"), ("communication",)),
    (_of(r"\b(?:hours|time|long)\b.*\b(?:working|work)\b(?! on)"), ("work_session", "creation")),
)
"""Questions that mean moments of some types."""
TYPE_WORDS = frozenset(
    "learning learn learned learnt reflecting reflect reflected talking communicating communication "
    "working work meetings".split()
)
"""Words by which these questions name the types; they are no topic then."""

FEELINGS: Mapping[str, frozenset[str]] = {
    name: frozenset((name, *forms.split()))
    for name, forms in {
        "frustrated": "frustrating frustrate frustrates frustration annoyed annoying stuck",
        "happy": "happiness glad joyful",
        "satisfied": "satisfying satisfaction content",
        "excited": "exciting excitement excite excites",
        "curious": "curiosity",
        "worried": "worry worries worrying anxious nervous",
        "tired": "exhausted tiring tiredness",
        "focused": "focus concentrated",
        "productive": "productivity",
        "proud": "pride",
        "grateful": "thankful gratitude",
        "relieved": "relief",
        "calm": "relaxed",
        "sad": "sadness unhappy",
        "angry": "anger",
        "surprised": "surprising surprise",
        "hopeful": "hope hoping",
        "amused": "amusing funny",
        "lonely": "loneliness alone",
        "confused": "confusing confusion",
    }.items()
}
"""Each feeling with the words by which a question means it."""

FRAME = frozenset(
    """
    do did does done doing work worked working works happen happened happening happens tell told tells show
    give gave find summarize summarise summary recap review overview sum describe explain say said says saying
    talk talked talking speak spoke mention mentioned mentions write wrote written think thought ask asked
    know known remember recall about regarding concerning last latest recent recently first time times come
    came comes result results outcome outcomes learn learned learnt feel felt feeling feelings mood moods
    spend spent much many long often hours hour minutes days day weeks week productive most least anything
    something everything all things thing stuff please can could would should might have has had go went goes
    going get got been what's whats related connected linked relate people whom who's met meet meeting
    meetings i'm i've i'd me my we let notes note diary entry entries moments moment messages message case
    exactly actually really ever yet still already just now also kind sort way end up make made take took any
    some there here there's here's if whether next best worst more less both since regards far today's keep
    kept use used using decide decided decision hear heard lately is it did i you he she they them his her
    their our us
    """.split()
)
"""Words that ask, and say nothing of what about."""
