"""Transcripts of calls and recordings: captions, a transcription's JSON, chats, and when it all was said."""

import json
import os
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import InputError, SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.model.activity import MessageItem, SessionItem
from rem_dagster.settings import Home
from rem_dagster.sources.anchor import time_in_name
from rem_dagster.sources.call_chat import read_chat
from rem_dagster.sources.captions import read_captions
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import make_source_of, recognise_path
from rem_dagster.sources.source import Problem
from rem_dagster.sources.transcript import KIND, TranscriptSource
from rem_dagster.sources.whisper import read_whisper
from rem_dagster.store.database import Store
from tests.activity import rows

NOW = datetime(2025, 6, 1, tzinfo=UTC)
CALL = """WEBVTT

1
00:10:00.500 --> 00:10:02.000
Ana Lima: Shall we start?

2
00:10:02.100 --> 00:10:04.000
Ana Lima: The pump is in.

3
00:10:04.000 --> 00:10:05.000
Ben | Pumps: Yes.

4
00:11:00.000 --> 00:11:01.000
Ben | Pumps: It leaks: a little.
"""
CHAT = (
    "00:10:01\tCy:\thello all\r\n"
    '00:10:03\tDee:\tReacted to "hello all" with 👍\r\n'
    '00:10:05\tAna Lima:\tReplying to "hello..."\r\n\nhi Cy\r\n'
    "and welcome\r\n"
)


def source(path: Path, *me: str, **options: object) -> TranscriptSource:
    made = make_source_of(KIND, Place(str(path), me=me), options)
    assert isinstance(made, TranscriptSource)
    return made


def read(
    path: Path, *me: str, **options: object
) -> tuple[list[SessionItem], list[MessageItem], list[Problem]]:
    items = list(source(path, *me, **options).read())
    return (
        [each for each in items if isinstance(each, SessionItem)],
        [each for each in items if isinstance(each, MessageItem)],
        [each for each in items if isinstance(each, Problem)],
    )


def put(place: Path, name: str, content: str | bytes) -> Path:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def said(path: Path, **options: object) -> list[tuple[str | None, str]]:
    return [(each.author, each.content) for each in read(path, **options)[1]]


def clocks(messages: list[MessageItem]) -> list[str]:
    return [each.created_at.isoformat() for each in messages]


def test_a_call_and_its_chat_are_one_session_with_speakers_and_clock(tmp_path: Path) -> None:
    put(tmp_path, "pumps_2025-04-17_155/transcript.vtt", CALL.replace("\n", "\r\n"))
    put(tmp_path, "pumps_2025-04-17_155/chat.txt", CHAT)
    [session], messages, problems = read(tmp_path)
    assert session.title == "pumps_2025-04-17_155"
    assert session.metadata["people"] == ["Ana Lima", "Ben | Pumps", "Cy", "Dee"]
    assert [(each.author, each.content, each.created_at.time().isoformat()) for each in messages] == [
        ("Ana Lima", "Shall we start? The pump is in.", "00:10:00.500000"),
        ("Cy", "hello all", "00:10:01"),
        ("Ben | Pumps", "Yes.", "00:10:04"),
        ("Ana Lima", "hi Cy\nand welcome", "00:10:05"),
        ("Ben | Pumps", "It leaks: a little.", "00:11:00"),
    ]
    assert {each.created_at.date().isoformat() for each in messages} == {"2025-04-17"}
    assert {each.time_confidence for each in messages} == {"assumed_time"}
    by_author = {each.content: each for each in messages}
    hello = by_author["hello all"]
    assert hello.metadata["reactions"] == {"👍": ["Dee"]}
    assert by_author["hi Cy\nand welcome"].metadata["reply_to"] == hello.native_id
    assert sorted(each.reason for each in problems) == [
        "only the day of it is known: its clock was taken to begin with that day",
        "reactions are no messages: they were kept with what they are to",
    ]


def test_words_of_ones_own_are_told_from_those_of_others(tmp_path: Path) -> None:
    path = put(tmp_path, "2025-04-17 10.00.vtt", CALL)
    trust = {each.author: each.trust for each in read(path, "ANA lima")[1]}
    assert trust == {"Ana Lima": "own", "Ben | Pumps": "third_party"}
    memo = put(tmp_path, "2025-04-17 11.00.srt", "1\n00:00:01,000 --> 00:00:02,000\nBuy a pump\n")
    assert [(each.author, each.trust) for each in read(memo)[1]] == [(None, "third_party")]
    assert [(each.author, each.trust) for each in read(memo, "Ana", speaker="me")[1]] == [("Ana", "own")]
    assert [(each.author, each.trust) for each in read(memo, speaker="Ben")[1]] == [("Ben", "third_party")]


