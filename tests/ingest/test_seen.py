"""What an import remembers of each entry."""

from rem_dagster.ingest.seen import Seen
from rem_dagster.model.ids import derive_id

ONE, OTHER = derive_id("one"), derive_id("other")


def test_an_entry_has_the_version_noted_last_and_others_have_none() -> None:
    seen = Seen()
    seen.note(ONE, (float("-inf"), -(2**63)))
    seen.note(ONE, (1_640_995_200.123456, 2**63 - 1))
    assert seen.version(ONE) == (1_640_995_200.123456, 2**63 - 1)
    assert seen.version(OTHER) is None
    seen.note(OTHER, (float("-inf"), 7))
    assert seen.version(OTHER) == (float("-inf"), 7)


def test_what_was_written_stays_so_in_another_version() -> None:
    seen = Seen()
    for each in (ONE, OTHER, "no uuid"):
        seen.note(each, (1.0, 1))
    assert not seen.is_written(ONE)
    seen.wrote([ONE, "no uuid"])
    seen.note(ONE, (2.0, 2))
    assert [seen.is_written(each) for each in (ONE, OTHER, "no uuid", "unmet")] == [True, False, True, False]
    assert seen.version(ONE) == (2.0, 2)
