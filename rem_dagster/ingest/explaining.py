"""What would an import bring in, without bringing it in?"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.ingest.foreign import items_of
from rem_dagster.ingest.importing import Importing, Progress
from rem_dagster.ingest.report import ImportReport, What, what_of
from rem_dagster.ingest.times import Placed
from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.model.words import TimeConfidence, Trust
from rem_dagster.settings import Home
from rem_dagster.sources.source import CostlySource, Source
from rem_dagster.store.rehearsed import RehearsedStore

EXAMPLES = 3
PEOPLE_COUNTED = 10_000
"""Names at most; further ones are not counted, so that a huge source stays within bounds."""


@dataclass(frozen=True)
class Example:
    """One item as it would be stored."""

    what: What
    at: datetime
    """In UTC."""
    confidence: TimeConfidence
    trust: Trust
    author: str | None
    text: str


@dataclass(frozen=True)
class Explanation:
    """What an import would do."""

    report: ImportReport
    """As the import itself would give it."""
    trust: Mapping[Trust, int]
    """Messages and resources that are the person's own, and those that are not."""
    months: Mapping[str, int]
    """Messages and resources of each month, such as `2025-10`, in order."""
    people: Mapping[str, int]
    """In how many items each name stands as author or among the people, the most frequent first."""
    first_at: datetime | None
    last_at: datetime | None
    examples: tuple[Example, ...]
    """Unlike ones first."""


def explain_source(
    home: Home, source: Source, *, user_id: str, now: datetime, progress: Progress | None = None
) -> Explanation:
    """Read all of a source and say what importing it would do; nothing is written and no model is asked.

    Raises:
        SourceError: the source cannot be read to its end.
    """
    source = source.rehearsed() if isinstance(source, CostlySource) else source
    store = RehearsedStore(home.tables_uri, home.settings.storage_options)
    rehearsal = _Rehearsal(home, store, source, user_id=user_id, now=now)
    report = rehearsal.run(items_of(source), progress)
    return rehearsal.explanation(report)


class _Rehearsal(Importing):
    """An import whose store writes nothing, and that looks at what passes through."""

    def __init__(
        self, home: Home, store: RehearsedStore, source: Source, *, user_id: str, now: datetime
    ) -> None:
        super().__init__(home, store, source, user_id=user_id, now=now)
        self.trust: Counter[Trust] = Counter()
        self.months: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.first_at: datetime | None = None
        self._first_of: dict[What, Example] = {}
        self._others: list[Example] = []

    def saw(self, item: Activity, placed: Placed) -> None:
        """Note also whose it is, its month and its people."""
        super().saw(item, placed)
        self.first_at = min(self.first_at or placed.at, placed.at)
        for name in _people_of(item):
            if name in self.people or len(self.people) < PEOPLE_COUNTED:
                self.people[name] += 1
        if not isinstance(item, SessionItem):
            self.trust[item.trust] += 1
            self.months[placed.day[:7]] += 1
        self._keep_example(item, placed)

    def finish(self) -> ImportReport:
        """Settle what waits; no session is made, nothing is indexed or put in order."""
        self.land_rest()
        return self.tally.report()

    def explanation(self, report: ImportReport) -> Explanation:
        """All that was noted."""
        return Explanation(
            report=report,
            trust=dict(self.trust),
            months=dict(sorted(self.months.items())),
            people=dict(self.people.most_common()),
            first_at=self.first_at,
            last_at=self.last_item_at,
            examples=tuple([*self._first_of.values(), *self._others][:EXAMPLES]),
        )

    def _keep_example(self, item: Activity, placed: Placed) -> None:
        what = what_of(item)
        if what not in self._first_of:
            self._first_of[what] = _example(item, what, placed)
        elif len(self._others) < EXAMPLES:
            self._others.append(_example(item, what, placed))


def _people_of(item: Activity) -> Iterator[str]:
    told = item.metadata.get("people")
    names = {name for name in told if isinstance(name, str)} if isinstance(told, list | tuple) else set[str]()
    if isinstance(item, MessageItem) and item.author:
        names.add(item.author)
    yield from sorted(names)


def _example(item: Activity, what: What, placed: Placed) -> Example:
    text = item.title or "" if isinstance(item, SessionItem) else item.content
    if not isinstance(item, SessionItem | MessageItem) and item.name not in text[:200]:
        text = f"{item.name}: {text[:1_000]}"
    author = item.author if isinstance(item, MessageItem) else None
    return Example(what, placed.at, placed.confidence, item.trust, author, text[:1_000])
