"""An engine that drafts from a script."""

from collections.abc import Callable, Sequence

from rem_dagster.dreaming.draft.engine import DayFrame, Drafted, Recipe, Usage
from rem_dagster.errors import ModelError
from rem_dagster.llm.interface import Forecast, Turn
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft, DraftMoment, DraftQuote
from rem_dagster.model.moment import Moment

Script = Callable[[Segment, DayFrame, Sequence[str]], Draft]


def one_moment(part: Segment, frame: DayFrame, errors: Sequence[str]) -> Draft:
    """All of a segment as one moment, quoting its first item."""
    first = part.items[0]
    return Draft(
        moments=(
            DraftMoment(
                name=f"What happened from {first.handle} on",
                summary="Something happened.",
                moment_type="other",
                handles=tuple(item.handle for item in part.items),
                evidence=(DraftQuote(handle=first.handle, quote=first.text),),
            ),
        ),
        day_summary="A day.",
    )


class ScriptedEngine:
    """Drafts by a function; counts what it was asked."""

    def __init__(self, script: Script = one_moment, *, version: str = "1", can_mend: bool = True) -> None:
        self.script = script
        self.version = version
        self.can_mend = can_mend
        self.asked: list[tuple[str, list[str]]] = []

    @property
    def recipe(self) -> Recipe:
        return Recipe("scripted", "script", "moment-generator", self.version)

    async def draft(self, segment: Segment, frame: DayFrame, *, errors: Sequence[str] = ()) -> Drafted:
        self.asked.append((frame.day.isoformat(), list(errors)))
        usage = Usage(calls=1, calls_paid=1, prompt_tokens=100, completion_tokens=10, cost_usd=0.01)
        return Drafted(self.script(segment, frame, errors), usage)

    async def summarize(self, moments: Sequence[Moment], frame: DayFrame) -> tuple[str, Usage]:
        return " ".join(moment.name for moment in moments), Usage(calls=1, calls_paid=1, cost_usd=0.01)

    @property
    def prompt(self) -> str | None:
        return None

    def forecast(
        self, segments: Sequence[Segment], frame: DayFrame, *, answer_share: float | None = None
    ) -> Forecast:
        return Forecast(len(segments), 100 * len(segments), 10 * len(segments), 0.01 * len(segments))

    def told(self, segment: Segment, frame: DayFrame) -> Sequence[Sequence[Turn]]:
        return [[Turn("user", item.text) for item in segment.items]]

    async def close(self) -> None:
        pass


def failing_on(*days: str) -> Script:
    """A script whose model is out of reach on some days."""

    def script(part: Segment, frame: DayFrame, errors: Sequence[str]) -> Draft:
        if frame.day.isoformat() in days:
            raise ModelError("The model did not answer.")
        return one_moment(part, frame, errors)

    return script
