"""How are the pages of topics and people answered?"""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rem_dagster.errors import InputError
from rem_dagster.interfaces.web.charts import spark_of
from rem_dagster.interfaces.web.site import Page, Site, site_of
from rem_dagster.recall.journal.histogram import Bar, Histogram, named
from rem_dagster.recall.journal.topic import MOST_SHOWN, topic_view
from rem_dagster.recall.journal.topics import KINDS, PeopleView, TopicsView, people_view, topics_view
from rem_dagster.recall.journal.words import ago

KIND_WORDS = {
    "project": "Projects",
    "tool": "Tools",
    "topic": "Topics",
    "organization": "Organisations",
    "place": "Places",
    "thing": "Things",
}
LONGEST_NAME = 200
"""Characters of a name that is looked for."""


def topics(request: Request) -> Response:
    """What came up lately and over all time."""
    query, kind = _name(request), request.query_params.get("kind")
    if kind is not None and kind not in KINDS:
        raise InputError(f"There is no kind {kind!r} of topic. There are {', '.join(KINDS)}.")
    site = site_of(request)
    return HTMLResponse(topics_html(site, view_of_topics(site, query=query, kind=kind or None)))


def topic(request: Request) -> Response:
    """One topic or person."""
    is_long = bool(request.query_params.get("all"))
    return HTMLResponse(topic_html(site_of(request), request.path_params["entity"], is_long=is_long))


def people(request: Request) -> Response:
    """Everybody whom moments name."""
    site = site_of(request)
    return HTMLResponse(people_html(site, view_of_people(site, query=_name(request))))


def view_of_topics(site: Site, *, query: str = "", kind: str | None = None) -> TopicsView:
    """What the page of all topics shows."""
    return topics_view(site.store, user_id=site.user_id, calendar=site.calendar, query=query, kind=kind)


def view_of_people(site: Site, *, query: str = "") -> PeopleView:
    """What the page of all people shows."""
    return people_view(site.store, user_id=site.user_id, calendar=site.calendar, query=query)


def topics_html(site: Site, view: TopicsView) -> str:
    """The page of all topics."""
    page = Page(title="Topics", section="topics", anchor=view.until)
    return site.html("topics.html", page, view=view, kind_words=KIND_WORDS, **_pictures())


def people_html(site: Site, view: PeopleView) -> str:
    """The page of all people."""
    last = max((each.last for each in view.people), default=None)
    return site.html("people.html", Page("People", "people", anchor=last), view=view, **_pictures())


def topic_html(site: Site, entity_id: str, *, is_long: bool = False) -> str:
    """The page of one topic or person.

    Args:
        is_long: whether its earlier moments are shown, too.
    """
    view = topic_view(
        site.store,
        entity_id,
        user_id=site.user_id,
        calendar=site.calendar,
        limit=MOST_SHOWN if is_long else None,
    )
    is_person = view.kind == "person"
    page = Page(title=view.name, section="people" if is_person else "topics", is_own=True, anchor=view.last)
    shown: dict[str, Any] = {
        "bar_address": lambda bar: _period(site, view.histogram, bar),
        "is_long": is_long,
    }
    return site.html("topic.html", page, view=view, **shown, **_pictures())


def _name(request: Request) -> str:
    return " ".join(request.query_params.get("q", "")[:LONGEST_NAME].split())


def _pictures() -> dict[str, Any]:
    return {"month_named": named, "spark_of": spark_of, "ago": ago}


def _period(site: Site, drawn: Histogram, bar: Bar) -> str | None:
    """The page of the time that a bar stands for."""
    if drawn.width == "week":
        return site.links.week(bar.first_day)
    return site.links.month(bar.first_day) if drawn.width == "month" else site.links.year(bar.first_day.year)


routes = [
    Route("/topics", topics),
    Route("/topic/{entity}", topic),
    Route("/people", people),
]
