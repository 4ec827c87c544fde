"""What did a person write of a user's message of Codex, and what does one of its calls say?"""

import json
import re
from collections.abc import Mapping

from rem_dagster.model.message import ToolCall
from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript_text import object_of, output_text, text_of, tool_call, without_injected

STARTS = (
    "<environment_context",
    "<user_instructions",
    "<permissions",
    "<INSTRUCTIONS",
    "<turn_aborted",
    "<skill>",
    "<skills_instructions",
    "<subagent_notification",
    "<collaboration_mode",
    "<multi_agent_mode",
    "<app-context",
    "<model_switch",
    "<personality_spec",
    "<user_shell_command",
    "# AGENTS.md instructions",
)
"""What a user's text starts with that the program wrote."""
IMAGE = re.compile(r"</?image\b[^<>]*>")
REQUEST = re.compile(
    r"\A# Context from my IDE setup:.*?^## My request for Codex:\s*", re.DOTALL | re.MULTILINE
)
"""What an editor puts before the person's words."""


def said_by_a_person(where: str, texts: list[str]) -> tuple[list[str], list[Problem]]:
    """What a person wrote of the parts of a message, and what is said about the rest."""
    kept: list[str] = []
    problems: list[Problem] = []
    for text in texts:
        if text.lstrip().startswith(STARTS):
            problems.append(Problem(where, None, "is what the program put in", "skipped"))
            continue
        said = IMAGE.sub("", REQUEST.sub("", text.lstrip(), count=1))
        said = without_injected(said).strip()
        if said:
            kept.append(said)
    if not kept and not problems:
        problems.append(Problem(where, None, "holds no text", "skipped"))
    return kept, problems


def call_of(kind: str, payload: Mapping[str, object]) -> ToolCall:
    """A call of a tool; kinds of call of their own have no name but their kind."""
    call_id = text_of(payload.get("call_id")) or text_of(payload.get("id"))
    name = text_of(payload.get("name")) or kind.removesuffix("_call")
    arguments = payload.get("arguments", payload.get("input"))
    return tool_call(call_id, name, arguments if arguments is not None else object_of(payload.get("action")))


def output_of(payload: Mapping[str, object]) -> str:
    """What a tool answered; some versions wrap the text in JSON of their own."""
    text = output_text(payload.get("output", payload.get("result")))
    if not text.startswith('{"'):
        return text
    try:
        inner = object_of(json.loads(text)).get("output")
    except (ValueError, RecursionError):
        return text
    return inner if isinstance(inner, str) else text
