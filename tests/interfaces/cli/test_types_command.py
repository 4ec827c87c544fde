"""`rem types`: which types of moments there are, and how they come and go."""

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.own_types import register_type
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, OPT_IN_MOMENT_TYPES
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, fill, message, note
from tests.interfaces.cli.conftest import Rem
from tests.lives import dream

GARDEN = "Work in the garden: planting, pruning, harvest"


@pytest.fixture(autouse=True)
def _at_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REM_HOME", str(home.path))


def test_all_types_are_listed_under_what_they_are(rem: Rem) -> None:
    assert rem("types", "add", "gardening", "--description", GARDEN).code == 0
    assert rem("types", "add", "prediction").code == 0
    shown = rem("types", "list")
    heads = [line for line in shown.out.splitlines() if line and not line.startswith(" ")]
    assert heads == [
        *("Built in", "Yours", "Opted in", "There to opt in to: rem types add NAME"),
        "Next: rem types add NAME --description TEXT",
    ]
    assert f"  gardening      {GARDEN}" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert rem("types").out == shown.out


def test_programs_get_name_description_and_standing(rem: Rem) -> None:
    rem("types", "add", "gardening", "--description", GARDEN)
    types = {each.pop("name"): each for each in rem("types", "list", "--json").json["types"]}
    assert set(types) == {*BUILT_IN_MOMENT_TYPES, *OPT_IN_MOMENT_TYPES, "gardening"}
    assert types["gardening"] == {"description": GARDEN, "standing": "own"}
    assert types["collaboration"]["standing"] == "available"


def test_adding_says_what_becomes_of_days_and_adding_again_changes_nothing(rem: Rem) -> None:
    said = rem("types", "add", "gardening", "--description", GARDEN).out
    assert f"Moments can be 'gardening' from now on: {GARDEN}" in said
    assert "rem dream --other-versions" in said
    assert "already. Nothing was changed." in rem("types", "add", "gardening", "--description", GARDEN).out


def test_removing_says_that_days_stay_as_they_are(rem: Rem, home: Home) -> None:
    rem("types", "add", "gardening", "--description", GARDEN)
    said = rem("types", "remove", "gardening")
    assert (said.code, open_home(home.path).file.moment_types) == (0, {})
    assert "stay as they are" in said.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "Gardening", "--description", GARDEN], "'Gardening' cannot name"),
        (["add", "gardening"], "needs a description"),
        (["add", "other", "--description", GARDEN], "built in already"),
        (["remove", "gardening"], "no type 'gardening'"),
        (["remove", "planning"], "cannot be removed"),
        (["list", "--home", "/nowhere"], "no home at /nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    rem: Rem, home: Home, words: list[str], said: str
) -> None:
    before = (home.path / "home.json").read_bytes()
    shown = rem("types", *words)
    assert shown.code in (1, 2)
    assert shown.out == ""
    assert said in " ".join(shown.err.split())
    assert (home.path / "home.json").read_bytes() == before


def test_a_type_may_be_registered_where_dreams_are_asked_for(rem: Rem, home: Home) -> None:
    said = rem("dream", "register-type", "gardening", "--description", GARDEN)
    assert (said.code, open_home(home.path).file.moment_types) == (0, {"gardening": GARDEN})
    assert rem("dream", "register-type", "--description", GARDEN).code == 2


def test_days_made_before_are_another_version_and_then_have_the_type(
    rem: Rem, home: Home, store: Store
) -> None:
    fill(home, store, [note(1, MONDAY, "Planted the tomatoes and pruned both apple trees. Beans harvested.")])
    dream(home, store, OfflineEngine(), DreamPlan())
    home = register_type(home, "gardening", GARDEN)
    again = dream(home, store, OfflineEngine(), DreamPlan())
    assert [day.status for day in again.days] == ["unchanged"]
    dream(home, store, OfflineEngine(), DreamPlan(redo="other_versions"))
    assert store.read("moments", ["moment_type"]).to_pylist() == [{"moment_type": "gardening"}]
    assert "□ Gardening" in rem("show", "2025-10-06").out


def test_a_prediction_is_shown_with_the_day_that_announces_it_and_counts_nowhere(
    rem: Rem, home: Home, store: Store
) -> None:
    fill(
        home,
        store,
        [
            note(1, MONDAY, "The boiler in the cellar is cold again. Tomorrow I will call the plumber."),
            message(201, MONDAY.replace(day=7), content="The plumber fixed the boiler within an hour."),
        ],
    )
    dream(register_type(home, "prediction"), store, OfflineEngine(), DreamPlan())
    monday, tuesday = rem("show", "2025-10-06").out, rem("show", "2025-10-07").out
    assert "1 moment" in monday
    assert "Announced for Tuesday 7 October 2025; no part of this day:" in monday
    assert "50%    ◇ Ahead      Likely next: call the plumber" in monday
    assert "call the plumber" not in tuesday
    told = rem("show", "2025-10-06", "--json").json
    assert [len(told["moments"]), len(told["predictions"])] == [1, 1]
    assert "2 moments" in rem("show", "2025-10-06 to 2025-10-07").out
    assert "call the plumber" not in rem("show", "2025-10-07 morning").out
