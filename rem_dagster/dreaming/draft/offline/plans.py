"""What does a person plan to do?"""

import re
from collections.abc import Sequence
from functools import lru_cache

from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.telling import longest_told
from rem_dagster.model.draft import DraftStatement

MOST = 3
_PLAN = re.compile(
    r"\b(?:I(?:'|’)ll|I will|I(?:'m| am|’m) (?:going to|gonna|planning (?:to|on)|about to)|I (?:need"
    r"|have|plan|intend) to|I must|"
    r"I want to (?:start|try|finish|write|build|get|make|read|learn|fix)|we(?:'|’)ll|we(?:'re|’re"
    r"| are) (?:going to|planning (?:to|on))|"
    r"ich (?:werde|muss|will))|\b(?:tomorrow|next (?:week|month|weekend)),? I (?:start|go|fly|meet|write"
    r"|finish|begin|leave|try|run|look)\b|^(?:TODO|To do|Tomorrow)\s*[:,]",
    re.I,
)
_IDLE = re.compile(
    r"\b(?:give it|have a feeling|I think|do my best|in a bit|have a great time"
    r"|let you know|keep you posted|be there|see you|talk to you|check it out|keep (?:that"
    r"|it) in mind|think about it|try to|"
    r"have to say|have to admit|need to remember|miss|definitely (?:check|try|keep)|be sure|I'll (?:be"
    r"|take|let|keep|check|admit|see|never|catch)|I will be|"
    r"have to (?:agree|be honest)|if I|if we|would have to|will not|won['’]t|don['’]t (?:want|need|have)"
    r"|will have to see|unless|when I(?:'m| am)|might|maybe|could|said)\b",
    re.I,
)


def plans_of(sentences: Sequence[Sentence], *, named: bool) -> tuple[DraftStatement, ...]:
    """At most three stated plans; told with the speaker's name where several people talk."""
    found: list[DraftStatement] = []
    for sentence in sentences:
        if len(found) == MOST:
            break
        if is_plan(sentence):
            found.append(DraftStatement(text=_told(sentence, named=named), handles=(sentence.handle,)))
    return tuple(found)


def is_plan(sentence: Sentence) -> bool:
    """Whether a person states a plan here."""
    return sentence.is_own and not sentence.is_question and _is_plan(sentence.shown)


@lru_cache(maxsize=4_096)
def _is_plan(text: str) -> bool:
    if re.match(r"(?:if|when|should)\b", text, re.I) or len(re.findall('[“”"]', text)) > 0:
        return False
    return bool(_PLAN.search(text)) and not _IDLE.search(text) and 4 <= len(text.split()) <= 40


def _told(sentence: Sentence, *, named: bool) -> str:
    text = re.sub(r"^(?:So|And|But|Then|Okay),? (?=I\b)", "", sentence.core)
    if not named or not sentence.speaker:
        return text
    return longest_told(sentence.core, sentence.speaker, limit=200) or f"{sentence.speaker}: “{text}”"
