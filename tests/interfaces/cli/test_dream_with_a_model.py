"""`rem dream` with a model: chosen on purpose, told before it costs, kept, brought back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rem_dagster.dreaming.dream import DayResult
from rem_dagster.interfaces.cli.dream_report import left_lines
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import LINES, chat_day, fill, rows
from tests.interfaces.cli.conftest import Rem, snapshot
from tests.llm.server import Endpoint, Fault, serve
from tests.model_answers import answer_to

pytestmark = pytest.mark.runs

DAY = "2025-10-06"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A model on loopback at the address that the environment names."""
    with serve(Endpoint(answer_to)) as served:
        monkeypatch.setenv("REM_LLM_BASE_URL", served.url)
        yield served


def priced(home: Home) -> None:
    (home.path / "config.toml").write_text(
        "llm_price_input_per_million = 1.0\nllm_price_output_per_million = 10.0\n", encoding="utf-8"
    )


def test_a_stray_key_chooses_nothing(
    rem: Rem, undreamt: Home, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-stray")
    assert rem("--home", undreamt.path, "dream").code == 0
    assert endpoint.bodies == []


def test_a_dream_says_whom_it_asks_and_what_it_cost(rem: Rem, undreamt: Home, endpoint: Endpoint) -> None:
    priced(undreamt)
    done = rem("--home", undreamt.path, "dream", "--llm", "fake-1")
    assert done.code == 0
    assert f"Asking fake-1 at {endpoint.url}" in done.err
    assert "fake-1, 3 calls, $0." in done.out
    again = rem("--home", undreamt.path, "dream", "--llm", "fake-1")
    assert "up to date" in again.out
    assert len(endpoint.bodies) == 3
    log = rem("--home", undreamt.path, "audit", "--json").json
    assert log["totals"]["calls"] == 3
    assert sorted(day for call in log["calls"] for day in call["days"]) == [DAY, "2025-10-07", "2025-10-08"]


def test_an_estimate_is_told_by_day_and_asks_nobody(rem: Rem, undreamt: Home, endpoint: Endpoint) -> None:
    priced(undreamt)
    before = snapshot(undreamt)
    told = rem("--home", undreamt.path, "dream", "--llm", "fake-1", "--estimate")
    assert told.out.count("1 call, about") == 3
    assert "3 days to dream with fake-1: 3 calls" in told.out
    totals = rem("--home", undreamt.path, "dream", "--llm", "fake-1", "--estimate", "--json").json["totals"]
    assert totals["calls"] == 3
    assert 0 < totals["cost_usd"] < 1
    assert endpoint.bodies == []
    assert snapshot(undreamt) == before


def test_an_estimate_wants_no_key(rem: Rem, undreamt: Home) -> None:
    told = rem("--home", undreamt.path, "dream", "--llm", "gpt-5-mini", "--estimate")
    assert told.code == 0
    assert "with gpt-5-mini: 3 calls" in told.out


def test_an_unknown_price_is_asked_for_elsewhere_than_here(rem: Rem, undreamt: Home) -> None:
    words = ("dream", "--llm", "nobody-knows-it", "--estimate", "--json")
    totals = rem("--home", undreamt.path, *words).json["totals"]
    assert totals["cost_usd"] is None


def test_a_limit_stops_before_the_call_that_would_pass_it(
    rem: Rem, undreamt: Home, endpoint: Endpoint
) -> None:
    priced(undreamt)
    done = rem("--home", undreamt.path, "dream", "--llm", "fake-1", "--max-cost", "0.01")
    assert done.code == 3
    assert "3 days left as before" in done.err
    assert "--max-cost" in done.err
    assert endpoint.bodies == []


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "1 day left as before: made again it would lose over a quarter of its verified claims."),
        (2, "2 days left as before: made again they would lose over a quarter of their verified claims."),
    ],
)
def test_one_day_that_would_lose_claims_is_told_as_one(days: int, said: str) -> None:
    lost = "1 verified claim instead of 3"
    held = [DayResult("ines", f"2025-10-0{day}", "held", error=lost) for day in range(1, days + 1)]
    assert left_lines(held)[0].startswith(said)


def test_a_dry_run_keeps_the_answers_and_writes_nothing(rem: Rem, undreamt: Home, endpoint: Endpoint) -> None:
    before = snapshot(undreamt)
    done = rem("--home", undreamt.path, "dream", DAY, "--llm", "fake-1", "--dry-run")
    assert "dreaming this now costs nothing" in done.out
    assert snapshot(undreamt) == before
    assert rem("--home", undreamt.path, "dream", DAY, "--llm", "fake-1").code == 0
    assert len(endpoint.bodies) == 1


