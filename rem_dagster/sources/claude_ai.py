"""How is Claude.ai's export read?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.model.words import Role
from rem_dagster.sources.archive import Archive
from rem_dagster.sources.claude_ai_blocks import Attached, Said, ToolResult, take_apart
from rem_dagster.sources.claude_ai_parts import parts_of, recognise
from rem_dagster.sources.exported import CONVERSATIONS, OFF_BRANCH, UnderWay, entries, members
from rem_dagster.sources.fields import Fields, fields_in, list_in, objects_in, text_in, time_in
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.settled import Settled, settle_times
from rem_dagster.sources.source import Problem, shown

UNREAD = re.compile(r"(projects?|memories|design_chats?)(?:[-_]*\d+)?\.json")
UNREAD_FOLDERS = {"projects", "memories", "design_chats"}
ROLES: Mapping[str, Role] = {"human": "user", "user": "user", "assistant": "assistant"}
BROKEN_TREE = "has messages whose parents are missing in the export; all were taken, in the export's order"


@dataclass(frozen=True)
class ClaudeAiSource:
    """The conversations of an export, which may be several zips."""

    path: Path
    account: str
    kind: str = "claude-ai"
    under_way: UnderWay = field(default_factory=UnderWay, compare=False, repr=False)

    @property
    def place(self) -> str:
        """The zip, folder, file or manifest that is read."""
        return str(self.path)

    @property
    def share(self) -> float | None:
        """How much of the export the read under way has seen."""
        return self.under_way.share

    def fingerprint(self) -> str | None:
        """None: of several zips some may have come since."""

    def read(self) -> Iterator[Activity | Problem]:
        """Every conversation with its messages, in the order of the export; one is in memory."""
        files = found = 0
        parts, problems = parts_of(self.path)
        yield from problems
        self.under_way.begin(len(parts))
        for part in parts:
            try:
                archive = Archive(part)
            except SourceError as error:
                if len(parts) == 1:
                    raise
                yield Problem(str(part), None, "could not be read; the others were", got=str(error))
                continue
            with archive:
                names = members(archive, CONVERSATIONS.fullmatch)
                archive.expect(names)
                self.under_way.opened.append(archive)
                for name in names:
                    files += 1
                    for entry in entries(archive, name):
                        found += 1
                        yield from [entry] if isinstance(entry, Problem) else _conversation(entry, name)
                yield from _unread(archive)
        if not files:
            looked = "there is no conversations.json in it, nor in the zips that it names"
            yield Problem(self.place, None, looked, "notice")
        elif not found:
            yield Problem(self.place, None, "there are no conversations in it", "notice")


def _conversation(entry: Fields, name: str) -> Iterator[Activity | Problem]:
    native_id = text_in(entry, "uuid")
    where = f"{name}: {native_id or shown(entry.get('name'))}"
    if native_id is None:
        yield Problem(where, "uuid", "is missing")
    elif not isinstance(messages := entry.get("chat_messages"), list):
        yield Problem(where, "chat_messages", "is no list of messages", got=shown(messages))
    else:
        yield from _Conversation(entry, native_id, where).items()


class _Conversation:
    """One conversation on its way."""

    def __init__(self, entry: Fields, native_id: str, where: str) -> None:
        self.entry, self.native_id, self.where = entry, native_id, where
        self.updated_at = time_in(entry, "updated_at")
        self.begun_at = time_in(entry, "created_at")

    def items(self) -> Iterator[Activity | Problem]:
        """The session, its messages, and what was left out of it."""
        messages = objects_in(self.entry, "chat_messages")
        for each in list_in(self.entry, "chat_messages"):
            if not isinstance(each, dict):
                yield Problem(self.where, "chat_messages", "holds what is no message", got=shown(each))
        path, others, problem = _current_branch(messages, self.entry.get("current_leaf_message_uuid"))
        if problem:
            yield Problem(self.where, "parent_message_uuid", problem, "notice")
        for message in others:
            yield Problem(self._of(message), None, OFF_BRANCH, "skipped")
        kept: list[tuple[Fields, Said]] = []
        for message in path:
            said = take_apart(message)
            if said.has_thinking:
                yield Problem(self._of(message), None, "the model's thinking was left out", "notice")
            if wrong := _unusable(message, said):
                yield wrong.at(self._of(message))
            else:
                kept.append((message, said))
        yield from self._timed(kept)

    def _timed(self, kept: Sequence[tuple[Fields, Said]]) -> Iterator[Activity | Problem]:
        if not kept:
            yield Problem(self.where, None, "is a conversation without messages", "skipped")
            return
        told = [time_in(message, "created_at") for message, _ in kept]
        times = settle_times(told, self.begun_at or self.updated_at)
        if times is None:
            yield Problem(self.where, "created_at", "no time is known of any message")
            return
        yield self._session(times[0])
        for (message, said), time in zip(kept, times, strict=True):
            if time.notice:
                yield Problem(self._of(message), "created_at", time.notice, "notice")
            yield self._message(message, said, time)
            yield from (self._result(message, result, time) for result in said.results if result.words)
            yield from (self._attached(message, each, time) for each in said.attached)

    def _session(self, first: Settled) -> SessionItem:
        # without its end: each later message would change what the first day holds
        project = fields_in(self.entry, "project")
        told = {"project": text_in(project, "name", "uuid")}
        return SessionItem(
            native_id=self.native_id,
            title=text_in(self.entry, "name", "title"),
            created_at=self.begun_at or first.at,
            time_confidence="exact" if self.begun_at else "guessed",
            updated_at=self.updated_at,
            metadata={name: value for name, value in told.items() if value},
        )

    def _message(self, message: Fields, said: Said, time: Settled) -> MessageItem:
        attached = [f"{text_in(message, 'uuid')}/{each.key}" for each in said.attached]
        links = list(dict.fromkeys([*attached, *said.links]))
        return MessageItem(
            native_id=str(text_in(message, "uuid")),
            session_native_id=self.native_id,
            role=ROLES[str(message.get("sender"))],
            content=said.words,
            tool_calls=tuple(said.calls),
            created_at=time.at,
            time_confidence=time.confidence,
            updated_at=self.updated_at,
            metadata={"links": links} if links else {},
        )

    def _result(self, message: Fields, result: ToolResult, time: Settled) -> MessageItem:
        return MessageItem(
            native_id=f"{text_in(message, 'uuid')}/{result.key}",
            session_native_id=self.native_id,
            role="tool",
            author=result.name,
            content=result.words,
            created_at=max(result.at or time.at, time.at),
            time_confidence=time.confidence,
            trust="third_party",
            updated_at=self.updated_at,
        )

    def _attached(self, message: Fields, attached: Attached, time: Settled) -> ResourceItem:
        return ResourceItem(
            native_id=f"{text_in(message, 'uuid')}/{attached.key}",
            name=attached.name,
            content=attached.words,
            created_at=time.at,
            time_confidence=time.confidence,
            trust="third_party",
            metadata={"links": [str(text_in(message, "uuid"))]},
        )

    def _of(self, message: Fields) -> str:
        return f"{self.where}: {text_in(message, 'uuid') or 'a message'}"


@dataclass(frozen=True)
class _Wrong:
    field: str | None
    reason: str
    is_failed: bool = False
    got: str | None = None

    def at(self, where: str) -> Problem:
        return Problem(where, self.field, self.reason, "failed" if self.is_failed else "skipped", self.got)


def _unusable(message: Fields, said: Said) -> _Wrong | None:
    if text_in(message, "uuid") is None:
        return _Wrong("uuid", "is missing", is_failed=True)
    sender = message.get("sender")
    if not isinstance(sender, str) or sender not in ROLES:
        return _Wrong("sender", "is neither human nor assistant", is_failed=True, got=shown(sender))
    if not (said.words or said.calls or said.results):
        return _Wrong(None, "holds no text")
    return None


def _current_branch(
    messages: Sequence[Fields], leaf: object
) -> tuple[Sequence[Fields], Sequence[Fields], str | None]:
    """What was seen last, what is beside it, and what is wrong with the tree.

    Newer exports name each message's parent; where none does, the list is the conversation.
    """
    by_id = {uuid: message for message in messages if (uuid := text_in(message, "uuid"))}
    parents = {uuid: text_in(message, "parent_message_uuid") for uuid, message in by_id.items()}
    known = {parent for parent in parents.values() if parent is not None and parent in by_id}
    if not known:
        return messages, (), None
    if len(by_id) != len(messages) or _is_broken(parents):
        return messages, (), BROKEN_TREE
    start = leaf if isinstance(leaf, str) and leaf in by_id else _newest(messages, known)
    path = _way_up(parents, start)
    on_path = set(path)
    others = [message for uuid, message in by_id.items() if uuid not in on_path]
    return [by_id[uuid] for uuid in reversed(path)], others, None


def _is_broken(parents: Mapping[str, str | None]) -> bool:
    """Whether a parent is missing; all first messages have none, or one and the same that is in no export."""
    strangers = {parent for parent in parents.values() if parent is not None and parent not in parents}
    return len(strangers) > 1


def _newest(messages: Sequence[Fields], known: set[str]) -> str:
    """The newest message that no other follows; of equal ones the last."""
    leaves = [each for each in messages if text_in(each, "uuid") not in known] or list(messages)
    stamped = [(at.timestamp() if (at := time_in(each, "created_at")) else 0.0) for each in leaves]
    number = max(range(len(leaves)), key=lambda place: (stamped[place], place))
    return str(text_in(leaves[number], "uuid"))


def _way_up(parents: Mapping[str, str | None], start: str) -> list[str]:
    path: dict[str, None] = {}
    key: str | None = start
    while key is not None and key in parents and key not in path:
        path[key] = None
        key = parents[key]
    return list(path)


def _unread(archive: Archive) -> Iterator[Problem]:
    named = {name.partition("/")[0] for name in archive.names if "/" in name} & UNREAD_FOLDERS
    for name in sorted({*members(archive, UNREAD.fullmatch), *named}):
        what = "is not read: projects and memories are no conversations"
        yield Problem(name, None, what, "notice")


def _make(place: Place, options: SourceOptions) -> ClaudeAiSource:
    # ids of conversations and messages are unique wherever they were exported
    return ClaudeAiSource(place.path, place.account or "")


KIND = SourceKind(
    name="claude-ai",
    about="Claude.ai's export: the zip or zips, their folder, or the manifest",
    recognise=recognise,
    make=_make,
)
