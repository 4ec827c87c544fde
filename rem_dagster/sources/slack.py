"""How is Slack's export read?

A message's native id is `TEAM/CHANNEL/TS`. A thread is a session; what is said outside of threads in one
channel, in one file of the export (a day of the workspace), is another.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.sources.archive import Archive
from rem_dagster.sources.exported import (
    UnderWay,
    entries,
    fingerprint_of,
    is_export_shaped,
    members,
    names_in,
)
from rem_dagster.sources.fields import Fields, fields_in, text_in
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.slack_people import (
    LISTS,
    Channel,
    ChannelKind,
    Person,
    Workspace,
    channels_of,
    people_of,
    team_of,
)
from rem_dagster.sources.slack_text import Words, words_of
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.times import EPOCH, YEARS

DAY_FILE = re.compile(r"(?:(?P<root>.+)/)?(?P<folder>[^/]+)/(?P<day>\d{4}-\d{2}-\d{2})\.json")
TS = re.compile(r"(\d{1,11})(?:\.(\d{1,6}))?")
"""Seconds since 1970 as text, with a count behind the point that makes it unique in the channel."""
SPOKEN = {None, "", "thread_broadcast", "reply_broadcast", "file_share", "file_comment", "me_message"}
BY_BOTS = {"bot_message", "slackbot_response"}
DELETED = {"tombstone", "message_deleted"}
CHANGED = "message_changed"
AS_BEFORE = "nobody in users.json is `me` of config.toml; you are taken for who you were at an earlier import"
NOT_ME = "nobody in users.json is `me` of config.toml, so that all messages count as other people's"


@dataclass(frozen=True)
class SlackSource:
    """The messages of a workspace, channel by channel."""

    where: Place
    account: str
    kind: str = "slack"
    under_way: UnderWay = field(default_factory=UnderWay, compare=False, repr=False)

    @property
    def place(self) -> str:
        """The zip or folder that is read."""
        return self.where.where

    @property
    def share(self) -> float | None:
        """How much of the export the read under way has seen."""
        return self.under_way.share

    def fingerprint(self) -> str | None:
        """What the zip says of its files, and who `me` is; None for a folder."""
        return fingerprint_of(self.where.path, self.where.me)

    def read(self) -> Iterator[Activity | Problem]:
        """Every message, by channel and day; one day of one channel is in memory at most."""
        with Archive(self.where.path) as archive:
            workspace, problems = _workspace(archive, self.where)
            yield from problems
            archive.expect(filter(DAY_FILE.fullmatch, archive.names))
            self.under_way.begin()
            self.under_way.opened.append(archive)
            found = 0
            for channel, files in _by_channel(archive, workspace):
                found += len(files)
                yield from _Channel(archive, workspace, channel).items(files)
            if not found:
                looked = "there are no messages in it: no CHANNEL/YYYY-MM-DD.json"
                yield Problem(self.place, None, looked, "notice")
            elif not any(person.is_me for person in workspace.people.values()):
                yield Problem(self.place, "me", NOT_ME, "notice")


def _workspace(archive: Archive, place: Place) -> tuple[Workspace, list[Problem]]:
    """The lists of an export; who I am is taken from earlier imports where nobody in them is `me`."""
    problems: list[Problem] = []

    def listed(name: str) -> list[Fields]:
        read: list[Fields] = []
        for each in (entry for file in members(archive, name.__eq__) for entry in entries(archive, file)):
            problems.append(each) if isinstance(each, Problem) else read.append(each)
        return read

    profiles = listed("users.json")
    people = people_of(profiles, place)
    own_names = place.means.get("own_names")
    if own_names and not any(person.is_me for person in people.values()):
        known = replace(place, me=own_names())
        people = people_of(profiles, known)
        if any(person.is_me for person in people.values()):
            problems.append(Problem(place.where, "me", AS_BEFORE, "notice", shown(known.me)))
    lists: Mapping[ChannelKind, list[Fields]] = {kind: listed(f"{kind}.json") for kind in LISTS}
    return Workspace(team_of(profiles), people, channels_of(lists, people)), problems


def _by_channel(archive: Archive, workspace: Workspace) -> Iterator[tuple[Channel, list[tuple[str, str]]]]:
    """Each channel with its files and their days, in the order of the days."""
    files: dict[str, list[tuple[str, str]]] = {}
    for name in archive.names:
        if found := DAY_FILE.fullmatch(name):
            files.setdefault(found["folder"], []).append((found["day"], name))
    for folder, named in files.items():
        name = replace_surrogates(folder)
        channel = workspace.channel_of_folder(folder) or Channel(name, name, "channels")
        yield channel, sorted(named)


@dataclass
class _Channel:
    """One channel on its way."""

    archive: Archive
    workspace: Workspace
    channel: Channel
    threads: set[str] = field(default_factory=set)
    """Sessions of threads that were given already."""

    def items(self, files: list[tuple[str, str]]) -> Iterator[Activity | Problem]:
        """The sessions and messages of the channel's files."""
        for day, name in files:
            begun = False
            for entry in entries(self.archive, name):
                if isinstance(entry, Problem):
                    yield entry
                    continue
                for each in self._message(entry, name, day):
                    if isinstance(each, MessageItem) and not self._is_thread(each):
                        yield from () if begun else (self._day(day, each),)
                        begun = True
                    yield each

    def _message(self, entry: Fields, name: str, day: str) -> Iterator[Activity | Problem]:
        message = fields_in(entry, "message") if entry.get("subtype") == CHANGED else entry
        ts = _ts(message.get("ts"))
        where = f"{replace_surrogates(name)}: {ts or shown(message.get('ts'))}"
        at = _instant(ts)
        if reason := _why_left_out(message):
            yield Problem(where, None, reason, "skipped", got=text_in(message, "subtype"))
        elif ts is None or at is None:
            yield Problem(where, "ts", "is no time of Slack's such as 1700000000.000100")
        else:
            yield from self._said(message, where, ts, at, day)

    def _said(
        self, message: Fields, where: str, ts: str, at: datetime, day: str
    ) -> Iterator[Activity | Problem]:
        author = _author(message, self.workspace)
        words = words_of(message, self.workspace, is_bot=author.is_bot)
        if not words.text:
            yield Problem(where, None, "holds no text", "skipped")
            return
        thread = _ts(message.get("thread_ts"))
        begun_at = _instant(thread)
        session = self._id(thread if thread and begun_at else day)
        if thread and begun_at and thread not in self.threads:
            self.threads.add(thread)
            yield self._session(thread, f"{self.channel.title}, thread", begun_at)
        yield MessageItem(
            native_id=self._id(ts),
            session_native_id=session,
            role="tool" if author.is_bot else "user",
            author=author.name,
            content=words.text,
            created_at=at,
            utc_offset_minutes=author.offset_minutes(at),
            trust="own" if author.is_me else "third_party",
            updated_at=_instant(_ts(fields_in(message, "edited").get("ts"))),
            metadata=self._metadata(
                words, author.name, self._id(thread) if thread and begun_at and thread != ts else None
            ),
        )

    def _day(self, day: str, first: MessageItem) -> SessionItem:
        return self._session(day, self.channel.title, first.created_at)

    def _session(self, key: str, title: str, at: datetime) -> SessionItem:
        return SessionItem(
            native_id=self._id(key),
            title=title,
            created_at=at,
            metadata={"channel": self.channel.name},
        )

    def _is_thread(self, message: MessageItem) -> bool:
        return message.session_native_id.rpartition("/")[2] in self.threads

    def _id(self, key: str) -> str:
        return f"{self.workspace.team}/{self.channel.id}/{key}"

    def _metadata(self, words: Words, author: str, reply_to: str | None) -> dict[str, object]:
        told: dict[str, object] = {
            "channel": self.channel.name,
            "people": [
                each for each in dict.fromkeys([*self.channel.others, *words.people]) if each != author
            ],
            "reply_to": reply_to,
            "links": list(words.links),
            "attachments": list(words.files),
        }
        return {name: value for name, value in told.items() if value}


