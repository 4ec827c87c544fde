"""What a draft claims passes only where its inputs bear it out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.verify import clip_letters, clip_words, normal_tag, verify
from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.draft import (
    Draft,
    DraftEdge,
    DraftEmotion,
    DraftEntity,
    DraftMoment,
    DraftQuote,
    DraftStatement,
)
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES

NOON = datetime(2025, 10, 14, 12, tzinfo=UTC)
TEXTS = {
    "m1": "Priya: the release moves to\n  Thursday.",
    "m2": "I am so relieved, the café build is green.",
}
SEGMENT = Segment(
    0,
    tuple(
        DayItem(handle, f"id-{handle}", "message", NOON, NOON, text, "s", role="user", author="Inês")
        for handle, text in TEXTS.items()
    ),
)
MOMENT = DraftMoment(
    name="The release moves",
    summary="The release moves to Thursday.",
    moment_type="planning",
    handles=("m1",),
    evidence=(DraftQuote(handle="m1", quote="the release moves to Thursday"),),
)


def checked(**changes: object):
    return verify(Draft(moments=(MOMENT.model_copy(update=changes),)), SEGMENT, BUILT_IN_MOMENT_TYPES)


def test_a_moment_that_its_inputs_bear_out_passes_whole() -> None:
    verdict = checked()
    assert verdict.draft.moments == (MOMENT,)
    assert verdict.errors == []


def test_a_quote_may_differ_from_its_input_in_white_space_alone() -> None:
    assert checked(evidence=(DraftQuote(handle="m1", quote="moves  to Thursday"),)).errors == []
    verdict = checked(evidence=(DraftQuote(handle="m1", quote="moves to Friday"),))
    assert verdict.draft.moments == ()
    assert "the words are not in input 'm1'" in verdict.errors[0]


def test_a_quote_from_another_input_of_the_moment_is_held_back() -> None:
    quotes = (*MOMENT.evidence, DraftQuote(handle="m1", quote="I am so relieved"))
    verdict = checked(evidence=quotes)
    assert verdict.draft.moments[0].evidence == MOMENT.evidence
    assert [claim.kind for claim in verdict.quarantine] == ["evidence"]


def test_a_handle_that_does_not_exist_is_held_back_and_the_rest_stays() -> None:
    verdict = checked(handles=("m1", "m99"))
    assert verdict.draft.moments[0].handles == ("m1",)
    assert verdict.quarantine[0].text == "m99"


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"summary": ""}, {"moment_type": "party"}, {"evidence": ()}]
)
def test_a_moment_without_title_summary_known_type_or_evidence_is_held_back(
    changes: dict[str, object],
) -> None:
    verdict = checked(**changes)
    assert verdict.draft.moments == ()
    assert verdict.quarantine[0].kind == "moment"


def test_a_feeling_needs_the_closed_list_and_words_that_show_it() -> None:
    shown = DraftEmotion(tag="relieved", handle="m2", quote="I am so relieved")
    unknown = DraftEmotion(tag="blissful", handle="m2", quote="I am so relieved")
    unshown = DraftEmotion(tag="sad", handle="m2", quote="I am so sad")
    verdict = checked(handles=("m1", "m2"), emotions=(shown, unknown, unshown))
    assert verdict.draft.moments[0].emotions == (shown,)
    assert [claim.kind for claim in verdict.quarantine] == ["emotion", "emotion"]


def test_people_are_those_who_write_or_are_named_in_the_moment() -> None:
    assert checked(people=("Priya", "Inês", "Bob")).draft.moments[0].people == ("Priya", "Inês")


def test_a_message_lies_in_the_first_moment_that_claims_it_only() -> None:
    second = MOMENT.model_copy(update={"name": "Again", "handles": ("m1", "m2")})
    second = second.model_copy(update={"evidence": (DraftQuote(handle="m2", quote="I am so relieved"),)})
    verdict = verify(Draft(moments=(MOMENT, second)), SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert [moment.handles for moment in verdict.draft.moments] == [("m1",), ("m2",)]


def test_a_statement_needs_an_input() -> None:
    kept = DraftStatement(text="The build is green.", handles=("m2",))
    lost = DraftStatement(text="It rained.", handles=("m7",))
    assert checked(intentions=(kept, lost)).draft.moments[0].intentions == (kept,)


def test_an_entity_is_kept_with_the_inputs_that_name_it() -> None:
    entities = (
        DraftEntity(name="Priya", kind="person", handles=("m1", "m2")),
        DraftEntity(name="Zorro", kind="person", handles=("m1",)),
    )
    edges = (DraftEdge(source="Priya", target="Zorro", edge_type="related_to"),)
    verdict = verify(Draft(entities=entities, edges=edges), SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert [(each.name, each.handles) for each in verdict.draft.entities] == [("Priya", ("m1",))]
    assert verdict.draft.edges == ()


def test_titles_and_summaries_are_cut_at_a_word() -> None:
    moment = checked(name="word " * 30, summary="word " * 200).draft.moments[0]
    assert len(moment.name) <= 70
    assert len(moment.summary) <= 400
    assert moment.name.endswith("word…")


def test_a_tag_is_lower_case_with_hyphens_in_nfc() -> None:
    assert normal_tag("  Vector Search ") == "vector-search"
    assert normal_tag("Cafe\u0301") == "caf\u00e9"
    assert normal_tag("C++ / Rust!") == "c++-rust"


@given(st.text(), st.integers(5, 80))
def test_clipping_never_exceeds_its_limit(text: str, most: int) -> None:
    assert len(clip_letters(text, most)) <= max(most, len(text) if len(text) <= most else 0)
    assert len(clip_words(text, most).split()) <= most
