"""The component by which another Dagster project gets a dreaming home of its own."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import dagster as dg
import pytest

from rem_dagster.component import DreamingComponent
from rem_dagster.defs.requests import day_tags
from rem_dagster.errors import SettingsError
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY
from tests.defs.runs import QUIET

NOTE = "---\ndate: 2025-10-06\n---\n# Loader\n\nI wrote the loader today and tested it with real files.\n"


@pytest.fixture(autouse=True)
def _instance() -> Iterator[None]:
    """Dagster remembers the last instance of a process while it builds definitions: one that lives."""
    with dg.instance_for_test():
        yield


def component(place: Path, name: str, **more: object) -> DreamingComponent:
    """A component with a home of its own and a folder of notes."""
    notes = place / f"{name}-notes"
    notes.mkdir(exist_ok=True)
    (notes / "2025-10-06.md").write_text(NOTE, encoding="utf-8")
    return DreamingComponent.model_validate(
        {
            "key_prefix": name,
            "home": str(place / name),
            "timezone": "Europe/Lisbon",
            "sources": [{"kind": "markdown", "path": str(notes)}],
            **more,
        }
    )


def built(each: DreamingComponent) -> dg.Definitions:
    """What a project that has it loads."""
    return each.build_defs(cast("dg.ComponentLoadContext", None))  # what is above it does not matter


def materialise(defined: dg.Definitions, job: str, day: date) -> dg.ExecuteInProcessResult:
    with dg.instance_for_test() as instance:
        return defined.resolve_job_def(job).execute_in_process(
            instance=instance, tags=day_tags((day, day)), run_config=QUIET
        )


@pytest.mark.runs
def test_two_in_one_project_have_keys_jobs_and_homes_of_their_own(tmp_path: Path) -> None:
    # the first run makes the home; when definitions are loaded anew, its days are there
    for name in ("alice", "bob-2"):
        first = component(tmp_path, name)
        today = first_partition(built(first), name)
        assert materialise(built(first), f"{name.replace('-', '_')}_sync_job", today).success
    project = dg.Definitions.merge(*(built(component(tmp_path, name)) for name in ("alice", "bob-2")))
    keys = {key.to_user_string() for key in project.resolve_asset_graph().get_all_asset_keys()}
    assert {"alice/moments", "bob-2/moments", "alice/weekly_summary", "bob-2/links"} <= keys
    assert all(key.startswith(("alice/", "bob-2/")) for key in keys)
    assert materialise(project, "alice_dream_job", MONDAY.date()).success
    stores = {name: Store(open_home(tmp_path / name).tables_uri) for name in ("alice", "bob-2")}
    assert {name: store.count("resources") > 0 for name, store in stores.items()} == {
        "alice": True,
        "bob-2": True,
    }
    assert stores["alice"].count("moments") > 0
    assert stores["bob-2"].count("moments") == 0


def first_partition(defined: dg.Definitions, name: str) -> date:
    graph = defined.resolve_asset_graph()
    days = graph.get(dg.AssetKey([name, "moments"])).partitions_def
    assert days is not None
    return date.fromisoformat(str(days.get_first_partition_key()))


def test_definitions_load_before_the_home_is_there_and_make_nothing(tmp_path: Path) -> None:
    defined = built(component(tmp_path, "alice"))
    days = defined.resolve_asset_graph().get(dg.AssetKey(["alice", "moments"])).partitions_def
    assert isinstance(days, dg.DailyPartitionsDefinition)
    assert days.timezone == "Europe/Lisbon"
    assert not (tmp_path / "alice").exists()


def test_without_a_prefix_the_keys_are_those_of_a_home_alone(tmp_path: Path) -> None:
    defined = built(component(tmp_path, "alice", key_prefix=None))
    assert dg.AssetKey("moments") in defined.resolve_asset_graph().get_all_asset_keys()


def test_a_home_of_another_zone_is_refused(tmp_path: Path) -> None:
    open_home(tmp_path / "alice", create=True, flags={"timezone": "Asia/Tokyo"})
    with pytest.raises(SettingsError, match="timezone is 'Europe/Lisbon' by flag, but the home"):
        built(component(tmp_path, "alice"))
