"""Links across days in a real store: what is due, what is written, what the order of events cannot change."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.links import LinkReport, find_unlinked, link_across
from rem_dagster.dreaming.wording import normal_name
from rem_dagster.errors import StoreError
from rem_dagster.model.ids import derive_id
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import DREAMS, EDGES, MENTIONS, MOMENTS
from tests.activity import MONDAY, chat_day, fill, message, rows
from tests.dreaming.engines import ScriptedEngine, failing_on
from tests.lives import LIVES, dream

FIRST = date(2025, 10, 1)
LOADER = "Rewrote the CSV loader for quoted fields and blocks"
LOADER_AGAIN = "Benchmarked the CSV loader on quoted fields in blocks"
RIVER = "Ran ten kilometres along the river before breakfast"


@dataclass(frozen=True)
class Told:
    """What a day is dreamt as: the titles of its moments, and the names of its entities."""

    titles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    kind: str = "work_session"


LOADER_DAY = Told((LOADER,), ("DiskANN",))
AGAIN_DAY = Told((LOADER_AGAIN,), ("disk ann",))
RIVER_DAY = Told((RIVER,), ("Tomás",))
EMPTY = Told()


def on(offset: int) -> date:
    return FIRST + timedelta(days=offset)


def offset_of(day: str) -> int:
    return (date.fromisoformat(day) - FIRST).days


def entity(name: str, user: str = "ann") -> str:
    return derive_id(user, "entity", normal_name(name))


def put_day(
    store: Store,
    offset: int,
    told: Told,
    *,
    user: str = "ann",
    status: str = "complete",
    counts: Sequence[int] = (),
    dream_id: str | None = None,
) -> None:
    """Leave in the tables what a dream of that day would."""
    day = on(offset).isoformat()
    at = datetime.combine(on(offset), datetime.min.time(), UTC)
    owned = {"user_id": user, "partition_key": day, "slice_key": f"{user}/{day}", "dream_id": "d"}
    moments = [
        {
            **owned,
            "id": derive_id(user, day, "moment", place),
            "name": title,
            "summary": title + ".",
            "start_time": at,
            "end_time": at,
            "created_at": at,
            "moment_type": told.kind,
        }
        for place, title in enumerate(told.titles)
    ]
    mentions = [
        {
            **owned,
            "id": derive_id(user, day, "mention", entity(name, user)),
            "entity_id": entity(name, user),
            "name": name,
            "kind": "topic",
            "surface_forms": [name],
            "moment_ids": [moment["id"] for moment in moments],
            "count": 1,
            "first_time": at,
            "last_time": at,
        }
        for name in told.names
    ]
    numbers = dict(zip(("moments", "entities"), counts or (len(moments), len(mentions)), strict=True))
    ledger = {
        "id": derive_id(user, day, "dream"),
        "user_id": user,
        "partition_key": day,
        "status": status,
        "counts": json.dumps(numbers),
        "dream_id": dream_id or derive_id(user, day, repr(told)),
    }
    if status == "complete":
        store.replace_slices("moments", rows_of(MOMENTS, moments), [f"{user}/{day}"])
        store.replace_slices("mentions", rows_of(MENTIONS, mentions), [f"{user}/{day}"])
    store.upsert("dreams", rows_of(DREAMS, [ledger]))


def keep_apart(store: Store, one: str, other: str) -> None:
    row = {
        "id": derive_id("ann", "user", one, other),
        "user_id": "ann",
        "partition_key": FIRST.isoformat(),
        "slice_key": f"ann/{FIRST}/user",
        "source_id": entity(one),
        "target_id": entity(other),
        "edge_type": "not_same_as",
        "generated_by": "user",
    }
    store.upsert("edges", rows_of(EDGES, [row]))


def links(store: Store) -> list[dict[str, Any]]:
    """All links, in order."""
    held = store.read("edges", where=equals("generated_by", "link")).to_pylist()
    return sorted(held, key=lambda row: (row["partition_key"], row["edge_type"], row["id"]))


def told(store: Store) -> list[tuple[int, str]]:
    """Offset of the day and type of every link."""
    return [(offset_of(row["partition_key"]), row["edge_type"]) for row in links(store)]


def state(store: Store) -> list[dict[str, object]]:
    return rows(store, "links_state")


def due(store: Store, **asked: Any) -> list[int]:
    return [offset_of(day) for _, day in find_unlinked(store, **asked)]


def test_the_later_day_owns_links_that_say_why(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY)
    put_day(store, 1, RIVER_DAY)
    put_day(store, 4, AGAIN_DAY)
    assert link_across(home, store) == LinkReport(days=3, similar=1, same=1)
    same, similar = links(store)
    assert {row["slice_key"] for row in (same, similar)} == {f"ann/{on(4)}/link"}
    assert (same["source_id"], same["target_id"]) == (entity("disk ann"), entity("DiskANN"))
    assert json.loads(same["metadata"]) == {"names": ["disk ann", "DiskANN"], "rule": "spelling"}
    assert similar["source_id"] == derive_id("ann", on(4).isoformat(), "moment", 0)
    assert similar["target_id"] == derive_id("ann", FIRST.isoformat(), "moment", 0)
    assert 0 < similar["weight"] <= 1
    assert json.loads(similar["metadata"])["entities"] == ["disk ann"]
    assert {"csv", "loader", "quoted", "fields"} & set(json.loads(similar["metadata"])["words"])
    assert all(row["evidence"] in (None, []) and row["dream_id"] is None for row in (same, similar))


def test_a_second_call_has_nothing_to_do(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    link_across(home, store)
    versions = [store.dataset(table).version for table in ("edges", "links_state")]
    before = links(store), state(store)
    assert find_unlinked(store) == []
    assert link_across(home, store) == LinkReport()
    assert (links(store), state(store)) == before
    assert [store.dataset(table).version for table in ("edges", "links_state")] == versions


def test_an_early_day_that_is_dreamt_late_links_the_days_after_it(home: Home, store: Store) -> None:
    put_day(store, 4, AGAIN_DAY)
    put_day(store, 33, RIVER_DAY)
    link_across(home, store)
    assert links(store) == []
    put_day(store, 3, LOADER_DAY)
    assert due(store) == [3, 4, 33]
    link_across(home, store, first_day=on(3), last_day=on(3))
    assert told(store) == [(4, "same_as"), (4, "similar_to")]
    assert due(store) == []


def test_a_dream_touches_its_day_and_the_thirty_after_it_alone(home: Home, store: Store) -> None:
    for offset in (0, 10, 40, 41, 70):
        put_day(store, offset, LOADER_DAY)
    link_across(home, store)
    before = {row["id"]: row for row in state(store)}
    put_day(store, 10, AGAIN_DAY)
    assert due(store) == [10, 40]
    link_across(home, store)
    after = {row["id"]: row for row in state(store)}
    changed = {after[each]["partition_key"] for each in after if after[each] != before[each]}
    assert changed == {on(10).isoformat(), on(40).isoformat()}


def test_a_range_is_its_days_and_those_that_see_them(home: Home, store: Store) -> None:
    for offset in (0, 5, 35, 36):
        put_day(store, offset, LOADER_DAY)
    assert due(store, first_day=on(5), last_day=on(5)) == [5, 35]
    link_across(home, store, first_day=on(5), last_day=on(5))
    assert due(store) == [0, 36]


def test_asking_what_is_due_reads_no_moment(home: Home, store: Store) -> None:
    class Watched(Store):
        def read(
            self, table: str, columns: Sequence[str] | None = None, where: str | None = None
        ) -> pa.Table:
            seen.append(table)
            return super().read(table, columns, where)

    seen: list[str] = []
    put_day(store, 0, LOADER_DAY)
    watched = Watched(store.uri)
    assert len(find_unlinked(watched)) == 1
    link_across(home, watched)
    assert {"moments", "mentions"} < set(seen)
    seen.clear()
    assert find_unlinked(watched) == []
    link_across(home, watched)
    assert set(seen) == {"dreams", "links_state", "edges"}


def test_what_the_user_keeps_apart_is_no_longer_linked(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    link_across(home, store)
    keep_apart(store, "DiskANN", "disk ann")
    assert due(store) == [0, 4]
    link_across(home, store)
    assert told(store) == [(4, "similar_to")]
    assert store.count("edges", equals("edge_type", "not_same_as")) == 1


def test_apart_holds_whichever_way_round(home: Home, store: Store) -> None:
    keep_apart(store, "disk ann", "DiskANN")
    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    link_across(home, store)
    assert told(store) == [(4, "similar_to")]


def test_a_day_without_moments_any_more_loses_its_links_and_its_state(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    link_across(home, store)
    put_day(store, 4, EMPTY)
    link_across(home, store)
    assert links(store) == []
    assert [row["partition_key"] for row in state(store)] == [FIRST.isoformat()]
    assert due(store) == []


def test_a_day_that_left_the_ledger_loses_its_links(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    link_across(home, store)
    store.delete("dreams", equals("partition_key", on(4).isoformat()))
    assert due(store) == [4]
    link_across(home, store)
    assert (links(store), due(store)) == ([], [])


@pytest.mark.parametrize("status", ["failed", "writing"])
def test_a_day_that_is_not_whole_keeps_its_links_and_is_not_linked_to(
    status: str, home: Home, store: Store
) -> None:
    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    put_day(store, 6, LOADER_DAY)
    link_across(home, store)
    before = links(store)
    put_day(store, 4, RIVER_DAY, status=status)
    put_day(store, 4, RIVER_DAY, user="bo")
    link_across(home, store)
    after = links(store)
    assert [row for row in after if row["partition_key"] == on(4).isoformat()] == [
        row for row in before if row["partition_key"] == on(4).isoformat()
    ]
    day4 = {derive_id("ann", on(4).isoformat(), "moment", 0), entity("disk ann")}
    assert not any(row["partition_key"] == on(6).isoformat() and row["target_id"] in day4 for row in after)
    put_day(store, 4, AGAIN_DAY)
    link_across(home, store)
    assert links(store) == before


def test_a_model_that_answers_anew_to_the_same_input_makes_its_day_due(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY, dream_id="same")
    link_across(home, store)
    put_day(store, 0, Told((LOADER, RIVER), ("DiskANN",)), dream_id="same")
    assert due(store) == [0]


def test_predictions_are_linked_neither_way(home: Home, store: Store) -> None:
    put_day(store, 0, Told((LOADER,), kind="prediction"))
    put_day(store, 1, Told((LOADER_AGAIN,)))
    put_day(store, 2, Told((LOADER,), kind="prediction"))
    link_across(home, store)
    assert links(store) == []


def test_two_users_are_never_linked(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY, user="ann")
    put_day(store, 4, AGAIN_DAY, user="bo")
    link_across(home, store)
    assert links(store) == []
    put_day(store, 4, AGAIN_DAY, user="ann")
    put_day(store, 0, LOADER_DAY, user="bo")
    link_across(home, store, user_ids=["ann"])
    assert {row["user_id"] for row in links(store)} == {"ann"}
    link_across(home, store)
    ends = {row["source_id"]: row["user_id"] for row in links(store)}
    assert ends[entity("disk ann", "ann")] == "ann"
    assert ends[entity("disk ann", "bo")] == "bo"
    assert len(links(store)) == 4


def test_what_others_do_changes_no_weight(home: Home, store: Store) -> None:
    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    link_across(home, store)
    before = links(store)
    for offset in range(5):
        put_day(store, offset, LOADER_DAY, user="bo")
    store.delete("links_state", equals("user_id", "ann"))
    link_across(home, store)
    assert [row for row in links(store) if row["user_id"] == "ann"] == before


@pytest.mark.parametrize("broken", ["edges", "links_state"])
def test_a_process_that_is_killed_leaves_days_due_and_the_next_makes_them(
    broken: str, home: Home, store: Store
) -> None:
    class Dying(Store):
        def replace_slices(
            self, table: str, rows: pa.Table, slices: Iterable[str], *, column: str = "slice_key"
        ) -> None:
            if table == broken:
                raise StoreError("Killed here. Nothing was changed.")
            super().replace_slices(table, rows, slices, column=column)

    put_day(store, 0, LOADER_DAY)
    put_day(store, 4, AGAIN_DAY)
    with pytest.raises(StoreError, match="Killed here"):
        link_across(home, Dying(store.uri))
    assert due(store) == [0, 4]
    link_across(home, store)
    assert told(store) == [(4, "same_as"), (4, "similar_to")]
    assert due(store) == []


@pytest.mark.runs
def test_chunks_change_nothing(home: Home, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    months = {0: LOADER_DAY, 4: AGAIN_DAY, 9: RIVER_DAY, 20: LOADER_DAY, 45: AGAIN_DAY, 90: LOADER_DAY}
    for user in ("ann", "bo"):
        for offset, each in months.items():
            put_day(store, offset, each, user=user)
    link_across(home, store)
    whole = links(store), state(store)
    store.delete("links_state", "true")
    monkeypatch.setattr("rem_dagster.dreaming.links.MOMENTS_PER_CHUNK", 2)
    version = store.dataset("edges").version
    link_across(home, store)
    assert store.dataset("edges").version > version + 4
    assert (links(store), state(store)) == whole


DAYS = st.dictionaries(
    st.sampled_from([0, 1, 3, 29, 31, 45]),
    st.sampled_from([LOADER_DAY, AGAIN_DAY, RIVER_DAY]),
    min_size=2,
    max_size=5,
)


@given(days=DAYS, data=st.data())
@settings(max_examples=5)
@pytest.mark.runs
def test_neither_the_order_of_dreams_nor_when_they_are_linked_matters(
    days: dict[int, Told], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def fresh() -> tuple[Home, Store]:
        home = open_home(tmp_path_factory.mktemp("home"), create=True, flags={"timezone": "UTC"})
        return home, LIVES.begin(home)

    home, store = fresh()
    for offset in sorted(days):
        put_day(store, offset, days[offset])
    link_across(home, store)

    other_home, other = fresh()
    for offset in data.draw(st.permutations(sorted(days))):
        if data.draw(st.booleans()):
            put_day(other, offset, RIVER_DAY, dream_id="an earlier dream")
            link_across(other_home, other, first_day=on(offset), last_day=on(offset))
        put_day(other, offset, days[offset])
        if data.draw(st.booleans()):
            link_across(other_home, other, first_day=on(offset), last_day=on(offset))
    link_across(other_home, other)
    assert links(other) == links(store)
    assert state(other) == state(store)


@pytest.mark.runs
def test_real_dreams_are_linked_and_only_what_follows_a_change_is_made_again(
    home: Home, store: Store
) -> None:
    fill(home, store, [item for day in (0, 1, 2, 40) for item in chat_day(day)])
    dream(home, store, ScriptedEngine(), DreamPlan())
    report = link_across(home, store)
    assert report.days == 4
    assert find_unlinked(store) == []
    fill(home, store, [message(90, MONDAY + timedelta(days=1, hours=5))])
    dream(home, store, ScriptedEngine(), DreamPlan())
    changed = [(MONDAY + timedelta(days=day)).date().isoformat() for day in (1, 2)]
    assert [day for _, day in find_unlinked(store)] == changed
    link_across(home, store)
    fill(home, store, [message(91, MONDAY + timedelta(days=1, hours=6))])
    dream(home, store, ScriptedEngine(failing_on(changed[0])), DreamPlan())
    assert [day for _, day in find_unlinked(store)] == changed[1:]
