"""Items given one by one."""

from datetime import datetime

import pytest

from rem_dagster.errors import InputError
from rem_dagster.ingest.adding import add_message, add_resource
from rem_dagster.model.message import ToolCall
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import rows
from tests.ingest.items import NINE, NOW, day


def say(home: Home, store: Store, content: str, **more: object) -> str:
    values = {"user_id": "ines", "session_id": "s", "role": "user", "now": NOW, **more}
    return add_message(home, store, content=content, **values)  # type: ignore[arg-type]  # as the test gives them


def test_an_added_message_is_stored_with_its_session(home: Home, store: Store) -> None:
    call = ToolCall(name="look", arguments="{}")
    identifier = say(home, store, "Hello", created_at=NINE, tool_calls=[call], metadata={"a": 1})
    (message,) = rows(store, "messages")
    assert message["id"] == identifier
    assert (message["source"], message["created_at"], message["metadata"]) == ("api", NINE, '{"a": 1}')
    assert message["tool_calls"] == [{"id": "", "name": "look", "arguments": "{}"}]
    (session,) = rows(store, "sessions")
    assert session["id"] == message["session_id"]
    assert not rows(store, "syncs"), "what is given is not pulled"


def test_the_same_message_added_twice_is_one(home: Home, store: Store) -> None:
    assert say(home, store, "Hello", created_at=NINE) == say(home, store, "Hello", created_at=NINE)
    assert len(rows(store, "messages")) == 1


def test_messages_of_one_instant_stand_in_the_order_of_adding(home: Home, store: Store) -> None:
    for text in ("one", "two", "three", "two"):
        say(home, store, text, created_at=NINE)
    assert {row["content"]: row["seq"] for row in rows(store, "messages")} == {"one": 0, "two": 1, "three": 2}


def test_an_added_document_has_an_id_that_its_chunks_share(home: Home, store: Store) -> None:
    identifier = add_resource(
        home,
        store,
        user_id="ines",
        name="Plan",
        content="word " * 2_000,
        now=NOW,
        tags=["a"],
        native_id="plan",
    )
    assert {row["document_id"] for row in rows(store, "resources")} == {identifier}
    assert len(rows(store, "resources")) == 3
    add_resource(home, store, user_id="ines", name="Plan", content="short", now=NOW, native_id="plan")
    assert [row["content"] for row in rows(store, "resources")] == ["short"]


def test_an_edit_time_puts_an_edit_on_its_own_day(home: Home, store: Store) -> None:
    for text, edited in (("one", None), ("two", day(9))):
        add_resource(
            home,
            store,
            user_id="ines",
            name="P",
            content=text,
            now=NOW,
            created_at=NINE,
            updated_at=edited,
            native_id="p",
        )
    days = {row["partition_key"]: row["content"] for row in rows(store, "resources")}
    assert days == {"2024-05-01": "one", "2024-05-09": "two"}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"role": "human"}, "role = 'human'"),
        ({"created_at": datetime(1, 1, 1)}, "year outside"),
        ({"native_id": 7}, "native_id = 7"),
        ({"content": "<private>all of it</private>"}, "marked <private>"),
    ],
)
def test_what_cannot_be_stored_is_an_error_and_changes_nothing(
    home: Home, store: Store, more: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        say(home, store, **{"content": "Hello", **more})  # type: ignore[arg-type]  # wrong on purpose
    assert not rows(store, "messages")
    assert not rows(store, "sessions")


def test_half_characters_are_replaced(home: Home, store: Store) -> None:
    say(home, store, "a\ud800b", metadata={"k": "\udfff"})
    (message,) = rows(store, "messages")
    assert (message["content"], message["metadata"]) == ("a\ufffdb", '{"k": "\ufffd"}')