def test_voices_settings_comments_and_styles_of_webvtt_are_understood(tmp_path: Path) -> None:
    text = (
        "\ufeffWEBVTT - a talk\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n"
        "NOTE\nnot --said\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n01:02.500 --> 01:04.000 align:start position:0%\n"
        "<v.loud Ana Lima>Is 1 &lt; 2?</v>\n<v Ben>So <i>they</i> say,<01:03.000> <c.yellow>Ana</c></v>\n\n"
        "00:01:05.000 --> 00:01:06.000\n<v Ben>Yes</v>\n"
    )
    assert said(put(tmp_path, "2025-04-17T09-00-00.vtt", text)) == [
        ("Ana Lima", "Is 1 < 2?"),
        ("Ben", "So they say, Ana Yes"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.srt", "1\n00:00:01,5 --> 00:00:02,0\nJaé\n\n2\n00:00:09,0 --> 00:00:10,0\n{\\an8}<i>Da</i>\n"),
        ("a.vtt", "WEBVTT\n\n00:01.500 --> 00:02.000\nJaé\n\n00:09.000 --> 00:10.000\nDa\n"),
        ("a.srt", "1\n00:00:01,500 --> 00:00:02,000\nJaé\n2\n00:00:09,000 --> 00:00:10,000\nDa"),
        ("a.json", '{"text": "Jaé Da", "segments": [{"start": 1.5, "end": 2, "text": " Jaé"},'
         ' {"start": 9, "end": 10, "text": " Da"}]}'),
        ("a.json", '[{"start": "1.5", "end": 2, "text": "Jaé"}, {"start": 9, "end": 10, "text": "Da"}]'),
        ("a.json", '{"words": [{"word": "Jaé", "start": 1.5, "end": 2}, {"word": "Da", "start": 9}]}'),
        ("a.json", '{"transcription": [{"offsets": {"from": 1500, "to": 2000}, "text": "Jaé"},'
         ' {"offsets": {"from": 9000, "to": 10000}, "text": "Da"}]}'),
        ("a.json", '{"chunks": [{"timestamp": [1.5, 2], "text": "Jaé"},'
         ' {"timestamp": [9, null], "text": "Da"}]}'),
    ],
)  # fmt: skip
def test_every_form_says_the_same(tmp_path: Path, name: str, content: str) -> None:
    _, messages, problems = read(put(tmp_path, name, content), anchor="2025-04-17T10:00:00+02:00")
    assert [each.content for each in messages] == ["Jaé", "Da"]
    assert clocks(messages) == ["2025-04-17T10:00:01.500000+02:00", "2025-04-17T10:00:09+02:00"]
    assert {(each.utc_offset_minutes, each.time_confidence) for each in messages} == {(120, "exact")}
    assert problems == []


def test_speakers_of_a_transcription_are_kept(tmp_path: Path) -> None:
    segments = [
        {"start": 0, "end": 1, "text": "One", "speaker": "SPEAKER_00"},
        {"start": 1, "end": 2, "text": "two", "speaker": "SPEAKER_00"},
        {"start": 2, "end": 3, "text": "three", "speaker": "B"},
    ]
    body = json.dumps({"task": "transcribe", "segments": segments})
    assert said(put(tmp_path, "a.json", body)) == [("SPEAKER_00", "One two"), ("B", "three")]
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\n[SPEAKER_01]: One\n"
    assert said(put(tmp_path, "b.vtt", vtt)) == [("SPEAKER_01", "One")]


def test_a_transcription_without_times_is_one_message(tmp_path: Path) -> None:
    path = put(tmp_path, "2025-04-17 10.00.json", '{"text": "All of it.", "segments": []}')
    _, messages, problems = read(path)
    assert [each.content for each in messages] == ["All of it."]
    assert [each.reason for each in problems] == ["only its whole text is there, without times within it"]


