"""Views: only what a statement names, and entities joined into groups."""

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.recall.views import VIEW_SOURCES, columns_of, join_pairs, views_named
from rem_dagster.store.database import Store

PAIRS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=12)


def test_only_views_that_are_named_are_made() -> None:
    assert views_named("SELECT * FROM Moments m JOIN edges e ON e.source_id = m.id") == ["moments", "edges"]
    assert views_named("SELECT 1") == []


def test_columns_of_the_machinery_are_hidden(store: Store) -> None:
    for view in VIEW_SOURCES:
        assert not {"slice_key", "content_hash"} & set(columns_of(view))
        assert {"id", "user_id"} <= set(columns_of(view))


@given(PAIRS)
def test_members_of_a_chain_get_its_least_member(pairs: list[tuple[str, str]]) -> None:
    groups = join_pairs(pairs)
    assert groups.keys() == {member for pair in pairs for member in pair}
    assert all(groups[one] == groups[other] for one, other in pairs)
    assert all(groups[least] == least and least <= member for member, least in groups.items())


@given(PAIRS, st.randoms())
def test_the_order_of_pairs_changes_no_group(pairs: list[tuple[str, str]], random: object) -> None:
    assert join_pairs(pairs) == join_pairs([(other, one) for one, other in reversed(pairs)])
