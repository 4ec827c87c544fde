"""Cases: what several sessions of a source share."""

import pytest

from rem_dagster.errors import UnknownCaseError
from rem_dagster.recall.cases import sessions_of_case
from rem_dagster.store.database import Store
from tests.stored import put, session


def test_a_case_has_the_sessions_of_the_reader_alone(store: Store) -> None:
    put(store, "sessions", session("a") | {"case_id": "T-1"}, session("b") | {"case_id": "T-2"}, session("c"))
    put(store, "sessions", session("a", user="bob") | {"case_id": "T-1"})
    assert len(sessions_of_case(store, "T-1", user_id="ann")) == 1
    assert len(sessions_of_case(store, "T-1", user_id=None)) == 2


def test_an_unknown_case_names_those_there_are(store: Store) -> None:
    put(store, "sessions", session("a") | {"case_id": "T-1"}, session("b", user="bob") | {"case_id": "T-2"})
    with pytest.raises(UnknownCaseError, match=r"case 'T-9'\. There are: 'T-1'\. Nothing"):
        sessions_of_case(store, "T-9", user_id="ann")
