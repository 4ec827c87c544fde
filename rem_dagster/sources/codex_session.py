"""How does one rollout file of Codex become a session and its messages?"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.model.ids import digest_text
from rem_dagster.model.message import ToolCall
from rem_dagster.model.words import Role, TimeConfidence
from rem_dagster.sources.codex_fork import Fork, id_in_name, uuid_time
from rem_dagster.sources.codex_line import Placed, opened, skipped
from rem_dagster.sources.codex_text import call_of, output_of, said_by_a_person
from rem_dagster.sources.git import web_url_of
from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript_files import TOO_DEEP, Line, first_time, read_lines
from rem_dagster.sources.transcript_text import (
    OUTPUT_WAS_CUT,
    Clock,
    head,
    is_own_tool,
    object_of,
    objects_of,
    output_text,
    patched_files,
    seen_from,
    text_of,
    time_of,
    without_injected,
)

MIRROR_WINDOW = 8
"""Messages back in which one may stand that is told in both ways."""
EVENTS: dict[str, Role] = {"user_message": "user", "agent_message": "assistant"}
BOOKKEEPING = "is the program's own bookkeeping"
THOUGHTS = ("reasoning", "agent_reasoning", "agent_reasoning_raw_content")


@dataclass
class RolloutReading:
    """One pass over one file."""

    path: Path
    title: str | None
    session: str = ""
    is_agent: bool = False
    cwd: str = ""
    branch: str = ""
    _clock: Clock = field(default_factory=lambda: Clock(None))
    _fork: Fork | None = None
    _told: deque[tuple[str, Role, str]] = field(default_factory=lambda: deque(maxlen=MIRROR_WINDOW))
    _calls: dict[str, ToolCall | None] = field(default_factory=dict)
    _ids: dict[str, int] = field(default_factory=dict)

    def items(self) -> Iterator[Activity | Problem]:
        """The session, and its messages in the order of the file."""
        self._clock = Clock(first_time(self.path))
        for line in read_lines(self.path):
            if isinstance(line, Problem):
                yield line
                continue
            try:
                yield from self._items_of(line)
            except RecursionError:
                yield Problem(line.where, None, TOO_DEEP)

    def _items_of(self, line: Line) -> Iterator[Activity | Problem]:
        kind, payload = opened(line.value)
        at, confidence = self._clock.tell(line.value.get("timestamp"))
        if at is None:
            yield Problem(line.where, "timestamp", "is missing, as in the whole file")
            return
        if kind == "session_meta":
            yield from self._meta(line, payload, at, confidence)
            return
        if not self.session:
            yield from self._meta(line, {}, at, confidence)
        if self._fork and self._fork.copies(kind, payload, at):
            yield skipped(line.where, "was copied from the session that this one was forked from")
            return
        place = Placed(line.where, at, confidence, line.value.get("timestamp"))
        if kind == "response_item":
            yield from self._response(place, payload)
        elif kind == "event_msg":
            yield from self._event(place, payload)
        elif kind == "compacted":
            yield skipped(line.where, "is the summary of a compacted conversation")
        else:
            if kind == "turn_context":
                self.cwd = text_of(payload.get("cwd")) or self.cwd
            yield skipped(line.where, BOOKKEEPING, kind)

    def _meta(
        self, line: Line, payload: Mapping[str, object], at: datetime, confidence: TimeConfidence
    ) -> Iterator[Activity | Problem]:
        """The session; a second one in the file is that of the parent, before what is copied of it."""
        named = text_of(payload.get("id"))
        if self.session:
            if self._fork and named != self.session:
                self._fork.is_copying = True
            yield skipped(line.where, BOOKKEEPING, "session_meta")
            return
        self.session = named or id_in_name(self.path)
        git = object_of(payload.get("git"))
        self.cwd, self.branch = text_of(payload.get("cwd")), text_of(git.get("branch"))
        spawned = object_of(object_of(payload.get("source")).get("subagent"))
        parent = text_of(object_of(spawned.get("thread_spawn")).get("parent_thread_id"))
        forked = text_of(payload.get("forked_from_id"))
        self.is_agent = bool(spawned)
        if forked or parent:
            self._fork = Fork(uuid_time(self.session) or time_of(payload.get("timestamp")) or at)
        repository = text_of(git.get("repository_url"))
        told = {
            **self._place(),
            "repo": (web_url_of(repository) or repository).rsplit("/", 1)[-1].removesuffix(".git"),
            "sha": text_of(git.get("commit_hash")),
            "parent": parent or forked,
            "links": [parent or forked] if parent or forked else None,
        }
        yield SessionItem(
            native_id=self.session,
            title=self.title,
            created_at=time_of(payload.get("timestamp")) or at,
            time_confidence=confidence,
            metadata={name: value for name, value in told.items() if value},
        )

    def _response(self, place: Placed, payload: Mapping[str, object]) -> Iterator[Activity | Problem]:
        kind = text_of(payload.get("type"))
        if kind == "message":
            role = payload.get("role")
            if role not in ("user", "assistant"):
                yield skipped(place.where, "was written by the program, not by a person", str(role))
                return
            content = payload.get("content")
            blocks = [{"text": content}] if isinstance(content, str) else objects_of(content)
            texts = [text_of(block.get("text")) for block in blocks]
            if any("image" in text_of(block.get("type")) for block in blocks):
                yield skipped(place.where, "is no text, but a picture or a file")
            told_id = text_of(payload.get("id"))
            yield from self._message(place, "user" if role == "user" else "assistant", texts, told_id)
        elif kind.endswith("_output"):
            yield from self._output(place, payload)
        elif kind.endswith("_call"):
            yield from self._call(place, kind, payload)
        elif kind in THOUGHTS:
            yield skipped(place.where, "is the model's thinking")
        elif kind == "agent_message":
            yield skipped(place.where, "is a message of another agent")
        else:
            yield skipped(place.where, BOOKKEEPING, kind)

    def _event(self, place: Placed, payload: Mapping[str, object]) -> Iterator[Activity | Problem]:
        kind = text_of(payload.get("type"))
        if role := EVENTS.get(kind):
            yield from self._message(place, role, [text_of(payload.get("message"))], "", way="event")
        elif kind in THOUGHTS:
            yield skipped(place.where, "is the model's thinking")
        else:
            yield skipped(place.where, BOOKKEEPING, kind)

    def _message(
        self, place: Placed, role: Role, texts: list[str], told_id: str, *, way: str = "item"
    ) -> Iterator[Activity | Problem]:
        """A message, once: versions of the program tell each as an item, as an event, or as both."""
        if role == "user":
            kept, problems = said_by_a_person(place.where, texts)
            yield from problems
        else:
            kept = [cut for text in texts if (cut := without_injected(text).strip())]
            if not kept:
                yield skipped(place.where, "holds no text")
        text = "\n".join(kept).strip()
        if not text:
            return
        other = ("event" if way == "item" else "item", role, text)
        if other in self._told:
            self._told.remove(other)
            yield skipped(place.where, "is told twice by the program")
            return
        self._told.append((way, role, text))
        yield from place.notices()
        heard: Role = "system" if self.is_agent and role == "user" else role
        yield self._item(place, heard, text, self._identity(told_id, role, str(place.said), text))

    def _call(self, place: Placed, kind: str, payload: Mapping[str, object]) -> Iterator[Activity | Problem]:
        call = call_of(kind, payload)
        # an output is found by its call; what is our own is remembered as such
        self._calls[call.id] = None if is_own_tool(call) else ToolCall(id=call.id, name=call.name)
        patch = "\n".join(output_text(payload.get(name)) for name in ("arguments", "input"))
        files = seen_from(self.cwd, patched_files(patch.replace("\\n", "\n")))
        yield from place.notices()
        native_id = call.id or self._identity("", "call", str(place.said), call.name + call.arguments)
        item = self._item(place, "assistant", "", native_id)
        more = {"files": files} if files else {}
        yield item.model_copy(update={"tool_calls": (call,), "metadata": {**item.metadata, **more}})

    def _output(self, place: Placed, payload: Mapping[str, object]) -> Iterator[Activity | Problem]:
        call_id = text_of(payload.get("call_id"))
        call = self._calls.get(call_id, ToolCall(name=""))
        if call is None:
            yield skipped(place.where, "is our own output")
            return
        whole = without_injected(output_of(payload)).strip()
        if not whole:
            yield skipped(place.where, "is a tool's output without text")
            return
        text = head(whole)
        if text != whole:
            yield Problem(place.where, None, OUTPUT_WAS_CUT, "notice")
        yield from place.notices()
        identity = f"{call_id}:output" if call_id else self._identity("", "tool", str(place.said), text)
        item = self._item(place, "tool", text, identity)
        told = {"tool": call.name, "characters": len(whole) if text != whole else None}
        kept = {name: value for name, value in told.items() if value}
        yield item.model_copy(update={"trust": "third_party", "metadata": {**item.metadata, **kept}})

    def _item(self, place: Placed, role: Role, text: str, identity: str) -> MessageItem:
        return MessageItem(
            native_id=f"{self.session}:{identity}",
            session_native_id=self.session,
            role=role,
            content=text,
            created_at=place.at,
            time_confidence=place.confidence,
            metadata=self._place(),
        )

    def _place(self) -> dict[str, object]:
        told = {"cwd": self.cwd, "branch": self.branch}
        return {name: value for name, value in told.items() if value}

    def _identity(self, told: str, *parts: str) -> str:
        """The program's own id, or what a line says; equal lines of one instant are counted."""
        identity = told or digest_text(*parts)[:32]
        count = self._ids[identity] = self._ids.get(identity, 0) + 1
        return identity if count == 1 else f"{identity}:{count}"
