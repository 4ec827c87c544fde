"""What every chat model does, the scripted one and the one behind an endpoint alike."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from rem_dagster.errors import ModelError
from rem_dagster.llm.client import OpenAIChatModel
from rem_dagster.llm.endpoints import endpoint_of
from rem_dagster.llm.interface import ChatModel, Purpose, Request, Turn
from rem_dagster.llm.prices import Price
from rem_dagster.llm.scripted import Script, ScriptedModel
from tests.llm.server import Endpoint, serve

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"said": {"type": "string"}, "mood": {"enum": ["glad", "sad"], "type": "string"}},
    "required": ["said", "mood"],
}
REQUEST = Request(
    [Turn("system", "You listen."), Turn("user", "What happened, Inês?")], "draft", SCHEMA, {"max_tokens": 50}
)
Make = Callable[..., ChatModel]


def _heard(request: Request) -> Mapping[str, Any]:
    return {"said": request.turns[-1].content, "mood": "glad"}


def _scripted(script: Script, *, priced: bool = True) -> ChatModel:
    return ScriptedModel(script, name="fake-1", usd_per_token=1e-6 if priced else None)


@pytest.fixture(
    params=["scripted", "strict", "non_strict", "ignores_schema", "tool_only", "object_only", "fences"]
)
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes a model of a script: in this process, or behind each kind of endpoint."""
    with ExitStack() as stack:

        def behind_endpoint(script: Script, *, priced: bool = True) -> ChatModel:
            def answer(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
                turns = [Turn(turn["role"], turn["content"]) for turn in body["messages"]]
                return script(Request(turns, "draft", SCHEMA))

            served = stack.enter_context(serve(Endpoint(answer, flavour=request.param)))
            return OpenAIChatModel(
                endpoint_of("fake-1", base_url=served.url), price=Price(1.0, 1.0) if priced else None
            )

        yield _scripted if request.param == "scripted" else behind_endpoint


def test_the_answer_is_what_the_model_says(make: Make) -> None:
    answer = asyncio.run(make(_heard).answer(REQUEST))
    assert answer.content == {"said": "What happened, Inês?", "mood": "glad"}


def test_no_answer_is_an_error_never_an_empty_answer(make: Make) -> None:
    with pytest.raises(ModelError):
        asyncio.run(make(lambda _: None).answer(REQUEST))


def test_a_failure_is_of_one_request_and_not_of_the_next(make: Make) -> None:
    model = make(lambda request: None if "quiet" in request.turns[-1].content else _heard(request))
    with pytest.raises(ModelError):
        asyncio.run(model.answer(replace(REQUEST, turns=[Turn("user", "quiet")])))
    assert asyncio.run(model.answer(REQUEST)).content["mood"] == "glad"


def test_tokens_and_cost_are_counted(make: Make) -> None:
    answer = asyncio.run(make(_heard).answer(REQUEST))
    assert answer.prompt_tokens
    assert answer.completion_tokens
    assert answer.cost_usd == pytest.approx((answer.prompt_tokens + answer.completion_tokens) / 1e6)
    assert answer.calls_paid >= 1


def test_an_unknown_price_makes_an_unknown_cost_and_not_a_cost_of_nothing(make: Make) -> None:
    assert asyncio.run(make(_heard, priced=False).answer(REQUEST)).cost_usd is None


@pytest.mark.runs
def test_many_requests_at_once_each_get_their_own_answer(make: Make) -> None:
    model = make(_heard)

    async def ask_all() -> list[str]:
        asked = [replace(REQUEST, turns=[Turn("user", f"number {index}")]) for index in range(30)]
        return [answer.content["said"] for answer in await asyncio.gather(*map(model.answer, asked))]

    assert asyncio.run(ask_all()) == [f"number {index}" for index in range(30)]


def test_one_model_serves_several_event_loops(make: Make) -> None:
    model = make(_heard)
    assert asyncio.run(model.answer(REQUEST)).content == asyncio.run(model.answer(REQUEST)).content


def test_the_name_and_the_endpoint_are_fit_to_be_kept(make: Make) -> None:
    model = make(_heard)
    assert model.name == "fake-1"
    assert model.endpoint == "script" or model.endpoint.startswith("http://127.0.0.1:")


def test_the_purpose_changes_nothing_and_goes_nowhere(make: Make) -> None:
    heard: list[str] = []

    def listen(request: Request) -> Mapping[str, Any]:
        heard.append(json.dumps([turn.content for turn in request.turns]))
        return _heard(request)

    purpose = Purpose(user_id="secret-ines", days=("2025-05-01",), source_ids=("m-1",))
    answer = asyncio.run(make(listen).answer(replace(REQUEST, purpose=purpose, attempt=2)))
    assert answer.content == _heard(REQUEST)
    assert "secret-ines" not in "".join(heard)
