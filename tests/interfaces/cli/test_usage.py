"""What is said of a word that names nothing, and what every answer ends with."""

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.errors import WindowError
from rem_dagster.interfaces.cli.words import unbroken
from rem_dagster.model.near import meant, nearest
from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.recall.when import parse_when
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, fill, message
from tests.interfaces.cli.conftest import Rem
from tests.lives import dream

NEXT = re.compile(r"\s*(?:Next:)?\s*rem (?:--home \S+ )?[a-z-]+(?: |$)")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serch", "loader"], "There is no command 'serch'. Did you mean 'search'?"),
        (["frobnicate"], "There is no command 'frobnicate'.\n"),
        (["yesterday"], "`rem show yesterday` reads a day."),
        (["last", "tuesday"], "`rem show last tuesday` reads a day."),
        (["2025-10-06"], "`rem show 2025-10-06` reads a day."),
        (["graph", "traverze"], "There is no command 'traverze'. Did you mean 'traverse'?"),
        (["types", "frobnicate"], "There are list, add, remove."),
        (["show", "--evidnce"], "There is no option --evidnce. Did you mean --evidence?"),
        (["show", "--frobnicate"], "There is no option --frobnicate.\n"),
        (["search", "x", "--schema", "mesages"], "Did you mean 'messages'?"),
        (["show", "yesterdy"], "'yesterdy' names no time that I know. Did you mean 'yesterday'?"),
        (["show", "las", "tusday"], "Did you mean 'last tuesday'?"),
        (["--user", "inez", "show"], "Did you mean 'ines'?"),
        (["import", "markdwn", "."], "Did you mean 'markdown'?"),
        (["dream", "--moment-types", "lerning"], "Did you mean 'learning'?"),
        (["insights", "mod"], "Did you mean 'mood'?"),
        (["graph", "traverse", "--start", "relaese"], "Did you mean 'release'"),
        (["graph", "traverse", "--start", "release", "--edge-type", "relatd"], "Did you mean 'related_to'?"),
        (["graph", "export", "--format", "htm"], "Did you mean 'html'?"),
    ],
)
def test_a_mistyped_word_is_told_of_the_one_that_was_meant(
    rem: Rem, lived: Home, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.setenv("REM_HOME", str(lived.path))
    done = rem(*words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("LEARNIGN", ["learning", "planning"], "learning"),
        ("work-session", ["work_session"], "work_session"),
        ("zzz", ["learning"], None),
        ("", ["learning"], None),
        ("x", [], None),
    ],
)
def test_the_nearest_word_is_found_whatever_its_case(word: str, known: list[str], found: str | None) -> None:
    assert nearest(word, known) == found
    assert meant(word, known) == (f" Did you mean {found!r}?" if found else "")


def test_a_phrase_that_is_no_time_once_put_right_is_not_offered() -> None:
    calendar = Calendar(zone_named("UTC"))
    with pytest.raises(WindowError, match="Try one of"):
        parse_when("wek of the yeer of", calendar=calendar, now=datetime(2025, 10, 8, tzinfo=UTC))


def test_help_may_be_a_word(rem: Rem) -> None:
    assert rem("help").out == rem("--help").out
    assert rem("help", "graph", "topics").out == rem("graph", "topics", "--help").out


