"""`--case`: pages and tables of what cites the sessions of one case alone."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from rem_dagster import Memory
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.errors import InputError, UnknownCaseError
from rem_dagster.interfaces.cli.main import main
from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.settings import Home, open_home
from tests.activity import MONDAY, fill
from tests.interfaces.cli.conftest import Rem
from tests.lives import LIVES

LINES = {
    "T-1": ("I moved the release to Thursday after talking to Priya.", "I fixed the flaky loader test."),
    "T-2": ("Read how Vamana prunes the graph.", "I learned that alpha of 1.2 is the value to try first."),
}


def of_case(case: str, at: datetime, number: int) -> Iterator[Activity]:
    session = f"{case}-{at:%d}"
    yield SessionItem(native_id=session, created_at=at, case_id=case)
    for place, content in enumerate(LINES[case]):
        yield MessageItem(
            native_id=f"{session}-{place}",
            session_native_id=session,
            role="user",
            content=f"{content} Take {number}." if number else content,
            created_at=at.replace(minute=30 * place),
        )


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A Monday with two cases, one in the morning and one in the afternoon; a Wednesday with the second."""
    place = tmp_path_factory.mktemp("cases") / "home"
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = LIVES.begin(home)
    afternoon, wednesday = MONDAY.replace(hour=15), MONDAY.replace(day=MONDAY.day + 2)
    items = [*of_case("T-1", MONDAY, 0), *of_case("T-2", afternoon, 0), *of_case("T-2", wednesday, 1)]
    fill(home, store, items)
    dream(home, store, OfflineEngine(), DreamPlan())
    return home


def test_a_day_and_a_week_of_a_case_show_its_moments_and_no_summary_of_all(rem: Rem, cases: Home) -> None:
    whole = rem("--home", cases.path, "show", "2025-10-06")
    page = rem("--home", cases.path, "show", "2025-10-06", "--case", "T-1")
    assert page.code == 0
    assert "Only what cites case T-1." in page.out
    assert "Thursday" in page.out
    assert "Vamana" in whole.out
    assert "Vamana" not in page.out
    day = rem("--home", cases.path, "show", "2025-10-06", "--case", "T-1", "--json").json
    assert day["summary"] is None
    week = rem("--home", cases.path, "week", "2025-10-06", "--case", "T-2", "--no-dream")
    assert "Only what cites case T-2." in week.out
    assert "nothing of the case" in week.out
    told = rem("--home", cases.path, "week", "2025-10-06", "--case", "T-2", "--no-dream", "--json").json
    assert [each["day"] for each in told["days"] if each["moments"]] == ["2025-10-06", "2025-10-08"]
    assert told["summary"] is None


def test_a_case_without_a_day_is_shown_on_its_latest_one(rem: Rem, cases: Home) -> None:
    assert "Monday 6 October 2025" in rem("--home", cases.path, "show", "--case", "T-1").out
    assert "Wednesday 8 October 2025" in rem("--home", cases.path, "show", "--case", "T-2").out


def test_where_a_case_has_nothing_its_latest_day_is_named(rem: Rem, cases: Home) -> None:
    for words in (("2025-10-08",), ("2025-10-06", "evening")):
        page = rem("--home", cases.path, "show", *words, "--case", "T-1")
        assert page.code == 0
        assert "the latest day that has something is Monday 6 October 2025" in " ".join(page.out.split())
        assert " ".join(page.out.split()).endswith("show --case T-1")


def test_hours_in_which_a_dreamt_day_has_nothing_are_not_called_undreamt(rem: Rem, cases: Home) -> None:
    page = rem("--home", cases.path, "show", "2025-10-06", "evening")
    assert "Nothing is recorded there." in page.out
    assert "not dreamt" not in page.out


@pytest.mark.parametrize(
    "command", [("show",), ("show", "week"), ("week",), ("insights",), ("insights", "people")]
)
def test_an_unknown_case_names_those_there_are(
    capsys: pytest.CaptureFixture[str], cases: Home, command: tuple[str, ...]
) -> None:
    assert main(["--home", str(cases.path), *command, "--case", "T-9"]) == 2
    assert "case 'T-9'. There are: 'T-1', 'T-2'." in capsys.readouterr().err


def test_from_python_timelines_and_patterns_take_a_case(cases: Home) -> None:
    memory = Memory.open(Path(cases.path))
    first, last = date(2025, 10, 1), date(2025, 10, 31)
    assert len(memory.timeline(first, last)) == 3
    assert len(memory.timeline(first, last, case_id="T-1")) == 1
    user = memory.timeline(first, last)["user_id"].iloc[0]
    hours = memory.insights("hours", first, last, case_id="T-2", user_id=user)
    (total,) = hours[(hours["of"] == "total") & (hours["period"] == "")].to_dict("records")
    assert (total["moments"], total["seconds"]) == (2, 3600)
    assert "1 h on 2 days, in 2 moments." in hours.attrs["statements"]
    with pytest.raises(UnknownCaseError):
        memory.timeline(first, last, case_id="T-9")
    with pytest.raises(InputError, match="no pattern 'mod'"):
        memory.insights("mod")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="bound to user"):
        Memory.open(Path(cases.path), user_id="bob").insights("hours", user_id=user)
