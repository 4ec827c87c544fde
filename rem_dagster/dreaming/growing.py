"""Does as much come in as usual, and is as much made of it?

weeks before   │ 12 │ 9 │ 15 │ 11 │   the median is what is usual
last 7 days                         │ 240 │   a flood
                                    │ 0   │   silence, where no week before was silent
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import dropwhile
from statistics import median

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.store.database import Store
from rem_dagster.store.filters import in_days

DAYS = 7
MOST_WEEKS_BEFORE = 8
LEAST_WEEKS_BEFORE = 4
"""Fewer say nothing about what is usual."""
FLOOD = 5.0
"""Times the usual."""
SMALL = 200
"""Rows more than usual that nobody needs to hear of."""
MADE = ("moments", "entities", "edges")


@dataclass(frozen=True)
class Growth:
    """What came in of one source, or was made of one kind, in the last 7 days and in the weeks before."""

    name: str
    last: int
    before: tuple[int, ...]
    """The weeks before, the latest first, back to the first that holds any; at most 8."""

    @property
    def usual(self) -> float | None:
        """The median of the weeks before; None where they are too few to tell."""
        return median(self.before) if len(self.before) >= LEAST_WEEKS_BEFORE else None

    @property
    def is_flood(self) -> bool:
        """Whether far more came than usual."""
        return self.usual is not None and self.last > max(FLOOD * self.usual, self.usual + SMALL)

    @property
    def is_silent(self) -> bool:
        """Whether nothing came, for a week or longer, though no week before that was without any."""
        active = list(dropwhile(lambda count: count == 0, self.before))
        return self.last == 0 and len(active) >= LEAST_WEEKS_BEFORE and min(active) > 0


def find_growths(store: Store, *, last_day: date) -> list[Growth]:
    """The growth of every source by name, then of what dreams made, for the 7 days up to a day."""
    days = [last_day - timedelta(days=back) for back in range(DAYS * (MOST_WEEKS_BEFORE + 1))]
    week_of = {day.isoformat(): place // DAYS for place, day in enumerate(days)}
    within = (days[-1].isoformat(), last_day.isoformat())
    items: dict[str, Counter[int]] = {}
    for table in ("messages", "resources"):
        rows = store.read(table, ["source", "partition_key"], in_days(*within))
        for row in rows.group_by(["source", "partition_key"]).aggregate([([], "count_all")]).to_pylist():
            weeks = items.setdefault(row["source"], Counter())
            weeks[week_of[row["partition_key"]]] += row["count_all"]
    made: dict[str, Counter[int]] = {name: Counter() for name in MADE}
    for dream in read_ledger(store, first_day=within[0], last_day=within[1]):
        for name, weeks in made.items():
            weeks[week_of[dream.partition_key]] += dream.counts.get(name, 0)
    return [*_growths(items, sorted(items)), *_growths(made, MADE)]


def _growths(weeks_of: Mapping[str, Counter[int]], names: Sequence[str]) -> list[Growth]:
    return [_growth(name, weeks_of[name]) for name in names]


def _growth(name: str, weeks: Counter[int]) -> Growth:
    first = max((week for week, count in weeks.items() if count), default=0)
    return Growth(name, weeks[0], tuple(weeks[week] for week in range(1, first + 1)))
