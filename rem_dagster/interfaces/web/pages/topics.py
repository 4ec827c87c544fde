"""How are the pages of topics and people answered?"""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rem_dagster.errors import InputError
from rem_dagster.interfaces.web.charts import spark_of
from rem_dagster.interfaces.web.site import Page, Site, site_of
from rem_dagster.recall.journal.histogram import Bar, Histogram, named
from rem_dagster.recall.journal.topic import MOST_SHOWN, topic_view
from rem_dagster.recall.journal.topics import KINDS, people_view, topics_view

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
    site, query, kind = site_of(request), _name(request), request.query_params.get("kind")
    if kind is not None and kind not in KINDS:
        raise InputError(f"There is no kind {kind!r} of topic. There are {', '.join(KINDS)}.")
    view = topics_view(
        site.store, user_id=site.user_id, calendar=site.calendar, query=query, kind=kind or None
    )
    page = Page(title="Topics", section="topics", anchor=view.until)
    return site.answer("topics.html", page, view=view, kind_words=KIND_WORDS, **_pictures())


def topic(request: Request) -> Response:
    """One topic or person."""
    site = site_of(request)
    is_long = bool(request.query_params.get("all"))
    view = topic_view(
        site.store,
        request.path_params["entity"],
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
    return site.answer("topic.html", page, view=view, **shown, **_pictures())


def people(request: Request) -> Response:
    """Everybody whom moments name."""
    site = site_of(request)
    view = people_view(site.store, user_id=site.user_id, calendar=site.calendar, query=_name(request))
    last = max((each.last for each in view.people), default=None)
    return site.answer("people.html", Page("People", "people", anchor=last), view=view, **_pictures())


def _name(request: Request) -> str:
    return " ".join(request.query_params.get("q", "")[:LONGEST_NAME].split())


def _pictures() -> dict[str, Any]:
    return {"month_named": named, "spark_of": spark_of, "ago": _ago}


def _ago(day: date, site: Site) -> str:
    days = (site.today - day).days
    if days < 2:
        return "today" if days <= 0 else "yesterday"
    if days < 60:
        return f"{days} days ago" if days < 14 else f"{days // 7} weeks ago"
    return f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"


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
