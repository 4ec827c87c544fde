"""Where the home is, which settings hold, and what is fixed once a home is made."""

import json
import stat
from datetime import date, time
from pathlib import Path

import pytest

from rem_dagster.errors import HomeBusyError, HomeError, HomeMissingError, HomeVersionError, SettingsError
from rem_dagster.settings import Home, find_home_path, load_settings, lower_first_day, open_home


def test_a_flag_outranks_the_environment_and_the_environment_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert find_home_path() == (tmp_path, "default")
    monkeypatch.setenv("REM_HOME", str(tmp_path / "env"))
    assert find_home_path() == (tmp_path / "env", "environment")
    assert find_home_path(tmp_path / "flag") == (tmp_path / "flag", "flag")


def test_each_setting_says_where_it_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    config.write_text('user = "ines"\nsync_minutes = 5\nidle_minutes = 7\n')
    monkeypatch.setenv("REM_SYNC_MINUTES", "6")
    settings, origins = load_settings(config, {"idle_minutes": 8})
    assert (settings.user, origins["user"]) == ("ines", "config.toml")
    assert (settings.sync_minutes, origins["sync_minutes"]) == (6, "environment")
    assert (settings.idle_minutes, origins["idle_minutes"]) == (8, "flag")
    assert (settings.monthly_cap_usd, origins["monthly_cap_usd"]) == (5.0, "default")


def test_a_provider_key_alone_chooses_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-whatever")
    assert load_settings(tmp_path / "config.toml", {})[0].llm is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sync_minutes = 0", r"sync_minutes .*config.toml.*greater than or equal to 1, got 0"),
        ("colour = 'red'", r"colour .*config.toml"),
        ("user = ", r"Could not read .*config.toml"),
        ("[[sources]]\nkind = 5\npath = 'x'", r"sources.0.kind .*got 5"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text)
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings(config, {})
    assert "Nothing was changed." in str(caught.value)


def test_a_home_is_for_its_owner_alone(home: Home) -> None:
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.path / "home.json").stat().st_mode) == 0o600


def test_there_is_no_home_until_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(HomeMissingError, match=r"no home at .*rem import.*rem demo"):
        open_home(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_zone_and_start_of_day_are_fixed_when_the_home_is_made(tmp_path: Path) -> None:
    made = open_home(
        tmp_path / "h", create=True, flags={"timezone": "Europe/Lisbon", "day_starts_at": "04:00"}
    )
    assert (made.file.timezone, made.file.day_starts_at) == ("Europe/Lisbon", time(4))
    with pytest.raises(
        SettingsError, match=r"timezone is 'UTC' by flag.*'Europe/Lisbon'.*Nothing was changed"
    ):
        open_home(tmp_path / "h", flags={"timezone": "UTC"})
    assert open_home(tmp_path / "h").file == made.file


def test_an_unknown_zone_makes_no_home(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'Mars/Olympus' is no IANA time zone"):
        open_home(tmp_path / "h", create=True, flags={"timezone": "Mars/Olympus"})
    assert not (tmp_path / "h" / "home.json").exists()


def test_a_home_of_a_newer_version_is_left_alone(home: Home) -> None:
    path = home.path / "home.json"
    newer = json.dumps({**json.loads(path.read_text()), "version": 99, "surprise": True})
    path.write_text(newer)
    with pytest.raises(HomeVersionError, match=r"newer rem.*Nothing was changed.*Upgrade"):
        open_home(home.path, create=True)
    assert path.read_text() == newer


def test_a_broken_home_file_is_named(home: Home) -> None:
    (home.path / "home.json").write_text("{")
    with pytest.raises(HomeError, match=r"Could not read .*home.json"):
        open_home(home.path)


def test_a_place_that_cannot_hold_a_home_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match=r"Could not make a home at .*Name another place"):
        open_home(tmp_path / "file" / "home", create=True)


def test_the_first_day_is_only_ever_lowered(home: Home) -> None:
    lower_first_day(home, date(2025, 5, 1))
    lower_first_day(home, date(2025, 7, 1))
    assert open_home(home.path).file.first_day == date(2025, 5, 1)
    lower_first_day(home, date(2024, 7, 1))
    assert open_home(home.path).file.first_day == date(2024, 7, 1)


def test_the_same_work_is_done_by_one_process_at_a_time(home: Home) -> None:
    again = open_home(home.path)
    with (
        home.hold("dream", wait_seconds=0),
        pytest.raises(HomeBusyError, match=r"at work in .*Nothing was changed"),
        again.hold("dream", wait_seconds=0.1),
    ):
        pass
    with again.hold("dream", wait_seconds=0):
        pass
