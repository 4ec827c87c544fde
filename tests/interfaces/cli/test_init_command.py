"""`rem init`: what is found, what is asked, what is written, and what is shown at the end."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rem_dagster.errors import InputError
from rem_dagster.ingest.discovery.found import FoundSource
from rem_dagster.ingest.discovery.machine import Machine
from rem_dagster.interfaces.cli import init_work, output
from rem_dagster.interfaces.cli.discovered import chosen, offer_lines, offers_of
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.interfaces.cli.conftest import Ran, Rem
from tests.sources.repositories import commit, new_repository

Answer = Callable[[str], None]


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a person with a vault, a repository and a name."""
    own = tmp_path / "ana"
    monkeypatch.setenv("HOME", str(own))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own / ".config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own / ".gitconfig"))
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    vault = own / "Documents/Väult 日本/.obsidian"
    vault.mkdir(parents=True)
    (own / ".gitconfig").write_text("[user]\nname = Ana Sousa\nemail = ana@example.org\n")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for days in range(10):
        day = yesterday - timedelta(days=days)
        note = f"---\ncreated: {day:%Y-%m-%d}T09:30:00Z\n---\nI moved the release to Thursday with Priya.\n"
        (vault.parent / f"{day:%Y-%m-%d}.md").write_text(note)
    code = new_repository(own / "code/graphd")
    commit(code, "Fix the loader", at=f"{yesterday:%Y-%m-%d}T10:00:00+00:00", email="ana@example.org")
    commit(code, "Theirs", email="ben@example.org")
    return own


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answers what is asked."""

    def type_in(text: str) -> None:
        monkeypatch.setattr(output, "is_asked_by_a_person", lambda: True)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    return type_in


def init(rem: Rem, place: Path, *words: str) -> Ran:
    return rem("--home", place, "init", "--timezone", "UTC", *words)


def paths(place: Path) -> list[str]:
    return [source.path for source in open_home(place).settings.sources]


def test_where_nobody_can_be_asked_it_lists_and_writes_nothing(
    rem: Rem, person: Path, tmp_path: Path
) -> None:
    done = init(rem, tmp_path / "new")
    assert (done.code, done.err) == (0, "")
    assert "  1  markdown  ~/Documents/Väult 日本  10 notes since " in done.out
    assert "  2  git       ~/code/graphd           1 commit since " in done.out
    assert "You are Ana Sousa, ana@example.org, as git knows you." in done.out
    assert "Nothing was written. --yes takes all of it.\nNext: rem --home" in done.out
    assert done.out.endswith(f"rem --home {tmp_path / 'new'} init --yes\n")
    assert not (tmp_path / "new").exists()


def test_one_key_takes_all_and_names_it_in_the_settings(
    rem: Rem, person: Path, tmp_path: Path, answer: Answer
) -> None:
    answer("\n")
    done = init(rem, tmp_path / "new", "--no-dream")
    assert done.code == 0
    assert "Enter = all, n = none, or numbers" in done.err
    assert paths(tmp_path / "new") == ["~/Documents/Väult 日本", "~/code/graphd"]
    home = open_home(tmp_path / "new")
    assert home.settings.me == ("Ana Sousa", "ana@example.org")
    assert home.settings.sources[1].options == {"emails": ["ana@example.org"]}
    assert "git ~/code/graphd: 1 new, 0 updated, 1 day touched" in done.err
    assert Store(home.tables_uri).count("resources") == 11
    assert Store(home.tables_uri).count("dreams") == 0
    again = init(rem, tmp_path / "new")
    assert "  ✓  git" in again.out
    assert "All of it is brought in already.\nNext: rem" in again.out
    assert rem("--home", home.path, "sync").out.splitlines()[-2] == "git ~/code/graphd: nothing new"


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("n\n", []), ("", []), ("2\n", ["~/code/graphd"]), ("7\nx\n1\n", ["~/Documents/Väult 日本"])],
)
def test_none_or_some_are_taken_and_a_slip_is_asked_again(
    *, rem: Rem, person: Path, tmp_path: Path, answer: Answer, typed: str, taken: list[str]
) -> None:
    answer(typed)
    done = init(rem, tmp_path / "new", "--no-dream")
    assert done.code == 0
    if taken:
        assert paths(tmp_path / "new") == taken
    else:
        assert not (tmp_path / "new").exists()
        assert "Nothing was written." in done.out
    assert done.err.count("Enter = all") == max(typed.count("\n"), 1)


def test_again_it_asks_about_what_is_new_alone_and_keeps_what_is_written(
    rem: Rem, person: Path, tmp_path: Path, answer: Answer
) -> None:
    answer("2\n")
    init(rem, tmp_path / "new", "--no-dream")
    config = tmp_path / "new/config.toml"
    config.write_text("# by hand\n" + config.read_text())
    before = config.read_text()
    answer("\n")
    done = init(rem, tmp_path / "new", "--no-dream")
    assert "  1  markdown" in done.out
    assert "  ✓  git" in done.out
    assert paths(tmp_path / "new") == ["~/code/graphd", "~/Documents/Väult 日本"]
    assert config.read_text().startswith(before)


def test_whose_it_is_stays_so_at_the_next_sync(rem: Rem, person: Path, tmp_path: Path) -> None:
    words = ("--home", tmp_path / "new", "--timezone", "UTC", "--user", "ana")
    assert rem(*words, "init", "--yes", "--no-dream").code == 0
    assert {source.user for source in open_home(tmp_path / "new").settings.sources} == {"ana"}
    rem("--home", tmp_path / "new", "sync")
    store = Store(open_home(tmp_path / "new").tables_uri)
    assert set(store.read("resources", ["user_id"])["user_id"].to_pylist()) == {"ana"}


def test_json_lists_and_with_yes_says_what_was_done(rem: Rem, person: Path, tmp_path: Path) -> None:
    listed = init(rem, tmp_path / "new", "--json").json
    assert [(each["number"], each["kind"], each["count"]) for each in listed["found"]] == [
        (1, "markdown", 10),
        (2, "git", 1),
    ]
    assert listed["me"] == ["Ana Sousa", "ana@example.org"]
    assert not (tmp_path / "new").exists()
    done = init(rem, tmp_path / "new", "--json", "--yes", "--no-dream").json
    assert [each["report"]["new"] for each in done["imports"]] == [10, 1]
    assert (done["dreamt"], done["shown"]) == ([], None)
    assert init(rem, tmp_path / "new", "--json", "--yes").json["imports"] == []


def test_a_source_that_cannot_be_read_is_said_and_the_others_come(
    rem: Rem, person: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = FoundSource(kind="git", path=person / "gone", noun="commit", count=3)
    notes = FoundSource(kind="markdown", path=person / "Documents/Väult 日本", noun="note", count=10)
    machine = Machine((gone, notes), (), 0, False)
    monkeypatch.setattr(init_work, "look_around", lambda *_, **__: machine)
    done = init(rem, tmp_path / "new", "--yes", "--no-dream")
    assert done.code == 3
    assert "git ~/gone: could not be read" in done.err
    assert "markdown ~/Documents/Väult 日本: 10 new" in done.err


def test_an_export_is_imported_once_and_not_kept_fresh(
    rem: Rem, person: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = person / "export.jsonl"
    file.write_text('{"t":"resource","id":"1","name":"n","content":"c","created_at":"2025-10-06"}\n')
    export = FoundSource(kind="jsonl", path=file, noun="export", is_once=True)
    monkeypatch.setattr(init_work, "look_around", lambda *_, **__: Machine((export,), (), 0, False))
    assert init(rem, tmp_path / "new", "--yes", "--no-dream").code == 0
    assert paths(tmp_path / "new") == []
    assert "✓  jsonl" in init(rem, tmp_path / "new").out


def test_where_nothing_is_found_it_says_what_was_looked_for(
    rem: Rem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(init_work, "look_around", lambda *_, **__: Machine((), (), 0, False))
    done = init(rem, tmp_path / "new", "--yes")
    assert done.code == 0
    assert "Nothing was found.\nLooked for: Obsidian and Logseq vaults" in done.out
    assert f"\nNext: rem --home {tmp_path / 'new'} import PATH" in done.out
    assert not (tmp_path / "new").exists()


@pytest.mark.runs
def test_the_last_days_are_dreamt_offline_and_yesterday_is_shown(
    rem: Rem, person: Path, tmp_path: Path
) -> None:
    done = init(rem, tmp_path / "new", "--yes")
    assert done.code == 0
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    assert f"{yesterday:%A} {yesterday.day} {yesterday:%B %Y}" in done.out
    assert "$0.00" in done.err
    dreams = Store(open_home(tmp_path / "new").tables_uri).read("dreams", ["partition_key", "status"])
    assert {row["status"] for row in dreams.to_pylist()} == {"complete"}
    assert min(dreams["partition_key"].to_pylist()) >= (yesterday - timedelta(days=6)).isoformat()
    assert "dream     the other " in done.out


@pytest.mark.runs
def test_where_the_last_week_holds_nothing_the_last_days_that_do_are_dreamt(
    rem: Rem, person: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = person / "old"
    notes.mkdir()
    for day in (1, 2, 20):
        (notes / f"2024-05-{day:02}.md").write_text("I moved the release to Thursday with Priya.\n")
    found = FoundSource(kind="markdown", path=notes, noun="note", count=3)
    monkeypatch.setattr(init_work, "look_around", lambda *_, **__: Machine((found,), (), 0, False))
    done = init(rem, tmp_path / "new", "--yes", "--json").json
    assert [each["day"] for each in done["dreamt"]] == ["2024-05-20"]
    assert done["shown"] == "2024-05-20"


def some(number: int) -> list[FoundSource]:
    return [
        FoundSource(kind="git", path=Path(f"/code/{each}"), noun="commit", count=each)
        for each in range(1, number + 1)
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("", [1, 2, 3, 4]), ("all", [1, 2, 3, 4]), ("N", []), ("3 1", [1, 3]), ("2-4", [2, 3, 4]), ("1,1", [1])],
)
def test_numbers_are_meant_as_people_write_them(text: str, numbers: list[int]) -> None:
    assert [each.count for each in chosen(text, offers_of(some(4), [False] * 4))] == numbers


@pytest.mark.parametrize("text", ["5", "0 1", "4-2", "1-9", "-1", "one", "1;2", "1" * 40])
def test_what_is_no_number_of_the_list_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="list"):
        chosen(text, offers_of(some(4), [False] * 4))


def test_every_line_fits_whatever_the_names(person: Path) -> None:
    from rich.cells import cell_len

    wild = FoundSource(
        kind="a-kind-with-a-long-name",
        path=Path("/" + "日本語🙂" * 30),
        noun="conversation",
        count=1_234_567,
        is_partial=True,
        first=datetime(2021, 1, 3).date(),
        remark="12 of them are deleted within a week: Claude Code keeps 30 days, which is little " * 2,
    )
    machine = Machine((wild, *some(2)), ("Ana " * 40, "a@b"), 1, True)
    lines = offer_lines(machine, offers_of(machine.sources, [False, True, False]), 80)
    assert max(map(cell_len, lines)) <= 80
    assert "and 1 more repository, older" in "\n".join(lines)
