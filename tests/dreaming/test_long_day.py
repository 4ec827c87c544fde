"""A day that is far larger than the model's context: all of it is asked about, and nothing twice."""

import json
import re
from collections import Counter

import pytest

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import fill
from tests.llm.server import Endpoint, count, serve
from tests.long_days import long_day
from tests.model_answers import answer_to, shown_in

CONTEXT = 8192


@pytest.mark.runs
def test_a_day_of_200_000_characters_is_dreamt_whole_within_a_context_of_8192_tokens(
    home: Home, store: Store
) -> None:
    items = long_day(200_000)
    fill(home, store, items)
    with serve(Endpoint(answer_to, context_tokens=CONTEXT)) as served:
        flags = {"llm": "fake-1", "llm_base_url": served.url, "llm_context_tokens": CONTEXT}
        asking = open_home(home.path, flags=flags)
        report = dream(asking, store, choose_engine(asking), DreamPlan())
    assert [day.status for day in report.days] == ["dreamt"]
    [row] = store.read("dreams").to_pylist()
    assert row["calls"] == len(served.bodies)  # none was rejected, and none was cut
    assert max(count(body) + body["max_tokens"] for body in served.bodies) <= CONTEXT
    marks = re.compile(r"That was item \d+, line \d+\.")
    asked = Counter(mark for body in served.bodies for mark in marks.findall(shown_in(body)))
    assert set(marks.findall("\n".join(item.content for item in items))) <= asked.keys()
    assert row["coverage"] == 1.0
    cited = Counter(
        source
        for moment in store.read("moments").to_pylist()
        if moment["moment_type"] == "work_session"
        for source in json.loads(moment["metadata"])["source_ids"]
    )
    assert max(cited.values()) == 1
