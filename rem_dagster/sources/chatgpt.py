"""How is ChatGPT's export read?"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.model.words import Role
from rem_dagster.sources.archive import Archive
from rem_dagster.sources.chatgpt_path import current_branch, is_node, message_of
from rem_dagster.sources.chatgpt_text import attachment_names, links_of, why_left_out, words_of
from rem_dagster.sources.exported import (
    CONVERSATIONS,
    OFF_BRANCH,
    UnderWay,
    entries,
    fingerprint_of,
    is_export_shaped,
    looks_like,
    members,
    names_in,
)
from rem_dagster.sources.fields import Fields, as_fields, fields_in, list_in, text_in, time_in
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.settled import Settled, settle_times
from rem_dagster.sources.source import Problem, shown

SIGNS = (b'"current_node"', b'"mapping"')
COMPANIONS = {"user.json", "chat.html", "message_feedback.json"}
"""Files beside the conversations that only ChatGPT's export has."""
GROUP_CHATS = "group_chats.json"
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PROJECT = "g-p-"
"""How the ids of projects begin among those of custom GPTs."""
ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant", "tool": "tool"}


@dataclass(frozen=True)
class ChatGptSource:
    """The conversations of an export, each as it was seen last."""

    path: Path
    account: str
    kind: str = "chatgpt"
    under_way: UnderWay = field(default_factory=UnderWay, compare=False, repr=False)

    @property
    def place(self) -> str:
        """The zip, folder or file that is read."""
        return str(self.path)

    @property
    def share(self) -> float | None:
        """How much of the export the read under way has seen."""
        return self.under_way.share

    def fingerprint(self) -> str | None:
        """What the zip says of its files; None for a folder."""
        return fingerprint_of(self.path)

    def read(self) -> Iterator[Activity | Problem]:
        """Every conversation with its messages, in the order of the export; one is in memory."""
        with Archive(self.path) as archive:
            names = members(archive, CONVERSATIONS.fullmatch)
            archive.expect(names)
            self.under_way.begin()
            self.under_way.opened.append(archive)
            found = 0
            for name in names:
                for entry in entries(archive, name):
                    found += 1
                    yield from [entry] if isinstance(entry, Problem) else _conversation(entry, name)
            yield from _group_chats(archive)
            if not names:
                looked = "there is no conversations.json or conversations-000.json in it"
                yield Problem(self.place, None, looked, "notice")
            elif not found:
                yield Problem(self.place, None, "there are no conversations in it", "notice")


def _conversation(entry: Fields, name: str) -> Iterator[Activity | Problem]:
    native_id = text_in(entry, "conversation_id", "id")
    where = f"{name}: {native_id or shown(entry.get('title'))}"
    if native_id is None:
        yield Problem(where, "conversation_id", "is missing")
    elif entry.get("is_do_not_remember") is True or entry.get("is_temporary_chat") is True:
        yield Problem(where, None, "is a conversation that was not to be remembered", "skipped")
    elif not isinstance(nodes := entry.get("mapping"), dict):
        yield Problem(where, "mapping", "is no tree of messages", got=shown(nodes))
    else:
        yield from _Conversation(entry, native_id, nodes, where).items()


