"""`rem week`: the weekly review, brought up to date on demand, and what is said where it is not."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.dreaming.rollup import find_rollups, roll_up
from rem_dagster.model.summary import Summary
from rem_dagster.recall.timeline import summary_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.interfaces.cli.conftest import Rem, snapshot
from tests.lives import dream

pytestmark = pytest.mark.runs

WEEK = "2025-10-05"
LOADED = """
import sys
from rem_dagster.interfaces.cli.main import main
main({words!r})
print(sorted({{"dagster", "lancedb", "openai", "mcp"}} & set(sys.modules)), file=sys.stderr)
"""


def week_of(store: Store) -> Summary | None:
    return summary_of(store, user_id="ines", period="week", first_day=date.fromisoformat(WEEK))


def flat(text: str) -> str:
    return " ".join(text.split())


def packed(text: str) -> str:
    """Without any white space: a long path is broken where a line ends."""
    return "".join(text.split())


@pytest.fixture
def rolled(undreamt: Home, store: Store) -> Home:
    """A home of three dreamt days whose week and month are summed up."""
    dream(undreamt, store, ScriptedEngine(), DreamPlan())
    roll_up(undreamt, store)
    return undreamt


def test_a_week_is_dreamt_summed_up_and_shown(rem: Rem, undreamt: Home, store: Store) -> None:
    shown = rem("--home", undreamt.path, "week", "2025-10-07")
    assert shown.code == 0
    assert [row.status for row in read_ledger(store)] == ["complete"] * 3
    week = week_of(store)
    assert week is not None
    assert week.content in flat(shown.out)
    assert flat(shown.out).index("5 to 11 October 2025") < flat(shown.out).index(week.content)
    for part in ("● Work", "What came of it", "Mon 6 Oct", "Sun 5 Oct nothing recorded"):
        assert part in flat(shown.out)
    lines = [each for each in shown.out.splitlines() if not each.startswith("  Next: ")]
    assert max(map(len, lines)) <= 80  # the next command, with its path, can be copied


def test_only_the_asked_users_days_of_the_week_are_dreamt(rem: Rem, undreamt: Home, store: Store) -> None:
    fill(undreamt, store, chat_day(9))
    fill(undreamt, store, chat_day(1, user="tom"), user="tom")
    assert rem("--home", undreamt.path, "--user", "ines", "week", "2025-10-07").code == 0
    made = [(row.user_id, row.partition_key) for row in read_ledger(store)]
    assert made == [("ines", "2025-10-06"), ("ines", "2025-10-07"), ("ines", "2025-10-08")]


def test_only_days_that_changed_are_dreamt_again(rem: Rem, rolled: Home, store: Store) -> None:
    before = {row.partition_key: row.dreamt_at for row in read_ledger(store)}
    fill(rolled, store, [message(999, MONDAY + timedelta(days=1, hours=5))])
    assert rem("--home", rolled.path, "week", "2025-10-07").code == 0
    again = {row.partition_key for row in read_ledger(store) if row.dreamt_at != before[row.partition_key]}
    assert again == {"2025-10-07"}
    states = find_rollups(rolled, store)
    assert {each.period: each.freshness for each in states}["week"] == "current"


def test_a_week_that_is_up_to_date_is_shown_without_writing_or_loading_much(rolled: Home) -> None:
    before = snapshot(rolled)
    words = ["--home", str(rolled.path), "week", "2025-10-07"]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED.format(words=words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "5 to 11 October 2025" in done.stdout
    assert done.stderr.strip() == "[]"
    assert snapshot(rolled) == before


def test_without_dreaming_nothing_is_written_and_what_is_out_of_date_is_said(
    rem: Rem, rolled: Home, store: Store
) -> None:
    fill(rolled, store, [message(999, MONDAY + timedelta(days=1, hours=5)), *chat_day(3)])
    before = snapshot(rolled)
    shown = rem("--home", rolled.path, "week", "2025-10-07", "--no-dream")
    assert shown.code == 0
    assert snapshot(rolled) == before
    said = flat(shown.out)
    assert "Tue 7 Oct changed since it was dreamt." in said
    assert "not dreamt yet: 9 items" in said
    assert "This week changed since its summary was written;" in said
    assert f"week {WEEK}` makes it again" in said


def test_a_week_that_nobody_summed_up_says_so(rem: Rem, undreamt: Home, store: Store) -> None:
    dream(undreamt, store, ScriptedEngine(), DreamPlan())
    said = flat(rem("--home", undreamt.path, "week", "2025-10-07", "--no-dream").out)
    assert "This week is not summed up yet;" in said


def test_show_has_the_summary_of_a_week_and_of_a_month_on_top(rem: Rem, rolled: Home, store: Store) -> None:
    before = snapshot(rolled)
    week = week_of(store)
    assert week is not None
    shown = flat(rem("--home", rolled.path, "show", "week of 2025-10-07").out)
    assert week.content in shown
    assert "changed since" not in shown
    month = summary_of(store, user_id="ines", period="month", first_day=date(2025, 10, 1))
    assert month is not None
    assert month.content in flat(rem("--home", rolled.path, "show", "october 2025").out)
    assert week.content not in flat(rem("--home", rolled.path, "show", "2025-10-06 to 2025-10-08").out)
    assert snapshot(rolled) == before


def test_show_says_when_a_week_or_month_changed_since(rem: Rem, rolled: Home, store: Store) -> None:
    fill(rolled, store, [message(999, MONDAY + timedelta(days=1, hours=5))])
    dream(rolled, store, ScriptedEngine(), DreamPlan())
    week = packed(rem("--home", rolled.path, "show", "week of 2025-10-07").out)
    said = f"This week changed since its summary was written; `rem --home {rolled.path} week {WEEK}`"
    assert packed(said) in week
    month = packed(rem("--home", rolled.path, "show", "october 2025").out)
    said = f"This month changed since its summary was written; `rem --home {rolled.path} dream`"
    assert packed(said) in month


def test_a_failed_day_keeps_the_summary_as_it_was_and_says_so(rem: Rem, rolled: Home, store: Store) -> None:
    week = week_of(store)
    assert week is not None
    fill(rolled, store, chat_day(3))
    dream(rolled, store, ScriptedEngine(failing_on("2025-10-09")), DreamPlan())
    shown = rem("--home", rolled.path, "week", "2025-10-07", "--no-dream")
    said = flat(shown.out)
    assert week.content in said
    assert "Thu 9 Oct could not be dreamt." in said
    assert "The summary is of before: 1 day of this week failed or unfinished;" in said
    assert rem("--home", rolled.path, "week", "2025-10-07").code == 0
    assert {each.freshness for each in find_rollups(rolled, store) if each.period == "week"} == {"current"}


def test_a_dream_that_fails_is_said_and_the_week_is_shown_all_the_same(
    rem: Rem, rolled: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_LLM", "fake-1")
    monkeypatch.setenv("REM_LLM_BASE_URL", "http://127.0.0.1:9/v1")  # nobody listens there
    monkeypatch.setenv("REM_LLM_PRICE_INPUT_PER_MILLION", "0")
    monkeypatch.setenv("REM_LLM_PRICE_OUTPUT_PER_MILLION", "0")
    fill(rolled, store, chat_day(3))
    shown = rem("--home", rolled.path, "week", "2025-10-07")
    assert shown.code != 0
    assert "2025-10-09" in shown.err
    week = week_of(store)
    assert week is not None
    assert week.content in flat(shown.out)


def test_a_claim_that_was_held_back_is_no_reason_to_say_anything(
    rem: Rem, rolled: Home, store: Store
) -> None:
    (row, *_) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"counts": {**row.counts, "held_back": 2}})])
    roll_up(rolled, store)
    assert "held back" not in rem("--home", rolled.path, "week", "2025-10-07", "--no-dream").out


def test_json_holds_the_summary_its_figures_and_the_days(rem: Rem, undreamt: Home, store: Store) -> None:
    done = rem("--home", undreamt.path, "week", "2025-10-07", "--json")
    week = done.json
    found = week_of(store)
    assert found is not None
    assert (week["start"], week["end"], week["state"], week["remarks"]) == (WEEK, "2025-10-11", "current", [])
    assert (week["summary"], week["figures"]) == (found.content, found.metadata)
    assert [each["status"] for each in week["dreamt"]] == ["dreamt"] * 3
    assert len(week["days"]) == 7
    assert json.dumps(week["figures"]["seconds_by_type"])
    again = rem("--home", undreamt.path, "week", "2025-10-07", "--json").json
    assert (again["dreamt"], again["summary"]) == ([], found.content)


@pytest.mark.parametrize(
    "words",
    ["2025-10-07", "week of 2025-10-07", "2025-W41", "tuesday 7 october 2025", "2025-10-06 to 2025-10-08"],
)
def test_a_week_is_named_by_anything_that_lies_in_it(rem: Rem, lived: Home, words: str) -> None:
    assert "5 to 11 October 2025" in rem("--home", lived.path, "week", words, "--no-dream").out


def test_this_week_is_looked_at_when_none_is_named(rem: Rem, home: Home, store: Store) -> None:
    now = datetime.now(UTC)
    fill(home, store, [message(1, now - timedelta(minutes=5), content="I moved the release to Thursday.")])
    rem("--home", home.path, "week")
    (row,) = read_ledger(store)
    assert row.status == "complete"
    assert {each.period for each in find_rollups(home, store)} == {"week", "month"}


def test_an_empty_week_names_the_latest_that_is_not(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "week")
    assert shown.code == 0
    assert "week 2025-10-08" in flat(shown.out)


def test_an_empty_home_says_how_to_fill_it(rem: Rem, home: Home) -> None:
    said = f"is empty so far.\nNext: rem --home {home.path} import PATH"
    assert said in rem("--home", home.path, "week").out
    assert rem("--home", home.path, "week", "--json").json == {"days": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["october", "2025"], "is 31 days, and `rem week` looks back on one week"),
        (["next tuesdayish"], "names no time that I know"),
        (["2999-01-01"], "has not begun"),
        (["--user", "nobody"], "Nothing of user 'nobody' is in this home"),
        (["--max-cost", "-1"], "--max-cost"),
    ],
)
def test_what_is_no_week_ends_with_2_and_changes_nothing(
    rem: Rem, undreamt: Home, words: list[str], said: str
) -> None:
    before = snapshot(undreamt)
    done = rem("--home", undreamt.path, "week", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert snapshot(undreamt) == before
