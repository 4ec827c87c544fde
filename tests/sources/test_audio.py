"""Recordings: whom they are sent to, in which parts, and when they were made."""

import io
import os
import shutil
import stat
import struct
import sys
import wave
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import BudgetError, EndpointError, ModelError
from rem_dagster.model.activity import MessageItem, SessionItem
from rem_dagster.model.sound import Sound
from rem_dagster.sources import audio_file
from rem_dagster.sources.audio import NO_TEXT, NOT_CHOSEN, AudioOptions, AudioSource, message_ids
from rem_dagster.sources.audio_file import NO_FFMPEG, NO_LENGTH, made, parts_of
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import recognise_path
from rem_dagster.sources.source import Problem

CHANGED = 1_744_900_000


class Ear:
    """Hears the same in every recording, and remembers what it was given."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sounds: list[tuple[Sound, bytes]] = []

    def __call__(self, sound: Sound, account: str) -> Mapping[str, Any]:
        if self.error:
            raise self.error
        self.sounds.append((sound, sound.read()))
        return {"text": "", "segments": [{"start": 1, "end": 2, "text": "It leaks", "speaker": "A"}]}


def wav(seconds: float, *, rate: int = 100) -> bytes:
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(bytes(range(200)) * int(seconds * rate / 100))
    return held.getvalue()


def frames_in(raw: bytes) -> int:
    with wave.open(io.BytesIO(raw), "rb") as sound:
        return sound.getnframes()


def mp4(created: int, seconds: int, *, version: int = 0) -> bytes:
    form = ">Q8xIQ" if version else ">I4xII"
    mvhd = bytes([version, 0, 0, 0]) + struct.pack(form, created, 1000, seconds * 1000) + b"\0" * 80
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"free", b"x" * 9) + box(b"moov", box(b"mvhd", mvhd))


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, name) + content


def put(place: Path, name: str, content: bytes) -> Path:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (CHANGED, CHANGED))
    return path


def source(path: Path, ear: Ear | None, *me: str, **options: object) -> AudioSource:
    means = {"transcribe": ear} if ear else {}
    return AudioSource(Place(str(path), me=me, means=means), AudioOptions.model_validate(options))


def read(
    path: Path, ear: Ear | None, *me: str, **options: object
) -> tuple[list[SessionItem], list[MessageItem], list[Problem]]:
    items = list(source(path, ear, *me, **options).read())
    return (
        [each for each in items if isinstance(each, SessionItem)],
        [each for each in items if isinstance(each, MessageItem)],
        [each for each in items if isinstance(each, Problem)],
    )


def test_a_recording_becomes_a_session_at_its_time(tmp_path: Path) -> None:
    ear = Ear()
    path = put(tmp_path, "memos/2025-04-17 10.00.00.wav", wav(3))
    [session], [message], problems = read(tmp_path, ear)
    assert (session.title, session.metadata["path"]) == (
        "2025-04-17 10.00.00",
        "memos/2025-04-17 10.00.00.wav",
    )
    assert (message.author, message.content, message.trust) == ("A", "It leaks", "third_party")
    assert message.created_at == datetime(2025, 4, 17, 10, 0, 1)
    assert problems == []
    [(sound, sent)] = ear.sounds
    assert (sound.name, sound.seconds, sent) == ("recording.wav", 3.0, path.read_bytes())
    assert message.native_id in message_ids(sound, ear(sound, ""))


def test_without_a_model_each_recording_is_skipped_and_one_notice_says_how_to_choose(tmp_path: Path) -> None:
    put(tmp_path, "a.wav", wav(1))
    put(tmp_path, "b.mp3", b"x")
    made_without = source(tmp_path, None)
    told = [(each.kind, each.reason) for each in made_without.read() if isinstance(each, Problem)]
    assert told[:2] == [("skipped", NOT_CHOSEN)] * 2
    assert told[2][0] == "notice"
    assert "transcription_model" in told[2][1]
    later = source(tmp_path, Ear())
    assert sum(isinstance(each, SessionItem) for each in later.read_since(made_without.mark)) == 2


def test_a_recording_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    path = put(tmp_path, "2025-04-17.wav", wav(1))
    first = read(tmp_path, Ear())[1][0].native_id
    (tmp_path / "older").mkdir()
    shutil.move(path, tmp_path / "older" / "2025-04-17 x.wav")
    assert read(tmp_path, Ear())[1][0].native_id == first


def test_a_memo_of_ones_own_is_ones_own(tmp_path: Path) -> None:
    class Nameless(Ear):
        def __call__(self, sound: Sound, account: str) -> Mapping[str, Any]:
            return {"text": "Buy a pump"}

    path = put(tmp_path, "2025-04-17.wav", wav(1))
    [message] = read(path, Nameless(), "Ana", speaker="me")[1]
    assert (message.author, message.trust, message.content) == ("Ana", "own", "Buy a pump")


def test_what_a_transcript_lies_beside_is_not_paid_for(tmp_path: Path) -> None:
    ear = Ear()
    put(tmp_path, "a.wav", wav(1))
    put(tmp_path, "a.vtt", b"WEBVTT\n")
    put(tmp_path, "b.wav", b"")
    problems = read(tmp_path, ear)[2]
    assert [each.reason for each in problems] == ["a transcript lies beside it", "is empty"]
    assert ear.sounds == []


def test_the_time_of_a_recording_is_its_names_its_containers_or_its_files(tmp_path: Path) -> None:
    at = int((datetime(2025, 4, 17, 10, tzinfo=UTC) - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    for version in (0, 1):
        [message] = read(put(tmp_path, "a.m4a", mp4(at, 90, version=version)), Ear())[1]
        assert (message.created_at, message.time_confidence) == (
            datetime(2025, 4, 17, 10, 0, 1, tzinfo=UTC),
            "exact",
        )
    assert made(tmp_path / "a.m4a").seconds == 90
    assert made(put(tmp_path, "unset.m4a", mp4(0, 90))).at is None
    [message] = read(put(tmp_path, "2025-04-18 11.00 b.m4a", mp4(at, 90)), Ear())[1]
    assert message.created_at == datetime(2025, 4, 18, 11, 0, 1)
    [message] = read(put(tmp_path, "c.wav", wav(60)), Ear())[1]
    assert message.created_at == datetime.fromtimestamp(CHANGED - 60 + 1, UTC)
    assert message.time_confidence == "guessed"
    [message] = read(tmp_path / "c.wav", Ear(), anchor="2025-04-19T08:00:00Z")[1]
    assert message.created_at == datetime(2025, 4, 19, 8, 0, 1, tzinfo=UTC)


def test_a_large_wav_goes_in_parts_whose_times_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio_file, "MOST_BYTES", 1_000)
    monkeypatch.setattr(audio_file, "WAV_PART_BYTES", 800)
    ear = Ear()
    put(tmp_path, "2025-04-17 10.00.00.wav", wav(10))
    messages = read(tmp_path, ear)[1]
    assert [(each.author, each.created_at.second) for each in messages] == [
        ("A (part 1)", 1),
        ("A (part 2)", 5),
        ("A (part 3)", 9),
    ]
    assert [frames_in(sent) for _, sent in ear.sounds] == [400, 400, 200]
    assert [(sound.start, sound.seconds) for sound, _ in ear.sounds] == [(0, 4), (4, 4), (8, 2)]


def test_what_cannot_be_split_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_file, "MOST_BYTES", 100)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    put(tmp_path, "a.mp3", b"x" * 200)
    put(tmp_path, "b.aac", b"x")
    assert [each.reason for each in read(tmp_path, Ear())[2] if each.kind == "failed"] == [NO_FFMPEG] * 2
    fake_ffmpeg(tmp_path)
    assert NO_LENGTH in [each.reason for each in read(tmp_path, Ear())[2]]


def test_ffmpeg_makes_hours_of_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_file, "MOST_BYTES", 50)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    fake_ffmpeg(tmp_path)
    path = put(tmp_path, "2025-04-17 10.00.00.mp4", mp4(0, 4_000))
    ear = Ear()
    assert [each.created_at.hour for each in read(path, ear)[1]] == [10, 11]
    assert [sent for _, sent in ear.sounds] == [b"from 0 for 3600", b"from 3600 for 3600"]
    assert [sound.seconds for sound, _ in ear.sounds] == [3_600, 400]
    assert [part.start for part in parts_of(path, 4_000.0)] == [0, 3_600]


def fake_ffmpeg(place: Path) -> None:
    """A program that writes what it was asked for, in place of the part."""
    (place / "bin").mkdir(exist_ok=True)
    path = place / "bin" / "ffmpeg"
    path.write_text(
        f"#!{sys.executable}\nimport sys\n\n"
        "def told(name): return sys.argv[sys.argv.index(name) + 1]\n\n"
        "open(sys.argv[-1], 'w').write(f\"from {told('-ss')} for {told('-t')}\")\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (BudgetError("it would pass the cap"), "would cost more than may be spent, or nobody knows what"),
        (EndpointError("nobody there"), "could not be transcribed"),
    ],
)
def test_what_was_not_transcribed_is_tried_again(tmp_path: Path, error: Exception, reason: str) -> None:
    put(tmp_path, "2025-04-17.wav", wav(1))
    failed = source(tmp_path, Ear(error))
    [problem] = [each for each in failed.read() if isinstance(each, Problem)]
    assert (problem.kind, problem.reason, problem.got) == ("failed", reason, str(error))
    again = source(tmp_path, Ear())
    assert sum(isinstance(each, SessionItem) for each in again.read_since(failed.mark)) == 1
    assert not any(source(tmp_path, Ear(error)).read_since(again.mark))


def test_what_gave_no_text_is_not_paid_for_again_unasked(tmp_path: Path) -> None:
    put(tmp_path, "2025-04-17.wav", wav(1))
    failed = source(tmp_path, Ear(ModelError("gave no text")))
    [problem] = failed.read()
    assert isinstance(problem, Problem)
    assert problem.reason == NO_TEXT
    assert list(source(tmp_path, Ear()).read_since(failed.mark)) == []


def test_recordings_are_recognised(tmp_path: Path) -> None:
    found = recognise_path(put(tmp_path, "x/a.m4a", b"x"))
    assert found is not None
    assert found.kind.name == "audio"
    found = recognise_path(tmp_path / "x")
    assert found is not None
    assert (found.kind.name, found.reason) == ("audio", "1 of its 1 files are recordings")


@given(
    which=st.sampled_from(["a.wav", "a.m4a", "a.mp3", "a.ogg", "a.flac", "a.webm"]),
    base=st.sampled_from(
        [wav(1), mp4(3_000_000_000, 9), b"ID3\4\0\0\0\0\0\0\xff\xfb\x90\0" * 20, b"OggS" * 30]
    ),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), max_size=6),
    cut=st.floats(0, 1),
)
def test_no_damage_stops_a_recording(
    tmp_path: Path, which: str, base: bytes, changes: list[tuple[float, bytes]], cut: float
) -> None:
    raw = base
    for share, noise in changes:
        at = int(share * len(raw))
        raw = raw[:at] + noise + raw[at + len(noise) :]
    path = put(tmp_path, which, raw[: int(cut * len(raw))])
    sessions, messages, problems = read(path, Ear())
    assert sessions or problems
    assert all(1900 < each.created_at.year < 2200 for each in messages)
