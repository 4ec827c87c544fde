"""Segments and answers for tests of the engine that asks a model."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.draft.engine import DayFrame, Drafted
from rem_dagster.dreaming.draft.llm import LlmEngine, load_agentlet
from rem_dagster.llm.interface import ChatModel, Request
from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES

KEY = bytes(range(32))
NOON = datetime(2025, 10, 14, 12, tzinfo=UTC)
FRAME = DayFrame("user-7c1", date(2025, 10, 14), ZoneInfo("Europe/Lisbon"), BUILT_IN_MOMENT_TYPES)
HEAD = re.compile(r"^\[([mr]\d+)[^\]]*\] (.*)$", re.MULTILINE)


def said(number: int, text: str, *, minutes: float = 0, author: str | None = "Inês") -> DayItem:
    """A message so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    return DayItem(f"m{number}", f"source-m{number}", "message", at, at, text, "chat", "user", author)


def segment(*items: DayItem) -> Segment:
    return Segment(0, items)


def inputs_of(request: Request) -> list[tuple[str, str]]:
    """Handle and first line of each input that a request shows."""
    return HEAD.findall(request.turns[1].content)


def whole(request: Request, **changes: Any) -> dict[str, Any]:
    """An honest answer: one moment over all inputs, told and quoted in the words of the first."""
    if request.schema_name == "day_summary":
        return {"day_summary": request.turns[1].content.split("\n")[1].removeprefix("- ")}
    shown = inputs_of(request)
    handle, text = shown[0]
    words = " ".join(text.split()[:12])
    moment = {
        "name": words[:60],
        "summary": words,
        "moment_type": "other",
        "tags": [],
        "outcomes": [],
        "emotions": [],
        "handles": ", ".join(each for each, _ in shown),
        "evidence": [f"{handle}: {words}"],
        "facts": [f"{handle}: {words}"],
        "intentions": [],
    }
    return {"moments": [moment | changes], "entities": [], "edges": [], "day_summary": words}


def engine(model: ChatModel, *, context_tokens: int | None = None) -> LlmEngine:
    return LlmEngine(model, load_agentlet(), key=KEY, context_tokens=context_tokens)


def drafted(made: LlmEngine, part: Segment, errors: Sequence[str] = ()) -> Drafted:
    return asyncio.run(made.draft(part, FRAME, errors=errors))
