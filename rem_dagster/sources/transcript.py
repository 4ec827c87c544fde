"""How are transcripts of calls and recordings read: captions, a transcription's JSON, and the call's chat?"""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import Activity
from rem_dagster.sources.anchor import Anchor, anchor_of
from rem_dagster.sources.call import Call, call_items
from rem_dagster.sources.call_chat import Chat, is_chat, read_chat
from rem_dagster.sources.captions import Cue, Heard, read_captions
from rem_dagster.sources.folder import FolderSource, Unit, names_below
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem
from rem_dagster.sources.times import SaidTime, parse_time
from rem_dagster.sources.turns import turns_of
from rem_dagster.sources.vault import vault_sign
from rem_dagster.sources.whisper import SIGNS, read_whisper

CAPTIONS = (".vtt", ".srt")
FORMS = (*CAPTIONS, ".json")
"""Of one transcript that is there in several forms the first is read."""
CHAT = "chat.txt"
RECORDINGS = (".mp4", ".m4a", ".mp3", ".wav", ".webm", ".ogg", ".mkv", ".m3u")
"""What lies beside transcripts and is none."""
HEAD = 65_536
"""Bytes of a JSON file that tell whether it is a transcription."""
JSONS_LOOKED_AT = 20
MOST_BYTES = 32_000_000
PART = re.compile(
    r"[-_. ]*(audio|meeting_saved|closed_caption|cc|new|saved)?[-_. ]*(transcript|chat|cc|captions?)$"
)
"""What tells the parts of one call apart in their names."""
HALF_A_DAY_MS, DAY_MS = 43_200_000, 86_400_000


class TranscriptOptions(SourceOptions):
    """What a person may say about recordings."""

    anchor: str | None = None
    """When the recording began: a time, or its day alone."""
    clock: Literal["auto", "elapsed", "time_of_day"] = "auto"
    """What the times in a file count."""
    speaker: str | None = None
    """Who speaks where the file does not say; `me` is the person whose activity it is."""
    encoding: str | None = None
    """Of the files, where it is not UTF-8."""

    @field_validator("anchor")
    @classmethod
    def _is_time(cls, value: str | None) -> str | None:
        if value is not None:
            parse_time(value)
        return value

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        try:
            return value if value is None else codecs.lookup(value).name
        except LookupError:
            raise ValueError("is no known encoding such as windows-1251") from None

    @property
    def begun(self) -> SaidTime | None:
        """When the recording began, if that is told."""
        return None if self.anchor is None else parse_time(self.anchor)


@dataclass(frozen=True)
class _Text:
    text: str
    problem: Problem | None = None


class TranscriptSource(FolderSource):
    """Transcripts below a folder, each with its chat, or one file; a session is a call or recording."""

    kind = "transcript"
    looks_for = "transcripts (.vtt, .srt, a transcription's .json) or chats (chat.txt)"
    suffixes = (*FORMS, CHAT)

    def __init__(self, place: Place, options: TranscriptOptions) -> None:
        super().__init__(place, told=repr((options, place.me)))
        self._place, self._options = place, options

    def units(self, files: Sequence[Path]) -> Iterable[Unit | Problem]:
        """A transcript and its chat together."""
        units: list[Unit | Problem] = []
        for folder in dict.fromkeys(file.parent for file in files):
            units += _calls([file for file in files if file.parent == folder])
        if self._options.anchor and sum(isinstance(each, tuple) for each in units) > 1:
            raise SourceError(
                f"anchor says when one recording began, and {self.place!r} holds several. Nothing was "
                "changed. Name one file at a time, or leave anchor out where their names tell."
            )
        return units

    def read_unit(self, unit: Unit) -> Iterator[Activity | Problem]:
        """The session and its messages."""
        heard, chat = Heard(), Chat()
        for path in unit:
            try:
                read = self._text_of(path)
            except OSError as error:
                yield Problem(str(path), None, "cannot be read", got=error.strerror or str(error))
                continue
            if isinstance(read, Problem):
                yield read
                continue
            if read.problem:
                yield read.problem
            if path.suffix.lower() == ".txt":
                chat = read_chat(read.text, str(path))
                yield from chat.problems
            else:
                found = self._heard(read.text, path)
                if found is None:
                    yield Problem(str(path), None, "is no transcription", "skipped")
                    continue
                heard = found
                yield from heard.problems
        if not heard.cues and not chat.entries:
            yield Problem(str(unit[0]), None, "holds nothing that was said", "skipped")
            return
        yield from self._call(unit, heard, chat)

    def _heard(self, text: str, path: Path) -> Heard | None:
        if path.suffix.lower() in CAPTIONS:
            return read_captions(text, str(path))
        return read_whisper(text, str(path))

    def _call(self, unit: Unit, heard: Heard, chat: Chat) -> Iterator[Activity | Problem]:
        first = unit[0]
        ends = [*(cue.end for cue in heard.cues), *(entry.clock for entry in chat.entries)]
        try:
            anchor, notice = anchor_of(
                first,
                told=self._options.begun,
                duration=timedelta(milliseconds=max(ends)),
                names=[*(path.stem for path in unit), *folders_above(first, self.root)],
                day_starts_at=self._place.day_starts_at,
                inside=heard.said or next((each.day for each in chat.entries if each.day), None),
            )
        except (OSError, ValueError, OverflowError) as error:
            yield Problem(str(first), "anchor", "cannot be read", got=str(error))
            return
        if notice:
            yield notice
        by_day = self._runs_by_day(anchor, [cue.start for cue in heard.cues])
        cues = _past_midnight(heard.cues) if by_day else heard.cues
        if any(after.start < before.start for before, after in pairwise(cues)):
            yield Problem(str(first), "time", "cues are out of order: they were sorted", "notice")
        yield from call_items(
            Call(
                name=self.relative(first),
                title=title_of(first, self.root),
                anchor=anchor,
                turns=tuple(turns_of(cues)),
                chat=chat,
                is_by_day=by_day,
                is_chat_by_day=self._runs_by_day(anchor, [each.clock for each in chat.entries]),
                speaker=self._options.speaker,
            ),
            self._place,
        )

    def _runs_by_day(self, anchor: Anchor, clocks: Sequence[int]) -> bool:
        if self._options.clock != "auto":
            return self._options.clock == "time_of_day"
        return bool(clocks) and anchor.runs_by_day(timedelta(milliseconds=clocks[0]))

    def _text_of(self, path: Path) -> _Text | Problem:
        if path.stat().st_size > MOST_BYTES:
            reason = f"has more than {MOST_BYTES:,} bytes: it is no transcript"
            return Problem(str(path), None, reason, got=f"{path.stat().st_size:,}")
        text, notice = decoded(path.read_bytes(), self._options.encoding)
        return _Text(text, Problem(str(path), None, notice, "notice") if notice else None)


