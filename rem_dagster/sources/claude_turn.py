"""How do the lines of one answer become one message, and what of a tool's output is kept?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rem_dagster.model.activity import MessageItem
from rem_dagster.model.message import ToolCall
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript_text import (
    OUTPUT_WAS_CUT,
    head,
    object_of,
    objects_of,
    output_text,
    seen_from,
    text_of,
    tool_call,
    without_injected,
)

CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
RESULTS = ("tool_result", "web_search_tool_result", "mcp_tool_result", "web_fetch_tool_result")
THOUGHTS = ("thinking", "redacted_thinking")
CHANGES_FILES = ("Edit", "Write", "MultiEdit", "NotebookEdit")
OUTPUT = ":output"
"""Ends the ids of outputs, which are those of their calls."""
PATHS = ("file_path", "notebook_path")


@dataclass
class Turn:
    """One message of the assistant while its lines come in, and the outputs that came between them."""

    session: str
    native_id: str
    message_id: str
    at: datetime
    confidence: TimeConfidence
    texts: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    after: list[MessageItem] = field(default_factory=list)
    metadata: dict[str, object] = field(default_factory=dict)

    def add(self, where: str, content: object) -> Iterator[Problem]:
        """Take the blocks of a line in; a line may repeat or lengthen what an earlier one held."""
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else objects_of(content)
        if not blocks:
            yield Problem(where, None, "holds no text", "skipped")
        for block in blocks:
            kind = text_of(block.get("type"))
            if kind == "text":
                self._add_text(text_of(block.get("text")))
            elif kind in CALLS:
                self._add_call(block)
            elif kind in THOUGHTS:
                yield Problem(where, None, "is the model's thinking", "skipped")
            else:
                yield Problem(where, None, "is no text, but a picture or a file", "skipped", kind or None)

    def items(self) -> Iterator[MessageItem]:
        """The message, and then the outputs."""
        if self.texts or self.calls:
            files = {"files": seen_from(text_of(self.metadata.get("cwd")), self.files)} if self.files else {}
            yield MessageItem(
                native_id=self.native_id,
                session_native_id=self.session,
                role="assistant",
                content="\n\n".join(self.texts),
                tool_calls=tuple(self.calls),
                created_at=self.at,
                time_confidence=self.confidence,
                metadata={**self.metadata, **files},
            )
        yield from self.after

    def _add_text(self, text: str) -> None:
        text = without_injected(text).strip()
        if not text or any(held.startswith(text) for held in self.texts):
            return
        if self.texts and text.startswith(self.texts[-1]):
            self.texts[-1] = text
        else:
            self.texts.append(text)

    def _add_call(self, block: Mapping[str, object]) -> None:
        call = tool_call(text_of(block.get("id")), text_of(block.get("name")), block.get("input") or {})
        if any(held.id == call.id and held.name == call.name and call.id for held in self.calls):
            return
        self.calls.append(call)
        if call.name in CHANGES_FILES:
            told = object_of(block.get("input"))
            self.files += [path for name in PATHS if (path := text_of(told.get(name)))]


@dataclass(frozen=True)
class Output:
    """What a tool answered."""

    call_id: str
    text: str
    metadata: Mapping[str, object]

    def item(
        self,
        session: str,
        line_id: str,
        at: datetime,
        confidence: TimeConfidence,
        metadata: Mapping[str, object],
    ) -> MessageItem:
        """The output as a message of its session."""
        return MessageItem(
            native_id=f"{self.call_id or line_id}{OUTPUT}",
            session_native_id=session,
            role="tool",
            trust="third_party",
            content=self.text,
            created_at=at,
            time_confidence=confidence,
            metadata={**metadata, **self.metadata},
        )


def result_of(
    where: str, block: Mapping[str, object], *, tool: str = "", agent: str = ""
) -> Iterator[Output | Problem]:
    """A tool's output, its head at most.

    Args:
        tool: its name.
        agent: the session of the subagent that it started.
    """
    whole = without_injected(output_text(block.get("content"))).strip()
    if not whole:
        yield Problem(where, None, "is a tool's output without text", "skipped")
        return
    text = head(whole)
    if text != whole:
        yield Problem(where, None, OUTPUT_WAS_CUT, "notice")
    told = {
        "tool": tool,
        "characters": len(whole) if text != whole else None,
        "is_error": block.get("is_error") is True,
        "links": [agent] if agent else None,
    }
    kept = {key: value for key, value in told.items() if value}
    yield Output(text_of(block.get("tool_use_id")), text, kept)
