"""What becomes of a source that fails inside its own code?

Other packages add sources: whatever theirs raise is one source that could not be read, and the others go on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rem_dagster.errors import RemError, SourceError
from rem_dagster.model.activity import ActivityItem
from rem_dagster.sources.source import IncrementalSource, Problem, Source, Told, Withdrawn, shown


@contextmanager
def as_source_error(name: str) -> Iterator[None]:
    """Turn what a source's own code raises into `SourceError`; errors of ours stay as they are."""
    try:
        yield
    except (RemError, MemoryError):
        raise
    except Exception as error:
        raise SourceError(
            f"The source {name} failed in its own code: {type(error).__name__}: {error}. "
            "What was stored before stays. --debug shows where."
        ) from error


def items_of(source: Source, mark: str | None = None) -> Iterator[Told]:
    """What a source gives, from a mark on where it can go on from one.

    Raises:
        SourceError: it cannot be read, fails, or gives what is no item.
    """
    name = f"{source.kind} {source.place}"
    with as_source_error(name):
        given = source.read_since(mark) if isinstance(source, IncrementalSource) else source.read()
        for each in given:
            if not isinstance(each, ActivityItem | Problem | Withdrawn):
                raise SourceError(
                    f"The source {name} gave {shown(each)}, which is no item and no problem. "
                    "What was stored before stays."
                )
            yield each
