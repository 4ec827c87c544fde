"""The search page's view: what was found, counted, drawn, and marked."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.journal.finding import look_up
from rem_dagster.recall.journal.found import Narrowed, SearchView
from rem_dagster.recall.journal.histogram import BARS, histogram
from rem_dagster.recall.journal.marking import Piece, cut_out, excerpt, marked, places_of_quote
from rem_dagster.recall.journal.narrowing import Looking, local_days
from rem_dagster.store.database import Store
from rem_dagster.store.text.tokens import tokens
from tests.recall.diary import CALENDAR, NOW, at, diary_in

LORD_HOWE = Calendar(ZoneInfo("Australia/Lord_Howe"), week_starts_on=6)


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory, empty_tables: Path) -> Store:
    return diary_in(tmp_path_factory.mktemp("diary") / "home", empty_tables)


def looked_up(store: Store, query: str, *, user: str = "ann", **narrowed: object) -> SearchView:
    return look_up(Looking(store, user, CALENDAR, NOW), query, Narrowed(**narrowed))  # type: ignore[arg-type]


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(each.text for each in pieces)


def titles(view: SearchView) -> list[str]:
    return [text_of(each.title) for each in view.moments]


def test_moments_come_first_and_what_was_never_dreamt_is_found_too(diary: Store) -> None:
    view = looked_up(diary, "alpha vamana")
    assert not view.moments
    assert [text_of(each.text) for each in view.items] == ["A paper on Vamana graphs and alpha."]
    assert view.counted == "items"


def test_counts_tell_what_each_narrowing_would_leave(diary: Store) -> None:
    view = looked_up(diary, "diskann", moment_type="learning")
    assert {each.value: each.count for each in view.types} == {"learning": 1, "work_session": 1}
    assert titles(view) == ["DiskANN DiskANN reading"]
    assert view.count["moments"] == 1
    assert view.count["messages"] == 0  # a message has no type
    assert view.days == 1


def test_a_person_narrows_moments_and_what_they_said(diary: Store) -> None:
    view = looked_up(diary, "trip", person="Ana")
    assert titles(view) == ["Talk about Porto"]
    assert [each.said.what for each in view.items] == ["Ana in chat “Standup”"]


def test_a_time_in_the_words_is_no_word(diary: Store) -> None:
    view = looked_up(diary, "builder last tuesday")
    assert view.words == "builder"
    assert view.when is not None
    assert view.when.label.startswith("Tuesday 21 October")
    assert view.total == 0
    assert titles(looked_up(diary, "builder last tuesday", as_words=True))[0] == "Checked the builder"


def test_a_time_alone_lists_what_happened_then(diary: Store) -> None:
    view = looked_up(diary, "14 october 2025")
    assert titles(view) == ["Found the lost update", "Checked the builder"]
    assert view.count == {"moments": 2, "messages": 1, "resources": 0}


def test_the_picture_shows_all_times_though_one_is_chosen(diary: Store) -> None:
    chosen = Window(at(0, 0), at(1, 0))
    view = looked_up(diary, "diskann", window=chosen)
    assert titles(view) == ["DiskANN DiskANN reading"]
    assert view.histogram.total == 2


def test_a_word_being_typed_is_taken_for_the_words_that_begin_so(diary: Store) -> None:
    view = looked_up(diary, "diska")
    assert titles(view)[0] in ("DiskANN DiskANN reading", "Found the lost update")
    assert view.notes == ()


def test_a_mistyped_word_is_read_as_the_users_own_and_that_is_said(diary: Store) -> None:
    view = looked_up(diary, "lanldord rent")
    assert "lanldord" in view.notes[0]
    assert [text_of(each.text) for each in view.items] == ["The landlord raised the rent."]


def test_words_that_were_looked_for_are_marked_in_title_sentence_and_quote(diary: Store) -> None:
    found = looked_up(diary, "lost update").moments[0]
    assert found.title == (Piece("Found the "), Piece("lost", True), Piece(" "), Piece("update", True))
    assert text_of(found.quote) == "I found the lost update"
    assert found.said is not None
    assert found.said.what == "Ann in chat “Standup”"


def test_where_nothing_holds_the_words_at_that_time_the_nearest_is_told(diary: Store) -> None:
    view = looked_up(diary, "rent", window=Window(at(4, 0), at(5, 0)))
    assert not view.total
    assert [text_of(each.title) for each in view.nearest] == ["Rent"]


def test_nobody_finds_what_is_another_users(diary: Store) -> None:
    view = looked_up(diary, "walrus")
    assert not view.total
    assert not view.nearest
    assert titles(looked_up(diary, "walrus", user="bob")) == ["Vault"]


@pytest.mark.parametrize("query", ["", "   ", "the", "🙂", "%' OR 1=1", '"', "a" * 10_000, "\u202e\u0000"])
def test_strange_queries_find_nothing_and_fail_nowhere(diary: Store, query: str) -> None:
    assert looked_up(diary, query).moments == ()


def test_a_user_of_whom_nothing_is_stored_has_an_empty_home(diary: Store) -> None:
    assert looked_up(diary, "rent", user="nobody").is_empty_home


def test_a_limit_says_how_many_more_there_are(diary: Store) -> None:
    view = looked_up(diary, "diskann", limit=1)
    assert len(view.moments) == 1
    assert view.more_moments == 1


@given(st.lists(st.integers(700_000, 740_000), min_size=1, max_size=40))
def test_every_thing_lies_in_one_bar_and_bars_have_no_gap(days: list[int]) -> None:
    drawn = histogram(days, LORD_HOWE)
    assert drawn.total == len(days)
    assert 1 <= len(drawn.bars) <= BARS or drawn.width == "year"
    for one, other in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert (other.first_day - one.last_day).days == 1
    for day in days:
        on = date.fromordinal(day)
        [held] = [bar for bar in drawn.bars if bar.first_day <= on <= bar.last_day]
        assert held.count


def test_a_short_time_is_drawn_as_a_year_of_weeks_that_ends_with_it() -> None:
    drawn = histogram([date(2026, 11, 18).toordinal()], CALENDAR)
    assert (drawn.width, len(drawn.bars), drawn.bars[-1].count) == ("week", BARS, 1)
    assert "most in the week from 16 November 2026: 1" in drawn.words


def test_nothing_has_no_bars() -> None:
    assert histogram([], CALENDAR).bars == ()


@given(st.datetimes(datetime(2019, 1, 1), datetime(2027, 1, 1)))
def test_days_of_many_instants_are_those_of_each_one(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC)
    microseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    import numpy as np

    assert local_days(np.array([microseconds]), LORD_HOWE).tolist() == [LORD_HOWE.day_of(instant).toordinal()]


@given(st.text(max_size=200), st.text(max_size=20))
def test_pieces_joined_are_the_text(text: str, query: str) -> None:
    assert text_of(marked(text, tokens(query))) == text


def test_in_a_script_without_spaces_only_the_characters_asked_for_are_marked() -> None:
    assert marked("東京で会議", tokens("会議")) == (Piece("東京で"), Piece("会議", True))


def test_an_excerpt_is_around_the_words_and_short() -> None:
    text = "Nothing here. " * 50 + "x" * 500 + " the disk was slow " + "y" * 5_000
    said = excerpt(text, tokens("disk slow"), most=120)
    assert len(said) <= 120
    assert "disk" in said


def test_a_quote_is_found_whatever_white_space_lies_in_it() -> None:
    text = "He said:  two\n hours.  It was fsync."
    place = places_of_quote(text, "two hours. It was")
    assert place is not None
    pieces = cut_out(text, [place], start=0, end=len(text))
    assert [each.text for each in pieces if each.is_marked] == ["two\n hours.  It was"]
    assert text_of(pieces) == text
    assert places_of_quote(text, "three hours") is None
