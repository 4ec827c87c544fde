"""By which names is the user called in their own moments?"""

import numpy as np

from rem_dagster.recall.insights.people import FEWEST_NAMED, TALKS, is_called
from rem_dagster.recall.journal.outline import Outline


def oneself(outline: Outline, user_id: str) -> frozenset[str]:
    """As the id says, or whoever is named in most talks and never alone; empty where that is not clear.

    The rule is that of the insight about people.
    """
    if found := frozenset(name for name in outline.people if is_called(name, user_id)):
        return found
    is_talk = np.zeros(len(outline), bool)
    for each in TALKS:
        is_talk |= outline.of_type(each)
    inside = is_talk[outline.named_in]
    talks, people = outline.named_in[inside], outline.named[inside]
    names_in = np.bincount(talks, minlength=len(outline))
    named = int(np.count_nonzero(names_in))
    if named < FEWEST_NAMED:
        return frozenset()
    counts = np.bincount(people, minlength=len(outline.people))
    first = int(counts.argmax())
    is_clear = counts[first] * 2 > named and np.count_nonzero(counts == counts[first]) == 1
    is_alone = bool((names_in[talks[people == first]] == 1).any())
    return frozenset((outline.people[first],)) if is_clear and not is_alone else frozenset()
