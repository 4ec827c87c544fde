"""How are recordings read: sent to the model that was chosen for that, and to none when none was?"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from pydantic import field_validator

from rem_dagster.errors import BudgetError, EndpointError, ModelError, RemError
from rem_dagster.model.activity import Activity
from rem_dagster.model.sound import Sound
from rem_dagster.sources.anchor import Anchor, anchor_of
from rem_dagster.sources.audio_file import NO_FFMPEG, SUFFIXES, Part, UnsplitError, made, parts_of
from rem_dagster.sources.call import Call, call_items, turn_id
from rem_dagster.sources.captions import Cue
from rem_dagster.sources.folder import UNREADABLE, FolderSource, Unit, find_files, mostly
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.source import Problem
from rem_dagster.sources.times import SaidTime, parse_time
from rem_dagster.sources.transcript import FORMS, folders_above, title_of
from rem_dagster.sources.turns import turns_of
from rem_dagster.sources.whisper import heard_in

Transcribe = Callable[[Sound, str], Mapping[str, Any]]
"""The text of a recording, for messages of an account."""
NOT_CHOSEN = "is not transcribed: no model for that is chosen"
NOT_PAID = "would cost more than may be spent, or nobody knows what"
WOULD_BE_SENT = "would be sent to {} and transcribed"
SENDING = "sending them would cost"
NOT_HEARD = "could not be transcribed"
NO_TEXT = "was sent, and what came back is no text"
"""To ask for it again without being told to would cost money each time."""
HOW_TO_CHOOSE = (
    "recordings wait for a model: set transcription_model in config.toml, such as 'openai:whisper-1' with "
    "transcription_price_per_minute, or one of this machine's with transcription_base_url"
)


class Quoted(Protocol):
    """What the text of a recording would take."""

    @property
    def text(self) -> Mapping[str, Any] | None: ...
    @property
    def most_usd(self) -> float | None: ...
    @property
    def model(self) -> str: ...


class AudioOptions(SourceOptions):
    """What a person may say about recordings."""

    anchor: str | None = None
    """When a recording began: a time, or its day alone."""
    speaker: str | None = None
    """Who speaks where the model does not say; `me` is the person whose activity it is."""

    @field_validator("anchor")
    @classmethod
    def _is_time(cls, value: str | None) -> str | None:
        if value is not None:
            parse_time(value)
        return value


class AudioSource(FolderSource):
    """Recordings below a folder, or one; a recording is known by its bytes, wherever it lies."""

    kind = "audio"
    looks_for = "recordings (.m4a, .mp3, .wav, .ogg, .opus, .flac, .webm, .mp4)"
    suffixes = SUFFIXES
    passing = (UNREADABLE, NOT_PAID, NOT_HEARD, NO_FFMPEG)

    def __init__(self, place: Place, options: AudioOptions) -> None:
        super().__init__(place, told=repr((options, place.me)))
        self.account = place.account or ""
        self._place, self._options = place, options
        self._transcribe: Transcribe | None = place.means.get("transcribe")
        self._quote: Callable[[Sound], Quoted] | None = None
        """In a rehearsal: what is asked in place of the model."""
        self._quoted: list[Quoted] = []

    def rehearsed(self) -> "AudioSource":
        """The same recordings, of which none is sent."""
        rehearsed = AudioSource(self._place, self._options)
        rehearsed._quote = self._place.means.get("quote")
        rehearsed._transcribe = rehearsed._transcribe and rehearsed._kept_text
        return rehearsed

    def _kept_text(self, sound: Sound, account: str) -> Mapping[str, Any]:
        text = self._quote(sound).text if self._quote else None
        return {} if text is None else text

    def read_since(self, mark: str | None) -> Iterator[Activity | Problem]:
        """What is not as it was at an earlier read; without a model nothing but what waits for one."""
        if self._transcribe is None:
            yield from self._waiting()
            self._mark = ""
            return
        yield from super().read_since(mark)
        if self._quoted:
            yield Problem(str(self.path), None, SENDING, "notice", _price_of(self._quoted))

    def read_unit(self, unit: Unit) -> Iterator[Activity | Problem]:
        """The session and its messages."""
        [path] = unit
        if beside := _transcript_beside(path):
            yield Problem(str(path), None, "a transcript lies beside it", "skipped", beside.name)
            return
        try:
            if path.stat().st_size == 0:
                yield Problem(str(path), None, "is empty", "skipped")
                return
            yield from self._recording(path)
        except OSError as error:
            yield Problem(str(path), None, "cannot be read", got=error.strerror or str(error))
        except UnsplitError as error:
            yield Problem(str(path), None, str(error))

    def _waiting(self) -> Iterator[Problem]:
        self._require()
        waits = False
        for found in [self.path] if self.path.is_file() else find_files(self.root, SUFFIXES):
            if isinstance(found, Problem):
                yield found
            else:
                waits = True
                yield Problem(str(found), None, NOT_CHOSEN, "skipped")
        reason = HOW_TO_CHOOSE if waits else f"there are no {self.looks_for} in it"
        yield Problem(str(self.path), None, reason, "notice")

    def _recording(self, path: Path) -> Iterator[Activity | Problem]:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        told = made(path)
        anchor, notice = anchor_of(
            path,
            told=parse_time(self._options.anchor) if self._options.anchor else None,
            duration=timedelta(seconds=told.seconds or 0),
            names=[path.stem, *folders_above(path, self.root)],
            day_starts_at=self._place.day_starts_at,
            inside=SaidTime(told.at) if told.at else None,
        )
        cues: list[Cue] = []
        problems: list[Problem] = [notice] if notice else []
        parts = parts_of(path, told.seconds)
        sounds = [_sound(digest, part, anchor) for part in parts]
        if unsent := self._unsent(sounds):
            self._quoted += unsent
            yield Problem(
                str(path), None, WOULD_BE_SENT.format(unsent[0].model), "skipped", _price_of(unsent)
            )
            return
        for number, (part, sound) in enumerate(zip(parts, sounds, strict=True), start=1):
            heard = self._heard(path, sound, part)
            if isinstance(heard, Problem):
                yield heard
                return
            cues += _labelled(heard[0], number if len(parts) > 1 else None)
            problems += heard[1]
        yield from problems
        if not cues:
            yield Problem(str(path), None, "holds nothing that was said", "skipped")
            return
        yield from call_items(
            Call(
                name=digest,
                title=title_of(path, self.root),
                anchor=anchor,
                turns=tuple(turns_of(cues)),
                speaker=self._options.speaker,
                path=self.relative(path),
            ),
            self._place,
        )

    def _unsent(self, sounds: Sequence[Sound]) -> list[Quoted]:
        """In a rehearsal, what of a recording would have to be sent."""
        quotes = map(self._quote, sounds) if self._quote else ()
        return [quoted for quoted in quotes if quoted.text is None]

    def _heard(self, path: Path, sound: Sound, part: Part) -> tuple[list[Cue], list[Problem]] | Problem:
        assert self._transcribe is not None  # else nothing is read
        try:
            text = self._transcribe(sound, self.account)
        except BudgetError as error:
            return Problem(str(path), None, NOT_PAID, got=str(error))
        except RemError as error:
            is_useless = isinstance(error, ModelError) and not isinstance(error, EndpointError)
            return Problem(str(path), None, NO_TEXT if is_useless else NOT_HEARD, got=str(error))
        heard = heard_in(text, str(path))
        if heard is None:
            return Problem(str(path), None, NO_TEXT)
        return _moved(heard.cues, part.start), heard.problems


def _sound(digest: str, part: Part, anchor: Anchor) -> Sound:
    return Sound(
        digest=digest,
        name=part.name,
        read=part.read,
        size=part.size,
        begun=anchor.said.at,
        start=part.start,
        seconds=part.seconds,
    )


def _price_of(quotes: Sequence[Quoted]) -> str:
    """What some recordings cost at most, in words."""
    known = [each.most_usd for each in quotes if each.most_usd is not None]
    if len(known) < len(quotes):
        return "nobody knows what: set transcription_price_per_minute"
    return f"${sum(known):.4f} at most" if sum(known) else "nothing"


def message_ids(sound: Sound, text: Mapping[str, Any]) -> list[str]:
    """The native ids that messages of a text may have, of which turns take some."""
    heard = heard_in(text, "")
    return [turn_id(sound.digest, str(cue.start)) for cue in _moved(heard.cues, sound.start)] if heard else []


def _moved(cues: Sequence[Cue], seconds: float) -> list[Cue]:
    later = round(seconds * 1000)
    return [replace(cue, start=cue.start + later, end=cue.end + later) for cue in cues]


def _labelled(cues: Sequence[Cue], part: int | None) -> list[Cue]:
    """Cues whose speakers say of which part they are: a model names them anew in each."""
    if part is None:
        return list(cues)
    return [replace(cue, speaker=f"{cue.speaker} (part {part})" if cue.speaker else None) for cue in cues]


def _transcript_beside(path: Path) -> Path | None:
    beside = (path.with_suffix(suffix) for suffix in FORMS)
    return next((each for each in beside if each.is_file()), None)


def _recognise(path: Path) -> str | None:
    return mostly(path, SUFFIXES, "recordings")


def _make(place: Place, options: AudioOptions) -> AudioSource:
    return AudioSource(place, options)


KIND = SourceKind(
    name="audio",
    about="recordings (.m4a, .mp3, .wav, .ogg ...), by a model that was chosen for them",
    recognise=_recognise,
    make=_make,
    walks=True,
    options=AudioOptions,
)
