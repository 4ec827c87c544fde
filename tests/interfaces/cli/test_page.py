"""The page of a day: what it says, where it says it, and that it never runs over."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rem_dagster.interfaces.cli.cited import Cited
from rem_dagster.interfaces.cli.markdown import markdown_of
from rem_dagster.interfaces.cli.page import day_text, render_day
from tests.interfaces.cli.moments import at, held_back, ledger, moment, page

A_DAY = (
    moment("Chose the week's one goal: recall at 95%", "08:40", "09:25", kind="planning", tags=("recall",)),
    moment(
        "Built the graph; the build waited on the disk",
        "10:40",
        "14:10",
        tags=("graph", "disk"),
        outcomes=("Builder merged", "Build 214 s to 51 s"),
        emotions=("satisfied", "focused"),
        quotes=(("m1", "I am satisfied: it was fsync the whole time."),),
    ),
    moment("Wrote down why it felt good", "20:15", "20:15", kind="reflection"),
)
EXPECTED = """
  Wednesday 18 November 2026                                3 moments · 4 h 15

  You built the graph. The slow build was the disk.

  08        10        12        14        16        18        20
  ···◆◆◆◆······●●●●●●●●●●●●●●●●●●······························○···

  08:40  ◆ Planning   Chose the week's one goal: recall at 95%
  45 min              #recall

         1 h 15 with nothing recorded

  10:40  ● Work       Built the graph; the build waited on the disk
  3 h 30              #graph #disk
                      ✓ Builder merged  ✓ Build 214 s to 51 s
                      satisfied: “I am satisfied: it was fsync the whole
                      time.”
                        chat with Claude, 16:12
                      felt focused

         6 h 05 with nothing recorded

  20:15  ○ Reflection Wrote down why it felt good

  64 items in · every quote found in its source · made 03:04
  offline, 0 calls, $0.00
  Next: rem show yesterday --evidence   rem show week