def test_a_segment_without_a_time_takes_that_of_the_one_before(tmp_path: Path) -> None:
    body = (
        '{"segments": [{"start": 4, "end": 5, "text": "a."}, {"start": null, "text": "b"}, {"text": 3}, 7]}'
    )
    _, messages, problems = read(put(tmp_path, "2025-04-17 10.00.json", body))
    assert [(each.content, each.created_at.second) for each in messages] == [("a. b", 4)]
    assert [(each.kind, each.reason) for each in problems] == [
        ("notice", "a segment says no time that can be used: that of the one before was taken"),
        ("failed", "a segment holds no text"),
        ("failed", "is no segment"),
    ]


def test_captions_that_roll_over_the_screen_are_taken_once(tmp_path: Path) -> None:
    lines = ["so today we", "look at the", "second part", "of the pump", "and its seal"]
    cues = [f"00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n{a}\n{b}\n" for n, (a, b) in
            enumerate(pairwise(lines))]  # fmt: skip
    whole = "so today we look at the second part of the pump and its seal"
    path = put(tmp_path, "2025-04-17 10.00.vtt", "WEBVTT\n\n" + "\n".join(cues))
    assert said(path) == [(None, whole)]
    words = whole.split()
    grown = [f"00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n{' '.join(words[: n + 1])}\n" for n in range(14)]
    path = put(tmp_path, "2025-04-17 11.00.vtt", "WEBVTT\n\n" + "\n".join(grown))
    assert said(path) == [(None, whole)]


def test_what_somebody_says_twice_is_kept_twice(tmp_path: Path) -> None:
    cues = [(1, "Ana: Yes."), (2, "Ana: Yes."), (3, "Ben: No."), (4, "Ana: Do it."), (5, "Ben: Why?")]
    text = "".join(f"00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n{line}\n\n" for n, line in cues)
    assert said(put(tmp_path, "2025-04-17 10.00.srt", text))[0] == ("Ana", "Yes. Yes.")


def test_a_colon_in_a_sentence_makes_no_speaker(tmp_path: Path) -> None:
    texts = [
        "We need two things: a pump and a seal",
        "https://a.example: that is it",
        "Note: it leaks",
        "Yes",
    ]
    text = "".join(f"00:0{n}:00.000 --> 00:0{n}:01.000\n{line}\n\n" for n, line in enumerate(texts))
    assert [author for author, _ in said(put(tmp_path, "2025-04-17 10.00.srt", text))] == [None] * 4


def test_speakers_who_are_named_only_where_they_change_are_known(tmp_path: Path) -> None:
    texts = ["ANA: It leaks", "and it is loud", "BEN: Where?", "ANA: Here", "BEN: I see", "now"]
    text = "".join(f"00:0{n}:00.000 --> 00:0{n}:01.000\n{line}\n\n" for n, line in enumerate(texts))
    authors = [author for author, _ in said(put(tmp_path, "2025-04-17 10.00.srt", text))]
    assert authors == ["ANA", None, "BEN", "ANA", "BEN", None]


def test_who_speaks_at_once_with_another_has_a_turn_of_their_own(tmp_path: Path) -> None:
    text = (
        "00:00:05,000 --> 00:00:09,000\nBen: I think that\n\n00:00:01,000 --> 00:00:06,000\nAna: It leaks\n\n"
        "00:00:05,000 --> 00:00:05,500\nCy: no\n\n00:00:09,000 --> 00:00:01,000\nBen: it does\n"
    )
    path = put(tmp_path, "2025-04-17 10.00.srt", text)
    _, messages, problems = read(path)
    assert [(each.author, each.content, each.created_at.second) for each in messages] == [
        ("Ana", "It leaks", 1),
        ("Ben", "I think that", 5),
        ("Cy", "no", 5),
        ("Ben", "it does", 9),
    ]
    assert [each.reason for each in problems] == ["cues are out of order: they were sorted"]
    assert len({each.native_id for each in messages}) == 4


