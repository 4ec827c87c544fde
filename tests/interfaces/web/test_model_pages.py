"""A model is asked by a button alone, and never beyond what was entered."""

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.memory import Memory
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.interfaces.cli.test_ask_command import priced, writes
from tests.interfaces.web.days import Elements
from tests.interfaces.web.test_correcting_page import DAY, say, token_in
from tests.lives import LIVES
from tests.llm.server import Endpoint, serve
from tests.recall.diary import fill_diary

QUESTION = "who told of the rent in october 2025"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with serve(Endpoint(writes)) as served:
        monkeypatch.setenv("REM_LLM_BASE_URL", served.url)
        yield served


@pytest.fixture
def told(tmp_path: Path, home: Home, store: Store, endpoint: Endpoint) -> TestClient:
    """A diary, and four messages of a day that was not dreamt, in a home whose model is at the endpoint."""
    LIVES.step(home, store, [__name__], lambda: (fill_diary(store), say(Memory(home, "ann")))[0])
    priced(home)
    shutil.copytree(home.path, tmp_path / "with-model")
    chosen = open_home(tmp_path / "with-model", flags={"llm": "fake-1"})
    app = make_app(Memory(chosen, "ann"), Safety(), clock=lambda: datetime(2026, 11, 18, 20, tzinfo=UTC))
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def send(client: TestClient, path: str, **fields: str) -> Elements:
    token = token_in(client.get(f"/day/{DAY}").text)
    return Elements(client.post(path, data={"csrf": token, **fields}, follow_redirects=True).text)


def dreamt(client: TestClient) -> Elements:
    """The page of the day's dream once it ended."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        answer = client.get(f"/dream/{DAY}", follow_redirects=True)
        if "The day opens when it is made" not in answer.text:
            return Elements(answer.text)
        time.sleep(0.05)
    raise AssertionError("the dream did not end")


def test_reading_asks_no_model_and_says_what_asking_would_take(told: TestClient, endpoint: Endpoint) -> None:
    page = Elements(told.get("/ask", params={"q": QUESTION}).text)
    assert "Let fake-1 write it (1 call, about $" in page.text
    assert "without a model" in page.text
    day = Elements(told.get(f"/day/{DAY}").text)
    assert "Now would be" in day.text
    assert "max_cost" in day.values("input", "name")
    assert endpoint.bodies == []


def test_a_model_writes_the_answer_when_its_button_is_used(told: TestClient, endpoint: Endpoint) -> None:
    page = send(told, "/ask", q=QUESTION, write="1", max_cost="0.50")
    assert "written by fake-1, 1 call" in page.text
    assert "/item/messages/" in "".join(page.values("a", "href"))
    assert len(endpoint.bodies) == 1


def test_no_more_is_spent_than_was_entered(told: TestClient, endpoint: Endpoint) -> None:
    page = send(told, "/ask", q=QUESTION, write="1", max_cost="0")
    assert "That was not answered" in page.text
    send(told, f"/dream/{DAY}", max_cost="0")
    left = dreamt(told)
    assert "The day was left as it is" in left.text
    again = [attrs["value"] for _, attrs in left.elements if attrs.get("name") == "max_cost"]
    assert again == ["0"]  # to try again is no leave to spend more
    assert endpoint.bodies == []


def test_a_day_is_dreamt_by_the_model_within_the_limit(told: TestClient, endpoint: Endpoint) -> None:
    send(told, f"/dream/{DAY}", max_cost="1.00")
    assert "18 November 2026" in dreamt(told).text
    assert endpoint.bodies
    assert "fake-1" in told.get(f"/day/{DAY}").text
