"""What lies at a path."""

import json
from pathlib import Path

import pytest

from rem_dagster.errors import InputError, SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import kind_at, make_source, recognise, source_of
from rem_dagster.settings import Home, SourceSettings
from rem_dagster.sources import kinds as registry
from rem_dagster.sources.kind import SourceKind
from rem_dagster.sources.kinds import kind_named
from rem_dagster.store.database import Store
from tests.ingest.items import NOW
from tests.sources.exports import zipped
from tests.sources.repositories import git, new_repository


def test_files_and_folders_are_recognised_by_what_they_are(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.NDJSON", "c.md", "notes/deep/d.md", "vault/e.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    new_repository(tmp_path / "code")
    new_repository(tmp_path / "vault")
    (tmp_path / "vault/.obsidian").mkdir()
    names = ("a.jsonl", "b.NDJSON", "c.md", "notes", "code", "code/.git", "vault")
    kinds = ["jsonl", "jsonl", "markdown", "markdown", "git", "git", "markdown"]
    assert [recognise(tmp_path / name).kind.name for name in names] == kinds


def test_what_is_not_recognised_is_an_error_that_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b")
    (tmp_path / "b.csv").touch()
    (tmp_path / "empty").mkdir()
    whole = zipped(tmp_path / "whole.zip", {"a.txt": b"x" * 500})
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[:60])
    for name, told in (
        ("a.csv", r"jsonl: sessions, messages"),
        ("b.csv", "is empty"),
        ("empty", "is empty"),
        ("whole.zip", "rem import KIND"),
        ("cut.zip", "is no whole zip.*Download it again"),
        ("none", "There is no"),
    ):
        with pytest.raises(InputError, match=told):
            recognise(tmp_path / name)


def test_an_address_is_one_of_a_database_or_wants_its_kind_and_shows_no_password() -> None:
    for address in ("postgresql://h/x", "postgres://h/x", "mysql+pymysql://h/x", "sqlite:////x.db"):
        assert kind_at(address) == "sql"
    with pytest.raises(InputError, match="ftp://ines@h/x") as told:
        kind_at("ftp://ines:geheim@h/x")
    assert "geheim" not in str(told.value)


def test_the_account_follows_the_place_where_native_ids_mean_nothing_beyond_it(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "code")
    (repository / "src").mkdir()
    (tmp_path / "n.md").touch()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "a.jsonl")
    assert make_source("jsonl", tmp_path / "link.jsonl").account == ""
    assert make_source("jsonl", tmp_path / "link.jsonl").place == str(tmp_path / "a.jsonl")
    assert make_source("git", repository / "src").account == str(repository)
    assert make_source("markdown", tmp_path / "n.md").account == str(tmp_path)
    assert make_source("markdown", tmp_path, account="mine").account == "mine"


def test_clones_of_one_origin_share_their_commits(tmp_path: Path) -> None:
    first, second = (new_repository(tmp_path / name) for name in ("work", "laptop"))
    for folder in (first, second):
        git(folder, "remote", "add", "origin", "git@git.example.org:ines/graphd.git")
    assert make_source("git", first).account == make_source("git", second).account
    assert make_source("git", first).place != make_source("git", second).place


def test_a_message_a_session_and_a_document_may_share_a_native_id(home: Home, store: Store) -> None:
    at = "2024-05-01T10:00:00Z"
    lines: list[dict[str, object]] = [
        {"t": "session", "id": 1, "created_at": at},
        {"t": "message", "id": 1, "session_id": 1, "role": "user", "content": "hello", "created_at": at},
        {"t": "resource", "id": 1, "name": "n", "content": "text", "created_at": at},
    ]
    path = tmp_file(home, "\n".join(json.dumps(line) for line in lines))
    import_source(home, store, make_source("jsonl", path), user_id="ines", now=NOW)
    ids = {row["id"] for table in ("sessions", "messages") for row in store.read(table).to_pylist()}
    ids |= {row["document_id"] for row in store.read("resources").to_pylist()}
    assert len(ids) == 3


def test_two_exports_of_one_system_may_overlap(home: Home, store: Store) -> None:
    line = json.dumps(
        {
            "t": "message",
            "id": "m1",
            "session_id": "s",
            "role": "user",
            "content": "hello",
            "created_at": "2024-05-01T10:00:00Z",
        }
    )
    for name in ("monday.jsonl", "tuesday.jsonl"):
        import_source(home, store, make_source("jsonl", tmp_file(home, line, name)), user_id="ines", now=NOW)
    assert store.count("messages") == 1


def tmp_file(home: Home, text: str, name: str = "a.jsonl") -> Path:
    path = home.path / name
    path.write_text(text + "\n")
    return path


def test_a_source_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no kind of source 'csv'"):
        make_source("csv", tmp_path)
    with pytest.raises(InputError, match="kind jsonl has no option 'emails'; it has: none"):
        make_source("jsonl", tmp_path / "a.jsonl", options={"emails": ["a@b"]})
    with pytest.raises(InputError, match="'emails' of kind git cannot be used"):
        make_source("git", new_repository(tmp_path / "r"), options={"emails": 5})
    with pytest.raises(SourceError, match="not a git repository"):
        make_source("git", tmp_path)


def test_paths_in_the_settings_are_taken_from_the_home(home: Home) -> None:
    entry = SourceSettings(kind="jsonl", path="inbox/a.jsonl")
    assert source_of(entry, home).place == str(home.path / "inbox/a.jsonl")


def test_exports_of_other_kinds_show_that_a_folder_is_more_than_it_was_taken_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def packed(name: str) -> SourceKind:
        def recognise_it(path: Path) -> str | None:
            inside = [path] if path.is_file() else sorted(path.glob("*.zip"))
            return f"a zip called {name}" if any(each.name.startswith(name) for each in inside) else None

        return SourceKind(name, f"exports of {name}", recognise_it, kind_named("jsonl").make)

    fruit = packed("orange"), packed("apple")
    monkeypatch.setattr(registry, "_built_in", lambda: fruit)
    (tmp_path / "orange-1.zip").touch()
    (tmp_path / "orange-2.zip").touch()
    assert recognise(tmp_path).kind.name == "orange"
    (tmp_path / "apple.ZIP").touch()
    (tmp_path / "apple.zip").touch()
    with pytest.raises(
        InputError, match=r"holds 4 sources and more(.|\n)*apple.zip   apple: a zip(.|\n)*All of it as orange"
    ):
        recognise(tmp_path)


def test_a_folder_with_many_sources_names_the_first_and_counts_the_others(tmp_path: Path) -> None:
    for number in range(20):
        new_repository(tmp_path / f"r{number:02}")
    with pytest.raises(InputError, match=r"holds 20 sources(.|\n)*r11(.|\n)*and 8 more") as told:
        recognise(tmp_path)
    assert "r12" not in str(told.value)
