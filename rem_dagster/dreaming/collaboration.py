"""Who contributed to a collaboration, and what was arrived at?

Counted in the inputs that a verified moment cites; no engine is asked.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rem_dagster.model.day import DayItem
from rem_dagster.model.draft import DraftMoment

INSIGHTS = "collaborative_insights"
"""The name of the insights in a moment's metadata."""
_LINE = re.compile(
    r"^(?:\[?\d\d?:\d\d(?::\d\d)?\]?\s+)?([^\W\d_][\w.'’ -]{0,38}?)(?:\s*[(|][^:\n]*)?:\s+\S", re.M
)


def insights_of(moment: DraftMoment, cited: Sequence[DayItem], user_id: str) -> dict[str, object]:
    """Participants, how often each spoke, and the moment's outcomes.

    A message counts once, for its author; what a person types without a name is by the user. In a
    transcript each line of one of the moment's people counts. Who is named and never speaks is no
    participant.
    """
    spoke = Counter(name for item in cited for name in _speakers(item, moment.people, user_id))
    return {
        "participants": list(spoke),
        "contributions": dict(spoke),
        "arrived_at": list(moment.outcomes),
    }


def _speakers(item: DayItem, people: Iterable[str], user_id: str) -> list[str]:
    if item.kind == "message":
        # An answer without an author's name is a machine's.
        own = user_id if item.role == "user" else None
        return [name for name in (item.author or own,) if name]
    if item.category != "transcript":
        return []
    known = {part.casefold(): name for name in people for part in (name.split()[0], name)}
    said = (found.group(1).strip().casefold() for found in _LINE.finditer(item.text))
    return [known[name] for name in said if name in known]
