"""How far is the dream of one user's day, told while it is made?

waiting ─> drafting 0 of 5 … 5 of 5 ─> writing ─> done
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.draft.engine import DayFrame, Drafted, Engine, Recipe, Usage
from rem_dagster.dreaming.dream import DreamPlan, DreamReport, Redo, dream, wanted_of_plan
from rem_dagster.dreaming.estimate import estimate
from rem_dagster.dreaming.terms import terms_of
from rem_dagster.llm.interface import Forecast, Turn
from rem_dagster.llm.opening import Asking
from rem_dagster.model.day import Segment
from rem_dagster.model.moment import Moment
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

WAIT_SECONDS = 20.0
"""How long somebody else who dreams the same day is waited for."""


@dataclass(frozen=True)
class Progress:
    """Stretches of the day that are drafted, and how many there are; 0 of 0 before the first begins."""

    drafted: int = 0
    stretches: int = 0


class Watched:
    """An engine that tells how many stretches it began and ended; all else is that of another engine."""

    def __init__(self, engine: Engine, on_progress: Callable[[Progress], None]) -> None:
        self._engine = engine
        self._on_progress = on_progress
        self._begun: set[int] = set()
        self._ended: set[int] = set()

    @property
    def recipe(self) -> Recipe:
        """That of the engine."""
        return self._engine.recipe

    @property
    def can_mend(self) -> bool:
        """That of the engine."""
        return self._engine.can_mend

    @property
    def prompt(self) -> str | None:
        """That of the engine."""
        return self._engine.prompt

    async def draft(self, segment: Segment, frame: DayFrame, *, errors: Sequence[str] = ()) -> Drafted:
        """As the engine; a stretch that is asked for again counts once."""
        self._begun.add(id(segment))
        self._tell()
        drafted = await self._engine.draft(segment, frame, errors=errors)
        self._ended.add(id(segment))
        self._tell()
        return drafted

    async def summarize(self, moments: Sequence[Moment], frame: DayFrame) -> tuple[str, Usage]:
        """As the engine."""
        return await self._engine.summarize(moments, frame)

    def forecast(
        self, segments: Sequence[Segment], frame: DayFrame, *, answer_share: float | None = None
    ) -> Forecast:
        """As the engine."""
        return self._engine.forecast(segments, frame, answer_share=answer_share)

    def told(self, segment: Segment, frame: DayFrame) -> Sequence[Sequence[Turn]]:
        """As the engine."""
        return self._engine.told(segment, frame)

    async def close(self) -> None:
        """As the engine."""
        await self._engine.close()

    def _tell(self) -> None:
        self._on_progress(Progress(len(self._ended), len(self._begun)))


def dream_day(
    home: Home,
    store: Store,
    day: date,
    *,
    user_id: str,
    asking: Asking | None = None,
    redo: Redo = "stale",
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> DreamReport:
    """Dream one user's day, then bring links, weeks and months up to date with it.

    Raises:
        SettingsError: the chosen model cannot be asked.
        HomeBusyError: another process dreams the day and did not end.
        StoreError: a table could not be read or written.
    """
    engine = Watched(choose_engine(home, asking), on_progress)
    plan = DreamPlan(day, day, user_ids=[user_id], redo=redo, wait_seconds=WAIT_SECONDS)
    report = dream(home, store, engine, plan)
    refresh_across(home, store, user_ids=[user_id])
    return report


def estimate_day(
    home: Home, store: Store, day: date, *, user_id: str, redo: Redo = "stale"
) -> Forecast | None:
    """What a dream of the day would take; None where it would not be made. No call is made.

    Raises:
        SettingsError: the chosen model cannot be asked.
    """
    engine = choose_engine(home, Asking(needs_key=False))
    plan = DreamPlan(day, day, user_ids=[user_id], redo=redo)
    wanted = wanted_of_plan(home, store, engine, plan)
    if not wanted:
        return None
    days = estimate(home, store, engine, wanted, terms=terms_of(home))
    return sum((each.forecast for each in days), Forecast())
