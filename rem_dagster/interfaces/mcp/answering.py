"""How does a tool, a resource or a prompt answer, also where something is wrong?"""

import functools
import itertools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel

from rem_dagster.errors import InputError, RemError
from rem_dagster.store.room import give_back

P = ParamSpec("P")
R = TypeVar("R")

GIVE_BACK_EVERY = 25
"""Answers after which memory that nobody uses goes back to the system: a server runs for weeks, and the
pieces that its threads freed would be kept for each."""
_answered = itertools.count(1)

READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
ADDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
CHANGES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
DESTROYS = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)


def as_tool(work: Callable[P, R]) -> Callable[P, R]:
    """The same, whose own errors are told to the agent; any other is logged and not told."""
    return _with(work, lambda error: ToolError(str(error)))


def as_resource(work: Callable[P, R]) -> Callable[P, R]:
    """The same, as a resource fails."""

    def told(error: RemError) -> Exception:
        kind = ResourceNotFoundError if isinstance(error, InputError) else ResourceError
        return kind(str(error))

    return _with(work, told)


def as_prompt(work: Callable[P, R]) -> Callable[P, R]:
    """The same, as a prompt fails."""
    return _with(work, lambda error: MCPError(code=INVALID_PARAMS, message=str(error)))


def _with(work: Callable[P, R], told: Callable[[RemError], Exception]) -> Callable[P, R]:
    @functools.wraps(work)
    def answered(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        except RemError as error:
            raise told(error) from error
        finally:
            if next(_answered) % GIVE_BACK_EVERY == 0:
                give_back()

    return answered


def answer(model: BaseModel, text: str | None = None) -> CallToolResult:
    """An answer with its structure, and the same as text: JSON where no other text is given."""
    said: dict[str, Any] = model.model_dump(mode="json", exclude_none=True)
    return CallToolResult(
        content=[TextContent(type="text", text=text if text is not None else as_json(model))],
        structured_content=said,
    )


def as_json(model: BaseModel) -> str:
    """A model as compact JSON without what is not known."""
    return model.model_dump_json(exclude_none=True)
