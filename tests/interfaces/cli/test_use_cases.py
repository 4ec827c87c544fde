"""The five use cases of docs/use-cases.md, and `rem insights`, on the demo's fortnight."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer.main

from rem_dagster import Memory
from rem_dagster.interfaces.cli.main import app
from rem_dagster.recall.insights import WHATS
from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem
from tests.use_cases import FENCE, MORE, Shown, fill_home, on_that_day, printed_by, shown_in

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "use-cases.md"
SHOWN = [each for block in FENCE.findall(PAGE.read_text(encoding="utf-8")) for each in shown_in(block)]
KNOWN = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's home on the page's day; tests only read it."""
    place = tmp_path_factory.mktemp("use-cases") / "home"
    fill_home(place)
    return place


@pytest.fixture
def that_day(fortnight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's day; what a command writes lands in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    with on_that_day(fortnight):
        yield fortnight


@pytest.mark.parametrize("shown", SHOWN, ids=lambda each: each.command.replace("\n", " ")[:60])
@pytest.mark.usefixtures("that_day")
def test_a_command_of_the_page_prints_what_is_shown(shown: Shown) -> None:
    program, command, *_ = shown.words
    assert program == "rem"
    if command == "graph" and command not in KNOWN:
        pytest.skip("there is no `rem graph` yet")
    code, printed, said = printed_by(shown.words)
    assert code == 0, said
    told = shown.lines[:-1] if shown.is_cut else shown.lines
    if told:
        again = "`python docs/use_cases.py` writes the page anew"
        assert printed[: len(told)] == told, again
        assert shown.is_cut == (len(printed) > len(told)), again


def test_the_page_has_every_use_case_and_leaves_none_of_its_output_out() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [line[3] for line in text.splitlines() if line.startswith("## ")] == list("12345")
    assert [each.command for each in SHOWN if each.lines == [MORE] and each.words[1] != "graph"] == []


def test_the_picture_of_the_docs_is_what_is_drawn(that_day: Path) -> None:
    drawn = Path("hours.svg")
    assert printed_by(["rem", "insights", "hours", "--by", "day", "--svg", str(drawn)])[0] == 0
    assert drawn.read_text() == (ROOT / "docs" / "insights.svg").read_text(), "python docs/use_cases.py"
    assert ElementTree.fromstring(drawn.read_text()).find(f"{SVG}desc") is not None


@pytest.mark.parametrize("what", WHATS)
def test_every_pattern_is_a_page_a_table_and_json_with_ids_of_moments(
    rem: Rem, that_day: Path, what: str
) -> None:
    page = rem("insights", what)
    assert page.code == 0
    assert max(map(len, page.out.splitlines())) <= 80
    assert page.out.rstrip().splitlines()[-1].startswith("  Next: rem ")
    told = rem("insights", what, "--json").json
    known = {row["id"] for row in Memory.open(that_day).query("SELECT id FROM moments").to_pylist()}
    assert told["moments"] == 97
    assert told["rows"]
    assert all(set(row["moment_ids"]) <= known for row in told["rows"])
    assert any(row["moment_ids"] for row in told["rows"])
    rows = list(csv.DictReader(io.StringIO(rem("insights", what, "--csv").out)))
    assert len(rows) == len(told["rows"])
    assert json.loads(rows[0]["moment_ids"]) == told["rows"][0]["moment_ids"]


@pytest.mark.usefixtures("that_day")
def test_the_overview_tells_the_most_telling_of_each_on_one_page(rem: Rem) -> None:
    page = rem("insights")
    for title in ("Hours", "Mood", "Frustration", "Streaks", "Tools", "People", "Rhythm"):
        assert f"\n  {title}\n" in page.out
    assert "23 of 97 moments have a feeling" in page.out
    assert len(page.out.splitlines()) <= 60
    assert "because" not in page.out
    told = rem("insights", "--json").json
    assert set(told["insights"]) == set(WHATS)
    assert all(each["n"] for each in told["insights"]["hours"])


@pytest.mark.usefixtures("that_day")
def test_an_overview_may_be_divided_though_streaks_are_not(rem: Rem) -> None:
    done = rem("insights", "--by", "hour", "--svg", "hours.svg")
    assert done.code == 0
    assert "Hours by time of day and type" in Path("hours.svg").read_text()


def test_the_python_of_the_page_on_patterns_runs(that_day: Path) -> None:
    text = (ROOT / "docs" / "insights.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    names = {"memory": Memory.open(that_day, user_id="demo")}
    exec(code, names)
    assert names["hours"].attrs["statements"]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("that_day")
def test_hours_agree_with_those_of_the_weekly_review(rem: Rem) -> None:
    rows = rem("insights", "hours", "--when", "last week", "--by", "week", "--json").json["rows"]
    figures = rem("week", "last week", "--no-dream", "--json").json["figures"]
    found = {row["name"]: row["seconds"] for row in rows if row["of"] == "type" and row["period"] is None}
    assert found == figures["seconds_by_type"]
    (total,) = (row for row in rows if row["of"] == "total" and row["period"] is None)
    assert (total["seconds"], total["moments"]) == (figures["seconds"], figures["moments"])


@pytest.mark.usefixtures("that_day")
def test_what_was_asked_wrongly_is_said_and_nothing_is_written(rem: Rem) -> None:
    for words, hint in (
        (("mod",), "Did you mean 'mood'?"),
        (("hours", "--by", "weak"), "Did you mean 'week'?"),
        (("streaks", "--by", "day"), "Leave --by out."),
        (("rhythm", "--by", "hour"), "day, week, month, weekday"),
        (("streaks", "--svg", "a.svg"), "There is no picture of 'streaks'"),
        (("hours", "--svg", "nowhere/a.svg"), "a folder that is there"),
        (("hours", "--csv", "--json"), "one way only"),
        (("hours", "--when", "tomorrow"), "has not begun"),
        (("hours", "--case", "T-1"), "No session belongs to case 'T-1'"),
    ):
        done = rem("insights", *words)
        assert done.code == 2, words
        assert hint in done.err
        assert done.out == ""
    Path("notes.txt").write_text("mine")
    assert "is no SVG" in rem("insights", "--svg", "notes.txt").err
    assert Path("notes.txt").read_text() == "mine"
    assert [each.name for each in Path.cwd().iterdir()] == ["notes.txt"]


@pytest.mark.usefixtures("that_day")
def test_a_time_without_moments_says_so_and_leads_to_those_there_are(rem: Rem) -> None:
    none = rem("insights", "mood", "--when", "january 2024")
    assert none.code == 0
    assert "No moment lies in this time." in none.out
    assert "insights --when ever" in none.out
    assert rem("insights", "hours", "--when", "ever", "--json").json["moments"] == 97


def test_days_that_are_not_dreamt_are_said_not_to_be_counted(rem: Rem, undreamt: Home) -> None:
    page = rem("--home", undreamt.path, "insights", "hours", "--when", "october 2025")
    said = "3 days of it are not dreamt, or changed since, and are not counted as they are:"
    assert said in " ".join(page.out.split())
    assert "dream --start 2025-10-06 --end 2025-10-08" in " ".join(page.out.split())
    told = rem("--home", undreamt.path, "insights", "--when", "october 2025", "--json").json
    assert told["undreamt_days"] == ["2025-10-06", "2025-10-07", "2025-10-08"]
    assert told["moments"] == 0


def test_an_unknown_user_is_named(rem: Rem, undreamt: Home) -> None:
    done = rem("--home", undreamt.path, "--user", "nobody", "insights")
    assert done.code == 2
    assert "nobody" in done.err
