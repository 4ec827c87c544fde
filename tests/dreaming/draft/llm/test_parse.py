"""Shapes are forgiven, nothing is invented, and no answer breaks the reader."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.dreaming.draft.llm.parse import parse_draft
from rem_dagster.dreaming.redact import redact
from rem_dagster.errors import ModelError
from rem_dagster.model.draft import Draft
from tests.dreaming.draft.llm.answers import said, segment

PART = segment(*(said(number, f"Message {number} by hand") for number in (3, 4, 5, 7)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    *("name", "summary", "moment_type", "tags", "emotions", "people", "outcomes", "handles", "evidence"),
    *("facts", "intentions", "confidence", "metadata", "id"),
)


def handles(given: object) -> tuple[str, ...]:
    (moment,) = parse_draft({"moments": [{"handles": given}]}, PART).moments
    return moment.handles


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["m3-m5"], ("m3", "m4", "m5")),
        (["m3–5", "m7"], ("m3", "m4", "m5", "m7")),
        ("m7, m3", ("m3", "m7")),
        (["[m4]"], ("m4",)),
        (["m5-m3"], ("m3", "m4", "m5")),
        (["m3-m999999999"], ("m3", "m4", "m5", "m7", "m999999999")),
        (["m9", "r1", "m3"], ("m3", "m9", "r1")),
        (["r1-r3"], ("r1", "r3")),
        (None, ()),
        ([None, 7, {}], ()),
    ],
)
def test_ranges_become_the_segments_handles_and_unknown_ones_are_kept(
    written: object, read: tuple[str, ...]
) -> None:
    assert handles(written) == read


def test_an_answer_without_a_list_of_moments_is_no_answer() -> None:
    for answer in ({}, {"moments": None}, {"moments": "none"}, [], "text", None):
        with pytest.raises(ModelError, match="no list of moments"):
            parse_draft(answer, PART)
    assert parse_draft({"moments": []}, PART) == Draft()


def test_keys_that_no_draft_has_and_words_of_no_closed_list_are_dropped() -> None:
    answer = {
        "moments": [
            {"name": "A", "id": "x", "metadata": {"user_id": "bob"}, "confidence": 9, "end_time": "now"}
        ],
        "entities": [{"name": "Zed", "kind": "weapon", "handles": ["m3"]}],
        "edges": [{"source": "Zed", "target": "B", "edge_type": "owns"}],
        "user_id": "bob",
    }
    draft = parse_draft(answer, PART)
    assert draft.moments[0].metadata == {}
    assert draft.moments[0].confidence is None
    assert draft.entities[0].kind == "thing"
    assert draft.edges == ()


def test_a_lines_words_are_found_in_the_input_that_holds_them() -> None:
    answer: dict[str, object] = {
        "moments": [
            {
                "handles": "m3-m7",
                "evidence": [
                    "m3: Message 3",
                    "m3-m5: “Message 5 by hand”",
                    "Message 7 by",
                    "m9: Message 3",
                    "m4",
                ],
                "emotions": ["m4 happy: Message 4", "Sad m5: Message 5", "m7: no feeling"],
                "facts": [
                    "m3, m5: Two were sent.",
                    "One was sent [m4].",
                    "M7 (the motorway) was full.",
                    "None.",
                ],
            }
        ]
    }
    (moment,) = parse_draft(answer, PART).moments
    assert [(each.handle, each.quote) for each in moment.evidence] == [
        ("m3", "Message 3"),
        ("m5", "Message 5 by hand"),
        ("m7", "Message 7 by"),
        ("m9", "Message 3"),
        ("", "m4"),
    ]
    assert [(each.tag, each.handle, each.quote) for each in moment.emotions] == [
        ("happy", "m4", "Message 4"),
        ("sad", "m5", "Message 5"),
        ("", "m7", "no feeling"),
    ]
    assert [(each.handles, each.text) for each in moment.facts] == [
        (("m3", "m5"), "Two were sent."),
        (("m4",), "One was sent"),
        ((), "M7 (the motorway) was full."),
        ((), "None."),
    ]


def test_lines_and_objects_of_the_same_parts_are_the_same_draft() -> None:
    lines = {
        "moments": [
            {
                "handles": "m3-m4, m7",
                "evidence": ["m3: Message 3"],
                "emotions": ["m3 calm: by hand"],
                "facts": ["m3-m5: Sent."],
                "intentions": ["m7: More."],
            }
        ],
        "entities": ["person Message 3", "topic by hand"],
        "edges": ["by hand follows Message 3"],
    }
    objects = {
        "moments": [
            {
                "handles": ["m3", "m4", "m7"],
                "evidence": [{"handle": "m3", "quote": "Message 3"}],
                "emotions": [{"tag": "calm", "handle": "m3", "quote": "by hand"}],
                "facts": [{"text": "Sent.", "handles": ["m3-m5"]}],
                "intentions": [{"text": "More.", "handles": ["m7"]}],
            }
        ],
        "entities": [
            {"name": "Message 3", "kind": "person", "handles": ["m3"]},
            {"name": "by hand", "kind": "topic", "handles": ["m3-m7"]},
        ],
        "edges": [{"source": "by hand", "edge_type": "follows", "target": "Message 3"}],
    }
    assert parse_draft(lines, PART) == parse_draft(objects, PART)


def test_an_entity_that_cites_nothing_is_where_it_is_named() -> None:
    part = segment(
        said(1, "We go to Goa, long ago", author="John"), said(2, "My old car broke", author="John")
    )
    answer = {
        "moments": [],
        "entities": ["place Goa", "thing John's old car", "tool Go", "Mallory", "person John"],
    }
    found = {each.name: (each.kind, each.handles) for each in parse_draft(answer, part).entities}
    assert found == {
        "Goa": ("place", ("m1",)),
        "John's old car": ("thing", ("m2",)),
        "Go": ("tool", ("m1",)),
        "Mallory": ("thing", ()),
        "John": ("person", ("m1", "m2")),
    }


@pytest.mark.parametrize(
    ("given", "kind", "read"),
    [(0.5, "prediction", 0.5), (1, "Prediction", 1.0), (0.5, "other", None), ("0.5", "prediction", None),
     (True, "prediction", None), (float("nan"), "prediction", None), (10**400, "prediction", None)],
)  # fmt: skip
def test_only_a_prediction_says_how_sure_it_is(given: object, kind: str, read: float | None) -> None:
    (moment,) = parse_draft({"moments": [{"moment_type": kind, "confidence": given}]}, PART).moments
    assert moment.confidence == read


KEY_SAID = "sk-proj-" + "a1B2c3D4" * 4


@pytest.mark.parametrize(
    "field", ["name", "summary", "tags", "outcomes", "facts", "evidence", "emotions", "people"]
)
def test_a_secret_that_comes_back_is_replaced_wherever_it_stands(field: str) -> None:
    told = f"m3 happy: {KEY_SAID}" if field == "emotions" else f"m3: {KEY_SAID}"
    clean = partial(redact, key=b"k" * 32)
    one = {"moments": [{field: told if field in ("name", "summary") else [told]}]}
    lists = {"entities": [f"tool {KEY_SAID}"], "edges": [f"{KEY_SAID} follows Ann"], "day_summary": told}
    draft = parse_draft({**one, **lists}, PART, clean=clean).model_dump_json()
    assert KEY_SAID not in draft
    assert draft.count("[openai-key ") == 4


def test_people_are_found_by_code_where_the_answer_names_none() -> None:
    part = segment(said(1, "I met Priya"), said(2, "And Bob?", author="Ana"), said(3, "No"))
    answer = {
        "moments": [{"handles": ["m1", "m2"]}],
        "entities": [
            {"name": "Priya", "kind": "person", "handles": ["m1"]},
            {"name": "Eve", "kind": "person", "handles": ["m1"]},
        ],
    }
    assert parse_draft(answer, part).moments[0].people == ("Inês", "Ana", "Priya")


def test_text_is_made_fit_to_store_and_cleaned_of_secrets() -> None:
    answer = {"moments": [{"name": "a\x00b\ud800c\u202ed", "summary": "hunter2 " * 9_000}]}
    (moment,) = parse_draft(answer, PART, clean=lambda text: text.replace("hunter2", "[x]")).moments
    assert moment.name == "a bc d"
    assert "hunter2" not in moment.summary
    assert len(moment.summary) <= 2_000


LINES = st.lists(
    st.sampled_from(["m3", "r1", " ", ",", "-", ":", "[", "]", "to", "happy", "follows", "person", "—", "x"]),
    max_size=400,
).map("".join)


@given(LINES)
@settings(deadline=500)
def test_any_line_is_read_in_no_time(line: str) -> None:
    answer = {"moments": [{"facts": [line], "emotions": [line]}], "entities": [line], "edges": [line]}
    assert parse_draft(answer, PART)


@given(
    st.fixed_dictionaries(
        {"moments": st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON, max_size=3)},
        optional={"entities": JSON, "edges": JSON, "day_summary": JSON},
    )
)
def test_no_shape_of_an_answer_raises(answer: dict[str, object]) -> None:
    draft = parse_draft(answer, PART)
    assert draft.model_dump_json()