def _author(message: Fields, workspace: Workspace) -> Person:
    """Who wrote a message; one who left the workspace is known from the message alone."""
    user_id = text_in(message, "user", "bot_id") or "unknown"
    is_bot = text_in(message, "subtype") in BY_BOTS or text_in(message, "bot_id") is not None
    known = workspace.people.get(user_id)
    if known is not None and not (is_bot and not known.is_bot):
        return known
    profile = fields_in(message, "user_profile")
    bot = fields_in(message, "bot_profile")
    name = text_in(message, "username") or text_in(bot, "name")
    name = name or text_in(profile, "display_name", "real_name", "name")
    return Person(user_id, name or workspace.name_of(user_id), is_bot=is_bot)


def _why_left_out(message: Fields) -> str | None:
    subtype = message.get("subtype")
    subtype = subtype if isinstance(subtype, str) else None
    if subtype in DELETED:
        return "was deleted in Slack"
    if subtype not in SPOKEN and subtype not in BY_BOTS:
        return "is a notice of Slack's, such as that somebody joined"
    return "is hidden in Slack" if message.get("hidden") is True else None


def _ts(value: object) -> str | None:
    """A time of Slack's as the text that it is; a number has lost what makes it unique, and is mended."""
    if isinstance(value, float) and 0 < value < 1e11:
        value = f"{value:.6f}"
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if 0 < value < 1e11 else None
    return value if isinstance(value, str) and TS.fullmatch(value) else None


def _instant(ts: str | None) -> datetime | None:
    found = TS.fullmatch(ts) if ts else None
    if found is None:
        return None
    micros = int((found[2] or "").ljust(6, "0"))
    try:
        at = EPOCH + timedelta(seconds=int(found[1]), microseconds=micros)
    except OverflowError:
        return None
    return at if at.year in YEARS and at > EPOCH else None


def _recognise(path: Path) -> str | None:
    if not is_export_shaped(path) or path.suffix.lower() == ".json":
        return None
    names = names_in(path)
    listed = sorted(names & {f"{kind}.json" for kind in LISTS})
    return f"it has users.json and {listed[0]}" if "users.json" in names and listed else None


def _make(place: Place, options: SourceOptions) -> SlackSource:
    # the workspace is part of each native id
    return SlackSource(place, place.account or "")


KIND = SourceKind(
    name="slack",
    about="Slack's export: the zip or its folder",
    recognise=_recognise,
    make=_make,
)
