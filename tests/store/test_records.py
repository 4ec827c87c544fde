"""A stored row becomes the record that it was."""

from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.model.dream import Dream
from rem_dagster.store.database import Store
from rem_dagster.store.records import record_of

DREAM = Dream(
    id="d",
    user_id="ines",
    partition_key="2025-10-14",
    status="complete",
    input_digest="1-0",
    input_hash="h",
    recipe="r",
    engine="llm",
    agentlet="moment-generator",
    agentlet_version="1.0.0",
    dream_id="x",
    counts={"moments": 2},
    cost_usd=None,
)


def test_an_unknown_cost_stays_unknown_and_is_not_0(store: Store) -> None:
    write_ledger(store, [DREAM])
    assert read_ledger(store) == [DREAM]
    (row,) = store.read("dreams").to_pylist()
    assert record_of(Dream, row).cost_usd is None


def test_a_null_column_that_the_record_cannot_hold_takes_the_default(store: Store) -> None:
    write_ledger(store, [DREAM])
    (row,) = store.read("dreams").to_pylist()
    assert record_of(Dream, {**row, "counts": None, "attempts": None}) == DREAM.model_copy(
        update={"counts": {}, "attempts": 1}
    )
