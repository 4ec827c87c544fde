"""How does one transcript of Claude Code become messages and sessions?"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rem_dagster.model.activity import Activity, MessageItem
from rem_dagster.model.ids import digest_text
from rem_dagster.model.words import TimeConfidence
from rem_dagster.sources.claude_sessions import TITLES, Sessions
from rem_dagster.sources.claude_text import (
    BOOKKEEPING,
    BY_A_PERSON,
    LINE_REASONS,
    OTHER_AGENT,
    OWN_OUTPUT,
    not_spoken,
    said_by_a_person,
    skipped,
)
from rem_dagster.sources.claude_turn import OUTPUT, RESULTS, Turn, result_of
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.transcript_files import TOO_DEEP, Line, first_time, read_lines
from rem_dagster.sources.transcript_text import (
    NO_TIME,
    Clock,
    is_own_tool,
    object_of,
    objects_of,
    text_of,
)

AGENT = "agent-"


@dataclass(frozen=True)
class _Spoken:
    """A line of the conversation: where it belongs and when it was written."""

    where: str
    value: dict[str, object]
    session: str
    native_id: str
    at: datetime
    confidence: TimeConfidence
    is_agent: bool
    """Then what stands as the user's text was written by another agent."""

    @property
    def metadata(self) -> dict[str, object]:
        told = {"cwd": text_of(self.value.get("cwd")), "branch": text_of(self.value.get("gitBranch"))}
        return {name: value for name, value in told.items() if value}


