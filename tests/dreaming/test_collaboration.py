"""What people worked out together is counted in what they wrote."""

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.collaboration import INSIGHTS, insights_of
from rem_dagster.dreaming.resolve import resolve_moments
from rem_dagster.model.day import Day, DayItem
from rem_dagster.model.draft import Draft, DraftMoment, DraftQuote
from rem_dagster.model.window import Calendar

AT = datetime(2025, 10, 24, 9, tzinfo=UTC)


def message(n: int, text: str, author: str | None, role: Literal["user", "assistant"] = "user") -> DayItem:
    return DayItem(f"m{n}", f"id{n}", "message", AT, AT, text, "chat", role=role, author=author)


def transcript(text: str) -> DayItem:
    return DayItem("r1", "call", "resource", AT, AT, text, "call", category="transcript", name="Call")


def moment(*items: DayItem, kind: str = "collaboration", people: tuple[str, ...] = ()) -> DraftMoment:
    return DraftMoment(
        name="Which index to build",
        summary="They chose the index.",
        moment_type=kind,
        people=people,
        outcomes=("The graph index it is",),
        handles=tuple(item.handle for item in items),
        evidence=(DraftQuote(handle=items[0].handle, quote=items[0].text),),
    )


TALK = (
    message(1, "Should we build the graph?", "Priya"),
    message(2, "It costs a day.", None),
    message(3, "Then we build the graph.", "Priya"),
    message(4, "Graphs have nodes.", None, "assistant"),
)


def test_each_message_counts_for_its_author_and_a_machine_takes_no_part() -> None:
    assert insights_of(moment(*TALK), TALK, "noor") == {
        "participants": ["Priya", "noor"],
        "contributions": {"Priya": 2, "noor": 1},
        "arrived_at": ["The graph index it is"],
    }


def test_lines_of_a_transcript_count_for_the_people_of_the_moment() -> None:
    call = transcript(
        "09:01 Priya Raman: Shall we?\n[09:02] Tom (Besu): Yes.\nPriya: Fine.\nNote: later\nWhat: no"
    )
    found = insights_of(moment(call, people=("Priya Raman", "Tom")), [call], "noor")
    assert found["contributions"] == {"Priya Raman": 2, "Tom": 1}


def test_who_is_only_named_is_no_participant() -> None:
    found = insights_of(moment(*TALK, people=("Priya", "Ana")), TALK, "noor")
    assert found["participants"] == ["Priya", "noor"]


def test_only_collaborations_carry_insights() -> None:
    zone = ZoneInfo("UTC")
    day = Day("noor", AT.date(), Calendar(zone).window_of(AT.date()), zone, TALK, (), "x", "x")
    for kind in ("collaboration", "communication"):
        (made,) = resolve_moments([Draft(moments=(moment(*TALK, kind=kind),))], day, "dream")
        assert (INSIGHTS in made.metadata) == (kind == "collaboration")
        assert made.metadata["source_ids"] == ["id1", "id2", "id3", "id4"]
