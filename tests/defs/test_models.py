"""Runs that ask a model: what their events say, and what a limit on cost does to them."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.defs.runs import DREAMS, events, instance_at, run
from tests.llm.server import Endpoint, serve
from tests.model_answers import answer_to

pytestmark = pytest.mark.runs

FIRST = MONDAY.date()
DAY = FIRST.isoformat()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with instance_at(tmp_path / "dagster") as made:
        yield made


@pytest.fixture
def endpoint(home: Home, store: Store) -> Iterator[Endpoint]:
    """A model on loopback that `config.toml` chooses, and a day to dream with it."""
    fill(home, store, chat_day(0))
    with serve(Endpoint(answer_to)) as served:
        (home.path / "config.toml").write_text(
            f'llm = "fake-1"\nllm_base_url = "{served.url}"\n'
            "llm_price_input_per_million = 1.0\nllm_price_output_per_million = 10.0\n",
            encoding="utf-8",
        )
        yield served


def test_an_event_has_the_tokens_and_the_cost_as_numbers(
    home: Home, store: Store, instance: dg.DagsterInstance, endpoint: Endpoint
) -> None:
    assert run(home, instance, (FIRST, FIRST), assets=DREAMS).success
    said = events(instance, "moments")[DAY]
    [row] = read_ledger(store)
    assert (said["engine"], said["model"], said["calls"]) == ("llm", "fake-1", 1)
    assert (said["prompt_tokens"], said["completion_tokens"]) == (row.prompt_tokens, row.completion_tokens)
    assert said["cost_usd"] == pytest.approx(row.cost_usd)
    assert isinstance(said["coverage"], float)


def test_a_run_that_would_pass_its_limit_asks_nobody_and_says_so(
    home: Home, store: Store, instance: dg.DagsterInstance, endpoint: Endpoint
) -> None:
    done = run(home, instance, (FIRST, FIRST), assets=DREAMS, config={"max_cost_usd": 0.001})
    assert not done.success
    [failure] = [event for event in done.all_events if event.is_step_failure]
    told = failure.step_failure_data.user_failure_data
    assert told is not None
    assert "--max-cost" in str(told.description)
    assert endpoint.bodies == []
    assert read_ledger(store) == []
    assert run(home, instance, (FIRST, FIRST), assets=DREAMS).success


def test_a_run_may_name_another_engine_for_itself(
    home: Home, store: Store, instance: dg.DagsterInstance, endpoint: Endpoint
) -> None:
    assert run(home, instance, (FIRST, FIRST), assets=DREAMS, config={"llm": "offline"}).success
    assert endpoint.bodies == []
    assert [row.engine for row in read_ledger(store)] == ["offline"]


def test_a_refreshing_run_asks_anew_and_a_plain_one_replays(
    home: Home, store: Store, instance: dg.DagsterInstance, endpoint: Endpoint
) -> None:
    run(home, instance, (FIRST, FIRST), assets=DREAMS)
    run(home, instance, (FIRST, FIRST), assets=DREAMS, config={"redo": "all"})
    assert len(endpoint.bodies) == 1
    run(home, instance, (FIRST, FIRST), assets=DREAMS, config={"redo": "all", "refresh": True})
    assert len(endpoint.bodies) == 2


def test_what_is_kept_because_it_would_lose_claims_does_not_fail_the_run(
    home: Home, store: Store, instance: dg.DagsterInstance, endpoint: Endpoint
) -> None:
    run(home, instance, (FIRST, FIRST), assets=DREAMS)
    before = store.count("moments")
    config = {"redo": "other_versions", "moment_types": ["reflection"]}
    assert run(home, instance, (FIRST, FIRST), assets=DREAMS, config=config).success
    assert store.count("moments") == before
    taken = run(home, instance, (FIRST, FIRST), assets=DREAMS, config={**config, "accept_losses": True})
    assert taken.success
    assert store.count("moments") == 0
