"""The embedder behind an endpoint: batches, hiccups, answers that cannot be trusted, and limits on cost."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from rem_dagster.errors import BudgetError, EndpointError, ModelError, SettingsError
from rem_dagster.llm import embedding_endpoint
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.answers_on_disk import LocalPlace
from rem_dagster.llm.audit import entries, spent_in_month
from rem_dagster.llm.embedder_choice import embedding_model, find_embedder
from rem_dagster.llm.embedding_endpoint import EndpointEmbedder
from rem_dagster.llm.interface import Purpose
from rem_dagster.llm.opening import Asking
from rem_dagster.llm.wire import Clock
from rem_dagster.settings import Home, open_home
from tests.embedders import HashedWords
from tests.llm.embedding_server import EmbeddingEndpoint, Refusal, Twist, serve_embeddings, tokens_in

PURPOSE = Purpose("ann", ("2025-10-20",), ("m1", "m2"))
TEXTS = ["red bicycle", "blue car", "late report"]
Open = Callable[..., EndpointEmbedder]


@pytest.fixture
def endpoint() -> Iterator[EmbeddingEndpoint]:
    with serve_embeddings(EmbeddingEndpoint()) as served:
        yield served


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that were waited for, without waiting."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(embedding_endpoint, "Clock", lambda: Clock(now=lambda: sum(waits), sleep=sleep))
    return waits


@pytest.fixture
def opened(tmp_path: Path, endpoint: EmbeddingEndpoint) -> Open:
    """Opens the embedder of a home with such settings."""

    def open_it(
        asking: Asking | None = None, *, is_hurried: bool = False, **settings: object
    ) -> EndpointEmbedder:
        made = home_of(tmp_path, embedding_base_url=endpoint.url, **settings)
        found = find_embedder(made, clean=cleaned, asking=asking, is_hurried=is_hurried)
        assert isinstance(found, EndpointEmbedder)
        return found

    return open_it


def home_of(place: Path, **settings: object) -> Home:
    flags = {"timezone": "UTC", "embedding_model": "embed-1", **settings}
    return open_home(place / "home", create=True, flags=flags)


def cleaned(text: str) -> str:
    return text.replace("s3cret", "[secret]")


def test_texts_become_unit_vectors_in_their_order(opened: Open, endpoint: EmbeddingEndpoint) -> None:
    embedder = opened()
    assert (embedder.name, embedder.endpoint) == ("embed-1", endpoint.url)
    assert np.allclose(embedder.embed(TEXTS, PURPOSE), HashedWords().embed(TEXTS), atol=1e-6)
    assert endpoint.bodies == [{"model": "embed-1", "input": TEXTS, "encoding_format": "float"}]
    assert embedder.embed([]).shape == (0, 64)
    assert len(endpoint.bodies) == 1


def test_an_answer_out_of_order_is_put_in_order(opened: Open, endpoint: EmbeddingEndpoint) -> None:
    endpoint.faults.append("unordered")
    assert np.allclose(opened().embed(TEXTS), HashedWords().embed(TEXTS), atol=1e-6)


def test_many_texts_go_in_several_requests(
    opened: Open, endpoint: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"text {n}" for n in range(300)]
    embedder = opened()
    assert embedder.batches(texts) == [128, 128, 44]
    assert len(embedder.embed(texts)) == 300
    assert [len(each) for each in endpoint.texts] == [128, 128, 44]
    monkeypatch.setattr(embedding_endpoint, "MOST_BYTES", 20)
    assert embedder.batches(["x" * 15, "y" * 5, "z", "w" * 9_000]) == [2, 1, 1]


def test_secrets_are_taken_out_and_long_texts_cut_before_they_are_sent(
    opened: Open, endpoint: EmbeddingEndpoint
) -> None:
    opened().embed(["my s3cret", "", "ü" * 10_000, "x" * 7_989 + " s3cret s3cret"])
    [[first, empty, long, late]] = endpoint.texts
    assert (first, empty) == ("my [secret]", ".")
    assert long == "ü" * 4_000
    assert "s3cret" not in late
    assert late.endswith("x [secret] [")
    assert len(late) == 8_000


def test_what_a_terminal_could_not_decode_does_no_harm(opened: Open, endpoint: EmbeddingEndpoint) -> None:
    opened().embed(["caf\udce9"])
    assert endpoint.texts == [["caf?"]]


def test_what_the_endpoint_finds_too_much_is_asked_for_in_less(
    opened: Open, endpoint: EmbeddingEndpoint
) -> None:
    endpoint.most_texts, endpoint.most_bytes = 32, 1_000
    texts = [*(f"text {n}" for n in range(127)), "long " * 1_000]
    embedder = opened()
    vectors = embedder.embed(texts)
    assert np.allclose(vectors[:127], HashedWords().embed(texts[:127]), atol=1e-6)
    asked = len(endpoint.bodies)
    embedder.embed(texts)  # what was learnt holds
    assert [len(each) for each in endpoint.texts[asked:]] == [32, 32, 32, 32]


def test_a_rejection_for_another_reason_is_an_error(opened: Open, endpoint: EmbeddingEndpoint) -> None:
    endpoint.faults.append(Refusal(400, "this is a chat model"))
    with pytest.raises(EndpointError, match="this is a chat model"):
        opened().embed(TEXTS)
    assert len(endpoint.bodies) == 1


def test_a_busy_endpoint_is_left_alone_for_as_long_as_it_asks(
    opened: Open, endpoint: EmbeddingEndpoint, slept: list[float], tmp_path: Path
) -> None:
    endpoint.faults.extend([Refusal(429, "slow down", {"retry-after": "7"}), Refusal(503)])
    assert len(opened().embed(TEXTS, PURPOSE)) == 3
    assert slept == [7.0, 2.0]
    assert [each.calls_paid for each in entries(LocalPlace(tmp_path / "home" / "cache"))] == [1]


def test_a_hurried_question_waits_for_nobody(
    opened: Open, endpoint: EmbeddingEndpoint, slept: list[float]
) -> None:
    endpoint.faults.append(Refusal(429, "slow down", {"retry-after": "60"}))
    with pytest.raises(EndpointError, match="slow down"):
        opened(is_hurried=True).embed(TEXTS)
    assert slept == []


@pytest.mark.parametrize(
    ("twist", "said"),
    [
        ("too_few", "was sent 3 texts and gave 2 vectors"),
        ("ragged", "gave vectors of 63 and of 64 numbers"),
        ("zero", "points nowhere"),
        ("words", "something else than numbers"),
        ("twice_the_same", "not one for each text"),
        ("no_list", "no list of vectors"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_an_error_and_was_paid_for(
    opened: Open, endpoint: EmbeddingEndpoint, tmp_path: Path, twist: Twist, said: str
) -> None:
    endpoint.faults.append(twist)
    with pytest.raises(ModelError, match=said):
        opened(embedding_price_per_million=1.0).embed(TEXTS, PURPOSE)
    [entry] = entries(LocalPlace(tmp_path / "home" / "cache"))
    assert (entry.outcome, entry.cost_usd) == ("failed", tokens_in(TEXTS) / 1e6)


def test_vectors_of_another_size_than_before_are_an_error(opened: Open, endpoint: EmbeddingEndpoint) -> None:
    endpoint.faults.extend([None, "wider"])
    embedder = opened()
    embedder.embed(TEXTS)
    with pytest.raises(ModelError, match="vectors of 65 numbers where they had 64 before"):
        embedder.embed(TEXTS)


def test_every_request_is_in_the_ledger_without_its_text(
    opened: Open, endpoint: EmbeddingEndpoint, tmp_path: Path
) -> None:
    endpoint.faults.extend([None, "no_usage"])
    embedder = opened(embedding_price_per_million=2.0)
    embedder.embed(TEXTS, PURPOSE)
    embedder.embed(["a question"])
    first, second = entries(LocalPlace(tmp_path / "home" / "cache"))
    assert (first.endpoint, first.model, first.outcome) == (endpoint.url, "embed-1", "answered")
    assert (first.user_id, first.days, first.source_ids) == ("ann", ("2025-10-20",), ("m1", "m2"))
    assert (first.prompt_tokens, first.completion_tokens, first.calls_paid) == (6, 0, 1)
    assert (first.cost_usd, second.cost_usd) == (12e-6, None)
    assert (second.user_id, second.prompt_tokens) == (None, None)
    today = datetime.now(UTC)
    assert (
        spent_in_month(
            LocalPlace(tmp_path / "home" / "cache"), today.date(), open_home(tmp_path / "home").zone
        )
        == 12e-6
    )
    kept = "".join(path.read_text() for path in (tmp_path / "home" / "cache").rglob("*.json"))
    assert "bicycle" not in kept
    assert "question" not in kept


def test_a_limit_holds_before_the_call_that_would_pass_it(
    opened: Open, endpoint: EmbeddingEndpoint, tmp_path: Path
) -> None:
    embedder = opened(Asking(max_cost_usd=0.00012), embedding_price_per_million=1.0)
    embedder.embed(["x" * 100])  # one word: 1 token of at most 102
    with pytest.raises(BudgetError, match="would pass --max-cost"):
        embedder.embed(["x" * 118])
    embedder.embed(["x" * 117])
    assert len(endpoint.bodies) == 2
    capped = opened(monthly_cap_usd=0.00001, embedding_price_per_million=1.0)
    with pytest.raises(BudgetError, match="would pass the monthly cap"):
        capped.embed(TEXTS)
    assert len(endpoint.bodies) == 2


def test_what_would_not_fit_a_limit_is_known_before(opened: Open, endpoint: EmbeddingEndpoint) -> None:
    embedder = opened(Asking(max_cost_usd=0.000005), embedding_price_per_million=1.0)
    forecast = embedder.forecast(TEXTS)
    assert (forecast.calls, forecast.prompt_tokens, forecast.cost_usd) == (1, 6, 6e-6)
    with pytest.raises(BudgetError, match="would pass --max-cost"):
        embedder.require_affordable(forecast)
    embedder.require_affordable(embedder.forecast([]))
    opened(monthly_cap_usd=0.0).require_affordable(forecast)  # nearby and without a price it is free
    assert endpoint.bodies == []


def test_beyond_this_machine_nothing_is_sent_without_a_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_of(tmp_path, embedding_base_url="https://models.example.org/v1")
    found = find_embedder(home, clean=cleaned)
    assert found is not None
    with pytest.raises(BudgetError, match="embedding_price_per_million"):
        found.embed(TEXTS)
    with pytest.raises(BudgetError, match="--accept-unknown-price"):
        found.require_affordable(found.forecast(TEXTS))
    assert found.forecast(TEXTS).cost_usd is None
    accepted = find_embedder(home, clean=cleaned, asking=Asking(accept_unknown_price=True))
    assert accepted is not None
    with pytest.raises(EndpointError, match="REM_NO_LIVE_MODELS is set"):
        accepted.embed(TEXTS)
    assert list(entries(answers_of(home))) == []


def test_a_listed_price_is_used_at_its_providers_own_address(tmp_path: Path) -> None:
    home = home_of(tmp_path, embedding_model="openai:text-embedding-3-small")
    found = find_embedder(home, clean=cleaned, asking=Asking(needs_key=False))
    assert found is not None
    assert found.name == "text-embedding-3-small"
    assert found.forecast(["word " * 1_000]).cost_usd == pytest.approx(1_000 * 0.02 / 1e6, rel=0.01)


def test_a_key_goes_to_its_own_host_alone(
    tmp_path: Path, opened: Open, endpoint: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="wants a key in OPENAI_API_KEY"):
        find_embedder(home_of(tmp_path, embedding_model="text-embedding-3-small"), clean=cleaned)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-you")
    opened().embed(TEXTS)
    assert "sk-not-for-you" not in str(endpoint.headers)
    endpoint.key = "sk-mine"
    with pytest.raises(EndpointError, match="Set embedding_api_key_env to its variable") as refused:
        opened().embed(TEXTS)
    monkeypatch.setenv("MY_KEY", "sk-mine")
    assert "sk-" not in str(refused.value)
    assert len(opened(embedding_api_key_env="MY_KEY").embed(TEXTS)) == 3


def test_wrong_settings_are_named_by_their_own_names(tmp_path: Path) -> None:
    for settings, said in [
        ({"embedding_base_url": "nowhere"}, "embedding_base_url is no http"),
        ({"embedding_model": "azure:mine"}, "embedding_model is 'azure:mine'.*as embedding_base_url"),
    ]:
        with pytest.raises(SettingsError, match=said):
            find_embedder(home_of(tmp_path, **settings), clean=cleaned)


def test_it_works_inside_a_running_loop_too(opened: Open) -> None:
    async def in_a_server() -> int:
        return len(opened().embed(TEXTS))

    assert asyncio.run(in_a_server()) == 3


def test_the_name_is_known_without_opening_anything(tmp_path: Path) -> None:
    for chosen, name in [
        ("openai:text-embedding-3-small", "text-embedding-3-small"),
        ("nomic-embed-text:v1.5", "nomic-embed-text:v1.5"),
        ("fastembed:BAAI/bge-small-en-v1.5", "fastembed:BAAI/bge-small-en-v1.5"),
    ]:
        assert embedding_model(home_of(tmp_path, embedding_model=chosen).settings) == name
