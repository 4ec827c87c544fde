"""What a re-dream changed, from two versions of a day alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.compare import Changes, DayVersion, claims_in, compare, lost_share
from rem_dagster.model.moment import Evidence, Moment, Statement

NINE = datetime(2025, 10, 14, 9, tzinfo=UTC)


def moment(
    name: str,
    sources: str,
    *,
    identity: str | None = None,
    kind: str = "other",
    start: int = 0,
    hours: int = 1,
    facts: tuple[str, ...] = (),
    outcomes: tuple[str, ...] = (),
    intentions: tuple[str, ...] = (),
    feelings: tuple[str, ...] = (),
) -> Moment:
    """A moment that rests on the sources that the letters stand for."""
    return Moment(
        id=identity or f"{name}/{sources}",
        user_id="ines",
        partition_key="2025-10-14",
        name=name,
        summary=f"{name} happened.",
        start_time=NINE + timedelta(hours=start),
        end_time=NINE + timedelta(hours=start + hours),
        created_at=NINE + timedelta(hours=start + hours),
        moment_type=kind,
        emotion_tags=feelings,  # type: ignore[arg-type]  # tests give words of the closed list
        outcomes=outcomes,
        facts=tuple(Statement(text=text, source_ids=tuple(sources)) for text in facts),
        intentions=tuple(Statement(text=text, source_ids=tuple(sources)) for text in intentions),
        evidence=tuple(Evidence(source_id=each, quote="q") for each in sources[:1]),
        metadata={"source_ids": list(sources)},
        dream_id="d",
    )


def version(*moments: Moment, summary: str | None = "A day.") -> DayVersion:
    return DayVersion("d", "offline", None, "1.0.0", "r", NINE, moments, summary)


def changed(before: Moment, after: Moment) -> Changes:
    return compare(version(before), version(after))


def test_a_moment_of_mostly_the_same_sources_is_the_same_one_under_another_title() -> None:
    changes = changed(moment("Stand-up", "abcd"), moment("Planned the release", "abc"))
    (pair,) = changes.retitled
    assert (pair.before.name, pair.after.name) == ("Stand-up", "Planned the release")
    assert changes.added == changes.gone == ()


def test_a_moment_of_mostly_other_sources_is_another_one_under_the_same_title() -> None:
    changes = changed(moment("Stand-up", "abcd"), moment("Stand-up", "dxyz"))
    assert [each.name for each in changes.gone] == ["Stand-up"]
    assert [each.name for each in changes.added] == ["Stand-up"]
    assert changes.kept == ()


def test_half_of_the_sources_are_enough() -> None:
    assert changed(moment("A", "ab"), moment("B", "a")).retitled
    assert not changed(moment("A", "abc"), moment("B", "a")).retitled


def test_the_most_alike_find_each_other_first_and_each_only_once() -> None:
    before = version(moment("Long", "abcd"), moment("Short", "cd", start=1))
    after = version(moment("Shorter", "cd", start=1), moment("Whole", "abcd"))
    assert [(pair.before.name, pair.after.name) for pair in compare(before, after).kept] == [
        ("Long", "Whole"),
        ("Short", "Shorter"),
    ]
    changes = compare(before, version(moment("Whole", "abcd")))
    assert [pair.before.name for pair in changes.kept] == ["Long"]
    assert [each.name for each in changes.gone] == ["Short"]


def test_of_moments_of_the_same_sources_those_of_one_title_belong_together() -> None:
    before = version(moment("Wrote", "ab"), moment("Talked", "ab"))
    after = version(moment("Talked", "ab", kind="communication"), moment("Wrote", "ab"))
    changes = compare(before, after)
    assert changes.retitled == ()
    assert [pair.after.name for pair in changes.retyped] == ["Talked"]


def test_other_times_and_another_type_are_told() -> None:
    changes = changed(moment("A", "ab"), moment("A", "ab", kind="learning", hours=2))
    assert [pair.after.end_time - pair.before.end_time for pair in changes.moved] == [timedelta(hours=1)]
    assert [(pair.before.moment_type, pair.after.moment_type) for pair in changes.retyped] == [
        ("other", "learning")
    ]


def test_a_prediction_is_never_the_moment_that_announced_it() -> None:
    changes = changed(moment("A", "ab"), moment("A", "ab", kind="prediction"))
    assert (len(changes.gone), len(changes.added), changes.kept) == (1, 1, ())


def test_claims_that_are_gone_are_listed_wherever_they_stood() -> None:
    before = version(
        moment("A", "ab", facts=("Recall is 95%.",), outcomes=("Merged",), feelings=("tired",)),
        moment("B", "cd", start=2, intentions=("Write the guide",)),
    )
    after = version(moment("C", "abcd", facts=("recall is 95%",), outcomes=("Released",)))
    changes = compare(before, after)
    assert [(claim.kind, claim.text) for claim in changes.lost] == [
        ("outcome", "Merged"),
        ("emotion", "tired"),
        ("intention", "Write the guide"),
    ]
    assert [(claim.kind, claim.text) for claim in changes.gained] == [("outcome", "Released")]


def test_a_claim_that_only_changed_its_moment_its_case_or_its_full_stop_is_not_lost() -> None:
    before = version(moment("A", "ab", facts=("Alpha prunes long edges.",)), moment("B", "cd"))
    after = version(moment("A", "ab"), moment("B", "cd", facts=("alpha  prunes\nlong edges",)))
    assert compare(before, after).is_empty


def test_the_same_words_as_a_fact_and_as_an_outcome_are_two_claims() -> None:
    changes = changed(moment("A", "ab", facts=("Merged",)), moment("A", "ab", outcomes=("Merged",)))
    assert (changes.lost[0].kind, changes.gained[0].kind) == ("fact", "outcome")


def test_another_summary_is_a_change_and_other_spaces_are_none() -> None:
    assert compare(version(summary="One day."), version(summary="Another.")).is_resummed
    assert compare(version(summary=None), version(summary="Another.")).is_resummed
    assert compare(version(summary="One day."), version(summary="One  day.")).is_empty


def test_claims_are_moments_and_what_they_state() -> None:
    full = moment("A", "ab", facts=("f",), outcomes=("o", "p"), intentions=("i",), feelings=("calm",))
    assert claims_in([full, moment("B", "cd")]) == 7
    assert claims_in([]) == 0


@pytest.mark.parametrize(
    ("before", "after", "share"), [(8, 6, 0.25), (8, 8, 0.0), (8, 9, 0.0), (0, 5, 0.0), (4, 0, 1.0)]
)
def test_the_share_of_lost_claims_is_counted_and_never_below_0(before: int, after: int, share: float) -> None:
    assert lost_share(before, after) == share


WORDS = st.sampled_from(["Alpha", "beta", "Gamma ray", "…"])
TEXTS = st.lists(WORDS, max_size=2).map(tuple)
MOMENTS = st.builds(
    moment,
    WORDS,
    st.sets(st.sampled_from("abcdef"), max_size=4).map(lambda letters: "".join(sorted(letters))),
    identity=st.uuids().map(str),
    kind=st.sampled_from(["other", "learning", "prediction"]),
    start=st.integers(0, 3),
    hours=st.integers(0, 2),
    facts=TEXTS,
    outcomes=TEXTS,
    intentions=TEXTS,
    feelings=st.lists(st.sampled_from(["calm", "tired"]), max_size=2).map(tuple),
)
VERSIONS = st.builds(
    lambda moments, summary: version(*moments, summary=summary),
    st.lists(MOMENTS, max_size=5),
    st.sampled_from([None, "A day.", "Another day."]),
)


@given(VERSIONS)
def test_a_version_does_not_differ_from_itself(one: DayVersion) -> None:
    changes = compare(one, one)
    assert changes.is_empty
    assert len(changes.kept) == len(one.moments)


@given(VERSIONS, VERSIONS)
def test_looked_at_backwards_what_was_added_is_gone(one: DayVersion, other: DayVersion) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.added, there.gone) == (back.gone, back.added)
    assert {(pair.before.id, pair.after.id) for pair in there.kept} == {
        (pair.after.id, pair.before.id) for pair in back.kept
    }
    assert {(each.kind, each.text.casefold()) for each in there.lost} == {
        (each.kind, each.text.casefold()) for each in back.gained
    }
    assert there.is_empty == back.is_empty


@given(VERSIONS, VERSIONS)
def test_every_moment_is_kept_gone_or_added_and_never_two_of_these(
    one: DayVersion, other: DayVersion
) -> None:
    changes = compare(one, other)
    before = [pair.before.id for pair in changes.kept] + [each.id for each in changes.gone]
    after = [pair.after.id for pair in changes.kept] + [each.id for each in changes.added]
    assert sorted(before) == sorted(each.id for each in one.moments)
    assert sorted(after) == sorted(each.id for each in other.moments)