"""
TITLES = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("日本語の長い題名한국어🎉👩‍💻👨‍👩‍👧‍👦🏳️‍🌈é\u0301\u200b\u202eשלוםمرحبا\x1b[31m\t\n"),
    ),
    max_size=300,
)


def test_a_page_is_drawn_as_it_was_designed() -> None:
    view = page(
        *A_DAY,
        summary="You built the graph. The slow build was the disk.",
        dream=ledger(),
        cited={"m1": Cited("chat with Claude", at("16:12"))},
        next_commands=("rem show yesterday --evidence", "rem show week"),
    )
    assert render_day(view) == EXPECTED


@given(TITLES, st.integers(40, 80))
def test_no_line_is_wider_than_the_page_whatever_is_in_it(text: str, width: int) -> None:
    everywhere = moment(
        text,
        tags=(text, "b"),
        outcomes=(text, text[:5]),
        emotions=("happy",),
        quotes=(("m1", text), ("gone", text)),
        kind=text[:12] or "other",
    )
    view = page(
        everywhere,
        moment("late", "12:00", "23:59"),
        summary=text,
        dream=ledger(quarantine=(held_back(text, text),)),
        cited={"m1": Cited(f"note “{text}”", at("09:00"), 60)},
        evidence=True,
        quarantine=True,
        remark=text,
        next_commands=(f"rem show {text}",),
    )
    lines = render_day(view, width).split("\n")
    assert [line for line in lines if cell_len(line) > width] == []


@given(TITLES)
def test_nothing_in_a_text_can_steer_the_terminal(text: str) -> None:
    drawn = render_day(page(moment(text, outcomes=(text,), quotes=(("m", text),)), summary=text))
    assert not set("\x1b\x07\x9b\r\u202e\u2066") & set(drawn)


def test_a_feeling_is_shown_with_the_quote_that_shows_it() -> None:
    quotes = (("m1", "The build took an hour."), ("m2", "I was so relieved."))
    drawn = render_day(page(moment("Build", emotions=("relieved",), quotes=quotes), dream=ledger()))
    assert "relieved: “I was so relieved.”" in drawn
    assert "took an hour" not in drawn


def test_a_quote_that_repeats_the_title_is_left_out_and_evidence_brings_all() -> None:
    shown = moment("Fix the loader on empty files", quotes=(("m1", "Fix the loader on empty files"),))
    assert "“" not in render_day(page(shown, dream=ledger()))
    assert "“Fix the loader" in render_day(page(shown, dream=ledger(), evidence=True))


def test_a_time_that_was_another_one_there_is_said_discreetly() -> None:
    shown = moment("Ferry", "18:00", "19:00", quotes=(("m1", "We took the ferry."),))
    drawn = render_day(page(shown, dream=ledger(), cited={"m1": Cited("note", at("18:00"), -300)}))
    assert "18:00  ●" in drawn
    assert "13:00 there" in drawn


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (page(items=37), "Not dreamt yet: 37 items of this day."),
        (page(items=0), "Nothing is recorded of this day."),
        (
            page(items=0, nearest=(date(2026, 11, 15), date(2026, 11, 19))),
            "Sunday 15 November 2026 (3 days before)",
        ),
        (page(A_DAY[0], dream=ledger(), arrived_since=3), "3 items arrived since this page was made."),
        (page(A_DAY[0], dream=ledger(), arrived_since=None), "This day changed since it was dreamt"),
        (page(dream=ledger("failed", error="The model is out of reach.")), "out of reach. It had nothing"),
        (page(A_DAY[0], dream=ledger("failed", error="No.")), "What it had before is kept below."),
        (page(A_DAY[0], dream=ledger("writing")), "was stopped while it was written"),
        (page(A_DAY[0], dream=ledger(quarantine=(held_back("a", "b"),))), "1 held back (--quarantine)"),
        (page(A_DAY[0], dream=ledger(cost_usd=None, engine="llm", model="x")), "x, 0 calls, cost unknown"),
    ],
)
def test_every_state_of_a_day_is_said(view: object, said: str) -> None:
    drawn = " ".join(render_day(view).split())  # type: ignore[arg-type]  # a page
    assert said in drawn


def test_held_back_claims_are_listed_with_their_reasons() -> None:
    dream = ledger(quarantine=(held_back("You are sad", "nobody said so"),))
    drawn = render_day(page(A_DAY[0], dream=dream, quarantine=True))
    assert "Held back (1):" in drawn
    assert "moment: You are sad\n    nobody said so" in drawn


def test_what_share_of_the_day_is_cited_stands_beside_what_was_held_back() -> None:
    claims = (held_back("You are sad", "nobody said so"),)
    for dream in (ledger(coverage=0.997), ledger(coverage=0.997, quarantine=claims)):
        assert "Moments cite 99% of the day's items." in render_day(page(dream=dream, quarantine=True))
    assert "Moments cite" not in render_day(page(dream=ledger(coverage=None), quarantine=True))
    assert "Moments cite" not in render_day(page(dream=ledger(coverage=0.5)))


def test_colour_lies_on_shapes_and_bars_alone() -> None:
    text = day_text(page(*A_DAY, dream=ledger()))
    coloured = {
        text.plain[span.start : span.end]
        for span in text.spans
        if str(span.style) not in ("bold", "dim", "italic", "")
    }
    assert {each.strip("◆●○") for each in coloured} == {""}


def test_a_long_day_is_drawn_in_coarser_cells_and_stays_in_the_page() -> None:
    drawn = render_day(page(moment("night", "00:05", "01:00"), moment("late", "23:00", "23:59")), 60)
    assert max(map(cell_len, drawn.split("\n"))) <= 60
    assert "22" in drawn


def test_hours_are_those_of_the_zone() -> None:
    from dataclasses import replace

    view = replace(page(A_DAY[0]), zone=ZoneInfo("Asia/Tokyo"))
    assert "17:40  ◆" in render_day(view)


def test_what_is_announced_for_the_next_day_stands_behind_the_day_and_counts_nowhere() -> None:
    from dataclasses import replace

    ahead = moment("Likely next: call the plumber", "24:00", "48:00", kind="prediction").model_copy(
        update={"confidence": 0.75}
    )
    view = page(*A_DAY, dream=ledger())
    shown = replace(view, page=replace(view.page, predictions=(ahead,)))
    without, drawn = render_day(view).splitlines(), render_day(shown).splitlines()
    added = [line for line in drawn if line not in without]
    assert added == [
        "  Announced for Thursday 19 November 2026; no part of this day:",
        "  75%    ◇ Ahead      Likely next: call the plumber",
        "  sure",
    ]
    assert "75% sure" in markdown_of(shown)
