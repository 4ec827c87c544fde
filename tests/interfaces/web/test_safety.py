"""Who may read the journal, and from where may something be changed?"""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from rem_dagster.errors import InputError
from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import POLICY, Guard, Safety, Tickets, form_of
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import TABLES
from tests.interfaces.web.days import PAGES, USER, a_day, at, journal_of
from tests.stored import mention, message, moment, put


def served(safety: Safety, **client: object) -> TestClient:
    """A page that tells what was entered in its form."""

    def page(request: Request) -> JSONResponse:
        return JSONResponse(dict(form_of(request)))

    app = Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])
    return TestClient(Guard(app, safety), base_url="http://localhost", follow_redirects=False, **client)  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8321", "[::1]:80", "LOCALHOST"])
def test_it_answers_to_the_names_of_this_machine(host: str) -> None:
    assert served(Safety()).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:localhost", "", "[", "a@localhost.x"]
)
def test_a_request_by_another_name_is_not_answered(host: str) -> None:
    assert served(Safety()).get("/", headers={"host": host}).status_code == 421


def test_a_name_that_was_given_is_answered() -> None:
    client = served(Safety(hosts=frozenset({"box.lan"})))
    assert client.get("/", headers={"host": "box.lan:80"}).status_code == 200
    assert client.get("/").status_code == 421


@pytest.mark.parametrize("path", [*PAGES, "/nothing/here", "/static/journal.css", "/day/nonsense"])
def test_every_answer_says_what_a_page_may_load(home: Home, store: Store, path: str) -> None:
    a_day(store)
    headers = journal_of(home).get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["referrer-policy"] == "same-origin"
    assert "no-store" in headers["cache-control"] or path.startswith("/static")


