"""Days dreamt with a model: what they cost, what stops them, and how they go back."""

import json
from datetime import timedelta

import pytest

from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.dreaming.estimate import estimate
from rem_dagster.dreaming.restore import restore
from rem_dagster.dreaming.resummarize import resummarize
from rem_dagster.dreaming.stale import find_days
from rem_dagster.dreaming.terms import terms_of
from rem_dagster.errors import DreamError, InputError
from rem_dagster.llm.interface import Forecast
from rem_dagster.llm.opening import Asking
from tests.activity import LINES, MONDAY, chat_day, contents, fill, message, rows
from tests.dreaming.conftest import ModelHome
from tests.dreaming.engines import ScriptedEngine, one_moment
from tests.lives import dream
from tests.llm.server import Fault

MADE = ("moments", "mentions", "edges", "summaries")


def days(made: ModelHome, number: int) -> ModelHome:
    fill(made.home, made.store, [each for day in range(number) for each in chat_day(day)])
    return made


def made_by(made: ModelHome) -> dict[str, object]:
    return {str(row["partition_key"]): row["engine"] for row in rows(made.store, "dreams")}


def freshness(made: ModelHome) -> list[str]:
    return [state.freshness for state in find_days(made.store, spare_model_days=True)]


def derived(made: ModelHome) -> list[object]:
    return [rows(made.store, table) for table in MADE]


# ---------------------------------------------------------------- what it costs


def test_a_day_is_one_call_and_again_none(model_home: ModelHome) -> None:
    days(model_home, 3)
    report = model_home.dream()
    assert [day.status for day in report.days] == ["dreamt"] * 3
    assert model_home.calls == 3
    model_home.dream()
    before = contents(model_home.store)
    model_home.dream(redo="all")
    assert model_home.calls == 3
    assert contents(model_home.store) == before


def test_one_new_message_is_one_call(model_home: ModelHome) -> None:
    days(model_home, 3).dream()
    late = message(999, MONDAY + timedelta(days=1, hours=1), content="One more thing about the loader.")
    fill(model_home.home, model_home.store, [late])
    model_home.dream()
    assert model_home.calls == 4


def test_the_ledger_has_the_tokens_and_the_cost_of_a_day(model_home: ModelHome) -> None:
    (day,) = days(model_home, 1).dream().days
    assert day.cost_usd == pytest.approx((day.prompt_tokens + 10 * day.completion_tokens) / 1e6)
    assert day.prompt_tokens > 0


def test_refreshing_asks_anew_once(model_home: ModelHome) -> None:
    days(model_home, 2).dream()
    model_home.dream(Asking(refresh=True), redo="all")
    assert model_home.calls == 4
    model_home.dream(redo="all")
    assert model_home.calls == 4


def test_an_estimate_asks_nobody_and_is_near_what_it_took(model_home: ModelHome) -> None:
    days(model_home, 3)
    terms = terms_of(model_home.home)
    engine = choose_engine(model_home.home, Asking(needs_key=False))
    states = find_days(model_home.store)
    told = list(estimate(model_home.home, model_home.store, engine, states, terms=terms))
    assert model_home.calls == 0
    took = {day.day: day for day in model_home.dream().days}
    for each in told:
        assert each.forecast.calls == 1
        assert each.forecast.prompt_tokens == pytest.approx(took[each.partition_key].prompt_tokens, rel=0.15)
        assert (each.forecast.cost_usd or 0) > 0
    again = estimate(model_home.home, model_home.store, choose_engine(model_home.home), states, terms=terms)
    assert [each.forecast for each in again] == [Forecast()] * 3


def test_an_estimate_learns_how_long_answers_are(model_home: ModelHome) -> None:
    days(model_home, 4).dream(last_day=(MONDAY + timedelta(days=2)).date())
    engine = choose_engine(model_home.home)
    *_, last = find_days(model_home.store)
    (told,) = estimate(model_home.home, model_home.store, engine, [last], terms=terms_of(model_home.home))
    *_, took = model_home.dream().days
    assert told.forecast.completion_tokens == pytest.approx(took.completion_tokens, rel=0.15)


# ---------------------------------------------------------------- what stops it


