"""The page of a morning: what it shows, what it links to, and what it refuses."""

import pytest
from starlette.testclient import TestClient

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.interfaces.web.veil import Veil
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.interfaces.web.days import Elements
from tests.recall.journal.mornings import at, dreamt, meant
from tests.stored import message, put, summary


@pytest.fixture
def journal(home: Home, store: Store) -> TestClient:
    """A journal with one dreamt Monday."""
    put(store, "messages", message("Something.", at=at(0)))
    put(
        store,
        "moments",
        meant("<b>Loader</b>", "I need to write the <i>guide</i> text.", outcomes=["Merged"]),
    )
    put(store, "summaries", summary("The loader works.", at=at(0), end=at(1)))
    dreamt(store, days=0)
    return TestClient(make_app(Memory(home, "ann"), Safety()), base_url="http://localhost")


def test_a_morning_shows_yesterday_and_what_is_open(journal: TestClient) -> None:
    page = journal.get("/standup/2025-10-21").text
    for told in (
        "The loader works.",
        "Merged",
        "Open threads",
        "I need to write the &lt;i&gt;guide",
        "Mon 20 Oct",
    ):
        assert told in page
    assert "<b>Loader" not in page
    assert 'href="/day/2025-10-20#m-' in page


def test_it_can_be_copied_as_markdown(journal: TestClient) -> None:
    answer = journal.get("/standup/2025-10-21.md")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.text.startswith("# Stand-up, Tuesday 21 October 2025")
    assert '"/standup/2025-10-21.md" data-copy' in journal.get("/standup/2025-10-21").text


def test_a_day_that_was_not_dreamt_says_so(journal: TestClient, store: Store) -> None:
    put(store, "messages", message("One more.", at=at(3)))
    page = Elements(journal.get("/standup/2025-10-24").text)
    assert "This day is not dreamt yet" in page.text
    assert "/dream" not in "".join(page.values("form", "action"))  # its own page tells what a dream costs


@pytest.mark.runs
def test_a_thread_is_closed_on_the_page_and_opened_again_by_undo(home: Home, store: Store) -> None:
    memory = Memory(home, "ann")
    memory.add_message("I need to water the tomatoes.", session="s", role="user", created_at=at(0))
    dream(home, store, OfflineEngine(), DreamPlan())
    client = TestClient(make_app(memory, Safety()), base_url="http://localhost")
    page = Elements(client.get("/standup/2025-10-21").text)
    entered = dict(zip(page.values("input", "name"), page.values("input", "value"), strict=False))
    form = {name: entered[name] for name in ("csrf", "verb", "moment", "text", "from", "day")}
    assert form["verb"] == "close"
    closed = client.post("/fix", data=form)
    assert closed.url.path == "/standup/2025-10-21"
    assert "No open threads" in closed.text
    assert "Open threads" not in client.get("/day/2025-10-20").text
    assert "Closed “I need to water the tomatoes.”" in client.get("/corrections").text
    (held,) = memory.corrections()
    client.post("/undo", data={"csrf": form["csrf"], "id": held.correction.id, "from": "corrections"})
    assert "water the tomatoes" in client.get("/standup/2025-10-21").text
    assert "Open threads" in client.get("/day/2025-10-20").text


def test_the_first_morning_and_todays_are_pages(journal: TestClient) -> None:
    assert "Nothing was recorded before" in journal.get("/standup/2025-10-20").text
    assert journal.get("/standup").status_code == 200


@pytest.mark.parametrize("day", ["yesterday", "2025-13-01", "0001-01-01", "9999-12-31", "2025-10-21.pdf"])
def test_what_is_no_day_is_not_found(journal: TestClient, day: str) -> None:
    assert journal.get(f"/standup/{day}").status_code == 404


def test_a_veiled_morning_has_none_of_its_words(home: Home, journal: TestClient) -> None:
    veiled = TestClient(
        make_app(Memory(home, "ann"), Safety(), veil=Veil(key=b"k" * 16)), base_url="http://localhost"
    )
    page = veiled.get("/standup/2025-10-21").text
    assert "loader" not in page.lower()
    assert "loader" not in veiled.get("/standup/2025-10-21.md").text.lower()
