"""Work that awaits ends with its caller: at its end, by an error, or by a signal in the middle."""

import asyncio
import os
import signal
import time

import pytest

from rem_dagster.llm.loop import run_to_end


class Interrupted(BaseException):
    """What a handler of Dagster's raises."""


async def work(log: list[str], *, seconds: float = 0.0) -> str:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        log.append("cancelled")
        raise
    return "done"


def test_it_gives_what_the_work_gives() -> None:
    assert run_to_end(work([])) == "done"


def test_it_works_where_a_loop_is_running_already() -> None:
    async def notebook() -> str:
        return run_to_end(work([]))

    assert asyncio.run(notebook()) == "done"


def test_it_raises_what_the_work_raises() -> None:
    async def failing() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_to_end(failing())


def test_a_signal_ends_all_tasks_at_once_whatever_they_wait_for() -> None:
    log: list[str] = []

    def interrupt(*_: object) -> None:
        raise Interrupted

    async def many() -> None:
        asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), signal.SIGUSR1)
        await asyncio.gather(*(work(log, seconds=60) for _ in range(3)), return_exceptions=True)

    before = signal.signal(signal.SIGUSR1, interrupt)
    began = time.monotonic()
    try:
        with pytest.raises(Interrupted):
            run_to_end(many())
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert log == ["cancelled"] * 3
    assert time.monotonic() - began < 30