def test_long_speech_is_cut_at_the_end_of_a_sentence(tmp_path: Path) -> None:
    cues = [f"00:00:{n:02},000 --> 00:00:{n:02},900\n{f'word{n} ' * 15}{'.' * (n % 3 == 0)}\n"
            for n in range(60)]  # fmt: skip
    messages = read(put(tmp_path, "2025-04-17 10.00.srt", "\n".join(cues)))[1]
    assert len(messages) > 5
    assert all(600 <= len(each.content) <= 1_400 for each in messages[:-1])
    assert all(each.content.endswith(".") for each in messages[:-1])


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("GMT20250417-140000_Recording.transcript", datetime(2025, 4, 17, 14, tzinfo=UTC)),
        ("2025-04-17T14:00:00+02:00", datetime(2025, 4, 17, 14, tzinfo=timezone(timedelta(hours=2)))),
        ("20250417T140000Z", datetime(2025, 4, 17, 14, tzinfo=UTC)),
        ("20250417T1400", datetime(2025, 4, 17, 14)),
        ("20250417140000", datetime(2025, 4, 17, 14)),
        ("20250417_140000", datetime(2025, 4, 17, 14)),
        ("2025-04-17 14-00-00 memo", datetime(2025, 4, 17, 14)),
        ("Recording 2025-04-17 at 2.00.00 PM", datetime(2025, 4, 17, 14)),
        ("WhatsApp Audio 2025-04-17 at 14.00.00", datetime(2025, 4, 17, 14)),
        ("2025.04.17 14h00", datetime(2025, 4, 17, 14)),
        ("PTT-20250417-WA0003", datetime(2025, 4, 17)),
        ("pumps_2025-04-17_155", datetime(2025, 4, 17)),
        ("2025-04-17_1434", datetime(2025, 4, 17)),
        ("2025-04-17 99.99", datetime(2025, 4, 17)),
        ("9999-99-99 0250417 call", None),
        ("1234567890123456789", None),
    ],
)
def test_the_time_in_a_name_is_read(name: str, at: datetime | None) -> None:
    found = time_in_name(name)
    assert (found.at if found else None) == at
    assert found is None or found.is_date_only == (found.at == datetime(2025, 4, 17))


def test_a_file_that_says_when_it_was_recorded_is_believed(tmp_path: Path) -> None:
    text = "WEBVTT\n\nNOTE recorded 2025-04-17T14:00:00Z\n\n00:00.000 --> 00:01.000\nHi\n"
    for name in ("a.vtt", "2025-04-17.vtt"):
        _, [message], problems = read(put(tmp_path, name, text))
        assert message.created_at == datetime(2025, 4, 17, 14, tzinfo=UTC)
        assert problems == []


def test_a_recording_that_nothing_dates_is_guessed_from_its_file(tmp_path: Path) -> None:
    path = put(
        tmp_path, "memo.srt", "00:00:00,000 --> 00:00:30,000\nHi\n\n00:01:00,000 --> 00:02:00,000\nBye\n"
    )
    os.utime(path, (1_744_900_000, 1_744_900_000))
    _, messages, problems = read(path)
    assert messages[0].created_at == datetime.fromtimestamp(1_744_900_000 - 120, UTC)
    assert messages[0].time_confidence == "guessed"
    assert [each.reason for each in problems] == [
        "nothing says when it was recorded: its last change less its length was taken"
    ]


def test_a_clock_of_the_day_is_told_from_one_that_counts_from_the_start(tmp_path: Path) -> None:
    text = "23:59:50,000 --> 23:59:59,000\nHi\n\n00:00:30,000 --> 00:00:31,000\nBye\n"
    path = put(tmp_path, "2025-04-17.srt", text)
    assert clocks(read(path)[1]) == ["2025-04-17T23:59:50", "2025-04-18T00:00:30"]
    named = put(tmp_path, "2025-04-17 02.10.srt", "02:12:00,000 --> 02:12:10,000\nHi\n")
    assert clocks(read(named)[1]) == ["2025-04-17T02:12:00"]
    assert clocks(read(named, clock="elapsed")[1]) == ["2025-04-17T04:22:00"]
    early = put(tmp_path, "2025-04-17 00.30.srt", "00:31:00,000 --> 00:31:10,000\nHi\n")
    assert clocks(read(early)[1]) == ["2025-04-17T01:01:00"]
    assert clocks(read(early, clock="time_of_day")[1]) == ["2025-04-17T00:31:00"]


def test_what_is_said_at_the_very_start_of_a_day_stays_there(
    tmp_path: Path, home: Home, store: Store
) -> None:
    text = "00:00:00,000 --> 00:00:01,000\nAna: Hi\n\n00:00:01,000 --> 00:00:02,000\nBen: Hello\n"
    path = put(tmp_path, "2025-04-17.srt", text)
    import_source(home, store, source(path), user_id="me", now=NOW)
    at = sorted(row["created_at"].replace(microsecond=0, tzinfo=UTC) for row in rows(store, "messages"))
    assert at == [datetime(2025, 4, 17, tzinfo=UTC), datetime(2025, 4, 17, 0, 0, 1, tzinfo=UTC)]


