"""What is forgotten is gone with all that was made of it, stays out, and leaves the rest as it was."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.links_user import all_said, say
from rem_dagster.errors import InputError
from rem_dagster.ingest.forgetting.chosen import Wanted
from rem_dagster.ingest.forgetting.erase import erase
from rem_dagster.ingest.forgetting.forget import Forgetting, forget
from rem_dagster.ingest.forgetting.plan import Plan, plan_of
from rem_dagster.ingest.forgetting.scope import read_pending, write_pending
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.tombstones import Tombstones
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import read_log
from rem_dagster.llm.interface import Purpose
from rem_dagster.memory import Memory
from rem_dagster.model.activity import Activity, MessageItem
from rem_dagster.recall.embedding import embed_missing
from rem_dagster.settings import Home, open_home
from rem_dagster.store.backup import back_up
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import CORRECTIONS, MENTIONS, MESSAGES, MOMENTS, REPLACED
from rem_dagster.store.vectors import EVERYTHING, vectors_by_day
from tests.activity import MONDAY, ListSource, chat_day, commit, contents, fill, message, note
from tests.embedders import HashedWords
from tests.llm.requests import ask, cached, request

NOW = datetime(2025, 12, 1, tzinfo=UTC)
SECRET = "Doctor Okafor says the biopsy of my left knee is next Wednesday."
NOT_OF_ITEMS = ("syncs", "forgotten")


def dreamt(home: Home, store: Store) -> None:
    dream(home, store, OfflineEngine(), DreamPlan())
    refresh_across(home, store)


DAYS = [each for day in (0, 1, 9) for each in chat_day(day)]


def lived(home: Home, store: Store, *more: Activity) -> list[Activity]:
    """Three days of chats, commits and notes, and what else is given, dreamt."""
    fill(home, store, [*DAYS, *more])
    dreamt(home, store)
    return [*DAYS, *more]


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory, empty_tables: Path) -> Path:
    """A home that has lived, and knows the secret; to be copied."""
    home, store = fresh(tmp_path_factory.mktemp("knowing") / "home", empty_tables)
    lived(home, store, secret())
    return home.path


@pytest.fixture
def known(knowing: Path, tmp_path: Path) -> tuple[Home, Store]:
    """A home of the test's own that knows the secret."""
    shutil.copytree(knowing, tmp_path / "known")
    home = open_home(tmp_path / "known")
    return home, Store(home.tables_uri)


def fresh(place: Path, empty_tables: Path, zone: str = "UTC") -> tuple[Home, Store]:
    """Another home, with empty tables."""
    home = open_home(place, create=True, flags={"timezone": zone})
    shutil.copytree(empty_tables, home.tables_uri)
    return home, Store(home.tables_uri)


def secret(number: int = 5900, *, day: int = 1, text: str = SECRET) -> MessageItem:
    """Something that nobody else says, in the chat of a day."""
    return message(number, MONDAY + timedelta(days=day, minutes=number % 60, seconds=7), content=text)


def forgotten(home: Home, store: Store, **wanted: object) -> Forgetting:
    done = forget(home, store, Wanted(**wanted), now=NOW)  # type: ignore[arg-type]
    assert done.proof is not None
    assert done.proof.left == ()
    return done


def planned(home: Home, store: Store, **wanted: object) -> Plan:
    return plan_of(home, store, Wanted(**wanted))  # type: ignore[arg-type]


def words_of(store: Store) -> str:
    return json.dumps(contents(store), default=str)


@pytest.mark.runs
def test_a_message_goes_with_what_was_made_of_it_and_stays_out(known: tuple[Home, Store]) -> None:
    home, store = known
    items = [*DAYS, secret()]
    assert "Okafor" in words_of(store)
    done = forgotten(home, store, ids=["m5900"])
    assert done.plan.items == 1
    assert list(done.plan.days["ines"]) == ["2025-10-07"]
    assert "kafor" not in words_of(store)
    report = fill(home, store, items)
    assert (report.new, report.updated, report.skipped) == (0, 0, 1)
    dreamt(home, store)
    assert "kafor" not in words_of(store)
    assert {row["status"] for row in contents(store)["dreams"]} == {"complete"}


