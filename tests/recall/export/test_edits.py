"""What is read in a block: nothing where nothing was edited, else the correction that is meant."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.moment import Evidence, Moment
from rem_dagster.model.own_output import END
from rem_dagster.model.window import Calendar
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES
from rem_dagster.recall.export.block_read import FoundBlock, read_block
from rem_dagster.recall.export.block_text import DayText, Writing, block_of
from rem_dagster.recall.export.edits import Edit, Ground, edits_of

DAY = date(2025, 10, 20)
LISBON = Calendar(ZoneInfo("Europe/Lisbon"))
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)


def moment(number: int = 0, **changes: Any) -> Moment:
    start = datetime(2025, 10, 20, 9 + 2 * number, 0, 30, tzinfo=UTC)
    given = {
        "id": f"0000000{number}-aaaa-5bbb-8ccc-dddddddddddd",
        "user_id": "ann",
        "partition_key": DAY.isoformat(),
        "name": f"Moment {number}",
        "summary": "It went well.",
        "start_time": start,
        "end_time": start + timedelta(hours=1),
        "created_at": start + timedelta(hours=1),
        "moment_type": "work_session",
        "tags": ("rust",),
        "emotion_tags": ("calm",),
        "outcomes": ("Merged it",),
        "evidence": (Evidence(source_id="s", quote="It is done."),),
        "dream_id": "d",
    }
    return Moment.model_validate({**given, **changes})


def written(*moments: Moment, summary: str | None = "A good day.") -> str:
    return block_of(DayText(DAY, moments, summary), Writing("ann", LISBON.zone, {}))


def found_in(block: str) -> FoundBlock:
    return read_block(block.partition("-->")[2].rpartition(END)[0], 1)


def read(block: str, *moments: Moment, calendar: Calendar = LISBON) -> tuple[list[Edit], list[str]]:
    ground = Ground(DAY, calendar, {each.id: each for each in moments}, list(BUILT_IN_MOMENT_TYPES))
    edits, troubles = edits_of(found_in(block), ground)
    return edits, [each.reason for each in troubles]


@given(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
def test_a_block_that_nobody_edited_has_no_edits(
    name: str, summary: str, outcome: str, quote: str, of_day: str
) -> None:
    one = moment(name=name, summary=summary, outcomes=(outcome,), tags=(outcome,), emotion_tags=())
    two = moment(1, evidence=(Evidence(source_id="s", quote=quote),), moment_type="own-type")
    block = written(one, two, summary=of_day)
    assert read(block, one, two) == ([], [])
    assert read(block.replace("\n", "  \n"), one, two) == ([], [])  # white space at the ends of lines


@given(TEXTS.filter(lambda text: text.strip() and text.isprintable()))
def test_a_title_that_is_typed_anew_is_a_rename(title: str) -> None:
    one = moment(name="Quite another")
    block = written(one).replace("### Quite another", f"### {title}")
    edits, troubles = read(block, one)
    assert troubles == []
    assert [each.verb for each in edits] in (["rename"], [])


def test_each_edit_is_the_correction_that_it_looks_like() -> None:
    one, two, three = moment(0), moment(1), moment(2)
    block = (
        written(one, two, three)
        .replace("### Moment 0", "### The *first*")
        .replace("10:00–11:00 · Work", "10:00–12:15 · Learning")
    )
    section = block[block.index("### Moment 2") : block.index("<!-- rem:moments")]
    edits, troubles = read(block.replace(section, ""), one, two, three)
    assert troubles == []
    assert [(each.verb, each.moment_id, dict(each.value)) for each in edits] == [
        ("rename", one.id, {"name": "The *first*"}),
        ("retype", one.id, {"moment_type": "learning"}),
        (
            "set_times",
            one.id,
            {"start_time": one.start_time, "end_time": datetime(2025, 10, 20, 11, 15, tzinfo=UTC)},
        ),
        ("hide", three.id, {}),
    ]


def test_a_summary_that_is_wrapped_otherwise_is_the_same() -> None:
    one = moment(summary="It went well and was done by noon.")
    block = written(one)
    assert read(block.replace("well and", "well\nand"), one) == ([], [])
    (edit,), _ = read(block.replace("by noon", "by two"), one)
    assert edit.value == {"summary": "It went well and was done by two."}


@pytest.mark.parametrize("times", ["10:30-11:00", "10.30 – 11.00", "10:30 to 11:00", "10:30—11:00"])
def test_times_may_be_typed_in_several_ways(times: str) -> None:
    one = moment()
    (edit,), _ = read(written(one).replace("10:00–11:00", times), one)
    assert edit.value == {"start_time": datetime(2025, 10, 20, 9, 30, tzinfo=UTC), "end_time": one.end_time}


def test_times_past_midnight_are_of_the_next_day() -> None:
    late = moment(6)
    (edit,), _ = read(written(late).replace("22:00–23:00", "22:00–00:30"), late)
    assert edit.value["end_time"] == datetime(2025, 10, 20, 23, 30, tzinfo=UTC)


def test_an_edit_that_says_what_is_shown_already_is_none() -> None:
    before, after = moment(), moment(name="Renamed", moment_type="learning")
    block = written(before).replace("### Moment 0", "### Renamed").replace("· Work", "· Learning")
    assert read(block, after) == ([], [])
    assert read(
        written(moment(), moment(1)).replace("### Moment 1", "###  Moment 1"), moment(), moment(1)
    ) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("· Work", "· Wrok", "'Wrok' is no type of moment"),
        ("10:00–11:00", "after lunch", "are no times"),
        ("10:00–11:00", "10:00–25:00", "there is no 25:00"),
        ("### Moment 0", "###", "without a title"),
        ("It went well.", "", "without a summary"),
        ("Merged it", "Merged it all", "below the summary"),
        ("felt calm", "felt tired", "of feelings and tags"),
        ("A good day.", "A bad day.", "before the moments"),
        ("<!-- rem:moments", "### Mine\n\nText\n\n<!-- rem:moments", "that rem did not write"),
        ("\n<!-- rem:end", "\nmine\n<!-- rem:end", "after the moments"),
        ("<!-- rem:moments", "<!-- moments", "the last line of the block"),
    ],
)
def test_what_is_not_understood_is_told_and_changes_nothing(old: str, new: str, reason: str) -> None:
    one = moment()
    block = written(one)
    assert old in block
    edits, troubles = read(block.replace(old, new, 1), one)
    assert any(reason in each for each in troubles), troubles
    assert edits == []


def test_a_moment_that_was_changed_elsewhere_too_is_told() -> None:
    block = written(moment()).replace("### Moment 0", "### Mine")
    edits, troubles = read(block, moment(name="Theirs"))
    assert (edits, troubles) == ([], ["the title was changed here and elsewhere too since it was written"])


def test_an_edit_of_a_moment_that_is_gone_is_told_and_its_absence_is_not() -> None:
    block = written(moment(), moment(1))
    assert read(block, moment()) == ([], [])
    _, troubles = read(block.replace("### Moment 1", "### Mine"), moment())
    assert troubles == ["an edit of a moment that is not there any more"]


def test_a_second_section_of_one_moment_is_told() -> None:
    block = written(moment())
    section = block[block.index("### ") : block.index("<!-- rem:moments")]
    assert read(block.replace(section, section * 2), moment())[1] == ["a second section of one moment"]


def test_a_block_that_somebody_emptied_hides_nothing() -> None:
    one, two = moment(), moment(1)
    block = written(one, two)
    emptied = block.replace(block[block.index("### ") : block.index("<!-- rem:moments")], "")
    edits, troubles = read(emptied, one, two)
    assert edits == []
    assert "all 2 moments are gone" in troubles[0]
    assert found_in(f"<!-- rem:begin -->\n\n{END}\n").is_empty


def test_a_time_that_never_was_is_told() -> None:
    spring = date(2025, 3, 30)
    start = datetime(2025, 3, 30, 8, tzinfo=UTC)
    one = moment(start_time=start, end_time=start + timedelta(hours=1))
    block = block_of(DayText(spring, (one,), None), Writing("ann", LISBON.zone, {}))
    ground = Ground(spring, LISBON, {one.id: one}, ["work_session"])
    _, troubles = edits_of(found_in(block.replace("09:00–10:00", "01:30–10:00")), ground)
    assert "never was that day" in troubles[0].reason
