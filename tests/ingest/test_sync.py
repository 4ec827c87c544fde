"""Pulling the sources of the settings."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.ingest.sync import sync
from rem_dagster.settings import Home, SourceSettings
from rem_dagster.store.database import Store
from tests.activity import rows
from tests.ingest.items import NOW
from tests.sources.repositories import commit, new_repository

LINE = {
    "t": "resource",
    "user_id": "ines",
    "name": "n",
    "content": "c",
    "category": "note",
    "created_at": "2024-05-01",
}


@pytest.fixture
def configured(home: Home, tmp_path: Path) -> Home:
    """A home with four sources, one of which is not there."""
    (home.path / "a.jsonl").write_text(json.dumps({**LINE, "id": "1"}) + "\n")
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "2024-05-02.md").write_text("slept well\n")
    commit(new_repository(tmp_path / "code"), "one")
    sources = (
        SourceSettings(kind="jsonl", path="a.jsonl"),
        SourceSettings(kind="git", path=str(tmp_path / "missing")),
        SourceSettings(kind="git", path=str(tmp_path / "code"), user="tomas", emails=["ines@example.org"]),
        SourceSettings(kind="markdown", path=str(notes), account="notes"),
    )
    return replace(home, settings=home.settings.model_copy(update={"sources": sources}))


def test_every_source_is_pulled_and_one_that_fails_does_not_stop_the_others(
    configured: Home, store: Store
) -> None:
    reports = sync(configured, store, now=NOW)
    assert [report.report.new if report.report else None for report in reports] == [1, None, 1, 1]
    assert "no such folder" in str(reports[1].error)
    assert [report.user_id for report in reports] == ["me", "me", "tomas", "me"]
    held = {row["source"]: row for row in rows(store, "syncs") if row["account"] != reports[1].path}
    assert {row["error"] for row in held.values()} == {None}
    assert json.loads(str(held["git"]["counts"]))["new"] == 1
    (failed,) = [row for row in rows(store, "syncs") if row["account"] == reports[1].path]
    assert failed["error"] == reports[1].error
    assert failed["last_sync_at"] == NOW


def test_a_source_that_is_as_it_was_is_not_read_again(configured: Home, store: Store) -> None:
    sync(configured, store, now=NOW)
    again = sync(configured, store, now=NOW + timedelta(minutes=15))
    assert [report.is_unchanged for report in again] == [True, False, True, False]
    assert again[3].report is not None
    assert again[3].report.unchanged == 1
    with (configured.path / "a.jsonl").open("a") as file:
        file.write(json.dumps({**LINE, "id": "2"}) + "\n")
    third = sync(configured, store, now=NOW + timedelta(minutes=30))
    assert third[0].report is not None
    assert (third[0].report.new, third[0].report.unchanged) == (1, 1)


def test_after_a_failure_all_of_a_source_is_read(configured: Home, store: Store) -> None:
    sync(configured, store, now=NOW)
    file = configured.path / "a.jsonl"
    kept = file.read_text()
    file.unlink()
    assert sync(configured, store, now=NOW)[0].error
    file.write_text(kept)
    report = sync(configured, store, now=NOW)[0].report
    assert report is not None
    assert report.unchanged == 1


def test_a_home_without_sources_has_nothing_to_pull(home: Home, store: Store) -> None:
    assert sync(home, store, now=NOW) == []