@pytest.mark.runs
def test_it_is_as_if_it_had_never_been_imported(
    known: tuple[Home, Store], tmp_path: Path, empty_tables: Path
) -> None:
    home, store = known
    items = [*DAYS, secret()]
    forgotten(home, store, ids=["m5900"])
    dreamt(home, store)
    other, expected = fresh(tmp_path / "other", empty_tables)
    fill(other, expected, items[:-1])
    dreamt(other, expected)
    assert contents(store, without=NOT_OF_ITEMS) == contents(expected, without=NOT_OF_ITEMS)


def test_asking_what_would_go_changes_nothing(known: tuple[Home, Store]) -> None:
    home, store = known
    before = contents(store, without=())
    plan = planned(home, store, ids=["m5900"])
    assert [line.text for line in plan.lines] == [SECRET]
    assert plan.rows["messages"] == 1
    assert plan.rows["dreams"] == 1
    assert plan.rows["moments"] > 0
    assert contents(store, without=()) == before
    assert read_pending(home) is None


@pytest.mark.runs
def test_a_forgotten_conversation_stays_out_with_what_is_said_in_it_later(known: tuple[Home, Store]) -> None:
    home, store = known
    done = forgotten(home, store, sessions=["chat-2025-10-07"])
    assert len(done.plan.scope.messages) == 7
    report = fill(home, store, [*chat_day(1), secret()])
    assert (report.new, report.skipped) == (0, 8)
    assert not [row for row in contents(store)["sessions"] if row["native_id"] == "chat-2025-10-07"]


def test_the_vectors_of_what_moments_state_go_with_their_day(known: tuple[Home, Store]) -> None:
    home, store = known
    rows = store.read("moments").to_pylist()
    facts = [{"text": f"Stated of {row['partition_key']}.", "source_ids": []} for row in rows]
    stated = [row | {"facts": [fact]} for row, fact in zip(rows, facts, strict=True)]
    store.upsert("moments", rows_of(MOMENTS, stated))
    embed_missing(store, HashedWords(), tables=["facts"])
    held = vectors_by_day(store, "hashed-words", EVERYTHING)
    assert held["2025-10-07"] > 0
    forgotten(home, store, ids=["m5900"])
    del held["2025-10-07"]
    assert vectors_by_day(store, "hashed-words", EVERYTHING) == held


@pytest.mark.runs
def test_a_conversation_of_which_messages_were_forgotten_goes_on(known: tuple[Home, Store]) -> None:
    home, store = known
    day = planned(home, store, sessions=["chat-2025-10-07"]).scope.messages
    done = forgotten(home, store, ids=sorted(day))
    assert len(done.plan.scope.sessions) == 1
    assert not done.plan.scope.conversations
    report = fill(home, store, [*chat_day(1), secret(5950, text="This is new.")])
    assert (report.new, report.skipped) == (1, 7)
    [session] = [row for row in contents(store)["sessions"] if row["native_id"] == "chat-2025-10-07"]
    assert session["title"] is None


@pytest.mark.runs
def test_a_session_known_by_its_messages_begins_with_the_first_that_stays(
    home: Home, store: Store, tmp_path: Path, empty_tables: Path
) -> None:
    talk = [message(n, MONDAY + timedelta(hours=20 * n), session="alone") for n in range(3)]
    fill(home, store, talk)
    forgotten(home, store, ids=["m0"])
    other, expected = fresh(tmp_path / "other", empty_tables)
    fill(other, expected, talk[1:])
    assert contents(store, without=NOT_OF_ITEMS) == contents(expected, without=NOT_OF_ITEMS)


