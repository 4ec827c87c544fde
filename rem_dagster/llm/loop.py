"""How does work that awaits a model run to its end, and how is it interrupted?"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")
SECONDS_TO_BEGIN = 5.0
Begun = tuple[asyncio.AbstractEventLoop, "asyncio.Task[Any]"]


def run_to_end(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives, from a loop in a thread of its own.

    caller  ├─ waits ────────────✕ Ctrl-C, or the end of a run that is cancelled
    loop    ├─ call ─ answer ─ call ✕ cancelled; answers that came are kept

    Python raises what a signal asks for wherever the main thread is just then. Within a loop it would end
    up in some task, whose siblings would go on, or be lost.

    Raises:
        BaseException: what the work raised, or what interrupted the caller; the work has ended then.
    """
    begun: Future[Begun] = Future()

    async def begin() -> T:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result((asyncio.get_running_loop(), task))
        return await work

    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(copy_context().run, asyncio.run, begin())
        try:
            return running.result()
        except BaseException:
            if not running.done():
                _cancel(begun)
            raise


def _cancel(begun: "Future[Begun]") -> None:
    loop, task = begun.result(SECONDS_TO_BEGIN)
    with suppress(RuntimeError):  # it ended by itself just now
        loop.call_soon_threadsafe(task.cancel)
