"""Where do a home's answers lie, and what may be done with their files there?

                   on this machine                   on S3
whole or not       another name until it is whole    one PUT
two that ask       a lock                            a lock, and between machines names that differ,
                                                     so that both answers stay and are summed
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol


class AnswerPlace(Protocol):
    """A place for files whose names begin with the 64 hex digits of a request."""

    @property
    def machine(self) -> Path:
        """The directory of this machine where those who ask are kept apart."""

    @property
    def is_shared(self) -> bool:
        """Whether other machines write there, whom no lock of this one keeps apart."""

    def where(self, name: str) -> str:
        """The whole address of a file, for people."""

    def of_request(self, request: str) -> Sequence[str]:
        """The names of the files of one request, in no order."""

    def all(self, *, changed_since: float | None = None) -> Iterator[str]:
        """The name of every file, in no order; empty where nothing was ever kept.

        Args:
            changed_since: files last changed before this time (seconds since 1970) are left out.
        """

    def read(self, name: str) -> bytes | None:
        """What a file holds; None when it is gone.

        Raises:
            StoreError: this file cannot be read.
            HomeError: the place cannot be used.
        """

    def read_each(self, names: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """As `read`, for many, in their order; None also for one that cannot be read."""

    def write(self, name: str, content: bytes, *, at: datetime) -> None:
        """Put a file there, whole or not at all; one of the same name is replaced.

        Args:
            at: its time of change, where that can be said.

        Raises:
            HomeError: it cannot be written there.
        """

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def unfinished(self) -> Iterator[tuple[str, Path]]:
        """Request and path of what somebody was writing when killed, or is writing now."""

    def remove_unfinished(self, request: str) -> None:
        """Remove what writers of a request left; only its one holder may do so."""
