"""Which outcomes and which topics stand for several days?"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.wording import flat, near_equal
from rem_dagster.model.moment import Moment

MILESTONES = frozenset(
    {
        *("released", "shipped", "published", "launched", "merged", "deployed", "delivered", "submitted"),
        *("decided", "agreed", "signed", "finished", "completed", "solved", "won", "passed"),
    }
)
"""What people look back on, however short it was."""
ROUTINE = frozenset(
    {
        *("updated", "bumped", "linked", "applied", "tweaked", "formatted", "reformatted", "renamed"),
        *("removed", "clarified", "tidied", "corrected", "typo", "worked"),
    }
)
MILESTONE_WEIGHT, ROUTINE_WEIGHT = 5.0, 0.3
FEWEST_WORDS = 3
"""An outcome of fewer words says too little to stand for a week."""
LEAST_MINUTES, MOST_MINUTES = 10, 240
"""How long a moment counts at least and at most: one without length weighs something, a night not all."""

_NUMBER = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True)
class KeyOutcome:
    """An outcome in its own words, and the moment that it came of."""

    text: str
    day: str
    """The ISO day."""
    moment_id: str


def key_outcomes(moments: Sequence[Moment], *, most: int, most_a_day: int) -> list[KeyOutcome]:
    """What came of several days, in the order of time: milestones first, then the longest moments' outcomes.

    The more a day has told, the less it may add. Nothing is told twice in nearly the same words, and quotes
    are left to their moments.
    """
    left = sorted(_candidates(moments), key=lambda each: (-each.weight, _order(each.moment), each.text))
    chosen: list[_Candidate] = []
    taken: Counter[str] = Counter()
    while left and len(chosen) < most:
        best = max(left, key=lambda each: each.weight / (1 + taken[each.day]))
        left.remove(best)
        if taken[best.day] < most_a_day and not any(says_the_same(best.text, had.text) for had in chosen):
            chosen.append(best)
            taken[best.day] += 1
    chosen.sort(key=lambda each: _order(each.moment))
    return [KeyOutcome(each.text, each.day, each.moment.id) for each in chosen]


def main_topics(moments: Sequence[Moment], *, most: int) -> list[str]:
    """The tags that most time went to, the weightiest first; a moment's first tags weigh more."""
    weights: Counter[str] = Counter()
    for moment in moments:
        for place, tag in enumerate(moment.tags):
            weights[tag] += (LEAST_MINUTES + int(minutes_of(moment))) * (10 - min(place, 9))
    return [tag for tag, _ in sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:most]]


def says_the_same(one: str, other: str) -> bool:
    """Whether two outcomes are one in nearly the same words; another number is another outcome."""
    return near_equal(one, other) and _NUMBER.findall(one) == _NUMBER.findall(other)


def minutes_of(moment: Moment) -> float:
    """How long a moment was."""
    return (moment.end_time - moment.start_time).total_seconds() / 60


def first_word(text: str) -> str:
    """A text's first word, in lower case."""
    found = re.match(r"\w+", text)
    return found[0].lower() if found else ""


@dataclass(frozen=True, eq=False)
class _Candidate:
    """An outcome that may stand for its period."""

    moment: Moment
    text: str
    weight: float

    @property
    def day(self) -> str:
        return self.moment.partition_key


def _candidates(moments: Sequence[Moment]) -> list[_Candidate]:
    """Every milestone of a moment, or else its first outcome."""
    found = []
    for moment in moments:
        plain = [each for each in map(flat, moment.outcomes) if each and "“" not in each]
        milestones = [each for each in plain if first_word(each) in MILESTONES]
        found += [_Candidate(moment, each, _weight(moment, each)) for each in (milestones or plain[:1])]
    return found


def _weight(moment: Moment, outcome: str) -> float:
    weight = min(LEAST_MINUTES + minutes_of(moment), MOST_MINUTES)
    if first_word(outcome) in MILESTONES:
        return weight * MILESTONE_WEIGHT
    is_slight = first_word(outcome) in ROUTINE or len(outcome.split()) < FEWEST_WORDS
    return weight * ROUTINE_WEIGHT if is_slight else weight


def _order(moment: Moment) -> tuple[float, float, str]:
    return moment.start_time.timestamp(), moment.end_time.timestamp(), moment.id
