"""The scripted model: answers by a function, and fails when that says so."""

import asyncio

import pytest

from rem_dagster.errors import ModelError
from rem_dagster.llm.interface import ChatModel, Request, Turn
from rem_dagster.llm.scripted import ScriptedModel

REQUEST = Request([Turn("user", "What happened?")], "draft", {"type": "object"})


def test_it_answers_what_the_script_says_and_remembers_what_it_was_asked() -> None:
    model: ChatModel = ScriptedModel(lambda request: {"said": request.turns[0].content})
    answer = asyncio.run(model.answer(REQUEST))
    assert answer.content == {"said": "What happened?"}
    assert isinstance(model, ScriptedModel)
    assert model.requests == [REQUEST]


def test_no_answer_is_an_error_never_an_empty_answer() -> None:
    with pytest.raises(ModelError, match="'mute' has no answer"):
        asyncio.run(ScriptedModel(lambda _: None, name="mute").answer(REQUEST))


def test_an_unknown_price_is_unknown_and_a_known_one_is_counted() -> None:
    priced = ScriptedModel(lambda _: {"a": "b" * 39}, usd_per_token=0.5)
    unpriced = ScriptedModel(lambda _: {}, usd_per_token=None)
    assert asyncio.run(priced.answer(REQUEST)).cost_usd == 0.5 * (14 // 4 + len(str({"a": "b" * 39})) // 4)
    assert asyncio.run(unpriced.answer(REQUEST)).cost_usd is None