def test_a_group_without_a_command_shows_its_help_alone(rem: Rem) -> None:
    done = rem("graph")
    assert done.err.startswith("Usage: rem graph")
    assert "shows how it is used" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["status"],
        ["show", "2025-10-06"],
        ["show", "2025-10-06 afternoon"],
        ["show", "2025-W41"],
        ["show", "2020-01-01"],
        ["show", "2025-10-06", "--quarantine"],
        ["show", "2025-W41", "--quarantine"],
        ["week", "2025-W41", "--no-dream"],
        ["standup", "2025-10-07"],
        ["fix", "--list"],
        ["diff"],
        ["diff", "2025-10-06"],
        ["search", "loader"],
        ["search", "zzzqqq"],
        ["search", "zzzqqq", "--schema", "all"],
        ["ask", "what did I do on 6 october 2025?", "--no-dream"],
        ["ask", "who is zzzqqq?", "--no-dream"],
        ["insights", "--when", "2025"],
        ["insights", "hours", "--when", "2025"],
        ["insights", "hours", "--when", "2020"],
        ["audit"],
        ["doctor", "--no-call"],
        ["types"],
        ["config"],
        ["sync"],
        ["pause"],
        ["dream"],
        ["dream", "--estimate", "--refresh"],
        ["dream", "--dry-run", "2025-10-06", "--refresh"],
        ["dream", "2020-01-01"],
        ["graph", "topics"],
        ["graph", "traverse", "--start-entity", "release"],
        ["graph", "export", "--format", "mermaid"],
        ["graph", "same", "--list"],
        ["forget", "--search", "loader"],
    ],
)
def test_the_last_line_of_an_answer_names_the_next_command(rem: Rem, lived: Home, words: list[str]) -> None:
    done = rem("--home", lived.path, *words)
    assert done.code == 0, done.err
    said = (done.out + done.err).rstrip().splitlines()
    assert NEXT.match(said[-1].rstrip()), said[-3:]
    if words:  # the greeting says what each is for
        assert any(line.lstrip().startswith("Next:") for line in said)
    assert f"rem --home {lived.path}" in said[-1] or not words


def test_a_command_that_is_named_can_be_copied_whole() -> None:
    long = f"rem --home /{'far/' * 30} show"
    assert unbroken(["rem show", long, "rem status", "rem week"], 40, gap="   ") == [
        "rem show",
        long,
        "rem status   rem week",
    ]


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.runs
def test_pages_keep_to_the_width_with_wide_letters(
    rem: Rem, home: Home, store: Store, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """Two cells to each of 東京の朝 and of an emoji; a page has 80 at most."""
    monkeypatch.setenv("REM_HOME", str(home.path))
    monkeypatch.setenv("COLUMNS", str(width))
    said = (
        "東京の朝は静かだった。" * 6,
        "We agreed in 東京都 \U0001f469\u200d\U0001f467 that \U0001f680 Priya owns it. " * 3,
        "x" * 300,
    )
    for number, text in enumerate(said):
        fill(home, store, [message(number, MONDAY + timedelta(hours=3 * number), content=text)])
    dream(home, store, OfflineEngine(), DreamPlan())
    for line in ("show 2025-10-06", "show 2025-W41", "search owns", "status", "insights", ""):
        words = line.split()
        done = rem(*words)
        assert done.code == 0
        lines = done.out.partition("Next:")[0].splitlines()
        assert max(map(cell_len, lines)) <= min(width, 80), words
    assert "東京" in rem("show", "2025-10-06").out


def test_what_failed_is_named_by_the_greeting(rem: Rem, undreamt: Home, store: Store) -> None:
    from rem_dagster.dreaming.ledger import read_ledger, write_ledger

    dream(undreamt, store, OfflineEngine(), DreamPlan())
    row = read_ledger(store, first_day="2025-10-07", last_day="2025-10-07", user_ids=["ines"])[0]
    write_ledger(store, [row.model_copy(update={"status": "failed", "error": "No answer."})])
    said = rem("--home", undreamt.path).out
    assert "dream 1 day, 1 of which failed" in said
    assert "rem --help" in said.rstrip().splitlines()[-1]


def test_a_home_with_nothing_in_it_is_greeted_with_what_begins_one(
    rem: Rem, home: Home, tmp_path: Path
) -> None:
    assert "import PATH" in rem("--home", home.path).out
    assert "rem init" in rem("--home", tmp_path / "none").out


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colour_where_it_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, lived: Home, name: str, value: str
) -> None:
    from rem_dagster.interfaces.cli.output import console

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert console(Terminal()).color_system is not None
    assert console(io.StringIO()).color_system is None
    monkeypatch.setenv(name, value)
    assert console(Terminal()).color_system is None
