"""Which call would pass a limit on cost, and is therefore not made?

Limits hold for what may be spent, not for what was: a call is let through when what was spent, what calls
in flight may yet cost, and what it may cost itself stay within every limit.

    ├── spent ──┼── in flight, at most ──┼── this call, at most ──┤ <= limit
"""

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from rem_dagster.errors import BudgetError, ModelError, TruncatedError
from rem_dagster.llm.charge import Charge, charge_of, charged
from rem_dagster.llm.interface import Answer, ChatModel, Forecast, Request

Price = Callable[[int, int], float]
"""USD for so many prompt tokens and so many completion tokens."""
Estimate = Callable[[Request], tuple[int, int]]
"""The most prompt tokens and completion tokens that a request can take."""
LOOK_SECONDS = 30.0
"""After so long the ledger is read again, for what other processes spent meanwhile."""
WAIT_SECONDS = 0.02
ROUNDING_USD = 1e-9


def price_per_million(prompt_usd: float, completion_usd: float) -> Price:
    """The price as providers list it: USD for a million tokens of each kind."""
    return lambda prompt, completion: (prompt * prompt_usd + completion * completion_usd) / 1_000_000


class Budget:
    """What may still be spent: by one dream, and by the home this month. Safe over threads and loops."""

    def __init__(
        self,
        *,
        max_cost_usd: float | None,
        month_cap_usd: float | None,
        spent_this_month: Callable[[], float],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with nothing spent by this dream.

        Args:
            max_cost_usd: limit of this dream; None is none.
            month_cap_usd: limit of the month; None is none.
            spent_this_month: what the ledger says, in USD; called again after a while.
            seconds: a clock that never goes back.
        """
        self._max_cost_usd = max_cost_usd
        self._month_cap_usd = month_cap_usd
        self._spent_this_month = spent_this_month
        self._seconds = seconds
        self._lock = threading.Lock()
        self._spent = 0.0
        self._in_flight: dict[int, float] = {}
        self._ticket = 0
        self._others = 0.0
        self._looked_at: float | None = None

    @property
    def spent_usd(self) -> float:
        """What this dream has spent so far."""
        return self._spent

    async def reserve(self, usd: float | None) -> int:
        """A ticket for a call that may cost so much; `settle` takes it back.

        Waits while only calls in flight stand in the way, as they mostly end up cheaper.

        Args:
            usd: the most it can cost; None is unknown, which is let through until a limit is reached.

        Raises:
            BudgetError: it would pass a limit.
        """
        while (ticket := self._try(usd)) is None:
            await asyncio.sleep(WAIT_SECONDS)
        return ticket

    def settle(self, ticket: int, spent_usd: float) -> None:
        """End a call that was let through, with what it did cost."""
        with self._lock:
            del self._in_flight[ticket]
            self._spent += spent_usd

    def _try(self, usd: float | None) -> int | None:
        with self._lock:
            self._look()
            if (refusal := self._refusal(usd)) is not None:
                raise BudgetError(refusal)
            reserved = sum(self._in_flight.values())
            if usd and self._refusal(reserved + usd) is not None:
                return None
            self._ticket += 1
            self._in_flight[self._ticket] = usd or 0.0
            return self._ticket

    def _look(self) -> None:
        now = self._seconds()
        if self._month_cap_usd is None:
            return
        if self._looked_at is None or now - self._looked_at >= LOOK_SECONDS:
            self._others = self._spent_this_month() - self._spent
            self._looked_at = now

    def _refusal(self, usd: float | None) -> str | None:
        """Why a cost is too much for one of the limits; a call that is free passes none."""
        call = "A call of unknown price" if usd is None else f"A call that may cost {_usd(usd)}"
        this_month = self._others + self._spent
        if _passes(self._spent, usd, self._max_cost_usd):
            return (
                f"{call} would pass --max-cost: {_usd(self._spent)} of {_usd(self._max_cost_usd or 0)} are "
                "spent. Nothing was sent for it. Give a higher --max-cost and run the same command again: "
                "what was answered so far is kept and costs nothing."
            )
        if _passes(this_month, usd, self._month_cap_usd):
            return (
                f"{call} would pass the monthly cap: {_usd(this_month)} of {_usd(self._month_cap_usd or 0)} "
                "are spent this month (`rem audit` shows on what). Nothing was sent for it. Raise "
                "monthly_cap_usd in config.toml, or wait for next month; then run the same command again: "
                "what was answered so far is kept and costs nothing."
            )
        return None


class BudgetedModel:
    """A model that is not asked where that would pass a limit. Put it inside the cache: replays are free."""

    def __init__(
        self,
        model: ChatModel,
        *,
        price: Price | None,
        max_cost_usd: float | None,
        month_cap_usd: float | None,
        spent_this_month: Callable[[], float],
        is_local: bool,
        accept_unknown_price: bool,
        estimate: Estimate,
    ) -> None:
        """Put a model under limits.

        Args:
            model: asked while the limits hold.
            price: None when it is not known, which is not free.
            max_cost_usd: as for `Budget`, like the two that follow.
            is_local: whether the endpoint is loopback or private: it runs without a price.
            accept_unknown_price: whether the person said that it runs without a price elsewhere.
            estimate: the most tokens that a request can take.
        """
        self._model = model
        self._price = price
        self._is_local = is_local
        self._accepts_unknown = accept_unknown_price
        self._estimate = estimate
        self.budget = Budget(
            max_cost_usd=max_cost_usd, month_cap_usd=month_cap_usd, spent_this_month=spent_this_month
        )

    @property
    def name(self) -> str:
        """The name of the model that is asked."""
        return self._model.name

    @property
    def endpoint(self) -> str:
        """Where the model is asked."""
        return self._model.endpoint

    async def answer(self, request: Request) -> Answer:
        """The model's answer, with its cost where the price is known; see `ChatModel.answer`."""
        most = self._most(request)
        ticket = await self.budget.reserve(most)
        spent: float | None = 0.0
        try:
            answer = await self._model.answer(request)
            own = self._cost(answer.cost_usd, answer.prompt_tokens, answer.completion_tokens)
            lost = self._cost(*_counts(answer.lost))
            spent = None if own is None or lost is None else own + lost
            return replace(answer, cost_usd=own, lost=replace(answer.lost, cost_usd=lost))
        except ModelError as error:
            charge = charge_of(error) or (Charge() if isinstance(error, TruncatedError) else None)
            if charge is not None:
                spent = self._cost(*_counts(charge))
                charged(error, replace(charge, cost_usd=spent))
            raise
        finally:
            self.budget.settle(ticket, (most or 0.0) if spent is None else spent)

    def forecast(self, request: Request, *, completion_tokens: int) -> Forecast:
        """What the model would take; limits decide when it is asked."""
        return self._model.forecast(request, completion_tokens=completion_tokens)

    async def close(self) -> None:
        """Close the model's connections."""
        await self._model.close()

    def _most(self, request: Request) -> float | None:
        """The most that a call can cost; None when nobody knows and that was accepted.

        Raises:
            BudgetError: nobody knows, and it is neither a model nearby nor accepted.
        """
        if self._price is not None:
            return self._price(*self._estimate(request))
        if self._is_local:
            return 0.0
        if self._accepts_unknown:
            return None
        raise BudgetError(
            f"The price of {self.name!r} at {self.endpoint} is not known, so no limit on cost could hold. "
            "Nothing was sent. Put its price into config.toml (llm_price_input_per_million and "
            "llm_price_output_per_million), or accept that with --accept-unknown-price."
        )

    def _cost(self, said: float | None, prompt: int | None, completion: int | None) -> float | None:
        """What the endpoint said, else tokens by price, else None."""
        if said is not None:
            return said
        if self._price is None or prompt is None or completion is None:
            return None
        return self._price(prompt, completion)


def _counts(charge: Charge) -> tuple[float | None, int | None, int | None]:
    return charge.cost_usd, charge.prompt_tokens, charge.completion_tokens


def _passes(spent: float, usd: float | None, limit: float | None) -> bool:
    if limit is None or usd == 0:
        return False
    return spent >= limit if usd is None else spent + usd > limit + ROUNDING_USD


def _usd(amount: float) -> str:
    is_whole_cents = abs(amount - round(amount, 2)) < ROUNDING_USD
    return f"${amount:.2f}" if is_whole_cents else f"${amount:.4f}"
