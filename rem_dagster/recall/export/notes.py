"""How are the notes of days brought up to date, with what their reader changed in them?

read the block ─ edits? ─ yes ─ corrections ─ the day again ─┐
                    └──── no ────────────────────────────────┴─ write the block, where it differs
not understood: the note is left alone, and the line is told
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from rem_dagster.errors import InputError, RemError
from rem_dagster.model.window import Calendar
from rem_dagster.recall.export.block_read import FoundBlock, read_block
from rem_dagster.recall.export.block_text import whose
from rem_dagster.recall.export.day_texts import DayTexts, days_told, read_days, stretches
from rem_dagster.recall.export.edits import Edit, Ground, edits_of
from rem_dagster.recall.export.note_file import Block, Note, read_note, write_note
from rem_dagster.recall.export.vault import Vault
from rem_dagster.store.database import Store

FRONT_MATTER = "---\ndate: {}\n---\n\n"
"""Of a note that is new; from then on it is its owner's."""
Fix = Callable[[Edit], None]


@dataclass(frozen=True)
class Left:
    """A note that was left alone, and why."""

    path: Path
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{where}: {self.reason}"


@dataclass
class Brought:
    """What became of the notes."""

    created: list[Path] = field(default_factory=list)
    updated: list[Path] = field(default_factory=list)
    unchanged: int = 0
    corrected: list[tuple[Path, Edit]] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    """In the order of days and lines; a note may have several reasons."""

    @property
    def left_notes(self) -> int:
        """How many notes were left alone."""
        return len({each.path for each in self.left})


@dataclass(frozen=True)
class Notes:
    """Whose days go to which folder."""

    store: Store
    vault: Vault
    user_id: str
    calendar: Calendar
    moment_types: Sequence[str]
    fix: Fix | None = None
    """Makes a correction of an edit; without it a note that was edited is left alone."""
    writes: bool = True
    """Whether blocks are written; else edits are taken over alone."""


def days_of(notes: Notes, *, first: date | None = None, last: date | None = None) -> list[date]:
    """The days of a range that have something to tell, or a note already; in order."""
    told = days_told(notes.store, user_id=notes.user_id, first=first, last=last)
    held = {
        each
        for each in notes.vault.days()
        if (first is None or each >= first) and (last is None or each <= last)
    }
    return sorted(held | told) if notes.writes else sorted(held)


def bring_notes(notes: Notes, days: Sequence[date], *, on_day: Callable[[], None] = lambda: None) -> Brought:
    """Bring the notes of some days up to date, in their order.

    Raises:
        InputError: a file cannot be written; those before are done, and no file is half written.
    """
    brought = Brought()
    for part in stretches(days):
        texts = read_days(notes.store, part[0], part[-1], user_id=notes.user_id, calendar=notes.calendar)
        for day in part:
            path = notes.vault.path_of(day)
            try:
                _Bringing(notes, day, path, texts, brought).run()
            except _LeftAloneError as error:
                brought.left += error.left
            except OSError as error:
                if isinstance(error, RemError):
                    raise
                raise InputError(
                    f"{path} cannot be read or written: {error.strerror or error}. It was not changed; the "
                    "notes before it are done."
                ) from error
            on_day()
    return brought


class _LeftAloneError(Exception):
    """Nothing is written into a note, for these reasons."""

    def __init__(self, *left: Left) -> None:
        super().__init__(left)
        self.left = left


@dataclass(frozen=True)
class _Bringing:
    """The note of one day on its way."""

    notes: Notes
    day: date
    path: Path
    texts: DayTexts
    brought: Brought

    def run(self) -> None:
        """Take over what was edited, and write what is told now."""
        real = self.notes.vault.inside(self.path)
        if real is None:
            raise self._left("is a link that leads out of the folder")
        note = read_note(real)
        place = self._place(note)
        told = self.texts.on(self.day)
        if place is None and not (told.moments or told.summary):
            return
        if note.trouble is not None:
            raise self._left(note.trouble)
        texts = self._take_over(note, place) if place is not None else self.texts
        if self.notes.writes:
            self._write(note, place, texts)

    def _place(self, note: Note) -> Block | None:
        """The block of the day, or a place for one."""
        own, blocks = whose(self.notes.user_id), note.blocks
        mine = [each for each in blocks if (each.day, each.whose) == (self.day.isoformat(), own)]
        if len(mine) > 1:
            raise self._left("has two blocks of this day", note.line_of(mine[1].begin))
        strays = [each for each in blocks if each.whose == own and each not in mine]
        if strays and not mine:
            reason = f"has the block of another day, {strays[0].day}"
            raise self._left(reason, note.line_of(strays[0].begin))
        return next(iter((*mine, *(each for each in blocks if each.is_free))), None)

    def _take_over(self, note: Note, place: Block) -> DayTexts:
        """What is to be written after the edits of a block became corrections."""
        found = read_block(note.inner(place), note.line_of(place.begin))
        edits = self._edits(found)
        if edits and self.notes.fix is None:
            raise self._left("has edits that are no corrections yet", edits[0].line)
        for edit in edits:
            self._fix(edit)
        if not edits:
            return self.texts
        return read_days(
            self.notes.store,
            self.day,
            self.day,
            user_id=self.notes.user_id,
            calendar=self.notes.calendar,
        )

    def _edits(self, found: FoundBlock) -> list[Edit]:
        if found.is_empty:
            return []
        ground = Ground(
            day=self.day,
            calendar=self.notes.calendar,
            moments={each.id: each for each in self.texts.on(self.day).moments},
            moment_types=self.notes.moment_types,
        )
        edits, troubles = edits_of(found, ground)
        if troubles:
            in_order = sorted(troubles, key=lambda each: each.line or 0)
            raise _LeftAloneError(*(Left(self.path, each.reason, each.line) for each in in_order))
        return edits

    def _fix(self, edit: Edit) -> None:
        assert self.notes.fix is not None
        try:
            self.notes.fix(edit)
        except InputError as error:
            raise self._left(str(error), edit.line) from error
        self.brought.corrected.append((self.path, edit))

    def _write(self, note: Note, place: Block | None, texts: DayTexts) -> None:
        is_new = note.stamp is None
        front = FRONT_MATTER.format(self.day.isoformat()).encode()
        raw = (replace(note, raw=front) if is_new else note).with_block(texts.block(self.day), place)
        if raw == note.raw:
            self.brought.unchanged += 1
        elif write_note(note, raw):
            (self.brought.created if is_new else self.brought.updated).append(self.path)
        else:
            raise self._left("was changed by somebody else meanwhile; the next export writes it")

    def _left(self, reason: str, line: int | None = None) -> _LeftAloneError:
        return _LeftAloneError(Left(self.path, reason, line))
