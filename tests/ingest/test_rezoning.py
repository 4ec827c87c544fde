"""A home whose days are cut anew holds what a home with those days would have held from the beginning."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import HomeBusyError, HomeError, InputError
from rem_dagster.ingest.rezoning import completing
from rem_dagster.ingest.rezoning import rezone as rezoning
from rem_dagster.ingest.rezoning.completing import complete, is_committed
from rem_dagster.ingest.rezoning.rekey import Rekeying
from rem_dagster.ingest.rezoning.rezone import foresee_rezoning, rezone
from rem_dagster.ingest.times import LocalDays
from rem_dagster.memory import Memory
from rem_dagster.model.activity import ResourceItem
from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.settings import Home, HomeFile, open_home
from rem_dagster.store.database import Store
from tests.activity import contents, fill, message

NOW = datetime(2025, 11, 1, 12, tzinfo=UTC)
RAW = ("sessions", "messages", "resources", "edges", "links_state", "forgotten", "docs", "postings")
LATE = datetime(2025, 10, 20, 22, 30, tzinfo=UTC)
"""Monday, 23:30 in Lisbon; Tuesday morning in Tokyo."""


def made(path: Path, zone: str) -> Memory:
    memory = Memory.open(path, create=True, flags={"timezone": zone, "user": "ines"})
    live(memory)
    return memory


def live(memory: Memory) -> None:
    """Talk around midnight, a note that was edited on another day, links between the two."""
    plan = ResourceItem(
        native_id="plan",
        name="Plan",
        content="# Plan\n\n" + "One thing. " * 90,
        category="note",
        created_at=LATE - timedelta(days=9),
        updated_at=LATE - timedelta(days=9),
    )
    later = plan.model_copy(
        update={"content": f"{plan.content}\n\n# More\n\n" + "Another thing. " * 90, "updated_at": LATE}
    )
    talk = [
        message(
            hour, LATE + timedelta(hours=hour), content=f"{hour}: see #12 and 4f2a9c1d77b0.", session="talk"
        )
        for hour in range(-12, 40, 3)
    ]
    release = [
        message(
            100 + minute,
            LATE - timedelta(days=3, minutes=minute),
            content=f"The loader is released: {minute}",
            session="release",
        )
        for minute in range(3)
    ]
    fill(memory.home, memory.store, [plan])
    fill(memory.home, memory.store, [*talk, *release, later])


def changed(memory: Memory, **values: Any) -> Memory:
    file = memory.home.file.model_copy(update=values)
    rezone(memory.home, memory.store, file, now=NOW)
    return Memory(open_home(memory.home.path, flags={"user": "ines"}))


def raw(memory: Memory) -> dict[str, Any]:
    held = contents(memory.store)
    return {table: held[table] for table in RAW}


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Australia/Lord_Howe", "Etc/UTC"])
@pytest.mark.runs
def test_what_came_in_is_as_if_the_home_had_always_had_the_zone(tmp_path: Path, zone: str) -> None:
    moved = changed(made(tmp_path / "moved", "Europe/Lisbon"), timezone=zone)
    assert raw(moved) == raw(made(tmp_path / "born", zone))
    assert moved.home.zone == zone_named(zone)


def test_there_and_back_is_what_it_was_and_so_is_the_first_day(tmp_path: Path) -> None:
    home = made(tmp_path / "home", "Europe/Lisbon")
    before, first_day = raw(home), open_home(tmp_path / "home").file.first_day
    away = changed(home, timezone="Pacific/Auckland", day_starts_at=time(4))
    assert raw(away) != before
    back = changed(away, timezone="Europe/Lisbon", day_starts_at=time(0))
    assert raw(back) == before
    assert back.home.file.first_day == first_day


@pytest.mark.runs
def test_the_same_activity_again_is_known_and_dreams_stand_on_the_new_days(tmp_path: Path) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    memory.dream()
    moved = changed(memory, timezone="Asia/Tokyo")
    before = raw(moved)
    live(moved)
    assert raw(moved) == before
    assert moved.store.count("moments") == 0
    moved.dream()
    born = made(tmp_path / "born", "Asia/Tokyo")
    born.dream()
    assert contents(moved.store, without=("syncs",)) == contents(born.store, without=("syncs",))


@pytest.mark.runs
def test_a_correction_follows_what_it_is_about(tmp_path: Path) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    memory.dream()
    rows = memory.store.read("moments", ["id", "name", "partition_key"]).to_pylist()
    (moment,) = (row["id"] for row in rows if row["partition_key"] == "2025-10-17")
    memory.fix("rename", moment_ids=[moment], value={"name": "The night of the release"})
    moved = changed(memory, timezone="Asia/Tokyo")
    moved.dream()
    names = {row["name"] for row in moved.store.read("moments", ["name"]).to_pylist()}
    assert "The night of the release" in names
    assert [each.is_attached for each in moved.corrections()] == [True]


@pytest.mark.runs
def test_what_was_forgotten_stays_forgotten(tmp_path: Path) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    memory.forget("m0", yes=True)
    moved = changed(memory, timezone="Asia/Tokyo")
    live(moved)
    assert "m0" not in {row["native_id"] for row in moved.store.read("messages").to_pylist()}


def test_a_date_alone_keeps_its_date_and_all_else_its_instant() -> None:
    old = Calendar(zone_named("Pacific/Auckland"))
    rekeying = Rekeying(old, LocalDays(Calendar(zone_named("Pacific/Honolulu"))))
    midday = old.start_of(datetime(2025, 10, 20).date()) + timedelta(hours=12)  # a date
    row = {"partition_key": "2025-10-20", "created_at": midday, "time_confidence": "assumed_time"}
    assert rekeying.day_of(row) == "2025-10-20"
    assert rekeying.day_of({**row, "time_confidence": "exact"}) == "2025-10-19"


@given(
    at=st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
    zones=st.tuples(*[st.sampled_from(["Europe/Lisbon", "Asia/Kolkata", "America/St_Johns", "Etc/UTC"])] * 2),
    start=st.sampled_from([time(0), time(4), time(23, 30)]),
)
def test_the_new_day_is_the_one_that_holds_the_instant(
    at: datetime, zones: tuple[str, str], start: time
) -> None:
    old, new = Calendar(zone_named(zones[0])), Calendar(zone_named(zones[1]), start)
    row = {"partition_key": old.day_of(at).isoformat(), "created_at": at, "time_confidence": "exact"}
    assert Rekeying(old, LocalDays(new)).day_of(row) == new.day_of(at).isoformat()


def test_it_is_told_beforehand_what_changes_and_nothing_does(tmp_path: Path) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    memory.add_message("No zone.", session="talk", created_at=datetime(2025, 10, 21, 9))
    before = contents(memory.store)
    new = memory.home.file.model_copy(update={"timezone": "Asia/Tokyo"})
    found = foresee_rezoning(memory.home, memory.store, new)
    assert (found.zone_assumed, found.dreamt, found.corrections) == (1, 0, 0)
    assert 0 < found.moved < found.items
    assert contents(memory.store) == before


def test_who_writes_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    fill = rezoning._fill

    def meanwhile(*words: Any) -> Any:
        done = fill(*words)
        memory.add_message("Just now.", session="talk", created_at=LATE)
        return done

    monkeypatch.setattr(rezoning, "_fill", meanwhile)
    with pytest.raises(HomeBusyError, match="Nothing was changed"):
        changed(memory, timezone="Asia/Tokyo")
    same = Memory(open_home(memory.home.path))
    assert same.home.file.timezone == "Europe/Lisbon"
    assert "Just now." in {row["content"] for row in same.store.read("messages").to_pylist()}


@pytest.mark.parametrize("step", range(6))
@pytest.mark.runs
def test_stopped_at_any_step_it_is_as_it_was_or_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    (memory.home.path / "dagster").mkdir()
    before = raw(memory)
    born = raw(made(tmp_path / "born", "Asia/Tokyo"))
    left, rename = step, Path.rename

    def stopping(self: Path, target: Path) -> Path:
        nonlocal left
        if self.is_relative_to(memory.home.path):
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", stopping)
        try:
            changed(memory, timezone="Asia/Tokyo")
        except KeyboardInterrupt:
            pass
        else:
            assert step > 3, "it was stopped in none of its renames"
    path = memory.home.path
    if is_committed(path):
        with pytest.raises(HomeError, match=r"rem config timezone. completes it"):
            open_home(path)
        complete(path)
        assert raw(Memory(open_home(path))) == born
    else:
        assert raw(Memory(open_home(path))) == (before if step == 0 else born)


def test_the_old_tables_are_a_backup(tmp_path: Path) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    before = contents(memory.store)
    file = memory.home.file.model_copy(update={"timezone": "Asia/Tokyo"})
    backup = Path(rezone(memory.home, memory.store, file, now=NOW))
    assert contents(Store(str(backup / "tables"))) == before
    assert HomeFile.model_validate_json((backup / "home.json").read_bytes()).timezone == "Europe/Lisbon"
    assert not (memory.home.path / completing.STAGED).exists()


def test_tables_on_s3_are_not_touched(tmp_path: Path) -> None:
    memory = made(tmp_path / "home", "Europe/Lisbon")
    settings = memory.home.settings.model_copy(update={"tables": "s3://bucket/path"})
    elsewhere: Home = replace(memory.home, settings=settings)
    with pytest.raises(InputError, match=r"s3://bucket/path.*Nothing was changed"):
        rezone(elsewhere, memory.store, memory.home.file, now=NOW)