@dataclass
class SessionReading:
    """One pass over one file.

    Args:
        seen: hashes of the line ids that this read of the source has met; compaction writes old lines
            again, and a session that goes on from another starts with copies.
    """

    path: Path
    seen: set[int]
    _sessions: Sessions = field(init=False)
    _turns: dict[str, Turn] = field(default_factory=dict)
    _done: set[str] = field(default_factory=set)
    _calls: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _roots: dict[str, str] = field(default_factory=dict)
    _clock: Clock = field(default_factory=lambda: Clock(None))

    def items(self) -> Iterator[Activity | Problem]:
        """The messages in the order of the file, then the sessions that the file is about."""
        self._clock, self._sessions = Clock(first_time(self.path)), Sessions(self.path)
        for line in read_lines(self.path):
            if isinstance(line, Problem):
                yield line
                continue
            try:
                yield from self._items_of(line)
            except RecursionError:
                yield Problem(line.where, None, TOO_DEEP)
        for session in list(self._turns):
            yield from self._flush(session)
        yield from self._sessions.items()

    def _items_of(self, line: Line) -> Iterator[Activity | Problem]:
        kind = text_of(line.value.get("type"))
        if kind in TITLES:
            yield from self._sessions.name(line, kind)
        elif kind in ("user", "assistant"):
            yield from self._conversation(line, kind)
        elif kind == "attachment":
            yield from self._attachment(line)
        else:
            yield skipped(line.where, LINE_REASONS.get(kind, BOOKKEEPING), kind)

    def _conversation(self, line: Line, kind: str) -> Iterator[Activity | Problem]:
        message = object_of(line.value.get("message"))
        if reason := not_spoken(line.value, message):
            yield skipped(line.where, reason)
            return
        spoken = yield from self._placed(line)
        if spoken is None:
            return
        if kind == "assistant":
            yield from self._assistant(spoken, message)
            return
        yield from self._user(spoken, message.get("content"))

    def _attachment(self, line: Line) -> Iterator[Activity | Problem]:
        """What was typed while the assistant worked is an attachment; all others are the program's."""
        told = object_of(line.value.get("attachment"))
        kind = text_of(told.get("type"))
        if kind != "queued_command" or told.get("commandMode") not in (None, "prompt"):
            yield skipped(line.where, BOOKKEEPING, kind or None)
            return
        if object_of(told.get("origin")).get("kind") not in BY_A_PERSON:
            yield skipped(line.where, OTHER_AGENT)
            return
        spoken = yield from self._placed(line)
        if spoken is not None:
            yield from self._user(spoken, told.get("prompt"))

    def _placed(self, line: Line) -> Generator[Problem, None, _Spoken | None]:
        """The line with its session and time; None for one that was read before, or has no time at all."""
        value = line.value
        origin = object_of(value.get("forkedFrom"))
        uuid = text_of(origin.get("messageUuid")) or text_of(value.get("uuid"))
        if uuid:
            if hash(uuid) in self.seen:
                yield skipped(line.where, "is a line that was read before")
                return None
            self.seen.add(hash(uuid))
        at, confidence = self._clock.tell(value.get("timestamp"))
        if at is None:
            yield Problem(line.where, "timestamp", "is missing, as in the whole file")
            return None
        if confidence == "guessed":
            yield Problem(line.where, "timestamp", NO_TIME, "notice", shown(value.get("timestamp")))
        parent = text_of(origin.get("sessionId")) or text_of(value.get("sessionId")) or self._sessions.stem
        agent = self._agent_of(value, uuid)
        session = agent or parent
        spoken = _Spoken(
            line.where,
            value,
            session,
            uuid or digest_text(session, str(value.get("timestamp")), str(value.get("message")))[:32],
            at,
            confidence,
            is_agent=bool(agent),
        )
        self._sessions.begin(session, at, confidence, spoken.metadata, parent=parent if agent else None)
        return spoken

    def _agent_of(self, value: dict[str, object], uuid: str) -> str:
        """The session of a subagent's line; older lines name no agent and hang on their first one."""
        is_file = self.path.name.startswith(AGENT)
        if not is_file and value.get("isSidechain") is not True:
            return ""
        if agent := text_of(value.get("agentId")):
            return agent
        if is_file:
            return self._sessions.stem.removeprefix(AGENT)
        above = text_of(value.get("parentUuid"))
        root = self._roots.get(above, uuid or above)
        self._roots[uuid] = root
        return f"sidechain-{root}" if root else ""

    def _assistant(self, spoken: _Spoken, message: object) -> Iterator[Activity | Problem]:
        told = object_of(message)
        message_id = text_of(told.get("id"))
        turn = self._turns.get(spoken.session)
        if turn is None or not message_id or turn.message_id != message_id:
            yield from self._flush(spoken.session)
            identity = spoken.native_id if message_id in self._done else message_id or spoken.native_id
            turn = Turn(spoken.session, identity, message_id, spoken.at, spoken.confidence)
            turn.metadata = spoken.metadata
            self._turns[spoken.session] = turn
            self._done.add(message_id)
        yield from turn.add(spoken.where, told.get("content"))
        self._calls.update({call.id: (call.name, is_own_tool(call)) for call in turn.calls})

    def _flush(self, session: str) -> Iterator[Activity | Problem]:
        """The answer of a session that was being put together, and the outputs that came meanwhile."""
        turn = self._turns.pop(session, None)
        for item in turn.items() if turn else ():
            # the line of an output may stand before that of its call
            _, is_ours = self._calls.get(item.native_id.removesuffix(OUTPUT), ("", False))
            if is_ours and item.role == "tool":
                yield skipped(str(self.path), OWN_OUTPUT)
            else:
                yield item

    def _user(self, spoken: _Spoken, content: object) -> Iterator[Activity | Problem]:
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else objects_of(content)
        if not blocks:
            yield skipped(spoken.where, "holds no text")
        texts: list[str] = []
        for block in blocks:
            kind = text_of(block.get("type"))
            if kind in RESULTS:
                yield from self._result(spoken, block)
            elif kind == "text":
                text, problem = said_by_a_person(spoken.where, text_of(block.get("text")))
                texts += [text] if text else []
                yield from [problem] if problem else []
            else:
                yield skipped(spoken.where, "is no text, but a picture or a file", kind)
        if texts:
            yield from self._flush(spoken.session)
            yield MessageItem(
                native_id=spoken.native_id,
                session_native_id=spoken.session,
                role="system" if spoken.is_agent else "user",
                content="\n".join(texts),
                created_at=spoken.at,
                time_confidence=spoken.confidence,
                metadata=spoken.metadata,
            )

    def _result(self, spoken: _Spoken, block: Mapping[str, object]) -> Iterator[Activity | Problem]:
        """A tool's output; it waits for the lines of the message that may go on after it."""
        name, is_ours = self._calls.get(text_of(block.get("tool_use_id")), ("", False))
        if is_ours:
            yield skipped(spoken.where, OWN_OUTPUT)
            return
        started = text_of(object_of(spoken.value.get("toolUseResult")).get("agentId"))
        for each in result_of(spoken.where, block, tool=name, agent=started):
            if isinstance(each, Problem):
                yield each
                continue
            item = each.item(spoken.session, spoken.native_id, spoken.at, spoken.confidence, spoken.metadata)
            if turn := self._turns.get(spoken.session):
                turn.after.append(item)
            else:
                yield item
