"""An explanation says what the import then does, and writes nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rem_dagster.ingest.explaining import Explanation, explain_source
from rem_dagster.model.activity import Activity
from rem_dagster.settings import Home, imagine_home
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from tests.activity import ListSource, contents
from tests.ingest.items import NINE, NOW, page, put, said, talk


def explained(home: Home, *items: Activity | Problem) -> Explanation:
    return explain_source(home, ListSource(items, "a"), user_id="ines", now=NOW)


ITEMS: list[Activity | Problem] = [
    talk(),
    *(said(number, author="Inês", trust="own") for number in range(4)),
    said(9, role="assistant", text="A day later", at=NINE + timedelta(days=1)),
    said(10, author="Ben", trust="third_party", at=datetime(2024, 6, 2, 9)),
    page("# A\nlong ago", native_id="n", at=datetime(2023, 1, 2), time_confidence="assumed_time"),
    page("call", native_id="c", category="event", metadata={"people": ["Ana", "Ben", 5]}),
    said(11, text="<private>secret</private>"),
    Problem("a:12", "id", "is missing", got="None"),
    Problem("a:13", None, "is by another author", "skipped"),
]


def test_it_gives_the_report_that_the_import_gives(home: Home, store: Store) -> None:
    told = explained(home, *ITEMS)
    assert told.report == put(home, store, *ITEMS)


def test_nothing_is_written_even_where_something_is_stored(home: Home, store: Store) -> None:
    put(home, store, *ITEMS[:3], page("old text", native_id="n"))
    before = contents(store), {name: store.dataset(name).version for name in store.names()}
    told = explained(home, *ITEMS)
    assert (told.report.new, told.report.updated, told.report.unchanged) == (5, 1, 3)
    assert (contents(store), {name: store.dataset(name).version for name in store.names()}) == before
    assert told.report == put(home, store, *ITEMS)


def test_it_needs_no_home(tmp_path: Path) -> None:
    home = imagine_home(tmp_path / "none", flags={"timezone": "Europe/Lisbon"})
    told = explained(home, *ITEMS)
    assert told.report.new == 9
    assert not (tmp_path / "none").exists()


def test_it_counts_by_kind_month_person_trust_and_how_sure_the_times_are(home: Home) -> None:
    told = explained(home, *ITEMS)
    assert told.report.things == {
        ("session", ""): 1,
        ("message", "user"): 5,
        ("message", "assistant"): 1,
        ("resource", "note"): 1,
        ("resource", "event"): 1,
    }
    assert told.months == {"2023-01": 1, "2024-05": 6, "2024-06": 1}
    assert told.people == {"Inês": 4, "Ben": 2, "Ana": 1}
    assert told.trust == {"own": 7, "third_party": 1}
    assert told.report.confidences == {"exact": 6, "assumed_zone": 1, "assumed_time": 1}
    assert (told.first_at, told.last_at) == (
        datetime(2023, 1, 2, 12, tzinfo=UTC),
        datetime(2024, 6, 2, 9, tzinfo=UTC),
    )


def test_its_examples_differ_and_hold_nothing_private(home: Home) -> None:
    first, second, third = explained(home, said(1, text="hello <private>secret</private>"), *ITEMS).examples
    assert [first.what, second.what, third.what] == [
        ("message", "user"),
        ("session", ""),
        ("message", "assistant"),
    ]
    assert first.text == "hello "
    assert len(explained(home, said(1), said(2), said(3), said(4)).examples) == 3
