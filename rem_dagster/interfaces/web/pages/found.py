"""What of this machine could be brought in, as the first page of an empty journal tells it?"""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rem_dagster.interfaces.web.site import Page, site_of
from rem_dagster.recall.journal.held import held_days
from rem_dagster.settings import user_places

MOST = 8


def found(request: Request) -> Response:
    """The sources that lie in the usual places; nothing where the journal has days or is only to be read."""
    site = site_of(request)
    if not site.takes_forms or not held_days(site.store, user_id=site.user_id).is_empty:
        return HTMLResponse("")
    from rem_dagster.ingest.discovery.machine import look_around

    machine = look_around(user_places(), now=site.now())
    return site.answer("sources.html", Page("Found"), found=machine.sources[:MOST])


routes = [Route("/found", found)]
