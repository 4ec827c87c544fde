"""The text index follows its source, shard by shard, and knows when it does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.text import refresh as refresh_module
from rem_dagster.store.text import refresh_text, stale_shards
from tests.stored import NOON, message, moment, put, resource

MONTH = timedelta(days=31)


def digests(store: Store) -> dict[str, str]:
    return {
        row["slice_key"]: row["digest"] for row in store.read("docs", ["slice_key", "digest"]).to_pylist()
    }


def terms(store: Store, user: str = "ann") -> set[str]:
    return set(store.read("postings", ["term"], equals("user_id", user))["term"].to_pylist())


def index(store: Store) -> list[dict[str, Any]]:
    rows = [*store.read("postings").to_pylist(), *store.read("docs").to_pylist()]
    return sorted(rows, key=lambda row: (row["id"], row.get("term") or ""))


def test_an_empty_home_has_nothing_to_index(store: Store) -> None:
    assert refresh_text(store) == 0


def test_each_user_table_and_month_is_a_shard(store: Store) -> None:
    put(store, "messages", message("one"), message("two", at=NOON - MONTH), message("three", user="bob"))
    put(store, "resources", resource("note", "four"))
    put(store, "moments", moment("five"))
    assert refresh_text(store) == 5
    assert set(digests(store)) == {
        "ann/messages/2025-10",
        "ann/messages/2025-09",
        "bob/messages/2025-10",
        "ann/resources/2025-10",
        "ann/moments/2025-10",
    }


def test_nothing_is_written_when_nothing_changed(store: Store) -> None:
    put(store, "messages", message("one"))
    refresh_text(store)
    versions = [store.dataset(table).version for table in ("postings", "docs")]
    assert refresh_text(store) == 0
    assert [store.dataset(table).version for table in ("postings", "docs")] == versions


def test_shards_of_all_tables_are_written_in_one_commit(store: Store) -> None:
    put(store, "messages", message("The oven is hot."))
    put(store, "moments", moment("Baking"))
    before = store.dataset("postings").version, store.dataset("docs").version
    assert refresh_text(store) == 2
    assert (store.dataset("postings").version, store.dataset("docs").version) == (
        before[0] + 1,
        before[1] + 1,
    )


def test_one_more_message_remakes_its_month_alone(store: Store) -> None:
    put(store, "messages", message("old", at=NOON - MONTH), message("new"))
    refresh_text(store)
    before = digests(store)
    put(store, "messages", message("newer", at=NOON + timedelta(hours=1)))
    assert refresh_text(store) == 1
    after = digests(store)
    assert {key for key in after if after[key] != before[key]} == {"ann/messages/2025-10"}
    assert "newer" in terms(store)


def test_changed_text_replaces_the_old_terms(store: Store) -> None:
    put(store, "messages", message("zebra", native_id="m"))
    refresh_text(store)
    put(store, "messages", message("giraffe", native_id="m"))
    refresh_text(store)
    assert "giraff" in terms(store)
    assert "zebra" not in terms(store)


def test_a_user_or_month_that_is_gone_loses_its_shard(store: Store) -> None:
    put(store, "messages", message("zebra", user="bob"), message("one"), message("two", at=NOON - MONTH))
    refresh_text(store)
    store.delete("messages", "user_id = 'bob' OR partition_key < '2025-10'")
    assert refresh_text(store) == 2
    assert set(digests(store)) == {"ann/messages/2025-10"}
    assert terms(store, "bob") == set()


def test_facts_are_indexed_with_what_they_cite_and_leave_with_the_dream(store: Store) -> None:
    (cited, _) = put(store, "messages", message("We left at dawn."), message("Fine."))
    put(store, "moments", moment("Trip", facts=[("Ann visited Porto", [cited])], dream="d1"))
    refresh_text(store, ("messages",))
    assert "porto" in terms(store)
    put(store, "moments", moment("Trip", dream="d2"))
    assert refresh_text(store, ("messages",)) == 1
    assert "porto" not in terms(store)
    assert "Porto" not in str(store.read("messages").to_pylist())


def test_a_dream_that_changes_two_moments_of_a_day_is_seen_in_the_index(store: Store) -> None:
    (cited,) = put(store, "messages", message("We left at dawn."))
    put(store, "moments", moment("Trip", facts=[("Ann visited Porto", [cited])]), moment("Lunch"))
    refresh_text(store)
    put(store, "moments", moment("Trip", hours=2, dream="d2"), moment("Lunch", summary="Cod.", dream="d2"))
    assert refresh_text(store) == 2
    assert "porto" not in terms(store)
    assert "cod" in terms(store)
    docs = store.read("docs", ["ended_at"], equals("slice_key", "ann/moments/2025-10")).to_pylist()
    assert NOON + timedelta(hours=2) in docs[0]["ended_at"]


def test_only_the_tables_asked_for_are_made(store: Store) -> None:
    put(store, "messages", message("one"))
    put(store, "moments", moment("five"))
    assert refresh_text(store, ("moments",)) == 1
    assert set(digests(store)) == {"ann/moments/2025-10"}


def test_a_row_whose_digest_differs_is_made_again(store: Store) -> None:
    put(store, "messages", message("one"))
    refresh_text(store)
    whole = index(store)
    torn = store.read("docs")
    place = torn.schema.get_field_index("digest")
    store.upsert("docs", torn.set_column(place, torn.schema.field("digest"), [["0"]]))
    assert [shard.key for shard in stale_shards(store)] == ["ann/messages/2025-10"]
    assert refresh_text(store) == 1
    assert index(store) == whole


def test_a_source_that_moves_meanwhile_is_indexed_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "messages", message("one"))
    rebuild = refresh_module._rebuild
    pending = [message("zebra", at=NOON + timedelta(minutes=1))]

    def rebuild_and_move(*args: Any) -> None:
        rebuild(*args)
        if pending:
            put(store, "messages", pending.pop())

    monkeypatch.setattr(refresh_module, "_rebuild", rebuild_and_move)
    assert refresh_text(store) == 2
    assert stale_shards(store) == {}
    assert "zebra" in terms(store)


def test_the_index_is_the_same_whatever_the_order_of_writing(store: Store, tmp_path: Any) -> None:
    rows = [message(f"word{n}", at=NOON + timedelta(days=n * 9), session=f"s{n % 2}") for n in range(8)]
    put(store, "messages", *rows)
    refresh_text(store)
    other = Store(str(tmp_path / "other"))
    other.create()
    for row in reversed(rows):
        put(other, "messages", row)
        refresh_text(other)
    assert index(other) == index(store)


def test_many_months_are_folded_into_years(store: Store) -> None:
    months = [datetime(2010 + n // 12, n % 12 + 1, 5, tzinfo=UTC) for n in range(120)]
    put(store, "messages", *(message(f"month{n}", at=at) for n, at in enumerate(months)))
    refresh_text(store)
    names = sorted(key.rsplit("/", 1)[1] for key in digests(store))
    assert len(names) <= 96
    assert names[0] == "2010"
    assert "month3" in terms(store)
    assert refresh_text(store) == 0


def test_quotes_and_slashes_in_a_user_are_safe(store: Store) -> None:
    put(store, "messages", message("zebra", user="o'brien/messages"), message("one"))
    assert refresh_text(store) == 2
    assert "zebra" in terms(store, "o'brien/messages")
    assert "zebra" not in terms(store)


def test_what_is_written_at_once_has_the_rows_of_a_term_side_by_side(store: Store) -> None:
    put(store, "messages", message("zebra lake"), message("zebra lake", at=NOON - MONTH))
    refresh_text(store)
    terms_in_place = store.read("postings", ["term"])["term"].to_pylist()
    assert terms_in_place == sorted(terms_in_place)
    assert terms_in_place.count("zebra") == 2


def test_a_row_that_came_in_while_a_writer_read_tears_nothing(store: Store) -> None:
    """One writer has laid out one row; another, under the same digest, read a second one, and has merged
    its postings and not yet its docs."""
    from rem_dagster.store.text.draft import Draft
    from rem_dagster.store.text.entries import entries_of
    from rem_dagster.store.text.read import read_text
    from rem_dagster.store.text.shards import Shard, laid_out

    rows = [message("zebra"), message("zebra again", at=NOON + timedelta(minutes=1))]
    shard = Shard("2025-10", "ann", "messages")
    _, docs = laid_out(shard, "same", Draft(entries_of("messages", rows[:1], {})))
    postings, _ = laid_out(shard, "same", Draft(entries_of("messages", rows, {})))
    store.upsert("docs", docs)
    store.upsert("postings", postings)
    [(held, found)] = read_text(store, "messages", ["zebra"], user_id="ann")
    assert all(places.docs.max() < len(held) for places in found.values())


def test_how_much_is_read_and_written_at_a_time_does_not_matter(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "messages", *(message(f"word{n} bread", at=NOON - n * MONTH) for n in range(6)))
    put(store, "messages", *(message(f"more{n}", at=NOON - n * MONTH, user="bob") for n in range(6)))
    put(store, "resources", resource("note", "four words of a note"))
    refresh_text(store)
    before = index(store)
    for table in ("postings", "docs"):
        store.delete(table, "id IS NOT NULL")
    monkeypatch.setattr(refresh_module, "READ_ROWS", 2)
    monkeypatch.setattr(refresh_module, "PLAIN_ROWS", 1)
    monkeypatch.setattr(refresh_module, "MOST_POSTINGS", 3)
    refresh_text(store)
    assert index(store) == before


def test_postings_that_a_killed_writer_left_are_gone_after_the_next(store: Store) -> None:
    put(store, "messages", message("one old word"))
    refresh_text(store)
    store.delete("docs", "id IS NOT NULL")
    store.delete("messages", "id IS NOT NULL")
    put(store, "messages", message("another"))
    refresh_text(store)
    assert "old" not in terms(store)
    assert "anoth" in terms(store)
