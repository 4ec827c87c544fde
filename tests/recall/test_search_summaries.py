"""Summaries are searched like all else, in homes made before they had an index too."""

from datetime import timedelta
from typing import Any

from rem_dagster.dreaming.rollup import roll_up
from rem_dagster.recall.search import Hit, search
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text, stale_shards
from tests.stored import NOON, message, put, summary

DAY = timedelta(days=1)


def day(n: int, content: str, *, user: str = "ann", period: str = "day") -> dict[str, Any]:
    return summary(
        content, at=NOON + n * DAY, end=NOON + n * DAY + timedelta(hours=9), user=user, period=period
    )


def found(store: Store, query: str, user: str | None = "ann") -> list[Hit]:
    return search(store, query, table="summaries", user_id=user)


def test_a_summary_of_any_period_is_found_by_its_words(store: Store) -> None:
    put(store, "summaries", day(0, "At the lake."), day(1, "Work."), day(0, "Much lake.", period="month"))
    refresh_text(store)
    assert {hit.period for hit in found(store, "lake")} == {"day", "month"}
    assert found(store, "work")[0].text == "Work."


def test_a_changed_summary_is_found_by_its_new_words_alone(store: Store) -> None:
    put(store, "summaries", day(0, "At the lake."))
    refresh_text(store)
    put(store, "summaries", day(0, "At the sea."))
    assert refresh_text(store, ("summaries",)) == 1
    assert found(store, "lake") == []
    assert len(found(store, "sea")) == 1
    put(store, "summaries", day(40, "Work."))
    store.delete("summaries", "partition_key < '2025-11-01'")
    refresh_text(store)
    assert found(store, "sea") == []


def test_a_home_without_their_index_is_searched_rightly_and_brought_up_by_the_next_write(
    store: Store,
) -> None:
    put(store, "messages", message("hello"))
    put(store, "summaries", *(day(n, f"At the lake {n}.") for n in range(3)), day(0, "A lake.", user="bob"))
    refresh_text(store, ("messages", "resources", "moments"))
    before = found(store, "lake"), found(store, "lake", None), found(store, "zebra")
    assert [len(each) for each in before] == [3, 4, 0]
    assert {hit.user_id for hit in before[0]} == {"ann"}
    assert {hit.table for hit in search(store, "lake", table="all", user_id="ann")} == {"summaries"}
    assert refresh_text(store) == 2
    assert stale_shards(store) == {}
    assert (found(store, "lake"), found(store, "lake", None), found(store, "zebra")) == before


def test_without_an_index_new_summaries_are_seen_at_once(store: Store) -> None:
    put(store, "summaries", day(0, "At the lake."))
    assert len(found(store, "lake")) == 1
    put(store, "summaries", day(1, "The lake again."))
    assert len(found(store, "lake")) == 2


def test_a_rollup_indexes_what_it_writes(home: Home, store: Store) -> None:
    from rem_dagster.dreaming.draft.offline import OfflineEngine
    from rem_dagster.dreaming.dream import DreamPlan
    from tests.activity import chat_day, fill
    from tests.lives import dream

    fill(home, store, chat_day(0))
    dream(home, store, OfflineEngine(), DreamPlan())
    assert roll_up(home, store).made
    assert stale_shards(store, ("summaries",)) == {}
    user = store.read("summaries", ["user_id"])["user_id"][0].as_py()
    assert {hit.period for hit in search(store, "october 2025", table="summaries", user_id=user)} >= {
        "week",
        "month",
    }
