"""What is said of a week or month, which outcomes stand for it, and how its time is counted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.rollup_choice import key_outcomes, main_topics
from rem_dagster.dreaming.rollup_periods import Rolled
from rem_dagster.dreaming.rollup_tally import tally_each
from rem_dagster.dreaming.rollup_text import MOST_WORDS, tell
from rem_dagster.interfaces.cli.page import time_covered
from rem_dagster.model.moment import Moment

MONDAY = datetime(2025, 10, 6, 9, tzinfo=UTC)


def moment(
    name: str,
    *,
    day: int = 0,
    hour: float = 0,
    minutes: float = 60,
    kind: str = "work_session",
    outcomes: Sequence[str] = (),
    tags: Sequence[str] = (),
    people: Sequence[str] = (),
    summary: str = "",
) -> Moment:
    start = MONDAY + timedelta(days=day, hours=hour)
    end = start + timedelta(minutes=minutes)
    return Moment(
        id=f"{day}/{hour}/{name}",
        user_id="ines",
        partition_key=start.date().isoformat(),
        name=name,
        summary=summary,
        start_time=start,
        end_time=end,
        created_at=end,
        moment_type=kind,
        outcomes=tuple(outcomes),
        tags=tuple(tags),
        people=tuple(people),
        dream_id="d",
    )


def told(*moments: Moment, period: Rolled = "week") -> str:
    in_order = sorted(moments, key=lambda each: (each.start_time, each.end_time, each.id))
    return tell(in_order, tally_each([in_order])[0], period=period, user_id="ines")


def outcomes(*moments: Moment, most: int = 8, most_a_day: int = 8) -> list[str]:
    return [each.text for each in key_outcomes(moments, most=most, most_a_day=most_a_day)]


def test_events_come_first_each_with_its_day_and_then_what_the_time_went_to() -> None:
    week = told(
        moment(
            "The loader", minutes=600, outcomes=["Fixed the loader on empty files"], tags=["loader", "tests"]
        ),
        moment("Tests", day=1, minutes=300, outcomes=["Wrote tests of the pool."], tags=["tests"]),
        moment("Reading", day=2, minutes=120, kind="learning", tags=["graphs"]),
    )
    assert week == (
        "Fixed the loader on empty files (Monday). Wrote tests of the pool (Tuesday). "
        "17 h on 3 days: 15 h of work, mostly tests; 2 h of learning, mostly graphs."
    )


def test_what_one_day_gave_is_told_in_one_sentence() -> None:
    day = moment("Loader", outcomes=["Fixed the loader"])
    later = moment("Pool", hour=2, outcomes=["Wrote the pool (#12, #13)"])
    assert told(day, later).startswith("Fixed the loader; wrote the pool (Monday). ")


def test_releases_share_a_sentence_and_name_what_was_released_where_it_changes() -> None:
    week = told(
        moment("A", outcomes=["Released graphd 0.4.0", "Released tideload 0.4"]),
        moment("B", day=2, outcomes=["Released tideload 0.5"]),
        moment("C", day=4, outcomes=["Released graphd 0.4.1"]),
    )
    assert week.startswith(
        "Released graphd 0.4.0, tideload 0.4 (Monday), 0.5 (Wednesday) and graphd 0.4.1 (Friday). "
    )


def test_a_month_names_days_by_their_date() -> None:
    month = told(moment("A", outcomes=["Fixed the loader"]), period="month")
    assert month == "Fixed the loader (6 Oct). 1 h of work on 1 day."


def test_a_long_moment_without_an_outcome_is_an_event_by_its_title() -> None:
    week = told(
        moment("Flight Lisbon to Toronto", minutes=480, kind="other", tags=["travel"]),
        moment("With Ana: wine and rain", day=1, minutes=200, kind="communication", people=["Ana"]),
        moment("A quiet hour at the desk", day=2, minutes=60),
    )
    assert week == (
        "Flight Lisbon to Toronto (Monday). "
        "12 h on 3 days: 8 h of other things, mostly travel; 3½ h of talk, with Ana; 1 h of work."
    )


def test_moments_without_length_are_counted_rather_than_measured() -> None:
    week = told(
        moment("One note", minutes=0, tags=["loader"]), moment("Two", day=3, minutes=0, tags=["loader"])
    )
    assert week == "One note (Monday). Two (Thursday). 2 moments on 2 days, mostly loader."


def test_nobody_talks_with_themselves() -> None:
    talk = moment("Call", kind="communication", people=["Inês", "Priya"])
    assert told(talk).endswith("1 h of talk on 1 day, with Priya.")
    calls = [
        moment(f"Call {day}", day=day, kind="communication", people=["Jo", other])
        for day, other in enumerate(["Priya", "Tom", "Ana"])
    ]
    assert told(*calls).endswith("3 h of talk on 3 days, with Ana, Priya and Tom.")


def test_topics_are_written_as_the_moments_write_them() -> None:
    work = moment("Work", tags=["diskann", "half-marathon"], summary="I read about DiskANN, then ran.")
    assert told(work).endswith("mostly DiskANN.")
    assert told(work.model_copy(update={"tags": ("half-marathon",)})).endswith("mostly half marathon.")


def test_a_type_is_not_its_own_topic() -> None:
    assert told(moment("Reading", kind="learning", tags=["learning", "graphs"])).endswith("mostly graphs.")


def test_a_type_of_the_users_own_is_called_by_its_name() -> None:
    assert told(moment("Beans", kind="garden_work")).endswith("1 h of garden work on 1 day.")


words = st.text(st.characters(codec="utf-8"), max_size=60)
odd_moments = st.lists(
    st.builds(
        moment,
        words,
        day=st.integers(0, 6),
        hour=st.integers(0, 12),
        minutes=st.integers(0, 700),
        kind=st.sampled_from(["work_session", "communication", "other", "creation", "x-y"]),
        outcomes=st.lists(words | st.just("Released one " + "long " * 80), max_size=3),
        tags=st.lists(words, max_size=3),
        people=st.lists(words, max_size=3),
        summary=words,
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("period", ["week", "month"])
@given(moments=odd_moments)
@pytest.mark.runs
def test_whatever_happened_the_text_is_short_and_on_one_line(period: Rolled, moments: list[Moment]) -> None:
    text = told(*moments, period=period)
    assert 0 < len(text.split()) <= MOST_WORDS[period]
    assert len(text.splitlines()) == 1


def test_an_hour_that_two_moments_share_counts_once() -> None:
    (tally,) = tally_each([[moment("A"), moment("B", hour=0.5, kind="learning")]])
    assert tally.seconds == 90 * 60
    assert tally.by_type == {"learning": 3600, "work_session": 3600}


@given(moments=odd_moments)
@pytest.mark.runs
def test_time_is_covered_once_and_each_moment_counted_once(moments: list[Moment]) -> None:
    alone, *_ = tally_each([moments])
    _, beside = tally_each([[moment("Other", day=3, minutes=999)], moments])
    assert alone == beside
    assert alone.seconds == int(time_covered(moments).total_seconds())
    assert alone.moments == len(moments)
    by_type = {each.moment_type: [] for each in moments}  # type: dict[str, list[Moment]]
    for each in moments:
        by_type[each.moment_type].append(each)
    assert alone.by_type == {
        kind: int(time_covered(of_kind).total_seconds()) for kind, of_kind in by_type.items()
    }
    assert alone.active_days == len({each.partition_key for each in moments})
    for topic, held in alone.by_topic.items():
        tagged = [each for each in moments if topic in each.tags]
        assert (held.moments, held.seconds) == (len(tagged), int(time_covered(tagged).total_seconds()))


@given(moments=odd_moments)
@pytest.mark.runs
def test_the_order_of_reading_changes_nothing(moments: list[Moment]) -> None:
    distinct = list({each.id: each for each in moments}.values())
    turned = distinct[::-1]
    assert key_outcomes(distinct, most=4, most_a_day=2) == key_outcomes(turned, most=4, most_a_day=2)
    assert main_topics(distinct, most=4) == main_topics(turned, most=4)
    assert tally_each([distinct]) == tally_each([turned])


def test_a_milestone_stands_for_a_week_before_what_merely_took_long() -> None:
    long = moment("Long", minutes=240, outcomes=["Printed a build estimate"])
    short = moment("Short", day=1, minutes=5, outcomes=["Updated a test", "Released graphd 0.4.1"])
    assert outcomes(long, short, most=1) == ["Printed a build estimate"]
    assert outcomes(
        long, short.model_copy(update={"end_time": short.end_time + timedelta(hours=1)}), most=1
    ) == ["Released graphd 0.4.1"]


def test_outcomes_are_told_once_and_versions_are_not_each_other() -> None:
    first = moment("A", outcomes=["Upgraded the editor to version 6"])
    again = moment("B", day=1, minutes=30, outcomes=["upgraded the editor to version 6"])
    newer = moment("C", day=2, outcomes=["Upgraded the editor to version 7"])
    assert outcomes(first, again, newer) == [
        "Upgraded the editor to version 6",
        "Upgraded the editor to version 7",
    ]


def test_no_day_takes_all_the_room_and_quotes_stay_with_their_moments() -> None:
    busy = [moment(f"M{n}", hour=n, outcomes=[f"Made the part number {n}"]) for n in range(5)]
    quiet = moment("Q", day=1, minutes=0, outcomes=["“Hm.”", "Sent the letter home"])
    found = outcomes(*busy, quiet, most=3, most_a_day=2)
    assert len(found) == 3
    assert found[-1] == "Sent the letter home"


def test_the_topic_of_most_time_comes_first() -> None:
    short = moment("A", minutes=10, tags=["tests"])
    long = moment("B", minutes=300, tags=["loader", "tests"])
    assert main_topics([short, long], most=2) == ["loader", "tests"]
