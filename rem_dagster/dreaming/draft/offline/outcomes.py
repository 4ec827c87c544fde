"""What came of it?"""

import re
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.changes import Change
from rem_dagster.dreaming.draft.offline.reading import Sentence
from rem_dagster.dreaming.draft.offline.standing import stands_alone
from rem_dagster.dreaming.draft.offline.telling import clauses_of, in_diary_style, longest_told
from rem_dagster.dreaming.draft.offline.trim import first_upper, shortened

MOST = 3
LIMIT = 90
_DONE = re.compile(
    r"\b(?:merged|released|shipped|deployed|fixed (?:the|a|an|it|that|this|my|our|all)|solved|resolved"
    r"|decided|agreed|finished|completed|launched|published|passed|"
    r"moved? to (?:mon|tues|wednes|thurs|fri|satur|sun)day|postponed|cancelled|signed|booked|bought"
    r"|got the (?:job|offer|keys)|won|"
    r"adopted|accepted|graduated|approved|submitted|(?:goes|went|down|up|dropped|fell|rose"
    r"|improved) (?:\w+ )?(?:from .{1,20} )?to \d|"
    r"(?:is|are|now) (?:at )?\d+(?:\.\d+)?\s?%|works now|it works|all green|tests pass(?:ed)?|(?:is"
    r"|are) (?:now )?(?:done|live|out|in|up)(?=$))(?!\w)",
    re.I,
)
_FIGURE = re.compile(r"\b\d[\d.,]*\s?(?:%|ms\b|s\b|min\b|GB\b|MB\b|km\b|kilomet|points\b|times\b)", re.I)
_VAGUE = re.compile(r"^(?:this|that|it|these|they|he|she|there|which|then|\w+ing|you|your)\b", re.I)
_NOT_DONE = re.compile(
    r"\b(?:not|n't|never|if|should|would|could|will|might|maybe|hope|want|need to|going to|almost"
    r"|nearly|until|has to|have to|must|to be|before|when|once|after|while|due|what|how|whether"
    r"|which|able)\b|n't\b",
    re.I,
)


def outcomes_of_changes(changes: Sequence[Change]) -> list[str]:
    """Releases, then the weightiest changes that say what was done."""
    released = [f"Released {c.project} {c.release}" for c in changes if c.release]
    ranked = sorted((c for c in changes if not c.release and c.weight >= 1), key=lambda c: -c.weight)
    done = [_with_issue(c) for c in ranked if c.is_done or c.closes]
    return list(dict.fromkeys(released + done))[:MOST]


def outcomes_of_talk(sentences: Sequence[Sentence], *, named: bool) -> list[str]:
    """Clauses in which a person states a result; nothing that is denied, asked or only hoped."""
    found: dict[str, None] = {}
    for sentence in sentences:
        if sentence.is_own and not sentence.is_question and sentence.length <= 45:
            for clause in _result_clauses(sentence):
                found.setdefault(_told(clause, sentence, named=named), None)
    return [text for text in found if 8 < len(text) <= LIMIT][:MOST]


def is_measured(text: str) -> bool:
    """Whether an outcome names a figure that was reached: `214 s to 51 s`, `recall is 95.4%`."""
    return bool(_DONE.search(text)) and bool(_FIGURE.search(text))


def is_result(text: str) -> bool:
    """Whether a sentence states a result: something done, decided, or measured with a figure."""
    done = bool(_DONE.search(text)) or bool(_FIGURE.search(text))
    return done and not _NOT_DONE.search(text.split(",", 1)[0])


def _with_issue(change: Change) -> str:
    told = first_upper(shortened(change.told, LIMIT - 14))
    return f"{told} ({change.closes})" if change.closes else told


def _result_clauses(sentence: Sentence) -> list[str]:
    """The shortest beginning of the sentence that holds a result."""
    text = re.sub(r"^So (?:we agreed: )?(?=[A-Za-z])", "", sentence.core)
    for clause in clauses_of(text):
        if _DONE.search(clause):
            fits = len(clause) <= LIMIT and len(clause.split()) >= 4 and not _VAGUE.match(clause)
            whole = fits and stands_alone(clause) and clause.count("(") == clause.count(")")
            return [clause] if whole and not _NOT_DONE.search(clause) else []
    return []


def _told(clause: str, sentence: Sentence, *, named: bool) -> str:
    if named and sentence.speaker:
        told = longest_told(clause, sentence.speaker, limit=LIMIT)
        return told or ("" if sentence.first_person else first_upper(clause))
    return first_upper(in_diary_style(clause) or clause)
