"""How are the events of a calendar read?"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from pydantic import Field

from rem_dagster.errors import SourceError
from rem_dagster.model.ids import digest_text
from rem_dagster.model.own_output import OWN_UID
from rem_dagster.sources.ics_blocks import EventBlock, split_calendar
from rem_dagster.sources.ics_event import event_items
from rem_dagster.sources.ics_series import Occurrence, window
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem, Told, Withdrawn
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.transcript_files import path_text, unreadable, walk_files
from rem_dagster.sources.vault import SUFFIXES as NOTES
from rem_dagster.sources.vault import vault_sign

SUFFIXES = (".ics", ".ical", ".icalendar")
MAX_BYTES = 200_000_000
"""Of all files together: an event's versions may lie far from each other, so all are held at once."""
LOOKED_AT_ENTRIES = 500


class IcsOptions(SourceOptions):
    """How far from now events are read."""

    past_days: int = Field(default=365, ge=0, le=36_500)
    """Of events that repeat; an event that takes place once is read however old it is."""
    future_days: int = Field(default=0, ge=0, le=366)
    """By default what has begun: what is only planned may not take place."""


class IcsSource:
    """The events of one file, or of all files below a folder; known by the ids that calendars give them."""

    kind = "ics"

    def __init__(self, place: Place, options: IcsOptions, now: datetime) -> None:
        self.where, self.options, self.now = place, options, now
        # no account by default: an event is the same in each calendar that it is copied to
        self.account = place.account or ""

    @property
    def place(self) -> str:
        """The file or folder that is read."""
        return self.where.where

    def fingerprint(self) -> str:
        """The hash of the files, and of what else decides which events are read: the day is one of it."""
        told = (self.now.date().isoformat(), self.options.model_dump_json(), *sorted(self.where.me))
        state = hashlib.sha256(repr(told).encode())
        for each in self._files():
            if isinstance(each, Path):
                try:
                    with each.open("rb") as file:
                        state.update(hashlib.file_digest(file, "sha256").digest())
                except OSError:
                    state.update(b"unreadable")
        return state.hexdigest()

    def read(self) -> Iterator[Told]:
        """Every event, in the order in which the files name them first."""
        events: dict[str, list[EventBlock]] = {}
        has_ours = False
        for each in self._blocks():
            if isinstance(each, Problem):
                yield each
            elif each.uid.endswith(OWN_UID):
                has_ours = True
                yield Problem(each.where, "UID", "is a moment that rem wrote itself", "skipped")
            else:
                uid = each.uid or digest_text(each.text)[:32]
                if not each.uid:
                    yield Problem(
                        each.where, "UID", "is missing; what it says was taken for its id", "notice"
                    )
                events.setdefault(uid, []).append(each)
        if not events and not has_ours:
            yield Problem(self.place, None, "there are no events in it: looked for BEGIN:VEVENT", "notice")
        yield from self._unknown_me(events)
        expansion = window(self.now, past_days=self.options.past_days, future_days=self.options.future_days)
        while events:
            uid = next(iter(events))
            yield from self._told_of(expansion.occurrences(uid, events.pop(uid)))

    def _told_of(self, occurrences: Iterable[Occurrence | Problem | Withdrawn]) -> Iterator[Told]:
        """The items of one event, then what does not take place: all of it that is no item."""
        given: set[str] = set()
        withdrawn: list[Withdrawn] = []
        for found in occurrences:
            if isinstance(found, Problem):
                yield found
            elif isinstance(found, Withdrawn):
                withdrawn.append(found)
            else:
                native_id = replace_surrogates(found.native_id)
                for told in event_items(found, self.where):
                    yield told
                    if not isinstance(told, Problem) or told.kind == "failed":
                        given.add(native_id)
                if native_id not in given:
                    withdrawn.append(Withdrawn(native_id))
        but = frozenset(given)
        for each in withdrawn:
            yield replace(each, native_id=replace_surrogates(each.native_id), but=but)

    def _unknown_me(self, events: dict[str, list[EventBlock]]) -> Iterator[Problem]:
        if not self.where.me and any("\nORGANIZER" in each.text for held in events.values() for each in held):
            reason = (
                "it is not known who you are: events with an organizer count as other people's; "
                "set me = [...] in config.toml"
            )
            yield Problem(self.place, None, reason, "notice")

    def _blocks(self) -> Iterator[EventBlock | Problem]:
        size = 0
        for each in self._files():
            if isinstance(each, Problem):
                yield each
                continue
            try:
                size += each.stat().st_size
                if size > MAX_BYTES:
                    yield Problem(
                        str(each), None, f"the calendars have more than {MAX_BYTES // 1_000_000} MB"
                    )
                    continue
                if not each.is_file():
                    yield Problem(path_text(each), None, "is no file", "skipped")
                    continue
                yield from split_calendar(each)
            except OSError as error:
                yield unreadable(each, error)

    def _files(self) -> Iterator[Path | Problem]:
        path = self.where.path
        if not path.exists():
            raise SourceError(
                f"Could not read {self.place!r}: there is no such file or folder. Nothing was changed."
            )
        if path.is_file():
            yield path
            return
        for each in walk_files(path):
            if isinstance(each, Problem) or each.suffix.lower() in SUFFIXES:
                yield each


def _recognise(path: Path) -> str | None:
    try:
        if path.is_file():
            return f"its name ends in {path.suffix}" if path.suffix.lower() in SUFFIXES else None
        if vault_sign(path) or (path / ".git").exists():
            return None
        with os.scandir(path) as entries:
            names = [each.name for each in islice(entries, LOOKED_AT_ENTRIES) if each.is_file()]
    except OSError:
        return None
    if any(name.lower().endswith(NOTES) for name in names):
        return None
    found = next((name for name in sorted(names) if name.lower().endswith(SUFFIXES)), None)
    return f"it holds {found}" if found else None


def _make(place: Place, options: IcsOptions) -> IcsSource:
    clock = place.means.get("now")
    return IcsSource(place, options, clock() if clock else datetime.now(UTC))


KIND = SourceKind(
    name="ics",
    about="the events of calendars: an .ics file, or a folder of them",
    recognise=_recognise,
    make=_make,
    walks=True,
    options=IcsOptions,
)
