"""Search: the right rows first, of the right user, in the right time."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from subprocess import run

import pytest

from rem_dagster.errors import QueryError, UnknownUserError
from rem_dagster.model.window import Window
from rem_dagster.recall.search import Hit, search
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.lives import LIVES
from tests.stored import NOON, message, moment, put, resource

TALK = [
    ("Ann", "How was the trip with the children?"),
    ("Bob", "We went to the lake and they loved it."),
    ("Ann", "Lovely weather today."),
    ("Bob", "I bought a red bicycle for my daughter."),
    ("Ann", "Where did you buy it?"),
    ("Bob", "At Miller's near the station."),
    ("Ann", "The quarterly report is late again."),
]


def speak(store: Store) -> None:
    rows = [
        message(text, author=author, at=NOON + timedelta(minutes=n), native_id=f"m{n}")
        for n, (author, text) in enumerate(TALK)
    ]
    noise = [
        message(f"Nothing special number {n}.", session="s9", at=NOON + timedelta(days=1, minutes=n))
        for n in range(20)
    ]
    put(store, "messages", *rows, *noise)
    refresh_text(store)


@pytest.fixture
def talk(home: Home, store: Store) -> Store:
    LIVES.step(home, store, [__name__], lambda: speak(store))
    return store


def found(store: Store, query: str, **options: object) -> list[str]:
    return [hit.native_id for hit in search(store, query, table="messages", user_id="ann", **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where did Bob go with the kids?", "m1"),
        ("What did he buy for his daughter?", "m3"),
        ("which shop near the station", "m5"),
        ("quarterly reports", "m6"),
    ],
)
def test_the_answer_is_among_the_first_hits(talk: Store, question: str, answer: str) -> None:
    assert answer in found(talk, question, limit=3)


def test_a_hit_carries_what_a_reader_needs(talk: Store) -> None:
    (hit,) = search(talk, "quarterly report", table="messages", user_id="ann", limit=1)
    assert hit == Hit(
        id=hit.id,
        native_id="m6",
        table="messages",
        score=hit.score,
        text="The quarterly report is late again.",
        occurred_at=NOON + timedelta(minutes=6),
        user_id="ann",
        trust="own",
    )
    assert hit.occurred_at.tzinfo is not None


def test_scores_fall_and_the_limit_holds(talk: Store) -> None:
    hits = search(talk, "bicycle lake weather report", table="messages", user_id="ann", limit=4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("query", ["", "   ", "what is it about?", "?!", "xyzzyq", "\x00", "' UNION zzyx --"])
def test_a_query_without_a_known_word_finds_nothing(talk: Store, query: str) -> None:
    assert search(talk, query, table="messages", user_id="ann") == []


def test_a_pasted_page_ends_well(talk: Store) -> None:
    assert found(talk, "bicycle " + " ".join(f"word{n}" for n in range(10_000)))


def test_what_another_user_writes_changes_no_score(talk: Store) -> None:
    before = search(talk, "lake bicycle", table="messages", user_id="ann")
    put(talk, "messages", *(message(f"lake bicycle {n}", user="bob", session="b") for n in range(50)))
    refresh_text(talk)
    assert search(talk, "lake bicycle", table="messages", user_id="ann") == before


def test_a_user_sees_nothing_of_another(talk: Store) -> None:
    put(talk, "messages", message("the secret lake", user="bob"))
    refresh_text(talk)
    assert {hit.user_id for hit in search(talk, "secret lake", table="messages", user_id="ann")} == {"ann"}
    assert {hit.user_id for hit in search(talk, "secret lake", table="messages", user_id="bob")} == {"bob"}


def test_the_operator_sees_all_users_best_first(talk: Store) -> None:
    other = [message(f"nothing {n}", user="bob", session=f"b{n}") for n in range(20)]
    put(talk, "messages", message("the secret lake", user="bob"), *other)
    refresh_text(talk)
    hits = search(talk, "secret lake", table="messages", user_id=None)
    assert {hit.user_id for hit in hits} == {"ann", "bob"}
    assert hits[0].text == "the secret lake"
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_an_unknown_user_is_told_how_to_see_who_is_there(talk: Store) -> None:
    with pytest.raises(UnknownUserError, match=r"'nobody'.*`rem status`"):
        search(talk, "lake", table="messages", user_id="nobody")


def test_a_known_user_without_moments_finds_none(talk: Store) -> None:
    assert search(talk, "lake", table="moments", user_id="ann") == []


def test_another_table_or_a_negative_limit_is_refused(talk: Store) -> None:
    with pytest.raises(QueryError, match=r"'edges'.*messages, resources, moments"):
        search(talk, "lake", table="edges", user_id="ann")  # type: ignore[arg-type]
    with pytest.raises(QueryError, match="-1"):
        search(talk, "lake", user_id="ann", limit=-1)


def test_a_window_holds_only_what_lies_in_it(talk: Store) -> None:
    window = Window(NOON + timedelta(minutes=3), NOON + timedelta(minutes=5))
    assert set(found(talk, "bicycle lake buy weather station", window=window)) == {"m3", "m4"}
    nothing = Window(NOON - timedelta(days=9), NOON - timedelta(days=8))
    assert found(talk, "bicycle", window=nothing) == []


def test_the_window_is_applied_before_candidates_are_cut(store: Store) -> None:
    late = NOON + timedelta(days=3)
    many = [
        message("lance lance lance", at=NOON + timedelta(seconds=n), session=f"s{n // 9}", native_id=f"a{n}")
        for n in range(1_500)
    ]
    put(store, "messages", *many, message("about lance, once, among other things", at=late, native_id="z"))
    refresh_text(store)
    assert found(store, "lance", window=Window(late, late + timedelta(hours=1))) == ["z"]


def test_a_row_deleted_since_the_index_was_made_is_left_out(talk: Store) -> None:
    talk.delete("messages", "native_id = 'm3'")
    assert "m3" not in found(talk, "red bicycle")


def test_new_text_is_found_after_a_refresh_in_the_same_process(talk: Store) -> None:
    assert found(talk, "helicopter") == []
    put(talk, "messages", message("A helicopter landed.", at=NOON + timedelta(hours=2), native_id="h"))
    refresh_text(talk)
    assert found(talk, "helicopter")[0] == "h"


def test_a_release_is_told_from_its_patch(store: Store) -> None:
    put(
        store,
        "moments",
        *(
            moment(f"Released datasette {version}", at=NOON + timedelta(days=n), tags=["datasette"])
            for n, version in enumerate(["0.63", "0.64.1", "0.64", "0.65"])
        ),
    )
    refresh_text(store)
    hits = search(store, "release datasette 0.64", user_id="ann")
    assert hits[0].name == "Released datasette 0.64"
    assert hits[0].id == hits[0].native_id
    assert hits[0].occurred_at == NOON + timedelta(days=2)


def test_a_long_moment_counts_for_every_hour_that_it_lasts(store: Store) -> None:
    put(store, "moments", moment("Debugging lance", hours=5))
    refresh_text(store)
    during = Window(NOON + timedelta(hours=3), NOON + timedelta(hours=4))
    after = Window(NOON + timedelta(hours=5), NOON + timedelta(hours=6))
    assert len(search(store, "lance", user_id="ann", window=during)) == 1
    assert search(store, "lance", user_id="ann", window=after) == []


def test_commits_are_found_by_their_repository(store: Store) -> None:
    put(
        store,
        "resources",
        resource("c1", "Fix typo", category="commit", repo="datasette"),
        resource("c2", "Fix typo", category="commit", repo="llm", at=NOON + timedelta(minutes=5)),
    )
    refresh_text(store)
    assert search(store, "datasette typo", table="resources", user_id="ann")[0].native_id == "c1"


def test_years_at_the_ends_of_the_calendar_are_windows_too(talk: Store) -> None:
    ever = Window(datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
    assert found(talk, "bicycle", window=ever) == found(talk, "bicycle")


@pytest.mark.parametrize("make", [lambda n: n, lambda n: -n])
def test_the_order_of_import_changes_no_result(
    store: Store, tmp_path: object, make: Callable[[int], int]
) -> None:
    rows = [
        message(f"lake {n} boat", at=NOON + timedelta(minutes=n), session=f"s{n // 5}") for n in range(20)
    ]
    put(store, "messages", *sorted(rows, key=lambda row: make(row["created_at"].minute)))
    refresh_text(store)
    texts = [hit.text for hit in search(store, "boat 7", table="messages", user_id="ann", limit=5)]
    assert texts[0] == "lake 7 boat"


def test_searching_imports_no_lancedb(talk: Store) -> None:
    program = (
        "import sys; from rem_dagster.store.database import Store;"
        "from rem_dagster.recall.search import search;"
        f"assert search(Store({talk.uri!r}), 'lake', table='messages', user_id='ann');"
        "bad = {'lancedb', 'openai', 'dagster', 'duckdb'} & set(sys.modules); assert not bad, bad"
    )
    done = run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_camel_case_word_does_not_outvote_the_others(store: Store) -> None:
    put(store, "moments", moment("Export of rows as a table for the loader", summary="Done."))
    put(store, "moments", moment("SpatiaLite", summary="Done."), moment("A talk", summary="Done."))
    refresh_text(store)
    hits = search(store, "SpatiaLite table loader", table="moments", user_id="ann")
    assert [hit.name for hit in hits] == ["Export of rows as a table for the loader", "SpatiaLite"]
