"""Kinds of source, ours and those of other packages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from rem_dagster.errors import InputError
from rem_dagster.model.activity import Activity, ResourceItem
from rem_dagster.sources import kinds as registry
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.kinds import kind_named, kinds, recognise_path, recognitions_of
from rem_dagster.sources.source import Problem


class Steps:
    """A source of another package."""

    kind, account = "steps", "watch"

    def __init__(self, place: str) -> None:
        self.place = place

    def fingerprint(self) -> None:
        return None

    def read(self) -> Iterator[Activity | Problem]:
        at = datetime(2026, 3, 1, 9, tzinfo=UTC)
        yield ResourceItem(native_id="1", name="walk", content="8,000 steps", created_at=at)


STEPS = SourceKind(
    name="steps",
    about="a watch's steps",
    recognise=lambda path: "it is called steps.csv" if path.name == "steps.csv" else None,
    make=lambda place, _: Steps(place.where),
)


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    found: list[EntryPoint] = []
    monkeypatch.setattr(registry, "_points", lambda: tuple(found))
    yield found
    registry._loaded.cache_clear()


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, registry.GROUP)


def test_another_package_adds_a_kind_that_is_recognised(points: list[EntryPoint], tmp_path: Path) -> None:
    points.append(point("steps", f"{__name__}:STEPS"))
    (tmp_path / "steps.csv").touch()
    found = recognise_path(tmp_path / "steps.csv")
    assert found is not None
    assert (found.kind.name, found.reason) == ("steps", "it is called steps.csv")


def test_a_package_that_cannot_be_loaded_leaves_the_others_working(points: list[EntryPoint]) -> None:
    points += [point("gone", "no_such_package:KIND"), point("odd", "pathlib:Path")]
    assert {"jsonl", "git", "markdown"} <= {kind.name for kind in kinds()}
    with pytest.raises(InputError, match=r"'gone' comes from 'no_such_package:KIND'.*ModuleNotFoundError"):
        kind_named("gone")
    with pytest.raises(InputError, match="no SourceKind"):
        kind_named("odd")


def test_no_package_takes_the_name_of_a_kind_of_ours(points: list[EntryPoint]) -> None:
    ours = kind_named("git")
    thief = "THIEF"
    globals()[thief] = SourceKind(name="git", about="", recognise=lambda _: "mine", make=ours.make)
    points.append(point("git", f"{__name__}:{thief}"))
    assert kind_named("git") is ours


def test_names_that_mean_the_person_are_known_in_any_case() -> None:
    place = Place("/tmp", me=("Ana Sousa", "ana@example.org"))
    assert place.is_me("ANA@example.org", None)
    assert not place.is_me("Bruno", None)
    assert not Place("/tmp").is_me("")


def test_every_kind_says_what_it_reads_and_has_its_own_name() -> None:
    names = [kind.name for kind in kinds()]
    assert len(set(names)) == len(names)
    assert all(kind.about and issubclass(kind.options, SourceOptions) for kind in kinds())


def test_a_recogniser_that_fails_is_passed_over(points: list[EntryPoint], tmp_path: Path) -> None:
    def fails(path: Path) -> str | None:
        raise OSError("no such device")

    globals()["FAILS"] = SourceKind(name="fails", about="nothing", recognise=fails, make=STEPS.make)
    points += [point("fails", f"{__name__}:FAILS"), point("steps", f"{__name__}:STEPS")]
    (tmp_path / "steps.csv").touch()
    found = recognise_path(tmp_path / "steps.csv")
    assert found is not None
    assert found.kind.name == "steps"


def test_all_that_a_path_may_be_is_known_with_the_surest_first(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.md").touch()
    assert [each.kind.name for each in recognitions_of(tmp_path)] == ["git", "markdown"]
    assert [each.kind.name for each in recognitions_of(tmp_path, with_any_path=False)] == ["git"]