@pytest.mark.runs
def test_a_day_with_nothing_left_disappears(known: tuple[Home, Store]) -> None:
    home, store = known
    window = Memory(home)._window(datetime(2025, 10, 15), datetime(2025, 10, 16))
    forgotten(home, store, window=window)
    dreamt(home, store)
    for table in ("messages", "resources", "sessions", "dreams", "moments", "mentions", "links_state"):
        assert not [row for row in contents(store)[table] if row["partition_key"] == "2025-10-15"], table


@pytest.mark.runs
def test_the_last_item_of_a_source_is_one_that_is_still_there(home: Home, store: Store) -> None:
    def last_item() -> datetime | None:
        at: datetime | None = store.read("syncs", ["last_item_at"])["last_item_at"][0].as_py()
        return at

    early, late = message(1, MONDAY), message(2, MONDAY + timedelta(days=3))
    fill(home, store, [early, late])
    assert last_item() == late.created_at
    for gone, left in ((late, early.created_at), (early, None)):
        forget(home, store, Wanted(ids=[gone.native_id]), now=NOW)
        assert last_item() == left


def test_a_document_goes_with_all_its_days(home: Home, store: Store) -> None:
    def edited(text: str, day: int) -> Activity:
        first = note(5, MONDAY, text)
        return first.model_copy(update={"updated_at": MONDAY + timedelta(days=day)})

    fill(home, store, [edited("The flat on Harbour Street is too dear for us.", 0), *chat_day(3)])
    fill(home, store, [edited("The flat on Harbour Street is too dear for us.\n\n" + "More. " * 900, 2)])
    window = Memory(home)._window(datetime(2025, 10, 8), datetime(2025, 10, 9))
    plan = planned(home, store, window=window)
    assert len(plan.scope.documents) == 1
    assert {day for _, day in plan.scope.days} == {"2025-10-06", "2025-10-08"}
    forgotten(home, store, window=window)
    again = fill(home, store, [edited("Harbour Street, and much more that is new.", 4)])
    assert (again.new, again.skipped) == (0, 1)


def test_a_person_goes_with_what_they_said_and_what_names_them(home: Home, store: Store) -> None:
    named = (
        secret(5901, text="I showed ruth's   list to Ana."),
        secret(5902, text="The truth is that Ruthless cuts help."),
        secret(5903, text="Met RUTH at noon.").model_copy(update={"author": "Ana"}),
        secret(5904, text="Nothing of hers.").model_copy(update={"author": "Ruth"}),
        note(60, MONDAY, "Shopping.").model_copy(update={"metadata": {"people": ["Ruth"]}}),
        note(61, MONDAY, "Call Rüth back."),
        secret(5905, text="田中さんと話した。"),
    )
    fill(home, store, named)
    plan = planned(home, store, people=["Ruth"])
    assert {line.text[:10] for line in plan.lines} == {
        *("I showed r", "Met RUTH a", "Nothing of", "Note 60", "Note 61")
    }
    assert planned(home, store, people=["田中"]).items == 1


def test_spellings_that_are_known_to_be_one_person_count(home: Home, store: Store) -> None:
    row = {
        "user_id": "ines",
        "partition_key": "2025-10-06",
        "slice_key": "ines/2025-10-06",
        "kind": "person",
        "dream_id": "d",
    }
    rows = [
        {**row, "id": "1", "entity_id": "a", "name": "Priya Rao", "surface_forms": ["Priya Rao", "P. Rao"]},
        {**row, "id": "2", "entity_id": "b", "name": "Dr Rao", "surface_forms": ["Dr Rao"]},
    ]
    store.upsert("mentions", rows_of(MENTIONS, rows))
    say(store, "ines", ("a", "b"), "same_as", today=MONDAY.date())
    texts = ("P. Rao rang.", "Dr Rao rang.", "Rao rang.")
    fill(home, store, [secret(5910 + n, text=text) for n, text in enumerate(texts)])
    assert {line.text for line in planned(home, store, people=["priya rao"]).lines} == set(texts[:2])


