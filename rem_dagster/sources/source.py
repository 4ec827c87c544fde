"""What is a source of activity, and how does it say what it could not read?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

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


class Source(Protocol):
    """A place that activity is read from, as often as wanted."""

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

    def read(self) -> Iterator[Activity | Problem]:
        """Every item and every problem, in the source's own order.

        Raises:
            SourceError: the source cannot be read at all.
        """
        ...


def shown(value: object) -> str:
    """A value as a problem quotes it: its repr, cut short."""
    text = repr(value)
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 1] + "…"