def test_a_limit_on_cost_leaves_the_other_days_as_they_were(model_home: ModelHome) -> None:
    days(model_home, 4)
    alone = model_home.choosing(llm_concurrency=1)
    report = alone.dream(Asking(max_cost_usd=0.09))
    assert report.failed == []
    assert report.left
    assert report.dreamt
    assert {day.status for day in report.left} == {"waiting"}
    assert "--max-cost" in str(report.left[0].error)
    assert len(rows(model_home.store, "dreams")) == len(report.dreamt) == model_home.calls
    assert sum(day.cost_usd or 0 for day in report.dreamt) <= 0.09
    alone.dream()
    assert model_home.calls == 4


def test_the_monthly_cap_counts_what_was_spent_before(model_home: ModelHome) -> None:
    (day,) = days(model_home, 1).dream().days
    fill(model_home.home, model_home.store, chat_day(1))
    report = model_home.choosing(monthly_cap_usd=day.cost_usd).dream()
    assert [each.status for each in report.days] == ["unchanged", "waiting"]
    assert "monthly cap" in str(report.left[0].error)
    assert model_home.calls == 1


def test_a_failed_call_is_a_failed_day_and_never_another_engine(model_home: ModelHome) -> None:
    days(model_home, 2)
    model_home.endpoint.faults.extend([Fault("status", status=401)] * 2)
    report = model_home.dream()
    assert [day.status for day in report.days] == ["failed"] * 2
    assert rows(model_home.store, "moments") == []
    offline = model_home.choosing(llm=None)
    assert [day.status for day in offline.dream().days] == ["spared"] * 2
    assert [day.status for day in model_home.dream().days] == ["dreamt"] * 2


def test_a_failed_attempt_to_make_a_whole_day_again_changes_nothing(model_home: ModelHome) -> None:
    days(model_home, 1).dream()
    before = contents(model_home.store)
    model_home.endpoint.faults.append(Fault("status", status=401))
    (day,) = model_home.dream(Asking(refresh=True), redo="all").failed
    assert "refuses the key" in str(day.error)
    assert contents(model_home.store) == before


def test_a_model_that_reads_half_of_a_day_without_a_word_is_asked_about_the_halves(
    model_home: ModelHome,
) -> None:
    talk = [message(n, MONDAY + timedelta(minutes=n), content=f"{LINES[n % 8]} " * 12) for n in range(40)]
    fill(model_home.home, model_home.store, talk)
    model_home.endpoint.faults.append(Fault("prompt_cut"))
    (day,) = model_home.dream().days
    assert day.status == "dreamt"
    assert model_home.calls >= 3  # the whole, and its halves
    (row,) = rows(model_home.store, "dreams")
    assert row["coverage"] == 1.0


# ---------------------------------------------------------------- whose days they are


def test_the_offline_engine_leaves_days_of_a_model_alone(model_home: ModelHome) -> None:
    days(model_home, 2).dream()
    late = message(999, MONDAY + timedelta(hours=1), content="One more thing about the loader.")
    fill(model_home.home, model_home.store, [late])
    offline = model_home.choosing(llm=None)
    before = derived(model_home)
    for redo in ("stale", "other_versions", "all"):
        offline.dream(redo=redo)
    assert derived(model_home) == before
    assert freshness(model_home) == ["spared", "current"]


def test_the_offline_engine_replaces_them_where_it_is_named(model_home: ModelHome) -> None:
    days(model_home, 2).dream()
    home = model_home.named_offline()
    dream(home, model_home.store, OfflineEngine(), DreamPlan(redo="other_versions", accept_losses=True))
    assert set(made_by(model_home).values()) == {"offline"}


def test_a_day_that_would_lose_many_claims_is_kept_until_that_is_accepted(model_home: ModelHome) -> None:
    days(model_home, 1).dream()
    before = derived(model_home)
    poor = ScriptedEngine(one_moment, version="2")
    (held,) = dream(model_home.home, model_home.store, poor, DreamPlan(redo="other_versions")).days
    assert held.status == "held"
    assert "claim instead of" in str(held.error)
    assert derived(model_home) == before
    (taken,) = dream(
        model_home.home, model_home.store, poor, DreamPlan(redo="other_versions", accept_losses=True)
    ).days
    assert taken.status == "dreamt"
    assert derived(model_home) != before


