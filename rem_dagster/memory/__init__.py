"""How does a Python program use a home?

from rem_dagster import Memory
memory = Memory.open("~/memory", create=True)
memory.add_message("I shipped the loader.", session="standup")
memory.dream()
memory.search("loader", table="moments")
"""

from collections.abc import Mapping
from pathlib import Path

from rem_dagster.memory.asking import Asks
from rem_dagster.memory.correcting import Corrects
from rem_dagster.memory.dreaming import Dreams
from rem_dagster.memory.finding import Finds
from rem_dagster.memory.forgetting import Forgets
from rem_dagster.memory.graph import Relates
from rem_dagster.memory.taking_in import TakesIn
from rem_dagster.recall.search import Hit
from rem_dagster.settings import open_home

__all__ = ["Hit", "Memory"]


class Memory(TakesIn, Dreams, Finds, Asks, Relates, Corrects, Forgets):
    """One home, seen by its operator (all users) or by one user (nothing of anybody else)."""

    @classmethod
    def open(
        cls,
        home: str | Path | None = None,
        user_id: str | None = None,
        *,
        create: bool = False,
        flags: Mapping[str, object] | None = None,
    ) -> "Memory":
        """The memory at a path; without one, the home that `rem` itself would use.

        Args:
            home: the home's directory.
            user_id: bind to this user; None is the operator, who sees all.
            create: make the home when there is none.
            flags: settings that outrank environment and `config.toml`.

        Raises:
            HomeMissingError: there is no home and `create` is false.
            SettingsError: a setting is wrong.
        """
        memory = cls(open_home(home, create=create, flags=flags), user_id)
        if create:
            memory.store.create()
        return memory
