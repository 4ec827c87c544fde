"""A hit says where it comes from: evidence, moment, period, and what gave it its score."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.recall.corpus import Corpus
from rem_dagster.recall.ranking import WEIGHTS, Question, candidates, contributions, scores
from rem_dagster.recall.search import Hit, Request, find, search
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.recall.test_ranking import ROWS, Row, docs_of
from tests.stored import NOON, message, moment, put, resource, summary


def minutes(n: int) -> Any:
    return NOON + timedelta(minutes=n)


def hits(store: Store, query: str, **options: Any) -> list[Hit]:
    return search(store, query, user_id="ann", **options)


def spoken(n: int, session: str = "s1") -> Mapping[str, Any]:
    return message(f"lake number{n}", at=minutes(n), session=session, native_id=f"m{n}")


def of_moment(
    name: str, first: int, last: int, cites: list[str], session: Mapping[str, Any]
) -> dict[str, Any]:
    quotes = [{"source_id": source, "quote": "lake"} for source in cites]
    made = moment(name, at=minutes(first), hours=(last - first) / 60)
    return made | {"session_ids": [session["session_id"]], "evidence": quotes}


def test_a_message_names_the_moment_that_cites_it_else_the_shortest_around_it(store: Store) -> None:
    rows = [dict(spoken(n)) for n in range(6)] + [dict(spoken(3, "other")) | {"id": "x", "native_id": "x"}]
    put(store, "messages", *rows)
    put(
        store,
        "moments",
        of_moment("Long", 0, 4, [rows[2]["id"]], rows[0]),
        of_moment("Short", 1, 3, [rows[1]["id"]], rows[0]),
    )
    refresh_text(store)
    named = {hit.native_id: hit.moment_name for hit in hits(store, "lake", table="messages")}
    assert named == {
        "m0": "Long",
        "m1": "Short",
        "m2": "Long",
        "m3": "Short",
        "m4": "Long",
        "m5": None,
        "x": None,
    }
    first = hits(store, "number1", table="messages")[0]
    assert first.moment_id == hits(store, "short")[0].id


def test_no_moment_of_another_user_or_day_and_no_prediction_is_named(store: Store) -> None:
    row = dict(spoken(1))
    put(store, "messages", row)
    base = of_moment("Other", 0, 4, [row["id"]], row)
    put(
        store,
        "moments",
        base | {"id": "1", "user_id": "bob", "slice_key": "bob/2025-10-20"},
        base | {"id": "2", "partition_key": "2025-10-19", "slice_key": "ann/2025-10-19"},
        base | {"id": "3", "moment_type": "prediction"},
    )
    refresh_text(store)
    assert [hit.moment_id for hit in hits(store, "lake", table="messages")] == [None]


def test_a_moment_carries_its_evidence_and_end_and_a_summary_its_period(store: Store) -> None:
    put(store, "moments", moment("Lake") | {"evidence": [{"source_id": "a", "quote": "We rowed."}]})
    put(store, "summaries", summary("At the lake.", at=NOON, end=NOON + timedelta(days=6), period="week"))
    refresh_text(store)
    (found,) = hits(store, "lake")
    assert [(each.source_id, each.quote) for each in found.evidence] == [("a", "We rowed.")]
    assert found.ended_at == NOON + timedelta(hours=1)
    (found,) = hits(store, "lake", table="summaries")
    assert (found.period, found.occurred_at, found.ended_at) == ("week", NOON, NOON + timedelta(days=6))
    assert found.native_id == found.id


@given(ROWS, st.sampled_from(sorted(WEIGHTS)))
def test_what_the_signals_give_adds_up_to_the_score(rows: list[Row], table: str) -> None:
    docs, postings = docs_of(rows)
    weights = WEIGHTS[table]
    question = Question("Which a did Bob see?", ("bob", "a", "b"), {"b": 0.6})
    found = candidates(Corpus(docs, reach=weights.reach), postings, question, weights=weights)
    if found is None:
        return
    (parts,), (total,) = contributions([found], weights), scores([found], weights)
    assert np.sum(list(parts.values()), axis=0) == pytest.approx(total, abs=1e-5)


@pytest.mark.parametrize("table", ["messages", "resources", "moments", "summaries", "all"])
def test_every_hit_explains_its_score_and_only_when_asked(store: Store, table: str) -> None:
    for n in range(4):
        at = NOON + timedelta(days=n)
        put(store, "messages", message(f"I rowed on lake {n}?", at=at, author="Ann", session=f"s{n // 2}"))
        put(store, "resources", resource(f"r{n}", "the lake", at=at))
        put(store, "moments", moment(f"Lake {n}", at=at))
        put(store, "summaries", summary("A lake.", at=at, end=at))
    refresh_text(store)
    told = hits(store, "Ann lake row", table=table, explain=True)
    plain = hits(store, "Ann lake row", table=table)
    assert [hit.id for hit in told] == [hit.id for hit in plain]
    for hit in told:
        assert sum(hit.signals.values()) == pytest.approx(hit.score, abs=1e-5)
        assert "lake" in {each.word for each in hit.matched}
        assert 0 < sum(each.share for each in hit.matched) <= 1 + 1e-9
    assert not any(hit.signals or hit.matched for hit in plain)


def test_a_rare_word_has_the_greater_share(store: Store) -> None:
    put(store, "moments", *(moment(f"Lake {n}", at=minutes(n)) for n in range(9)), moment("Lake zebra"))
    refresh_text(store)
    matched = {each.word: each.share for each in hits(store, "zebra lake", explain=True)[0].matched}
    assert matched["zebra"] > matched["lake"]


@pytest.mark.parametrize(
    ("query", "table", "text"),
    [
        ("zanzibar ferry", "messages", "The ferry to Zanzibar leaves at nine."),
        ("budget spreadsheet", "resources", "Budget spreadsheet of the spring."),
        ("kiln firing glaze", "moments", "Kiln firing with the new glaze"),
        ("harvest of the orchard", "summaries", "The harvest of the orchard filled the week."),
        ("leaves", "messages", "The ferry to Zanzibar leaves at nine."),
    ],
)
def test_of_all_tables_the_one_with_the_answer_comes_first(
    store: Store, query: str, table: str, text: str
) -> None:
    noise = ("the budget talk", "a ferry ride", "a new glaze", "the orchard walk", "a spreadsheet")
    for n, words in enumerate(noise):
        at = NOON + timedelta(days=n)
        put(store, "messages", message(words, at=at, session=f"n{n}"))
        put(store, "resources", resource(f"n{n}", words, at=at))
        put(store, "moments", moment(words, at=at))
        put(store, "summaries", summary(words, at=at, end=at))
    put(store, "messages", message("The ferry to Zanzibar leaves at nine."))
    put(store, "resources", resource("r", "Budget spreadsheet of the spring."))
    put(store, "moments", moment("Kiln firing with the new glaze", at=NOON + timedelta(days=9)))
    put(
        store,
        "summaries",
        summary("The harvest of the orchard filled the week.", at=NOON, end=NOON, period="week"),
    )
    refresh_text(store)
    best = hits(store, query, table="all")[0]
    assert best.table == table
    assert text in (best.text, best.name)


def test_a_moment_is_a_little_ahead_of_the_message_that_it_rests_on(store: Store) -> None:
    put(store, "messages", message("Kiln firing"))
    put(store, "moments", moment("Kiln firing", summary=""))
    refresh_text(store)
    assert [hit.table for hit in hits(store, "kiln firing", table="all")] == ["moments", "messages"]


def test_all_tables_keep_the_order_of_each_and_the_limit(store: Store) -> None:
    for n in range(8):
        put(store, "messages", message(f"lake {'boat ' * n}", at=minutes(n), session=f"s{n}"))
        put(store, "moments", moment(f"lake {'boat ' * n}", at=minutes(n)))
    refresh_text(store)
    every = hits(store, "boat lake", table="all", limit=7)
    assert len(every) == 7
    for table in ("messages", "moments"):
        alone = [hit.id for hit in hits(store, "boat lake", table=table)]
        together = [hit.id for hit in every if hit.table == table]
        assert together == alone[: len(together)]


def test_what_another_user_writes_changes_no_score_in_any_table(store: Store) -> None:
    put(store, "messages", message("lake boat"), message("boat", session="s2"))
    put(store, "moments", moment("lake"), moment("boat"))
    refresh_text(store)
    before = hits(store, "lake boat", table="all", explain=True)
    at = NOON + timedelta(days=1)
    put(
        store,
        "messages",
        *(message(f"lake boat {n}", user="bob", session=f"b{n}", at=at) for n in range(500)),
    )
    put(store, "moments", *(moment(f"lake {n}", user="bob", at=at) for n in range(50)))
    refresh_text(store)
    assert hits(store, "lake boat", table="all", explain=True) == before


def test_a_repeated_search_sees_what_was_written_between(store: Store) -> None:
    put(store, "messages", message("lake one", native_id="a"))
    refresh_text(store)
    assert len(hits(store, "lake", table="messages")) == 1
    put(store, "messages", message("lake two", native_id="b", at=minutes(5)))
    refresh_text(store)
    assert len(hits(store, "lake", table="messages")) == 2
    other = Store(store.uri)
    put(other, "messages", message("lake three", native_id="c", at=minutes(9)))
    refresh_text(other)
    assert len(hits(store, "lake", table="messages")) == 3


def test_ranking_by_meaning_says_that_summaries_have_no_vectors(store: Store) -> None:
    from rem_dagster.errors import QueryError

    put(store, "summaries", summary("A lake.", at=NOON, end=NOON))
    refresh_text(store)
    with pytest.raises(QueryError, match="summaries have none"):
        find(store, "lake", Request(table="summaries", user_id="ann", by_meaning_alone=True))
