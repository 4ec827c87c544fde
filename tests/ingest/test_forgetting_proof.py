"""The proof that nothing is left can fail: it finds what was planted, wherever that is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.forgetting.pieces import Pieces, said_in
from rem_dagster.ingest.forgetting.prove import Proof, prove, texts_of, told
from rem_dagster.ingest.forgetting.scope import Scope
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.interface import Purpose
from rem_dagster.settings import Home
from rem_dagster.store.database import Store, rows_of
from rem_dagster.store.erase import cleanse, stray_files
from rem_dagster.store.filters import equals
from rem_dagster.store.tables import DREAMS, REPLACED
from rem_dagster.store.text import refresh_text
from tests.llm.requests import ask, cached, request
from tests.stored import edge, message, moment, put, resource, summary

SECRET = "Doctor Okafor says the biopsy of my left knee is next Wednesday."
OTHER = "The release went out on Thursday and nobody complained about the loader."
AT = datetime(2025, 10, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Gone:
    """A home from which one message was deleted, and what it said."""

    home: Home
    store: Store
    scope: Scope

    @property
    def id(self) -> str:
        (held,) = self.scope.messages
        return held

    def proof(self) -> Proof:
        return prove(self.home, self.store, self.scope, [SECRET])


@pytest.fixture
def gone(home: Home, store: Store) -> Gone:
    """A home that holds another message of the same day, and nothing of the one that is gone."""
    secret = message(SECRET)
    put(store, "messages", message(OTHER))
    refresh_text(store)
    for table in ("messages", "postings", "docs"):
        cleanse(store, table)
    owners = frozenset({("ann", secret["id"])})
    return Gone(home, store, Scope(messages=frozenset({secret["id"]}), owners=owners))


def test_a_home_without_a_trace_is_proved_clean(gone: Gone) -> None:
    proof = gone.proof()
    assert proof.left == ()
    assert told(proof).startswith("proved: 14 tables, ")
    assert told(proof).endswith(" files read; nothing left")


def in_moment(gone: Gone) -> None:
    put(gone.store, "moments", moment("Health", summary="She says the biopsy of my left knee comes soon."))


def in_evidence(gone: Gone) -> None:
    put(gone.store, "moments", {**moment("Health"), "evidence": [{"source_id": gone.id, "quote": "short"}]})


def in_old_version(gone: Gone) -> None:
    put(gone.store, "messages", message(SECRET))
    gone.store.delete("messages", equals("id", gone.id))
    refresh_text(gone.store)


def in_summary(gone: Gone) -> None:
    put(gone.store, "summaries", summary(f"In short: {SECRET.upper()}", at=AT, end=AT))


def in_edge(gone: Gone) -> None:
    put(gone.store, "edges", edge(gone.id, "somebody", "related_to", owner="import"))


def in_quarantine(gone: Gone) -> None:
    row = {"id": "d", "user_id": "ann", "partition_key": "2025-10-20", "status": "complete"}
    text = '[{"kind": "fact", "text": "the\\nbiopsy of my left\\nknee is next", "reason": "no"}]'
    gone.store.upsert("dreams", rows_of(DREAMS, [{**row, "quarantine": text}]))


def in_replaced(gone: Gone) -> None:
    gone.store.create_table(REPLACED)
    row = dict.fromkeys(("id", "user_id", "partition_key", "slice_key", "dream_id", "engine"), "x")
    row |= {"agentlet_version": "1", "recipe": "r", "moments": f'[{{"name": "{SECRET}"}}]'}
    gone.store.upsert(REPLACED.name, rows_of(REPLACED, [row]))


def in_answer(gone: Gone) -> None:
    model, _ = cached(answers_of(gone.home), lambda _: {"moments": [{"summary": SECRET}]})
    ask(model, request("a", purpose=Purpose("ann", (), ("somebody",))))


def in_cited_answer(gone: Gone) -> None:
    model, _ = cached(answers_of(gone.home), lambda _: {"said": "nothing"})
    ask(model, request("a", purpose=Purpose("ann", (), (gone.id,))))


def in_unreadable_answer(gone: Gone) -> None:
    in_answer(gone)
    (path,) = gone.home.cache_path.glob("?/?/*.json")
    path.write_text("{", encoding="utf-8")


def in_stray_file(gone: Gone) -> None:
    put(gone.store, "messages", message(SECRET))
    place = Path(gone.store.uri, "messages.lance", "data")
    kept = {path: path.read_bytes() for path in place.iterdir()}
    gone.store.delete("messages", equals("id", gone.id))
    refresh_text(gone.store)
    for table in ("messages", "postings", "docs"):
        cleanse(gone.store, table)
    for path, held in kept.items():
        path.write_bytes(held)
    assert stray_files(gone.store, "messages")


def in_text_index(gone: Gone) -> None:
    put(gone.store, "messages", message(SECRET))
    refresh_text(gone.store)
    gone.store.delete("messages", equals("id", gone.id))
    cleanse(gone.store, "messages")


PLANTED = (
    *(in_moment, in_evidence, in_old_version, in_summary, in_edge, in_quarantine, in_replaced),
    *(in_answer, in_cited_answer, in_unreadable_answer, in_stray_file, in_text_index),
)


@pytest.mark.runs
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_was_planted_is_found(gone: Gone, plant: Callable[[Gone], None]) -> None:
    plant(gone)
    proof = gone.proof()
    assert proof.left
    assert told(proof).startswith("not proved: ")


def test_words_that_an_item_says_which_stays_are_no_leftover(gone: Gone) -> None:
    in_moment(gone)
    put(gone.store, "resources", resource("Letter", f"I wrote to Ana: {SECRET} That is all."))
    refresh_text(gone.store)
    assert gone.proof().left == ()


def test_half_a_sentence_of_one_item_beside_half_of_another_proves_nothing(gone: Gone) -> None:
    put(gone.store, "resources", resource("A", "I saw the biopsy of my"), resource("B", "Left knee is sore."))
    put(gone.store, "moments", moment("Health", summary="The biopsy of my left knee."))
    refresh_text(gone.store)
    assert gone.proof().left == ()


def test_texts_are_read_from_old_versions_where_a_killed_forgetting_deleted_the_rows(gone: Gone) -> None:
    put(gone.store, "messages", message(SECRET))
    gone.store.delete("messages", equals("id", gone.id))
    assert texts_of(gone.store, gone.scope) == [SECRET]


WORDS = st.text("abcé日本 -.'", max_size=60)


@given(before=WORDS, text=WORDS, after=WORDS)
def test_a_text_is_found_wherever_it_stands_if_it_is_long_enough(before: str, text: str, after: str) -> None:
    pieces = Pieces([text])
    if pieces:
        assert pieces.found_in(f"{before} {text.upper()} {after}")
        assert said_in([f"{before} {text} {after}"], pieces.found_in(text)) == pieces.found_in(text)
    else:
        assert sum(map(str.isalnum, text)) < 12
