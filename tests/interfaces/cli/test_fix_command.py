"""`rem fix`: a day is corrected from the command line."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rem_dagster.interfaces.cli.commands import fix as command
from rem_dagster.interfaces.cli.named_moment import DayClock
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.memory import Memory
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import CORRECTIONS
from tests.activity import MONDAY
from tests.interfaces.cli.conftest import Rem

DAY = MONDAY.date().isoformat()


@pytest.fixture
def at_home(lived_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of three dreamt days, of the test's own."""
    shutil.copytree(lived_once, tmp_path / "own")
    monkeypatch.setenv("REM_HOME", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture
def read_only(lived_once: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that no test changes."""
    monkeypatch.setenv("REM_HOME", str(lived_once))


@pytest.mark.usefixtures("at_home")
def test_a_moment_is_named_by_its_place_and_what_was_and_is_are_shown(rem: Rem) -> None:
    done = rem("fix", f"{DAY}#1", "rename", "Stand-up", "with Priya", "--summary", "The release moved.")
    assert done.code == 0
    was, *_, now = done.out.splitlines()
    assert was.startswith("was     09:00–09:10  Talk")
    assert now == "is      09:00–09:10  Talk       Stand-up with Priya"
    assert done.err.splitlines()[-1] == f"Next: rem show {DAY}   rem fix --undo"
    page = rem("show", DAY).out
    assert "Stand-up with Priya" in page
    assert "The release moved." in page
    assert "1 correction of yours" in page
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.usefixtures("at_home")
@pytest.mark.runs
def test_an_open_thread_is_closed_by_some_of_its_words_for_later_dreams_too(rem: Rem) -> None:
    day = "2025-10-09"
    open_now = [each["text"] for each in rem("standup", day, "--json").json["open"]]
    assert any("migration guide" in each for each in open_now)
    done = rem("fix", "done", "guide", "MIGRATION")
    assert done.code == 0, done.err
    assert done.out.startswith("Closed, no open thread any more: “")
    left = [each["text"] for each in rem("standup", day, "--json").json["open"]]
    assert not any("migration guide" in each for each in left)
    assert rem("dream", DAY, "--refresh", "--no-sync").code == 0
    assert [each["text"] for each in rem("standup", day, "--json").json["open"]] == left
    assert "closed" in rem("fix", "--list").out
    assert "Open again" in rem("fix", "--undo").out
    assert [each["text"] for each in rem("standup", day, "--json").json["open"]] == open_now


@pytest.mark.usefixtures("read_only")
def test_words_of_no_open_thread_close_nothing_and_say_where_they_are(rem: Rem) -> None:
    for words in ((), ("zeppelin",)):
        held = rem("fix", "close", *words)
        assert held.code == 2
        assert "Nothing was changed" in held.err
        assert "rem standup" in held.err


@pytest.mark.usefixtures("at_home")
def test_what_a_moment_means_to_do_is_closed_by_the_moment_and_some_words(rem: Rem) -> None:
    moments = rem("show", DAY, "--json").json["moments"]
    place, meant = next(
        (place, each["intentions"][0]["text"]) for place, each in enumerate(moments, 1) if each["intentions"]
    )
    assert rem("fix", f"{DAY}#{place}", "close", *meant.split()[-2:]).code == 0
    held = rem("fix", f"{DAY}#{place}", "close", "zeppelin")
    assert held.code == 2
    assert meant in held.err


@pytest.mark.usefixtures("at_home")
def test_a_moment_is_named_by_its_id_as_show_tells_it(rem: Rem) -> None:
    page = rem("show", DAY, "--ids")
    moments = rem("show", DAY, "--json").json["moments"]
    for place, each in enumerate(moments, 1):
        assert f"#{place} {each['id'][:8]}" in page.out
    assert f"rem fix '{DAY}#1' hide" in page.out
    assert "#1 " not in rem("show", DAY).out
    assert rem("fix", moments[1]["id"][:8], "hide").code == 0
    assert [each["id"] for each in rem("show", DAY, "--json").json["moments"]] == [
        moments[0]["id"],
        moments[2]["id"],
    ]


@pytest.mark.runs
@pytest.mark.usefixtures("at_home")
def test_each_change_has_its_words_and_is_listed_in_order(rem: Rem) -> None:
    for words in (
        [f"{DAY}#1", "retype", "planning"],
        [f"{DAY}#2", "times", "10:45", "to", "12:30"],
        [f"{DAY}#2", "split", "11:30"],
        [f"{DAY}#1", "merge", f"{DAY}#2", "--title", "The morning"],
        ["add", "Dentist", "--day", DAY, "--from", "3pm", "--to", "16:00", "--type", "other"],
        [f"{DAY}#3", "hide"],
    ):
        assert rem("fix", *words).code == 0, words
    listed = rem("fix", "--list")
    assert [line.split("  ")[0] for line in listed.out.splitlines() if line[0] != " "] == [
        each["id"][:8] for each in rem("fix", "--list", DAY, "--json").json["corrections"]
    ]
    assert "→ Planning" in " ".join(listed.out.split())
    assert "→ 10:45 to 12:30" in " ".join(listed.out.split())
    assert "waits" not in listed.out
    assert "“Dentist” added, 15:00 to 16:00" in listed.out
    assert max(map(len, listed.out.splitlines())) <= 80
    assert "6 corrections on 1 day" in rem("status").out
    assert rem("status", "--json").json["corrections"] == {"corrections": 6, "days": 1, "detached": 0}
    assert "6 corrections on 1 day, each with its moment." in " ".join(rem("doctor", "--no-call").out.split())


@pytest.mark.usefixtures("at_home")
@pytest.mark.runs
def test_undo_takes_the_last_one_back_or_that_of_an_id(rem: Rem) -> None:
    before = rem("show", DAY, "--json").json["moments"]
    first = rem("fix", f"{DAY}#1", "rename", "One", "--json").json["correction"]["id"]
    rem("fix", f"{DAY}#2", "rename", "Two")
    assert "Two" in rem("fix", "--undo").out
    assert rem("fix", "--undo", first[:8], "--json").json["undone"] is True
    after = rem("show", DAY, "--json").json["moments"]
    assert [each["name"] for each in after] == [each["name"] for each in before]
    gone = rem("fix", "--undo")
    assert (gone.code, gone.out) == (2, "")
    assert "nothing to undo" in gone.err
    assert "nothing so far" in rem("fix", "--list").err


@pytest.mark.usefixtures("at_home")
def test_a_rehearsal_says_what_would_be_and_changes_nothing(rem: Rem) -> None:
    said = rem("fix", f"{DAY}#1", "hide", "--dry-run")
    assert "if it were so; nothing was changed" in said.out
    assert "not shown any more" in said.out
    assert "--undo" not in said.err
    assert len(rem("show", DAY, "--json").json["moments"]) == 3
    assert rem("fix", f"{DAY}#1", "hide", "--dry-run", "--json").json["dry_run"] is True


WRONG = [
    ([], "Nothing to change was named"),
    (["nosuch", "rename", "x"], "names no moment"),
    (["ab", "rename", "x"], "names no moment"),
    ([f"{DAY}#9", "hide"], "has 3 moments"),
    ([f"{DAY}#x", "hide"], "has 3 moments"),
    (["week#1", "hide"], "is not one day"),
    (["tomorrow#1", "hide"], "has not begun"),
    ([f"{DAY}#1"], "none was named"),
    ([f"{DAY}#1", "frobnicate"], "'frobnicate' is none"),
    ([f"{DAY}#1", "rename"], "no words"),
    ([f"{DAY}#1", "retype"], "retype TYPE"),
    ([f"{DAY}#1", "retype", "gardening"], "rem types add"),
    ([f"{DAY}#1", "times", "14:00"], "times 14:00 15:30"),
    ([f"{DAY}#1", "times", "14:00", "teatime"], "is no time of day"),
    ([f"{DAY}#1", "split"], "split 14:30"),
    ([f"{DAY}#1", "merge"], "two moments"),
    ([f"{DAY}#1", "hide", "now"], "That is not how it is said"),
    ([f"{DAY}#1", "hide", "--title", "x"], "--title was given"),
    ([f"{DAY}#1", "hide", "--from", "9:00"], "--from was given"),
    (["add", "Dentist"], "needs a title, --from and --to"),
    (["--undo", "zzz"], "nothing to undo"),
    (["--undo", "a", "b"], "takes one id"),
    (["--list", "--undo"], "Give one of them"),
    (["--list", "sometime"], "sometime"),
]


@pytest.mark.usefixtures("read_only")
@pytest.mark.parametrize(("words", "said"), WRONG)
def test_what_is_not_understood_is_said_with_what_to_write(rem: Rem, words: list[str], said: str) -> None:
    done = rem("fix", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    if words[:1] != ["--list"]:
        assert "othing was changed" in done.err


def test_an_empty_home_says_how_it_is_filled(rem: Rem, home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REM_HOME", str(getattr(home, "path")))  # noqa: B009 - of a home without tables
    done = rem("fix", "add", "Dentist", "--from", "9:00", "--to", "10:00")
    assert done.code == 1
    assert "rem import" in done.err


def clock_on(place: Path, zone: str, day: datetime) -> DayClock:
    home = open_home(place / "zoned", create=True, flags={"timezone": zone})
    return DayClock(Opened(home, Store(home.tables_uri), datetime(2026, 1, 1, tzinfo=UTC)), day.date())


def test_a_time_that_the_clock_showed_twice_is_the_first_and_said(tmp_path: Path) -> None:
    clock = clock_on(tmp_path, "Australia/Lord_Howe", datetime(2025, 4, 6))
    first = clock.at("1:45")
    [said] = clock.remarks
    assert "twice on Sunday 6 April 2025; the first is meant. For the second write 01:45+10:30." in said
    second = clock.at("01:45+10:30")
    assert (second - first).total_seconds() == 1800


def test_a_time_that_the_clock_never_showed_is_said_to_be_later(tmp_path: Path) -> None:
    clock = clock_on(tmp_path, "Europe/Lisbon", datetime(2025, 3, 30))
    assert clock.at("1:30") == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)
    assert "never showed 1:30 on Sunday 30 March 2025; 02:30 is meant" in clock.remarks[0]


def test_midnight_is_the_end_of_a_day_where_it_ends_something(tmp_path: Path) -> None:
    clock = clock_on(tmp_path, "Europe/Lisbon", datetime(2025, 10, 6))
    assert clock.at("midnight") == datetime(2025, 10, 5, 23, tzinfo=UTC)
    assert clock.at("24:00", is_end=True) == datetime(2025, 10, 6, 23, tzinfo=UTC)


def test_the_help_shows_an_example_of_every_change(rem: Rem) -> None:
    said = rem("fix", "--help").out
    for word in ("rename", "retype", "times", "split", "merge", "hide", "add", "--list", "--undo"):
        assert f"rem fix {word}" in said or f" {word} " in said or word in said
    assert command.run.__doc__


@pytest.mark.usefixtures("at_home")
@pytest.mark.runs
def test_what_finds_no_moment_is_said_on_the_page_and_by_the_doctor(rem: Rem, at_home: Path) -> None:
    memory = Memory.open(at_home, user_id="ines")
    rem("fix", f"{DAY}#3", "rename", "Alpha")
    row = memory.store.read("corrections").to_pylist()[0]
    lost = {**row, "id": "lost", "target": ["no source"], "content_hash": 7}
    memory.store.upsert("corrections", rows_of(CORRECTIONS, [lost]))
    memory.dream()
    page = " ".join(rem("show", DAY).out.split())
    assert "1 correction of yours · 1 without its moment (rem fix --list)" in page
    assert "no moment has its sources now" in rem("fix", "--list").out
    assert "1 without a moment now" in rem("status").out
    assert "find no moment with their sources" in " ".join(rem("doctor", "--no-call").out.split())
