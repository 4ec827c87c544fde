"""`rem config timezone`: what it would change, what it changes, and what it refuses."""

import shutil
from pathlib import Path

import pytest

from rem_dagster.settings import Home, open_home
from tests.interfaces.cli.conftest import Rem


@pytest.fixture
def own(lived: Home, tmp_path: Path) -> Home:
    """The dreamt home, to be changed."""
    shutil.copytree(lived.path, tmp_path / "own")
    return open_home(tmp_path / "own")


def test_it_says_what_would_change_and_how_to_change_it(rem: Rem, own: Home) -> None:
    told = rem("--home", own.path, "config", "timezone", "Asia/Tokyo")
    assert told.code == 0, told.err
    assert "UTC -> Asia/Tokyo" in told.out
    assert "3 dreamt days" in told.out
    assert "config timezone Asia/Tokyo --yes" in " ".join(told.out.split())
    assert open_home(own.path).file.timezone == "UTC"


def test_it_is_done_with_yes_and_the_next_dream_makes_the_days(rem: Rem, own: Home) -> None:
    done = rem(
        "--home",
        own.path,
        "config",
        "timezone",
        "Asia/Tokyo",
        "--day-starts-at",
        "04:00",
        "--yes",
        "--json",
    )
    assert done.code == 0, done.err
    assert done.json["is_done"] is True
    assert done.json["moved"] < done.json["items"]
    file = open_home(own.path).file
    assert (file.timezone, f"{file.day_starts_at:%H:%M}") == ("Asia/Tokyo", "04:00")
    assert "never dreamt" in rem("--home", own.path, "status").out


def test_weeks_alone_leave_the_days_as_they_are(rem: Rem, own: Home) -> None:
    done = rem("--home", own.path, "config", "timezone", "--week-starts-on", "friday", "--yes")
    assert done.code == 0, done.err
    assert "sunday -> friday" in done.out
    assert open_home(own.path).file.week_starts_on == "friday"
    assert "never dreamt" not in rem("--home", own.path, "status").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Mars/Base"], "'Mars/Base' is no IANA time zone"),
        (["UTC"], "counts days of UTC already"),
        ([], "counts days of UTC already"),
        (["--day-starts-at", "noon"], "Nothing was changed"),
        (["--week-starts-on", "someday"], "'someday' is no weekday"),
    ],
)
def test_what_is_no_change_is_refused(rem: Rem, own: Home, words: list[str], said: str) -> None:
    told = rem("--home", own.path, "config", "timezone", *words, "--yes")
    assert told.code == 2
    assert said in told.err
    assert "Nothing was changed." in told.err
    assert open_home(own.path).file.timezone == "UTC"


def test_a_setting_that_says_otherwise_names_the_command_and_is_what_it_takes(
    rem: Rem, own: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_TIMEZONE", "Asia/Tokyo")
    assert "rem config timezone" in rem("--home", own.path, "status").err
    refused = rem("--home", own.path, "config", "timezone", "Europe/Paris", "--yes")
    assert "'Asia/Tokyo' by environment" in refused.err
    assert rem("--home", own.path, "config", "timezone", "--yes").code == 0
    assert rem("--home", own.path, "status").code == 0


def test_without_a_home_nothing_is_made(rem: Rem, tmp_path: Path) -> None:
    assert "There is no home" in rem("--home", tmp_path / "none", "config", "timezone", "UTC").err
    assert not (tmp_path / "none").exists()
