"""A dream of days: what it writes, what it leaves alone, and what happens when it fails."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pyarrow as pa
import pytest

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, preview
from rem_dagster.dreaming.stale import find_days
from rem_dagster.errors import SettingsError, StoreError
from rem_dagster.model.draft import Draft, DraftQuote, DraftStatement
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, commit, contents, fill, message, note, rows
from tests.dreaming.engines import ScriptedEngine, failing_on, one_moment
from tests.lives import LIVES, dream

RAW = ("sessions", "messages", "resources", "corrections")
ALL = DreamPlan()


def new_home(place: Path) -> tuple[Home, Store]:
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    return home, LIVES.begin(home)


def statuses(store: Store) -> dict[str, str]:
    return {str(row["partition_key"]): str(row["status"]) for row in rows(store, "dreams")}


def test_a_day_becomes_moments_mentions_edges_a_summary_and_a_row_of_the_ledger(
    home: Home, store: Store
) -> None:
    fill(home, store, chat_day(0))
    report = dream(home, store, OfflineEngine(), ALL)
    (day,) = report.days
    assert (day.user_id, day.day, day.status) == ("ines", "2025-10-06", "dreamt")
    assert day.moments == len(rows(store, "moments")) > 0
    assert day.entities == len(rows(store, "mentions")) > 0
    assert day.edges == len(rows(store, "edges")) > 0
    assert day.summaries == len(rows(store, "summaries")) == 1
    assert statuses(store) == {"2025-10-06": "complete"}
    assert (day.calls, day.cost_usd) == (0, 0.0)


def test_every_quote_stands_in_the_source_that_it_names(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dream(home, store, OfflineEngine(), ALL)
    texts = {row["id"]: row["content"] for table in ("messages", "resources") for row in rows(store, table)}
    quotes = [quote for row in rows(store, "moments") for quote in row["evidence"]]  # type: ignore[attr-defined]
    assert quotes
    for quote in quotes:
        assert quote["quote"] in " ".join(texts[quote["source_id"]].split())  # type: ignore[attr-defined]


def test_no_dream_changes_a_raw_row(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    before = {table: store.read(table).to_pylist() for table in RAW}
    dream(home, store, OfflineEngine(), ALL)
    assert {table: store.read(table).to_pylist() for table in RAW} == before


def test_dreaming_twice_asks_nobody_and_changes_nothing(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    engine = ScriptedEngine()
    dream(home, store, engine, ALL)
    before, versions = contents(store), {table: store.dataset(table).version for table in contents(store)}
    again = dream(home, store, engine, ALL)
    assert [day.status for day in again.days] == ["unchanged"]
    assert len(engine.asked) == 1
    assert contents(store) == before
    assert {table: store.dataset(table).version for table in versions} == versions


def test_dreaming_a_day_anew_gives_equal_rows(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, OfflineEngine(), ALL)
    before = contents(store)
    dream(home, store, OfflineEngine(), DreamPlan(redo="all"))
    assert contents(store) == before


def test_two_days_together_are_the_union_of_each_alone(home: Home, store: Store, tmp_path: Path) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dream(home, store, OfflineEngine(), ALL)
    apart_home, apart = new_home(tmp_path / "apart")
    fill(apart_home, apart, [*chat_day(0), *chat_day(1)])
    for day in (date(2025, 10, 7), date(2025, 10, 6)):
        dream(apart_home, apart, OfflineEngine(), DreamPlan(day, day))
    assert contents(store) == contents(apart)


BATCHES = [chat_day(0)[:4], chat_day(0)[4:], chat_day(1), chat_day(0, user="ana"), chat_day(40)]


def imported_in(home: Home, store: Store, order: Sequence[int]) -> dict[str, list[dict[str, object]]]:
    for place in order:
        fill(home, store, BATCHES[place])
    dream(home, store, ScriptedEngine(), ALL)
    return contents(store)


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> object:
    return imported_in(*new_home(tmp_path_factory.mktemp("order") / "home"), range(5))


@pytest.mark.parametrize("order", [(4, 3, 2, 1, 0), (1, 4, 0, 3, 2), (2, 0, 3, 1, 4)])
@pytest.mark.runs
def test_the_order_of_imports_does_not_matter(
    home: Home, store: Store, in_order: object, order: Sequence[int]
) -> None:
    assert imported_in(home, store, order) == in_order


@pytest.mark.parametrize("chats", [1, 2, 3, 4])
@pytest.mark.runs
def test_a_day_dreamt_before_its_last_words_came_ends_as_one_dreamt_after(
    home: Home, store: Store, tmp_path: Path, chats: int
) -> None:
    """The moments stay the same ones and end later, however many they are."""
    begun = [MONDAY + timedelta(hours=3 * chat) for chat in range(chats)]
    first = [message(n, at, session=f"chat-{n}") for n, at in enumerate(begun)]
    late = [
        message(10 + n, at + timedelta(minutes=5), session=f"chat-{n}", content="Yes.")
        for n, at in enumerate(begun)
    ]
    fill(home, store, first)
    dream(home, store, OfflineEngine(), ALL)
    ids = {row["id"] for row in rows(store, "moments")}
    fill(home, store, late)
    dream(home, store, OfflineEngine(), ALL)
    whole_home, whole = new_home(tmp_path / "whole")
    fill(whole_home, whole, [*first, *late])
    dream(whole_home, whole, OfflineEngine(), ALL)
    assert len(ids) == chats
    assert {row["id"] for row in rows(whole, "moments")} == ids
    assert contents(store) == contents(whole)


def test_one_new_message_makes_only_its_own_day_out_of_date(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    engine = ScriptedEngine()
    dream(home, store, engine, ALL)
    fill(home, store, [message(999, MONDAY + timedelta(hours=1), content="One more thing.")])
    assert [(day.partition_key, day.freshness) for day in find_days(store)] == [
        ("2025-10-06", "stale"),
        ("2025-10-07", "current"),
    ]
    dream(home, store, engine, ALL)
    assert [day for day, _ in engine.asked] == ["2025-10-06", "2025-10-07", "2025-10-06"]


def test_a_failed_day_is_said_so_keeps_what_it_had_and_the_others_are_dreamt(
    home: Home, store: Store
) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dream(home, store, ScriptedEngine(), ALL)
    kept = rows(store, "moments")
    late = [message(900 + day, MONDAY + timedelta(days=day, hours=1), content="One more.") for day in (0, 1)]
    fill(home, store, late)
    engine = ScriptedEngine(failing_on("2025-10-06"), version="2")
    report = dream(home, store, engine, ALL)
    assert [(day.status, day.error) for day in report.days] == [
        ("failed", "The model did not answer."),
        ("dreamt", None),
    ]
    assert statuses(store) == {"2025-10-06": "failed", "2025-10-07": "complete"}
    still = rows(store, "moments")
    assert still[0] in kept or still[1] in kept
    assert len(still) == 2
    assert [day.status for day in dream(home, store, ScriptedEngine(version="2"), ALL).days] == [
        "dreamt",
        "unchanged",
    ]


def test_another_recipe_is_shown_and_redone_only_when_asked_for(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(version="1"), ALL)
    newer = ScriptedEngine(version="2")
    assert [day.status for day in dream(home, store, newer, ALL).days] == ["unchanged"]
    assert [day.status for day in dream(home, store, newer, DreamPlan(redo="other_versions")).days] == [
        "dreamt"
    ]


def test_an_engine_is_told_what_was_wrong_at_most_twice_then_the_claim_is_held_back(
    home: Home, store: Store
) -> None:
    numbers = count()

    def inventing(part, frame, errors):  # type: ignore[no-untyped-def]
        (moment,) = one_moment(part, frame, errors).moments
        invented = DraftQuote(handle="m1", quote=f"nobody said this {next(numbers)}")
        return Draft(moments=(moment.model_copy(update={"evidence": (*moment.evidence, invented)}),))

    fill(home, store, [message(1, MONDAY)])
    engine = ScriptedEngine(inventing)
    dream(home, store, engine, ALL)
    assert [len(errors) for _, errors in engine.asked] == [0, 1, 1]
    (row,) = rows(store, "dreams")
    assert "nobody said this" in str(row["quarantine"])
    assert (row["attempts"], row["calls"]) == (3, 3)
    assert len(rows(store, "moments")) == 1


def test_an_engine_that_says_the_same_again_is_not_asked_a_third_time(home: Home, store: Store) -> None:
    def stubborn(part, frame, errors):  # type: ignore[no-untyped-def]
        (moment,) = one_moment(part, frame, errors).moments
        invented = DraftQuote(handle="m1", quote="nobody said this")
        return Draft(moments=(moment.model_copy(update={"evidence": (*moment.evidence, invented)}),))

    fill(home, store, [message(1, MONDAY)])
    engine = ScriptedEngine(stubborn)
    dream(home, store, engine, ALL)
    assert [len(errors) for _, errors in engine.asked] == [0, 1]
    (row,) = rows(store, "dreams")
    assert (row["attempts"], row["calls"]) == (1, 1)


def test_of_several_drafts_the_one_with_the_most_verified_claims_is_taken(home: Home, store: Store) -> None:
    def losing_heart(part, frame, errors):  # type: ignore[no-untyped-def]
        (moment,) = one_moment(part, frame, errors).moments
        invented = DraftQuote(handle="m1", quote=f"nobody said this {len(errors)}")
        facts = () if errors else (DraftStatement(text="The release moved to Thursday.", handles=("m1",)),)
        told = {"evidence": (*moment.evidence, invented), "facts": facts}
        return Draft(moments=(moment.model_copy(update=told),))

    fill(home, store, [message(1, MONDAY, content="I moved the release to Thursday.")])
    dream(home, store, ScriptedEngine(losing_heart), ALL)
    (row,) = rows(store, "moments")
    assert len(row["facts"]) == 1  # type: ignore[arg-type]  # a list


class FailingStore(Store):
    """A store whose n-th write fails, as if the process had been killed there."""

    def __init__(self, uri: str, fails_at: int) -> None:
        super().__init__(uri)
        self.left = fails_at

    def _merge(self, table: str, rows: pa.Table, delete_where: str | None) -> None:
        self.left -= 1
        if self.left == 0:
            raise StoreError(f"no write to {table}")
        super()._merge(table, rows, delete_where)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, object]]]:
    """All tables after two days were imported and dreamt without an accident."""
    home, store = new_home(tmp_path_factory.mktemp("calm") / "home")
    fill(home, store, [*chat_day(0), *chat_day(1)])
    dream(home, store, OfflineEngine(), ALL)
    return contents(store)


@pytest.mark.parametrize("write", range(1, 10))  # each commit of such a dream
def test_a_dream_that_stops_at_any_write_is_completed_by_the_next(
    calm: dict[str, list[dict[str, object]]], home: Home, store: Store, write: int
) -> None:
    items = [*chat_day(0), *chat_day(1)]
    fill(home, store, items[:6])
    dream(home, store, OfflineEngine(), ALL)
    fill(home, store, items)
    with pytest.raises(StoreError, match="no write to"):
        dream(home, FailingStore(store.uri, write), OfflineEngine(), ALL)
    dream(home, store, OfflineEngine(), ALL)
    assert contents(store) == calm


def test_one_users_text_reaches_nobody_elses_dream(home: Home, store: Store) -> None:
    fill(home, store, [message(1, MONDAY, content="Only Inês knows.", user="ines")])
    fill(home, store, [message(2, MONDAY, content="Only Ana knows.", user="ana")])
    seen: dict[str, set[str]] = {}

    def watching(part, frame, errors):  # type: ignore[no-untyped-def]
        seen.setdefault(frame.user_id, set()).update(item.text for item in part.items)
        return one_moment(part, frame, errors)

    dream(home, store, ScriptedEngine(watching), ALL)
    assert seen == {"ines": {"Only Inês knows."}, "ana": {"Only Ana knows."}}
    assert {row["user_id"] for row in rows(store, "moments")} == {"ines", "ana"}


def test_only_the_users_and_days_asked_for_are_dreamt(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1)])
    fill(home, store, chat_day(0, user="ana"))
    report = dream(home, store, ScriptedEngine(), DreamPlan(date(2025, 10, 6), date(2025, 10, 6), ["ana"]))
    assert [(day.user_id, day.day) for day in report.days] == [("ana", "2025-10-06")]
    assert statuses(store) == {"2025-10-06": "complete"}


def test_a_preview_writes_nothing(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    before = contents(store)
    (made,) = preview(home, store, OfflineEngine(), ALL)
    assert made.moments
    assert contents(store) == before


def test_a_secret_is_in_no_moment_and_stays_in_the_source(home: Home, store: Store) -> None:
    secret = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"
    fill(home, store, [note(1, MONDAY, f"I finally fixed the deploy. The token is {secret} for now.")])
    dream(home, store, OfflineEngine(), ALL)
    assert secret not in str(contents(store, without=(*RAW, "postings", "docs")))
    assert secret in str(rows(store, "resources"))


def test_a_topics_neighbours_are_reached_over_its_edges(home: Home, store: Store) -> None:
    commits = [commit(n, MONDAY + timedelta(minutes=n), "Speed up DiskANN search in Rust") for n in range(3)]
    fill(home, store, commits)
    dream(home, store, OfflineEngine(), ALL)
    names = {row["entity_id"]: str(row["name"]).lower() for row in rows(store, "mentions")}
    pairs = {
        frozenset((names[row["source_id"]], names[row["target_id"]]))
        for row in rows(store, "edges")
        if row["edge_type"] == "related_to"
    }
    assert any("diskann" in " ".join(pair) for pair in pairs)


def test_a_day_whose_activity_is_gone_is_emptied(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(), ALL)
    for table in RAW:
        store.delete(table, "true")
    assert [day.status for day in dream(home, store, ScriptedEngine(), ALL).days] == ["empty"]
    assert rows(store, "moments") == rows(store, "edges") == rows(store, "summaries") == []
    assert [day.freshness for day in find_days(store)] == ["current"]


def test_an_empty_home_has_nothing_to_dream(home: Home, store: Store) -> None:
    assert dream(home, store, ScriptedEngine(), ALL).days == ()


def test_a_model_that_cannot_be_asked_is_refused_not_replaced(home: Home) -> None:
    asked = replace(home, settings=home.settings.model_copy(update={"llm": "azure:diary"}))
    with pytest.raises(SettingsError, match=r"azure has no address"):
        choose_engine(asked)


def test_what_we_wrote_ourselves_is_no_input_of_a_dream(home: Home, store: Store) -> None:
    ours = note(1, MONDAY, "A quiet day: the release moved to Thursday.").model_copy(
        update={"metadata": {"generated_by": "rem_dagster"}}
    )
    theirs = note(2, MONDAY, "I painted the shed.\n<!-- rem:begin -->\nMade by rem.\n<!-- rem:end -->\n")
    fill(home, store, [ours, theirs])
    seen: list[str] = []

    def watching(part, frame, errors):  # type: ignore[no-untyped-def]
        seen.extend(item.text for item in part.items)
        return one_moment(part, frame, errors)

    (day,) = dream(home, store, ScriptedEngine(watching), ALL).days
    assert day.status == "dreamt"
    assert [text.strip() for text in seen] == ["I painted the shed."]
    assert [day.status for day in dream(home, store, ScriptedEngine(watching), ALL).days] == ["unchanged"]
