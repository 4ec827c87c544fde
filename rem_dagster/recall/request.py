"""What is asked of a search beside the query itself?"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rem_dagster.llm.embedder import Embedder
from rem_dagster.model.window import Window
from rem_dagster.recall.hits import SearchTable
from rem_dagster.recall.likeness import Warn

log = logging.getLogger(__name__)


def local_embedder() -> Embedder | None:
    """The model that is installed, imported once it is needed."""
    from rem_dagster.llm.embedder_choice import find_local_embedder

    return find_local_embedder()


@dataclass(frozen=True)
class Request:
    """What is searched, and how; the fields are those of `search`."""

    table: SearchTable = "moments"
    user_id: str | None = None
    window: Window | None = None
    case_id: str | None = None
    phrases: Sequence[str] = ()
    without: Sequence[str] = ()
    limit: int = 10
    embedder: Callable[[], Embedder | None] = local_embedder
    by_meaning_alone: bool = False
    explain: bool = False
    warn: Warn = log.warning
