"""`rem diff`: what a re-dream changed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rem_dagster.dreaming.compare import DayVersion
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.interfaces.cli.differences import Difference, difference_text
from rem_dagster.model.moment import Statement
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.interfaces.cli.conftest import Rem, snapshot
from tests.interfaces.cli.moments import DAY, LISBON, ledger, moment
from tests.lives import dream

pytestmark = pytest.mark.runs


@pytest.fixture
def redreamt(home: Home, store: Store) -> Home:
    """A home whose first day was dreamt again, after a message more, by another version."""
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dream(home, store, ScriptedEngine(), DreamPlan())
    fill(home, store, [message(77, MONDAY + timedelta(hours=11), content="I am so relieved.")])
    dream(home, store, ScriptedEngine(version="2"), DreamPlan())
    return home


def version(*moments: object, summary: str = "A day.", **made: object) -> DayVersion:
    plain = DayVersion("d", "offline", None, "1.0.0", "3f2a1b0c9d8e", None)
    return replace(plain, moments=moments, summary=summary, **made)  # type: ignore[arg-type]  # by name


def drawn(before: DayVersion, after: DayVersion, width: int = 80) -> str:
    text = difference_text(Difference("ann", DAY, LISBON, ledger(), before, after), width).plain
    assert max(map(len, text.splitlines())) <= width
    return text


def test_without_a_day_the_latest_that_was_dreamt_again_is_shown(rem: Rem, redreamt: Home) -> None:
    shown = rem("--home", redreamt.path, "diff")
    assert shown.code == 0
    assert "Mon 6 Oct 2025: script 1 → script 2" in shown.out
    assert "Moved" in shown.out
    assert "09:00 to 18:00 → 09:00 to 20:00" in shown.out
    assert f"Next:rem--home{redreamt.path}show2025-10-06" in "".join(shown.out.split())  # wherever it wraps
    assert rem("--home", redreamt.path, "diff", "6", "october", "2025").out == shown.out


def test_json_holds_both_versions_and_every_kind_of_change(rem: Rem, redreamt: Home) -> None:
    told = rem("--home", redreamt.path, "diff", "2025-10-06", "--json").json
    assert (told["user_id"], told["day"], told["state"], told["changed"]) == (
        "ines",
        "2025-10-06",
        "compared",
        True,
    )
    assert (told["before"]["agentlet_version"], told["after"]["agentlet_version"]) == ("1", "2")
    assert told["before"]["recipe"] != told["after"]["recipe"]
    assert [each["to"][1] for each in told["moved"]] == ["2025-10-06T20:00:00+00:00"]
    kinds = ("added", "gone", "retitled", "retyped", "claims_lost", "claims_added")
    assert {kind: told[kind] for kind in kinds} == {kind: [] for kind in kinds}


def test_a_day_that_was_never_dreamt_again_is_said_to_be_as_it_was_made(rem: Rem, redreamt: Home) -> None:
    shown = " ".join(rem("--home", redreamt.path, "diff", "2025-10-07").out.split())
    assert "This day was never dreamt again: it is as script 1 made it." in shown
    told = rem("--home", redreamt.path, "diff", "2025-10-07", "--json").json
    assert (told["state"], told["before"], told["changed"]) == ("never again", None, False)


def test_where_no_day_was_dreamt_again_that_is_said(rem: Rem, lived: Home) -> None:
    assert "No day was dreamt again so far" in rem("--home", lived.path, "diff").out
    assert rem("--home", lived.path, "diff", "--json").json == {"day": None}


def test_an_undreamt_day_names_the_command(rem: Rem, undreamt: Home) -> None:
    shown = " ".join(rem("--home", undreamt.path, "diff", "2025-10-07").out.split())
    assert "This day was not dreamt yet, so there is nothing to compare." in shown
    assert "dream 2025-10-07" in shown


def test_a_failed_dream_changed_nothing_and_says_why(rem: Rem, redreamt: Home, store: Store) -> None:
    fill(redreamt, store, [message(78, MONDAY + timedelta(hours=12))])
    dream(redreamt, store, ScriptedEngine(failing_on("2025-10-06")), DreamPlan())
    shown = " ".join(rem("--home", redreamt.path, "diff", "2025-10-06").out.split())
    assert "The last dream of this day failed and changed nothing: The model did not answer." in shown
    assert rem("--home", redreamt.path, "diff", "2025-10-06", "--json").json["state"] == "failed"


def test_a_half_written_day_is_not_compared(rem: Rem, redreamt: Home, store: Store) -> None:
    (row, _) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"status": "writing"})])
    shown = " ".join(rem("--home", redreamt.path, "diff", "2025-10-06").out.split())
    assert "was stopped while it was written" in shown


def test_an_empty_home_says_how_to_fill_it(rem: Rem, home: Home) -> None:
    assert "is empty so far" in rem("--home", home.path, "diff").out
    assert rem("--home", home.path, "diff", "--json").json == {"day": None}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["week of 2025-10-07"], "is not one whole day"),
        (["2025-10-06 morning"], "is not one whole day"),
        (["2999-01-01"], "has not begun"),
        (["2025-10-06", "--user", "nobody"], "Nothing of user 'nobody' is in this home"),
    ],
)
def test_what_cannot_be_compared_ends_with_2_and_changes_nothing(
    rem: Rem, lived: Home, words: list[str], said: str
) -> None:
    before = snapshot(lived)
    done = rem("--home", lived.path, "diff", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Nothing was changed" in done.err
    assert snapshot(lived) == before


def test_each_user_sees_the_own_days_alone(rem: Rem, redreamt: Home, store: Store) -> None:
    fill(redreamt, store, chat_day(0, user="ana"))
    dream(redreamt, store, ScriptedEngine(), DreamPlan())
    assert "script 1 → script 2" in rem("--home", redreamt.path, "diff", "--user", "ines").out
    assert "No day was dreamt again" in rem("--home", redreamt.path, "diff", "--user", "ana").out


def test_the_versions_are_named_with_their_makers_recipes_and_figures() -> None:
    before = version(
        moment("Built"), moment("Read", "11:00", "12:00"), engine="llm", model="gpt-5-mini", recipe="a" * 32
    )
    text = drawn(before, version(moment("Built")))
    assert "Wed 18 Nov 2026: gpt-5-mini 1.0.0 → offline 1.0.0" in text
    assert "2 moments → 1 · 2 claims → 1 · recipe aaaaaaaa → 3f2a1b0c" in text


def test_each_kind_of_change_has_its_group_with_times_and_titles() -> None:
    quotes = (("s1", "q"), ("s2", "q"))
    fact = Statement(text="Alpha prunes long edges.", source_ids=("s1",))
    before = version(
        moment("Built", quotes=quotes, outcomes=("Merged",)).model_copy(update={"facts": (fact,)}),
        moment("Read", "11:00", "12:00", quotes=(("s3", "q"),)),
    )
    after = version(
        moment("Built the graph", "09:30", kind="creation", quotes=quotes, emotions=("tired",)),
        moment("Planned", "15:00", "16:00", kind="planning", quotes=(("s4", "q"),)),
        summary="Another day.",
    )
    assert drawn(before, after).splitlines()[4:] == [
        "",
        "  Added",
        "    15:00  ◆ Planning   Planned",
        "",
        "  Gone",
        "    11:00  ● Work       Read",
        "",
        "  Retitled",
        "    09:00  ● Work       Built",
        "                        → Built the graph",
        "",
        "  Moved",
        "    09:00  ● Work       Built",
        "                        09:00 to 10:00 → 09:30 to 10:00",
        "",
        "  Another type",
        "    09:00  ● Work       Built",
        "                        Work → Making",
        "",
        "  Claims lost",
        "    fact       Alpha prunes long edges.",
        "    outcome    Merged",
        "",
        "  Claims added",
        "    emotion    tired",
        "",
        "  Summary",
        "    A day.",
        "    → Another day.",
    ]


def test_nothing_changed_is_said() -> None:
    same = version(moment("Built", quotes=(("s1", "q"),)))
    text = drawn(same, replace(same, dream_id="e"))
    assert "Nothing changed." in text
    assert "the same recipe" in text


def test_long_texts_are_wrapped_in_a_narrow_terminal() -> None:
    long = "A title that is much longer than the room beside the columns of time and of type"
    before = version(moment(long, quotes=(("s1", "q"),), outcomes=(long,)), summary=long)
    after = version(moment(long[::-1], quotes=(("s1", "q"),)), summary=long[::-1])
    drawn(before, after, 40)
