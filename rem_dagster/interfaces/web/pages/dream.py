"""How is a day dreamt from its page, and how is told how far it is?"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rem_dagster.interfaces.web.costs import most_from
from rem_dagster.interfaces.web.safety import form_of
from rem_dagster.interfaces.web.site import Page, site_of, site_to_change
from rem_dagster.recall.journal.periods import day_named
from rem_dagster.recall.journal.words import long_day

if TYPE_CHECKING:
    from rem_dagster.dreaming.dream import DreamReport
    from rem_dagster.dreaming.watched import Progress

FIELDS = ("max_cost", "unknown_price")
"""What a form may say of a dream."""


def begin(request: Request) -> Response:
    """Begin the dream of a day; one that is being dreamt goes on."""
    site, day, form = site_to_change(request), day_named(request.path_params["day"]), form_of(request)
    most, may_be_unknown = most_from(form), "unknown_price" in form

    def dream(tell: "Callable[[Progress], None]") -> "DreamReport":
        return site.memory.dream_day(
            day,
            user_id=site.user_id,
            max_cost_usd=most,
            accept_unknown_price=may_be_unknown,
            on_progress=tell,
        )

    said = tuple((name, form[name][0]) for name in FIELDS if form.get(name))
    running = site.dreams.begin(day, dream, asked=said)
    return RedirectResponse(
        f"/dream/{running.day.isoformat()}" + ("?asked=1" if running.day != day else ""), 303
    )


def progress(request: Request) -> Response:
    """How far the dream of a day is; where it is done, the day."""
    site, day = site_of(request), day_named(request.path_params["day"])
    last = site.dreams.last
    if last is None or last.day != day:
        return RedirectResponse(site.links.day(day) or "/", 303)
    is_polling = "hx-request" in request.headers
    if last.state == "done":
        there = site.links.day(day) or "/"
        return Response(headers={"HX-Redirect": there}) if is_polling else RedirectResponse(there, 303)
    page = Page(title=long_day(day), section="day", anchor=day)
    template = "dreaming.html" if is_polling else "dream.html"
    return site.answer(template, page, dreaming=last, is_another=bool(request.query_params.get("asked")))


routes = [
    Route("/dream/{day}", progress),
    Route("/dream/{day}", begin, methods=["POST"]),
]
