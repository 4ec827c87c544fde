"""The engine without a model gives a user's own types, collaborations and predictions on clear evidence."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.verify import verify
from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, OPT_IN_MOMENT_TYPES
from tests.dreaming.draft.test_offline import FRAME, FRIENDS, message, resource

GARDENING = {"gardening": "Work in the garden: planting, pruning, harvest"}
EXERCISE = {"exercise": "Physical activity sessions"}
PREDICTION = {"prediction": OPT_IN_MOMENT_TYPES["prediction"]}
COLLABORATION = {"collaboration": OPT_IN_MOMENT_TYPES["collaboration"]}


def drafted(items: Sequence[DayItem], more: Mapping[str, str]) -> Draft:
    """A draft with more types than the built-in ones; no moment of it is held back."""
    frame = replace(FRAME, moment_types={**BUILT_IN_MOMENT_TYPES, **more})
    segment = Segment(0, tuple(items))
    draft = asyncio.run(OfflineEngine().draft(segment, frame)).draft
    verdict = verify(draft, segment, frame.moment_types)
    assert not verdict.errors
    assert [each.name for each in verdict.draft.moments] == [each.name for each in draft.moments]
    return draft


def type_of(
    text: str, more: Mapping[str, str], *, name: str | None = None, tags: tuple[str, ...] = ()
) -> str:
    note = replace(resource(1, text, category="note", name=name), tags=tags)
    (moment,) = drafted([note], more).moments
    return moment.moment_type


@pytest.mark.parametrize(
    "text",
    [
        "Planted the tomatoes and pruned both apple trees. The first beans are harvested.",
        "An hour of gardening after lunch. The soil is dry.",
        "In the garden since eight. The garden path is free again. Very tired now.",
    ],
)
def test_a_note_that_clearly_speaks_of_a_users_type_is_of_it(text: str) -> None:
    assert type_of(text, GARDENING) == "gardening"


@pytest.mark.parametrize(
    "text",
    [
        "Had coffee in the garden with Ana. She told me about her new boat. It has two sails.",
        "Worked on the session store. Removed two sessions that were never closed.",
        "The plant manager called about the invoice. He wants it by Friday. I sent it at noon. It is paid.",
        "Read a long paper on trees. Red-black ones. They are balanced. The proof is short.",
    ],
)
def test_a_word_in_passing_is_not_enough(text: str) -> None:
    assert type_of(text, {**GARDENING, **EXERCISE}) == type_of(text, {})


def test_words_that_describe_every_type_say_nothing() -> None:
    text = "The session with the new team was all activity. Another session tomorrow, more activities."
    assert type_of(text, EXERCISE) == type_of(text, {})


def test_a_tag_that_is_the_name_is_enough() -> None:
    text = "Five kilometres along the river, slower than last week."
    assert type_of(text, EXERCISE, tags=("Exercise",)) == "exercise"
    assert type_of(text, {"family_time": "With the family"}, tags=("family-time",)) == "family_time"
    assert type_of(text, EXERCISE, tags=("river",)) == type_of(text, {}, tags=("river",))


def test_the_type_that_is_spoken_of_most_is_taken() -> None:
    both = {**GARDENING, "cooking": "Cooking at home: soup, bread, dinner"}
    text = "Cooking all evening: a soup of beans and bread. Dinner for six. Gardening was for the morning."
    assert type_of(text, both) == "cooking"
    assert type_of(text, dict(reversed(both.items()))) == "cooking"


def test_what_a_machine_answers_makes_no_type() -> None:
    talk = [
        message(1, "Which cron line runs at three?"),
        message(2, "Gardening tip: planting and pruning. Harvest in the garden.", role="assistant"),
    ]
    assert drafted(talk, GARDENING).moments[0].moment_type == drafted(talk, {}).moments[0].moment_type


def test_types_that_nothing_speaks_of_change_no_word() -> None:
    types = {**GARDENING, **EXERCISE, **OPT_IN_MOMENT_TYPES}
    assert drafted(FRIENDS, types) == drafted(FRIENDS, {})


WORKED_OUT = [
    message(1, "The build is slow again. Should we drop the graph or the disk cache?", author="Priya"),
    message(2, "The disk cache costs us two minutes. What if it only keeps one day?", author="Tom"),
    message(3, "One day is short. The weekly report needs seven.", author="Priya"),
    message(4, "Agreed: we keep the disk cache for seven days.", author="Tom"),
]


def test_people_who_agree_on_something_after_both_spoke_collaborate() -> None:
    (moment,) = drafted(WORKED_OUT, COLLABORATION).moments
    assert moment.moment_type == "collaboration"
    assert moment.people == ("Priya", "Tom")
    assert moment.outcomes[0] == "We keep the disk cache for seven days"


def test_without_opting_in_the_same_talk_is_what_it_was() -> None:
    assert drafted(WORKED_OUT, {}).moments[0].moment_type == "communication"


@pytest.mark.parametrize(
    "last",
    [
        "Agreed, Priya.",
        "Did we agree to keep the disk cache for seven days?",
        "We have not agreed on the disk cache yet.",
        "I thought we agreed on the disk cache last week.",
    ],
)
def test_a_nod_a_question_and_a_denial_are_no_agreement(last: str) -> None:
    talk = [*WORKED_OUT[:3], message(4, last, author="Tom")]
    assert drafted(talk, COLLABORATION).moments[0].moment_type == drafted(talk, {}).moments[0].moment_type


def test_one_person_alone_or_with_a_machine_does_not_collaborate() -> None:
    alone = [replace(item, author="Priya") for item in WORKED_OUT]
    machine = [
        replace(item, author=None, role="assistant" if item.author == "Tom" else "user")
        for item in WORKED_OUT
    ]
    for talk in (alone, machine):
        assert all(moment.moment_type != "collaboration" for moment in drafted(talk, COLLABORATION).moments)


def test_a_plan_for_tomorrow_is_one_prediction_with_its_words_as_evidence() -> None:
    text = "The boiler is cold. Tomorrow I will call the plumber about it."
    happened, ahead = drafted([message(1, text)], PREDICTION).moments
    assert happened == drafted([message(1, text)], {}).moments[0]
    assert ahead.moment_type == "prediction"
    assert ahead.name == "Likely next: call the plumber about it"
    assert ahead.confidence == 0.5
    assert [(quote.handle, quote.quote) for quote in ahead.evidence] == [
        ("m1", "Tomorrow I will call the plumber about it.")
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Starting tomorrow, I will go to the gym before work.", "Likely next: go to the gym before work"),
        ("I need to renew the passport tomorrow morning.", "Likely next: renew the passport"),
        ("TODO: send the invoice to Tom tomorrow.", "Likely next: send the invoice to Tom"),
        ("I'm going to fly to Porto early tomorrow.", "Likely next: fly to Porto"),
    ],
)
def test_a_prediction_is_called_by_what_is_planned(text: str, name: str) -> None:
    talk = [message(1, "The boiler in the cellar is cold again."), message(2, text)]
    assert drafted(talk, PREDICTION).moments[-1].name == name


def test_a_friends_plan_is_theirs() -> None:
    talk = [
        message(1, "How is the thesis going?", author="Imran"),
        message(2, "Nearly there. I will hand in the last chapter tomorrow.", author="Tessa"),
    ]
    ahead = drafted(talk, PREDICTION).moments[-1]
    assert ahead.name == "Likely next for Tessa: hand in the last chapter"
    assert ahead.summary.startswith("Tessa: “I will hand in")


@pytest.mark.parametrize(
    "text",
    [
        "I will finish the slides today because tomorrow is a holiday.",
        "I need to prepare the slides for tomorrow.",
        "I must send the letter by tomorrow at the latest.",
        "Maybe I will call the plumber tomorrow.",
        "Should I call the plumber tomorrow?",
        "Ana wrote that she calls the plumber tomorrow.",
        "I will write to the plumber next week.",
        "I go running in the morning.",
    ],
)
def test_what_is_not_planned_for_the_next_day_predicts_nothing(text: str) -> None:
    items = [message(1, text)]
    assert drafted(items, PREDICTION) == drafted(items, {})


def test_in_the_morning_is_the_next_day_only_in_the_evening() -> None:
    said = message(1, "I'll call the plumber in the morning.")
    evening = replace(said, occurred_at=said.occurred_at + timedelta(hours=13))
    assert [m.moment_type for m in drafted([evening], PREDICTION).moments][1:] == ["prediction"]
    assert len(drafted([said], PREDICTION).moments) == 1


def test_a_page_that_announces_something_predicts_nothing() -> None:
    text = "Tomorrow I will present the new graph index to everybody who wants to see it."
    for category in ("document", "web", "email", "commit"):
        draft = drafted([resource(1, text, category=category, name="Release")], PREDICTION)
        assert all(moment.moment_type != "prediction" for moment in draft.moments)


def test_a_segment_has_at_most_two_predictions_and_none_twice() -> None:
    plans = ("call the plumber", "paint the fence", "write to Ana", "mend the bike")
    items = [message(n, f"Tomorrow I will {plans[n // 2 % 4]}.", minutes=n) for n in range(2, 10)]
    ahead = [m.name for m in drafted(items, PREDICTION).moments if m.moment_type == "prediction"]
    assert len(ahead) == len(set(ahead)) == 2