def test_sources_are_told_apart_by_kind_and_account(home: Home, store: Store) -> None:
    for account in ("one", "two"):
        source = ListSource((secret(),), account)
        import_source(home, store, source, user_id="ines", now=NOW)
    assert planned(home, store, sources=["list"]).items == 4
    one = planned(home, store, sources=["list:one"])
    assert one.items == 2
    assert one.scope.messages != planned(home, store, sources=["list:two"]).scope.messages
    with pytest.raises(InputError, match="There is list"):
        planned(home, store, sources=["slack"])


def test_what_is_named_in_several_ways_must_be_meant_by_all(home: Home, store: Store) -> None:
    fill(home, store, [secret(1, day=0, text="Ruth rang."), secret(2, day=1, text="Ruth rang again.")])
    window = Memory(home)._window(datetime(2025, 10, 7), datetime(2025, 10, 8))
    plan = planned(home, store, people=["Ruth"], window=window)
    assert [line.text for line in plan.lines if line.thing == "message"] == ["Ruth rang again."]
    assert planned(home, store, people=["Ruth"], sessions=["chat-2025-10-06"]).items == 2
    assert planned(home, store, people=["Priya Rao"], window=window).is_empty


def test_a_moment_s_id_stands_for_what_it_cites(known: tuple[Home, Store]) -> None:
    home, store = known
    moment = contents(store)["moments"][0]
    cited = set(json.loads(str(moment["metadata"]))["source_ids"])
    scope = planned(home, store, ids=[str(moment["id"])]).scope
    assert cited <= scope.messages | scope.resources


@pytest.mark.parametrize("wanted", [{"ids": ["nobody"]}, {"sessions": ["nobody"]}, {}])
def test_what_is_not_there_is_told(home: Home, store: Store, wanted: dict[str, Sequence[str]]) -> None:
    fill(home, store, chat_day(0))
    with pytest.raises(InputError, match="Nothing was changed"):
        planned(home, store, **wanted)


@pytest.mark.runs
def test_only_the_bound_user_s_things_are_meant(home: Home, store: Store) -> None:
    fill(home, store, [secret()], user="ines")
    fill(home, store, [secret()], user="tom")
    ana = Memory(home, "ines").forget("m5900", yes=True)
    assert ana.is_done
    assert {row["user_id"] for row in contents(store)["messages"]} == {"tom"}
    with pytest.raises(InputError, match="bound to user"):
        Memory(home, "ines").forget("m5900", user_id="tom", yes=True)
    everything = Memory(home).forget(everything=True, user_id="tom", yes=True)
    assert everything.is_done
    assert not contents(store)["messages"]


def test_a_search_finds_what_goes_and_no_model_is_asked(known: tuple[Home, Store]) -> None:
    home, _ = known
    found = Memory(home, "ines").forget(search="biopsy knee")
    assert [line.text for line in found.plan.lines] == [SECRET]
    assert Memory(home, "ines").forget(search="zzzzqqqq").plan.is_empty
    assert Memory(home, "ines").forget(search="biopzy knee").plan.is_empty
    assert Memory(home, "ines").forget(search="knee release").plan.is_empty
    assert len(Memory(home, "ines").forget(search="release", limit=2).plan.lines) == 4


@pytest.mark.runs
def test_answers_of_a_model_that_cite_it_are_emptied_and_their_cost_stays(known: tuple[Home, Store]) -> None:
    home, store = known
    [held] = planned(home, store, ids=["m5900"]).scope.messages
    place = answers_of(home)
    model, _ = cached(place, lambda _: {"said": SECRET})
    of_it = request("one", purpose=Purpose("ines", ("2025-10-07",), (held,)))
    other = request("two", purpose=Purpose("ines", ("2025-10-07",), ("somebody-else",)))
    ask(model, of_it)
    ask(cached(place, lambda _: {"said": "sunshine"})[0], other)
    spent = [each.cost_usd for each in read_log(place).entries]
    done = forgotten(home, store, ids=["m5900"])
    assert done.plan.answers == 1
    assert [each.cost_usd for each in read_log(place).entries] == spent
    assert sorted(each.outcome for each in read_log(place).entries) == ["answered", "forgotten"]


