"""What is a mention?"""

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import EntityKind


class Mention(Record):
    """An entity in one user's day; an entity is its mentions grouped by `entity_id`."""

    id: str
    user_id: str
    partition_key: str
    """The local day to which it belongs, in ISO form."""
    entity_id: str
    """What the mentions of one entity share over all days."""
    name: str
    kind: EntityKind
    surface_forms: tuple[str, ...] = ()
    """How it is spelt in the sources."""
    source_ids: tuple[str, ...] = ()
    """The messages and resources that name it."""
    moment_ids: tuple[str, ...] = ()
    count: int
    """How often it is named that day."""
    first_time: Instant
    last_time: Instant
    dream_id: str