def test_a_day_that_changed_is_made_again_whatever_it_loses(model_home: ModelHome) -> None:
    days(model_home, 1).dream()
    fill(model_home.home, model_home.store, [message(999, MONDAY + timedelta(hours=1), content="One more.")])
    (day,) = dream(model_home.home, model_home.store, ScriptedEngine(one_moment), DreamPlan()).days
    assert day.status == "dreamt"


# ---------------------------------------------------------------- how they go back


@pytest.mark.runs
def test_an_earlier_recipe_s_day_comes_back_without_a_call(model_home: ModelHome) -> None:
    days(model_home, 2).dream()
    before, calls = derived(model_home), model_home.calls
    home = model_home.named_offline()
    dream(home, model_home.store, OfflineEngine(), DreamPlan(redo="all", accept_losses=True))
    assert derived(model_home) != before
    model_home.endpoint.models = ()  # nobody could answer now
    for state in find_days(model_home.store):
        day = (
            MONDAY.date()
            if state.partition_key == MONDAY.date().isoformat()
            else MONDAY.date() + timedelta(1)
        )
        restored = restore(model_home.choosing(llm=None).home, model_home.store, day, user_id="ines")
        assert restored.recipe.model == "fake-1"
        assert restored.result.calls == 1  # of the answers used, none of them paid for now
    assert derived(model_home) == before
    assert model_home.calls == calls


@pytest.mark.runs
def test_a_day_without_kept_answers_cannot_be_restored(model_home: ModelHome) -> None:
    days(model_home, 1).dream()
    fill(model_home.home, model_home.store, [message(999, MONDAY + timedelta(hours=1), content="One more.")])
    dream(model_home.named_offline(), model_home.store, OfflineEngine(), DreamPlan())
    before = contents(model_home.store)
    with pytest.raises(DreamError, match="cannot be restored"):
        restore(model_home.home, model_home.store, MONDAY.date(), user_id="ines")
    assert contents(model_home.store) == before


def test_what_is_remembered_of_a_recipe_has_nothing_of_anybody_s_day(model_home: ModelHome) -> None:
    days(model_home, 1).dream()
    (path,) = (model_home.home.path / "recipes").glob("*.json")
    text = path.read_text()
    assert json.loads(text)["model"] == "fake-1"
    assert not any(line in text for line in LINES)
    assert model_home.home.file.hmac_key not in text


# ---------------------------------------------------------------- which moments, which summary


def test_a_filter_keeps_some_moments_and_is_part_of_the_recipe(model_home: ModelHome) -> None:
    days(model_home, 2).dream()
    kinds = {row["moment_type"] for row in rows(model_home.store, "moments")}
    only = terms_of(model_home.home, only_types=[str(min(map(str, kinds)))], min_minutes=1)
    model_home.dream(terms=only, redo="other_versions", accept_losses=True)
    held = rows(model_home.store, "moments")
    assert {row["moment_type"] for row in held} <= {min(map(str, kinds))}
    assert all(row["end_time"] - row["start_time"] >= timedelta(minutes=1) for row in held)  # type: ignore[operator]  # times
    assert model_home.calls == 2
    engine = choose_engine(model_home.home)
    states = dream(model_home.home, model_home.store, engine, DreamPlan()).days
    assert {day.status for day in states} == {"unchanged"}  # another version is not out of date


def test_a_filter_names_a_type_of_the_home(model_home: ModelHome) -> None:
    with pytest.raises(InputError, match=r"'gossip' is no type of moment"):
        terms_of(model_home.home, only_types=["gossip"])


def test_summing_up_again_leaves_moments_edges_and_ledger(model_home: ModelHome) -> None:
    days(model_home, 2).dream()
    fill(model_home.home, model_home.store, chat_day(2))
    before = contents(model_home.store, without=("syncs", "summaries"))
    results = resummarize(model_home.home, model_home.store, choose_engine(model_home.home), DreamPlan())
    assert [day.status for day in results] == ["dreamt", "dreamt", "waiting"]
    assert "dream it first" in str(results[-1].error)
    after = contents(model_home.store, without=("syncs", "summaries"))
    assert {name: held for name, held in after.items() if name not in ("docs", "postings")} == {
        name: held for name, held in before.items() if name not in ("docs", "postings")
    }
    assert len(rows(model_home.store, "summaries")) == 2
    assert model_home.calls == 4
