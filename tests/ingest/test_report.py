"""Reports: every item in one count, alike problems together."""

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.report import SHOWN_ALIKE, SHOWN_PROBLEMS, ImportReport, Tally
from rem_dagster.sources.source import Problem, ProblemKind

KINDS: tuple[ProblemKind, ...] = ("failed", "skipped", "notice")


def reported(*problems: Problem) -> ImportReport:
    tally = Tally("jsonl a")
    for problem in problems:
        tally.add_problem(problem)
    return tally.report()


def test_a_failure_makes_exit_code_3_and_a_skip_or_notice_does_not() -> None:
    assert reported(Problem("a:1", "id", "is missing")).exit_code == 3
    assert reported(Problem("a:1", None, "x", "skipped"), Problem("a:1", None, "x", "notice")).exit_code == 0
    assert ImportReport().exit_code == 0


def test_a_common_problem_does_not_hide_a_rare_one() -> None:
    common = [Problem(f"a:{n}", "id", "is missing") for n in range(1_000)]
    report = reported(*common, Problem("a:1001", "role", "must be one of", got="'human'"))
    assert len(report.problems) == SHOWN_ALIKE + 1
    assert report.reasons["failed", "id", "is missing"] == 1_000
    assert str(report.problems[-1]) == "a:1001: role: must be one of, got 'human'"


def test_at_most_so_many_problems_are_kept() -> None:
    report = reported(*(Problem("a", None, f"reason {n}") for n in range(100)))
    assert len(report.problems) == SHOWN_PROBLEMS
    assert report.failed == len(report.reasons) == 100


REASONS = st.tuples(st.sampled_from(KINDS), st.none(), st.sampled_from("xy"))
REPORTS = st.builds(
    ImportReport,
    sources=st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple),
    read=st.integers(0, 9),
    failed=st.integers(0, 9),
    reasons=st.dictionaries(
        st.tuples(st.sampled_from(KINDS), st.none(), st.sampled_from("xy")), st.integers(1, 9)
    ),
    first_day=st.none() | st.sampled_from(["2024-01-01", "2024-02-01"]),
    things=st.dictionaries(
        st.sampled_from([("session", ""), ("message", "user"), ("resource", "note")]), st.integers(1, 9)
    ),
    confidences=st.dictionaries(st.sampled_from(["exact", "guessed"]), st.integers(1, 9)),
    last_day=st.none() | st.sampled_from(["2024-03-01", "2024-04-01"]),
    days=st.lists(st.sampled_from(["2024-01-01", "2024-04-01"]), unique=True).map(sorted).map(tuple),
)


@given(REPORTS, REPORTS, REPORTS)
def test_merging_is_associative_and_an_empty_report_adds_nothing(
    one: ImportReport, two: ImportReport, three: ImportReport
) -> None:
    assert one.merge(two).merge(three) == one.merge(two.merge(three))
    assert one.merge(ImportReport()) == ImportReport().merge(one) == one
