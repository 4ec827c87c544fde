"""Which pages does the web journal have, and what answers a request that goes wrong?"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from rem_dagster.errors import InputError, RemError
from rem_dagster.interfaces.bound import utc_now
from rem_dagster.interfaces.web.links import WebLinks
from rem_dagster.interfaces.web.pages import PAGES
from rem_dagster.interfaces.web.safety import Guard, Safety, add_headers
from rem_dagster.interfaces.web.site import STATIC, Page, Site, site_of
from rem_dagster.interfaces.web.veil import Veil
from rem_dagster.memory import Memory
from rem_dagster.recall.journal.periods import week_name


def make_app(
    memory: Memory,
    safety: Safety,
    *,
    veil: Veil | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Starlette:
    """The journal of the user to whom a memory is bound.

    Args:
        veil: shows stand-ins in place of names and words, and takes no forms.
        clock: tells what time it is.

    Raises:
        InputError: the memory is bound to nobody.
    """
    links = WebLinks(partial(week_name, calendar=memory.calendar))
    site = Site(memory, links, safety, veil, now=clock)
    _ = site.user_id  # there must be one
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guard, safety=safety)],
        exception_handlers={
            HTTPException: _missing,
            InputError: _asked_wrongly,
            RemError: _failed,
            Exception: _broken,
        },
    )
    app.state.site = site
    return app


def _routes() -> list[BaseRoute]:
    """Those of every module of pages, then the files that pages load."""
    found: list[BaseRoute] = []
    for name in PAGES:
        found += import_module(f"rem_dagster.interfaces.web.pages.{name}").routes
    return [*found, Mount("/static", StaticFiles(directory=STATIC), name="static")]


def _missing(request: Request, error: Exception) -> Response:
    """A page that is not there, in the words of a journal."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 404:
        title, said = "There is no such page", "Nothing in this journal has that address."
    else:
        title, said = "That cannot be done here", str(getattr(error, "detail", error))
    return _told(request, status, title, said)


def _asked_wrongly(request: Request, error: Exception) -> Response:
    return _told(request, 400 if request.method == "POST" else 404, "That cannot be shown", str(error))


def _failed(request: Request, error: Exception) -> Response:
    return _told(request, 500, "The journal could not be read", str(error))


def _broken(request: Request, error: Exception) -> Response:
    """Something inside: the terminal has the traceback, the page has no word of it."""
    said = (
        "Something went wrong inside rem. Nothing was changed. The terminal that serves this page says what."
    )
    answer = _told(request, 500, "This page could not be made", said)
    add_headers(answer.headers)  # it is sent around the guard
    return answer


def _told(request: Request, status: int, title: str, said: str) -> Response:
    return site_of(request).answer("error.html", Page(title), status=status, said=said)
