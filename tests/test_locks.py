"""Who may do a piece of work: one process at a time, in the same order, and nobody for ever."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DayResult, DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.persist import persist
from rem_dagster.errors import HomeBusyError, HomeError, LockLostError
from rem_dagster.locks import Held, Shared, hold
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import chat_day, contents, fill

HOLD = """
import sys; from pathlib import Path; from rem_dagster.locks import hold
with hold(Path(sys.argv[1]), sys.argv[2:], wait_seconds=30):
    print("held", flush=True); sys.stdin.read()
"""


@contextmanager
def another_process_holding(directory: Path, *names: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that holds locks until the block ends."""
    command = [sys.executable, "-c", HOLD, str(directory), *names]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()
        process.wait(10)


def test_a_process_that_waits_in_vain_is_told_for_whom(tmp_path: Path) -> None:
    with another_process_holding(tmp_path, "a", "b") as other:
        told = rf"at work in {tmp_path} \(b; process {other.pid} on .*within 0 s.*Nothing was changed"
        with pytest.raises(HomeBusyError, match=told), hold(tmp_path, ["b", "c"], wait_seconds=0.2):
            pass
        with hold(tmp_path, ["c"], wait_seconds=0):
            pass
    with hold(tmp_path, ["a", "b"], wait_seconds=5):
        pass


def test_what_a_killed_process_held_is_free(tmp_path: Path) -> None:
    with another_process_holding(tmp_path, "a") as other:
        other.kill()
        with hold(tmp_path, ["a"], wait_seconds=5):
            pass


def test_locks_that_cannot_be_had_together_are_not_had_one_by_one(tmp_path: Path) -> None:
    with another_process_holding(tmp_path, "b"):
        with pytest.raises(HomeBusyError), hold(tmp_path, ["a", "b"], wait_seconds=0.1):
            pass
        with hold(tmp_path, ["a"], wait_seconds=0):
            pass


def test_a_place_that_cannot_hold_a_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(HomeError, match=r"Could not lock .*file.*Nothing was changed"),
        hold(tmp_path / "file", ["a"], wait_seconds=0),
    ):
        pass


def test_locks_of_other_tables_are_others() -> None:
    here, there = Shared("postgresql://x", "s3://one"), Shared("postgresql://x", "s3://two")
    assert here.key_of("dream-2025-10-06") == Shared("postgresql://y", "s3://one").key_of("dream-2025-10-06")
    assert len({here.key_of("a"), here.key_of("b"), there.key_of("a")}) == 3
    assert all(-(2**63) <= here.key_of(str(n)) < 2**63 for n in range(100))


def test_days_that_others_dream_now_are_waited_for_and_other_days_are_not(home: Home, store: Store) -> None:
    fill(home, store, [item for day in range(2) for item in chat_day(day)])
    plan = DreamPlan(user_ids=["ines"])
    with (
        another_process_holding(home.path / "locks", "dream-2025-10-06"),
        pytest.raises(HomeBusyError, match="dream-2025-10-06"),
        home.hold_days(["2025-10-05", "2025-10-06"], wait_seconds=0),
    ):
        pass
    with another_process_holding(home.path / "locks", "dream-2025-10-05"):
        assert len(dream(home, store, OfflineEngine(), plan).dreamt) == 2


def test_what_somebody_else_dreamt_while_we_waited_is_unchanged(home: Home, store: Store) -> None:
    fill(home, store, [item for day in range(2) for item in chat_day(day)])
    others: list[DayResult] = []

    def somebody_else_dreams(_: object) -> None:
        if not others:
            others.extend(dream(home, store, OfflineEngine(), DreamPlan()).days)

    ours = dream(home, store, OfflineEngine(), DreamPlan(on_days=somebody_else_dreams))
    assert [day.status for day in others] == ["dreamt", "dreamt"]
    assert [day.status for day in ours.days] == ["unchanged", "unchanged"]


def test_activity_that_came_while_we_waited_is_in_the_dream(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    added: list[str] = []

    def somebody_adds(_: object) -> None:
        if not added:
            fill(home, store, chat_day(0, turns=9))
            added.append("three turns more")

    dream(home, store, OfflineEngine(), DreamPlan(on_days=somebody_adds))
    assert [day.status for day in dream(home, store, OfflineEngine(), DreamPlan()).days] == ["unchanged"]


class LostAfter(Held):
    """A lock that turns out to be lost after some looks at it."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def check(self) -> None:
        """Lose it in time."""
        self.looks -= 1
        if self.looks < 0:
            raise LockLostError("lost")


@pytest.mark.runs
@pytest.mark.parametrize("looks", range(6))
def test_days_whose_lock_was_lost_on_the_way_are_due_again(home: Home, store: Store, looks: int) -> None:
    from rem_dagster.dreaming.dream import preview

    fill(home, store, [item for day in range(2) for item in chat_day(day)])
    made = preview(home, store, OfflineEngine(), DreamPlan())
    with pytest.raises(LockLostError):
        persist(store, made, LostAfter(looks))  # type: ignore[arg-type]  # all of them were made
    assert not [row for row in read_ledger(store) if row.status == "complete"]
    assert len(dream(home, store, OfflineEngine(), DreamPlan()).dreamt) == 2
    whole = contents(store)
    persist(store, made, LostAfter(6))  # type: ignore[arg-type]  # six looks are all
    assert contents(store) == whole
