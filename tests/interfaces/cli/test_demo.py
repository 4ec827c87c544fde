"""`rem demo`: a fortnight that ends just before today, dreamt and shown."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rem_dagster.interfaces.cli.fortnight import FIRST_DAY, HOME_ZONE, moved_time, shift_for, write_fortnight
from rem_dagster.interfaces.cli.showcase import fill, show_all
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.vectors import count_vectors
from tests.embedders import HashedWords
from tests.interfaces.cli.conftest import Rem

A_YEAR = [date(2026, 1, 1) + timedelta(days=day) for day in range(371)]


@pytest.fixture(autouse=True)
def _quick_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one takes seconds, and is tested where it is written."""
    monkeypatch.setattr("rem_dagster.llm.minilm.find_minilm", HashedWords)
    monkeypatch.setattr("rem_dagster.interfaces.cli.showcase.find_minilm", HashedWords)


def test_yesterday_lies_in_the_third_week_whatever_the_day() -> None:
    for today in A_YEAR:
        shift = shift_for(today)
        place = (today - timedelta(days=1) - shift - FIRST_DAY).days
        assert shift.days % 7 == 0
        assert 14 <= place <= 20


@pytest.mark.parametrize("today", [date(2026, 11, day) for day in range(23, 30)])
def test_all_of_it_lies_before_today_and_yesterday_is_full(today: date, tmp_path: Path) -> None:
    write_fortnight(tmp_path, today)
    lines = [json.loads(line) for line in (tmp_path / "activity.jsonl").read_text().splitlines()]
    days = [datetime.fromisoformat(line["created_at"]).astimezone(HOME_ZONE).date() for line in lines]
    assert len(lines) >= 250
    assert set(days) == {today - timedelta(days=back) for back in range(1, 15)}
    assert days.count(today - timedelta(days=1)) >= 7
    assert list((tmp_path / "notes").glob("*.md"))
    sessions = {line["id"] for line in lines if line["t"] == "session"}
    assert {line["session_id"] for line in lines if line["t"] == "message"} <= sessions


def test_times_of_day_stay_though_the_clocks_changed() -> None:
    into_winter = timedelta(weeks=6)
    assert moved_time("2025-10-06T09:30:00+01:00", into_winter).isoformat() == "2025-11-17T09:30:00+00:00"
    assert moved_time("2025-10-17T09:30:00-04:00", into_winter).isoformat() == "2025-11-28T09:30:00-05:00"


@pytest.mark.runs
def test_the_demo_shows_a_day_a_week_an_answer_a_search_and_a_query(
    rem: Rem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_LLM", "gpt-5")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    done = rem("demo")
    assert done.code == 0, done.err
    for command in ("show yesterday", "show last week", "show last tuesday afternoon", "search", "query"):
        assert f"$ rem {command}" in done.out
    assert " items in · " in done.out
    assert "What came of it" in done.out
    assert "no key, no call, $0.00, nothing was sent." in done.out
    own = [line for line in done.out.splitlines() if not line.startswith(("$", "  FROM"))]
    assert max(map(len, own)) <= 80


@pytest.mark.runs
def test_a_kept_demo_has_vectors_can_be_looked_around_in_and_filled_again(rem: Rem, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    first = rem("demo", "--home", place)
    assert f"rem --home {place} show yesterday --evidence" in first.out
    store = Store(str(place / "tables"))
    held = count_vectors(store, "hashed-words")
    assert held == store.count("moments") > 50
    assert f"{held} vectors held, made in " in first.err
    yesterday = datetime.now(UTC).astimezone(HOME_ZONE).date() - timedelta(days=1)
    assert rem("--home", place, "show", yesterday.isoformat(), "--evidence").code == 0
    assert "0 days to dream" in rem("--home", place).out
    assert rem("demo", "--home", place).code == 0


@pytest.mark.runs
def test_without_a_model_the_demo_makes_no_vectors(
    rem: Rem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rem_dagster.llm.minilm.find_minilm", lambda: None)
    done = rem("demo", "--home", tmp_path / "kept")
    assert done.code == 0
    assert "vectors held" not in done.err


def test_a_home_with_a_life_in_it_is_left_alone(rem: Rem, lived: Home) -> None:
    done = rem("demo", "--home", lived.path)
    assert done.code == 2
    assert "it is not a demo's. Nothing was changed." in done.err


@pytest.mark.runs
@pytest.mark.parametrize("day", range(23, 30))
def test_whatever_the_day_of_the_week_the_demo_has_something_to_show(
    day: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    look = fill(tmp_path / "demo", now=datetime(2026, 11, day, 12, tzinfo=UTC))
    show_all(look, kept=None, began=0.0)
    out = capsys.readouterr().out
    assert "othing is recorded" not in out
    assert "nothing recorded" not in out.replace("with nothing recorded", "")
    assert "not dreamt" not in out
    assert out.count(" Nov ") >= 7
