"""Which answers are kept, so that nothing is paid for twice?

answer ─> kept? ── yes ─────────────────────────> replayed, 0 calls
           └ no ─> one asker a request ─> kept by now? ── yes ─> replayed
                                           └ no ─> asked, kept, given
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

from rem_dagster.errors import ModelError, StoreError, TruncatedError
from rem_dagster.llm.answer_file import (
    AnswerFile,
    CallId,
    Outcome,
    all_files,
    find_takes,
    next_take,
    read_answer_file,
    read_answer_files,
    write_answer_file,
)
from rem_dagster.llm.answer_place import AnswerPlace
from rem_dagster.llm.charge import Charge, charge_of, charged
from rem_dagster.llm.interface import Answer, ChatModel, Forecast, Request
from rem_dagster.llm.single_flight import nobody_asks, one_asker

log = logging.getLogger(__name__)


class CachedModel:
    """A model that remembers: the same request again gives the same answer, without a call.

    The newest answer to an attempt is the one that is replayed. An answer cut for its length is
    remembered too: it would be cut again, so asking less is what a replay does again.
    """

    def __init__(
        self, model: ChatModel, place: AnswerPlace, *, refresh: bool = False, clock: Callable[[], datetime]
    ) -> None:
        """Remember in a place.

        Args:
            model: asked where nothing is kept.
            refresh: ask once anew, whatever is kept; from then on that answer is the newest.
            clock: says when an answer came, as an aware time.
        """
        self._model = model
        self._place = place
        self._refresh = refresh
        self._clock = clock
        self._renewed: set[tuple[str, int]] = set()

    @property
    def name(self) -> str:
        """The name of the model that is asked."""
        return self._model.name

    @property
    def endpoint(self) -> str:
        """Where the model is asked."""
        return self._model.endpoint

    async def answer(self, request: Request) -> Answer:
        """What is kept, with `calls_paid` 0, or what the model says now; see `ChatModel.answer`.

        Raises:
            HomeError: the answer cannot be kept.
        """
        key = hash_request(request, endpoint=self.endpoint, model=self.name)
        kept = await self._look(key, request.attempt)
        if kept is None:
            async with one_asker(self._place.machine, key):
                kept = await self._look(key, request.attempt)
                if kept is None:
                    return await self._ask(key, request)
        return _replay(kept)

    def forecast(self, request: Request, *, completion_tokens: int) -> Forecast:
        """Nothing for what is kept; see `ChatModel.forecast`.

        Also for a request whose answer is known to be cut: its parts are for the caller to forecast.
        """
        key = hash_request(request, endpoint=self.endpoint, model=self.name)
        if self._find(key, request.attempt) is not None:
            return Forecast()
        return self._model.forecast(request, completion_tokens=completion_tokens)

    async def close(self) -> None:
        """Close the connections of the model that is asked."""
        await self._model.close()

    async def _look(self, key: str, attempt: int) -> AnswerFile | None:
        if not self._place.is_shared:
            return self._find(key, attempt)
        return await asyncio.to_thread(self._find, key, attempt)  # other requests need not wait for S3

    def _find(self, key: str, attempt: int) -> AnswerFile | None:
        if self._refresh and (key, attempt) not in self._renewed:
            return None
        for name in find_takes(self._place, key, attempt):
            try:
                held = read_answer_file(self._place, name)
            except StoreError as error:
                log.warning("%s", error)
                continue
            if held.outcome in ("answered", "truncated"):
                return held
        return None

    async def _ask(self, key: str, request: Request) -> Answer:
        self._place.remove_unfinished(key)
        try:
            answer = await self._model.answer(request)
        except ModelError as error:
            charge, is_cut = charge_of(error), isinstance(error, TruncatedError)
            if is_cut and (charge is None or charge.was_sent):
                self._keep(key, request, charge or Charge(), outcome="truncated")
            elif charge is not None and charge.calls:
                self._keep(key, request, charge, outcome="failed")
            raise
        calls = answer.calls_paid - answer.lost.calls
        paid = Charge(calls, answer.prompt_tokens, answer.completion_tokens, answer.cost_usd)
        self._keep(key, request, paid, outcome="answered", content=answer.content)
        if answer.lost.calls:  # beside it, so that a replay costs what this answer did, and all is audited
            self._keep(key, request, answer.lost, outcome="failed")
        return answer

    def _keep(
        self,
        key: str,
        request: Request,
        charge: Charge,
        *,
        outcome: Outcome,
        content: Mapping[str, object] | None = None,
    ) -> None:
        held = AnswerFile.of(
            CallId(key, request.attempt, next_take(self._place, key, request.attempt)),
            request.purpose,
            charge,
            at=self._clock(),
            outcome=outcome,
            endpoint=self.endpoint,
            model=self.name,
            answer=None if content is None else _plain(content),
        )
        write_answer_file(self._place, held)
        if outcome != "failed":
            self._renewed.add((key, request.attempt))


def hash_request(request: Request, *, endpoint: str, model: str) -> str:
    """What one request is known by: 64 hex digits of all that decides the answer.

    The user is part of it, so that nobody is ever given what another user's text gave. The days and
    sources are not, nor is the attempt, which is beside the hash in a file's name.
    """
    said = {
        "endpoint": endpoint,
        "model": model,
        "user": request.purpose.user_id if request.purpose else None,
        "turns": [[turn.role, turn.content] for turn in request.turns],
        "schema": _plain(request.schema),
        "parameters": _plain(request.parameters),
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def forget_answers(place: AnswerPlace, source_ids: Collection[str]) -> int:
    """Empty every answer that cites one of these sources; how many files were emptied or removed.

    Time, tokens and cost stay. A file that cannot be read cannot be shown to be free of them: it is
    removed, and so is what killed processes left. Nobody may dream of these sources meanwhile.

    Raises:
        HomeError: a file cannot be written; forget again, as some may be left.
    """
    wanted = frozenset(source_ids)
    changed = 0
    for name, held in read_answer_files(place, list(all_files(place))):
        if isinstance(held, StoreError):
            place.remove(name)
            changed += 1
        elif not wanted.isdisjoint(held.source_ids):
            emptied = {"outcome": "forgotten", "answer": None, "source_ids": ()}
            write_answer_file(place, held.model_copy(update=emptied), name=name)
            changed += 1
    for request, path in list(place.unfinished()):
        changed += _remove_left(place.machine, request, path)
    return changed


def _replay(held: AnswerFile) -> Answer:
    if held.outcome == "truncated":
        error = TruncatedError(
            f"The answer of {held.model!r} was cut for its length when it was asked at "
            f"{held.at.isoformat()}. Ask about less; nothing was sent now."
        )
        raise charged(error, Charge(0, held.prompt_tokens, held.completion_tokens, held.cost_usd))
    return Answer(
        content=held.answer,
        prompt_tokens=held.prompt_tokens,
        completion_tokens=held.completion_tokens,
        cost_usd=held.cost_usd,
        calls_paid=0,
    )


def _remove_left(directory: Path, request: str, path: Path) -> int:
    with nobody_asks(directory, request) as is_so:
        if is_so:  # else it is being written just now, and no leftover
            path.unlink(missing_ok=True)
    return int(is_so)


def _plain(value: object) -> object:
    """A value as JSON holds it."""
    match value:
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
