"""How does an OpenAI-compatible endpoint turn texts into vectors, within the limits on cost?

    texts ─> secrets out ─> cut ─> budget ─> wire ─> checked ─> noted in the ledger ─> unit vectors

No vector is kept here, nor any text: the ledger holds whose texts they were, from where, and what they cost.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from rem_dagster.errors import BudgetError, EndpointError, ModelError, SettingsError
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import MonthSpend
from rem_dagster.llm.bert import Vectors
from rem_dagster.llm.budget import Budget
from rem_dagster.llm.charge import Charge, charge_of
from rem_dagster.llm.embedding_ledger import Ledger
from rem_dagster.llm.embedding_reply import MisfitVectorsError, tokens_used, vectors_in
from rem_dagster.llm.endpoints import Endpoint, endpoint_of
from rem_dagster.llm.failures import RejectedError, named
from rem_dagster.llm.interface import Forecast, Purpose
from rem_dagster.llm.loop import run_to_end
from rem_dagster.llm.opening import Asking
from rem_dagster.llm.prices import embedding_price_of
from rem_dagster.llm.tokens import tokens_of
from rem_dagster.llm.wire import Clock, Patience, Received, Wire
from rem_dagster.settings import Home, secret

MOST_TEXTS = 128
"""In one request."""
MOST_BYTES = 250_000
"""In one request. A token is at least a byte, so this stays below OpenAI's 300,000 tokens."""
MOST_TEXT_BYTES = 8_000
"""Of one text; the rest is not embedded. By the same rule below the 8,191 tokens that its models read."""
FEWEST_TEXT_BYTES = 250
"""An endpoint that calls even that too long is one that cannot be used."""
ADDED_TOKENS = 2
"""What a model puts around a text."""
LONG = ("token", "context", "length", "too long", "too large")
MANY = ("batch", "too many", "inputs", "array")
"""Words by which endpoints reject texts that are long or many."""
HURRIED = Patience(attempts=2, budget_seconds=10)
HURRIED_SECONDS = 10.0


