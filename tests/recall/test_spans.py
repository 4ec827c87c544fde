"""Time that moments take, overlaps counted once."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.model.window import Window
from rem_dagster.recall.insights.pieces import covered_by, milliseconds
from rem_dagster.recall.spans import spans_of, time_of
from tests.recall.diary import MONDAY

SPANS = st.lists(st.tuples(st.integers(0, 600), st.integers(0, 90)), max_size=12)


def moments(spans: list[tuple[int, int]]) -> Any:
    began = [(MONDAY + timedelta(minutes=start), timedelta(minutes=length)) for start, length in spans]
    return [SimpleNamespace(start_time=start, end_time=start + length) for start, length in began]


@settings(max_examples=60, deadline=None)
@given(SPANS)
def test_time_is_what_patterns_count_of_the_same_moments(spans: list[tuple[int, int]]) -> None:
    held = moments(spans)
    frame = pandas.DataFrame(
        {
            "start": [milliseconds(each.start_time) for each in held],
            "end": [milliseconds(each.end_time) for each in held],
        }
    )
    covered = covered_by(np.zeros(len(held), dtype=np.int64), 1, frame)
    assert time_of(cast("Any", held)).total_seconds() == covered[0]


@given(SPANS, st.integers(0, 600))
def test_two_windows_that_meet_take_what_their_whole_takes(spans: list[tuple[int, int]], cut: int) -> None:
    held = moments(spans)
    middle, end = MONDAY + timedelta(minutes=cut), MONDAY + timedelta(days=1)
    parts = [
        time_of(held, Window(start, stop))
        for start, stop in ((MONDAY, middle), (middle, end))
        if start < stop
    ]
    assert sum(parts, timedelta()) == time_of(held)
    assert all(one[1] < other[0] for one, other in zip(spans_of(held), spans_of(held)[1:], strict=False))
