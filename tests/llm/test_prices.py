"""What a model costs, and that what nobody knows is not free."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rem_dagster.errors import SettingsError
from rem_dagster.llm.endpoints import endpoint_of
from rem_dagster.llm.prices import Price, price_of
from rem_dagster.settings import Settings

OPENAI = endpoint_of("gpt-4o-mini")
AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_settings_come_first_also_when_they_say_that_it_is_free() -> None:
    free = Settings(llm_price_input_per_million=0, llm_price_output_per_million=0)
    assert price_of(OPENAI, free) == Price(0, 0)
    assert Price(0, 0).cost(1000, 1000) == 0


@pytest.mark.parametrize("half", ["llm_price_input_per_million", "llm_price_output_per_million"])
def test_half_a_price_is_none(half: str) -> None:
    given: dict[str, Any] = {half: 1.0}
    with pytest.raises(SettingsError, match=r"a price is both.*Nothing was sent"):
        price_of(OPENAI, Settings(**given))


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("no-such-model", None),
        ("gpt-4o-mini", "https://gateway.example.com/v1"),  # the same name, at who knows what price
        ("ollama:gpt-4o-mini", None),
        ("gpt-4o-mini", "http://127.0.0.1:8000/v1"),
        ("openai:gpt-4o-mini", "http://127.0.0.1:8000/v1"),
        ("openai:gpt-4o-mini", "https://gateway.example.com/v1"),
    ],
)
def test_what_nobody_knows_is_unknown(model: str, base_url: str | None) -> None:
    assert price_of(endpoint_of(model, base_url=base_url), Settings()) is None


def test_a_listed_price_is_found_for_the_place_where_the_model_answers() -> None:
    pytest.importorskip("genai_prices")
    assert price_of(OPENAI, Settings(), at=AT) == Price(0.15, 0.6, 0.075)
    there = endpoint_of("openrouter:openai/gpt-4o-mini")
    assert price_of(there, Settings(), at=AT) == Price(0.15, 0.6, 0.075)


def test_a_model_without_a_price_for_answers_has_none() -> None:
    pytest.importorskip("genai_prices")
    assert price_of(endpoint_of("text-embedding-3-small"), Settings(), at=AT) is None


def test_tokens_that_the_provider_had_kept_cost_their_own_price() -> None:
    assert Price(2, 8).cost(1_000_000, 500_000, cached_tokens=400_000) == 6
    assert Price(2, 8, 0.5).cost(1_000_000, 500_000, cached_tokens=400_000) == pytest.approx(1.2 + 0.2 + 4)
