"""What do all stored records have in common?"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


def to_utc(instant: datetime) -> datetime:
    """The same instant in UTC."""
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""An aware instant, kept in UTC."""


class Record(BaseModel):
    """A frozen value whose fields are known one by one."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")
