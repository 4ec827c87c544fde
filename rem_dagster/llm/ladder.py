"""How is an endpoint asked for an answer of one shape, and which way works there?

    json_schema, strict      the endpoint enforces the schema
    json_schema              the same, where the key `strict` is unknown or its rules cannot be met
    tool                     the answer is the arguments of one tool
    json_object              the endpoint enforces JSON; the schema is told in words
    text                     nothing is enforced; the object is looked for in the text

Source: INPUTS.md, "Models that speak the OpenAI wire".
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from rem_dagster.llm.interface import Request
from rem_dagster.llm.shape import closed

MISFITS_UNTIL_LEFT = 3
"""Answers of the wrong shape in a row after which a rung is taken for one that enforces nothing."""


class Rung(StrEnum):
    """One way to ask, from the strictest down."""

    STRICT = "json_schema_strict"
    SCHEMA = "json_schema"
    TOOL = "tool"
    OBJECT = "json_object"
    TEXT = "text"

    @property
    def below(self) -> "Rung | None":
        """The next way down, for an endpoint that rejects this one; None at the foot."""
        rungs = list(Rung)
        place = rungs.index(self) + 1
        return rungs[place] if place < len(rungs) else None

    @property
    def after_misfit(self) -> "Rung":
        """Where to ask again after an answer of the wrong shape.

        An endpoint that takes a schema and ignores it has never shown it to the model, whichever of the
        upper three ways it was given: the next that helps is one that tells the schema in words.
        """
        return Rung.OBJECT if self in (Rung.STRICT, Rung.SCHEMA, Rung.TOOL) else Rung.TEXT


def body_of(request: Request, rung: Rung, *, complaint: str | None = None) -> dict[str, Any]:
    """The body of a chat completion that asks in one way, without the model's name.

    Args:
        complaint: what was wrong with an earlier answer to the same request.

    Raises:
        SchemaError: the schema cannot be closed.
    """
    schema, name = (
        closed(request.schema),
        re.sub(r"[^a-zA-Z0-9_-]", "_", request.schema_name)[:64] or "answer",
    )
    messages = [{"role": turn.role, "content": turn.content} for turn in request.turns]
    body: dict[str, Any] = {**request.parameters, "messages": messages}
    match rung:
        case Rung.STRICT:
            form = {"name": name, "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        case Rung.SCHEMA:  # without the key `strict`: some endpoints reject the key itself
            form = {"name": name, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        case Rung.TOOL:  # one tool and `required`: fewer endpoints know the form that names the tool
            said = "Takes the answer. Call it exactly once."
            function = {"name": name, "description": said, "parameters": schema}
            body |= {"tools": [{"type": "function", "function": function}], "tool_choice": "required"}
        case Rung.OBJECT:
            body["response_format"] = {"type": "json_object"}
            _tell(messages, _in_words(schema))
        case Rung.TEXT:
            _tell(messages, _in_words(schema))
    if complaint:
        _tell(messages, f"An earlier answer was rejected: {complaint}. Give one that fits the schema.")
    return body


def _in_words(schema: Mapping[str, Any]) -> str:
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return f"Answer with one JSON object and nothing else. It must match this JSON schema:\n{text}"


def _tell(messages: list[dict[str, str]], text: str) -> None:
    """Add to the system message, which is first: what stays the same stays in front of what does not."""
    if messages and messages[0]["role"] == "system":
        messages[0] = {"role": "system", "content": f"{messages[0]['content']}\n\n{text}"}
    else:
        messages.insert(0, {"role": "system", "content": text})


class RungMemory:
    """Which rung worked last, for each endpoint and model; kept in a small file when one is named.

    It only saves rejected requests: a file that is lost, broken or cannot be written costs nothing else.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known = self._read()
        self._misfits: dict[tuple[str, str], int] = {}

    def first(self, endpoint: str, model: str) -> Rung:
        """Where to begin."""
        return self._known.get((endpoint, model), Rung.STRICT)

    def worked(self, endpoint: str, model: str, rung: Rung) -> None:
        """An answer of the right shape came at once: begin there, also in the next process."""
        self._misfits[endpoint, model] = 0
        self._known[endpoint, model] = rung
        self._write(endpoint, model, rung)

    def misfit(self, endpoint: str, model: str, rung: Rung) -> None:
        """An answer had the wrong shape. Once may be the model's bad day; in a row, nothing is enforced."""
        if self.first(endpoint, model) != rung:
            return
        count = self._misfits[endpoint, model] = self._misfits.get((endpoint, model), 0) + 1
        if count >= MISFITS_UNTIL_LEFT:
            self._misfits[endpoint, model] = 0
            self._known[endpoint, model] = rung.after_misfit

    def _read(self) -> dict[tuple[str, str], Rung]:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8")) if self._path else {}
            return {
                (endpoint, model): Rung(rung)
                for endpoint, models in raw.items()
                for model, rung in models.items()
            }
        except (OSError, ValueError, AttributeError, TypeError):
            return {}

    def _write(self, endpoint: str, model: str, rung: Rung) -> None:
        kept = self._read()
        if self._path is None or kept.get((endpoint, model)) == rung:
            return
        kept[endpoint, model] = rung
        nested: dict[str, dict[str, str]] = {}
        for (where, which), one in sorted(kept.items()):
            nested.setdefault(where, {})[which] = str(one)
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(nested, file, indent=2)
            os.replace(temporary, self._path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
