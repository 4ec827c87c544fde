"""A person's corrections change what a dream shows, and outlive it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rem_dagster.dreaming.correct import correct
from rem_dagster.dreaming.resolve import cited_sources
from rem_dagster.model.correction import Correction
from rem_dagster.model.day import Day, DayItem
from rem_dagster.model.moment import Evidence, Moment
from rem_dagster.model.window import Calendar

START = datetime(2025, 10, 14, 9, tzinfo=UTC)
ITEMS = tuple(
    DayItem(
        f"r{n}",
        f"id{n}",
        "resource",
        START + n * timedelta(hours=1),
        START + n * timedelta(hours=1),
        "t",
        f"d{n}",
    )
    for n in range(6)
)


def moment(name: str, numbers: range) -> Moment:
    cited = [ITEMS[n] for n in numbers]
    return Moment(
        id=f"moment-{name}",
        user_id="u",
        partition_key="2025-10-14",
        name=name,
        summary=f"{name} happened.",
        start_time=cited[0].occurred_at,
        end_time=cited[-1].occurred_at,
        created_at=cited[-1].occurred_at,
        moment_type="other",
        resource_ids=tuple(item.source_id for item in cited),
        evidence=(Evidence(source_id=cited[0].source_id, quote="t"),),
        metadata={"source_ids": [item.source_id for item in cited]},
        dream_id="d",
    )


MORNING, EVENING = moment("morning", range(4)), moment("evening", range(4, 6))


def corrected(verb: str, target: tuple[str, ...], **value: object) -> tuple[list[Moment], list[Correction]]:
    made = Correction(
        id="c1", user_id="u", partition_key="2025-10-14", target=target, verb=verb, value=value, made_at=START
    )
    day = Day(
        user_id="u",
        day=date(2025, 10, 14),
        window=Calendar(ZoneInfo("UTC")).window_of(date(2025, 10, 14)),
        zone=ZoneInfo("UTC"),
        items=ITEMS,
        corrections=(made,),
        input_digest="",
        input_hash="",
    )
    done = correct([MORNING, EVENING], day, "d")
    return done.moments, done.detached


def test_a_rename_reaches_the_moment_that_shares_most_sources_and_the_search() -> None:
    moments, detached = corrected("rename", ("id0", "id1", "id5"), name="Deep work")
    assert [each.name for each in moments] == ["Deep work", "evening"]
    assert "Deep work" in moments[0].search_text
    assert detached == []


def test_a_retyped_moment_keeps_its_words() -> None:
    moments, _ = corrected("retype", ("id4", "id5"), moment_type="reflection")
    assert (moments[1].name, moments[1].moment_type) == ("evening", "reflection")


def test_set_times_moves_both_ends() -> None:
    moments, _ = corrected(
        "set_times", ("id4",), start_time="2025-10-14T08:00:00+00:00", end_time="2025-10-14T08:30:00+00:00"
    )
    assert [each.name for each in moments] == ["evening", "morning"]
    assert moments[0].end_time - moments[0].start_time == timedelta(minutes=30)


def test_a_hidden_moment_is_gone() -> None:
    moments, _ = corrected("hide", ("id4", "id5"))
    assert [each.name for each in moments] == ["morning"]


def test_a_split_gives_each_part_its_own_sources_and_id() -> None:
    moments, _ = corrected("split", ("id0", "id1", "id2", "id3"), at="2025-10-14T11:00:00+00:00")
    assert [cited_sources(each) for each in moments] == [["id0", "id1"], ["id2", "id3"], ["id4", "id5"]]
    assert len({each.id for each in moments}) == 3


def test_a_merge_joins_sources_and_times() -> None:
    moments, _ = corrected("merge", tuple(item.source_id for item in ITEMS), name="The day")
    (whole,) = moments
    assert whole.name == "The day"
    assert cited_sources(whole) == [item.source_id for item in ITEMS]
    assert (whole.start_time, whole.end_time) == (MORNING.start_time, EVENING.end_time)


def test_a_moment_can_be_added_with_its_own_times() -> None:
    moments, _ = corrected(
        "add", (), name="Nap", start_time="2025-10-14T13:30:00+00:00", end_time="2025-10-14T13:50:00+00:00"
    )
    assert [each.name for each in moments] == ["morning", "evening", "Nap"]


@pytest.mark.parametrize(
    ("verb", "target", "value"),
    [
        ("rename", ("gone",), {"name": "x"}),
        ("split", ("id4", "id5"), {"at": "2025-10-14T05:00:00+00:00"}),
        ("merge", ("id4", "id5"), {}),
    ],
)
def test_a_correction_that_finds_nothing_is_listed_not_dropped(
    verb: str, target: tuple[str, ...], value: dict[str, object]
) -> None:
    moments, detached = corrected(verb, target, **value)
    assert moments == [MORNING, EVENING]
    assert [each.id for each in detached] == ["c1"]
