"""How is the page of a day answered?"""

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rem_dagster.errors import InputError
from rem_dagster.interfaces.web.answers import markdown_answer
from rem_dagster.interfaces.web.costs import cost_of_dream
from rem_dagster.interfaces.web.site import Page, Site, site_of
from rem_dagster.model.words import PREDICTION
from rem_dagster.recall.journal.beside import Around, Beside
from rem_dagster.recall.journal.day import PART, DayView, day_view, whole_day
from rem_dagster.recall.journal.held import TO_DREAM, Held, held_days
from rem_dagster.recall.journal.markdown import day_markdown
from rem_dagster.recall.journal.periods import day_named
from rem_dagster.recall.journal.words import clock, long_day, plain_day
from rem_dagster.store.filters import all_of, equals


def today(request: Request) -> Response:
    """Today, or the latest day that holds something."""
    site = site_of(request)
    latest = held_days(site.store, user_id=site.user_id).latest(site.today)
    return _answer(site, latest or site.today)


def day(request: Request) -> Response:
    """One day."""
    part = request.query_params.get("part", "1")
    number = int(part) if part.isascii() and part.isdigit() and len(part) < 6 else 1
    return _answer(site_of(request), day_named(request.path_params["day"]), number)


def day_as_markdown(request: Request) -> Response:
    """One day as Markdown."""
    site, on = site_of(request), day_named(request.path_params["day"])
    view = whole_day(site.store, on, **site.reader)
    return markdown_answer(site, day_markdown(view))


def moment(request: Request) -> Response:
    """The place of a moment on its day's page."""
    site, wanted = site_of(request), request.path_params["moment"]
    where = all_of(equals("user_id", site.user_id), equals("id", wanted))
    days = site.store.read("moments", ["partition_key"], where)["partition_key"].to_pylist()
    if not days:
        raise InputError(f"There is no moment {wanted!r}. It may be of a dream that was made again since.")
    on = date.fromisoformat(days[0])
    moments = held_days(site.store, user_id=site.user_id).on(on).moments
    place = next((place for place, each in enumerate(moments) if each.id == wanted), 0)  # or a prediction
    return RedirectResponse(site.links.day(on, place // PART + 1, wanted) or "/", 302)


def day_html(site: Site, view: DayView, beside: Beside) -> str:
    """The page of a day."""
    links = site.links
    address = links.day(view.day)
    page = Page(
        title=long_day(view.day),
        section="day",
        previous=links.day(view.before) if view.before else None,
        following=links.day(view.after) if view.after else None,
        markdown=links.markdown(address) if view.moments else None,
        anchor=view.day,
    )
    is_to_dream = site.takes_forms and view.state in TO_DREAM
    cost = cost_of_dream(site, view.day) if is_to_dream else None
    shown = {"view": view, "beside": beside, "cost": cost, "made_at": _made_at, **_correcting(site, view)}
    return site.html("day.html", page, **shown)


def corrected_html(site: Site, on: date, moment_id: str | None = None) -> str:
    """What a correction changes of a day's page: the moments of the part that holds it, and what is told
    of all of them above and beside."""
    view = day_view(site.store, on, **site.reader)
    if (part := view.parts_of.get(moment_id or "", 1)) > 1:
        view = day_view(site.store, on, part=part, **site.reader)
    shown = {"view": view, "made_at": _made_at, **_correcting(site, view)}
    return site.html("corrected.html", Page(long_day(on)), **shown)


def _correcting(site: Site, view: DayView) -> dict[str, Any]:
    """What the forms of a day show; nothing where it takes none."""
    if not site.takes_forms:
        return {}
    from rem_dagster.dreaming.terms import moment_types_of

    return {
        "corrected_here": site.memory.corrections(day=view.day, user_id=site.user_id),
        "day": view.day,
        "types": [each for each in moment_types_of(site.memory.home) if each != PREDICTION],
        "typed": {},
        "wrong": "",
    }


def around_days(site: Site, first: date, last: date, held: Held) -> Around:
    """What is around the days from first to last, both included."""
    return Around.days(site.store, first, last, user_id=site.user_id, calendar=site.calendar, held=held)


def _made_at(view: DayView) -> str:
    """When the page was made; its date too unless that is the day itself or the morning after."""
    at = view.dream.dreamt_at if view.dream else None
    if at is None:
        return "at an unknown time"
    made = at.astimezone(view.zone).date()
    is_near = made in (view.day, view.day + timedelta(days=1))
    return f"at {clock(at, view.zone)}" if is_near else f"on {plain_day(made)}"


def _answer(site: Site, on: date, part: int = 1) -> Response:
    view = day_view(site.store, on, part=part, **site.reader)
    beside = Beside()
    if view.moments:
        held = held_days(site.store, user_id=site.user_id)
        beside = around_days(site, on, on, held).beside(on)
    return HTMLResponse(day_html(site, view, beside))


routes = [
    Route("/", today),
    Route("/day/{day}.md", day_as_markdown),
    Route("/day/{day}", day),
    Route("/moment/{moment}", moment),
]