class _Conversation:
    """One conversation on its way."""

    def __init__(self, entry: Fields, native_id: str, nodes: Mapping[str, object], where: str) -> None:
        self.entry, self.native_id, self.nodes, self.where = entry, native_id, nodes, where
        self.updated_at = time_in(entry, "update_time")
        self.begun_at = time_in(entry, "create_time")

    def items(self) -> Iterator[Activity | Problem]:
        """The session, its messages, and what was left out of it."""
        branch = current_branch(self.nodes, self.entry.get("current_node"))
        for problem in branch.problems:
            yield Problem(self.where, "mapping", problem, "notice")
        for key in self.nodes:
            if not is_node(self.nodes[key]):
                yield Problem(f"{self.where}: {key}", "mapping", "holds what is no message")
        for key in branch.others:
            if _says_something(message_of(self.nodes, key)):
                yield Problem(f"{self.where}: {key}", None, OFF_BRANCH, "skipped")
        kept: list[tuple[str, Fields, str]] = []
        for key in branch.path:
            message = message_of(self.nodes, key)
            reason, words = _kept(message)
            if reason is None:
                kept.append((key, message, words))
            elif message:
                yield Problem(f"{self.where}: {key}", None, reason, "skipped")
        yield from self._timed(kept)

    def _timed(self, kept: list[tuple[str, Fields, str]]) -> Iterator[Activity | Problem]:
        if not kept:
            yield Problem(self.where, None, "is a conversation without messages", "skipped")
            return
        told = [time_in(message, "create_time") for _, message, _ in kept]
        times = settle_times(told, self.begun_at or self.updated_at)
        if times is None:
            yield Problem(self.where, "create_time", "no time is known of any message")
            return
        yield self._session(times[0])
        for (key, message, words), time in zip(kept, times, strict=True):
            if time.notice:
                yield Problem(f"{self.where}: {key}", "create_time", time.notice, "notice")
            yield self._message(key, message, words, time)

    def _session(self, first: Settled) -> SessionItem:
        # without its end: each later message would change what the first day holds
        return SessionItem(
            native_id=self.native_id,
            title=text_in(self.entry, "title"),
            created_at=self.begun_at or first.at,
            time_confidence="exact" if self.begun_at else "guessed",
            updated_at=self.updated_at,
            metadata=_maker(self.entry),
        )

    def _message(self, key: str, message: Fields, words: str, time: Settled) -> MessageItem:
        author = fields_in(message, "author")
        role = ROLES[str(author.get("role"))]
        return MessageItem(
            native_id=self._native_id(key, message),
            session_native_id=self.native_id,
            role=role,
            author=text_in(author, "name") if role == "tool" else None,
            content=words,
            created_at=time.at,
            time_confidence=time.confidence,
            trust="third_party" if role == "tool" else "own",
            updated_at=self.updated_at,
            metadata=_metadata(message),
        )

    def _native_id(self, key: str, message: Fields) -> str:
        told = text_in(message, "id") or key
        return told if UUID.fullmatch(told) else f"{self.native_id}/{told}"


def _kept(message: Fields) -> tuple[str | None, str]:
    """Why a message is left out, and what it says when it is not."""
    if reason := why_left_out(message):
        return reason, ""
    role = fields_in(message, "author").get("role")
    if not isinstance(role, str) or role not in ROLES:
        return "is of an author that is neither user, assistant nor tool", ""
    words = words_of(message)
    return (None, words) if words else ("holds no text", "")


def _says_something(message: Fields) -> bool:
    return bool(message) and _kept(message)[0] is None


def _maker(entry: Fields) -> dict[str, object]:
    """The project or the custom GPT that a conversation was held in."""
    gizmo = text_in(entry, "gizmo_id", "conversation_template_id")
    if gizmo is None:
        return {}
    return {"project" if gizmo.startswith(PROJECT) else "gpt": gizmo}


def _metadata(message: Fields) -> dict[str, object]:
    told: dict[str, object] = {
        "model": text_in(fields_in(message, "metadata"), "model_slug"),
        "links": links_of(message),
        "attachments": list(attachment_names(message).values()),
    }
    return {name: value for name, value in told.items() if value}


def _group_chats(archive: Archive) -> Iterator[Problem]:
    for name in members(archive, GROUP_CHATS.__eq__):
        with suppress(SourceError):
            chats = list_in(as_fields(archive.read_json(name)), "chats")
            if chats:
                yield Problem(name, None, "group chats are not read", "notice", got=str(len(chats)))


def _recognise(path: Path) -> str | None:
    if not is_export_shaped(path):
        return None
    if looks_like(path, CONVERSATIONS.fullmatch, SIGNS):
        return "its conversations have a current_node"
    names = names_in(path)
    if any(map(CONVERSATIONS.fullmatch, names)) and names & COMPANIONS:
        return f"it has {min(names & COMPANIONS)} beside its conversations"
    return None


def _make(place: Place, options: SourceOptions) -> ChatGptSource:
    # ids of conversations and messages are unique wherever they were exported
    return ChatGptSource(place.path, place.account or "")


KIND = SourceKind(
    name="chatgpt",
    about="ChatGPT's export: the zip, its folder, or conversations.json",
    recognise=_recognise,
    make=_make,
)
