"""Which moments are about the same, by which words, and what that does not depend on."""

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.sameness import DAYS_BEFORE
from rem_dagster.dreaming.similarity import (
    MOST_LIKE,
    Likeness,
    Subject,
    Subjects,
    as_written,
    subject_of,
)

LAST = 739_000
LOADER = ("Rewrote the CSV loader", "The loader now streams quoted fields of a CSV in blocks.")
LOADER_AGAIN = ("CSV loader and quoted fields", "Wrote a benchmark of the loader on a CSV of quoted fields.")
RIVER = ("Ran along the river", "Ran ten kilometres along the river with Tomás before breakfast.")
ORCHESTRA = ("Rehearsed with the orchestra", "Rehearsed the cello part of the symphony in the town hall.")
DENTIST = ("Went to the dentist", "The dentist found no cavity and cleaned everything.")


def subject(
    text: tuple[str, str], ago: int, *, id_: str = "", tags: Sequence[str] = (), entities: Sequence[str] = ()
) -> Subject:
    moment: dict[str, Any] = {
        "id": id_ or f"{text[0]} {ago}",
        "name": text[0],
        "summary": text[1],
        "tags": list(tags),
        "facts": None,
    }
    return subject_of(moment, LAST - ago, {name.lower(): name for name in entities})


def linked(*subjects: Subject) -> list[tuple[str, str]]:
    return [(each.source_id, each.target_id) for each in Subjects(subjects).like_before(LAST)]


def test_a_moment_is_linked_to_what_is_about_the_same() -> None:
    before = [subject(LOADER, 3), subject(RIVER, 2), subject(ORCHESTRA, 1)]
    assert linked(*before, subject(LOADER_AGAIN, 0), subject(DENTIST, 0)) == [
        (f"{LOADER_AGAIN[0]} 0", f"{LOADER[0]} 3")
    ]


def test_two_days_alone_can_be_linked() -> None:
    assert len(linked(subject(LOADER, 1), subject(LOADER_AGAIN, 0))) == 1
    assert linked(subject(RIVER, 1), subject(LOADER_AGAIN, 0)) == []


def test_a_day_sees_thirty_days_back_and_not_itself() -> None:
    now = subject(LOADER_AGAIN, 0)
    assert len(linked(subject(LOADER, DAYS_BEFORE), now)) == 1
    assert linked(subject(LOADER, DAYS_BEFORE + 1), now) == []
    assert linked(subject(LOADER, 0), now) == []


def test_verbs_and_chatter_make_nothing_alike() -> None:
    one = ("Worked on things and fixed them", "Fixed and updated what was created yesterday; it looks great.")
    other = (
        "Worked on this and fixed it",
        "Created and updated it yesterday, then fixed great things.",
    )
    assert linked(subject(one, 1), subject(other, 0)) == []


def test_one_word_in_common_is_not_enough() -> None:
    one = ("Sanded the table", "Sanded the oak with fine paper.")
    other = ("Drew a table", "Columns of rainfall by month.")
    assert linked(subject(one, 1), subject(other, 0)) == []


def test_why_names_entities_and_words_as_the_later_moment_has_them() -> None:
    one = subject(LOADER, 2, entities=["GraphD", "CSV"])
    other = subject(("CSVLoader in graphd", "The csv_loader streams Quoted fields."), 0, entities=["graphd"])
    [found] = Subjects([one, other]).like_before(LAST)
    assert found.entities == ("graphd",)
    assert set(found.words) == {"csv", "loader", "streams", "fields"}


def test_words_are_told_as_they_were_written() -> None:
    assert as_written(["databas", "stream", "東京"], "DatabaseDownload: Streams. 東京タワー") == (
        "database",
        "streams",
        "東京",
    )


def test_a_moment_has_few_links_the_strongest_and_of_equals_the_latest() -> None:
    else_ = [subject(text, ago) for text in (RIVER, ORCHESTRA, DENTIST) for ago in range(1, 8)]
    before = [subject(LOADER, ago) for ago in range(1, 5)]
    found = [target for _, target in linked(*else_, *before, subject(LOADER_AGAIN, 0))]
    assert found == [f"{LOADER[0]} {ago}" for ago in (1, 2, 3)]
    assert len(found) == MOST_LIKE
    twins = [subject(LOADER, 1, id_=name) for name in "dbca"]
    assert [target for _, target in linked(*else_, *twins, subject(LOADER_AGAIN, 0))] == ["a", "b", "c"]


def test_what_all_of_a_month_is_about_links_nothing() -> None:
    assert linked(*(subject(LOADER, ago) for ago in range(30))) == []


def test_moments_without_words_are_linked_to_nothing() -> None:
    assert linked(subject(("", ""), 1), subject(("", ""), 0)) == []
    assert linked() == []


TEXTS = st.sampled_from([LOADER, LOADER_AGAIN, RIVER, ORCHESTRA, DENTIST])
MONTHS = st.lists(st.tuples(TEXTS, st.integers(0, 80)), max_size=16)


def _links(subjects: Sequence[Subject], day: int) -> list[Likeness]:
    return list(Subjects(subjects).like_before(day))


@given(MONTHS, st.randoms(use_true_random=False))
def test_links_follow_from_the_thirty_days_alone_to_the_last_bit(
    month: list[tuple[tuple[str, str], int]], random: object
) -> None:
    held = [subject(text, ago, id_=str(place)) for place, (text, ago) in enumerate(month)]
    for day in (LAST, LAST - 40):
        found = _links(held, day)
        random.shuffle(held)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
        seen = [each for each in held if day - DAYS_BEFORE <= each.day <= day]
        assert _links(held, day) == found == _links(seen, day)
        days = {each.moment_id: each.day for each in held}
        assert all(0 < each.weight <= 1 for each in found)
        assert all(days[each.source_id] == day > days[each.target_id] for each in found)
