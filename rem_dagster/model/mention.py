"""What is a mention?"""

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import EntityKind


class Mention(Record):
    """An entity in one user's day; an entity is its mentions grouped by `entity_id`."""

    id: str
    user_id: str
    partition_key: str
    entity_id: str
    name: str
    kind: EntityKind
    surface_forms: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()
    moment_ids: tuple[str, ...] = ()
    count: int
    first_time: Instant
    last_time: Instant
    dream_id: str
