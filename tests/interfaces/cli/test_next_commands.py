"""The last line of an answer: each command in it works as it is printed, for the same home and user."""

import re
import shlex
from pathlib import Path

import pytest

from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.dreaming.engines import ScriptedEngine
from tests.interfaces.cli.conftest import Ran, Rem
from tests.lives import dream

GAP = re.compile(r" {3,}")
PLACES = re.compile(r"\b[A-Z]{4,}\b")
"""Words such as TITLE stand for what a person writes there."""


@pytest.fixture
def shared(home: Home, store: Store) -> Home:
    """A home of two users with two dreamt days each."""
    theirs = [message(each, MONDAY.replace(hour=each), user="bea") for each in range(9, 12)]
    fill(home, store, [*chat_day(0), *chat_day(1), *theirs])
    dream(home, store, ScriptedEngine(), DreamPlan())
    return home


def next_commands(ran: Ran) -> list[list[str]]:
    """The commands of an answer's last lines, as words, without their `rem`."""
    text = ran.out + ran.err
    _, found, rest = text.rpartition("Next:")
    assert found, text
    lines = [part for line in rest.splitlines() for part in GAP.split(line.strip())]
    words = [shlex.split(line.strip("`")) for line in lines if line.strip("`").startswith("rem ")]
    return [each[1:] for each in words]


ANSWERS = (
    ("show",),
    ("show", "2025-10-06"),
    ("show", "2025-10-06", "--ids"),
    ("show", "2025-10-10"),
    ("week", "2025-10-06"),
    ("standup",),
    ("search", "release"),
    ("search", "nowhere-at-all"),
    ("ask", "What did I do on 6 October 2025?"),
    ("fix", "--list"),
    ("status",),
    ("diff", "2025-10-06"),
    ("dream",),
    ("dream", "2025-10-06", "--refresh", "--dry-run"),
    ("insights", "--when", "ever"),
    ("doctor",),
    ("audit",),
)


@pytest.mark.parametrize("words", ANSWERS, ids=" ".join)
def test_what_comes_next_keeps_the_home_and_the_user(rem: Rem, shared: Home, words: tuple[str, ...]) -> None:
    named = ("--home", str(shared.path), "--user", "bea")
    for command in next_commands(rem(*named, *words)):
        assert command[:4] == list(named) or command == ["demo"]


@pytest.mark.parametrize("words", ANSWERS[:10], ids=" ".join)
def test_what_comes_next_works_as_it_is_printed(rem: Rem, shared: Home, words: tuple[str, ...]) -> None:
    for command in next_commands(rem("--home", shared.path, "--user", "bea", *words)):
        if "web" in command or any(map(PLACES.search, command)):
            continue
        done = rem(*command)
        assert done.code == 0, (command, done.err)


def test_the_only_user_is_not_named_next(rem: Rem, lived: Home) -> None:
    for words in (("status",), ("show",), ("dream",)):
        after = next_commands(rem("--home", lived.path, *words))
        assert after
        assert all("--user" not in each for each in after)


@pytest.mark.runs
def test_a_dream_of_all_names_the_user_whose_day_is_shown_next(rem: Rem, home: Home, store: Store) -> None:
    fill(home, store, [message(1, MONDAY, user="ana"), message(2, MONDAY, user="bea")])
    [after] = next_commands(rem("--home", home.path, "dream", "--no-sync"))
    assert after[2:4] in (["--user", "ana"], ["--user", "bea"])
    assert rem(*after).code == 0


def test_after_all_of_a_user_is_forgotten_the_next_command_does_not_ask_for_them(
    rem: Rem, shared: Home
) -> None:
    gone = rem("--home", shared.path, "--user", "bea", "forget", "--everything", "--yes")
    assert gone.code == 0
    assert next_commands(gone) == [["--home", str(shared.path), "dream"]]
    assert all(
        "bea" not in each for each in next_commands(rem("--home", shared.path, "--user", "bea", "status"))
    )


def test_a_home_that_is_empty_keeps_the_user_in_what_comes_next(rem: Rem, home: Home, tmp_path: Path) -> None:
    shown = rem("--home", home.path, "--user", "bea", "show").out
    assert f"Next: rem --home {home.path} --user bea import PATH" in shown
    held = rem("--home", home.path, "--user", "bea", "journal", "build", tmp_path / "pages").err
    assert f"rem --home {home.path} --user bea import PATH" in " ".join(held.split())
