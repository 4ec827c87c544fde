"""How long is a recording, when was it made, and in which parts can it be sent?"""

import io
import json
import math
import shutil
import struct
import subprocess
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

SENT = (".m4a", ".mp3", ".wav", ".ogg", ".oga", ".flac", ".webm", ".mp4", ".mpga", ".mpeg", ".opus")
"""What endpoints take as it is. Source: OpenAI's audio.transcriptions; .opus is Ogg."""
CONVERTED = (".aac", ".aif", ".aiff", ".amr", ".caf", ".mkv", ".mov", ".wma")
SUFFIXES = (*SENT, *CONVERTED)
MOST_BYTES = 25_000_000
"""In one request. Source: OpenAI's limit."""
WAV_PART_BYTES = 24_000_000
PART_SECONDS = 3_600
"""Of a part that ffmpeg makes, of 14 MB."""
FFMPEG_SECONDS = 1_800
BOXES_OF_MP4 = (".m4a", ".mp4", ".mov")
SINCE_1904 = datetime(1904, 1, 1, tzinfo=UTC)
MOST_HEADER = 1_000_000
NO_FFMPEG = (
    "is larger than what can be sent, or of a kind that cannot: ffmpeg would make it fit, and is missing"
)
NO_LENGTH = "is too large to be sent, and nobody knows how long it is: it cannot be split"


class UnsplitError(Exception):
    """A recording cannot be sent; the message says why."""


@dataclass(frozen=True)
class Made:
    """What a recording's container says; None where it does not."""

    seconds: float | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """A stretch of a recording; times in seconds."""

    name: str
    start: float
    seconds: float | None
    size: int
    read: Callable[[], bytes]


def made(path: Path) -> Made:
    """How long a recording is and when it was made, as far as its container says. It does not raise."""
    suffix = path.suffix.lower()
    try:
        if suffix == ".wav" and (seconds := _wav_seconds(path)):
            return Made(seconds)
        found = _mp4(path) if suffix in BOXES_OF_MP4 else Made()
    except (OSError, ValueError, struct.error, OverflowError):
        found = Made()
    return found if found.seconds else Made(_tagged(path) or _probed(path), found.at)


def parts_of(path: Path, seconds: float | None) -> list[Part]:
    """The parts in which a recording is sent, by time; one where it fits.

    Raises:
        UnsplitError: it does not fit, and nothing here can split it.
        OSError: it cannot be read.
    """
    size, suffix = path.stat().st_size, path.suffix.lower()
    if suffix in SENT and size <= MOST_BYTES:
        name = f"{path.stem}.ogg" if suffix == ".opus" else path.name
        return [Part(_plain(name), 0.0, seconds, size, path.read_bytes)]
    if suffix == ".wav" and _wav_seconds(path):
        return _wav_parts(path)
    if not shutil.which("ffmpeg"):
        raise UnsplitError(NO_FFMPEG)
    if seconds is None:
        raise UnsplitError(NO_LENGTH)
    return [
        Part(
            "part.mp3",
            float(start),
            min(PART_SECONDS, seconds - start),
            MOST_BYTES,
            lambda start=start: _by_ffmpeg(path, start),  # type: ignore[misc]  # it is an int
        )
        for start in range(0, max(1, math.ceil(seconds)), PART_SECONDS)
    ]


def _wav_seconds(path: Path) -> float | None:
    """None for one that the standard library does not read, such as one of floating point numbers."""
    try:
        with wave.open(str(path), "rb") as sound:
            frames = min(sound.getnframes(), path.stat().st_size // max(1, _frame_bytes(sound)))
            return frames / sound.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError, OSError, struct.error, RuntimeError):
        return None


def _wav_parts(path: Path) -> list[Part]:
    with wave.open(str(path), "rb") as sound:
        rate, frame = sound.getframerate(), _frame_bytes(sound)
        frames = min(sound.getnframes(), path.stat().st_size // frame)
    each = max(1, WAV_PART_BYTES // frame)
    return [
        Part(
            _plain(path.name),
            start / rate,
            min(each, frames - start) / rate,
            WAV_PART_BYTES,
            lambda start=start: _wav_part(path, start, each),  # type: ignore[misc]  # it is an int
        )
        for start in range(0, frames, each)
    ]


def _wav_part(path: Path, start: int, frames: int) -> bytes:
    held = io.BytesIO()
    with wave.open(str(path), "rb") as sound, wave.open(held, "wb") as part:
        part.setparams(sound.getparams())
        sound.setpos(start)
        part.writeframes(sound.readframes(frames))
    return held.getvalue()


def _frame_bytes(sound: wave.Wave_read) -> int:
    return sound.getsampwidth() * sound.getnchannels()


def _by_ffmpeg(path: Path, start: int) -> bytes:
    """An hour of a recording as small as speech allows; pictures are left out."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "part.mp3")
        command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-ss", str(start), "-t", str(PART_SECONDS)]
        # file: keeps a name with a colon from being an address
        command += ["-i", f"file:{path}", "-vn", "-ac", "1", "-ar", "16000", "-b:a", "32k", str(out)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=FFMPEG_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnsplitError("could not be split by ffmpeg") from error
        if done.returncode or not out.exists():
            raise UnsplitError("could not be split by ffmpeg")
        return out.read_bytes()


def _mp4(path: Path) -> Made:
    """What the header of an MPEG-4 file says.

    Source: ISO/IEC 14496-12, 8.2.2: moov > mvhd holds version, times since 1904, units a second, duration.
    """
    with path.open("rb") as file:
        found = _box(file, b"moov", path.stat().st_size)
        header = _box(file, b"mvhd", file.tell() + found) if found else None
        raw = file.read(min(header, 32)) if header else b""
    if len(raw) < 20:
        return Made()
    form = ">Q8xIQ" if raw[0] == 1 else ">I4xII"
    created, units, length = struct.unpack_from(form, raw, 4)
    at = SINCE_1904 + timedelta(seconds=created) if created else None
    is_real = at is not None and 2000 <= at.year < 2200  # an unset clock stands at its beginning
    return Made(length / units if units and length else None, at if is_real else None)


def _box(file: IO[bytes], wanted: bytes, end: int) -> int | None:
    """The length of the content of a box, at which the file then stands; None when there is none."""
    for _ in range(1_000):
        start = file.tell()
        head = file.read(8)
        if len(head) < 8 or start >= end:
            return None
        size, name = struct.unpack(">I4s", head)
        begun = 8
        if size == 1:
            size, begun = struct.unpack(">Q", file.read(8))[0], 16
        if size < begun:
            return None
        if name == wanted:
            return int(size) - begun
        file.seek(start + size)
    return None


def _tagged(path: Path) -> float | None:
    try:
        from tinytag import TinyTag

        seconds = TinyTag.get(path, tags=False).duration
    except Exception:  # noqa: BLE001 - it raises what it likes for broken files
        return None
    return seconds if isinstance(seconds, float) and 0 < seconds < 1e7 else None


def _probed(path: Path) -> float | None:
    if not shutil.which("ffprobe"):
        return None
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format=duration", f"file:{path}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        seconds = float(json.loads(done.stdout)["format"]["duration"])
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return None
    return seconds if 0 < seconds < 1e7 else None


def _plain(name: str) -> str:
    """A name as it may be sent: it tells the endpoint what kind of file it is, and nothing else."""
    return f"recording{Path(name).suffix.lower()}"
