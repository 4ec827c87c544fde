"""Phrases, exclusions and cases hold before the cut, so that they find however deep they must look."""

from datetime import timedelta

import pytest

from rem_dagster.errors import QueryError, UnknownCaseError
from rem_dagster.model.window import Window
from rem_dagster.recall import allowed as allowed_module
from rem_dagster.recall.search import Request, find, search
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.stored import NOON, message, moment, put, resource, session

MANY = 1_300


def found(store: Store, query: str, **options: object) -> list[str]:
    return [hit.native_id for hit in search(store, query, table="messages", user_id="ann", **options)]  # type: ignore[arg-type]


@pytest.fixture
def deep(store: Store) -> Store:
    """Very many rows with the words of a phrase, one with the phrase, none of them in one thread."""
    rows = [
        message(
            "lake boat lake boat boat lake",
            at=NOON + timedelta(seconds=n),
            session=f"s{n}",
            native_id=f"a{n}",
        )
        for n in range(MANY)
    ]
    words = "among very many other things that were told that day, a boat, at the Boat-LAKE,\n in the end"
    put(store, "messages", *rows, message(words, at=NOON + timedelta(days=2), session="z", native_id="z"))
    refresh_text(store)
    return store


def test_a_phrase_is_found_however_many_rows_have_its_words(deep: Store) -> None:
    assert found(deep, '"at the boat lake in"') == ["z"]
    assert found(deep, '"boat other lake"') == []


def test_what_was_not_read_is_left_out_and_that_is_said(deep: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowed_module, "MOST_CHECKED", 1_000)
    answer = find(deep, '"boat boat boat"', Request(table="messages", user_id="ann"))
    assert answer.hits == []
    assert "were looked through for the exact phrase" in answer.notes[0]


def test_a_word_left_out_takes_its_rows_away_before_the_cut(deep: Store) -> None:
    assert found(deep, "boat -nothing", limit=2000)[0] != "z"
    assert found(deep, "lake -boat") == []
    put(deep, "messages", message("The lake.", session="y", at=NOON + timedelta(days=3), native_id="y"))
    refresh_text(deep)
    assert found(deep, "lake -boats") == ["y"]


def test_a_phrase_left_out_takes_only_rows_that_hold_it_as_it_stands(deep: Store) -> None:
    assert set(found(deep, 'lake -"lake boat"', limit=5)) == {"z"}
    assert "z" not in found(deep, 'things -"very many"')


@pytest.mark.parametrize("table", ["messages", "resources", "moments", "summaries", "all"])
def test_every_hit_of_a_phrase_holds_it(store: Store, table: str) -> None:
    from tests.stored import summary

    for n, text in enumerate(("a red boat", "a boat, red", "The RED boats", "Red boat!", "red, boat")):
        at = NOON + timedelta(days=n)
        put(store, "messages", message(text, at=at, session=f"s{n}"))
        put(store, "resources", resource(f"r{n}", text, at=at))
        put(store, "moments", moment(text, at=at))
        put(store, "summaries", summary(text, at=at, end=at))
    refresh_text(store)
    hits = search(store, '"red boat"', table=table, user_id="ann", limit=30)  # type: ignore[arg-type]
    assert len(hits) == 3 * (4 if table == "all" else 1)
    assert all("boat red" not in f"{hit.name} {hit.text}" for hit in hits)


def test_text_without_spaces_has_phrases_too(store: Store) -> None:
    put(store, "messages", message("今天的向量检索很快", native_id="a"), message("检索向量", native_id="b"))
    refresh_text(store)
    assert found(store, '"向量检索"') == ["a"]
    assert found(store, "向量 -检索很快") == ["b"]


def test_a_question_may_quote_without_demanding_it(store: Store) -> None:
    put(store, "messages", message("I read that book about silence twice.", native_id="a"))
    refresh_text(store)
    assert found(store, 'Who read the book "Silence in winter"?') == ["a"]
    assert found(store, 'book "Silence in winter"') == []


@pytest.fixture
def cases(store: Store) -> Store:
    sessions = [session("s1") | {"case_id": "T-1"}, session("s2") | {"case_id": "T-2"}, session("s3")]
    put(store, "sessions", *sessions)
    rows = [
        message("The lake report.", session=f"s{n}", at=NOON + timedelta(days=31 * n), native_id=f"m{n}")
        for n in (1, 2, 3)
    ]
    put(store, "messages", *rows)
    put(store, "moments", moment("Lake") | {"session_ids": [sessions[0]["id"]]}, moment("Lake two"))
    put(store, "resources", resource("r", "lake"))
    refresh_text(store)
    return store


def test_a_case_is_its_sessions_messages_and_the_moments_that_cite_them(cases: Store) -> None:
    assert found(cases, "lake", case_id="T-1") == ["m1"]
    assert found(cases, "lake", case_id="T-2") == ["m2"]
    assert [hit.name for hit in search(cases, "lake", user_id="ann", case_id="T-1")] == ["Lake"]
    assert found(cases, "lake", case_id="T-1", window=Window(NOON, NOON + timedelta(days=1))) == []


def test_a_case_of_all_tables_leaves_out_those_without_sessions_and_says_so(cases: Store) -> None:
    answer = find(cases, "lake", Request(table="all", user_id="ann", case_id="T-1"))
    assert sorted(hit.table for hit in answer.hits) == ["messages", "moments"]
    assert "belong to none" in answer.notes[0]


@pytest.mark.parametrize("table", ["resources", "summaries"])
def test_a_table_without_sessions_has_no_case(cases: Store, table: str) -> None:
    with pytest.raises(QueryError, match=rf"{table} do not.*--schema messages"):
        search(cases, "lake", table=table, user_id="ann", case_id="T-1")  # type: ignore[arg-type]


def test_an_unknown_case_names_those_that_are_there(cases: Store) -> None:
    with pytest.raises(UnknownCaseError, match="'T-1'"):
        search(cases, "lake", table="messages", user_id="ann", case_id="T-9")


def test_the_case_is_applied_before_the_cut(cases: Store) -> None:
    many = [
        message("lake lake lake", session=f"x{n}", at=NOON + timedelta(seconds=n), native_id=f"x{n}")
        for n in range(MANY)
    ]
    put(cases, "messages", *many)
    refresh_text(cases)
    assert found(cases, "lake", case_id="T-2") == ["m2"]
