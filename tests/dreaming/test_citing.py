"""What a draft cites must be there, and must not be what a dream wrote before."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rem_dagster.dreaming.citing import Cited
from rem_dagster.dreaming.quarantine import Quarantine
from rem_dagster.model.day import DayItem
from rem_dagster.model.draft import DraftEdge, DraftEmotion, DraftEntity, DraftQuote
from rem_dagster.model.own_output import BEGIN, END, GENERATED_BY, GENERATOR, is_own_output, without_managed

NOON = datetime(2025, 10, 14, 12, tzinfo=UTC)
OURS = "We sailed to Peniche and back."


def item(handle: str, text: str, *, author: str | None = "Inês") -> DayItem:
    return DayItem(handle, f"id-{handle}", "message", NOON, NOON, text, "s", role="user", author=author)


def cited(*items: DayItem) -> tuple[Cited, Quarantine]:
    held = Quarantine()
    return Cited(items, held), held


@pytest.mark.parametrize("metadata", [{GENERATED_BY: GENERATOR}, {"properties": {GENERATED_BY: GENERATOR}}])
def test_a_document_that_we_wrote_is_no_evidence(metadata: dict[str, object]) -> None:
    ours = replace(item("r1", OURS), metadata=metadata)
    inputs, held = cited(ours, item("m1", "I was tired."))
    assert is_own_output(metadata)
    assert inputs.known(("r1", "m1"), "A sail") == ("m1",)
    assert not inputs.quote("r1", "sailed to Peniche", "evidence")
    assert "what a dream wrote" in held.claims[0].reason


def test_a_block_that_we_wrote_into_a_note_is_no_evidence_and_the_note_around_it_is() -> None:
    note = item("r1", f"Wind from the north.\n{BEGIN}\n{OURS}\n{END}\nRope is sold out.")
    inputs, _ = cited(note)
    assert inputs.quote("r1", "Rope is sold out", "evidence")
    assert not inputs.quote("r1", "sailed to Peniche", "evidence")


def test_a_block_that_nobody_closed_is_somebodys_text() -> None:
    text = f"{BEGIN} is how a block of yours begins. {OURS}"
    assert without_managed(text) == text


def test_a_feeling_is_shown_by_an_input_of_its_own_moment() -> None:
    inputs, held = cited(item("m1", "Rope is sold out."), item("m2", "I am so relieved."))
    relieved = DraftEmotion(tag="relieved", handle="m2", quote="so relieved")
    assert inputs.emotions([relieved], ["m1"]) == ()
    assert held.claims[0].reason == "input 'm2' is not of the moment"
    assert inputs.emotions([relieved], ["m1", "m2"]) == (relieved,)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Priya", True),
        ("Priya Duarte", True),
        ("Dr. Priya Zuckerberg", False),
        ("田中", True),
        ("鈴木", False),
        ("", False),
    ],
)
def test_a_person_is_named_in_full_by_the_segment_and_in_part_by_the_moment(name: str, found: bool) -> None:
    inputs, held = cited(item("m1", "Priya rang, 田中さんも来た。"), item("m2", "Hello", author="Ana Duarte"))
    assert inputs.people([name], ["m1"]) == ((name,) if found else ())
    assert [claim.kind for claim in held.claims] == ([] if found else ["person"])


def test_an_edge_keeps_the_inputs_that_exist() -> None:
    inputs, _ = cited(item("m1", "Priya sails."))
    edge = DraftEdge(source="Priya", target="sails", edge_type="related_to", handles=("m1", "m9"))
    kept = inputs.edge(edge, {"priya", "sails"})
    assert kept is not None
    assert kept.handles == ("m1",)


def test_a_handle_of_another_segment_is_none_of_this_one() -> None:
    inputs, held = cited(item("m7", "Priya sails."))
    assert inputs.known(("m6", "m7", "m8", "m7"), "Priya") == ("m7",)
    assert [claim.text for claim in held.claims] == ["m6", "m8"]
    assert inputs.quotes([DraftQuote(handle="m6", quote="Priya")], ["m7"]) == ()
    entity = DraftEntity(name="Priya", kind="person", handles=("m6",))
    assert inputs.entity(entity) is None
