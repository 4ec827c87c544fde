"""How many days reach the tables in one write."""

from rem_dagster.dreaming.dream import DAYS_PER_CHUNK, ITEMS_PER_CHUNK, chunks_of
from rem_dagster.dreaming.stale import DayState
from rem_dagster.store.digest import DayDigest


def states(days: int, users: int, items: int) -> list[DayState]:
    return [
        DayState(
            f"u{user}", f"{day:010}", "undreamt", DayDigest("d", messages=items, resources=0, sessions=0)
        )
        for day in range(days)
        for user in range(users)
    ]


def test_all_users_of_thirty_days_are_one_write() -> None:
    chunks = list(chunks_of(states(DAYS_PER_CHUNK + 1, users=3, items=1)))
    assert [len(chunk) for chunk in chunks] == [DAYS_PER_CHUNK * 3, 3]


def test_a_write_holds_not_many_more_items_than_its_limit() -> None:
    chunks = list(chunks_of(states(2, users=4, items=ITEMS_PER_CHUNK // 2)))
    assert [len(chunk) for chunk in chunks] == [2, 2, 2, 2]
    assert [len(chunk) for chunk in chunks_of(states(1, users=2, items=2 * ITEMS_PER_CHUNK))] == [1, 1]


def test_no_day_is_lost_or_moved_and_no_days_are_no_write() -> None:
    wanted = states(70, users=7, items=300)
    assert [state for chunk in chunks_of(wanted) for state in chunk] == wanted
    assert list(chunks_of([])) == []


def test_many_users_are_cut_in_linear_time() -> None:
    assert len(list(chunks_of(states(60, users=2_000, items=0)))) == 2
