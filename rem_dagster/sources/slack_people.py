"""Who and where is meant by the ids of a Slack export?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from rem_dagster.sources.fields import Fields, fields_in, list_in, text_in
from rem_dagster.sources.kind import Place

ChannelKind = Literal["channels", "groups", "mpims", "dms"]
LISTS: tuple[ChannelKind, ...] = ("channels", "groups", "mpims", "dms")
"""The files that list public and private channels, and messages among several and between two."""
MOST_OFFSET = 14 * 3600


@dataclass(frozen=True)
class Person:
    """One member of a workspace."""

    id: str
    name: str
    """As others see it."""
    is_me: bool = False
    is_bot: bool = False
    zone: str | None = None
    offset_seconds: int | None = None
    """Of the day on which the export was made; the zone is better."""

    def offset_minutes(self, at: datetime) -> int | None:
        """The offset of the person's clock at an instant, as far as the profile tells."""
        if self.zone and (zone := _zone(self.zone)):
            offset = at.astimezone(zone).utcoffset()
            return None if offset is None else int(offset.total_seconds() // 60)
        return None if self.offset_seconds is None else self.offset_seconds // 60


@dataclass(frozen=True)
class Channel:
    """One channel, or one conversation of some people."""

    id: str
    name: str
    """Without the sign before it: `general`, or the names of the people."""
    kind: ChannelKind
    others: tuple[str, ...] = ()
    """Names of those who take part beside me, where they are few."""

    @property
    def title(self) -> str:
        """The channel as people write it."""
        return f"#{self.name}" if self.kind in ("channels", "groups") else self.name


@dataclass(frozen=True)
class Workspace:
    """What the lists of an export tell."""

    team: str
    """The workspace's id, which is part of every id; empty when no profile names it."""
    people: Mapping[str, Person]
    channels: Mapping[str, Channel] = field(default_factory=dict)
    """By id, and by the name of the folder."""

    def name_of(self, user_id: str) -> str:
        """A person's name; the id of one who is not listed."""
        return self.people[user_id].name if user_id in self.people else user_id

    def channel_of_folder(self, folder: str) -> Channel | None:
        """The channel whose messages lie in a folder; None when no list has it."""
        return self.channels.get(folder)


def people_of(profiles: Iterable[Fields], place: Place) -> dict[str, Person]:
    """The members of a workspace by their ids."""
    people = (_person(each, place) for each in profiles)
    return {person.id: person for person in people if person is not None}


def team_of(profiles: Iterable[Fields]) -> str:
    """The id of the workspace that most members belong to; empty when none names one."""
    counted = Counter(team for each in profiles if (team := text_in(each, "team_id")))
    return min(counted, key=lambda team: (-counted[team], team), default="")


def channels_of(
    lists: Mapping[ChannelKind, Iterable[Fields]], people: Mapping[str, Person]
) -> dict[str, Channel]:
    """The channels by id and by the name of their folder."""
    channels: dict[str, Channel] = {}
    for kind, listed in lists.items():
        for each in listed:
            channel = _channel(each, kind, people)
            if channel is not None:
                channels[channel.id] = channel
                channels.setdefault(text_in(each, "name") or channel.id, channel)
    return channels


def _channel(told: Fields, kind: ChannelKind, people: Mapping[str, Person]) -> Channel | None:
    channel_id = text_in(told, "id")
    if channel_id is None:
        return None
    others = tuple(
        people[each].name
        for each in list_in(told, "members")
        if isinstance(each, str) and each in people and not people[each].is_me
    )
    is_among_some = kind in ("dms", "mpims")
    name = (is_among_some and ", ".join(others)) or text_in(told, "name") or channel_id
    return Channel(channel_id, name, kind, others if is_among_some else ())


def _person(profile: Fields, place: Place) -> Person | None:
    user_id = text_in(profile, "id")
    if user_id is None:
        return None
    inner = fields_in(profile, "profile")
    handle, email = text_in(profile, "name"), text_in(inner, "email")
    shown = text_in(inner, "display_name")
    real = text_in(inner, "real_name") or text_in(profile, "real_name")
    offset = profile.get("tz_offset")
    is_offset = isinstance(offset, int) and not isinstance(offset, bool) and abs(offset) <= MOST_OFFSET
    return Person(
        id=user_id,
        name=shown or real or handle or user_id,
        is_me=place.is_me(user_id, handle, email, shown, real),
        is_bot=profile.get("is_bot") is True or user_id == "USLACKBOT",
        zone=text_in(profile, "tz"),
        offset_seconds=int(offset) if is_offset else None,  # type: ignore[call-overload]  # is_offset says so
    )


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
