"""Types of moments come and go with the home, each with words that engines can choose by."""

import pytest

from rem_dagster.dreaming.own_types import all_types, register_type, remove_type
from rem_dagster.dreaming.terms import moment_types_of
from rem_dagster.errors import InputError
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, OPT_IN_MOMENT_TYPES
from rem_dagster.settings import Home, lower_first_day, open_home
from tests.activity import MONDAY

GARDEN = "Work in the garden: planting, pruning, harvest"


def test_a_registered_type_is_one_of_the_home_wherever_it_is_opened(home: Home) -> None:
    made = register_type(home, "gardening", f" {GARDEN} ")
    assert moment_types_of(made)["gardening"] == GARDEN
    assert open_home(home.path).file == made.file
    assert (home.path / "home.json").stat().st_mode & 0o777 == 0o600


def test_types_are_kept_beside_what_else_was_noted_in_the_meantime(home: Home) -> None:
    register_type(home, "gardening", GARDEN)
    lower_first_day(home, MONDAY.date())  # by an object that knows nothing of the type
    register_type(home, "cooking", "Meals made at home")
    held = open_home(home.path).file
    assert (list(held.moment_types), held.first_day) == (["gardening", "cooking"], MONDAY.date())


def test_a_type_can_be_described_anew_and_registered_twice(home: Home) -> None:
    register_type(home, "gardening", GARDEN)
    assert register_type(home, "gardening", "Plants").file.moment_types == {"gardening": "Plants"}
    assert register_type(home, "gardening", "Plants").file.moment_types == {"gardening": "Plants"}


@pytest.mark.parametrize("name", OPT_IN_MOMENT_TYPES)
def test_opting_in_needs_no_description_and_takes_no_other(home: Home, name: str) -> None:
    assert name not in moment_types_of(home)
    with pytest.raises(InputError, match="description of its own"):
        register_type(home, name, "Something else")
    assert moment_types_of(register_type(home, name))[name] == OPT_IN_MOMENT_TYPES[name]


@pytest.mark.parametrize(
    "name",
    ["Gardening", "garden-work", "garden work", "_garden", "garden__work", "2nd", "gärten", "", "a" * 41],
)
def test_a_name_that_a_model_could_not_give_back_is_refused(home: Home, name: str) -> None:
    with pytest.raises(InputError, match="Nothing was changed"):
        register_type(home, name, GARDEN)
    assert open_home(home.path).file.moment_types == {}


def test_the_longest_name_and_description_fit(home: Home) -> None:
    made = register_type(home, "a" * 40, "b" * 200)
    assert made.file.moment_types == {"a" * 40: "b" * 200}


@pytest.mark.parametrize("description", [None, "", "  ", "b" * 201, "two\nlines", "a bell \a"])
def test_an_own_type_needs_a_description_of_one_line(home: Home, description: str | None) -> None:
    with pytest.raises(InputError, match="Nothing was changed"):
        register_type(home, "gardening", description)


@pytest.mark.parametrize("name", BUILT_IN_MOMENT_TYPES)
def test_built_in_types_can_neither_be_added_nor_removed(home: Home, name: str) -> None:
    with pytest.raises(InputError, match="built in"):
        register_type(home, name, GARDEN)
    with pytest.raises(InputError, match="built in"):
        remove_type(home, name)


def test_a_removed_type_is_gone_and_the_others_stay(home: Home) -> None:
    register_type(home, "gardening", GARDEN)
    register_type(home, "prediction")
    assert list(remove_type(home, "gardening").file.moment_types) == ["prediction"]
    assert list(open_home(home.path).file.moment_types) == ["prediction"]


def test_removing_what_is_not_there_names_what_was_meant(home: Home) -> None:
    with pytest.raises(InputError, match="none beside the built-in ones"):
        remove_type(home, "gardening")
    register_type(home, "gardening", GARDEN)
    with pytest.raises(InputError, match="Did you mean 'gardening'"):
        remove_type(home, "gardenin")


def test_every_type_is_listed_once_with_its_standing(home: Home) -> None:
    register_type(home, "prediction")
    listed = all_types(register_type(home, "gardening", GARDEN))
    standing = {each.name: each.standing for each in listed}
    assert len(standing) == len(listed) == len(BUILT_IN_MOMENT_TYPES) + 3
    assert standing["other"] == "built_in"
    assert (standing["gardening"], standing["prediction"], standing["collaboration"]) == (
        "own",
        "opted_in",
        "available",
    )
