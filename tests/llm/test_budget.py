"""Limits on cost: the call that would pass one is not made, however many are in flight."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest

from rem_dagster.errors import BudgetError, ModelError, TruncatedError
from rem_dagster.llm.budget import LOOK_SECONDS, Budget, BudgetedModel, price_per_million
from rem_dagster.llm.charge import Charge, charge_of, charged
from rem_dagster.llm.interface import Answer, ChatModel, Request
from tests.llm.requests import request

CENT = price_per_million(10_000, 10_000)
"""A cent a token."""


class Endpoint:
    """Answers after a moment with so many tokens, and notes how many were asked at once."""

    name, endpoint = "some-model", "https://models.example/v1"

    def __init__(self, answer: Answer | Exception, seconds: float = 0.0) -> None:
        self._answer, self._seconds = answer, seconds
        self.calls, self.most_at_once, self._now = 0, 0, 0

    async def answer(self, _: Request) -> Answer:
        self.calls += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(self._seconds)
        self._now -= 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def answer_of(tokens: int | None, cost_usd: float | None = None) -> Answer:
    return Answer({}, tokens, 0 if tokens is not None else None, cost_usd)


def budgeted(inner: Any, **given: Any) -> BudgetedModel:
    """A model under limits whose every call can take 10 tokens, 10 cents at most."""
    usual = {
        "price": CENT,
        "max_cost_usd": None,
        "month_cap_usd": None,
        "spent_this_month": lambda: 0.0,
        "is_local": False,
        "accept_unknown_price": False,
        "estimate": lambda _: (6, 4),
    }
    return BudgetedModel(inner, **{**usual, **given})


def ask(model: ChatModel, times: int = 1) -> list[Answer]:
    """Answers to one call after the other."""

    async def one_by_one() -> list[Answer]:
        return [await model.answer(request()) for _ in range(times)]

    return asyncio.run(one_by_one())


def at_once(model: ChatModel, times: int) -> list[Any]:
    """What came of calls made together."""

    async def together() -> list[Any]:
        calls = (model.answer(request()) for _ in range(times))
        return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(together())


def test_the_call_that_would_pass_max_cost_is_not_made_and_one_that_reaches_it_is() -> None:
    inner = Endpoint(answer_of(10))
    model = budgeted(inner, max_cost_usd=0.30)
    ask(model, 3)
    with pytest.raises(BudgetError) as stopped:
        ask(model)
    assert inner.calls == 3
    for said in ("may cost $0.10", "--max-cost", "$0.30 of $0.30", "Nothing was sent", "run the same"):
        assert said in str(stopped.value)


def test_the_monthly_cap_counts_what_the_ledger_says_and_what_was_spent_since() -> None:
    inner = Endpoint(answer_of(10))
    model = budgeted(inner, month_cap_usd=5.0, spent_this_month=lambda: 4.75)
    ask(model, 2)
    with pytest.raises(BudgetError, match=r"monthly cap: \$4\.95 of \$5\.00.*monthly_cap_usd"):
        ask(model)
    assert inner.calls == 2


def test_a_cap_of_nothing_sends_nothing_but_what_is_free() -> None:
    inner = Endpoint(answer_of(10))
    with pytest.raises(BudgetError):
        ask(budgeted(inner, month_cap_usd=0.0))
    assert inner.calls == 0
    ask(budgeted(inner, month_cap_usd=0.0, spent_this_month=lambda: 3.0, price=price_per_million(0, 0)))
    assert inner.calls == 1


def test_eight_at_once_never_pass_the_limit_even_where_each_costs_the_most_it_can() -> None:
    inner = Endpoint(answer_of(10), seconds=0.05)
    model = budgeted(inner, max_cost_usd=0.35)
    came = at_once(model, 8)
    assert inner.calls == 3
    assert sum(isinstance(each, BudgetError) for each in came) == 5
    assert model.budget.spent_usd == pytest.approx(0.30)


def test_calls_wait_for_those_in_flight_as_these_may_turn_out_cheaper() -> None:
    inner = Endpoint(answer_of(1), seconds=0.02)
    model = budgeted(inner, max_cost_usd=0.25)
    came = at_once(model, 8)
    assert [each.cost_usd for each in came] == [0.01] * 8
    assert inner.most_at_once == 2


def test_threads_share_one_budget() -> None:
    inner = Endpoint(answer_of(10), seconds=0.01)
    model = budgeted(inner, max_cost_usd=1.0)
    came: list[Any] = []
    threads = [threading.Thread(target=lambda: came.extend(at_once(model, 4))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(isinstance(each, Answer) for each in came) == 10
    assert model.budget.spent_usd == pytest.approx(1.0)


def test_a_failed_call_gives_back_what_was_reserved_and_keeps_what_is_known_to_be_spent() -> None:
    free = budgeted(Endpoint(ModelError("429")), max_cost_usd=0.10)
    for _ in range(3):
        with pytest.raises(ModelError):
            ask(free)
    assert free.budget.spent_usd == 0
    paid = budgeted(Endpoint(charged(ModelError("no JSON"), Charge(2, 5, 2))), max_cost_usd=0.10)
    with pytest.raises(ModelError) as failed:
        ask(paid)
    assert paid.budget.spent_usd == pytest.approx(0.07)
    assert charge_of(failed.value) == Charge(2, 5, 2, pytest.approx(0.07))


def test_an_answer_that_was_cut_and_does_not_say_its_cost_counts_as_the_most() -> None:
    model = budgeted(Endpoint(TruncatedError("cut")), max_cost_usd=1.0)
    with pytest.raises(TruncatedError):
        ask(model)
    assert model.budget.spent_usd == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("answer", "cost", "counted"),
    [
        (answer_of(3), 0.03, 0.03),
        (answer_of(3, cost_usd=0.5), 0.5, 0.5),
        (answer_of(None), None, 0.10),
    ],
    ids=["tokens by price", "what the endpoint said", "nobody said"],
)
def test_a_cost_is_what_was_said_else_tokens_by_price_else_unknown(
    answer: Answer, cost: float | None, counted: float
) -> None:
    model = budgeted(Endpoint(answer))
    assert ask(model)[0].cost_usd == (None if cost is None else pytest.approx(cost))
    assert model.budget.spent_usd == pytest.approx(counted)


def test_without_a_price_nothing_is_sent_elsewhere() -> None:
    inner = Endpoint(answer_of(3))
    with pytest.raises(BudgetError) as stopped:
        ask(budgeted(inner, price=None))
    assert inner.calls == 0
    for said in ("'some-model'", "https://models.example/v1", "Nothing was sent", "--accept-unknown-price"):
        assert said in str(stopped.value)


def test_without_a_price_a_model_nearby_runs_whatever_was_spent_elsewhere() -> None:
    model = budgeted(
        Endpoint(answer_of(3)),
        price=None,
        is_local=True,
        max_cost_usd=0.0,
        month_cap_usd=5.0,
        spent_this_month=lambda: 6.0,
    )
    assert ask(model)[0].cost_usd is None


def test_an_accepted_unknown_price_runs_until_reported_costs_reach_a_limit() -> None:
    unsaid = budgeted(Endpoint(answer_of(3)), price=None, accept_unknown_price=True, max_cost_usd=0.1)
    assert [each.cost_usd for each in ask(unsaid, 3)] == [None] * 3
    said = budgeted(Endpoint(answer_of(3, 0.06)), price=None, accept_unknown_price=True, max_cost_usd=0.1)
    ask(said, 2)
    with pytest.raises(BudgetError, match="unknown price would pass"):
        ask(said)


def test_the_ledger_is_read_again_after_a_while_and_own_calls_are_not_counted_twice() -> None:
    now, ledger = [0.0], [1.0]
    budget = Budget(
        max_cost_usd=None,
        month_cap_usd=5.0,
        spent_this_month=lambda: ledger[0],
        seconds=lambda: now[0],
    )
    spend(budget, 2.0)
    ledger[0] = 1.0 + 2.0 + 0.5  # the cache noted the call, and another process half a dollar
    spend(budget, 0.0)
    now[0] += LOOK_SECONDS
    spend(budget, 1.5)
    with pytest.raises(BudgetError, match=r"\$5\.00 of \$5\.00"):
        spend(budget, 0.01)


def test_a_new_month_begins_with_nothing_spent() -> None:
    now, ledger = [0.0], [0.0]
    budget = Budget(
        max_cost_usd=None, month_cap_usd=1.0, spent_this_month=lambda: ledger[0], seconds=lambda: now[0]
    )
    spend(budget, 1.0)
    now[0] += LOOK_SECONDS  # the month is over, and what was spent lies in the one before
    spend(budget, 1.0)
    assert budget.spent_usd == 2.0


def test_a_cancelled_call_holds_nothing_back() -> None:
    model = budgeted(Endpoint(answer_of(10), seconds=60), max_cost_usd=0.10)

    async def cancelled() -> None:
        call = asyncio.create_task(model.answer(request()))
        await asyncio.sleep(0.01)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        await asyncio.wait_for(model.budget.reserve(0.10), timeout=1)

    asyncio.run(cancelled())


def test_it_goes_by_the_name_and_place_of_the_model_inside() -> None:
    model: ChatModel = budgeted(Endpoint(answer_of(1)))
    assert (model.name, model.endpoint) == ("some-model", "https://models.example/v1")


def spend(budget: Budget, usd: float) -> None:
    budget.settle(asyncio.run(budget.reserve(usd)), usd)


def test_lost_answers_count_as_spent_and_not_as_the_answer_s_own() -> None:
    inner = Endpoint(replace(answer_of(5), calls_paid=2, lost=Charge(1, 3, 0, None)))
    model = budgeted(inner, max_cost_usd=1.0)
    [answer] = ask(model)
    assert (answer.cost_usd, answer.lost.cost_usd) == (0.05, 0.03)
    assert model.budget.spent_usd == pytest.approx(0.08)
