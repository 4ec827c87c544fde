"""A source of another package that fails takes nothing else with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rem_dagster.errors import SourceError
from rem_dagster.ingest import recognise
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.sync import sync
from rem_dagster.model.activity import Activity
from rem_dagster.settings import Home, SourceSettings
from rem_dagster.sources.kind import Place, SourceKind
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from tests.activity import ListSource
from tests.ingest.items import NOW, said


@dataclass(frozen=True)
class Broken:
    """Gives an item, and then fails."""

    place: str
    kind: str = "broken"
    account: str = ""
    in_fingerprint: bool = False

    def fingerprint(self) -> None:
        if self.in_fingerprint:
            raise KeyError("token")

    def read(self) -> Iterator[Activity | Problem]:
        yield said(1)
        raise ZeroDivisionError("steps per day")


def test_what_it_raises_is_one_source_that_cannot_be_read(home: Home, store: Store) -> None:
    with pytest.raises(SourceError, match=r"broken here failed in its own code: ZeroDivisionError: steps"):
        import_source(home, store, Broken("here"), user_id="ines", now=NOW)


def test_what_is_no_item_is_refused_by_its_value(home: Home, store: Store) -> None:
    source = ListSource(({"content": "a dict"},))  # type: ignore[arg-type]  # as another package may
    with pytest.raises(SourceError, match=r"gave \{'content': 'a dict'\}, which is no item"):
        import_source(home, store, source, user_id="ines", now=NOW)


@pytest.mark.parametrize("fails_in", ["make", "fingerprint", "read"])
def test_a_sync_reports_it_by_name_and_pulls_the_others(
    home: Home, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_in: str
) -> None:
    def make(place: Place, _: object) -> Broken:
        if fails_in == "make":
            raise RuntimeError("no licence")
        return Broken(place.where, in_fingerprint=fails_in == "fingerprint")

    broken = SourceKind("broken", "a source that fails", lambda _: None, make)
    real = recognise.kind_named
    monkeypatch.setattr(recognise, "kind_named", lambda name: broken if name == "broken" else real(name))
    (tmp_path / "2024-05-02.md").write_text("slept well\n")
    sources = tuple(
        SourceSettings(kind=kind, path=str(tmp_path)) for kind in ("broken", "no-such-kind", "markdown")
    )
    configured = replace(home, settings=home.settings.model_copy(update={"sources": sources}))
    first, second, third = sync(configured, store, now=NOW)
    assert "failed in its own code" in str(first.error)
    assert "no kind of source 'no-such-kind'" in str(second.error)
    assert third.report is not None
    assert third.report.new == 1
