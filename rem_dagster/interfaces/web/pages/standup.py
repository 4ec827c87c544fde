"""How is the page of a morning answered?"""

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rem_dagster.interfaces.web.answers import markdown_answer
from rem_dagster.interfaces.web.site import Page, Site, site_of
from rem_dagster.recall.journal.periods import day_named
from rem_dagster.recall.journal.standup import Standup, standup, standup_markdown
from rem_dagster.recall.journal.words import plain_day

MOST_MOMENTS = 40
"""Of a day; the day's own page has all."""
FEW_THREADS, MOST_THREADS = 8, 100


def this_morning(request: Request) -> Response:
    """The morning of today."""
    site = site_of(request)
    return HTMLResponse(standup_html(site, _standup(site, site.today)))


def morning(request: Request) -> Response:
    """The morning of a day, as a page or as Markdown."""
    site, name = site_of(request), request.path_params["day"]
    found = _standup(site, day_named(name.removesuffix(".md")))
    if not name.endswith(".md"):
        return HTMLResponse(standup_html(site, found))
    return markdown_answer(site, standup_markdown(found))


def standup_html(site: Site, found: Standup) -> str:
    """The page of a morning."""
    links, day = site.links, found.day
    page = Page(
        title=f"The morning of {plain_day(day)}",
        section="standup",
        previous=links.standup(day - timedelta(days=1)) if day > date.min else None,
        following=links.standup(day + timedelta(days=1)) if day < site.today else None,
        markdown=links.markdown(links.standup(day)) if found.days else None,
        anchor=day,
    )
    return site.html(
        "standup.html",
        page,
        view=found,
        today=site.today,
        most_moments=MOST_MOMENTS,
        few=FEW_THREADS,
        most_threads=MOST_THREADS,
    )


def _standup(site: Site, day: date) -> Standup:
    return standup(site.store, day, user_id=site.user_id, calendar=site.calendar)


routes = [
    Route("/standup", this_morning),
    Route("/standup/{day}", morning),
]