def decoded(raw: bytes, encoding: str | None) -> tuple[str, str | None]:
    """The text of some bytes with plain line ends, and what is to be noticed about it."""
    notice: str | None = None
    if encoding:
        text = raw.decode(encoding, "replace")
    elif raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", "replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
            notice = "is not UTF-8: it was read as Windows-1252; the option encoding names another"
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""), notice


def folders_above(path: Path, root: Path) -> list[str]:
    """The names of the folders that hold a file, nearest first, up to the one that is read."""
    inside = [each for each in path.parents if each == root or root in each.parents]
    return [each.name for each in inside]


def title_of(path: Path, root: Path) -> str:
    """What a recording is called: its file's name, or its folder's where that says only what it is."""
    stem = path.stem
    name = PART.sub("", stem.lower())
    if name in ("", "recording", "audio", "video", "meeting", "zoom", "output"):
        stem = next(iter(folders_above(path, root)), stem) or stem
    return stem.encode("utf-8", "replace").decode("utf-8")


def _calls(files: Sequence[Path]) -> Iterator[Unit | Problem]:
    """The calls of one folder: each transcript with the chat of its name; a lone chat goes to a lone one."""
    talks: dict[str, list[Path]] = {}
    for path in sorted(files, key=lambda path: FORMS.index(s) if (s := path.suffix.lower()) in FORMS else 9):
        if path.suffix.lower() in FORMS:
            talks.setdefault(_key(path), []).append(path)
    chats = {_key(path): path for path in files if path.suffix.lower() == ".txt"}
    if len(talks) == len(chats) == 1:
        chats = dict(zip(talks, chats.values(), strict=True))
    for key, (first, *others) in sorted(talks.items()):
        yield (first, chats.pop(key)) if key in chats else (first,)
        for other in others:
            yield Problem(str(other), None, "is another form of a transcript that was read", "skipped")
    for path in chats.values():
        yield (path,)


def _key(path: Path) -> str:
    return PART.sub("", path.stem.lower())


def _past_midnight(cues: Sequence[Cue]) -> list[Cue]:
    """Cues of a clock of the day, those after midnight on the next."""
    moved: list[Cue] = []
    days, before = 0, 0
    for cue in cues:
        if cue.start < before - HALF_A_DAY_MS:
            days += DAY_MS
        before = cue.start
        end = cue.end if cue.end >= cue.start else cue.end + DAY_MS
        moved.append(replace(cue, start=cue.start + days, end=end + days))
    return moved


def _recognise(path: Path) -> str | None:
    if vault_sign(path):
        return None
    try:
        found = [each for each in names_below(path) if not each.name.lower().endswith(RECORDINGS)]
        certain = [each for each in found if each.name.lower().endswith((*CAPTIONS, CHAT))]
        jsons = [each for each in found if each.suffix.lower() == ".json"]
        certain += [each for each in jsons[:JSONS_LOOKED_AT] if _is_transcription(each)]
        if not any(path.suffix.lower() in FORMS or _is_chat(path) for path in certain):
            return None
    except OSError:
        return None
    if path.is_file():
        return f"it is a transcription or its name ends in {path.suffix}"
    many = f"{len(certain)} of its {len(found)} files are transcripts or chats of calls"
    return many if len(certain) * 2 > len(found) else None


def _is_transcription(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD).decode("utf-8", "ignore")
    except OSError:
        return False
    return head.lstrip("\ufeff \n\r\t").startswith(("{", "[")) and any(sign in head for sign in SIGNS)


def _is_chat(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_chat(decoded(file.read(4_096), None)[0])
    except OSError:
        return False


def _make(place: Place, options: TranscriptOptions) -> TranscriptSource:
    return TranscriptSource(place, options)


KIND = SourceKind(
    name="transcript",
    about="transcripts of calls and recordings (.vtt, .srt, Whisper's .json) and the calls' chat.txt",
    recognise=_recognise,
    make=_make,
    walks=True,
    options=TranscriptOptions,
)
