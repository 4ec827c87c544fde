"""`rem status` and `rem config`: how a home stands, and which settings hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.running import next_night
from rem_dagster.interfaces.cli.standing import size_words
from rem_dagster.model.dream import QuarantinedClaim
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.ingest.items import NINE, put, said
from tests.interfaces.cli.conftest import Rem
from tests.lives import dream


def test_status_says_what_is_held_and_what_is_next(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "status")
    assert done.code == 0
    assert "ines: 27 items on 3 days, 2025-10-06 to 2025-10-08" in done.out
    assert "engine: offline" in done.out
    assert "3 up to date" in done.out
    assert "list list" in done.out
    assert f"rem --home {lived.path} show" in " ".join(done.out.split())


def test_the_journal_of_a_home_of_several_people_is_named_with_one_of_them(
    rem: Rem, undreamt: Home, store: Store
) -> None:
    put(undreamt, store, said(1), user="bo")
    told = " ".join(rem("--home", undreamt.path, "status").out.split())
    assert f"rem --home {undreamt.path} --user ines web" in told
    told = " ".join(rem("--home", undreamt.path, "--user", "bo", "status").out.split())
    assert f"rem --home {undreamt.path} --user bo web" in told


def test_status_tells_days_apart_by_what_is_wrong_with_them(rem: Rem, undreamt: Home, store: Store) -> None:
    assert rem("--home", undreamt.path, "status", "--json").json["days"]["undreamt"] == 3
    dream(undreamt, store, ScriptedEngine(failing_on("2025-10-07")), DreamPlan())
    days = rem("--home", undreamt.path, "status", "--json").json["days"]
    assert (days["failed"], days["another_version"], days["current"]) == (1, 2, 0)
    assert "2 made by another version" in rem("--home", undreamt.path, "status").out


def test_status_says_which_days_were_made_with_which_recipe(rem: Rem, undreamt: Home, store: Store) -> None:
    dream(undreamt, store, ScriptedEngine(), DreamPlan(last_day=date(2025, 10, 7)))
    dream(undreamt, store, OfflineEngine(), DreamPlan())
    recipes = rem("--home", undreamt.path, "status", "--json").json["recipes"]
    assert [
        (each["engine"], each["model"], each["agentlet_version"], each["days"], each["is_chosen"])
        for each in recipes
    ] == [("offline", None, "1.0.0", 1, True), ("scripted", "script", "1", 2, False)]
    assert [(each["first_day"], each["last_day"]) for each in recipes] == [
        ("2025-10-08", "2025-10-08"),
        ("2025-10-06", "2025-10-07"),
    ]
    assert {len(each["recipe"]) for each in recipes} == {8}
    shown = rem("--home", undreamt.path, "status").out
    assert f"Made by  offline 1.0.0 ({recipes[0]['recipe'][:4]}…): 1 day, 2025-10-08 · chosen now" in shown
    assert f"\n         script 1 ({recipes[1]['recipe'][:4]}…): 2 days, 2025-10-06 to 2025-10-07\n" in shown


def test_status_says_why_days_failed_and_what_was_held_back(rem: Rem, undreamt: Home, store: Store) -> None:
    dream(undreamt, store, ScriptedEngine(failing_on("2025-10-07", "2025-10-08")), DreamPlan())
    row = read_ledger(store)[0]
    claim = QuarantinedClaim(kind="fact", text="Nobody said this.", reason="no input has it")
    write_ledger(store, [row.model_copy(update={"quarantine": (claim,)})])
    told = rem("--home", undreamt.path, "status", "--json").json
    assert told["held_back"] == 1
    assert [(each["day"], each["error"]) for each in told["failed"]] == [
        ("2025-10-08", "The model did not answer."),
        ("2025-10-07", "The model did not answer."),
    ]
    shown = rem("--home", undreamt.path, "status").out
    assert "Failed   2025-10-08 and 2025-10-07: The model did not answer." in shown
    assert "Held     1 claim held back on 1 day; `rem show 2025-10-06 --quarantine`" in shown
    page = rem("--home", undreamt.path, "show", "2025-10-06", "--quarantine").out
    assert "fact: Nobody said this." in page
    assert "no input has it" in page


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


def test_status_says_what_runs_by_itself(rem: Rem, lived: Home) -> None:
    told = rem("--home", lived.path, "status", "--json").json
    assert told["next_night"].endswith("+00:00")
    assert (told["spent_usd"], told["monthly_cap_usd"], told["paused_until"]) == (0.0, 5.0, None)
    assert rem("--home", lived.path, "pause", "2h").code == 0
    shown = rem("--home", lived.path, "status").out
    assert "Paused   until" in shown
    assert "Spent" not in shown
    assert rem("--home", lived.path, "--debug", "pause", "off").out.startswith("On the record again.")
    assert "Paused" not in rem("--home", lived.path, "status").out
    (lived.path / "config.toml").write_text('llm = "gpt-9"\n')
    assert "0.00 USD this month, of 5.00" in rem("--home", lived.path, "status").out


def test_the_next_night_is_a_time_of_the_clock_also_when_clocks_change(lived: Home, store: Store) -> None:
    lisbon = replace(lived, file=lived.file.model_copy(update={"timezone": "Europe/Lisbon"}))
    for now, due in (
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)),  # clocks went back
        (datetime(2026, 10, 24, 1, tzinfo=UTC), datetime(2026, 10, 24, 2, tzinfo=UTC)),
        (datetime(2026, 10, 24, 2, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)),
    ):
        assert next_night(Opened(lisbon, store, now)) == due


def test_a_source_that_fell_silent_is_named(rem: Rem, home: Home, store: Store) -> None:
    put(home, store, *(said(n, at=NINE + timedelta(days=n)) for n in range(10)))
    (silent,) = rem("--home", home.path, "status", "--json").json["silent"]
    assert (silent["kind"], silent["last_day"], silent["usual_days"]) == ("list", "2024-05-10", 1)
    assert "since 2024-05-10; seldom more than 1 day before" in " ".join(
        rem("--home", home.path, "status").out.split()
    )
