"""How is the page of a stored message, document or conversation answered?"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rem_dagster.interfaces.web.site import Page, site_of
from rem_dagster.recall.journal.item import item_view

_MOST_DIGITS = 9


def item(request: Request) -> Response:
    """One item in what was said or written around it."""
    site, start = site_of(request), request.query_params.get("from", "")
    is_number = start.isascii() and start.isdigit() and len(start) <= _MOST_DIGITS
    view = item_view(
        site.store,
        request.path_params["table"],
        request.path_params["id"],
        user_id=site.user_id,
        start=int(start) if is_number else None,
        moment_id=request.query_params.get("moment"),
    )
    page = Page(title=view.title, is_own=True, anchor=view.day)
    return site.answer("item.html", page, view=view)


routes = [Route("/item/{table}/{id}", item)]
