"""What does a message of Claude.ai say, in its blocks and beside them?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from rem_dagster.model.message import ToolCall
from rem_dagster.model.own_output import without_managed
from rem_dagster.sources.fields import Fields, fields_in, objects_in, text_in, time_in

PASTED = "pasted text"
"""What a long text is called that somebody pasted: it comes as an attachment without a name."""
THINKING = {"thinking", "redacted_thinking"}
UNSHOWN = "This block is not supported on your current device yet."
"""What stands in `text` for calls of tools."""


@dataclass(frozen=True)
class ToolResult:
    """What a tool gave back."""

    key: str
    """The id of its call, or its place in the message."""
    name: str | None
    words: str
    at: datetime | None


@dataclass(frozen=True)
class Attached:
    """A file with the text that was taken out of it."""

    key: str
    name: str
    words: str


@dataclass
class Said:
    """A message taken apart."""

    words: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    results: list[ToolResult] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    has_thinking: bool = False


def take_apart(message: Fields) -> Said:
    """The words, calls, results and attachments of a message; thinking is left out."""
    said = Said(attached=list(_attached(message)))
    texts: list[str] = []
    for number, block in enumerate(objects_in(message, "content")):
        kind = block.get("type")
        if kind == "tool_use":
            said.calls.append(_call(block))
        elif kind == "tool_result":
            said.results.append(_result(block, number))
        elif isinstance(kind, str) and kind in THINKING:
            said.has_thinking = True
        elif (text := text_in(block, "text")) is not None:
            texts.append(text)
            said.links.extend(_cited(block))
    # `text` may be older or shorter than the blocks, and in old exports it is all there is
    spoken = "\n\n".join(texts) or _plain(message)
    named = [f"[{name}]" if name == PASTED else f"[file: {name}]" for name in _names(message)]
    said.words = without_managed("\n".join(part for part in (spoken, *named) if part)).strip()
    return said


def _plain(message: Fields) -> str:
    text = text_in(message, "text") or ""
    return text.replace(UNSHOWN, "").strip("`\n ") if UNSHOWN in text else text


def _call(block: Fields) -> ToolCall:
    given = block.get("input")
    try:
        arguments = given if isinstance(given, str) else json.dumps(given, sort_keys=True, ensure_ascii=False)
    except (RecursionError, ValueError):
        arguments = ""
    return ToolCall(
        id=text_in(block, "id") or "", name=text_in(block, "name") or "unknown", arguments=arguments
    )


def _result(block: Fields, number: int) -> ToolResult:
    content = block.get("content")
    inner = [text_in(each, "text") or "" for each in objects_in(block, "content")]
    words = content if isinstance(content, str) else "\n".join(each for each in inner if each)
    return ToolResult(
        key=text_in(block, "tool_use_id") or str(number),
        name=text_in(block, "name"),
        words=without_managed(words).strip(),
        at=time_in(block, "start_timestamp"),
    )


def _attached(message: Fields) -> Iterator[Attached]:
    for number, each in enumerate(objects_in(message, "attachments")):
        if (words := text_in(each, "extracted_content")) is not None:
            name = text_in(each, "file_name") or PASTED
            yield Attached(text_in(each, "id") or str(number), name, without_managed(words))


def _names(message: Fields) -> list[str]:
    """The names of all files with a message, each once."""
    pasted = [text_in(each, "file_name") or PASTED for each in objects_in(message, "attachments")]
    held = [*objects_in(message, "files"), *objects_in(message, "files_v2")]
    return list(dict.fromkeys([*pasted, *(name for each in held if (name := text_in(each, "file_name")))]))


def _cited(block: Fields) -> Iterator[str]:
    for citation in objects_in(block, "citations"):
        url = text_in(citation, "url") or text_in(fields_in(citation, "details"), "url")
        if url and url.startswith(("http://", "https://")):
            yield url
