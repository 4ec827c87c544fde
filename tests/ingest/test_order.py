"""Places of messages that share an instant."""

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.order import Peers
from tests.ingest.items import NINE, day


def test_places_count_within_a_session_and_an_instant() -> None:
    peers = Peers()
    given_ = [("a", "s", NINE), ("b", "s", NINE), ("c", "t", NINE), ("d", "s", day(2)), ("e", "s", NINE)]
    assert [peers.place(*each) for each in given_] == [0, 1, 0, 0, 2]


@given(st.lists(st.sampled_from("abcdef")))
def test_a_message_keeps_its_place_however_often_it_comes(names: list[str]) -> None:
    peers = Peers()
    places = {name: peers.place(name, "s", NINE) for name in names}
    assert places == {name: at for at, name in enumerate(dict.fromkeys(names))}
    assert {name: peers.place(name, "s", NINE) for name in names} == places