def test_of_a_recording_whose_day_alone_is_known_the_day_is_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "2025-04-17.srt", "00:10:00,000 --> 00:10:01,000\nHi\n")
    place = Place(str(path), day_starts_at=time(4))
    [message] = [each for each in make_source_of(KIND, place).read() if isinstance(each, MessageItem)]
    assert message.created_at == datetime(2025, 4, 17, 4, 10)


def test_the_chat_of_a_recording_on_a_computer_has_the_time_of_day(tmp_path: Path) -> None:
    put(tmp_path, "2025-04-17 14.00.10 Weekly/weekly.vtt", CALL)
    put(
        tmp_path,
        "2025-04-17 14.00.10 Weekly/meeting_saved_chat.txt",
        "14:02:11 From Ana Lima to Everyone: hello: you\n"
        "14:02:30\t From  Ben  to  Cy (Direct Message) : psst\n"
        "2025-04-17 14:03:00 From Cy to Everyone:\n\tone\n\ttwo\n",
    )
    [session], messages, _ = read(tmp_path)
    written = [each for each in messages if each.metadata.get("channel") == "chat"]
    assert [(each.author, each.content, each.created_at.isoformat()) for each in written] == [
        ("Ana Lima", "hello: you", "2025-04-17T14:02:11"),
        ("Ben", "psst", "2025-04-17T14:02:30"),
        ("Cy", "one\ntwo", "2025-04-17T14:03:00"),
    ]
    assert written[1].metadata["people"] == ["Cy"]
    assert session.created_at == datetime(2025, 4, 17, 14, 2, 11)


def test_reactions_to_what_is_not_there_are_counted_and_removed_ones_are_gone() -> None:
    chat = read_chat(
        'lost\n00:00:01\tAna:\tsee this\n00:00:02\tBen:\tReacted to "see..." with 👍\n'
        '00:00:03\tBen:\tRemoved a 👍 reaction from "see this"\n00:00:04\tBen:\tReacted to "a.gif" with 😂\n'
        '00:00:05\tCy:\tReplying to "b.gif"\n\nwhat?\n00:00:06\tCy:\t\n00:00:06\tCy:\tx\n00:00:06\tDee:\ty',
        "c",
    )
    assert [(each.text, each.reactions, each.quoted) for each in chat.entries] == [
        ("see this", {}, None),
        ("what?", {}, "b.gif"),
        ("x", {}, None),
        ("y", {}, None),
    ]
    assert len({each.name for each in chat.entries}) == 4
    assert [(each.kind, each.reason) for each in chat.problems] == [
        ("failed", "a line before the first message is none of a chat"),
        ("skipped", "a reaction to what is no message of the chat"),
        ("skipped", "a message holds no text"),
        ("notice", "reactions are no messages: they were kept with what they are to"),
    ]


def test_a_transcript_in_several_forms_is_read_once(tmp_path: Path) -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\nHi\n"
    for name, content in {
        "2025-04-17 10.00.vtt": "WEBVTT\n\n" + srt.replace(",", "."),
        "2025-04-17 10.00.srt": srt,
        "2025-04-17 10.00.json": '{"segments": [{"start": 1, "end": 2, "text": "Hi"}]}',
        "notes.json": '{"name": "x"}',
    }.items():
        put(tmp_path, name, content)
    _, messages, problems = read(tmp_path)
    assert [each.content for each in messages] == ["Hi"]
    assert [each.reason for each in problems if each.kind == "skipped"] == [
        "is another form of a transcript that was read",
        "is another form of a transcript that was read",
        "is no transcription",
        "holds nothing that was said",
    ]


def test_other_encodings_are_read_or_said(tmp_path: Path) -> None:
    srt = "1\n00:00:01,000 --> 00:00:02,000\n%s\n"
    assert said(put(tmp_path, "2025-04-17 10.00.srt", (srt % "Grüße").encode("utf-16"))) == [(None, "Grüße")]
    latin = put(tmp_path, "2025-04-17 11.00.srt", (srt % "Grüße").encode("cp1252"))
    assert said(latin) == [(None, "Grüße")]
    assert "Windows-1252" in read(latin)[2][0].reason
    russian = put(tmp_path, "2025-04-17 12.00.srt", (srt % "Привет").encode("cp1251"))
    assert said(russian, encoding="windows-1251") == [(None, "Привет")]
    with pytest.raises(InputError, match="is no known encoding"):
        read(russian, encoding="klingon")


