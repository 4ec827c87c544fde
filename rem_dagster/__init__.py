"""A memory that dreams: days of activity become moments, entities, edges and summaries."""

from typing import TYPE_CHECKING

from rem_dagster.errors import RemError

if TYPE_CHECKING:
    from rem_dagster.memory import Hit, Memory

__all__ = ["Hit", "Memory", "RemError"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Import the public API on first use, so that `rem --help` stays light."""
    if name in ("Hit", "Memory"):
        from rem_dagster import memory

        return getattr(memory, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
