"""`rem status` and `rem config`: how a home stands, and which settings hold."""

import pytest

from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.interfaces.cli.standing import size_words
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.interfaces.cli.conftest import Rem


def test_status_says_what_is_held_and_what_is_next(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "status")
    assert done.code == 0
    assert "ines: 27 items on 3 days, 2025-10-06 to 2025-10-08" in done.out
    assert "engine: offline" in done.out
    assert "3 up to date" in done.out
    assert "list list" in done.out
    assert f"rem --home {lived.path} show" in " ".join(done.out.split())


def test_status_tells_days_apart_by_what_is_wrong_with_them(rem: Rem, undreamt: Home, store: Store) -> None:
    assert rem("--home", undreamt.path, "status", "--json").json["days"]["undreamt"] == 3
    dream(undreamt, store, ScriptedEngine(failing_on("2025-10-07")), DreamPlan())
    days = rem("--home", undreamt.path, "status", "--json").json["days"]
    assert (days["failed"], days["another_version"], days["current"]) == (1, 2, 0)
    assert "2 made by another version" in rem("--home", undreamt.path, "status").out


def test_status_of_an_empty_home_says_how_to_fill_it(rem: Rem, home: Home) -> None:
    done = rem("--home", home.path, "status")
    assert done.code == 0
    assert "import PATH" in " ".join(done.out.split())


def test_status_gives_a_hint_about_a_stray_key_and_nothing_else(
    rem: Rem, lived: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    done = rem("--home", lived.path, "status")
    assert "OPENAI_API_KEY is set; it is used only where a model is chosen by name." in done.out
    assert "sk-secret" not in done.out


def test_every_setting_says_where_it_comes_from(
    rem: Rem, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_IDLE_MINUTES", "9")
    (home.path / "config.toml").write_text("sync_minutes = 7\n[threshold]\nmessages = 3\n")
    held = rem("--home", home.path, "--user", "ana", "config", "show", "--json").json
    assert held["home"] == {"value": str(home.path), "from": "flag"}
    assert held["user"] == {"value": "ana", "from": "flag"}
    assert held["idle_minutes"] == {"value": 9, "from": "environment"}
    assert held["sync_minutes"] == {"value": 7, "from": "config.toml"}
    assert held["threshold.messages"] == {"value": 3, "from": "config.toml"}
    assert held["timezone"] == {"value": "UTC", "from": "home.json"}
    assert held["llm"] == {"value": None, "from": "default"}
    assert "idle_minutes" in rem("--home", home.path, "config").out


def test_secrets_are_masked(rem: Rem, home: Home) -> None:
    (home.path / "config.toml").write_text(
        'llm_base_url = "https://ana:hunter2@models.example/v1"\n'
        '[storage_options]\naws_secret_access_key = "hunter3"\n'
    )
    for words in (["config", "show"], ["config", "show", "--json"]):
        out = rem("--home", home.path, *words).out
        assert "models.example" in out
        assert "hunter" not in out
        assert home.file.hmac_key not in out


def test_a_wrong_setting_is_named_with_its_file(rem: Rem, home: Home) -> None:
    (home.path / "config.toml").write_text('sync_minutes = "often"\n')
    done = rem("--home", home.path, "status")
    assert done.code == 2
    assert "sync_minutes" in done.err
    assert "config.toml" in done.err


def test_settings_are_shown_without_a_home(rem: Rem, tmp_path: object) -> None:
    assert rem("--home", f"{tmp_path}/none", "config", "show").code == 0


def test_sizes_read_as_people_say_them() -> None:
    assert [size_words(size) for size in (0, 999, 1500, 15_000_000)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "15 MB",
    ]
