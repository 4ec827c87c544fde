"""The Python API: one object over a home, for its operator or for one user."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import rem_dagster
from rem_dagster import Hit, Memory
from rem_dagster.errors import HomeMissingError, InputError, QueryError, UnknownUserError
from tests.lives import link

NOON = datetime(2025, 10, 14, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a home of two users was made."""
    place = tmp_path_factory.mktemp("remembering") / "home"
    made = Memory.open(place, create=True, flags={"timezone": "Europe/Lisbon", "user": "ines"})
    made.add_message("The slow build was fsync, not the graph.", session="claude", created_at=NOON)
    made.add_resource("Loader", "I moved the loader to Tomás.", created_at=NOON, tags=["planning"])
    made.add_message("Ana plays on Sunday.", session="dm", created_at=NOON, user_id="ana", author="Ana")
    made.dream()
    return place


@pytest.fixture
def memory(tmp_path: Path, remembering: Path) -> Memory:
    link(remembering, tmp_path / "home")
    return Memory.open(tmp_path / "home", flags={"user": "ines"})


def test_the_package_offers_what_it_names() -> None:
    assert rem_dagster.__all__ == ["Hit", "Memory", "RemError"]
    assert all(hasattr(rem_dagster, name) for name in rem_dagster.__all__)


def test_without_create_a_missing_home_is_an_error_and_stays_missing(tmp_path: Path) -> None:
    with pytest.raises(HomeMissingError, match="no home"):
        Memory.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_same_message_added_again_changes_nothing(memory: Memory) -> None:
    before = memory.store.read("messages").to_pylist()
    identifier = memory.add_message(
        "The slow build was fsync, not the graph.", session="claude", created_at=NOON
    )
    assert memory.store.read("messages").to_pylist() == before
    assert identifier in {row["id"] for row in before}
    assert [day.status for day in memory.dream().days] == ["unchanged", "unchanged"]


def test_what_was_added_is_found_as_hits_in_every_table(memory: Memory) -> None:
    for table in ("messages", "moments"):
        (best, *_) = memory.search("slow build", table=table)
        assert isinstance(best, Hit)
        assert (best.table, best.user_id, best.occurred_at) == (table, "ines", NOON)
    assert memory.search("loader", table="resources")[0].name == "Loader"


def test_a_window_of_local_days_or_instants_limits_a_search(memory: Memory) -> None:
    assert memory.search(
        "build", table="messages", start=datetime(2025, 10, 14, 12), end=NOON.replace(hour=13)
    )
    assert memory.search("build", table="messages", end=NOON) == []


def test_sql_sees_views_in_the_homes_zone(memory: Memory) -> None:
    rows = memory.query("SELECT DATE(start_time) AS day, count(*) AS n FROM moments GROUP BY 1").to_pylist()
    assert [row["day"] for row in rows] == [date(2025, 10, 14)]
    with pytest.raises(QueryError):
        memory.query("DROP VIEW moments")


def test_a_timeline_is_a_frame_of_moments_in_time_order(memory: Memory) -> None:
    frame = memory.timeline(date(2025, 10, 14), date(2025, 10, 14))
    assert set(frame["user_id"]) == {"ines", "ana"}
    assert list(frame["start_time"]) == sorted(frame["start_time"])
    empty = memory.timeline(date(2025, 10, 15), date(2025, 10, 20))
    assert empty.empty
    assert list(empty.columns) == list(frame.columns)


def test_a_bound_memory_shows_and_writes_nothing_of_anybody_else(memory: Memory) -> None:
    ana = Memory.open(memory.home.path, "ana")
    assert {row["user_id"] for row in ana.query("SELECT user_id FROM moments").to_pylist()} == {"ana"}
    assert ana.search("build", table="messages") == []
    assert set(ana.timeline(date(2025, 10, 14), date(2025, 10, 14))["user_id"]) == {"ana"}
    assert {day.user_id for day in ana.dream(redo="all").days} == {"ana"}
    for asked in (
        lambda: ana.search("x", user_id="ines"),
        lambda: ana.timeline(NOON, NOON, user_id="ines"),
        lambda: ana.add_message("x", session="s", user_id="ines"),
        lambda: ana.dream(user_id="ines"),
    ):
        with pytest.raises(InputError, match=r"bound to user 'ana'; asked for 'ines'"):
            asked()


