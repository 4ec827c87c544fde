"""How is the user called in their own days?"""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

from rem_dagster.recall.insights.people import FEWEST_NAMED, TALKS, is_called
from rem_dagster.recall.journal.behind import Behind

DAYS_LOOKED_AT = 60


def own_names(behind: Behind, day: date, *, user_id: str, among: Collection[str]) -> set[str]:
    """Which of some names are the user's: as the id says, or whoever is in most talks and never alone."""
    if called := {name for name in among if is_called(name, user_id)}:
        return called
    rows = behind.moments(day - timedelta(days=DAYS_LOOKED_AT), day)
    people = [row["people"] for row in rows if row["moment_type"] in TALKS]
    named = [set(each) for each in people if each]
    counts = Counter(name for each in named for name in each).most_common(2)
    if len(named) < FEWEST_NAMED or not counts:
        return set()
    first, count = counts[0]
    is_clear = count * 2 > len(named) and (len(counts) < 2 or counts[1][1] < count)
    return {first} if is_clear and {first} not in named else set()
