"""What did an import do, and what did it leave out, and why?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rem_dagster.ingest.times import Placed
from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.source import Problem, ProblemKind

SHOWN_PROBLEMS = 20
SHOWN_ALIKE = 5
"""Problems of one reason that are kept, so that a common one does not hide the others."""
Reason = tuple[ProblemKind, str | None, str]
"""Kind, field and wording of a problem: what alike problems share."""
What = tuple[Literal["session", "message", "resource"], str]
"""What an item is, and a message's role or a resource's category; of a session there is nothing more."""


@dataclass(frozen=True)
class ImportReport:
    """Counts of items, not of chunks: read = new + updated + unchanged + skipped + failed."""

    sources: tuple[str, ...] = ()
    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    notices: int = 0
    removed: int = 0
    """Documents that were stored and that the source takes back now; none of those that were read."""
    reasons: Mapping[Reason, int] = field(default_factory=dict)
    """How often each reason was given, for skipped, failed and noticed alike."""
    problems: tuple[Problem, ...] = ()
    """The first of them, at most `SHOWN_PROBLEMS`."""
    first_day: str | None = None
    """The earliest ISO day of any item that was read; None when none was."""
    last_day: str | None = None
    days: tuple[str, ...] = ()
    """ISO days whose stored activity changed, in order."""
    things: Mapping[What, int] = field(default_factory=dict)
    """How many of what was read could be stored; an item that was given twice counts twice."""
    confidences: Mapping[TimeConfidence, int] = field(default_factory=dict)
    """How sure the times of its messages and resources are."""

    @property
    def exit_code(self) -> int:
        """3 when an item failed, else 0."""
        return 3 if self.failed else 0

    def merge(self, other: "ImportReport") -> "ImportReport":
        """Both imports as one."""
        firsts = [day for day in (self.first_day, other.first_day) if day]
        lasts = [day for day in (self.last_day, other.last_day) if day]
        return ImportReport(
            sources=(*self.sources, *(each for each in other.sources if each not in self.sources)),
            read=self.read + other.read,
            new=self.new + other.new,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            skipped=self.skipped + other.skipped,
            failed=self.failed + other.failed,
            notices=self.notices + other.notices,
            removed=self.removed + other.removed,
            reasons=dict(Counter(self.reasons) + Counter(other.reasons)),
            problems=(*self.problems, *other.problems)[:SHOWN_PROBLEMS],
            first_day=min(firsts, default=None),
            last_day=max(lasts, default=None),
            days=tuple(sorted({*self.days, *other.days})),
            things=dict(Counter(self.things) + Counter(other.things)),
            confidences=dict(Counter(self.confidences) + Counter(other.confidences)),
        )


class Tally:
    """A report while it grows."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.counts: Counter[str] = Counter()
        self.reasons: Counter[Reason] = Counter()
        self.problems: list[Problem] = []
        self.seen_days: set[str] = set()
        self.changed_days: set[str] = set()
        self.things: Counter[What] = Counter()
        self.confidences: Counter[TimeConfidence] = Counter()

    def add_problem(self, problem: Problem) -> None:
        """Count a problem; a notice is about an item that is counted elsewhere."""
        self.counts["notices" if problem.kind == "notice" else problem.kind] += 1
        reason = (problem.kind, problem.field, problem.reason)
        self.reasons[reason] += 1
        if self.reasons[reason] <= SHOWN_ALIKE and len(self.problems) < SHOWN_PROBLEMS:
            self.problems.append(problem)

    def saw(self, item: Activity, placed: Placed) -> None:
        """Count what an item is, its day, and how sure its time is."""
        what = what_of(item)
        self.things[what] += 1
        self.seen_days.add(placed.day)
        if what[0] != "session":
            self.confidences[placed.confidence] += 1

    def touch(self, days: Iterable[str]) -> None:
        """Note days whose stored activity changed."""
        self.changed_days.update(days)

    @property
    def read(self) -> int:
        """Items read so far and settled."""
        return sum(self.counts[name] for name in ("new", "updated", "unchanged", "skipped", "failed"))

    def report(self) -> ImportReport:
        """The report as it stands."""
        return ImportReport(
            sources=(self.source,),
            read=self.read,
            new=self.counts["new"],
            updated=self.counts["updated"],
            unchanged=self.counts["unchanged"],
            skipped=self.counts["skipped"],
            failed=self.counts["failed"],
            notices=self.counts["notices"],
            removed=self.counts["removed"],
            reasons=dict(self.reasons),
            problems=tuple(self.problems),
            first_day=min(self.seen_days, default=None),
            last_day=max(self.seen_days, default=None),
            days=tuple(sorted(self.changed_days)),
            things=dict(self.things),
            confidences=dict(self.confidences),
        )


def what_of(item: Activity) -> What:
    """What an item is."""
    if isinstance(item, SessionItem):
        return "session", ""
    return ("message", item.role) if isinstance(item, MessageItem) else ("resource", item.category)
