"""How does a run reach the home, its tables and its engine?"""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

import dagster as dg

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.dream import DayResult
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store


@dataclass(frozen=True)
class Caller:
    """Who runs assets in this very process: `rem dream`, with its home and its progress display."""

    home: Home
    """With the flags of the command line, which no run records."""
    on_days: Callable[[Sequence[DayResult]], None] = field(default=lambda _: None)


CALLER: ContextVar[Caller | None] = ContextVar("rem_caller", default=None)
"""None in a run that Dagster itself started."""


@dataclass(frozen=True)
class OpenHome:
    """A home that is open for work."""

    home: Home
    store: Store

    @property
    def engine(self) -> Engine:
        """The engine that the home's settings choose.

        Raises:
            SettingsError: a model is named that cannot be asked.
        """
        return choose_engine(self.home.settings.llm)


class HomeConnection(dg.ConfigurableResource):  # type: ignore[type-arg]  # its own value is what is given
    """The home of a run: its settings, its tables and the engine that they choose."""

    path: str | None = None
    """The home's directory; without one it is found as `rem` finds it."""

    def open(self) -> OpenHome:
        """The home, read anew, so that a change of `config.toml` holds from the next run on.

        Raises:
            HomeMissingError: there is none.
            SettingsError: a setting is wrong.
        """
        caller = CALLER.get()
        home = caller.home if caller else open_home(self.path)
        return OpenHome(home, Store(home.tables_uri, home.settings.storage_options))


@dg.definitions
def connections() -> dg.Definitions:
    """The home for every run, and one process per run: a step is too short to pay for its own."""
    return dg.Definitions(resources={"home": HomeConnection()}, executor=dg.in_process_executor)
