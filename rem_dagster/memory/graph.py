"""How does a Python program follow what belongs to what?"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.memory.opened import Opened
from rem_dagster.model.window import given_day

if TYPE_CHECKING:
    from rem_dagster.recall.graph.export import Format
    from rem_dagster.recall.graph.scope import Direction, Scope
    from rem_dagster.recall.graph.topics import By as TopicsBy
    from rem_dagster.recall.graph.topics import PeriodTopics
    from rem_dagster.recall.graph.traverse import Traversal
    from rem_dagster.recall.graph.whole import Of


class Relates(Opened):
    """Walking and writing the graph."""

    def traverse(
        self,
        start: str,
        *,
        edge_types: Sequence[str] = (),
        depth: int = 2,
        direction: "Direction" = "both",
        limit: int = 20,
        user_id: str | None = None,
        start_day: date | None = None,
        end_day: date | None = None,
        case_id: str | None = None,
    ) -> "Traversal":
        """What one reaches from an entity, a moment, a resource or a session, and by which edges.

        Args:
            start: a name in any spelling, or an id.
            edge_types: only edges of these types; none is all.
            limit: nodes of each step that are kept and followed, the weightiest of each type in turn.
            user_id: whose graph; the default user's where the memory is bound to none.
            start_day: first local day, included; None is the first one there is.
            end_day: last local day, included; None is the last one there is.

        Raises:
            UnknownNameError: nothing is called so, or several are.
            UnknownCaseError: no session belongs to the case.
        """
        from rem_dagster.recall.graph.traverse import traverse

        scope = self._scope(user_id, edge_types, start_day, end_day, case_id)
        return traverse(self.store, start, scope, depth=depth, direction=direction, limit=limit)

    def export_graph(
        self,
        layout: "Format" = "json",
        *,
        of: "Of" = "entities",
        most: int | None = None,
        edge_types: Sequence[str] = (),
        user_id: str | None = None,
        start_day: date | None = None,
        end_day: date | None = None,
        case_id: str | None = None,
    ) -> str:
        """The graph as dot, graphml, json, mermaid, or an html page that needs nothing but itself.

        Args:
            of: `entities` alone, or `all`: moments, resources and sessions too.
            most: the most central nodes; None is all of them.
            user_id: whose graph; the default user's where the memory is bound to none.
            start_day: first local day, included; None is the first one there is.
            end_day: last local day, included; None is the last one there is.
        """
        from rem_dagster.recall.graph.export import WRITERS
        from rem_dagster.recall.graph.whole import MOMENTS_TOLD, whole_graph

        scope = self._scope(user_id, edge_types, start_day, end_day, case_id)
        told = MOMENTS_TOLD if layout == "html" else 0
        return WRITERS[layout](whole_graph(self.store, scope, of=of, most=most, moments=told))

    def topics(
        self,
        by: "TopicsBy" = "month",
        *,
        user_id: str | None = None,
        start_day: date | None = None,
        end_day: date | None = None,
        case_id: str | None = None,
    ) -> "list[PeriodTopics]":
        """The themes of each week or month that names anything, and what rose and fell, in order.

        Args:
            user_id: whose; the default user's where the memory is bound to none.
            start_day: first local day, included; None is the first one there is.
            end_day: last local day, included; None is the last one there is.
        """
        from rem_dagster.recall.graph.topics import topics_over_time

        scope = self._scope(user_id, (), start_day, end_day, case_id)
        return topics_over_time(self.store, scope, calendar=self.calendar, by=by)

    def _scope(
        self,
        user_id: str | None,
        edge_types: Sequence[str],
        start: date | None,
        end: date | None,
        case_id: str | None,
    ) -> "Scope":
        from rem_dagster.recall.graph.scope import Scope

        first, last = (given_day(day).isoformat() if day else None for day in (start, end))
        reader = self._reader(user_id) or self.home.settings.user
        return Scope(reader, tuple(edge_types), first, last, case_id)
