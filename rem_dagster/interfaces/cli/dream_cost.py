"""What is said of a dream's cost before anything is spent?"""

from collections.abc import Iterator, Sequence
from datetime import date

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.estimate import DayEstimate
from rem_dagster.interfaces.cli.words import clean, counted, dollars, short_day
from rem_dagster.llm.interface import Forecast

LINES_SHOWN = 31


def total_of(estimates: Sequence[DayEstimate]) -> Forecast:
    """All days together; the cost is None as soon as one is."""
    return sum((each.forecast for each in estimates), Forecast())


def estimate_lines(estimates: Sequence[DayEstimate], *, engine: Engine, with_user: bool) -> Iterator[str]:
    """A line for each day and one for all."""
    if engine.recipe.model is None:
        yield total_line(estimates, engine=engine)
        return
    for each in estimates[:LINES_SHOWN]:
        whose = f"  {clean(each.user_id)}" if with_user else ""
        yield f"  {_day(each)}{whose}  {forecast_words(each.forecast)}"
    if len(estimates) > LINES_SHOWN:
        yield f"  and {counted(len(estimates) - LINES_SHOWN, 'more day')}; --json has all"
    yield total_line(estimates, engine=engine)


def total_line(estimates: Sequence[DayEstimate], *, engine: Engine) -> str:
    """All days in a sentence."""
    days = counted(len({each.partition_key for each in estimates}), "day")
    total = total_of(estimates)
    if engine.recipe.model is None:
        return f"{days} to dream: 0 calls, $0.00. The {engine.recipe.engine} engine asks no model."
    kept = "" if total.calls else " Every answer is kept from before."
    return f"{days} to dream with {engine.recipe.model}: {forecast_words(total)}.{kept}"


def forecast_words(forecast: Forecast) -> str:
    """Calls, tokens and cost; what nobody knows is said to be unknown, never 0."""
    if not forecast.calls:
        return "0 calls, $0.00"
    cost = "price unknown" if forecast.cost_usd is None else f"about {dollars(forecast.cost_usd)}"
    return (
        f"{counted(forecast.calls, 'call')}, about {forecast.prompt_tokens:,} tokens in and "
        f"{forecast.completion_tokens:,} out, {cost}"
    )


def _day(each: DayEstimate) -> str:
    day = date.fromisoformat(each.partition_key)
    return f"{short_day(day)} {day.year}"


def estimate_as_json(estimates: Sequence[DayEstimate]) -> dict[str, object]:
    """Days and totals for programs; a cost is null where a price is unknown."""
    return {
        "days": [
            {"user_id": each.user_id, "day": each.partition_key, **vars(each.forecast)} for each in estimates
        ],
        "totals": vars(total_of(estimates)),
    }
