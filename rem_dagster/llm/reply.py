"""What came back from an endpoint, and what is owed for it?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rem_dagster.llm.charge import REJECTED, Charge, charge_of
from rem_dagster.llm.interface import Answer, Request
from rem_dagster.llm.ladder import Rung


@dataclass(frozen=True)
class Call:
    """One call, answered or timed out, usable or not: what it used is owed either way."""

    request: Request
    rung: Rung
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    problem: str | None
    """What was wrong with the answer; None when it was used. Never the answer's text."""


@dataclass(frozen=True)
class Reply:
    """What is read of a chat completion, whatever shape the endpoint gave it."""

    text: str
    """The answer, or the arguments of the tool that was called; empty when there is neither."""
    finish_reason: str | None
    is_refusal: bool
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int
    """Prompt tokens that the provider had kept; 0 when it does not say, which costs more, never less."""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Reply":
        """The first choice of a completion; an empty text when there is none."""
        choice = _first(body.get("choices"))
        message = _mapping(choice.get("message"))
        usage = _mapping(body.get("usage"))
        reason = choice.get("finish_reason")
        return cls(
            text=_text_of(message),
            finish_reason=reason if isinstance(reason, str) else None,
            is_refusal=bool(message.get("refusal")),
            prompt_tokens=_count(usage.get("prompt_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
            cached_tokens=_count(_mapping(usage.get("prompt_tokens_details")).get("cached_tokens")) or 0,
        )


def answer_of(content: Mapping[str, Any], calls: Sequence[Call]) -> Answer:
    """The answer of the last call with its own counts; those before it are lost."""
    used = calls[-1]
    return Answer(
        content=content,
        prompt_tokens=used.prompt_tokens,
        completion_tokens=used.completion_tokens,
        cost_usd=used.cost_usd,
        calls_paid=len(calls),
        lost=charge_for(calls[:-1]),
    )


def charge_for(calls: Sequence[Call], error: Exception | None = None) -> Charge:
    """What is owed for calls that gave nothing, and for an error's own; unknown as soon as one of them is."""
    lost = (charge_of(error) if error else None) or REJECTED  # the wire says what was never answered
    costs = [call.cost_usd for call in calls]
    return Charge(
        calls=len(calls) + lost.calls,
        prompt_tokens=_total([call.prompt_tokens for call in calls]),
        completion_tokens=_total([call.completion_tokens for call in calls]),
        cost_usd=sum(cost for cost in costs if cost is not None)
        if None not in costs and not lost.calls
        else None,
    )


def _text_of(message: Mapping[str, Any]) -> str:
    arguments = _mapping(_first(message.get("tool_calls")).get("function")).get("arguments")
    if isinstance(arguments, dict):  # some servers give them parsed
        return json.dumps(arguments, ensure_ascii=False)
    content = message.get("content")
    if isinstance(content, list):  # and some give content in parts
        content = "".join(part.get("text") or "" for part in map(_mapping, content))
    return next((text for text in (arguments, content) if isinstance(text, str) and text), "")


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _first(value: object) -> Mapping[str, Any]:
    return _mapping(value[0]) if isinstance(value, list) and value else {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
