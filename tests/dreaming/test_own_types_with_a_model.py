"""A model's answer with a user's types, a collaboration and a prediction reaches the tables as it must."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rem_dagster.dreaming.own_types import register_type
from tests.activity import MONDAY, fill, message
from tests.dreaming.conftest import ModelHome
from tests.model_answers import inputs_in, shown_in

GARDEN = "Work in the garden: planting, pruning, harvest"
SAID = (
    "The apple trees are pruned and the beans are in.",
    "Should the next bed be for beans or for peas?",
    "Peas need the fence, and the fence is old.",
    "Then beans it is, we decided, and no fence.",
    "Tomorrow I will buy the beans at the market.",
)


def test_what_a_model_gives_by_choice_is_stored(model_home: ModelHome) -> None:
    opened = model_home.home
    for name, description in (("gardening", GARDEN), ("collaboration", None), ("prediction", None)):
        opened = register_type(opened, name, description)
    fill(
        opened,
        model_home.store,
        [message(n, MONDAY + timedelta(minutes=n), content=text) for n, text in enumerate(SAID, start=1)],
    )
    model_home.endpoint.answer = _answer
    made = ModelHome(opened, model_home.store, model_home.endpoint)
    assert [day.status for day in made.dream().days] == ["dreamt"]
    rows = sorted(made.store.read("moments").to_pylist(), key=lambda row: row["start_time"])
    assert [row["moment_type"] for row in rows] == ["gardening", "collaboration", "prediction"]
    assert [row["confidence"] for row in rows] == [None, None, 0.75]
    assert rows[2]["start_time"] == MONDAY.replace(day=7, hour=0)
    assert rows[2]["end_time"] == MONDAY.replace(day=8, hour=0)
    assert rows[2]["evidence"][0]["quote"] == "Tomorrow I will buy the beans"
    insights = json.loads(rows[1]["metadata"])["collaborative_insights"]
    assert insights["contributions"] == {"Priya": 2, "Inês": 2}
    assert insights["arrived_at"] == ["Beans and no fence"]
    told = json.dumps(model_home.endpoint.bodies[0], ensure_ascii=False)
    assert GARDEN in told


def _answer(body: Mapping[str, Any]) -> dict[str, Any]:
    handles = [each.handle for each in inputs_in(shown_in(body))]
    pruned, asked, *_, decided, ahead = handles
    return {
        "moments": [
            _moment("The apple trees are pruned", "gardening", [pruned], (pruned, "apple trees are pruned")),
            _moment(
                "Beans for the next bed",
                "collaboration",
                handles[1:],
                (decided, "Then beans it is, we decided"),
                outcomes=["Beans and no fence"],
            ),
            _moment(
                "Likely next: beans from the market",
                "prediction",
                [asked, ahead],
                (ahead, "Tomorrow I will buy the beans"),
                confidence=0.75,
            ),
        ],
        "entities": [],
        "edges": [],
        "day_summary": "The apple trees are pruned and the beans are in.",
    }


def _moment(
    name: str, kind: str, handles: list[str], quote: tuple[str, str], **more: object
) -> dict[str, object]:
    return {
        "name": name,
        "summary": f"{name}.",
        "moment_type": kind,
        "tags": [],
        "outcomes": [],
        "emotions": [],
        "handles": ", ".join(handles),
        "evidence": [f"{quote[0]}: {quote[1]}"],
        "facts": [],
        "intentions": [],
        "confidence": None,
        **more,
    }