@pytest.mark.runs
def test_corrections_and_the_user_s_edges_about_it_go_and_others_stay(home: Home, store: Store) -> None:
    lived(home, store, secret(text="I told KestrelDB at the clinic about the loader."))
    [held] = planned(home, store, ids=["m5900"]).scope.messages
    [other] = [row["id"] for row in contents(store)["messages"] if row["native_id"] == "m1"]
    correction = {"user_id": "ines", "verb": "rename", "value": "{}", "content_hash": 1, "made_at": NOW}
    rows = [
        {**correction, "id": "gone", "partition_key": "2025-10-07", "target": [held]},
        {**correction, "id": "stays", "partition_key": "2025-10-06", "target": [other]},
    ]
    store.upsert("corrections", rows_of(CORRECTIONS, rows))
    named = {str(row["name"]): str(row["entity_id"]) for row in contents(store)["mentions"]}
    gone, stays = named["KestrelDB"], named["loader"]
    say(store, "ines", (gone, stays), "same_as", today=MONDAY.date())
    say(store, "ines", (stays, "somebody"), "not_same_as", today=MONDAY.date())
    forgotten(home, store, ids=["m5900"])
    assert [row["id"] for row in contents(store)["corrections"]] == ["stays"]
    assert [each.verdict for each in all_said(store, "ines")] == ["not_same_as"]


@pytest.mark.runs
def test_what_a_day_was_before_goes_too(known: tuple[Home, Store]) -> None:
    home, store = known
    fill(home, store, [secret(5901, text="One more thing about the release.")])
    dreamt(home, store)
    assert store.count(REPLACED.name) == 1
    done = forgotten(home, store, ids=["m5900"])
    assert done.plan.rows["replaced"] == 1
    assert store.count(REPLACED.name) == 0


@pytest.mark.runs
def test_backups_are_named_and_removed_on_demand(home: Home, store: Store) -> None:
    fill(home, store, [secret(), secret(5901, text="The landlord wants the flat back by the end of May.")])
    back_up(home.path, store, now=NOW)
    done = forgotten(home, store, ids=["m5900"])
    assert len(done.backups_left) == 1
    removed = forget(home, store, Wanted(ids=["m5901"]), now=NOW, remove_old_backups=True)
    assert (removed.backups_removed, removed.backups_left) == (1, ())
    assert not list((home.path / "backups").glob("*"))


@pytest.mark.runs
@pytest.mark.parametrize("deleted", ["nothing", "derived", "items"])
def test_what_a_killed_forgetting_left_is_completed_by_the_next(
    known: tuple[Home, Store], deleted: str
) -> None:
    home, store = known
    write_pending(home, planned(home, store, ids=["m5900"]).scope)
    if deleted != "nothing":
        store.delete("dreams", equals("partition_key", "2025-10-07"))
    if deleted == "items":
        store.delete("messages", equals("native_id", "m5900"))
    if deleted == "derived":
        dreamt(home, store)
    assert planned(home, store).is_going_on
    done = forgotten(home, store) if deleted == "nothing" else forgotten(home, store, ids=["m5900"])
    assert done.proof is not None
    assert done.proof.texts == 1
    assert read_pending(home) is None
    assert "kafor" not in words_of(store)


