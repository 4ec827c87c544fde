"""What a day was before its last re-dream is kept, whole and once."""

from dataclasses import replace
from pathlib import Path

import pytest

from rem_dagster.dreaming.compare import DayVersion
from rem_dagster.dreaming.draft.engine import DayFrame
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.dreaming.replaced import present_version, replaced_days, replaced_version
from rem_dagster.errors import StoreError
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import Draft
from rem_dagster.settings import Home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import REPLACED
from tests.activity import chat_day, fill
from tests.dreaming.engines import ScriptedEngine, failing_on, one_moment
from tests.dreaming.test_dream import FailingStore
from tests.lives import dream

DAY, NEXT = "2025-10-06", "2025-10-07"
AGAIN = DreamPlan(redo="other_versions")


def entitled(title: str) -> ScriptedEngine:
    """An engine that calls every moment the same, and so is a recipe of its own."""

    def script(part: Segment, frame: DayFrame, errors: object) -> Draft:
        drafted = one_moment(part, frame, ())
        (made,) = drafted.moments
        return drafted.model_copy(
            update={"moments": (made.model_copy(update={"name": title}),), "day_summary": title}
        )

    return ScriptedEngine(script, version=title, can_mend=False)


def dreamt(home: Home, store: Store, *titles: str) -> None:
    for title in titles:
        dream(home, store, entitled(title), AGAIN)


def kept(store: Store, day: str = DAY) -> DayVersion:
    found = replaced_version(store, "ines", day)
    assert found is not None
    return found


def titles(version: DayVersion) -> list[str]:
    return [each.name for each in version.moments]


@pytest.fixture
def lived(home: Home, store: Store) -> Home:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    return home


def test_a_day_dreamt_for_the_first_time_leaves_no_trace(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened")
    assert not Path(store.uri, "replaced.lance").exists()
    assert replaced_days(store, "ines") == []
    assert replaced_version(store, "ines", DAY) is None


def test_what_a_recipe_replaced_is_kept_with_its_maker_moments_and_summary(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened")
    (row, _) = read_ledger(store)
    before = present_version(store, row)
    dreamt(lived, store, "What else happened")
    found = kept(store)
    assert found == replace(before, moments=found.moments)
    without = [each.model_copy(update={"search_text": ""}) for each in before.moments]
    assert list(found.moments) == without
    assert (titles(found), found.agentlet_version) == (["What happened"], "What happened")
    assert found.summary
    assert replaced_days(store, "ines") == [DAY, NEXT]
    assert titles(present_version(store, read_ledger(store)[0])) == ["What else happened"]


def test_only_the_last_replaced_version_is_kept(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened", "What else happened", "What happened then")
    assert titles(kept(store)) == ["What else happened"]
    assert store.count("replaced") == 2


def test_made_anew_of_the_same_input_by_the_same_recipe_nothing_is_kept(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened", "What else happened")
    dream(lived, store, entitled("What else happened"), DreamPlan(redo="all"))
    assert titles(kept(store)) == ["What happened"]


def test_new_activity_replaces_a_day_too_and_only_that_day(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened")
    fill(lived, store, chat_day(0, turns=8))
    dreamt(lived, store, "What happened")
    assert replaced_days(store, "ines") == [DAY]
    assert replaced_version(store, "ines", NEXT) is None


@pytest.mark.runs
@pytest.mark.parametrize("write", range(1, 7))
def test_a_dream_killed_at_any_write_does_not_cost_the_last_whole_version(
    lived: Home, store: Store, write: int
) -> None:
    dreamt(lived, store, "What happened")
    with pytest.raises(StoreError, match="no write to"):
        dream(lived, FailingStore(store.uri, write), entitled("What was half written"), AGAIN)
    dreamt(lived, store, "What happened then")
    assert titles(kept(store)) == ["What happened"]
    assert titles(kept(store, NEXT)) == ["What happened"]


def test_a_failed_dream_does_not_cost_it_either(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened")
    fill(lived, store, chat_day(0, turns=8))
    dream(lived, store, ScriptedEngine(failing_on(DAY)), DreamPlan())
    assert read_ledger(store)[0].status == "failed"
    dream(lived, store, entitled("What happened then"), DreamPlan())
    assert titles(kept(store)) == ["What happened"]
    assert kept(store).agentlet_version == "What happened"


def test_a_half_written_day_is_never_kept(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened")
    (row, _) = read_ledger(store)
    write_ledger(store, [row.model_copy(update={"status": "writing"})])
    dreamt(lived, store, "What happened then")
    assert replaced_days(store, "ines") == [NEXT]


def test_the_days_of_two_users_are_kept_apart(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    fill(home, store, chat_day(0, user="ana"))
    dreamt(home, store, "What happened", "What else happened")
    mine, hers = (replaced_version(store, user, DAY) for user in ("ines", "ana"))
    assert mine is not None
    assert hers is not None
    assert {each.user_id for each in mine.moments} == {"ines"}
    assert {each.user_id for each in hers.moments} == {"ana"}


def test_a_kept_version_that_cannot_be_read_is_said_so(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened", "What else happened")
    (row,) = store.read("replaced", where=equals("partition_key", DAY)).to_pylist()
    store.upsert("replaced", rows_of(REPLACED, [{**row, "moments": '[{"mood": "blue"}]'}]))
    with pytest.raises(StoreError, match=r"another version of rem kept it\. Nothing was changed"):
        replaced_version(store, "ines", DAY)


def test_the_table_has_a_primary_key_and_its_indexes(lived: Home, store: Store) -> None:
    dreamt(lived, store, "What happened", "What else happened")
    dataset = store.dataset("replaced")
    assert dataset.schema.field("id").metadata == {b"lance-schema:unenforced-primary-key": b"true"}
    indexed = {column for index in dataset.describe_indices() for column in index.field_names}
    assert indexed == set(REPLACED.indexes)
