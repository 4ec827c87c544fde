"""What does a model cost? Unknown is None, never 0."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rem_dagster.errors import SettingsError
from rem_dagster.llm.endpoints import Endpoint
from rem_dagster.settings import Settings

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

SAMPLE_TOKENS = 1000
"""Below every provider's first step of prices for long prompts."""


@dataclass(frozen=True)
class Price:
    """USD for a million tokens."""

    input_per_million: float
    output_per_million: float
    cached_per_million: float | None = None
    """For prompt tokens that the provider had kept; None when they cost what others do, or nobody said."""

    def cost(self, prompt_tokens: int, completion_tokens: int, *, cached_tokens: int = 0) -> float:
        """USD for one call; `cached_tokens` are part of `prompt_tokens`."""
        cached = self.input_per_million if self.cached_per_million is None else self.cached_per_million
        return (
            (prompt_tokens - cached_tokens) * self.input_per_million
            + cached_tokens * cached
            + completion_tokens * self.output_per_million
        ) / 1_000_000


def price_of(endpoint: Endpoint, settings: Settings, *, at: datetime | None = None) -> Price | None:
    """The price of a model where it answers: from settings, else from genai-prices' list, else None.

    Nobody's list is asked about a local address, nor about an address that it does not know: the same model
    costs something else elsewhere.

    Raises:
        SettingsError: only one of the two prices is set.
    """
    given = (settings.llm_price_input_per_million, settings.llm_price_output_per_million)
    if given[0] is not None and given[1] is not None:
        return Price(given[0], given[1])
    if given != (None, None):
        raise SettingsError(
            f"llm_price_input_per_million is {given[0]!r} and llm_price_output_per_million is {given[1]!r}: "
            "a price is both. Set the other too (0 where it is free), or neither. Nothing was sent."
        )
    return None if endpoint.is_local else _listed(endpoint, at)


def embedding_price_of(endpoint: Endpoint, settings: Settings, *, at: datetime | None = None) -> float | None:
    """USD for a million tokens that are embedded: from settings, else the same list, else None."""
    if settings.embedding_price_per_million is not None:
        return settings.embedding_price_per_million
    found = None if endpoint.is_local else _found(endpoint, at)
    if found is None or vars(found.model_price).get("input_mtok") is None:
        return None
    return float(found.input_price) * 1_000_000 / SAMPLE_TOKENS


def _listed(endpoint: Endpoint, at: datetime | None) -> Price | None:
    found = _found(endpoint, at)
    if found is None:
        return None
    listed = vars(found.model_price)
    if listed.get("input_mtok") is None or listed.get("output_mtok") is None:
        return None  # the list would count what it does not know as 0
    per_million = 1_000_000 / SAMPLE_TOKENS
    cached = listed.get("cache_read_mtok")
    return Price(
        float(found.input_price) * per_million,
        float(found.output_price) * per_million,
        float(cached) if cached is not None and not hasattr(cached, "tiers") else None,
    )


def _found(endpoint: Endpoint, at: datetime | None) -> "PriceCalculation | None":
    """What the list has for a model at its address; None when it has nothing."""
    try:
        from genai_prices import Usage, calc_price
    except ImportError:
        return None
    sample = Usage(input_tokens=SAMPLE_TOKENS, output_tokens=SAMPLE_TOKENS)
    try:
        if endpoint.preset and endpoint.preset.price_provider:
            return calc_price(
                sample,
                endpoint.model,
                provider_id=endpoint.preset.price_provider,
                genai_request_timestamp=at,
            )
        return calc_price(
            sample, endpoint.model, provider_api_url=endpoint.address, genai_request_timestamp=at
        )
    except LookupError:
        return None
