"""To read the journal sends nothing to a machine elsewhere, whichever models were chosen."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.llm import embedder_choice
from rem_dagster.llm.embedder_choice import find_embedder
from rem_dagster.memory import Memory
from rem_dagster.recall.embedding import embed_missing
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.interfaces.cli.test_ask_command import priced, writes
from tests.lives import LIVES
from tests.llm.embedding_server import EmbeddingEndpoint, serve_embeddings
from tests.llm.server import Endpoint, serve
from tests.recall.diary import MONDAY, NOW, fill_diary

UNKNOWN = "kayaking in the fjord"
ADDRESSES = re.compile(r'(?:href|action)="(/[^"#]*)')


@pytest.fixture
def chat() -> Iterator[Endpoint]:
    with serve(Endpoint(writes)) as served:
        yield served


@pytest.fixture
def embeddings() -> Iterator[EmbeddingEndpoint]:
    with serve_embeddings(EmbeddingEndpoint()) as served:
        yield served


@pytest.fixture
def journal(
    tmp_path: Path, home: Home, store: Store, chat: Endpoint, embeddings: EmbeddingEndpoint
) -> TestClient:
    """A diary with vectors, in a home that chose two models behind endpoints."""
    LIVES.step(home, store, [__name__], lambda: fill_diary(store))
    priced(home)
    shutil.copytree(home.path, tmp_path / "with-models")
    flags = {"llm": "fake-1", "llm_base_url": chat.url}
    flags |= {"embedding_model": "fake-2", "embedding_base_url": embeddings.url}
    chosen = open_home(tmp_path / "with-models", flags=flags)
    embedder = find_embedder(chosen, clean=str)
    assert embedder is not None
    embed_missing(Store(chosen.tables_uri), embedder)
    embeddings.bodies.clear()
    return TestClient(
        make_app(Memory(chosen, "ann"), Safety(), clock=lambda: NOW), base_url="http://localhost"
    )


def test_a_search_without_a_find_asks_an_embedding_model_only_where_it_is_near(
    journal: TestClient, embeddings: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journal.get("/search", params={"q": UNKNOWN}).status_code == 200
    assert len(embeddings.bodies) == 1
    monkeypatch.setattr(embedder_choice, "is_local", lambda _: False)
    assert "Nothing" in journal.get("/search", params={"q": UNKNOWN}).text
    assert journal.get("/ask", params={"q": f"what about {UNKNOWN}?"}).status_code == 200
    assert len(embeddings.bodies) == 1


@pytest.mark.runs
def test_no_page_that_can_be_reached_by_links_calls_a_model_elsewhere(
    journal: TestClient, chat: Endpoint, embeddings: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder_choice, "is_local", lambda _: False)
    days = [(MONDAY + timedelta(days=each)).date().isoformat() for each in range(4)]
    left = ["/", f"/ask?q={UNKNOWN}", f"/search?q={UNKNOWN}", "/ask?q=who+told+of+the+rent", "/standup"]
    left += [f"/day/{each}" for each in days] + [f"/search?q={UNKNOWN}&table=messages"]
    seen: set[str] = set()
    while left:
        address = left.pop()
        if address in seen or len(seen) > 150:
            continue
        seen.add(address)
        answer = journal.get(address)
        assert answer.status_code in (200, 404, 405), address
        left += [each.replace("&amp;", "&") for each in ADDRESSES.findall(answer.text)]
    kinds = {each.partition("?")[0].split("/")[1] for each in seen}
    assert {"day", "week", "month", "year", "topics", "search", "ask", "item"} <= kinds
    assert (chat.bodies, embeddings.bodies) == ([], [])


def test_the_estimate_of_an_answer_sends_no_question_away(
    journal: TestClient, embeddings: EmbeddingEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder_choice, "is_local", lambda _: False)
    memory: Memory = journal.app.state.site.memory  # type: ignore[attr-defined]  # it is Starlette's
    memory.estimate_ask(f"what about {UNKNOWN}?")
    assert embeddings.bodies == []
    memory.ask(f"what about {UNKNOWN}?", dream=False)
    assert embeddings.bodies
