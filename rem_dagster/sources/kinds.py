"""Which kinds of source are there, and how is one known and made?

Each kind is one `SourceKind`. Another package adds its own by an entry point of the group
`rem_dagster.sources` that names such a value:

    [project.entry-points."rem_dagster.sources"]
    fitness = "my_package.fitness:KIND"
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from pydantic import ValidationError

from rem_dagster.errors import InputError
from rem_dagster.model.near import meant
from rem_dagster.sources.kind import Place, SourceKind
from rem_dagster.sources.source import Source, shown

GROUP = "rem_dagster.sources"
"""The entry points by which other packages add kinds."""


@dataclass(frozen=True)
class Recognition:
    """What a path was taken for, and why."""

    kind: SourceKind
    reason: str


def kinds() -> tuple[SourceKind, ...]:
    """All kinds, in the order in which they are asked whether a path is theirs; ours come first.

    A kind of another package cannot take the name of one of ours.
    """
    ours = _built_in()
    taken = {kind.name for kind in ours}
    others = [kind for point in _points() if (kind := _loaded(point)) is not None and kind.name not in taken]
    return tuple(sorted((*ours, *others), key=lambda kind: kind.is_any_path))


def kind_named(name: str) -> SourceKind:
    """The kind of a name.

    Raises:
        InputError: there is none, or the package that has it cannot be loaded.
    """
    known = {kind.name: kind for kind in kinds()}
    if name.lower() in known:
        return known[name.lower()]
    broken = next((point for point in _points() if point.name == name.lower()), None)
    if broken is not None:
        raise InputError(
            f"The kind of source {name!r} comes from {broken.value!r}, which could not be loaded: "
            f"{_why_not(broken)}. Nothing was changed."
        )
    raise InputError(
        f"There is no kind of source {name!r}. Nothing was changed.{meant(name, known)} "
        f"Give one of {', '.join(known)}."
    )


def recognise_path(path: Path) -> Recognition | None:
    """What an existing path is, by the first kind that knows it; None when none does."""
    return next(recognitions_of(path), None)


def recognitions_of(path: Path, *, with_any_path: bool = True) -> Iterator[Recognition]:
    """All that an existing path may be, the likeliest first.

    Args:
        with_any_path: whether kinds are asked that take any folder with something of theirs below it.
    """
    for kind in kinds():
        if kind.is_any_path and not with_any_path:
            continue
        try:
            reason = kind.recognise(path)
        except Exception:  # noqa: BLE001 - whatever happens in another's package, ours work on
            continue
        if reason:
            yield Recognition(kind, reason)


def make_source_of(kind: SourceKind, place: Place, options: Mapping[str, object] | None = None) -> Source:
    """The source of a kind at a place.

    Raises:
        InputError: an option is unknown to the kind, or cannot be used.
        SourceError: the place cannot be read at all.
    """
    try:
        told = kind.options.model_validate(dict(options or {}))
    except ValidationError as error:
        raise InputError(_complaint(kind, error)) from None
    return kind.make(place, told)


def _complaint(kind: SourceKind, error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    name = ".".join(map(str, problem["loc"]))
    known = ", ".join(kind.options.model_fields) or "none"
    if problem["type"] == "extra_forbidden":
        return f"A source of kind {kind.name} has no option {name!r}; it has: {known}. Nothing was changed."
    wrong = problem["msg"].removeprefix("Value error, ")
    return (
        f"The option {name!r} of kind {kind.name} cannot be used: {wrong}, "
        f"got {shown(problem['input'])}. Nothing was changed."
    )


def _built_in() -> Sequence[SourceKind]:
    from rem_dagster.sources import (
        audio,
        chatgpt,
        claude_ai,
        claude_code,
        codex,
        git,
        ics,
        jsonl,
        markdown,
        office_files,
        slack,
        sql,
        transcript,
    )

    # the more particular before the more general: an export holds pages, pictures and recordings too
    return (
        claude_code.KIND,
        codex.KIND,
        jsonl.KIND,
        chatgpt.KIND,
        claude_ai.KIND,
        slack.KIND,
        sql.KIND,
        ics.KIND,
        transcript.KIND,
        git.KIND,
        audio.KIND,
        office_files.KIND,
        markdown.KIND,
    )


@cache
def _points() -> tuple[EntryPoint, ...]:
    return tuple(sorted(entry_points(group=GROUP), key=lambda point: point.name))


@cache
def _loaded(point: EntryPoint) -> SourceKind | None:
    return None if _why_not(point) else point.load()


@cache
def _why_not(point: EntryPoint) -> str | None:
    """Why a kind of another package cannot be used; None when it can."""
    try:
        loaded = point.load()
    except Exception as error:  # noqa: BLE001 - whatever happens in another's package, ours work on
        return f"{type(error).__name__}: {error}"
    return None if isinstance(loaded, SourceKind) else f"it is no SourceKind but {shown(loaded)}"
