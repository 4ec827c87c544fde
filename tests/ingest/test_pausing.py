"""When a pause begins and ends."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rem_dagster.ingest.exclude import pause_at
from rem_dagster.ingest.pausing import end_of, end_pause, pause
from rem_dagster.ingest.sync import sync
from rem_dagster.settings import Home, open_home, read_pauses
from rem_dagster.store.database import Store
from tests.ingest.items import NINE

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("2h", timedelta(hours=2)),
        ("90m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("1h30min", timedelta(minutes=90)),
        ("2 hours", timedelta(hours=2)),
        ("1 day", timedelta(days=1)),
        ("until 10:30", timedelta(minutes=30)),
        ("until 10:00", timedelta(days=1)),
        ("until 09:00", timedelta(hours=23)),
    ],
)
def test_a_pause_ends_when_it_was_said_to(words: str, span: timedelta) -> None:
    assert end_of(words, zone=LISBON, now=NINE) == NINE + span  # 10:00 in Lisbon


def test_until_is_a_time_of_the_clock_on_a_day_on_which_clocks_change() -> None:
    evening = datetime(2024, 10, 26, 22, tzinfo=UTC)  # 23:00; the clocks go back at 2 in the night
    assert end_of("until 07:00", zone=LISBON, now=evening) == datetime(2024, 10, 27, 7, tzinfo=UTC)


@pytest.mark.parametrize("words", ["soon", "0h", "until then", "9999d", "99999999999999h", ""])
def test_what_is_no_time_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="Could not"):
        end_of(words, zone=LISBON, now=NINE)


def test_a_pause_is_made_longer_shorter_and_ended(home: Home) -> None:
    later = NINE + timedelta(hours=1)
    pause(home, now=NINE, until=NINE + timedelta(hours=2))
    pause(home, now=later, until=NINE + timedelta(hours=5))
    (held,) = read_pauses(home)
    assert (held.start, held.end) == (NINE, NINE + timedelta(hours=5))
    end_pause(home, now=later)
    assert pause_at(read_pauses(home), later) is None
    assert pause_at(read_pauses(home), later - timedelta(seconds=1)) is not None
    pause(home, now=NINE + timedelta(days=1), until=NINE + timedelta(days=2))
    assert [each.start for each in read_pauses(home)] == [NINE, NINE + timedelta(days=1)]


def test_nothing_is_pulled_while_a_pause_holds(home: Home, store: Store) -> None:
    (home.path / "config.toml").write_text('[[sources]]\nkind = "jsonl"\npath = "gone.jsonl"\n')
    home = open_home(home.path)
    pause(home, now=NINE, until=NINE + timedelta(hours=2))
    (report,) = sync(home, store, now=NINE + timedelta(hours=1))
    assert (report.error, report.paused_until) == (None, NINE + timedelta(hours=2))
    (report,) = sync(home, store, now=NINE + timedelta(hours=3))
    assert report.error is not None
