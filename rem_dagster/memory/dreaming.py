"""How does a Python program dream days, and what do they cost?"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.memory.opened import Opened
from rem_dagster.model.window import given_day

if TYPE_CHECKING:
    from rem_dagster.dreaming.dream import DreamReport, Redo
    from rem_dagster.dreaming.watched import Progress
    from rem_dagster.llm.interface import Forecast


class Dreams(Opened):
    """Making days."""

    def dream(
        self,
        start: date | None = None,
        end: date | None = None,
        *,
        user_id: str | None = None,
        redo: "Redo" = "stale",
        refresh: bool = False,
        max_cost_usd: float | None = None,
        accept_unknown_price: bool = False,
        accept_losses: bool = False,
        moment_types: Sequence[str] | None = None,
        min_duration_minutes: int = 0,
    ) -> "DreamReport":
        """Dream the days that are out of date, without Dagster, then link them and sum weeks and months up.

        Args:
            start: first local day, included; None is the first one there is.
            end: last local day, included; None is the last one there is.
            redo: `stale` days only, `other_versions` too, or `all`.
            refresh: ask a model anew where its answers are kept.
            max_cost_usd: stop before the call that would pass it; days left so are in the report's `left`.
            accept_unknown_price: ask a model of which nobody knows the price.
            accept_losses: whether a day made again may lose over a quarter of its verified claims.
            moment_types: only moments of these types are kept; None keeps all.
            min_duration_minutes: shorter moments are left out.

        Raises:
            SettingsError: the chosen model cannot be asked.
            WindowError: `start` or `end` is no day.
        """
        from rem_dagster.dreaming.across import refresh_across
        from rem_dagster.dreaming.draft.choice import choose_engine
        from rem_dagster.dreaming.dream import DreamPlan, dream
        from rem_dagster.dreaming.terms import terms_of
        from rem_dagster.llm.opening import Asking

        only = self._reader(user_id)
        plan = DreamPlan(
            given_day(start) if start else None,
            given_day(end) if end else None,
            user_ids=[only] if only else None,
            redo=redo,
            terms=terms_of(self.home, only_types=moment_types, min_minutes=min_duration_minutes),
            accept_losses=accept_losses,
        )
        engine = choose_engine(self.home, Asking(max_cost_usd, accept_unknown_price, refresh))
        report = dream(self.home, self.store, engine, plan)
        refresh_across(self.home, self.store)
        return report

    def dream_day(
        self,
        day: date,
        *,
        user_id: str | None = None,
        redo: "Redo" = "stale",
        max_cost_usd: float | None = None,
        accept_unknown_price: bool = False,
        on_progress: "Callable[[Progress], None]" = lambda _: None,
    ) -> "DreamReport":
        """Dream one day of one user, and tell meanwhile how many stretches of it are drafted.

        Args:
            user_id: whose; the default user's where the memory is bound to none.
            redo: as for `dream`, as are the others.

        Raises:
            HomeBusyError: another process dreams the day and did not end.
            SettingsError: the chosen model cannot be asked.
        """
        from rem_dagster.dreaming.watched import dream_day
        from rem_dagster.llm.opening import Asking

        return dream_day(
            self.home,
            self.store,
            given_day(day),
            user_id=self._writer(user_id),
            asking=Asking(max_cost_usd, accept_unknown_price),
            redo=redo,
            on_progress=on_progress,
        )

    def estimate_dream(self, day: date, *, user_id: str | None = None) -> "Forecast | None":
        """What a dream of one day would take now; None where nothing of it would be made. No call is made."""
        from rem_dagster.dreaming.watched import estimate_day

        return estimate_day(self.home, self.store, given_day(day), user_id=self._writer(user_id))
