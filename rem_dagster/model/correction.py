"""What is a correction?"""

from pydantic import Field

from rem_dagster.model.ids import derive_id
from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import CorrectionVerb


class Correction(Record):
    """A person's change to a moment, kept across dreams.

    `target` holds the source ids that the moment cites: a moment of a later dream is the same one
    when it shares most of them.
    """

    id: str
    user_id: str
    partition_key: str
    target: tuple[str, ...]
    verb: CorrectionVerb
    value: dict[str, object] = Field(default_factory=dict)
    made_at: Instant

    @property
    def added_id(self) -> str:
        """The id of the moment that it adds, where that is what it does."""
        return derive_id(self.user_id, self.partition_key, "moment", self.id, 0)
