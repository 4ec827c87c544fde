"""`rem standup`: the page, its states, and what programs get."""

from datetime import UTC, datetime, timedelta

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.interfaces.cli.conftest import Rem
from tests.lives import dream


def test_the_morning_is_told_within_eighty_columns(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "standup", "2025-10-09")
    assert shown.code == 0
    assert "Thursday 9 October 2025" in shown.out
    assert "Yesterday, Wednesday 8 October 2025" in shown.out
    assert "What came of it" in shown.out
    assert max(len(line) for line in shown.out.splitlines() if str(lived.path) not in line) <= 80
    assert "standup 2025-10-09 --markdown" in " ".join(shown.out.split())


def test_a_morning_after_days_without_anything_names_the_last_day(rem: Rem, lived: Home) -> None:
    assert "Wednesday 8 October 2025" in rem("--home", lived.path, "standup").out


def test_a_day_that_was_not_dreamt_names_the_command(rem: Rem, undreamt: Home) -> None:
    shown = " ".join(rem("--home", undreamt.path, "standup", "2025-10-08").out.split())
    assert "This day is not dreamt yet." in shown
    assert "dream 2025-10-07" in shown


def test_a_day_that_changed_since_says_so(rem: Rem, home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, OfflineEngine(), DreamPlan())
    fill(home, store, [message(999, MONDAY + timedelta(hours=3))])
    assert "More of this day came in" in rem("--home", home.path, "standup", "2025-10-07").out


def test_markdown_is_printed_as_it_is(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "standup", "2025-10-09", "--markdown").out
    assert shown.startswith("# Stand-up, Thursday 9 October 2025\n\n## Wednesday 8 October 2025\n")
    assert "Next:" not in shown


def test_programs_get_all_of_it(rem: Rem, lived: Home) -> None:
    told = rem("--home", lived.path, "standup", "2025-10-09", "--json").json
    assert told["day"] == "2025-10-09"
    assert [each["state"] for each in told["days"]] == ["current"]
    assert {"open", "done", "faded", "today", "returning", "year_ago", "last_time"} <= set(told)


def test_the_first_morning_of_a_home_says_that_nothing_is_recorded(rem: Rem, lived: Home) -> None:
    assert "nothing recorded before" in rem("--home", lived.path, "standup", "2025-10-06").out


def test_an_empty_home_says_how_to_fill_it(rem: Rem, home: Home, store: Store) -> None:
    shown = rem("--home", home.path, "standup")
    assert (shown.code, "is empty so far" in shown.out) == (0, True)
    assert rem("--home", home.path, "standup", "--json").json == {"days": []}


def test_what_is_no_day_is_refused(rem: Rem, lived: Home) -> None:
    week = rem("--home", lived.path, "standup", "week", "of", "2025-10-06")
    assert week.code == 2
    assert "is not one day" in week.err
    later = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    assert rem("--home", lived.path, "standup", later).code == 2
    assert "Nothing of user 'nobody'" in rem("--home", lived.path, "--user", "nobody", "standup").err
