"""`rem show`: days, spans and reviews, and what is said where there is nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.model.dream import QuarantinedClaim
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import fill, message
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.ingest.items import page, put
from tests.interfaces.cli.conftest import Rem, snapshot
from tests.lives import LIVES, dream


def test_a_day_is_shown_with_what_comes_next(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "show", "2025-10-06")
    assert shown.code == 0
    assert "Monday 6 October 2025" in shown.out
    assert "9 items in · every quote found in its source" in shown.out
    assert f"Next: rem --home {lived.path} show 2025-10-06 --evidence" in " ".join(shown.out.split())
    assert max(map(len, shown.out.partition("Next:")[0].splitlines())) <= 80


def test_words_need_no_quotation_marks(rem: Rem, lived: Home) -> None:
    assert (
        rem("--home", lived.path, "show", "6", "october", "2025").out
        == rem("--home", lived.path, "show", "6 october 2025").out
    )


def test_hours_of_a_day_show_what_overlaps_them(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "show", "6 october 2025 evening")
    assert "evening" in shown.out
    assert "Monday 6 October 2025" in shown.out


def test_several_days_are_a_review(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "show", "2025-10-06 to 2025-10-09").out
    assert "6 to 9 October 2025" in shown
    assert "Thu  9 Oct  nothing recorded" in shown
    assert "Hours run from a moment's first item to its last" in shown


def test_without_a_time_the_latest_day_is_shown_and_that_is_said(rem: Rem, lived: Home) -> None:
    shown = rem("--home", lived.path, "show").out
    assert "Yesterday holds nothing; this is the latest day that does." in shown
    assert "Wednesday 8 October 2025" in shown


def test_yesterday_is_shown_where_it_holds_something(rem: Rem, home: Home, store: Store) -> None:
    fill(home, store, [message(1, datetime.now(UTC) - timedelta(days=1))])
    assert "latest day" not in rem("--home", home.path, "show").out
    assert "Not dreamt yet: 1 item" in rem("--home", home.path, "show", "yesterday").out


def test_an_empty_home_says_how_to_fill_it(rem: Rem, home: Home) -> None:
    shown = rem("--home", home.path, "show")
    assert shown.code == 0
    assert f"is empty so far.\nNext: rem --home {home.path} import PATH" in shown.out
    assert rem("--home", home.path, "show", "--json").json == {"moments": []}


def test_an_undreamt_day_names_the_command(rem: Rem, undreamt: Home) -> None:
    shown = " ".join(rem("--home", undreamt.path, "show", "2025-10-07").out.split())
    assert "Not dreamt yet: 9 items of this day." in shown
    assert "dream 2025-10-07" in shown
    week = " ".join(rem("--home", undreamt.path, "show", "week of 2025-10-07").out.split())
    assert "not dreamt yet: 9 items" in week
    assert "dream --start 2025-10-06 --end 2025-10-08" in week


def test_a_day_without_anything_names_the_nearest(rem: Rem, lived: Home) -> None:
    shown = " ".join(rem("--home", lived.path, "show", "2025-10-10").out.split())
    assert "Nothing is recorded of this day." in shown
    assert "Wednesday 8 October 2025 (2 days before)" in shown


def test_items_that_arrived_since_are_counted(rem: Rem, home: Home, store: Store) -> None:
    start = datetime(2025, 10, 6, 9, tzinfo=UTC)
    fill(home, store, [message(1, start)])
    dream(home, store, ScriptedEngine(), DreamPlan())
    fill(home, store, [message(2, start + timedelta(hours=1)), message(3, start + timedelta(hours=2))])
    shown = rem("--home", home.path, "show", "2025-10-06")
    assert "2 items arrived since this page was made." in shown.out
    assert rem("--home", home.path, "show", "2025-10-06", "--json").json["state"] == "stale"


def test_a_failed_day_says_why_and_what_is_kept(rem: Rem, undreamt: Home, store: Store) -> None:
    dream(undreamt, store, ScriptedEngine(failing_on("2025-10-07")), DreamPlan())
    shown = " ".join(rem("--home", undreamt.path, "show", "2025-10-07").out.split())
    assert "The last dream of this day failed: The model did not answer. It had nothing before." in shown
    assert "dream 2025-10-07" in shown


def test_several_days_show_what_was_held_back_day_by_day(rem: Rem, undreamt: Home, store: Store) -> None:
    dream(undreamt, store, ScriptedEngine(), DreamPlan())
    span = ["show", "2025-10-06 to 2025-10-08", "--quarantine"]
    assert "Nothing was held back." in rem("--home", undreamt.path, *span).out
    row = read_ledger(store)[1]
    claim = QuarantinedClaim(kind="fact", text="Nobody said this.", reason="no input has it")
    write_ledger(store, [row.model_copy(update={"quarantine": (claim,), "coverage": 0.5})])
    shown = rem("--home", undreamt.path, *span)
    assert "1 held back" in shown.out
    (place,) = [number for number, line in enumerate(shown.out.splitlines()) if "Tue  7 Oct" in line]
    assert [line.strip() for line in shown.out.splitlines()[place + 1 :][:4]] == [
        "Held back (1):",
        "Moments cite 50% of the day's items.",
        "fact: Nobody said this.",
        "no input has it",
    ]
    assert "show 2025-10-07 --quarantine" in " ".join(shown.out.split())
    told = rem("--home", undreamt.path, *span, "--json").json
    assert [(each["day"], each["coverage"], len(each["held_back"])) for each in told["days"]] == [
        ("2025-10-06", 1.0, 0),
        ("2025-10-07", 0.5, 1),
        ("2025-10-08", 1.0, 0),
    ]


def test_json_holds_the_day(rem: Rem, lived: Home) -> None:
    day = rem("--home", lived.path, "show", "2025-10-06", "--json").json
    kept = {"user_id", "day", "zone", "state", "items", "summary", "moments", "predictions", "dream"}
    assert set(day) == kept
    assert (day["user_id"], day["day"], day["state"], day["items"]) == ("ines", "2025-10-06", "current", 9)
    assert {"id", "name", "start_time", "evidence"} <= set(day["moments"][0])
    days = rem("--home", lived.path, "show", "2025-10-06 to 2025-10-09", "--json").json["days"]
    assert [bool(each["moments"]) for each in days] == [True, True, True, False]
    span = rem("--home", lived.path, "show", "6 october 2025 morning", "--json").json
    assert set(span) == {"label", "start", "end", "moments"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tomorrow"], "has not begun"),
        (["2999-01-01"], "has not begun"),
        (["blorp"], "names no time that I know"),
        (["2025-10-10 to 2025-10-06"], "runs backwards"),
        (["yesterday", "--user", "nobody"], "Nothing of user 'nobody' is in this home"),
    ],
)
def test_what_cannot_be_shown_ends_with_2_and_changes_nothing(
    rem: Rem, lived: Home, words: list[str], said: str
) -> None:
    before = snapshot(lived)
    done = rem("--home", lived.path, "show", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Nothing was changed" in done.err
    assert snapshot(lived) == before


def test_a_local_time_that_never_was_is_refused_and_one_that_was_twice_is_whole(
    rem: Rem, tmp_path: object
) -> None:
    from pathlib import Path

    from rem_dagster.settings import open_home

    home = open_home(Path(str(tmp_path)) / "lisbon", create=True, flags={"timezone": "Europe/Lisbon"})
    store = LIVES.begin(home)
    fill(home, store, [message(1, datetime(2025, 10, 26, 1, 45, tzinfo=UTC))])
    done = rem("--home", home.path, "show", "2025-03-30 01:30")
    assert done.code == 2
    assert "never was in Europe/Lisbon" in done.err
    dream(home, store, ScriptedEngine(), DreamPlan())
    assert "1 moment" in rem("--home", home.path, "show", "2025-10-26 01:30").out


def test_the_only_user_is_read_without_being_named(
    rem: Rem, lived: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rem("--home", lived.path, "show", "2025-10-06").code == 0
    monkeypatch.setenv("REM_USER", "me")
    assert rem("--home", lived.path, "show", "2025-10-06").code == 2


def test_evidence_says_what_its_sources_link_to_and_what_links_to_them(
    rem: Rem, home: Home, store: Store
) -> None:
    notes = {
        "Plan.md": "I shipped the loader today. See [[Goals]].",
        "Goals.md": "I want the loader to be fast.",
    }
    items = [
        page(text, native_id=path, metadata={"path": path}, name=path[:-3]) for path, text in notes.items()
    ]
    put(home, store, *items)
    dream(home, store, OfflineEngine(), DreamPlan())
    words = ("--home", home.path, "show", items[0].created_at.date(), "--user", "ines")
    shown = rem(*words, "--evidence").out
    assert "links to note “Goals”" in shown or "linked from note “Plan”" in shown
    assert "link" not in rem(*words).out.partition("Next:")[0]
    links = rem(*words, "--evidence", "--json").json["links"]
    assert {end["name"] for each in links.values() for end in each["to"]} == {"Goals"}