def test_an_error_inside_says_so_without_a_word_of_it_and_with_all_headers(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("rem_dagster.interfaces.web.pages.day.day_view", broken)
    app = make_app(Memory(home, "ann"), Safety())
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    answer = client.get("/day/2025-10-20")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == POLICY


def test_a_home_that_cannot_be_read_says_why(home: Home, store: Store) -> None:
    client = journal_of(home)
    store.drop_table("moments")
    answer = client.get("/day/2025-10-20")
    assert answer.status_code == 500
    assert "rem doctor" in answer.text


def test_no_page_writes_anything(home: Home, store: Store) -> None:
    a_day(store)
    before = {table: store.dataset(table).version for table in TABLES}
    client = journal_of(home)
    for path in PAGES:
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert {table: store.dataset(table).version for table in TABLES} == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(method: str) -> None:
    assert served(Safety()).request(method, "/").status_code == 405


def test_a_form_of_its_own_page_is_taken() -> None:
    safety = Safety()
    form = {"csrf": safety.form_token, "verb": "rename", "name": "Größe ✓"}
    answer = served(safety).post(
        "/fix", data=form, headers={"origin": "http://localhost", "sec-fetch-site": "same-origin"}
    )
    assert answer.json() == {"verb": ["rename"], "name": ["Größe ✓"]}


def test_a_form_s_token_may_come_in_a_header() -> None:
    safety = Safety()
    headers = {"x-csrf-token": safety.form_token}
    assert served(safety).post("/fix", data={"a": "1"}, headers=headers).json() == {"a": ["1"]}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"origin": "http://localhost:9"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_a_form_from_elsewhere_is_refused(headers: dict[str, str], status: int) -> None:
    safety = Safety()
    body = f"csrf={safety.form_token}&verb=hide"
    all_headers = {"content-type": "application/x-www-form-urlencoded", **headers}
    assert served(safety).post("/fix", content=body, headers=all_headers).status_code == status


@pytest.mark.parametrize("body", ["", "csrf=", "csrf=wrong", "csrf=%ff", "csrf=%F0%9F%98%80"])
def test_a_form_without_its_token_is_refused(body: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert served(Safety()).post("/fix", content=body, headers=headers).status_code in (400, 403)


def test_a_form_s_token_is_another_one_each_time_it_is_served() -> None:
    assert Safety().form_token != Safety().form_token


def test_a_form_that_is_too_long_is_refused() -> None:
    safety = Safety()
    data = {"csrf": safety.form_token, "name": "x" * 300_000}
    assert served(safety).post("/fix", data=data).status_code == 413


def test_a_journal_to_be_read_takes_no_form() -> None:
    safety = Safety(is_readonly=True)
    assert served(safety).post("/fix", data={"csrf": safety.form_token}).status_code == 403
    assert served(safety).get("/").status_code == 200


def test_without_the_token_nothing_is_read() -> None:
    client = served(Safety(token="word"))
    assert client.get("/").status_code == 401
    assert client.get("/?token=other").status_code == 401
    assert client.get("/static/journal.css").status_code == 401
    assert client.post("/?token=word").status_code == 401


def test_the_token_lets_a_browser_in_and_leaves_the_address() -> None:
    client = served(Safety(token="word"))
    answer = client.get("/day/2025-10-20?token=word&part=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/day/2025-10-20?part=2")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "word" not in cookie
    assert client.get("/day/2025-10-20").status_code == 200


def test_a_token_does_not_send_to_another_host() -> None:
    answer = served(Safety(token="word")).get("http://localhost//evil.example/?token=word")
    assert answer.headers["location"] == "/evil.example/"


def test_a_one_time_word_lets_one_browser_in() -> None:
    told: list[str] = []
    tickets = Tickets(told.append)
    safety = Safety(token="kept to itself", tickets=tickets)
    first = tickets.current
    browser, other = served(safety), served(safety)
    assert browser.get(f"/?token={first}").status_code == 303
    assert browser.get("/").status_code == 200
    assert other.get(f"/?token={first}").status_code == 401
    assert told == [tickets.current]
    assert other.get(f"/?token={told[0]}").status_code == 303


def test_a_cookie_that_is_none_of_ours_lets_nobody_in() -> None:
    client = served(Safety(token="word"))
    for cookie in ("rem_journal=x", "rem_journal=", "rem_journal=\xe9", ";;="):
        assert client.get("/", headers={"cookie": cookie.encode("latin-1")}).status_code == 401


def test_a_journal_is_bound_to_one_user(home: Home, store: Store) -> None:
    a_day(store)
    with pytest.raises(InputError, match="bound to none"):
        make_app(Memory(home), Safety())
    assert "fsync" not in journal_of(home, user="bob").get("/day/2025-10-20").text


def test_no_page_of_one_user_tells_of_another(home: Home, store: Store) -> None:
    moments = a_day(store, text="The slow build was fsync.")
    put(store, "messages", message("Mine alone.", at=at(9), user="bob", session="b"))
    put(store, "moments", moment("Mine", at=at(9), user="bob"))
    put(store, "mentions", mention("fsync", at=at(9)) | {"moment_ids": moments})
    ids = {
        table: store.read(table, ["id"], equals("user_id", USER))["id"].to_pylist()
        for table in ("messages", "resources", "sessions")
    }
    entity = store.read("mentions", ["entity_id"])["entity_id"][0].as_py()
    paths = [f"/item/{table}/{each}" for table, held in ids.items() for each in held]
    paths += [f"/{page}/{each}" for page in ("moment", "fix") for each in moments]
    paths += ["/search?q=slow+build", "/search?from=2025-10-20&to=2025-10-20", "/ask?q=what+was+slow"]
    client = journal_of(home, user="bob")
    assert "Mine" in client.get("/day/2025-10-20").text
    for path in (*PAGES, *paths, f"/topic/{entity}"):
        answer = client.get(path)
        assert "fsync" not in answer.text + answer.headers.get("location", ""), path
    assert {client.get(path).status_code for path in paths[:-3]} == {404}
