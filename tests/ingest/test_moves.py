"""Notes of a real folder that are edited, moved and come back."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rem_dagster.ingest.importing import MOVED, import_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.settings import Home
from rem_dagster.sources.markdown import MarkdownSource
from rem_dagster.store.database import Store
from rem_dagster.store.digest import day_digests
from tests.activity import rows
from tests.ingest.items import NOW, outcome


class Vault:
    """A folder of notes, and the home that knows it."""

    def __init__(self, root: Path, home: Home, store: Store) -> None:
        self.root, self.home, self.store = root, home, store
        root.mkdir()

    def write(self, name: str, text: str, *, day: int = 1) -> None:
        place = self.root / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
        at = datetime(2024, 5, day, 12, tzinfo=UTC).timestamp()
        os.utime(place, (at, at))

    def move(self, name: str, to: str) -> None:
        (self.root / to).parent.mkdir(exist_ok=True)
        (self.root / name).rename(self.root / to)

    def read(self) -> ImportReport:
        return import_source(self.home, self.store, MarkdownSource(self.root, "v"), user_id="ines", now=NOW)

    def documents(self) -> Sequence[str]:
        return sorted({row["native_id"] for row in rows(self.store, "resources")})


@pytest.fixture
def vault(tmp_path: Path, home: Home, store: Store) -> Vault:
    return Vault(tmp_path / "vault", home, store)


def test_a_note_edited_on_five_days_belongs_to_those_five_days(vault: Vault) -> None:
    parts = [f"Part {number} of what I think. {'word ' * 400}" for number in range(5)]
    for number in range(5):
        vault.write("a.md", "\n\n".join(parts[: number + 1]), day=number + 1)
        vault.read()
    held = rows(vault.store, "resources")
    assert {row["partition_key"] for row in held} == {f"2024-05-0{number}" for number in range(1, 6)}
    for number, part in enumerate(parts, start=1):
        first = min(row["partition_key"] for row in held if part[:26] in row["content"])
        assert first == f"2024-05-0{number}"


def test_a_moved_note_stays_the_same_and_no_day_is_stale(vault: Vault) -> None:
    vault.write("plan.md", "The plan.")
    vault.write("b.md", "[[2026/plan]]")
    vault.read()
    before = day_digests(vault.store)
    vault.move("plan.md", "2026/plan.md")
    report = vault.read()
    assert outcome(report) == (0, 0, 2, 0, 0)
    assert report.reasons[("notice", None, MOVED)] == 1
    assert vault.documents() == ["b.md", "plan.md"]
    assert day_digests(vault.store) == before
    (edge,) = rows(vault.store, "edges")
    assert edge["target_id"] in {row["id"] for row in rows(vault.store, "resources")}
    again = vault.read()
    assert (outcome(again), again.notices) == ((0, 0, 2, 0, 0), 0)


def test_a_moved_note_is_followed_through_edits_and_back(vault: Vault) -> None:
    vault.write("plan.md", "The plan.")
    vault.read()
    vault.move("plan.md", "2026/plan.md")
    vault.read()
    vault.write("2026/plan.md", "The plan, and more.", day=4)
    assert outcome(vault.read()) == (0, 1, 0, 0, 0)
    assert vault.documents() == ["plan.md"]
    vault.move("2026/plan.md", "plan.md")
    vault.read()
    assert vault.documents() == ["plan.md"]


def test_another_note_at_the_old_path_is_another_note(vault: Vault) -> None:
    vault.write("plan.md", "The plan.")
    vault.read()
    vault.move("plan.md", "old.md")
    vault.read()
    vault.write("plan.md", "Quite another plan.", day=3)
    vault.read()
    held = {row["document_id"]: row["content"] for row in rows(vault.store, "resources")}
    assert sorted(held.values()) == ["Quite another plan.\n", "The plan.\n"]
    assert outcome(vault.read()) == (0, 0, 2, 0, 0)


def test_a_copy_is_a_note_of_its_own_and_alike_notes_are_not_confused(vault: Vault) -> None:
    vault.write("a.md", "Same.")
    vault.write("b.md", "Same.")
    vault.read()
    vault.write("c.md", "Same.")
    vault.read()
    vault.move("a.md", "d.md")
    vault.move("b.md", "e.md")
    report = vault.read()
    assert not report.failed
    assert vault.documents() == ["a.md", "b.md", "c.md", "d.md", "e.md"]
