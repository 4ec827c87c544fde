"""What a draft claims passes only where its inputs bear it out."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.verify import verify
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
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, Trust

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
    moment = checked(name="release " * 30, summary="release " * 200).draft.moments[0]
    assert len(moment.name) <= 70
    assert len(moment.summary) <= 400
    assert moment.name.endswith("release…")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Martians landed in Kazakhstan.", "its words are not those of an input"),
        ("The release moves to Thursday 14 October 2031.", "a year that no input has"),
        ("The release moves, see https://evil.example/x.", "an address that no input has"),
        ("The release moves: 6f1c2b1e-0000-4000-8000-000000000000.", "an id that no input has"),
        ("The release moves. " * 30, "longer than 400 characters"),
        ("Релиз переносится на четверг, сказала она.", "another script than the inputs"),
    ],
)
def test_a_statement_that_does_not_come_from_its_inputs_is_held_back(text: str, reason: str) -> None:
    invented = DraftStatement(text=text, handles=("m1",))
    verdict = checked(facts=(invented,), intentions=(invented,), outcomes=(text,))
    assert [claim.kind for claim in verdict.quarantine] == ["outcome", "fact", "intention"]
    assert all(reason in claim.reason for claim in verdict.quarantine)
    (moment,) = verdict.draft.moments
    assert (moment.facts, moment.intentions, moment.outcomes) == ((), (), ())


def test_words_of_the_prompt_are_held_back_unless_an_input_has_them() -> None:
    told = "For example, say that the release moves to Thursday because Ana broke her arm skiing."
    leaked = "The release moves to Thursday because Ana broke her arm skiing."
    draft = Draft(moments=(MOMENT.model_copy(update={"outcomes": (leaked,)}),))
    verdict = verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES, prompt=told)
    assert [claim.kind for claim in verdict.quarantine] == ["outcome"]
    assert "what the drafter was told" in verdict.quarantine[0].reason
    assert verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES).quarantine == []
    items = tuple(DayItem(**{**vars(item), "text": f"{item.text} {leaked}"}) for item in SEGMENT.items)
    assert verify(draft, Segment(0, items), BUILT_IN_MOMENT_TYPES, prompt=told).quarantine == []


def test_a_moment_told_in_words_that_no_input_has_is_held_back() -> None:
    verdict = checked(summary="Martians landed near Kazakhstan yesterday evening.")
    assert verdict.draft.moments == ()
    assert verdict.quarantine[0].kind == "moment"


def test_a_moment_that_repeats_another_is_held_back() -> None:
    quote = DraftQuote(handle="m2", quote="I am so relieved")
    again = MOMENT.model_copy(
        update={"name": "the release moves!", "handles": ("m1", "m2"), "evidence": (quote,)}
    )
    verdict = verify(Draft(moments=(MOMENT, again)), SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert verdict.draft.moments == (MOMENT,)
    assert "it repeats 'The release moves'" in verdict.quarantine[0].reason


def test_a_day_summary_that_does_not_hold_gives_way_to_the_moments_own() -> None:
    draft = Draft(moments=(MOMENT,), day_summary="Martians landed near Kazakhstan.")
    verdict = verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert verdict.draft.day_summary == "The release moves to Thursday."
    assert [claim.kind for claim in verdict.quarantine] == ["day_summary"]


def test_lengths_and_confidence_have_bounds() -> None:
    long = DraftEntity(name="Priya " * 20, kind="person", handles=("m1",))
    draft = Draft(moments=(MOMENT.model_copy(update={"confidence": 7.0}),), entities=(long,))
    verdict = verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert verdict.draft.moments[0].confidence is None
    assert verdict.draft.entities == ()
    tags = ("release " * 12, *(f"release-{n}" for n in range(20)))
    assert checked(tags=tags).draft.moments[0].tags == tuple(f"release-{n}" for n in range(8))


def test_a_lost_tag_entity_or_edge_is_not_worth_asking_again() -> None:
    zorro = DraftEntity(name="Zorro", kind="person", handles=("m1",))
    draft = Draft(moments=(MOMENT.model_copy(update={"tags": ("zoology",)}),), entities=(zorro,))
    verdict = verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert [claim.kind for claim in verdict.quarantine] == ["tag", "entity"]
    assert verdict.errors == []


def test_the_same_inputs_told_twice_are_one_moment() -> None:
    again = MOMENT.model_copy(update={"name": "Thursday it is"})
    verdict = verify(Draft(moments=(MOMENT, again)), SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert verdict.draft.moments == (MOMENT,)
    assert [claim.reason for claim in verdict.quarantine] == [
        "all its inputs are in other moments, such as 'The release moves'"
    ]


def test_the_same_told_of_other_inputs_is_held_back_and_the_same_title_alone_is_not() -> None:
    quote = DraftQuote(handle="m2", quote="the café build is green")
    same = MOMENT.model_copy(
        update={"handles": ("m2",), "evidence": (quote,), "summary": "The release build moves to Thursday."}
    )
    other = same.model_copy(update={"summary": "The café build is green."})
    told = [verify(Draft(moments=(MOMENT, each)), SEGMENT, BUILT_IN_MOMENT_TYPES) for each in (same, other)]
    assert "says the same of other inputs" in told[0].errors[0]
    assert told[1].draft.moments == (MOMENT, other)


def test_a_fact_is_kept_once_in_a_draft() -> None:
    fact = DraftStatement(text="The release moves.", handles=("m1",))
    again = DraftStatement(text="the release  moves", handles=("m1",))
    verdict = checked(facts=(fact, again), intentions=(again,))
    assert verdict.draft.moments[0].facts == (fact,)
    assert verdict.draft.moments[0].intentions == (again,)
    assert verdict.quarantine == []


def test_a_fact_may_tell_what_was_stated_anywhere_in_its_moment() -> None:
    items = (
        *SEGMENT.items,
        replace(SEGMENT.items[0], handle="m3", text="My depression is back, said Priya."),
    )
    fact = DraftStatement(text="Priya is depressed about the release.", handles=("m1",))
    alone, told = (
        verify(
            Draft(moments=(MOMENT.model_copy(update={"handles": handles, "facts": (fact,)}),)),
            Segment(0, items),
            BUILT_IN_MOMENT_TYPES,
        )
        for handles in (("m1",), ("m1", "m3"))
    )
    assert alone.draft.moments[0].facts == ()
    assert "it tells of health" in alone.errors[0]
    assert told.draft.moments[0].facts == (fact,)


LONG = (
    "We painted the boat shed green, mended the harbour ladder, sold three old sails, ordered fresh rope, "
    "argued about varnish, cooked lentil soup and planned next summer's regatta near Peniche."
)


@pytest.mark.parametrize(
    ("text", "trust", "errors"),
    [
        (LONG, "own", ["coverage '2 inputs': no moment was given for them"]),
        (LONG, "third_party", []),
        ("Ok, thanks! See you tomorrow, good night.", "own", []),
        ("ok " * 900, "own", []),
    ],
)
def test_silence_about_much_that_people_said_is_worth_asking_again_and_about_noise_is_not(
    text: str, trust: Trust, errors: list[str]
) -> None:
    items = tuple(replace(item, text=text, trust=trust) for item in SEGMENT.items)
    verdict = verify(Draft(), Segment(0, items), BUILT_IN_MOMENT_TYPES)
    assert verdict.errors == errors


def test_silence_about_what_a_machine_said_is_no_loss() -> None:
    items = tuple(replace(item, text=LONG, role="assistant", author=None) for item in SEGMENT.items)
    assert verify(Draft(), Segment(0, items), BUILT_IN_MOMENT_TYPES).errors == []


@given(st.text(min_size=1, max_size=900), st.sampled_from(["m1", "m2", "m9"]))
def test_what_is_held_back_keeps_at_most_200_characters_of_a_text_or_a_reason(text: str, handle: str) -> None:
    stated = (DraftStatement(text=text, handles=(handle, text)),)
    moment = DraftMoment(
        name=text,
        summary=text,
        moment_type="other",
        tags=(text,),
        people=(text,),
        outcomes=(text,),
        emotions=(DraftEmotion(tag=text, handle=handle, quote=text),),
        handles=(handle, text),
        evidence=(DraftQuote(handle=handle, quote=text), DraftQuote(handle=text, quote=text)),
        facts=stated,
        intentions=stated,
    )
    honest = MOMENT.model_copy(update={"facts": stated, "tags": (text,), "people": (text,)})
    draft = Draft(
        moments=(moment, moment.model_copy(update={"moment_type": text}), honest),
        entities=(DraftEntity(name=text, kind="thing", handles=(handle,)),),
        edges=(DraftEdge(source=text, target="Zorro", edge_type="related_to", why=text),),
        day_summary=text,
    )
    verdict = verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert verdict.quarantine
    assert all(len(claim.text) <= 200 and len(claim.reason) <= 200 for claim in verdict.quarantine)


@given(st.permutations(range(4)), st.booleans())
def test_what_passed_once_passes_again(order: list[int], whole: bool) -> None:
    pool = (
        MOMENT,
        MOMENT.model_copy(update={"name": "Thursday it is"}),
        MOMENT.model_copy(
            update={"handles": ("m2",), "evidence": (DraftQuote(handle="m2", quote="build is green"),)}
        ),
        MOMENT.model_copy(update={"summary": "Martians landed near Kazakhstan."}),
    )
    draft = Draft(moments=tuple(pool[place] for place in order), day_summary="The release moves." * whole)
    once = verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES).draft
    again = verify(once, SEGMENT, BUILT_IN_MOMENT_TYPES)
    assert (again.draft, again.quarantine) == (once, [])
    cited = [handle for moment in once.moments for handle in moment.handles]
    assert len(cited) == len(set(cited))


def test_feelings_and_plans_of_others_are_not_the_users() -> None:
    theirs = tuple(replace(item, trust="third_party") for item in SEGMENT.items)
    claims = {
        "handles": ("m1", "m2"),
        "emotions": (DraftEmotion(tag="relieved", handle="m2", quote="I am so relieved"),),
        "intentions": (DraftStatement(text="The release moves to Thursday.", handles=("m1",)),),
        "facts": (DraftStatement(text="The build is green.", handles=("m2",)),),
    }
    draft = Draft(moments=(MOMENT.model_copy(update=claims),))
    (own,) = verify(draft, SEGMENT, BUILT_IN_MOMENT_TYPES).draft.moments
    assert own.emotions
    assert own.intentions
    verdict = verify(draft, Segment(0, theirs), BUILT_IN_MOMENT_TYPES)
    (others,) = verdict.draft.moments
    assert (others.emotions, others.intentions) == ((), ())
    assert others.facts == own.facts
    assert len(verdict.errors) == 2


def test_a_plan_that_rests_on_ones_own_words_too_is_a_plan() -> None:
    mixed = (replace(SEGMENT.items[0], trust="third_party"), SEGMENT.items[1])
    stated = (DraftStatement(text="The release moves to Thursday.", handles=("m1", "m2")),)
    moment = MOMENT.model_copy(update={"handles": ("m1", "m2"), "intentions": stated})
    (passed,) = verify(Draft(moments=(moment,)), Segment(0, mixed), BUILT_IN_MOMENT_TYPES).draft.moments
    assert passed.intentions == stated
