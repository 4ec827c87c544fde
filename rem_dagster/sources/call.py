"""What do a call and its chat become?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rem_dagster.model.activity import MessageItem, SessionItem
from rem_dagster.model.words import Trust
from rem_dagster.sources.anchor import Anchor
from rem_dagster.sources.call_chat import Chat, Entry
from rem_dagster.sources.kind import Place
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.turns import Turn

ME = "me"
"""How an option names the person whose activity it is."""


@dataclass(frozen=True)
class Call:
    """A recorded call or memo."""

    name: str
    """Its id in its source, which its messages' ids begin with."""
    title: str
    anchor: Anchor
    turns: tuple[Turn, ...]
    chat: Chat = field(default_factory=Chat)
    is_by_day: bool = False
    """Whether the clock of the turns is one of the day."""
    is_chat_by_day: bool = False
    speaker: str | None = None
    """Who speaks where nothing says."""
    path: str | None = None
    """Of its file, where `name` is another."""


def call_items(call: Call, place: Place) -> Iterator[SessionItem | MessageItem]:
    """The session and its messages, by time; what was said comes before what was written just then."""
    said = [*_said(call, place), *_written(call, place)]
    messages = sorted(said, key=lambda each: _sortable(each.created_at))
    people = {turn.speaker for turn in call.turns if turn.speaker} | call.chat.people
    ended = max((turn.end for turn in call.turns), default=None)
    last = messages[-1].created_at
    if ended is not None:
        last = max(last, _at(call, ended), key=_sortable)
    yield SessionItem(
        native_id=call.name,
        title=replace_surrogates(call.title),
        created_at=messages[0].created_at,
        ended_at=last,
        utc_offset_minutes=call.anchor.said.utc_offset_minutes,
        time_confidence=call.anchor.confidence,
        metadata={
            "path": call.path or call.name,
            "people": sorted(replace_surrogates(name) for name in people),
        },
    )
    yield from messages


def turn_id(call_name: str, turn: str) -> str:
    """The native id of a turn's message."""
    return f"{call_name}#{turn}"


def _said(call: Call, place: Place) -> Iterator[MessageItem]:
    unnamed = call.speaker if call.speaker != ME else next(iter(place.me), None)
    for turn in call.turns:
        is_mine = turn.speaker is None and call.speaker == ME
        author = turn.speaker or unnamed
        yield _message(
            call,
            turn_id(call.name, turn.name),
            author,
            turn.text,
            at=_at(call, turn.start),
            trust="own" if is_mine or place.is_me(author) else "third_party",
            metadata={},
        )


def _written(call: Call, place: Place) -> Iterator[MessageItem]:
    for entry in call.chat.entries:
        yield _message(
            call,
            _entry_id(call, entry),
            entry.author,
            entry.text,
            at=_written_at(call, entry),
            trust="own" if place.is_me(entry.author) else "third_party",
            metadata=_told(call, entry),
        )


def _told(call: Call, entry: Entry) -> dict[str, object]:
    told = {
        "channel": "chat",
        "people": [entry.to] if entry.to else None,
        "reply_to": _entry_id(call, entry.reply_to) if entry.reply_to else None,
        "quoted": entry.quoted,
        "reactions": entry.reactions,
    }
    return {name: value for name, value in told.items() if value}


def _message(
    call: Call,
    native_id: str,
    author: str | None,
    text: str,
    *,
    at: datetime,
    trust: Trust,
    metadata: Mapping[str, object],
) -> MessageItem:
    return MessageItem(
        native_id=native_id,
        session_native_id=call.name,
        role="user",
        author=None if author is None else replace_surrogates(author),
        content=replace_surrogates(text),
        created_at=at,
        utc_offset_minutes=call.anchor.said.utc_offset_minutes,
        time_confidence=call.anchor.confidence,
        trust=trust,
        metadata={"path": call.path or call.name, **metadata},
    )


def _at(call: Call, clock: int) -> datetime:
    return call.anchor.at(timedelta(milliseconds=clock), is_time_of_day=call.is_by_day)


def _written_at(call: Call, entry: Entry) -> datetime:
    clock = timedelta(milliseconds=entry.clock)
    if entry.day is not None:
        return entry.day.at.replace(tzinfo=call.anchor.said.at.tzinfo) + clock
    return call.anchor.at(clock, is_time_of_day=call.is_chat_by_day)


def _entry_id(call: Call, entry: Entry) -> str:
    return f"{call.name}#chat/{entry.name}"


def _sortable(at: datetime) -> datetime:
    return at.replace(tzinfo=None)
