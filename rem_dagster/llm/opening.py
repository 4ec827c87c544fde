"""Whom does a home ask, behind which memory and which limits?

cache ── nothing kept ──> budget ── within the limits ──> client ──> endpoint
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING

from rem_dagster.settings import Home

if TYPE_CHECKING:
    from rem_dagster.llm.cache import CachedModel
    from rem_dagster.llm.client import OpenAIChatModel
    from rem_dagster.llm.interface import Request

RESERVE = 1.3
"""How much more than estimated a prompt may take when a limit is held against it: scripts vary."""
MOST_ANSWERED = 4096
"""Tokens that an answer may take where a request does not limit it."""
RUNGS = "rungs.json"


@dataclass(frozen=True)
class Asking:
    """On what terms a model is asked."""

    max_cost_usd: float | None = None
    """What this piece of work may cost; None is no limit of its own."""
    accept_unknown_price: bool = False
    refresh: bool = False
    """Whether each request is asked once anew, whatever is kept."""
    needs_key: bool = True
    """False where nothing is going to be asked: to plan, to estimate, to show."""


def open_model(home: Home, asking: Asking | None = None) -> "CachedModel":
    """The model that the home's settings choose.

    Raises:
        SettingsError: none is chosen, its address is none, or its key is not in the environment.
    """
    terms = asking or Asking()
    from rem_dagster.llm.client import open_chat_model

    client = open_chat_model(home.settings, rungs_path=home.path / RUNGS, needs_key=terms.needs_key)
    return behind_limits(home, client, terms)


def behind_limits(home: Home, client: "OpenAIChatModel", terms: Asking) -> "CachedModel":
    """A client behind the home's memory and limits: all that is sent is kept, counted and audited."""
    from rem_dagster.llm.answers import answers_of
    from rem_dagster.llm.audit import MonthSpend
    from rem_dagster.llm.budget import BudgetedModel
    from rem_dagster.llm.cache import CachedModel
    from rem_dagster.llm.endpoints import is_local

    place = answers_of(home)
    today = datetime.now(UTC).astimezone(home.zone).date()
    budgeted = BudgetedModel(
        client,
        price=client.price.cost if client.price else None,
        max_cost_usd=terms.max_cost_usd,
        month_cap_usd=home.settings.monthly_cap_usd,
        spent_this_month=MonthSpend(place, today, home.zone).usd,
        is_local=is_local(client.endpoint),
        accept_unknown_price=terms.accept_unknown_price,
        estimate=most_tokens,
    )
    return CachedModel(budgeted, place, refresh=terms.refresh, clock=lambda: datetime.now(UTC))


def most_tokens(request: "Request") -> tuple[int, int]:
    """The most prompt and completion tokens that a request is taken to need."""
    limit = request.parameters.get("max_tokens")
    from rem_dagster.llm.tokens import request_tokens

    return ceil(request_tokens(request) * RESERVE), limit if isinstance(limit, int) else MOST_ANSWERED
