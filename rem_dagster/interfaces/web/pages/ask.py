"""How is a question answered on a page?

GET   composed from what is there: nothing is dreamt, nothing is sent
POST  the days of the question dreamt first, or the answer written by the model that was chosen
"""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rem_dagster.errors import RemError
from rem_dagster.interfaces.web.costs import cost_words, most_from, most_offered
from rem_dagster.interfaces.web.safety import form_of
from rem_dagster.interfaces.web.site import Page, Site, site_of, site_to_change

if TYPE_CHECKING:
    from rem_dagster.llm.interface import Forecast
    from rem_dagster.recall.ask.answer import Answer

LONGEST_QUESTION = 500
"""Characters that a question has on a page."""


@dataclass(frozen=True)
class Offer:
    """What may be done about an answer, by a button."""

    model: str | None = None
    """Who could write it."""
    cost: str = ""
    most: str = ""
    """What is offered as the most that it may cost, in USD."""
    is_price_unknown: bool = False
    stale_days: int = 0
    """Days of the question that are out of date."""


def ask(request: Request) -> Response:
    """The answer as it can be put together from what was dreamt."""
    site, question = site_of(request), _question(request.query_params.get("q", ""))
    if not question:
        return _page(site, "")
    try:
        answer = site.memory.ask(question, user_id=site.user_id, dream=False, write=False)
    except RemError as error:
        return _page(site, question, wrong=str(error))
    return _page(site, question, answer=answer, offer=_offer(site, question, answer))


def ask_again(request: Request) -> Response:
    """The answer after a dream of its days, or in a model's words."""
    site, form = site_to_change(request), form_of(request)
    question = _question(next(iter(form.get("q", ())), ""))
    if not question:
        return _page(site, "")
    try:
        answer = site.memory.ask(
            question,
            user_id=site.user_id,
            dream="dream" in form,
            write="write" in form,
            max_cost_usd=most_from(form),
            accept_unknown_price="unknown_price" in form,
        )
    except RemError as error:
        return _page(site, question, wrong=str(error), status=400)
    return _page(
        site, question, answer=answer, offer=Offer() if answer.model else _offer(site, question, answer)
    )


def _page(
    site: Site,
    question: str,
    *,
    answer: "Answer | None" = None,
    offer: Offer | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    page = Page(title=question or "Ask", section="ask", is_own=bool(question))
    sentences = answer.sentences if answer else ()
    days = groupby((each for each in sentences if each.day is not None), key=lambda each: each.day)
    return site.answer(
        "ask.html",
        page,
        status=status,
        question=question,
        answer=answer,
        lead=[each for each in sentences if each.day is None],
        days=[(day, list(held)) for day, held in days],
        offer=offer or Offer(),
        wrong=wrong,
    )


def _offer(site: Site, question: str, answer: "Answer") -> Offer:
    """What could be done; told without a call."""
    if not site.takes_forms:
        return Offer()
    from rem_dagster.dreaming.draft.choice import is_offline

    stale = _stale_days(site, answer)
    if is_offline(site.memory.home):
        return Offer(stale_days=stale)
    forecast: Forecast | None
    try:
        forecast = site.memory.estimate_ask(question, user_id=site.user_id)
    except RemError:  # a model that cannot be asked is told of when it is
        forecast = None
    return Offer(
        model=site.memory.home.settings.llm,
        cost=cost_words(forecast),
        most=most_offered(forecast),
        is_price_unknown=forecast is not None and forecast.cost_usd is None,
        stale_days=stale,
    )


def _stale_days(site: Site, answer: "Answer") -> int:
    """How many days of the question's time a dream would make."""
    if answer.plan.when is None:
        return 0
    from rem_dagster.dreaming.on_demand import MOST_DAYS, days_out_of_date

    first, last = site.calendar.span_of(answer.plan.when.window)
    last = min(last, site.today)
    if first > last:
        return 0
    memory = site.memory
    found = days_out_of_date(memory.home, memory.store, user_id=site.user_id, first=first, last=last)
    return len(found) if len(found) <= MOST_DAYS else 0


def _question(text: str) -> str:
    return " ".join(text.split())[:LONGEST_QUESTION]


routes = [Route("/ask", ask), Route("/ask", ask_again, methods=["POST"])]
