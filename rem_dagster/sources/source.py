"""What is a source of activity, and how does it say what it could not read?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from rem_dagster.model.activity import Activity

ProblemKind = Literal["failed", "skipped", "notice"]
SHOWN_VALUE = 60
"""Characters of an offending value that a problem quotes."""


@dataclass(frozen=True)
class Problem:
    """One thing that a source says about its own input beside the items.

    `failed` is an item that should have landed and did not, `skipped` one that is left out on purpose;
    a `notice` is about an item that landed, or about the source as a whole.
    """

    where: str
    """File and line, or what else finds the place."""
    field: str | None
    reason: str
    """Worded alike for alike problems, so that they can be counted; the value is in `got`."""
    kind: ProblemKind = "failed"
    got: str | None = None

    def __str__(self) -> str:
        what = f"{self.field}: {self.reason}" if self.field else self.reason
        return f"{self.where}: {what}" + (f", got {self.got}" if self.got is not None else "")


@dataclass(frozen=True)
class Withdrawn:
    """A document that its source says is no more, such as an event that was cancelled: it is removed.

    What is only missing from a source is not meant: it stays.
    """

    native_id: str
    between: tuple[datetime, datetime] | None = None
    """Of a series: also its single times `native_id/...`, as far as they lie between these instants."""
    but: frozenset[str] = frozenset()
    """Native ids that the source still gives."""


Told: TypeAlias = Activity | Problem | Withdrawn
"""What a source says when it is read."""


class Source(Protocol):
    """A place that activity is read from, as often as wanted.

    Some keys of an item's `metadata` mean the same in every source, and are what exclusions, links and
    `rem status` go by: `path` (of a file, relative to the source's place), `cwd` and `branch` (where it was
    written), `channel`, `people` (names, beside the author), `reply_to` (the native id of a message of the
    same source), `links` (what it points to: native ids or paths of the same source, or URLs), `files`
    (paths that it changed), `repo`, `sha`.

    Trust is `own` for what the person wrote, and for an assistant's answers to it; `third_party` for what
    another person, a tool or a page says.
    """

    @property
    def kind(self) -> str:
        """The kind of source, such as `git`; part of every id."""
        ...

    @property
    def account(self) -> str:
        """What tells two sources of one kind apart; part of every id."""
        ...

    @property
    def place(self) -> str:
        """Where it is read from, as people name it: what is remembered between two pulls is kept by it."""
        ...

    def fingerprint(self) -> str | None:
        """Equal while `read` would give the same; None when finding out costs as much as reading.

        Raises:
            SourceError: the source cannot be read at all.
        """
        ...

    def read(self) -> Iterator[Told]:
        """Every item and every problem, in the source's own order.

        Raises:
            SourceError: the source cannot be read at all.
        """
        ...


@runtime_checkable
class IncrementalSource(Source, Protocol):
    """A source that can go on from where an earlier read of it ended."""

    def read_since(self, mark: str | None) -> Iterator[Told]:
        """What may be new since an earlier read; everything without one, or where the mark says nothing.

        Giving an item again is no harm, leaving one out is.

        Args:
            mark: `mark` as it was after that read.

        Raises:
            SourceError: the source cannot be read at all.
        """
        ...

    @property
    def mark(self) -> str | None:
        """Where the last read ended, once it has; None before that."""
        ...


@runtime_checkable
class MeasuredSource(Source, Protocol):
    """A source that knows how far a read of it has come."""

    @property
    def share(self) -> float | None:
        """How much of it the read under way has seen, from 0 to 1; None where that is not known."""
        ...


@runtime_checkable
class CostlySource(Source, Protocol):
    """A source that asks a model while it is read, which may cost money."""

    def rehearsed(self) -> Source:
        """The same source, which asks nobody and says what asking would cost."""
        ...


def shown(value: object) -> str:
    """A value as a problem quotes it: its repr, cut short."""
    text = repr(value)
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 1] + "…"
