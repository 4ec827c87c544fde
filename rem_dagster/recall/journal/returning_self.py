"""How is the user called in their own days?"""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

from rem_dagster.recall.insights.people import FEWEST_NAMED, TALKS, is_called
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, in_days, is_in

DAYS_LOOKED_AT = 60


def own_names(store: Store, day: date, *, user_id: str, among: Collection[str]) -> set[str]:
    """Which of some names are the user's: as the id says, or whoever is in most talks and never alone."""
    if called := {name for name in among if is_called(name, user_id)}:
        return called
    days = in_days((day - timedelta(days=DAYS_LOOKED_AT)).isoformat(), day.isoformat())
    where = all_of(equals("user_id", user_id), days, is_in("moment_type", TALKS))
    people = store.read("moments", ("people",), where)["people"].to_pylist()
    named = [set(each) for each in people if each]
    counts = Counter(name for each in named for name in each).most_common(2)
    if len(named) < FEWEST_NAMED or not counts:
        return set()
    first, count = counts[0]
    is_clear = count * 2 > len(named) and (len(counts) < 2 or counts[1][1] < count)
    return {first} if is_clear and {first} not in named else set()
