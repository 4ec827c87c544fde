"""What lies on a machine is found where people keep it, in bounded time, and counted."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rem_dagster.ingest.discovery import exports, machine
from rem_dagster.ingest.discovery.chats import find_claude_code, find_codex
from rem_dagster.ingest.discovery.exports import find_exports
from rem_dagster.ingest.discovery.found import FoundSource
from rem_dagster.ingest.discovery.machine import look_around
from rem_dagster.ingest.discovery.notes import find_note_folders
from rem_dagster.ingest.discovery.repositories import find_repositories, who_commits
from rem_dagster.settings import UserPlaces, user_places
from rem_dagster.sources.kinds import Recognition, kind_named
from tests.sources.repositories import commit, git, new_repository

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def never() -> bool:
    return False


def at_once() -> bool:
    return True


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UserPlaces:
    """The folders of a person who has none of them yet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_DOCUMENTS_DIR", "XDG_DOWNLOAD_DIR"):
        monkeypatch.delenv(name, raising=False)
    return user_places()


def write(path: Path, text: str = "", *, days_ago: float = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    at = (NOW - timedelta(days=days_ago)).timestamp()
    os.utime(path, (at, at))
    return path


def paths_of(found: list[FoundSource], places: UserPlaces) -> list[str]:
    return [each.path.relative_to(places.home.resolve()).as_posix() for each in found]


# Claude Code and Codex


def test_sessions_of_claude_code_are_counted_and_those_soon_gone_are_named(places: UserPlaces) -> None:
    projects = places.claude / "projects"
    first = '{"type":"summary"}\n{"type":"user","timestamp":"2026-10-20T23:00:00.000Z"}\n'
    write(projects / "-code-a/1.jsonl", first, days_ago=29)
    write(projects / "-code-a/2.jsonl", days_ago=24)
    write(projects / "-code-b/3.jsonl", days_ago=1)
    write(projects / "-code-b/agent-9.jsonl", days_ago=29)
    write(projects / "-code-b/notes.txt", days_ago=29)
    found = find_claude_code(places.claude, NOW, never)
    assert found is not None
    assert (found.count, found.first, found.last) == (3, date(2026, 10, 20), date(2026, 11, 29))
    assert found.remark == "2 of them are deleted within a week: Claude Code keeps 30 days"


@pytest.mark.parametrize(
    ("told", "days", "going"),
    [
        ('{"cleanupPeriodDays": 365}', 365, None),
        ('{"cleanupPeriodDays": 20}', 20, "1 of them is"),
        ('{"cleanupPeriodDays": "soon"}', 30, None),
        ('{"cleanupPeriodDays": true}', 30, None),
        ('{"cleanupPeriodDays": 0}', 30, None),
        ('{"cleanupPeriodDays": 10000000}', 30, None),
        ("[]", 30, None),
        ("{", 30, None),
        ("[" * 100_000, 30, None),
    ],
)
def test_how_long_they_are_kept_is_read_from_its_settings(
    places: UserPlaces, told: str, days: int, going: str | None
) -> None:
    write(places.claude / "settings.json", told)
    write(places.claude / "projects/a/1.jsonl", days_ago=15)
    found = find_claude_code(places.claude, NOW, never)
    assert found is not None
    remark = f"{going} deleted within a week: Claude Code keeps {days} days" if going else None
    assert found.remark == remark


def test_sessions_of_codex_are_counted_by_the_days_in_their_names(places: UserPlaces) -> None:
    for name in ("sessions/2026/11/20/rollout-2026-11-20T10-00-00-a.jsonl", "sessions/2026/11/21/x.jsonl"):
        write(places.codex / name)
    write(places.codex / "archived_sessions/rollout-2025-01-02T10-00-00-b.jsonl")
    write(places.codex / "sessions/2026/13/40/rollout-2026-13-40T10-00-00-c.jsonl")
    found = find_codex(places.codex, never)
    assert found is not None
    assert (found.count, found.first, found.last) == (2, date(2025, 1, 2), date(2026, 11, 20))


def test_a_folder_without_sessions_is_nothing(places: UserPlaces) -> None:
    write(places.claude / "projects/a/agent-1.jsonl")
    write(places.codex / "config.toml")
    assert find_claude_code(places.claude, NOW, never) is None
    assert find_codex(places.codex, never) is None


# notes


def test_vaults_are_found_in_obsidians_list_in_usual_places_and_by_name(places: UserPlaces) -> None:
    home = places.home
    write(home / "far/away/Diary 日本/2021-03-04.md")
    write(home / "far/away/Diary 日本/b.md", days_ago=10)
    told = {
        "vaults": {"1": {"path": str(home / "far/away/Diary 日本")}, "2": {"path": "/gone"}, "3": {"path": 7}}
    }
    write(places.obsidian[0] / "obsidian.json", json.dumps(told))
    write(home / "Documents/Deep/er/.obsidian/app.json")
    write(home / "Documents/Deep/er/note.md")
    write(home / "Dropbox/logseq/config.edn")
    write(home / "Dropbox/journals/2026_11_01.md")
    write(home / "Brain/.obsidian/app.json")
    write(home / "Brain/a.md")
    write(home / "notes/plain.md")
    write(home / "Documents/empty/.obsidian/app.json")
    write(home / "stuff/readme.md")
    found = find_note_folders(places, never)
    assert paths_of(found, places) == [
        "far/away/Diary 日本",
        "Dropbox",
        "Documents/Deep/er",
        "Brain",
        "notes",
    ]
    assert (found[0].count, found[0].first, found[0].last) == (2, date(2021, 3, 4), date(2026, 11, 20))


def test_a_folder_is_listed_once_and_not_the_notes_within_it(places: UserPlaces) -> None:
    home = places.home
    write(home / "notes/.obsidian/app.json")
    write(home / "notes/journal/a.md")
    (home / "Notes").symlink_to(home / "notes")
    told = {"vaults": {"1": {"path": str(home / "notes")}, "2": {"path": str(home / "notes/journal")}}}
    write(places.obsidian[0] / "obsidian.json", json.dumps(told))
    assert paths_of(find_note_folders(places, never), places) == ["notes"]


@pytest.mark.parametrize(
    "told", ["", "[]", '{"vaults": []}', '{"vaults": {"a": null}}', '{"vaults": {"a": {"path": "\\u0000"}}}']
)
def test_a_broken_list_of_obsidians_is_no_matter(places: UserPlaces, told: str) -> None:
    write(places.obsidian[0] / "obsidian.json", told)
    assert find_note_folders(places, never) == []


def test_links_that_run_in_circles_end(places: UserPlaces) -> None:
    write(places.home / "notes/a.md")
    (places.home / "notes/again").symlink_to(places.home / "notes")
    (places.home / "Dropbox").symlink_to(places.home / "Dropbox")
    assert [each.count for each in find_note_folders(places, never)] == [1]


# repositories


def test_repositories_with_own_commits_are_found_the_latest_first(places: UserPlaces) -> None:
    home = places.home
    for number in (1, 2):
        commit(new_repository(home / "code/a"), f"a{number}", at=f"2026-05-0{number}T10:00:00+02:00")
    commit(home / "code/a", "theirs", at="2026-06-01T10:00:00+02:00", email="ben@example.org")
    commit(new_repository(home / "src/host/owner/b"), "b", at="2026-07-01T23:30:00-05:00")
    commit(new_repository(home / "top"), "top", at="2020-01-01T10:00:00+00:00")
    commit(new_repository(home / "code/theirs"), "x", email="ben@example.org")
    commit(new_repository(home / "code/node_modules/dep"), "x")
    new_repository(home / "code/empty")
    git(home / "code/a", "worktree", "add", "--quiet", str(home / "code/a-fix"), "-b", "fix")
    found = find_repositories(places, ("INES@example.org",), never)
    assert paths_of(found, places) == ["src/host/owner/b", "code/a", "top"]
    assert [each.count for each in found] == [1, 2, 1]
    assert (found[1].first, found[1].last) == (date(2026, 5, 1), date(2026, 5, 2))
    assert found[0].options == {"emails": ["INES@example.org"]}
    assert "code/theirs" in paths_of(find_repositories(places, (), never), places)


def test_who_the_person_is_comes_from_git(places: UserPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(places.home / ".gitconfig"))
    assert who_commits(places.home) == ()
    write(places.home / ".gitconfig", "[user]\nname = Inês Duarte\nemail = ines@example.org\n")
    assert who_commits(places.home) == ("Inês Duarte", "ines@example.org")


# exports, and all of it


def test_exports_are_what_a_kind_knows_among_packed_files_and_folders(
    places: UserPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = kind_named("jsonl")

    def recognised(path: Path, **_: object) -> list[Recognition]:
        return [Recognition(kind, "by its name")] if "chat" in path.name else []

    monkeypatch.setattr(exports, "recognitions_of", lambda path, **more: iter(recognised(path, **more)))
    write(places.downloads / "old-chats.zip", days_ago=30)
    write(places.downloads / "chats.ZIP", days_ago=3)
    write(places.downloads / "chat.pdf")
    write(places.downloads / "holiday.zip")
    found = find_exports(places.downloads, never)
    assert paths_of(found, places) == ["Downloads/chats.ZIP", "Downloads/old-chats.zip"]
    assert all(each.is_once and each.count is None for each in found)


def test_looking_ends_when_the_time_is_up_and_says_so(places: UserPlaces) -> None:
    for number in range(5):
        write(places.home / f"notes/{number}.md")
        write(places.claude / f"projects/a/{number}.jsonl")
        commit(new_repository(places.home / f"code/{number}"), "x")
    (notes,) = find_note_folders(places, at_once)
    assert (notes.count, notes.is_partial) == (1, True)
    sessions = find_claude_code(places.claude, NOW, at_once)
    assert sessions is not None
    assert (sessions.count, sessions.is_partial) == (1, True)
    assert find_repositories(places, (), at_once) == []
    assert find_exports(places.downloads, at_once) == []
    ticks = iter(range(100_000))
    assert look_around(places, now=NOW, clock=lambda: float(next(ticks))).is_partial


def test_only_kinds_that_are_installed_are_offered(
    places: UserPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(places.claude / "projects/a/1.jsonl")
    write(places.home / "notes/a.md")
    monkeypatch.setattr(machine, "kinds", lambda: (kind_named("markdown"),))
    assert [each.kind for each in look_around(places, now=NOW).sources] == ["markdown"]
