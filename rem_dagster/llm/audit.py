"""What was ever sent to a model: where, when, for which days and sources, at what cost?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.errors import StoreError
from rem_dagster.llm.answer_file import AnswerFile, Outcome, all_files, named_by, read_answer_files
from rem_dagster.llm.answer_place import AnswerPlace

CLOCKS_DIFFER = timedelta(days=1)
"""How far the clock of a disk elsewhere may be behind the one that says when a call ended."""


@dataclass(frozen=True)
class AuditEntry:
    """One call that was paid for, or ran on a machine nearby. None where nobody said."""

    at: datetime
    """When it ended, UTC."""
    endpoint: str
    model: str
    user_id: str | None
    days: tuple[str, ...]
    """ISO days that it was for."""
    source_ids: tuple[str, ...]
    """Messages and resources whose text was sent; empty once forgotten."""
    outcome: Outcome
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    calls_paid: int


@dataclass(frozen=True)
class AuditLog:
    """The entries that were asked for, oldest first, and how many files could not be read."""

    entries: Sequence[AuditEntry]
    unreadable: int


def read_log(place: AnswerPlace, *, since: datetime | None = None, user_id: str | None = None) -> AuditLog:
    """All calls since an instant, of one user or of all; empty where nothing was ever sent."""
    found: list[tuple[datetime, str, AuditEntry]] = []
    unreadable = 0
    for name, held in read_answer_files(place, _names(place, since=since)):
        if isinstance(held, StoreError):
            unreadable += 1
        elif (since is None or held.at >= since) and user_id in (None, held.user_id):
            found.append((held.at, name, _entry_of(held)))
    return AuditLog([entry for _, _, entry in sorted(found, key=lambda each: each[:2])], unreadable)


def entries(
    place: AnswerPlace, *, since: datetime | None = None, user_id: str | None = None
) -> Sequence[AuditEntry]:
    """As `read_log`, of what can be read."""
    return read_log(place, since=since, user_id=user_id).entries


def was_ever_sent(place: AnswerPlace) -> bool:
    """Whether there is a file of any call; none is read."""
    return next(all_files(place), None) is not None


class MonthSpend:
    """What all users' calls cost in one local calendar month, however often that is asked.

    A call's cost and time never change, not even when it is forgotten: its file is read once, and not at
    all where its name tells them.
    """

    def __init__(self, place: AnswerPlace, month: date, zone: ZoneInfo) -> None:
        """Read nothing yet.

        Args:
            month: any day of it.
        """
        self._place = place
        self._start, self._end = month_of(month, zone)
        self._costs: dict[str, float] = {}

    def usd(self) -> float:
        """The sum as it is now; calls whose cost nobody knows are not in it, `entries` has them."""
        unread = []
        for name in _names(self._place, since=self._start):
            if name not in self._costs:
                named = named_by(name)
                if named and named.at:
                    self._note(name, named.at, named.cost_usd)
                else:
                    unread.append(name)
        for name, held in read_answer_files(self._place, unread):
            if not isinstance(held, StoreError):
                self._note(name, held.at, held.cost_usd)
        return sum(self._costs.values())

    def _note(self, name: str, at: datetime, cost_usd: float | None) -> None:
        self._costs[name] = (cost_usd or 0.0) if self._start <= at < self._end else 0.0


def spent_in_month(place: AnswerPlace, month: date, zone: ZoneInfo) -> float:
    """USD that all users' calls cost in the local calendar month that holds a day."""
    return MonthSpend(place, month, zone).usd()


def month_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The UTC instants at which the local calendar month of a day begins and ends."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    start, end = (datetime(each.year, each.month, 1, tzinfo=zone).astimezone(UTC) for each in (first, after))
    return start, end


def _names(place: AnswerPlace, *, since: datetime | None) -> Iterator[str]:
    return all_files(place, changed_since=(since - CLOCKS_DIFFER).timestamp() if since else None)


def _entry_of(held: AnswerFile) -> AuditEntry:
    return AuditEntry(
        at=held.at,
        endpoint=held.endpoint,
        model=held.model,
        user_id=held.user_id,
        days=held.days,
        source_ids=held.source_ids,
        outcome=held.outcome,
        prompt_tokens=held.prompt_tokens,
        completion_tokens=held.completion_tokens,
        cost_usd=held.cost_usd,
        calls_paid=held.calls_paid,
    )
