"""What is a model shown of a segment, and how are the inputs kept apart from what it is told?

The system turn is the same for all segments of a home, so that a provider's prompt cache keeps it:

    system  │ prompt, feelings, types of moments
    user    │ <<<7f3a…>>>
            │ [m1 13:56 Caroline] first line
            │ [m2 Melanie] in the same minute
            │  further lines, one space in
            │ <<</7f3a…>>>

Only a head and a fence begin in the first column, and what is inside a fence cannot know its mark.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.draft.engine import DayFrame
from rem_dagster.dreaming.draft.llm.agentlet import Agentlet
from rem_dagster.llm.fence import fenced, flat_line, indented
from rem_dagster.llm.interface import Request, Turn
from rem_dagster.llm.tokens import request_tokens
from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, EMOTIONS

MOST_ERRORS = 20


def system_turn(agentlet: Agentlet, moment_types: Mapping[str, str]) -> Turn:
    """The constant part: the prompt, the feelings and the types of moments of this home."""
    kinds = [
        name if BUILT_IN_MOMENT_TYPES.get(name) == description else f"{name} ({flat_line(description, 200)})"
        for name, description in moment_types.items()
    ]
    return Turn(
        "system",
        f"{agentlet.prompt.strip()}\nEmotions: {' '.join(EMOTIONS)}.\nTypes: {', '.join(kinds)}.",
    )


def segment_turn(segment: Segment, frame: DayFrame, key: bytes) -> Turn:
    """The inputs of a segment between fences; a local time stands until the next one."""
    clocks = [_minutes(item, frame.zone) for item in segment.items]
    shown = [
        f"[{_head(item, clock if clock != last else '')}] {indented(item.text)}"
        for item, clock, last in zip(segment.items, clocks, ["", *clocks], strict=False)
    ]
    return Turn("user", fenced(shown, key))


def errors_turn(errors: Sequence[str]) -> Turn:
    """What was wrong with the last answer."""
    told = [f"- {flat_line(error, 300)}" for error in errors[:MOST_ERRORS]]
    if len(errors) > MOST_ERRORS:
        told.append(f"- and {len(errors) - MOST_ERRORS} more")
    listed = "\n".join(told)
    return Turn(
        "user", f"Your last answer had claims that the inputs do not bear out:\n{listed}\nAnswer anew."
    )


def prompt_tokens(turns: Sequence[Turn], schema: Mapping[str, Any]) -> int:
    """Estimated tokens of a request, its schema counted as it is sent."""
    return request_tokens(Request(turns=turns, schema_name="", schema=schema))


def _head(item: DayItem, clock: str) -> str:
    """Handle, local time if any, and who; of a resource its category, where it belongs and its name too."""
    parts = [item.handle, clock] if clock else [item.handle]
    if item.kind == "message":
        parts.append(flat_line(item.author or item.role or "someone"))
        if item.session_title:
            parts.append(f'in "{flat_line(item.session_title)}"')
        return " ".join(parts)
    parts.append(item.category or "document")
    if item.category == "commit":
        parts.append(flat_line(item.thread))
    if item.name and not item.text.startswith(item.name):
        parts.append(f'"{flat_line(item.name)}"')
    if item.author:
        parts.append(f"by {flat_line(item.author)}")
    return " ".join(parts)


def _minutes(item: DayItem, zone: ZoneInfo) -> str:
    began = _clock(item.occurred_at, zone)
    ended = _clock(item.ended_at, zone)
    return began if ended <= began else f"{began}-{ended}"


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
