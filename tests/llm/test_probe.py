"""One small question to an endpoint: what it shows, and what it leaves to the one who asks."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import entries
from rem_dagster.llm.ladder import Rung
from rem_dagster.llm.probe import Listed, Probed, ask_once, has_model, list_models, open_probe
from rem_dagster.settings import Home, open_home
from tests.llm.server import Endpoint, Fault, serve


@contextmanager
def endpoint(home: Home, *faults: Fault, **options: Any) -> Iterator[tuple[Endpoint, Home]]:
    """An endpoint, and the home as one that asks there."""
    with serve(Endpoint(lambda _: {"is_there": True}, faults=deque(faults), **options)) as served:
        yield served, open_home(home.path, flags={"llm": "fake-1", "llm_base_url": served.url})


def probed(home: Home) -> tuple[Listed, Probed]:
    async def both() -> tuple[Listed, Probed]:
        client = open_probe(home)
        return await list_models(client), await ask_once(home, client)

    return asyncio.run(both())


def test_an_endpoint_that_does_not_list_its_models_may_answer_all_the_same(home: Home) -> None:
    with endpoint(home, lists=False) as (_, asking):
        listed, answered = probed(asking)
    assert (listed.names, listed.is_usable) == ((), True)
    assert answered.answer is not None
    assert answered.answer.content == {"is_there": True}
    assert answered.rung == Rung.STRICT


def test_a_refused_key_is_final(home: Home) -> None:
    with endpoint(home, key="sk-right") as (served, asking):
        listed = asyncio.run(list_models(open_probe(asking)))
    assert not listed.is_usable
    assert "refuses the key" in str(listed.error)
    assert served.bodies == []


def test_what_is_asked_is_of_no_user_and_no_day_and_is_in_the_audit(home: Home) -> None:
    with endpoint(home) as (_, asking):
        probed(asking)
        [call] = entries(answers_of(home))
    assert (call.user_id, call.days, call.source_ids, call.outcome) == (None, (), (), "answered")


def test_an_endpoint_that_stays_busy_is_given_up_soon(home: Home) -> None:
    busy = Fault("status", status=503, message="busy")
    with endpoint(home, *[busy] * 9) as (served, asking):
        _, answered = probed(asking)
    assert answered.answer is None
    assert "no answer to 2 attempts" in str(answered.error)
    assert len(served.bodies) == 2


@pytest.mark.parametrize(
    ("name", "is_there"),
    [("a", True), ("qwen3", True), ("gemini", True), ("qwen", False), ("qwen3:8b", False)],
)
def test_a_name_is_in_a_list_also_as_endpoints_write_it_otherwise(name: str, is_there: bool) -> None:
    assert has_model(("a", "qwen3:latest", "models/gemini"), name) is is_there
