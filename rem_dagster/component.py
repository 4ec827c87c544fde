"""How does another Dagster project get a dreaming home of its own?

# defs/alice/defs.yaml
type: rem_dagster.component.DreamingComponent
attributes:
  key_prefix: alice
  home: /srv/memory/alice
  timezone: Europe/Lisbon
  sources:
    - {kind: markdown, path: /srv/notes/alice}
"""

from typing import Any

import dagster as dg
from pydantic import Field

from rem_dagster.definitions import definitions_of
from rem_dagster.defs.connections import HomeConnection
from rem_dagster.defs.location import location_of


class DreamingComponent(dg.Component, dg.Model, dg.Resolvable):
    """A home whose days are dreamt: its assets, checks, jobs, schedules and sensors."""

    key_prefix: str | list[str] | None = Field(
        default=None, description="What every asset key begins with; two components need two."
    )
    home: str = Field(description="The home's directory; the first run makes it where there is none.")
    timezone: str | None = Field(
        default=None, description="The zone whose days are counted; a home that is there must have the same."
    )
    sources: list[dict[str, Any]] = Field(
        default_factory=list,
        description="What is pulled, as in [[sources]] of a home's config.toml, which it replaces.",
    )

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The definitions of that home."""
        prefix = self.key_prefix or []
        connection = HomeConnection(
            path=self.home, timezone=self.timezone, sources=self.sources, makes_home=True
        )
        return definitions_of(
            location_of(connection, prefix=tuple(prefix.split("/") if isinstance(prefix, str) else prefix))
        )