def test_what_cannot_be_read_is_said_and_the_rest_lands(tmp_path: Path) -> None:
    text = (
        "00:00:01,000 --> 00:00:02,000\nHi\n\n00:0x --> 00:00:03\nlost\n\n00:00:04,000 --> 00:00:05,000\n\n"
        "99999999:00:00,000 --> 99999999:00:01,000\nabsurd\n\n"
        "00:00:06,000 --> 00:00:07,000\nnul\0 \ud83d\n\n00:00:0"
    )
    path = put(tmp_path, "2025-04-17 10.00.srt", text.encode("utf-8", "surrogatepass"))
    _, messages, problems = read(path)
    assert [each.content.isprintable() or each.content for each in messages] == [True]
    assert messages[0].content.startswith("Hi nul")
    reasons = [each.reason for each in problems]
    assert reasons.count("the times of a cue cannot be read") == 2
    assert reasons.count("a cue holds no text") == 1


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    [problem] = read(tmp_path / "empty")[2]
    assert (problem.kind, problem.reason.startswith("there are no transcripts")) == ("notice", True)
    assert read(put(tmp_path, "a.vtt", "WEBVTT\n"))[2][-1].reason == "holds nothing that was said"
    assert read(put(tmp_path, "b.json", '{"a": [[['))[2][0].reason == "is no transcription"
    with pytest.raises(SourceError, match="no such folder or file"):
        read(tmp_path / "none")


def test_links_in_a_circle_and_folders_named_like_files_do_no_harm(tmp_path: Path) -> None:
    put(tmp_path, "2025-04-17 10.00.vtt", CALL)
    (tmp_path / "folder.vtt").mkdir()
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "loop.vtt").symlink_to(tmp_path / "loop.vtt")
    (tmp_path / "twin.vtt").symlink_to(tmp_path / "2025-04-17 10.00.vtt")
    sessions, _, problems = read(tmp_path)
    assert len(sessions) == 1
    assert sorted((Path(each.where).name, each.kind) for each in problems) == [
        ("loop.vtt", "failed"),
        ("twin.vtt", "skipped"),
    ]


def test_one_beginning_cannot_be_that_of_several_recordings(tmp_path: Path) -> None:
    put(tmp_path, "a.vtt", CALL)
    put(tmp_path, "b.vtt", CALL)
    with pytest.raises(SourceError, match="Name one file at a time"):
        read(tmp_path, anchor="2025-04-17")
    with pytest.raises(InputError, match="'anchor' of kind transcript cannot be used"):
        read(tmp_path, anchor="yesterday")


def test_transcripts_are_recognised_and_other_files_are_not(tmp_path: Path) -> None:
    def kind_of(path: Path) -> str | None:
        found = recognise_path(path)
        return found.kind.name if found else None

    assert kind_of(put(tmp_path, "x/a.vtt", CALL)) == "transcript"
    assert kind_of(tmp_path / "x") == "transcript"
    put(tmp_path, "x/a.mp4", b"\0" * 9)
    put(tmp_path, "x/chat.txt", CHAT)
    assert kind_of(tmp_path / "x") == "transcript"
    assert kind_of(tmp_path / "x" / "chat.txt") == "transcript"
    assert kind_of(put(tmp_path, "y/chat.txt", "we had a chat")) is None
    assert kind_of(put(tmp_path, "z.json", '{"text": "x", "segments": [')) == "transcript"
    assert kind_of(put(tmp_path, "w.json", '{"name": 1}')) is None
    put(tmp_path, "u/.obsidian/app.json", "{}")
    put(tmp_path, "u/a.vtt", CALL)
    assert kind_of(tmp_path / "u") == "markdown"
    put(tmp_path, "v/a.srt", CALL)
    put(tmp_path, "v/b.md", "# b")
    assert kind_of(tmp_path / "v") == "markdown"


