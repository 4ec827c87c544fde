"""Where is the journal served, and whom does it tell?"""

import socket
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from rem_dagster.errors import InputError
from rem_dagster.interfaces.web import serving
from rem_dagster.interfaces.web.serving import PORT, Serving, serve
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are told, by a server that answers nothing."""
    monkeypatch.setattr(serving, "_run", lambda app, listening, begin: begin())
    return []


def test_it_listens_at_the_first_port_that_is_free(home: Home, store: Store, told: list[str]) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", PORT))
            taken.listen()
        except OSError:
            pass  # somebody else has it, which is as good
        assert serve(Memory(home, "ann"), Serving(), tell=told.append) == 0
    (address,) = told
    assert address.startswith("http://127.0.0.1:")
    assert int(address.split(":")[2].rstrip("/")) > PORT


def test_a_port_that_was_named_and_is_taken_is_an_error(home: Home, store: Store, told: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match=r"cannot be used.*Nothing is served"):
            serve(Memory(home, "ann"), Serving(port=taken.getsockname()[1]), tell=told.append)
    assert told == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])
def test_beyond_this_machine_it_asks_for_a_token(
    home: Home, store: Store, told: list[str], host: str
) -> None:
    with pytest.raises(InputError, match="--token once"):
        serve(Memory(home, "ann"), Serving(host=host), tell=told.append)
    assert told == []


def test_a_one_time_word_is_part_of_the_address(home: Home, store: Store, told: list[str]) -> None:
    how = Serving(host="0.0.0.0", token="once", names=("box.lan",))
    serve(Memory(home, "ann"), how, tell=told.append)
    assert told[0].startswith("http://box.lan:")
    assert len(told[0].partition("?token=")[2]) > 20


def test_a_one_time_word_lets_a_second_browser_in_no_more(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    apps: list[Starlette] = []

    def run(app: Starlette, listening: socket.socket, begin: Callable[[], None]) -> None:
        apps.append(app)
        begin()

    monkeypatch.setattr(serving, "_run", run)
    serve(Memory(home, "ann"), Serving(host="0.0.0.0", token="once", names=("box.lan",)), tell=told.append)
    query = told[0].partition("?")[2]
    answers = [
        TestClient(apps[0], base_url="http://box.lan", follow_redirects=False).get(f"/?{query}").status_code
        for _ in range(2)
    ]
    assert answers == [303, 401]
    assert len(set(told)) == 2


def test_a_word_of_one_s_own_is_not_told(home: Home, store: Store, told: list[str]) -> None:
    serve(Memory(home, "ann"), Serving(host="0.0.0.0", token="sesame"), tell=told.append)
    assert "sesame" not in told[0]


def test_a_host_that_is_none_of_this_machine_is_an_error(home: Home, store: Store, told: list[str]) -> None:
    with pytest.raises(InputError, match="Nothing is served"):
        serve(Memory(home, "ann"), Serving(host="192.0.2.7", token="x"), tell=told.append)
