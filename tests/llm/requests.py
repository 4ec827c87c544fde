"""Requests to ask, and a cache to ask them of."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rem_dagster.llm.answer_file import AnswerFile, read_answer_file
from rem_dagster.llm.answer_place import AnswerPlace
from rem_dagster.llm.answers_on_disk import LocalPlace
from rem_dagster.llm.cache import CachedModel
from rem_dagster.llm.interface import Answer, Purpose, Request, Turn
from rem_dagster.llm.scripted import Script, ScriptedModel

NOON = datetime(2025, 10, 7, 12, tzinfo=UTC)


def request(text: str = "What happened?", **fields: Any) -> Request:
    """A request of user me, for one day and two sources."""
    given = {"purpose": Purpose("me", ("2025-10-06",), ("m1", "m2")), **fields}
    return Request([Turn("user", text)], "draft", {"type": "object"}, **given)


def counting() -> Script:
    """A script that says how often it was asked."""
    asked = iter(range(1, 1_000))
    return lambda _: {"said": next(asked)}


def cached(
    place: AnswerPlace | Path,
    script: Script | None = None,
    *,
    refresh: bool = False,
    clock: Callable[[], datetime] = lambda: NOON,
    usd_per_token: float | None = 0.01,
) -> tuple[CachedModel, ScriptedModel]:
    """A cached model that keeps in a place, or in a directory, and the scripted one inside."""
    if isinstance(place, Path):
        place = LocalPlace(place)
    model = ScriptedModel(script or counting(), usd_per_token=usd_per_token)
    return CachedModel(model, place, refresh=refresh, clock=clock), model


def ask(model: CachedModel, *requests: Request) -> list[Answer]:
    """The answers to requests that are asked one after the other."""

    async def all_of_them() -> list[Answer]:
        return [await model.answer(each) for each in requests]

    return asyncio.run(all_of_them())


def files_in(directory: Path) -> list[Path]:
    """Every answer's file, by name."""
    return sorted(directory.glob("?/?/*.json"))


def held_in(path: Path) -> AnswerFile:
    """What an answer's file tells."""
    return read_answer_file(LocalPlace(path.parents[2]), path.name)
