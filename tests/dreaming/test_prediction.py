"""A prediction lies in the next day, is shown with its own, and is part of no tally."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from rem_dagster.dreaming.correct import correct
from rem_dagster.dreaming.draft.llm.split import merged
from rem_dagster.dreaming.link import link_day
from rem_dagster.dreaming.prediction import next_day_of
from rem_dagster.dreaming.resolve import resolve_mentions, resolve_moments
from rem_dagster.dreaming.summarize import make_summary, summary_from_moments
from rem_dagster.dreaming.verify import verify
from rem_dagster.model.correction import Correction
from rem_dagster.model.day import Day, DayItem, Segment
from rem_dagster.model.draft import Draft, DraftEntity, DraftMoment, DraftQuote
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, OPT_IN_MOMENT_TYPES

START = datetime(2025, 10, 24, 9, tzinfo=UTC)
TYPES = {**BUILT_IN_MOMENT_TYPES, **OPT_IN_MOMENT_TYPES}
TEXTS = (
    "The boiler at home is cold again.",
    "Tomorrow I will call the plumber about the boiler.",
    "The loader waits for the disk and nothing else.",
)


def day_of(when: date, *, zone: str = "Europe/Lisbon", starts_at: time = time(0)) -> Day:
    items = tuple(
        DayItem(f"m{n}", f"id{n}", "message", at, at, text, "chat", role="user")
        for n, text in enumerate(TEXTS)
        for at in [START + n * timedelta(hours=1)]
    )
    window = Calendar(ZoneInfo(zone), starts_at).window_of(when)
    return Day("noor", when, window, ZoneInfo(zone), items, (), "x", "x")


DAY = day_of(START.date())
HAPPENED = (
    DraftMoment(
        name="The boiler went cold",
        summary="The boiler at home is cold again, and a plumber is needed.",
        moment_type="other",
        people=(),
        handles=("m0", "m1"),
        evidence=(DraftQuote(handle="m0", quote=TEXTS[0]),),
    ),
    DraftMoment(
        name="The loader waits for the disk",
        summary="The loader waits for the disk.",
        moment_type="work_session",
        handles=("m2",),
        evidence=(DraftQuote(handle="m2", quote=TEXTS[2]),),
    ),
)
AHEAD = DraftMoment(
    name="Likely next: a call to the plumber",
    summary="A call to the plumber about the boiler.",
    moment_type="prediction",
    tags=("plumber",),
    handles=("m0", "m1"),
    evidence=(DraftQuote(handle="m1", quote=TEXTS[1]),),
    confidence=0.75,
)


def drafted(*moments: DraftMoment) -> Draft:
    entity = DraftEntity(name="boiler", kind="thing", handles=("m0", "m1"))
    return Draft(moments=moments, entities=(entity,), day_summary="A cold day.")


def resolved(*moments: DraftMoment) -> list[Moment]:
    return resolve_moments([drafted(*moments)], DAY, "dream")


@pytest.mark.parametrize(
    ("when", "zone", "starts_at", "hours"),
    [
        (date(2025, 10, 14), "Europe/Lisbon", time(0), 24),
        (date(2025, 10, 25), "Europe/Lisbon", time(0), 25),
        (date(2025, 3, 29), "Europe/Lisbon", time(0), 23),
        (date(2025, 3, 29), "Europe/Lisbon", time(4), 24),
        (date(2025, 3, 28), "Europe/Lisbon", time(4), 23),
        (date(2018, 11, 2), "America/Sao_Paulo", time(0), 24),
        (date(2018, 11, 3), "America/Sao_Paulo", time(0), 23),
        (date(2018, 11, 4), "America/Sao_Paulo", time(0), 24),
        (date(2011, 12, 28), "Pacific/Apia", time(0), 24),
    ],
)
def test_the_next_day_is_the_calendars(when: date, zone: str, starts_at: time, hours: int) -> None:
    ahead = next_day_of(day_of(when, zone=zone, starts_at=starts_at))
    assert ahead == Calendar(ZoneInfo(zone), starts_at).window_of(when + timedelta(days=1))
    assert ahead.duration == timedelta(hours=hours)


def test_a_prediction_takes_the_whole_next_day_and_keeps_its_own_partition() -> None:
    *_, ahead = resolved(AHEAD, *HAPPENED)
    assert ahead.is_prediction
    assert (ahead.start_time, ahead.end_time) == (DAY.window.end, DAY.window.end + timedelta(hours=24))
    assert (ahead.partition_key, ahead.confidence) == ("2025-10-24", 0.75)
    assert [quote.quote for quote in ahead.evidence] == [TEXTS[1]]


def test_other_moments_are_the_same_rows_with_and_without_it() -> None:
    assert resolved(AHEAD, *HAPPENED)[:2] == resolved(*HAPPENED)
    ids = [each.id for each in resolved(AHEAD, *HAPPENED)]
    assert len(set(ids)) == 3


def test_it_mentions_nobody_and_relates_nothing() -> None:
    found = {}
    for moments in (HAPPENED, (*HAPPENED, AHEAD)):
        draft, rows = drafted(*moments), resolved(*moments)
        mentions = resolve_mentions([draft], rows, DAY, "dream")
        edges = link_day([draft], rows, mentions, DAY, "dream")
        found[len(moments)] = mentions, {e.id for e in edges if e.edge_type in ("related_to", "mentioned_in")}
        assert {e.target_id for e in edges if e.edge_type == "captured_in"} == {"chat"}
    assert found[2] == found[3]


def test_a_days_summary_is_of_what_happened() -> None:
    rows = resolved(*HAPPENED, AHEAD)
    made = make_summary("A cold day.", rows, DAY, dream_id="d", recipe="r")
    assert made is not None
    assert made.end_time == START + timedelta(hours=2)
    assert made.moment_ids == tuple(each.id for each in rows[:2])
    assert "call to the plumber" not in summary_from_moments(rows)
    assert make_summary("A day.", resolved(AHEAD), DAY, dream_id="d", recipe="r") is None


def test_it_may_cite_inputs_of_other_moments_and_takes_none_from_them() -> None:
    for order in ((AHEAD, *HAPPENED), (*HAPPENED, AHEAD)):
        verdict = verify(drafted(*order), Segment(0, DAY.items), TYPES)
        assert not verdict.quarantine
        assert {each.handles for each in verdict.draft.moments} == {("m0", "m1"), ("m2",)}
        assert len(verdict.draft.moments) == 3


@pytest.mark.parametrize("confidence", [None, -0.1, 1.5])
def test_one_that_does_not_say_how_sure_it_is_is_held_back(confidence: float | None) -> None:
    unsure = AHEAD.model_copy(update={"confidence": confidence})
    verdict = verify(drafted(*HAPPENED, unsure), Segment(0, DAY.items), TYPES)
    assert [each.moment_type for each in verdict.draft.moments] == ["other", "work_session"]
    assert "a confidence from 0 to 1" in verdict.errors[0]


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_even_and_certain_odds_pass(confidence: float) -> None:
    sure = AHEAD.model_copy(update={"confidence": confidence})
    assert len(verify(drafted(sure), Segment(0, DAY.items), TYPES).draft.moments) == 1


def test_the_parts_of_a_cut_segment_keep_it_apart_from_the_moment_whose_inputs_it_cites() -> None:
    whole = merged([drafted(AHEAD), drafted(*HAPPENED)])
    assert whole.moments == (AHEAD, *HAPPENED)


def test_a_days_summary_that_code_writes_leaves_it_out() -> None:
    bare = drafted(*HAPPENED, AHEAD).model_copy(update={"day_summary": ""})
    told = verify(bare, Segment(0, DAY.items), TYPES).draft.day_summary
    assert "loader" in told
    assert "call to the plumber" not in told


def test_without_opting_in_there_are_none() -> None:
    verdict = verify(drafted(*HAPPENED, AHEAD), Segment(0, DAY.items), BUILT_IN_MOMENT_TYPES)
    assert len(verdict.draft.moments) == 2
    assert "type 'prediction' is none of" in verdict.errors[0]


def test_a_correction_of_a_moment_leaves_the_prediction_that_shares_its_inputs() -> None:
    rows = resolved(*HAPPENED, AHEAD)
    hidden = Correction(
        id="c", user_id="noor", partition_key="2025-10-24", target=("id0", "id1"), verb="hide", made_at=START
    )
    shown = correct(rows, _corrected(hidden), "dream").moments
    assert [each.moment_type for each in shown] == ["work_session", "prediction"]


def test_a_prediction_is_corrected_where_nothing_but_its_inputs_is_named() -> None:
    only = AHEAD.model_copy(update={"handles": ("m1",)})
    hidden = Correction(
        id="c", user_id="noor", partition_key="2025-10-24", target=("id1",), verb="hide", made_at=START
    )
    shown = correct(resolved(*HAPPENED, only), _corrected(hidden), "dream").moments
    assert [each.moment_type for each in shown] == ["other", "work_session"]


def test_merged_moments_do_not_swallow_a_prediction() -> None:
    merged = Correction(
        id="c",
        user_id="noor",
        partition_key="2025-10-24",
        target=("id0", "id1", "id2"),
        verb="merge",
        made_at=START,
    )
    shown = correct(resolved(*HAPPENED, AHEAD), _corrected(merged), "dream").moments
    assert [each.is_prediction for each in shown] == [False, True]
    assert shown[0].end_time == START + timedelta(hours=2)


def _corrected(correction: Correction) -> Day:
    return Day("noor", DAY.day, DAY.window, DAY.zone, DAY.items, (correction,), "x", "x")
