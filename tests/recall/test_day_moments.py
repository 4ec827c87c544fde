"""Moments of days that are kept: the same as those in the table, whoever wrote them and whenever."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from rem_dagster.recall import day_moments
from rem_dagster.recall.day_moments import moments_on
from rem_dagster.recall.search import search
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.stored import NOON, message, moment, put

TODAY = "ann/2025-10-20"


class Counting(Store):
    """A store that counts its reads of moments."""

    reads = 0

    def read(self, table: str, columns: Sequence[str] | None = None, where: str | None = None) -> pa.Table:
        self.reads += table == "moments"
        return super().read(table, columns, where)


@pytest.fixture
def counting(store: Store) -> Counting:
    """A store that was asked once."""
    counting = Counting(store.uri)
    moments_on(counting, [TODAY])
    counting.reads = 0
    return counting


def names(store: Store, *days: str) -> dict[str, list[str]]:
    return {day: sorted(each.name for each in held) for day, held in moments_on(store, days).items()}


def on(days_later: int, name: str = "A", **fields: Any) -> dict[str, Any]:
    return moment(name, at=NOON + timedelta(days=days_later), **fields)


def test_each_day_has_its_own_moments_and_predictions_are_none(store: Store) -> None:
    put(store, "moments", on(0), on(0, "B"), on(1, "C"), on(2, "D") | {"moment_type": "prediction"})
    for _ in range(3):
        found = names(store, TODAY, "ann/2025-10-21", "ann/2025-10-22", "ann/2024-10-20")
        assert found == {TODAY: ["A", "B"], "ann/2025-10-21": ["C"]}
        assert names(store) == {}


def test_days_of_users_whose_names_are_alike_stay_apart(store: Store) -> None:
    users = ["ann", "ann/2025-10", "an", "ann'", "ann/2025-10-20"]
    put(store, "moments", *(on(0, f"of {user}", user=user) for user in users))
    for user in users * 2:
        assert names(store, f"{user}/2025-10-20") == {f"{user}/2025-10-20": [f"of {user}"]}


def test_days_of_a_month_that_was_read_are_not_read_again(counting: Counting) -> None:
    put(counting, "moments", on(0), on(5, "B"), on(40, "C"))
    assert names(counting, TODAY) == {TODAY: ["A"]}
    assert names(counting, TODAY, "ann/2025-10-25", "ann/2025-10-26")["ann/2025-10-25"] == ["B"]
    assert counting.reads == 1
    assert names(counting, TODAY, "ann/2025-11-29")["ann/2025-11-29"] == ["C"]
    assert counting.reads == 2


def test_what_another_process_writes_or_deletes_is_seen_at_the_next_asking(store: Store) -> None:
    put(store, "moments", on(0))
    assert names(store, TODAY) == names(store, TODAY) == {TODAY: ["A"]}
    other = Store(store.uri)
    put(other, "moments", on(0, "B"))
    assert names(store, TODAY) == {TODAY: ["A", "B"]}
    other.delete("moments", "name = 'A'")
    assert names(store, TODAY) == {TODAY: ["B"]}


def test_no_more_moments_are_kept_than_the_limit(counting: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    put(counting, "moments", on(0), on(1, "B"), on(40, "C"), on(80, "D"))
    monkeypatch.setattr(day_moments, "KEPT_MOMENTS", 5)
    for day in (TODAY, "ann/2025-11-29", TODAY):
        names(counting, day)
    assert counting.reads == 2
    names(counting, "ann/2026-01-08")  # 3 + 2 + 2: the month that was not asked for longest has to go
    assert names(counting, TODAY) == {TODAY: ["A"]}
    assert counting.reads == 3
    names(counting, "ann/2025-11-29")
    assert counting.reads == 4


@pytest.mark.runs
def test_a_store_that_searched_before_finds_what_a_new_one_finds(store: Store) -> None:
    def write(part: int) -> None:
        for user in ("ann", "bob"):
            at = NOON + timedelta(days=20 * part)
            rows = [
                message(
                    f"lake {n % 3} boat{part}", at=at + timedelta(minutes=n), user=user, session=f"s{n % 2}"
                )
                for n in range(8)
            ]
            put(store, "messages", *rows)
            held = {"session_ids": [rows[0]["session_id"], rows[1]["session_id"]]}
            put(store, "moments", moment(f"Lake {part}", at=at, user=user) | held)
        refresh_text(store)

    def found(at: Store) -> list[Any]:
        return [
            search(at, query, table=table, user_id=user, embedder=lambda: None)
            for query in ("lake", "boat0 lake 1", "boat1")
            for table in ("messages", "moments", "all")
            for user in ("ann", "bob", None)
        ]

    for part in range(3):
        write(part)
        assert found(store) == found(Store(store.uri)) == found(store)
    assert search(store, "boat2", table="messages", user_id="ann")[0].moment_name == "Lake 2"
