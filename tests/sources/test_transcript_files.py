"""Files that a program appends to: what changed is read again, and what is broken is said."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rem_dagster.errors import SourceError
from rem_dagster.ingest.report import ImportReport
from rem_dagster.ingest.sync import sync
from rem_dagster.settings import Home, SourceSettings
from rem_dagster.sources.claude_code import ClaudeCodeSource
from rem_dagster.store.database import Store
from tests.sources.transcripts import ClaudeLog, Told, told_by

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def read(root: Path, *logs: ClaudeLog) -> Told:
    for log in logs:
        log.write(root)
    return told_by(ClaudeCodeSource(root, ""))


def test_a_half_written_last_line_is_read_next_time(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("Hello")
    place = log.write(tmp_path)
    whole = place.read_bytes()
    log.user("World")
    more = log.write(tmp_path).read_bytes()
    place.write_bytes(more[: len(whole) + 40])
    source = ClaudeCodeSource(tmp_path, "")
    first = told_by(source)
    assert first.said == [("user", "Hello")]
    assert first.reasons("notice") == ["is still being written; it is read next time"]
    place.write_bytes(more)
    again = Told(list(source.read_since(source.mark)))
    assert again.said == [("user", "Hello"), ("user", "World")]


def test_only_files_that_changed_are_read_again(tmp_path: Path) -> None:
    first, second = ClaudeLog("aaaaaaaa-0000-4000-8000-000000000001"), ClaudeLog()
    first.user("One")
    second.user("Two")
    read(tmp_path, first, second)
    source = ClaudeCodeSource(tmp_path, "")
    assert source.mark is None
    told_by(source)
    assert source.fingerprint() == source.mark
    assert not list(source.read_since(source.mark))
    second.user("Three")
    place = second.write(tmp_path)
    assert source.fingerprint() != source.mark
    assert Told(list(source.read_since(source.mark))).said == [("user", "Two"), ("user", "Three")]
    place.unlink()
    assert not list(source.read_since(source.mark)), "one that the program deleted takes nothing with it"


@pytest.mark.parametrize(
    "mark", ["", "null", "{}", '{"version": 1, "files": 7}', '{"version": 0, "files": ""}']
)
def test_a_mark_that_says_nothing_reads_everything(tmp_path: Path, mark: str) -> None:
    log = ClaudeLog()
    log.user("One")
    log.write(tmp_path)
    assert Told(list(ClaudeCodeSource(tmp_path, "").read_since(mark))).said == [("user", "One")]


def test_the_mark_of_a_thousand_files_stays_small(tmp_path: Path) -> None:
    for number in range(1_000):
        place = tmp_path / "projects" / "p" / f"{number}.jsonl"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    assert len(ClaudeCodeSource(tmp_path, "").fingerprint()) < 9_000


def test_a_line_without_a_time_takes_that_of_its_neighbour(tmp_path: Path) -> None:
    log = ClaudeLog()
    for number, said in enumerate([12, None, "soon", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"]):
        log.user(f"Before {number}", timestamp=said)
    log.user("One")
    log.user("Two", timestamp="2026-03-02T10:00:00")
    told = read(tmp_path, log)
    assert [each.time_confidence for each in told.messages] == [*["guessed"] * 5, "exact", "guessed"]
    assert len({each.created_at for each in told.messages}) == 1
    assert len(told.reasons("notice")) == 6


def test_a_file_without_any_time_fails_by_line_and_not_by_guessing(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("One", timestamp=None)
    told = read(tmp_path, log)
    assert not told.messages
    assert told.reasons("failed") == ["is missing, as in the whole file"]


def test_nothing_found_is_said(tmp_path: Path) -> None:
    (problem,) = told_by(ClaudeCodeSource(tmp_path, "")).problems
    assert problem.kind == "notice"
    assert problem.reason == "there are no transcripts in it: looked for *.jsonl below projects/"
    with pytest.raises(SourceError, match="no such folder"):
        told_by(ClaudeCodeSource(tmp_path / "gone", ""))


def test_unreadable_and_odd_files_are_problems_and_the_others_land(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("One")
    log.write(tmp_path)
    folder = tmp_path / "projects" / "-home-ines-code-tides"
    (folder / "folder.jsonl").mkdir()
    (folder / "loop.jsonl").symlink_to(folder / "loop.jsonl")
    (folder / "circle").symlink_to(tmp_path)
    (folder / "journal.jsonl").write_text("{}\n")
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "nul.jsonl").write_bytes(b"\0\0\0\n[1]\n\xff\xfe\n" + b"[" * 100_000 + b"\n")
    told = told_by(ClaudeCodeSource(tmp_path, ""))
    assert told.said == [("user", "One")]
    assert {(each.kind, each.reason) for each in told.problems} == {
        ("failed", "cannot be read"),
        ("skipped", "is no file"),
        ("failed", "is not JSON"),
        ("failed", "is not a JSON object"),
        ("failed", "is nested too deeply"),
    }


def test_a_file_whose_name_is_no_text_is_read_and_can_be_told_of(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.plain(message="no type", type=None)
    log.user("One", sessionId=None)
    place = log.write(tmp_path)
    place.rename(os.fsdecode(os.fsencode(place.parent) + b"/\xff.jsonl"))
    told = told_by(ClaudeCodeSource(tmp_path, ""))
    assert [each.session_native_id for each in told.messages] == ["?"]
    assert all(each.where.encode("utf-8") for each in told.problems)


def test_a_sync_opens_only_what_changed(tmp_path: Path, home: Home, store: Store) -> None:
    first, second = ClaudeLog("aaaaaaaa-0000-4000-8000-000000000001"), ClaudeLog()
    first.user("One")
    second.user("Two")
    first.write(tmp_path / "claude")
    second.write(tmp_path / "claude")
    settings = {"sources": (SourceSettings(kind="claude-code", path=str(tmp_path / "claude")),)}
    configured = replace(home, settings=home.settings.model_copy(update=settings))

    def pull() -> ImportReport | None:
        (pulled,) = sync(configured, store, now=NOW)
        assert pulled.error is None
        return pulled.report

    assert pull().new == 4  # type: ignore[union-attr]
    assert pull() is None, "nothing is read"
    second.user("Three")
    second.write(tmp_path / "claude")
    report = pull()
    assert report is not None
    assert (report.read, report.new, report.unchanged) == (3, 1, 2)
    assert pull() is None
