"""The audit log: every call, in order, with its cost; a month is the home's own."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rem_dagster.errors import ModelError
from rem_dagster.llm.answer_file import AnswerFile, write_answer_file
from rem_dagster.llm.answers_on_disk import LocalPlace
from rem_dagster.llm.audit import entries, month_of, read_log, spent_in_month
from rem_dagster.llm.budget import BudgetedModel
from rem_dagster.llm.cache import CachedModel, forget_answers
from rem_dagster.llm.charge import Charge, charged
from rem_dagster.llm.interface import Purpose, Request
from rem_dagster.llm.scripted import ScriptedModel
from tests.llm.requests import NOON, ask, cached, files_in, request

UTC_ZONE, TOKYO = ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo")


def called(directory: Path, at: datetime, *, cost_usd: float | None = 0.25, user_id: str = "me") -> None:
    """A call that ended at an instant: five tokens."""
    usd_per_token = None if cost_usd is None else cost_usd / 5
    model, _ = cached(directory, clock=lambda: at, usd_per_token=usd_per_token)
    purpose = Purpose(user_id, ("2025-10-06",), ("m1", "m2"))
    ask(model, request(purpose=purpose, attempt=len(files_in(directory))))


def test_nothing_was_sent_where_there_is_no_cache(tmp_path: Path) -> None:
    assert list(entries(LocalPlace(tmp_path / "none"))) == []
    assert spent_in_month(LocalPlace(tmp_path / "none"), NOON.date(), UTC_ZONE) == 0.0


def test_an_entry_says_what_was_sent_where_when_for_what_and_at_what_cost(tmp_path: Path) -> None:
    called(tmp_path, NOON)
    (entry,) = entries(LocalPlace(tmp_path))
    assert (entry.at, entry.endpoint, entry.model, entry.user_id) == (NOON, "script", "scripted", "me")
    assert (entry.days, entry.source_ids) == (("2025-10-06",), ("m1", "m2"))
    assert (entry.prompt_tokens, entry.completion_tokens) == (3, 2)
    assert (entry.cost_usd, entry.calls_paid, entry.outcome) == (pytest.approx(0.25), 1, "answered")


def test_entries_are_oldest_first_and_can_be_one_users_since_an_instant(tmp_path: Path) -> None:
    hours = [NOON + timedelta(hours=each) for each in (2, 0, 1)]
    for at, user_id in zip(hours, ("me", "ines", "me"), strict=True):
        called(tmp_path, at, user_id=user_id)
    assert [each.at for each in entries(LocalPlace(tmp_path))] == sorted(hours)
    assert [each.at for each in entries(LocalPlace(tmp_path), since=hours[2])] == [hours[2], hours[0]]
    assert [each.user_id for each in entries(LocalPlace(tmp_path), user_id="ines")] == ["ines"]


def test_a_replay_is_no_entry_and_costs_nothing(tmp_path: Path) -> None:
    ask(cached(tmp_path)[0], request(), request())
    assert len(entries(LocalPlace(tmp_path))) == 1


def test_a_month_is_a_local_one(tmp_path: Path) -> None:
    late_september = datetime(2025, 9, 30, 16, tzinfo=UTC)  # 1 October, 01:00 in Tokyo
    for at in (late_september, NOON, datetime(2025, 11, 1, tzinfo=UTC)):
        called(tmp_path, at)
    assert spent_in_month(LocalPlace(tmp_path), date(2025, 10, 20), UTC_ZONE) == pytest.approx(0.25)
    assert spent_in_month(LocalPlace(tmp_path), date(2025, 10, 20), TOKYO) == pytest.approx(0.50)
    assert spent_in_month(LocalPlace(tmp_path), date(2025, 9, 1), UTC_ZONE) == pytest.approx(0.25)


def test_a_month_begins_and_ends_at_local_midnight() -> None:
    start, end = month_of(date(2025, 12, 31), TOKYO)
    assert start == datetime(2025, 11, 30, 15, tzinfo=UTC)
    assert end == datetime(2025, 12, 31, 15, tzinfo=UTC)


def test_an_unknown_cost_stays_unknown_and_is_in_no_sum(tmp_path: Path) -> None:
    called(tmp_path, NOON)
    called(tmp_path, NOON + timedelta(hours=1), cost_usd=None)
    assert [each.cost_usd for each in entries(LocalPlace(tmp_path))] == [pytest.approx(0.25), None]
    assert spent_in_month(LocalPlace(tmp_path), NOON.date(), UTC_ZONE) == pytest.approx(0.25)


def test_what_is_forgotten_is_still_paid_for(tmp_path: Path) -> None:
    called(tmp_path, NOON)
    before = spent_in_month(LocalPlace(tmp_path), NOON.date(), UTC_ZONE)
    forget_answers(LocalPlace(tmp_path), ["m1"])
    (entry,) = entries(LocalPlace(tmp_path), since=NOON)
    assert (entry.outcome, entry.source_ids) == ("forgotten", ())
    assert spent_in_month(LocalPlace(tmp_path), NOON.date(), UTC_ZONE) == before


def test_files_that_cannot_be_read_are_counted_and_strange_ones_stepped_over(tmp_path: Path) -> None:
    called(tmp_path, NOON)
    called(tmp_path, NOON + timedelta(hours=1))
    torn = files_in(tmp_path)[0]
    torn.write_text("{")
    (torn.parent / "notes.json").write_text("{}")
    log = read_log(LocalPlace(tmp_path))
    assert (len(log.entries), log.unreadable) == (1, 1)


def test_refreshed_and_failed_calls_are_all_in_the_month(tmp_path: Path) -> None:
    def failing(_: Request) -> None:
        raise charged(ModelError("no JSON"), Charge(cost_usd=0.5))

    for _ in range(2):
        ask(cached(tmp_path, refresh=True)[0], request())
    with pytest.raises(ModelError):
        ask(cached(tmp_path, failing, refresh=True)[0], request())
    assert [each.outcome for each in entries(LocalPlace(tmp_path))] == ["answered", "answered", "failed"]
    assert spent_in_month(LocalPlace(tmp_path), NOON.date(), UTC_ZONE) == pytest.approx(0.60)


def test_the_ledger_stops_the_call_that_would_pass_the_cap_over_processes(tmp_path: Path) -> None:
    def in_a_new_process() -> CachedModel:
        limited = BudgetedModel(
            ScriptedModel(lambda _: {"said": 1}, usd_per_token=0.01),
            price=lambda prompt, completion: (prompt + completion) / 100,
            max_cost_usd=None,
            month_cap_usd=0.11,
            spent_this_month=lambda: spent_in_month(LocalPlace(tmp_path), NOON.date(), UTC_ZONE),
            is_local=False,
            accept_unknown_price=False,
            estimate=lambda _: (3, 2),
        )
        return CachedModel(limited, LocalPlace(tmp_path), clock=lambda: NOON)

    for attempt in range(2):
        ask(in_a_new_process(), request(attempt=attempt))
    with pytest.raises(RuntimeError, match="monthly cap"):
        ask(in_a_new_process(), request(attempt=2))
    assert ask(in_a_new_process(), request(attempt=1))[0].calls_paid == 0


def test_a_thousand_calls_are_read_in_a_moment(tmp_path: Path) -> None:
    for number in range(1_000):
        write_answer_file(
            LocalPlace(tmp_path),
            AnswerFile(
                request=f"{number:064x}"[::-1],
                attempt=0,
                take=0,
                at=NOON - timedelta(days=number),
                outcome="answered",
                endpoint="script",
                model="scripted",
                user_id="me",
                days=("2025-10-06",),
                source_ids=tuple(map(str, range(30))),
                prompt_tokens=8_000,
                completion_tokens=900,
                cost_usd=0.01,
                calls_paid=1,
                answer={"moments": ["a moment of some length"] * 150},
            ),
        )
    began = time.monotonic()
    assert len(entries(LocalPlace(tmp_path))) == 1_000
    assert time.monotonic() - began < 2
    assert spent_in_month(LocalPlace(tmp_path), NOON.date(), UTC_ZONE) == pytest.approx(0.07)
