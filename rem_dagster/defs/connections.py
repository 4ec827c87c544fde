"""How does a run reach the home, its tables and its engine?"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import dagster as dg
from pydantic import Field

from rem_dagster.dreaming.draft.choice import choose_engine, spares_model_days
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.dream import DayResult
from rem_dagster.dreaming.triggers import Growth, find_growth
from rem_dagster.errors import HomeMissingError
from rem_dagster.llm.opening import Asking
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store


@dataclass(frozen=True)
class Caller:
    """Who runs assets in this very process: `rem dream`, with its home and its progress display."""

    home: Home
    """With the flags of the command line, which no run records."""
    on_days: Callable[[Sequence[DayResult]], None] = field(default=lambda _: None)
    on_made: Callable[[], None] = field(default=lambda: None)
    engine: Engine | None = None
    """The engine that it dreams with, so that its limits on cost hold over all of its runs."""


CALLER: ContextVar[Caller | None] = ContextVar("rem_caller", default=None)
"""None in a run that Dagster itself started."""


@dataclass(frozen=True)
class OpenHome:
    """A home that is open for work."""

    home: Home
    store: Store

    def engine(self, asking: Asking) -> Engine:
        """The engine that the home's settings choose, or that of the caller.

        Raises:
            SettingsError: a model is named that cannot be asked.
        """
        caller = CALLER.get()
        return caller.engine if caller and caller.engine else choose_engine(self.home, asking)

    @property
    def spares_model_days(self) -> bool:
        """Whether days that a model made are left alone, as none is chosen now."""
        return spares_model_days(self.home)

    def growth(self, *, first_day: date | None = None, last_day: date) -> list[Growth]:
        """What is out of date in some days, both ends included, by day and user.

        Args:
            first_day: None is the beginning.
        """
        return find_growth(
            self.store, first_day=first_day, last_day=last_day, spare_model_days=self.spares_model_days
        )


class HomeConnection(dg.ConfigurableResource):  # type: ignore[type-arg]  # its own value is what is given
    """The home of a run: its settings, its tables and the engine that they choose."""

    path: str | None = None
    """The home's directory; without one it is found as `rem` finds it."""
    timezone: str | None = None
    """The zone of a home that is yet to be made; one that is there must have the same."""
    sources: list[dict[str, Any]] = Field(default_factory=list)
    """What is pulled, in place of the `[[sources]]` of the home's config.toml."""
    makes_home: bool = False
    """Whether a run makes the home where there is none."""

    def find(self) -> Home | None:
        """The home as it stands; None where there is none yet, and none is made.

        Raises:
            SettingsError: a setting is wrong.
        """
        try:
            return open_home(self.path, flags=self._flags())
        except HomeMissingError:
            return None

    def open(self, flags: Mapping[str, object] | None = None) -> OpenHome:
        """The home, read anew, so that a change of `config.toml` holds from the next run on.

        Args:
            flags: settings of this run alone.

        Raises:
            HomeMissingError: there is none, and none is to be made.
            SettingsError: a setting is wrong.
        """
        caller = CALLER.get()
        if caller:
            home = caller.home
        else:
            home = open_home(self.path, create=self.makes_home, flags={**self._flags(), **(flags or {})})
        store = Store(home.tables_uri, home.settings.storage_options)
        if self.makes_home:
            store.create()
        return OpenHome(home, store)

    def _flags(self) -> dict[str, object]:
        return {"timezone": self.timezone, "sources": self.sources or None}
