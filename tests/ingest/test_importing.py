"""Imports: once is as good as twice, order does not matter, and nothing is written in vain."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.errors import SourceError
from rem_dagster.ingest import landing
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.tombstones import tombstone_of
from rem_dagster.model.activity import Activity
from rem_dagster.model.ids import derive_id
from rem_dagster.settings import Home, open_home
from rem_dagster.sources.jsonl import JsonlSource
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.tables import TABLES
from tests.activity import ListSource, chat_day, contents, rows
from tests.ingest.items import NINE, NOW, day, new_home, outcome, page, put, said, talk

LONG = "\n\n".join(f"Paragraph {n} has {'word ' * 60}" for n in range(40))


def test_ids_follow_from_user_source_account_and_the_sources_own_id(home: Home, store: Store) -> None:
    put(home, store, talk(), said(1), page("text"))
    (session,), (message,), (resource,) = (
        rows(store, table) for table in ("sessions", "messages", "resources")
    )
    assert session["id"] == message["session_id"] == derive_id("ines", "list", "a", "session", "s")
    assert message["id"] == derive_id("ines", "list", "a", "message", "m1")
    assert resource["document_id"] == derive_id("ines", "list", "a", "document", "page")
    assert resource["id"] == derive_id("ines", "list", "a", "page", "2024-05-01", 0)
    assert resource["slice_key"] == f"{resource['document_id']}/2024-05-01"


def test_a_second_import_of_the_same_writes_nothing(home: Home, store: Store) -> None:
    items = [*chat_day(0), *chat_day(1), page(LONG)]
    first = put(home, store, *items)
    before, versions = contents(store), _versions(store)
    second = put(home, store, *items)
    assert outcome(first) == (len(items), 0, 0, 0, 0)
    assert outcome(second) == (0, 0, len(items), 0, 0)
    assert not second.days
    assert contents(store) == before
    assert _versions(store) == versions


def test_only_what_changed_is_updated_and_both_its_days_are_touched(home: Home, store: Store) -> None:
    put(home, store, talk(), said(1), said(2), page("old"))
    report = put(home, store, talk(), said(1, at=day(3)), said(2), page("new"))
    assert outcome(report) == (0, 2, 2, 0, 0)
    assert report.days == ("2024-05-01", "2024-05-03")
    assert [row["content"] for row in rows(store, "resources")] == ["new"]


@pytest.mark.runs
def test_the_order_of_imports_does_not_matter(tmp_path: Path) -> None:
    parts: list[list[Activity]] = [
        [said(3), said(4), page("one", native_id="p1")],
        [talk(), said(1), said(2, session="other")],
        [said(5, session="other"), page(LONG, native_id="p2"), said(6, at=NINE.replace(day=2))],
    ]
    results = []
    for number, order in enumerate((parts, parts[::-1], [parts[1], parts[2], parts[0]])):
        home, store = new_home(tmp_path / str(number))
        for items in order:
            put(home, store, *items)
        results.append(contents(store))
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_size_of_batches_does_not_matter(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [
        said(1),
        page("first", edited=day(2)),
        said(2, at=NINE),
        said(3, at=NINE),
        page("later", edited=day(3)),
        said(1, text="changed", updated_at=day(2)),
        said(4, at=NINE),
    ]
    expected_home, expected = new_home(tmp_path / "expected")
    put(expected_home, expected, *items)
    monkeypatch.setattr(landing, "BATCH_ITEMS", size)
    home, store = new_home(tmp_path / "small")
    reports = [put(home, store, *items), put(home, store, *items)]
    assert [outcome(report) for report in reports] == [(5, 0, 0, 2, 0), (0, 0, 5, 2, 0)]
    assert contents(store) == contents(expected)


@given(st.permutations([(1, "b", 2), (1, "a", 3), (1, "c", 3), (2, "x", None), (2, "y", None), (3, "z", 1)]))
@settings(max_examples=10)
def test_of_an_id_given_twice_the_same_version_wins_in_any_order(
    home: Home, store: Store, versions: list[tuple[int, str, int | None]]
) -> None:
    wins = []
    for number, order in enumerate((versions, sorted(versions, key=str))):
        items: list[Activity] = []
        for name, text, edited in order:
            at = day(edited) if edited else None
            items += [said(name, text=text, updated_at=at), page(text, native_id=f"p{name}", edited=at)]
        report = put(home, store, *items)
        assert report.skipped == 6
        assert report.unchanged == (6 if number else report.unchanged), "what the first order left stays"
        assert "given more than once" in str(report.problems[0])
        wins.append([row["content"] for table in ("messages", "resources") for row in rows(store, table)])
    assert wins[0] == wins[1]
    assert "b" not in wins[0]


def test_messages_of_one_instant_keep_the_order_of_their_source(home: Home, store: Store) -> None:
    at_once = [said(number, at=NINE) for number in (7, 2, 9)]
    put(home, store, *at_once, said(1, at=NINE, session="other"), said(8))
    order = {row["native_id"]: row["seq"] for row in rows(store, "messages")}
    assert order == {"m7": 0, "m2": 1, "m9": 2, "m1": 0, "m8": 0}


def test_a_session_that_no_source_gives_is_made_from_its_first_message(home: Home, store: Store) -> None:
    put(home, store, said(5), said(3))
    (session,) = rows(store, "sessions")
    assert (session["native_id"], session["created_at"]) == ("s", NINE.replace(minute=3))
    assert json.loads(str(session["metadata"])) == {"implicit": True}
    later = put(home, store, said(9, at=day(2)))
    assert later.days == ("2024-05-02",), "a later message leaves the session's day alone"
    put(home, store, talk())
    (session,) = rows(store, "sessions")
    assert (session["title"], session["created_at"]) == ("Talk", NINE)
    put(home, store, said(0))
    assert rows(store, "sessions") == [session], "what a source said stays"


def test_users_and_accounts_do_not_share_rows(home: Home, store: Store) -> None:
    put(home, store, said(1), said(1, user_id="tomas"))
    put(home, store, said(1), account="b")
    messages = rows(store, "messages")
    assert sorted(str(row["user_id"]) for row in messages) == ["ines", "ines", "tomas"]
    assert len({row["id"] for row in messages}) == len({row["session_id"] for row in messages}) == 3


def test_problems_of_the_source_and_of_landing_are_counted_and_the_rest_lands(
    home: Home, store: Store
) -> None:
    report = put(
        home,
        store,
        Problem("file:1", "created_at", "is missing"),
        said(1),
        said(2, at=datetime(1, 1, 1)),
        Problem("file:4", None, "is no text", "skipped"),
        Problem("file:5", None, "is odd", "notice"),
    )
    assert outcome(report) == (1, 0, 0, 1, 2)
    assert (report.read, report.notices, report.exit_code) == (4, 1, 3)
    assert [row["native_id"] for row in rows(store, "messages")] == ["m1"]


def test_the_first_day_of_the_home_reaches_back_to_the_oldest_item(home: Home, store: Store) -> None:
    put(home, store, said(1), page("old", at=datetime(2019, 2, 3, tzinfo=UTC)))
    assert open_home(home.path).file.first_day == date(2019, 2, 3)
    put(home, store, said(2))
    assert open_home(home.path).file.first_day == date(2019, 2, 3)


def test_local_times_take_the_homes_zone_and_say_so(tmp_path: Path) -> None:
    home, store = new_home(tmp_path / "lisbon", zone="Europe/Lisbon", day_starts_at="04:00")
    local = {
        1: datetime(2024, 5, 2, 3, 30),  # before the day starts
        2: datetime(2024, 3, 31, 1, 30),  # never was
        3: datetime(2024, 10, 27, 1, 30),  # was twice
    }
    put(home, store, *(said(number, at=at) for number, at in local.items()))
    put(home, store, said(4, at=datetime(2024, 5, 2), time_confidence="assumed_time"))
    held = {
        row["native_id"]: (f"{row['created_at']:%d %H:%M}", row["partition_key"], row["time_confidence"])
        for row in rows(store, "messages")
    }
    assert held == {
        "m1": ("02 02:30", "2024-05-01", "assumed_zone"),
        "m2": ("31 01:30", "2024-03-30", "assumed_time"),
        "m3": ("27 00:30", "2024-10-26", "assumed_time"),
        "m4": ("02 15:00", "2024-05-02", "assumed_time"),
    }


def test_what_is_marked_private_never_reaches_the_store(home: Home, store: Store) -> None:
    report = put(
        home,
        store,
        said(1, text="open <private>secret</private> open"),
        said(2, text="<PRIVATE>secret\nand more"),
        page("a <private>secret</private> b", name="<private>secret</private>"),
        talk(title="<private>secret"),
    )
    assert outcome(report) == (3, 0, 0, 1, 0)
    assert "secret" not in str(contents(store))
    assert report.reasons["notice", None, "what is marked <private> was left out"] == 3


def test_what_was_forgotten_does_not_come_in_again(home: Home, store: Store) -> None:
    ids = [derive_id("ines", "list", "a", *each) for each in (("message", "m1"), ("document", "page"))]
    stones = [{"id": tombstone_of(home, each), "user_id": "ines", "at": NOW} for each in ids]
    store.upsert("forgotten", rows_of(TABLES["forgotten"], stones))
    report = put(home, store, said(1), said(2), page("text"))
    assert outcome(report) == (1, 0, 0, 2, 0)
    assert [row["native_id"] for row in [*rows(store, "messages"), *rows(store, "resources")]] == ["m2"]


def test_an_import_that_died_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [said(1, session="lost"), said(2), page("a"), page(LONG, native_id="long"), talk(), said(3)]
    expected_home, expected = new_home(tmp_path / "expected")
    put(expected_home, expected, *items)
    monkeypatch.setattr(landing, "BATCH_ITEMS", 1)
    for died_after in (1, 3, 5):
        home, store = new_home(tmp_path / f"died-{died_after}")
        with pytest.raises(SourceError):
            import_source(home, store, _Dying(tuple(items[:died_after]), "a"), user_id="ines", now=NOW)
        put(home, store, *items)
        assert contents(store) == contents(expected)
        assert open_home(home.path).file.first_day == date(2024, 5, 1)


@pytest.mark.runs
def test_a_file_of_mixed_lines_lands_with_its_good_lines(home: Home, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "mixed.jsonl"
    good = {
        "t": "message",
        "session_id": "s",
        "user_id": "u",
        "role": "user",
        "created_at": "2024-05-01T09:00Z",
    }
    lines = [
        {**good, "id": "nul", "content": "a\0b"},
        {**good, "id": "half", "content": "a\ud800b"},
        {**good, "id": "big", "content": "word " * 4_000_000},
        {**good, "id": "bad"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)))
    report = import_source(home, store, JsonlSource(file, "m"), user_id="me", now=NOW)
    assert (report.new, report.failed, report.notices, report.exit_code) == (3, 1, 1, 3)
    held = {row["native_id"]: str(row["content"]) for row in rows(store, "messages")}
    assert (held["nul"], held["half"], len(held["big"])) == ("a\0b", "a\ufffdb", 20_000_000)


def test_progress_is_told_in_items(home: Home, store: Store) -> None:
    told: list[int] = []
    source = ListSource(tuple(said(number) for number in range(2_500)))
    import_source(home, store, source, user_id="ines", now=NOW, progress=told.append)
    assert told == sorted(set(told))
    assert told[:3] == [1, 2, 3]
    assert told[-1] == 2_500


class _Dying(ListSource):
    """A source that breaks after its items."""

    def read(self):  # type: ignore[no-untyped-def]  # as ListSource has it
        yield from self.items
        raise SourceError("gone")


def _versions(store: Store) -> dict[str, int]:
    return {table: store.dataset(table).version for table in ("sessions", "messages", "resources")}
