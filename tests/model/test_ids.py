"""Ids are uuid5 of their parts, for ever."""

import json
from uuid import uuid5

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.ids import NAMESPACE, derive_id


@given(st.lists(st.text() | st.integers(), max_size=4))
def test_an_id_is_the_uuid5_of_its_parts_as_json(parts: list[str | int]) -> None:
    framed = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    assert derive_id(*parts) == str(uuid5(NAMESPACE, framed))
