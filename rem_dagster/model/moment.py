"""What is a moment?"""

from collections.abc import Iterable

from pydantic import Field

from rem_dagster.model.record import Instant, Record
from rem_dagster.model.words import PREDICTION, Emotion, Trust


class Evidence(Record):
    """A verbatim quote and the message or resource that holds it."""

    source_id: str
    quote: str


class Statement(Record):
    """A sentence and the messages or resources that it rests on."""

    text: str
    source_ids: tuple[str, ...]


class Moment(Record):
    """A typed, time-bounded piece of one user's day, with evidence.

    inputs     ·  ··   ·· ·
    moment        ├───────┤   from its first to its last cited input
    """

    id: str
    user_id: str
    partition_key: str
    """The local day to which it belongs, in ISO form."""
    name: str
    """Its title."""
    summary: str
    start_time: Instant
    """That of its first cited input."""
    end_time: Instant
    """That of its last cited input."""
    created_at: Instant
    """Equal to `end_time`: a dream made again must give the same row."""
    moment_type: str
    """`work_session`, `learning` and so on, or a type of the user's own."""
    tags: tuple[str, ...] = ()
    emotion_tags: tuple[Emotion, ...] = ()
    people: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    """How it ended, in words of its sources."""
    resource_ids: tuple[str, ...] = ()
    session_ids: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """Verbatim quotes, and where they stand."""
    facts: tuple[Statement, ...] = ()
    intentions: tuple[Statement, ...] = ()
    trust: Trust = "own"
    """The least trusted of its sources."""
    confidence: float | None = None
    """From 0 to 1, of a prediction; None for what happened."""
    search_text: str = ""
    metadata: dict[str, object] = Field(default_factory=dict)
    dream_id: str
    """The dream that made it."""

    @property
    def is_prediction(self) -> bool:
        """Whether it tells of the next day, which was not lived yet."""
        return self.moment_type == PREDICTION


def happened(moments: Iterable[Moment]) -> list[Moment]:
    """The moments that count: a prediction is shown with its day and is part of no tally of it."""
    return [moment for moment in moments if not moment.is_prediction]