def test_an_unknown_user_is_named_with_what_to_do(memory: Memory) -> None:
    with pytest.raises(UnknownUserError, match=r"'nobody'.*rem status"):
        memory.search("build", user_id="nobody")


def test_a_notebook_with_a_running_loop_can_dream(memory: Memory) -> None:
    import asyncio

    async def cell() -> list[str]:
        return [day.status for day in memory.dream(redo="all").days]

    assert asyncio.run(cell()) == ["dreamt", "dreamt"]


def test_a_file_is_imported_by_its_path(memory: Memory, tmp_path: Path) -> None:
    note = tmp_path / "vault" / "idea.md"
    note.parent.mkdir()
    note.write_text("---\ncreated: 2025-10-15T10:00:00+01:00\n---\nI found a quieter keyboard.\n")
    report = memory.import_path(note.parent)
    assert (report.new, report.failed) == (1, 0)
    assert memory.search("keyboard", table="resources")


def test_a_week_is_summed_up_with_its_days_and_read_back(memory: Memory) -> None:
    memory.dream()
    day = NOON.astimezone(memory.home.zone).date()
    week = memory.recap(day=day)
    assert week is not None
    assert week.period == "week"
    assert week.content
    assert memory.recap("month", day) is not None
    assert memory.recap(day=date(1999, 1, 1)) is None


def test_an_import_is_explained_before_and_knows_who_the_user_is(memory: Memory, tmp_path: Path) -> None:
    call = tmp_path / "2025-10-14 09.00.00 call.vtt"
    call.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ines R.>The pump leaks.\n")
    before = memory.store.count("messages")
    told = memory.explain(call, me=["Ines R."], account="phone")
    assert told.report.new == 2
    assert memory.store.count("messages") == before
    assert memory.import_path(call, me=["Ines R."], account="phone").new == 2
    assert memory.import_path(call, me=["Ines R."], account="phone").unchanged == 2
    assert memory.import_path(call, me=["Ines R."], account="other").new == 2
    rows = memory.store.read("messages", ["source", "trust"]).to_pylist()
    assert {row["trust"] for row in rows if row["source"] == "transcript"} == {"own"}


def test_a_memory_tells_in_a_notebook_which_home_it_is(memory: Memory) -> None:
    place = memory.home.path
    assert repr(memory) == f"Memory.open({str(place)!r})"
    assert repr(Memory.open(place, "ines")) == f"Memory.open({str(place)!r}, user_id='ines')"


@pytest.mark.parametrize(
    "asked",
    [
        lambda memory: memory.timeline("2025-10-14", "2025-10-15"),
        lambda memory: memory.timeline(NOON, "2025-10-15"),
        lambda memory: memory.search("loader", start="yesterday"),
        lambda memory: memory.insights("hours", "2025-10-14"),
        lambda memory: memory.dream("2025-10-14"),
        lambda memory: memory.dream_day(NOON),
        lambda memory: memory.estimate_dream("2025-10-14"),
        lambda memory: memory.recap("week", "2025-10-14"),
        lambda memory: memory.corrections(day="2025-10-14"),
        lambda memory: memory.topics(start_day="2025-10-14"),
        lambda memory: memory.add_message("Hi", session="s", created_at="2025-10-14"),
        lambda memory: memory.add_resource("Note", "Hi", created_at=NOON.date()),
    ],
)
def test_a_day_or_time_of_the_wrong_kind_is_refused_with_how_to_make_one(
    memory: Memory, asked: Callable[[Memory], object]
) -> None:
    with pytest.raises(InputError, match=r"date\.fromisoformat|datetime\.fromisoformat|Give its day"):
        asked(memory)
