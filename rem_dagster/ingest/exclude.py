"""What of an item never reaches the store?

Rules look at what an item says about itself (`Source` lists the keys of its metadata) and at its time, never
at what its text is about. What is off the record by `rem pause` is left out by its time, whenever it comes.
"""

import os
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from fnmatch import translate
from pathlib import Path

from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.model.window import Calendar, calendar_of
from rem_dagster.settings import Home, Pause, hours_of, read_pauses

PRIVATE = re.compile(r"(?<!`)<private>.*?(?:</private>|\Z)", re.IGNORECASE | re.DOTALL)
"""A mark that is never closed reaches to the end of the text: text can be imported again, a leak cannot
be taken back. In backticks it is only talked about."""
RULES = ("path", "channel", "person", "hour")
BY_PATH, BY_CHANNEL, BY_PERSON, BY_HOUR = (f"is excluded by {rule}" for rule in RULES)
BY_SESSION = "is of a conversation that is excluded"
IN_PAUSE = "is of a time that is off the record"
PATH_KEYS = ("path", "cwd")
CHANNEL_KEYS = ("channel", "project")
PEOPLE_KEYS = ("people", "author_id", "email", "author")


def without_private(text: str) -> str:
    """The text without what stands between `<private>` and `</private>`."""
    return PRIVATE.sub("", text) if "<" in text else text


class Exclusions:
    """The rules of a home, and the conversations that they left out so far."""

    def __init__(self, home: Home, place: str) -> None:
        """Args:
        place: where the source is read from: the paths of its items are below it.
        """
        rules = home.settings.exclude
        self._place = place
        self._paths = _patterns(os.path.expanduser(each) for each in rules.paths)
        self._channels = _patterns(each.removeprefix("#").casefold() for each in rules.channels)
        self._people = frozenset(_folded(each) for each in rules.people)
        self._hours = tuple(hours_of(each) for each in rules.hours)
        self._pauses = read_pauses(home)
        self._calendar: Calendar = calendar_of(home)
        self._sessions: set[tuple[str | None, str]] = set()
        self._is_off = not (rules.paths or rules.channels or rules.people or rules.hours or self._pauses)

    def reason(self, item: Activity) -> str | None:
        """Why an item is left out; None where it may come in.

        Raises:
            InputError: its time is absurd.
        """
        if self._is_off:
            return None
        if isinstance(item, MessageItem) and (item.user_id, item.session_native_id) in self._sessions:
            return BY_SESSION
        found = self._by_rule(item) or self._by_time(item)
        if found in (BY_PATH, BY_CHANNEL, BY_PERSON) and isinstance(item, SessionItem):
            self._sessions.add((item.user_id, item.native_id))
        return found

    def _by_rule(self, item: Activity) -> str | None:
        told = item.metadata
        if self._paths and self._is_in_paths(self._paths, item):
            return BY_PATH
        channels = (_channel(each) for key in CHANNEL_KEYS if isinstance(each := told.get(key), str))
        if self._channels and any(map(self._channels.match, channels)):
            return BY_CHANNEL
        if self._people and any(_folded(name) in self._people for name in _people_of(item)):
            return BY_PERSON
        return None

    def _by_time(self, item: Activity) -> str | None:
        times = (None if _is_date_alone(item) else item.created_at, item.updated_at)
        for said in filter(None, times):
            at = self._instant(said)
            if any(each.start <= at < each.end for each in self._pauses):
                return IN_PAUSE
            if self._hours and not isinstance(item, SessionItem) and self._is_in_hours(at):
                return BY_HOUR
        return None

    def _is_in_paths(self, paths: "re.Pattern[str]", item: Activity) -> bool:
        """Whether an item lies there; what changes several files does where all of them do."""
        if any(paths.match(path) for path in self._paths_of(item)):
            return True
        files = item.metadata.get("files")
        if not isinstance(files, list) or not files:
            return False
        return all(paths.match(str(each)) or paths.match(str(Path(self._place, str(each)))) for each in files)

    def _paths_of(self, item: Activity) -> list[str]:
        """The place of the source, and the paths of an item as they are and below that place."""
        said = [str(item.metadata[key]) for key in PATH_KEYS if isinstance(item.metadata.get(key), str)]
        if isinstance(item, ResourceItem) and item.uri and item.uri.startswith(("/", "file:")):
            said.append(item.uri.removeprefix("file://"))
        below = [path for each in said for path in (each, str(Path(self._place, each)))]
        return [self._place, *below]

    def _instant(self, said: datetime) -> datetime:
        return said.astimezone(UTC) if said.tzinfo else self._calendar.instant_of(said)[0]

    def _is_in_hours(self, at: datetime) -> bool:
        now = at.astimezone(self._calendar.zone).time()
        return any(holds(start, end, now) for start, end in self._hours)


def pause_at(pauses: Sequence[Pause], at: datetime) -> Pause | None:
    """The pause that an instant is in; None where it is in none."""
    return next((each for each in pauses if each.start <= at < each.end), None)


def holds(start: time, end: time, at: time) -> bool:
    """Whether a time of day is in a span, which may go over midnight.

    start < end    ....[====)....        start >= end    ====)....[====
    """
    return start <= at < end if start < end else at >= start or at < end


def _is_date_alone(item: Activity) -> bool:
    """Whether only the day of an item is known: then it is at no hour."""
    return item.time_confidence == "assumed_time" and item.created_at.time() == time()


def _patterns(given: Iterable[str]) -> "re.Pattern[str] | None":
    """One expression for all patterns; a path below a pattern that names a folder is meant, too."""
    expressions = [part for each in given for part in (translate(each), translate(each.rstrip("/") + "/*"))]
    return re.compile("|".join(expressions)) if expressions else None


def _people_of(item: Activity) -> list[str]:
    names = [item.author] if isinstance(item, MessageItem) and item.author else []
    for key in PEOPLE_KEYS:
        said = item.metadata.get(key)
        names += said if isinstance(said, list) else [said] if isinstance(said, str) else []
    return [str(name) for name in names]


def _channel(name: str) -> str:
    return name.removeprefix("#").casefold()


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
