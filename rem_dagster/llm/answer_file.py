"""What does one file of the cache hold, where does it lie, and when is it trusted?

    cache/3/f/3f9c…e1.0.2.json       request hash, attempt, take
          └─┴── its first two digits

Takes count how often an attempt was asked anew. A file is written once, under another name until it is
whole, and its time of change is that of the call.
"""

import json
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from rem_dagster.errors import DiskFullError, HomeError, StoreError

Outcome = Literal["answered", "truncated", "failed", "forgotten"]
NO_ROOM = frozenset(("ENOSPC", "EDQUOT"))
_NAME = re.compile(r"(?P<request>[0-9a-f]{64})\.(?P<attempt>[0-9]+)\.(?P<take>[0-9]+)\.json")
_UNFINISHED = re.compile(r"\.(?P<request>[0-9a-f]{64})\.[0-9a-f]+\.part")


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
    cost_usd: float | None
    """None when nobody said; never 0 for that."""
    calls_paid: int = Field(ge=0)
    answer: Any
    """A JSON object when `outcome` is `answered`, else None."""

    @model_validator(mode="after")
    def _answer_fits_outcome(self) -> "AnswerFile":
        if isinstance(self.answer, dict) != (self.outcome == "answered"):
            raise ValueError(f"an outcome {self.outcome!r} does not go with such an answer")
        return self

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.request}.{self.attempt}.{self.take}.json"


def folder_of(directory: Path, request: str) -> Path:
    """Where the files of a request lie."""
    return directory / request[0] / request[1]


def find_takes(directory: Path, request: str, attempt: int) -> list[Path]:
    """The files of one attempt at a request, newest take first."""
    found = [
        (int(match["take"]), path)
        for path in folder_of(directory, request).glob(f"{request}.{attempt}.*.json")
        if (match := _NAME.fullmatch(path.name))
    ]
    return [path for _, path in sorted(found, reverse=True)]


def take_of(path: Path) -> int:
    """The take that a file's name says."""
    return int(path.name.split(".")[2])


def all_files(directory: Path, *, changed_since: float | None = None) -> Iterator[Path]:
    """Every answer's file, in no order; others that lie there are stepped over.

    Args:
        changed_since: files last changed before this time (seconds since 1970) are stepped over too. A
            file never changes before its call ended, so none is missed of which that is true.
    """
    for entry in _entries(directory):
        if _NAME.fullmatch(entry.name) and (
            changed_since is None or entry.stat(follow_symlinks=False).st_mtime >= changed_since
        ):
            yield Path(entry.path)


def unfinished_files(directory: Path) -> Iterator[tuple[str, Path]]:
    """Request and path of what somebody was writing when killed, or is writing now."""
    for entry in _entries(directory):
        if match := _UNFINISHED.fullmatch(entry.name):
            yield match["request"], Path(entry.path)


def remove_unfinished(directory: Path, request: str) -> None:
    """Remove what writers of a request left; only its one holder may do so."""
    for path in folder_of(directory, request).glob(f".{request}.*.part"):
        path.unlink(missing_ok=True)


def read_answer_file(path: Path) -> AnswerFile:
    """The call that a file tells of.

    Raises:
        StoreError: it is torn, or was put there by something else.
    """
    try:
        held = AnswerFile.model_validate(json.loads(path.read_bytes()))
        if held.name != path.name:
            raise ValueError("it tells of another request than its name says")
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{path} is not trusted: {_reason(error)}. It was left as it is; where its answer is needed, "
            "the model is asked again."
        ) from error
    return held


def write_answer_file(directory: Path, held: AnswerFile) -> Path:
    """Put a file in its place, whole or not at all; one of the same name is replaced.

    Raises:
        HomeError: it cannot be written there.
    """
    folder = folder_of(directory, held.request)
    unfinished = folder / f".{held.request}.{secrets.token_hex(4)}.part"
    text = json.dumps(held.model_dump(mode="json", exclude={"answer"}) | {"answer": held.answer}, indent=1)
    try:
        make_private(directory, folder.parent, folder)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        _date(unfinished, held.at)
        os.replace(unfinished, folder / held.name)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise unwritable(directory, error) from error
    return folder / held.name


def make_private(*folders: Path) -> None:
    """Make folders, outermost first, that only their owner may enter."""
    for folder in folders:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def unwritable(directory: Path, error: OSError) -> HomeError | DiskFullError:
    """What is said where an answer cannot be kept."""
    import errno

    is_full = errno.errorcode.get(error.errno or 0) in NO_ROOM
    kind = DiskFullError if is_full else HomeError
    return kind(
        f"Could not keep an answer in {directory}: {error.strerror or error}. "
        f"{'Free some space' if is_full else 'See to it that it can be written'}, then run the same command "
        "again: answers kept before are not paid for again."
    )


def _date(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


def _entries(directory: Path) -> Iterator["os.DirEntry[str]"]:
    for outer in _folders(directory):
        for inner in _folders(outer.path):
            with os.scandir(inner.path) as entries:
                yield from entries


def _folders(directory: "Path | str") -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(directory) as entries:
            return [each for each in entries if len(each.name) == 1 and each.is_dir()]
    except FileNotFoundError:
        return []


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'all of it'}: {first['msg']}"
    return str(error)