def test_prompts_are_shown_redacted(rem: Rem, home: Home, store: Store, endpoint: Endpoint) -> None:
    secret = "ghp_" + "a1B2" * 9
    items = list(chat_day(0))
    fill(home, store, items)
    from tests.activity import MONDAY, message

    fill(home, store, [message(77, MONDAY, content=f"The token is {secret}, keep it.")])
    done = rem("--home", home.path, "dream", DAY, "--llm", "fake-1", "--debug", "--estimate")
    assert "keep it." in done.err
    assert secret not in done.err
    assert endpoint.bodies == []


def test_a_named_day_is_made_again_with_the_model_that_is_named(
    rem: Rem, undreamt: Home, store: Store, endpoint: Endpoint
) -> None:
    rem("--home", undreamt.path, "dream")
    assert rem("--home", undreamt.path, "dream", DAY, "--llm", "fake-1", "--accept").code == 0
    made = {row["partition_key"]: row["engine"] for row in rows(store, "dreams")}
    assert made == {DAY: "llm", "2025-10-07": "offline", "2025-10-08": "offline"}
    back = rem("--home", undreamt.path, "dream", DAY, "--restore")
    assert "is as offline" in back.out
    back = rem("--home", undreamt.path, "dream", DAY, "--restore")
    assert "is as fake-1" in back.out
    assert len(endpoint.bodies) == 1


def test_days_of_other_versions_are_redone_after_an_estimate(
    rem: Rem, undreamt: Home, endpoint: Endpoint
) -> None:
    rem("--home", undreamt.path, "dream")
    done = rem("--home", undreamt.path, "dream", "--llm", "fake-1", "--other-versions", "--accept")
    assert "3 days to dream with fake-1: 3 calls" in done.err
    assert "Dreamt 3 days" in done.out


def test_what_a_model_would_cost_for_days_made_offline_names_the_command_that_makes_them_again(
    rem: Rem, undreamt: Home, endpoint: Endpoint
) -> None:
    """As a newcomer does: offline first, then what a model would cost."""
    here = f"rem --home {undreamt.path} dream"
    todo = rem("--home", undreamt.path, "dream", "--llm", "fake-1", "--estimate")
    assert "3 days to dream with fake-1: 3 calls" in todo.out
    assert todo.out.endswith(f"Next: {here} --llm fake-1\n")
    rem("--home", undreamt.path, "dream")
    for last in ([], ["--estimate"]):
        done = rem("--home", undreamt.path, "dream", "--llm", "fake-1", *last)
        assert done.out.startswith("Nothing to dream: 3 days are up to date.")
        assert f"3 days of them made by another version: {here} --other-versions --llm fake-1" in done.err
    again = rem("--home", undreamt.path, "dream", "--llm", "fake-1", "--other-versions", "--estimate")
    assert "3 days to dream with fake-1: 3 calls" in again.out
    assert endpoint.bodies == []


def test_a_summary_alone_is_written_anew(rem: Rem, undreamt: Home, store: Store, endpoint: Endpoint) -> None:
    rem("--home", undreamt.path, "dream")
    before = rows(store, "moments")
    done = rem("--home", undreamt.path, "dream", DAY, "--llm", "fake-1", "--summary-only")
    assert done.out.startswith("Summed up 1 day again: 1 call")
    assert rows(store, "moments") == before


def test_an_agentlet_of_one_s_own_is_used_and_another_version(
    rem: Rem, undreamt: Home, store: Store, endpoint: Endpoint, tmp_path: Path
) -> None:
    from rem_dagster.schema import load_schema

    own = {**load_schema("agentlets/moment-generator"), "name": "mine", "version": "2.0.0"}
    own["prompt"] = f"Write in the style of a ship's log. {own['prompt']}"
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(own), encoding="utf-8")
    assert rem("--home", undreamt.path, "dream", "--llm", "fake-1", "--agentlet", file).code == 0
    assert {row["agentlet"] for row in rows(store, "dreams")} == {"mine"}
    assert all("ship's log" in body["messages"][0]["content"] for body in endpoint.bodies)
    assert "other-versions" in rem("--home", undreamt.path, "dream", "--llm", "fake-1").err


def test_a_model_that_fails_leaves_failed_days_and_their_reason(
    rem: Rem, undreamt: Home, store: Store, endpoint: Endpoint
) -> None:
    endpoint.faults.extend([Fault("status", status=401, message="wrong key")] * 3)
    done = rem("--home", undreamt.path, "dream", "--llm", "fake-1")
    assert done.code == 1
    assert "refuses the key" in done.err
    assert rows(store, "moments") == []
    assert not any(line in done.err for line in LINES)
    waits = rem("--home", undreamt.path, "dream")
    assert "--llm offline to dream them without one" in waits.err
    assert rows(store, "moments") == []
    assert rem("--home", undreamt.path, "dream", "--llm", "offline").code == 0
    assert rows(store, "moments") != []