class EndpointEmbedder:
    """A model behind an endpoint that speaks OpenAI's embeddings. See `Embedder`.

    Args:
        key: what is sent as the bearer's key; nothing of the environment when None.
        price_per_million: USD; None when nobody knows, which is not free.
        clean: what is done to a text before it is sent.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str | None,
        price_per_million: float | None,
        clean: Callable[[str], str],
        budget: Budget,
        ledger: Ledger,
        accept_unknown_price: bool = False,
        timeout_seconds: float = 300.0,
        patience: Patience | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._price = price_per_million
        self._clean = clean
        self._budget = budget
        self._ledger = ledger
        self._accepts_unknown = accept_unknown_price
        self._most_texts, self._most_text_bytes = MOST_TEXTS, MOST_TEXT_BYTES
        self._dimension: int | None = None
        self._wire = Wire(
            endpoint,
            key=key,
            concurrency=1,
            timeout_seconds=timeout_seconds,
            patience=patience or Patience(),
            clock=clock or Clock(),
        )

    @property
    def name(self) -> str:
        """The model's name, without its preset."""
        return self._endpoint.model

    @property
    def endpoint(self) -> str | None:
        """Where texts are sent."""
        return self._endpoint.address

    def batches(self, texts: Sequence[str]) -> list[int]:
        """One request each: by number of texts and by bytes."""
        sizes: list[int] = []
        held = 0
        for text in texts:
            size = min(len(_bytes(text)), self._most_text_bytes)
            if not sizes or sizes[-1] >= self._most_texts or held + size > MOST_BYTES:
                sizes.append(0)
                held = 0
            sizes[-1] += 1
            held += size
        return sizes

    def embed(self, texts: Sequence[str], purpose: Purpose | None = None) -> Vectors:
        """The unit vector of each text; see `Embedder.embed`."""
        if not texts:
            return np.zeros((0, self._dimension or 0), np.float32)
        return run_to_end(self._embed([self._clean(text) for text in texts], purpose))

    def forecast(self, texts: Sequence[str]) -> Forecast:
        """One call a batch, tokens estimated from what would be sent."""
        tokens = sum(tokens_of(self._cut(self._clean(text))) for text in texts)
        return Forecast(len(self.batches(texts)), tokens, 0, self._cost(tokens))

    def require_affordable(self, forecast: Forecast) -> None:
        """Raise BudgetError where the limits would stop such work before its end."""
        is_free = self._most([]) == 0.0 and self._price is None  # else it raises, or is None
        if forecast.calls and not is_free:
            self._budget.settle(asyncio.run(self._budget.reserve(forecast.cost_usd)), 0.0)

    async def _embed(self, texts: Sequence[str], purpose: Purpose | None) -> Vectors:
        try:
            parts, at = [], 0
            for size in self.batches(texts):
                parts.append(await self._batch(texts[at : at + size], purpose))
                at += size
            return np.concatenate(parts)
        finally:
            await self._wire.close()

    async def _batch(self, texts: Sequence[str], purpose: Purpose | None) -> Vectors:
        """One request; where its size is rejected, smaller ones, from then on for all texts."""
        if len(texts) > (most := self._most_texts):
            parts = [await self._batch(texts[at : at + most], purpose) for at in range(0, len(texts), most)]
            return np.concatenate(parts)
        cut = [self._cut(text) for text in texts]
        try:
            return await self._call(cut, purpose)
        except RejectedError as error:
            said = error.text.lower()
            longest = max(len(text.encode()) for text in cut)
            if any(word in said for word in LONG) and longest // 2 >= FEWEST_TEXT_BYTES:
                self._most_text_bytes = longest // 2
            elif any(word in said for word in (*LONG, *MANY)) and len(texts) > 1:
                self._most_texts = len(texts) // 2
            else:
                raise EndpointError(
                    f"{named(self._endpoint)} will not embed: {error.text}. No vector was made of it; see "
                    "that embedding_model names a model for embeddings."
                ) from error
        return await self._batch(texts, purpose)

    async def _call(self, texts: Sequence[str], purpose: Purpose | None) -> Vectors:
        most = self._most(texts)
        ticket = await self._budget.reserve(most)
        spent: float | None = 0.0
        try:
            received = await self._wire.embed(texts)
            tokens = tokens_used(received.body)
            spent = None if tokens is None else self._cost(tokens)
            paid = Charge(1 + received.timeouts, tokens, None if tokens is None else 0, spent)
            return self._checked(received, len(texts), purpose, paid)
        except EndpointError as error:
            charge = charge_of(error)
            if charge is not None and charge.calls:  # timed out: perhaps worked on, and then paid for
                spent = None
                self._ledger.note(self._endpoint, purpose, charge)
            raise
        finally:
            self._budget.settle(ticket, (most or 0.0) if spent is None else spent)

    def _checked(self, received: Received, wanted: int, purpose: Purpose | None, paid: Charge) -> Vectors:
        try:
            vectors = vectors_in(received.body, wanted, dimension=self._dimension)
        except MisfitVectorsError as error:
            self._ledger.note(self._endpoint, purpose, paid)
            raise ModelError(
                f"{named(self._endpoint)} was sent {wanted} texts and {error}. Nothing of it was used; "
                "what was embedded before is kept."
            ) from error
        self._dimension = vectors.shape[1]
        self._ledger.note(self._endpoint, purpose, paid, vectors=wanted)
        return vectors

    def _cut(self, text: str) -> str:
        """The beginning of a text; endpoints refuse an empty one."""
        return _bytes(text)[: self._most_text_bytes].decode(errors="ignore").strip() or "."

    def _most(self, texts: Sequence[str]) -> float | None:
        """The most that a call can cost; None when nobody knows and that was accepted."""
        if self._price is not None:
            return self._cost(sum(len(text.encode()) + ADDED_TOKENS for text in texts))
        if self._endpoint.is_local:
            return 0.0
        if self._accepts_unknown:
            return None
        raise BudgetError(
            f"The price of {self.name!r} at {self.endpoint} is not known, so no limit on cost could hold. "
            "Nothing was sent. Put its price into config.toml (embedding_price_per_million, in USD), or "
            "accept that with --accept-unknown-price."
        )

    def _cost(self, tokens: int) -> float | None:
        if self._price is None:
            return None
        return tokens * self._price / 1_000_000


def open_endpoint_embedder(
    home: Home, *, clean: Callable[[str], str], asking: Asking, is_hurried: bool = False
) -> EndpointEmbedder:
    """The embedder that the home's settings choose; see `find_embedder`."""
    settings = home.settings
    endpoint = endpoint_of(
        str(settings.embedding_model),
        base_url=settings.embedding_base_url,
        key_variable=settings.embedding_api_key_env,
        use="embedding",
    )
    key = secret(endpoint.key_variable) if endpoint.key_variable else None
    if asking.needs_key and endpoint.key_variable and key is None:
        raise SettingsError(
            f"{named(endpoint)} wants a key in {endpoint.key_variable}, which is not set. Nothing was sent."
        )
    place = answers_of(home)
    today = datetime.now(UTC).astimezone(home.zone).date()
    seconds = settings.llm_timeout_seconds
    return EndpointEmbedder(
        endpoint,
        key=key,
        price_per_million=embedding_price_of(endpoint, settings),
        clean=clean,
        budget=Budget(
            max_cost_usd=asking.max_cost_usd,
            month_cap_usd=settings.monthly_cap_usd,
            spent_this_month=MonthSpend(place, today, home.zone).usd,
        ),
        ledger=Ledger(place),
        accept_unknown_price=asking.accept_unknown_price,
        timeout_seconds=min(seconds, HURRIED_SECONDS) if is_hurried else seconds,
        patience=HURRIED if is_hurried else None,
    )


def _bytes(text: str) -> bytes:
    """A text as it is sent; what a command line could not decode is a question mark."""
    return text.encode(errors="replace")
