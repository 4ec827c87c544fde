"""Did several people work something out together?

A conversation counts only where at least two people said two sentences or more, one of them asked or
proposed something, and a later sentence, said when both had spoken, states what they agreed on.
"""

import re
from collections import Counter
from collections.abc import Sequence

from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.outcomes import LIMIT
from rem_dagster.dreaming.draft.offline.reading import Reading, Sentence, is_machine
from rem_dagster.dreaming.draft.offline.trim import first_upper, shortened

FEWEST_PEOPLE, FEWEST_SENTENCES = 2, 2
FEWEST_WORDS, MOST_WORDS = 5, 40
"""Words of a sentence that states an agreement."""
OWNER = ""
"""The person whose day it is, where the source does not name them."""
_PROPOSAL = re.compile(
    r"\b(?:what if|how about|what about|should we|could we|shall we|why don['’]t we|let['’]s|let us|we could"
    r"|we should|I(?:['’]d)? (?:suggest|propose)|one option|another option|instead of|either)\b",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"\b(?:we|both|all of us|everyone|everybody|the team)(?:['’]ve| have)? (?:\w+ )?(?:agreed?|decided"
    r"|settled|concluded|converged|figured|(?:worked|sorted) (?:it |that |this )?out|solved|chose)\b"
    r"|^(?:so |ok(?:ay)?,? |great,? |good,? )*(?:agreed|decided|settled)(?:\b[:,]| (?:that|on|to|then)\b|$)"
    r"|\b(?:let['’]s|we['’]ll|we will) (?:go|do it|stick) (?:with|that way)\b|\bthen we(?:['’]ll| will)\b"
    r"|\b(?:the )?decision(?: is|:)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:so|ok(?:ay)?|great|good|agreed|decided|settled)[,:.!]? )+(?=\w+ \w)", re.IGNORECASE
)
_NOT_AGREED = re.compile(
    r"\b(?:not|never|if|until|unless|hope|maybe|might|haven['’]t|didn['’]t|don['’]t|can['’]t|couldn['’]t|yet"
    r"|already|thought|had|last (?:week|time|month))\b|\bon (?:that|this|it)\b(?:, too)?\W*$",
    re.IGNORECASE,
)


def agreement_of(group: Group) -> Sentence | None:
    """The last sentence that states what people arrived at together; None where they did not."""
    said = [(who, sentence) for reading in group.readings for who, sentence in _spoken(reading)]
    for place in range(len(said) - 1, 0, -1):
        who, sentence = said[place]
        if _states_agreement(sentence) and _was_worked_out(said[:place], who):
            return sentence
    return None


def agreed_by(group: Group) -> list[str]:
    """What people agreed on, in the words of who stated it; empty where it is too long for a line."""
    stated = agreement_of(group)
    if stated is None:
        return []
    text = shortened(_LEAD.sub("", stated.shown), LIMIT)
    return [] if text.endswith("…") else [first_upper(text)]


def _states_agreement(sentence: Sentence) -> bool:
    """Whether it says on what; "agreed, Ana" is no more than a nod."""
    if sentence.is_question or not FEWEST_WORDS <= sentence.length <= MOST_WORDS:
        return False
    return bool(_AGREED.search(sentence.shown)) and not _NOT_AGREED.search(sentence.shown)


def _was_worked_out(before: Sequence[tuple[str, Sentence]], who: str) -> bool:
    """Whether enough people had spoken when somebody stated the agreement; that sentence is theirs too."""
    spoke = Counter([*(each for each, _ in before), who])
    enough = sum(count >= FEWEST_SENTENCES for count in spoke.values()) >= FEWEST_PEOPLE
    asked = any(s.is_question or _PROPOSAL.search(s.shown) for _, s in before)
    return enough and asked


def _spoken(reading: Reading) -> list[tuple[str, Sentence]]:
    """Who said which sentence in a conversation; nobody in a note, a document or a commit."""
    item = reading.item
    if is_machine(item) or (item.kind != "message" and item.category != "transcript"):
        return []
    if item.category == "transcript" and not reading.speakers:
        return []
    return [(s.speaker or OWNER, s) for s in reading.sentences if s.is_own and s.words]
