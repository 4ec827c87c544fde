"""Times that cannot be right are said, and their items land all the same."""

from datetime import UTC, datetime, timedelta

import pytest

from rem_dagster.ingest.report import ImportReport
from rem_dagster.settings import Home
from rem_dagster.sources.source import ProblemKind
from rem_dagster.store.database import Store
from tests.ingest.items import NINE, NOW, page, put, said, talk

AHEAD = "is more than a day in the future"
UNSET = "is the start of 1970, as a clock says that was never set"
OLD = "is before 1990"
ALIKE = "is the same for all items: their own times were lost"


def noticed(report: ImportReport) -> dict[str, int]:
    kind: ProblemKind = "notice"
    return {reason: count for (each, _, reason), count in report.reasons.items() if each == kind}


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW + timedelta(days=1, seconds=1), AHEAD),
        (datetime(2099, 1, 1, tzinfo=UTC), AHEAD),
        (datetime(1970, 1, 1, tzinfo=UTC), UNSET),
        (datetime(1969, 12, 31, 16, tzinfo=UTC), UNSET),
        (datetime(1989, 12, 31, tzinfo=UTC), OLD),
        (datetime(1980, 1, 1, tzinfo=UTC), OLD),
        (datetime(1904, 1, 1, tzinfo=UTC), OLD),
    ],
)
def test_a_wrong_clock_is_a_counted_notice_and_the_item_lands(
    home: Home, store: Store, at: datetime, reason: str
) -> None:
    report = put(home, store, said(1), said(2, at=at), page("old", at=at))
    assert noticed(report) == {reason: 2}
    assert (report.new, report.failed) == (3, 0)
    assert {each.got for each in report.problems} == {at.isoformat()}


@pytest.mark.parametrize("at", [NOW, NOW + timedelta(hours=23), datetime(1990, 1, 1, tzinfo=UTC), NINE])
def test_a_time_that_may_be_right_is_no_notice(home: Home, store: Store, at: datetime) -> None:
    assert noticed(put(home, store, said(1, at=at))) == {}


def test_a_calendar_may_hold_what_is_to_come_and_what_was_long_ago(home: Home, store: Store) -> None:
    years = (1950, 2090)
    events = [
        page("birthday", native_id=str(year), at=datetime(year, 3, 1, tzinfo=UTC), category="event")
        for year in years
    ]
    assert noticed(put(home, store, *events)) == {}


def test_items_that_all_have_one_instant_are_one_notice(home: Home, store: Store) -> None:
    report = put(home, store, talk(), *(said(number, at=NINE) for number in range(5)))
    assert noticed(report) == {ALIKE: 1}


def test_a_few_or_one_that_differs_or_dates_alone_are_none(home: Home, store: Store) -> None:
    few = [said(number, at=NINE) for number in range(4)]
    assert noticed(put(home, store, *few)) == {}
    assert noticed(put(home, store, *few, said(4, at=NINE), said(5))) == {}
    midnight = datetime(2024, 5, 1)
    dated = [said(number, at=midnight, time_confidence="assumed_time") for number in range(9)]
    assert noticed(put(home, store, *dated)) == {}