@pytest.mark.runs
def test_what_an_import_that_began_before_brings_back_is_deleted_once_more(
    known: tuple[Home, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, store = known
    [row] = store.read("messages", where=equals("native_id", "m5900")).to_pylist()
    writers = iter([lambda: store.upsert("messages", rows_of(MESSAGES, [row]))])

    def disturbed(*given: Any, **named: Any) -> None:
        erase(*given, **named)
        next(writers, lambda: None)()

    monkeypatch.setattr("rem_dagster.ingest.forgetting.forget.erase", disturbed)
    forgotten(home, store, ids=["m5900"])
    assert next(writers, None) is None
    assert store.count("messages", equals("native_id", "m5900")) == 0


@pytest.mark.runs
def test_a_killed_forgetting_of_somebody_else_is_completed_and_not_shown(home: Home, store: Store) -> None:
    for user in ("ines", "tom"):
        fill(home, store, [secret(), secret(5901, text="Nothing much.")], user=user)
    write_pending(home, planned(home, store, ids=["m5900"], user_id="tom").scope)
    done = Memory(home, "ines").forget("m5901", yes=True)
    assert {line.user_id for line in done.plan.lines} == set(done.plan.days) == {"ines"}
    left = {(row["user_id"], row["native_id"]) for row in contents(store)["messages"]}
    assert left == {("ines", "m5900"), ("tom", "m5901")}


def test_tombstones_say_nothing_without_the_home_s_key(home: Home, store: Store) -> None:
    fill(home, store, [secret()])
    [held] = planned(home, store, ids=["m5900"]).scope.messages
    forgotten(home, store, ids=["m5900"])
    other = replace(home, file=home.file.model_copy(update={"hmac_key": "00" * 32}))
    assert held in Tombstones(home, store)
    assert held not in Tombstones(other, store)
    assert held not in words_of(store)


ITEMS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5), st.sampled_from(["talk", "alone", "note", "commit"])),
    min_size=4,
    max_size=14,
    unique=True,
)
SAID = (
    *("Priya merged the loader on Thursday.", "The flat on Harbour Street costs 900 a month."),
    *("I am tired of the flaky test in graphd.", "We agreed that Tomás writes the migration guide."),
    *("DiskANN recall went from 91% to 95%.", "Tomorrow I will call Ana about the release."),
)


def made(drawn: Sequence[tuple[int, int, str]]) -> list[Activity]:
    items: list[Activity] = [
        chat_day(day)[0] for day in sorted({day for day, _, kind in drawn if kind == "talk"})
    ]
    for day, place, kind in drawn:
        number, at = (
            10 * day + place,
            MONDAY + timedelta(days=2 * day if kind == "alone" else day, hours=place),
        )
        text = SAID[(day + place) % len(SAID)]
        if kind == "talk":
            items.append(message(number, at, content=text))
        elif kind == "alone":
            items.append(message(1_000 + number, at, content=text, session=f"alone{place % 2}"))
        else:
            items.append(note(number, at, text) if kind == "note" else commit(number, at, text))
    return items


@pytest.mark.runs
@given(
    drawn=ITEMS,
    chosen=st.sets(st.integers(0, 13), min_size=1, max_size=8),
    zone=st.sampled_from(["UTC", "Asia/Tokyo"]),
)
@settings(max_examples=2)
def test_any_home_after_forgetting_equals_one_that_never_knew(
    tmp_path_factory: pytest.TempPathFactory,
    empty_tables: Path,
    drawn: list[tuple[int, int, str]],
    chosen: set[int],
    zone: str,
) -> None:
    place = tmp_path_factory.mktemp("forget")
    items = made(drawn)
    home, store = fresh(place / "home", empty_tables, zone)
    fill(home, store, items)
    dreamt(home, store)
    leaving = [items[number % len(items)].native_id for number in sorted(chosen)]
    done = forgotten(home, store, ids=leaving)
    left_out = done.plan.scope.sources
    dreamt(home, store)
    other, expected = fresh(place / "other", empty_tables, zone)
    kept = [each for each in items if not _ids_of(each) & left_out]
    fill(other, expected, kept)
    dreamt(other, expected)
    assert contents(store, without=NOT_OF_ITEMS) == contents(expected, without=NOT_OF_ITEMS)
    again = fill(home, store, items)
    assert (again.new, again.updated) == (0, 0)


def _ids_of(item: Activity) -> set[str]:
    from rem_dagster.ingest.importing import _thing
    from rem_dagster.ingest.rows import Origin

    return {Origin("list", "list", "ines").id_of(item.user_id, _thing(item), item.native_id)}
