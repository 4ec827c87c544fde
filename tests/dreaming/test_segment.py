"""Where a day is cut, and that late items change only the end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.segment import segment, tokens_in
from rem_dagster.model.day import DayItem

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


def item(n: int, *, size: int = 40, thread: str = "chat", minutes: float | None = None) -> DayItem:
    at = MORNING + timedelta(minutes=n if minutes is None else minutes)
    return DayItem(
        handle=f"m{n + 1}",
        source_id=f"id-{n:04}",
        kind="message",
        occurred_at=at,
        ended_at=at,
        text="x" * size,
        thread=thread,
        role="user",
    )


days = st.lists(st.tuples(st.integers(0, 900), st.sampled_from("abc"), st.integers(0, 200)), max_size=40).map(
    lambda rows: [
        item(n, size=size, thread=thread, minutes=sum(row[2] for row in rows[: n + 1]))
        for n, (size, thread, _) in enumerate(rows)
    ]
)


def test_an_empty_day_has_no_segments() -> None:
    assert segment([]) == ()


def test_a_usual_day_is_one_segment() -> None:
    items = [item(n, size=400, thread=str(n // 10)) for n in range(60)]
    assert [len(piece.items) for piece in segment(items)] == [60]


def test_an_item_larger_than_the_budget_stands_alone() -> None:
    pieces = segment([item(0), item(1, size=5000), item(2)], token_budget=100)
    assert [[i.handle for i in piece.items] for piece in pieces] == [["m1"], ["m2"], ["m3"]]


def test_a_cut_near_the_budget_falls_between_two_threads() -> None:
    items = [item(n, size=40, thread="a" if n < 8 else "b") for n in range(12)]
    assert [len(piece.items) for piece in segment(items, token_budget=100)] == [8, 4]


def test_a_cut_near_the_budget_falls_into_a_long_silence() -> None:
    items = [item(n, size=40, minutes=n if n < 8 else n + 120) for n in range(12)]
    assert [len(piece.items) for piece in segment(items, token_budget=100)] == [8, 4]


def test_characters_of_dense_scripts_count_as_a_token_each() -> None:
    assert (tokens_in("word " * 4), tokens_in("東京の朝"), tokens_in("")) == (5, 4, 0)


@given(days, st.integers(1, 300))
def test_segments_hold_every_item_once_and_in_order(items: list[DayItem], budget: int) -> None:
    pieces = segment(items, token_budget=budget)
    assert [i for piece in pieces for i in piece.items] == items
    assert [piece.ordinal for piece in pieces] == list(range(len(pieces)))


@given(days, st.integers(1, 300))
def test_no_segment_of_several_items_passes_the_budget(items: list[DayItem], budget: int) -> None:
    for piece in segment(items, token_budget=budget):
        assert len(piece.items) == 1 or sum(tokens_in(i.text) for i in piece.items) <= budget


@given(days, st.data())
def test_items_added_to_the_end_change_only_the_last_segment(
    items: list[DayItem], data: st.DataObject
) -> None:
    known = data.draw(st.integers(0, len(items)))
    before, after = segment(items[:known], token_budget=150), segment(items, token_budget=150)
    assert after[: max(0, len(before) - 1)] == before[:-1]
