"""What must an engine be able to do?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from rem_dagster.llm.interface import Forecast, Turn
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.moment import Moment


@dataclass(frozen=True)
class Recipe:
    """What a day is made with; the same input and the same recipe give the same rows."""

    engine: str
    model: str | None
    agentlet: str
    agentlet_version: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """What answers cost. Tokens are those of the answers used, `calls_paid` the calls made just now."""

    calls: int = 0
    calls_paid: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            calls=self.calls + other.calls,
            calls_paid=self.calls_paid + other.calls_paid,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost_usd=(self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )


@dataclass(frozen=True)
class DayFrame:
    """What an engine may know of the day beside a segment's items."""

    user_id: str
    day: date
    zone: ZoneInfo
    moment_types: Mapping[str, str]
    """Name and description of each type that a moment may have."""


@dataclass(frozen=True)
class Drafted:
    """A draft and what it cost."""

    draft: Draft
    usage: Usage = Usage()


class Engine(Protocol):
    """Drafts segments and sums up days. Stateless from one call to the next."""

    @property
    def recipe(self) -> Recipe:
        """What this engine makes days with."""

    @property
    def can_mend(self) -> bool:
        """Whether asking again with the errors of the last draft can give another draft."""

    async def draft(self, segment: Segment, frame: DayFrame, *, errors: Sequence[str] = ()) -> Drafted:
        """A draft of one segment; `errors` say what was wrong with the one before.

        Raises:
            ModelError: no usable answer; never an empty draft instead.
        """

    @property
    def prompt(self) -> str | None:
        """What the drafter is told, which no claim may repeat; None where nobody is told anything."""

    async def summarize(self, moments: Sequence[Moment], frame: DayFrame) -> tuple[str, Usage]:
        """At most 70 words about a day of several segments, from its verified moments in time order."""

    def forecast(
        self, segments: Sequence[Segment], frame: DayFrame, *, answer_share: float | None = None
    ) -> Forecast:
        """What a day of these segments would take, without a call and without being asked again.

        Args:
            answer_share: completion tokens for a prompt token, as seen before; None is not known.
        """

    def told(self, segment: Segment, frame: DayFrame) -> Sequence[Sequence[Turn]]:
        """What would be sent for a segment, one request each; nothing where nothing is sent."""

    async def close(self) -> None:
        """Let go of what this event loop held open."""
