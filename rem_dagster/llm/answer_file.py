"""What does one file of the cache hold, what is it called, and when is it trusted?

    cache/3/f/3f9c…e1.0.2.json                                  request hash, attempt, take
          └─┴── its first two digits
    cache/3/f/3f9c…e1.0.2.1759838400000-50000000-5b0e91d2.json    and when, at what cost, and chance

Takes count how often an attempt was asked anew. Where several machines write, the longer name keeps both
answers of two that asked at once, each of which was paid for, and a month is summed without reading a file.
A file is written once, and its time of change is not before that of the call.
"""

import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from rem_dagster.errors import StoreError
from rem_dagster.llm.answer_place import AnswerPlace
from rem_dagster.llm.charge import Charge
from rem_dagster.llm.interface import Purpose

Outcome = Literal["answered", "truncated", "failed", "forgotten"]
NANO = 1_000_000_000
_NAME = re.compile(
    r"(?P<request>[0-9a-f]{64})\.(?P<attempt>[0-9]+)\.(?P<take>[0-9]+)"
    r"(?:\.(?P<milliseconds>[0-9]+)-(?P<nano_usd>[0-9]+|unknown)-[0-9a-f]{8})?\.json"
)


@dataclass(frozen=True)
class CallId:
    """What a call's file is called after."""

    request: str
    attempt: int = 0
    take: int = 0


@dataclass(frozen=True)
class Named:
    """What the name of a file tells."""

    call: CallId
    at: datetime | None
    """When the call ended; None when the name is a short one, which says nothing of cost either."""
    cost_usd: float | None


class AnswerFile(BaseModel):
    """One call: whom it was for, what came back, what it cost. What was sent is not in it, only its hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    request: str
    attempt: int = Field(ge=0)
    take: int = Field(ge=0)
    at: AwareDatetime
    """When the call ended."""
    outcome: Outcome
    endpoint: str
    model: str
    user_id: str | None
    days: tuple[str, ...]
    source_ids: tuple[str, ...]
    """Empty once forgotten."""
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None = Field(ge=0)
    """None when nobody said; never 0 for that."""
    calls_paid: int = Field(ge=0)
    answer: Any
    """A JSON object when `outcome` is `answered`, else None."""

    @model_validator(mode="after")
    def _answer_fits_outcome(self) -> "AnswerFile":
        if isinstance(self.answer, dict) != (self.outcome == "answered"):
            raise ValueError(f"an outcome {self.outcome!r} does not go with such an answer")
        return self

    @classmethod
    def of(
        cls,
        call: CallId,
        purpose: Purpose | None,
        charge: Charge,
        *,
        at: datetime,
        outcome: Outcome,
        endpoint: str,
        model: str,
        answer: object = None,
    ) -> "AnswerFile":
        """What is kept of a call that was made for a purpose and cost so much."""
        return cls(
            request=call.request,
            attempt=call.attempt,
            take=call.take,
            at=at.astimezone(UTC),
            outcome=outcome,
            endpoint=endpoint,
            model=model,
            user_id=purpose.user_id if purpose else None,
            days=purpose.days if purpose else (),
            source_ids=purpose.source_ids if purpose else (),
            prompt_tokens=charge.prompt_tokens,
            completion_tokens=charge.completion_tokens,
            cost_usd=charge.cost_usd,
            calls_paid=charge.calls,
            answer=answer,
        )

    @property
    def call(self) -> CallId:
        """What its file is called after."""
        return CallId(self.request, self.attempt, self.take)


def named_by(name: str) -> Named | None:
    """What a file's name tells; None when it is the name of something else."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    call = CallId(match["request"], int(match["attempt"]), int(match["take"]))
    if match["milliseconds"] is None:
        return Named(call, None, None)
    cost = None if match["nano_usd"] == "unknown" else int(match["nano_usd"]) / NANO
    return Named(call, datetime.fromtimestamp(int(match["milliseconds"]) / 1000, UTC), cost)


def find_takes(place: AnswerPlace, request: str, attempt: int) -> list[str]:
    """The names of the files of one attempt at a request, newest take first.

    Of one take that several machines made, the answer that came first comes first, on all of them.
    """
    found = [
        (-named.call.take, named.at or datetime.min.replace(tzinfo=UTC), name)
        for name in place.of_request(request)
        if (named := named_by(name)) and (named.call.request, named.call.attempt) == (request, attempt)
    ]
    return [name for _, _, name in sorted(found)]


def next_take(place: AnswerPlace, request: str, attempt: int) -> int:
    """The take of an answer that comes now."""
    takes = find_takes(place, request, attempt)
    newest = named_by(takes[0]) if takes else None
    return newest.call.take + 1 if newest else 0


def all_files(place: AnswerPlace, *, changed_since: float | None = None) -> Iterator[str]:
    """The name of every answer's file, in no order; others that lie there are stepped over.

    Args:
        changed_since: files last changed before this time (seconds since 1970) are stepped over too. A
            file never changes before its call ended, so none is missed of which that is true.
    """
    return (name for name in place.all(changed_since=changed_since) if named_by(name))


def read_answer_file(place: AnswerPlace, name: str) -> AnswerFile:
    """The call that a file tells of.

    Raises:
        StoreError: it is torn, gone, or was put there by something else.
        HomeError: nothing at all can be read there now.
    """
    return _told(name, place.read(name), where=place.where(name))


def read_answer_files(
    place: AnswerPlace, names: Iterable[str]
) -> Iterator[tuple[str, AnswerFile | StoreError]]:
    """As `read_answer_file`, for many; one that is not trusted comes as the reason why."""
    for name, content in place.read_each(names):
        try:
            yield name, _told(name, content, where=place.where(name))
        except StoreError as error:
            yield name, error


def write_answer_file(place: AnswerPlace, held: AnswerFile, *, name: str | None = None) -> str:
    """Put a file in its place, whole or not at all; its name.

    Args:
        name: of the file that is replaced; without it, what another machine writes at the same time
            stays beside it.

    Raises:
        HomeError: it cannot be written there.
    """
    name = name or _name_of(held, is_shared=place.is_shared)
    text = json.dumps(held.model_dump(mode="json", exclude={"answer"}) | {"answer": held.answer}, indent=1)
    place.write(name, f"{text}\n".encode("ascii"), at=held.at)
    return name


def _name_of(held: AnswerFile, *, is_shared: bool) -> str:
    short = f"{held.request}.{held.attempt}.{held.take}"
    if not is_shared:
        return f"{short}.json"
    cost = "unknown" if held.cost_usd is None else round(held.cost_usd * NANO)
    return f"{short}.{round(held.at.timestamp() * 1000)}-{cost}-{secrets.token_hex(4)}.json"


def _told(name: str, content: bytes | None, *, where: str) -> AnswerFile:
    try:
        if content is None:
            raise ValueError("it cannot be read")
        held = AnswerFile.model_validate(json.loads(content))
        if (named := named_by(name)) is None or held.call != named.call:
            raise ValueError("it tells of another request than its name says")
    except ValueError as error:
        raise StoreError(
            f"{where} is not trusted: {_reason(error)}. It was left as it is; where its answer is needed, "
            "the model is asked again."
        ) from error
    return held


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'all of it'}: {first['msg']}"
    return str(error)
