"""How is a cost told before anything is spent, and what may be spent at most?"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError, RemError
from rem_dagster.interfaces.web.site import Site
from rem_dagster.recall.journal.words import counted, dollars

if TYPE_CHECKING:
    from rem_dagster.llm.interface import Forecast

SPARE = 1.5
"""How many times an estimate is offered as the most that may be spent: an answer may be asked for again."""


@dataclass(frozen=True)
class Cost:
    """What a dream would take, and what its form asks for."""

    words: str
    most: str = ""
    """What is offered as the most that it may cost, in USD; empty where there is nothing to limit."""
    is_price_unknown: bool = False


def cost_of_dream(site: Site, day: date) -> Cost | None:
    """What a dream of a day would take; None where it would not be made. No call is made."""
    try:
        forecast = site.memory.estimate_dream(day, user_id=site.user_id)
    except RemError:  # a model that cannot be asked is told of when it is
        return Cost("at a cost that cannot be told")
    if forecast is None:
        return None
    return Cost(
        cost_words(forecast), most_offered(forecast), bool(forecast.calls) and forecast.cost_usd is None
    )


def cost_words(forecast: "Forecast | None") -> str:
    """`3 calls, about $0.02`; what nobody knows is said to be unknown."""
    if forecast is None:
        return "at a cost that cannot be told"
    if not forecast.calls:
        return "free, as no model is asked"
    cost = "at an unknown price" if forecast.cost_usd is None else f"about {dollars(forecast.cost_usd)}"
    return f"{counted(forecast.calls, 'call')}, {cost}"


def most_offered(forecast: "Forecast | None") -> str:
    """What a form offers as the most that may be spent, in USD; empty where there is nothing to limit."""
    if forecast is None or not forecast.cost_usd:
        return ""
    return f"{max(math.ceil(forecast.cost_usd * SPARE * 100) / 100, 0.01):.2f}"


def most_from(form: Mapping[str, list[str]]) -> float | None:
    """The most that may be spent as it was entered in a form, in USD; None where nothing was.

    Raises:
        InputError: it is no amount.
    """
    text = next(iter(form.get("max_cost", ())), "").strip().lstrip("$")
    if not text:
        return None
    try:
        most = float(text)
    except ValueError:
        most = math.nan
    if not math.isfinite(most) or most < 0:
        raise InputError(f"{text[:40]!r} is no amount in dollars. Nothing was sent. Enter one like 0.05.")
    return most