def test_a_second_import_changes_nothing_and_a_later_one_what_changed(
    tmp_path: Path, home: Home, store: Store
) -> None:
    path = put(tmp_path, "calls/pumps_2025-04-17/transcript.vtt", CALL)
    put(tmp_path, "calls/pumps_2025-04-17/chat.txt", CHAT)
    folder = tmp_path / "calls"

    def imported() -> tuple[int, int, int]:
        report = import_source(home, store, source(folder), user_id="me", now=NOW)
        return report.new, report.updated, report.unchanged

    assert imported() == (6, 0, 0)
    assert imported() == (0, 0, 6)
    put(folder, "pumps_2025-04-17/transcript.vtt", path.read_text().replace("a little", "a lot") + "\n"
        "5\n00:12:00.000 --> 00:12:01.000\nAna Lima: Bye\n")  # fmt: skip
    assert imported() == (1, 2, 4)  # the session ends later
    path.write_text("WEBVTT\n\n00:10:00.500 --> 00:10:02.000\nAna Lima: Shall we start?\n")
    report = import_source(home, store, source(folder), user_id="me", now=NOW)
    assert (report.new, store.count("messages")) == (0, 6)


def test_only_what_is_not_as_it_was_is_read_again(tmp_path: Path) -> None:
    put(tmp_path, "2025-04-17.vtt", CALL)
    first = source(tmp_path)
    assert first.mark is None
    assert sum(isinstance(each, SessionItem) for each in first.read()) == 1
    assert first.mark == first.fingerprint()
    put(tmp_path, "2025-04-18.vtt", CALL)
    again = source(tmp_path)
    found = [each for each in again.read_since(first.mark) if isinstance(each, SessionItem)]
    assert [each.native_id for each in found] == ["2025-04-18.vtt"]
    assert again.mark == again.fingerprint() != first.mark
    other = source(tmp_path, "Ana Lima")
    assert sum(isinstance(each, SessionItem) for each in other.read_since(again.mark)) == 2


SAMPLES = (
    CALL,
    CHAT,
    "1\n00:00:01,500 --> 00:00:02,000\n<v Ana>Hi &amp; bye</v>\n\n2\n23:00:09,000 --> 00:00:10,000\n- Da\n",
    '{"text": "a b", "segments": [{"id": 0, "start": 1.5, "end": 2, "text": " a", "speaker": "S"},'
    ' {"start": null, "end": 1e308, "text": "b", "words": [{"word": "b"}]}], "date": "2025-04-17"}',
)
NOISE = st.sampled_from(
    ["", "\0", "\ud83d", "-->", "\n", "\n\n", "null", "1e999", "[" * 50, "{", '"', ":", "<v ", "<", "9" * 11,
     "NOTE", "WEBVTT", "From a to b:", 'Replying to "', "\t", "\r", "😀", "9999-99-99", "-1", "true"]
)  # fmt: skip


@given(
    sample=st.sampled_from(SAMPLES),
    changes=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60), NOISE), max_size=6),
    suffix=st.sampled_from([".vtt", ".srt", ".json", "-chat.txt"]),
    cut=st.integers(0, 500),
)
def test_no_damage_stops_a_transcript(
    tmp_path: Path, sample: str, changes: list[tuple[int, int, str]], suffix: str, cut: int
) -> None:
    text = sample
    for at, gone, noise in changes:
        text = text[:at] + noise + text[at + gone :]
    path = put(tmp_path, f"2025-04-17{suffix}", text[: 500 - cut].encode("utf-8", "surrogatepass"))
    for each in source(path).read():
        assert isinstance(each, Problem | SessionItem | MessageItem)
        if isinstance(each, MessageItem):
            assert each.content.strip()
            assert each.content.encode()


@pytest.mark.parametrize(
    "text",
    [
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + "a: " * 3_000_000,
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n" + "<v " * 1_000_000,
        "00:00:01\tAna:\t" + "Reacted to " * 500_000,
        "14:02:11 From " + "a to " * 1_000_000,
        "[" * 5_000_000,
        "\n".join('00:00:01\tAna:\tReplying to "x"' for _ in range(20_000)),
        " --> " * 1_000_000,
        "00:00:01.000 --> 00:00:02.000\n" * 50_000,
    ],
    ids=["colons", "voices", "reactions", "to", "nested", "replies", "arrows", "timings"],
)
@pytest.mark.runs
def test_huge_nonsense_ends_soon(text: str) -> None:
    began = os.times().user
    read_captions(text, "a")
    read_chat(text, "a")
    read_whisper(text, "a")
    assert os.times().user - began < 10
