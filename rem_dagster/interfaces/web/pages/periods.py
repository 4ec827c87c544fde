"""How are the pages of a week, a month and a year answered?"""

from collections.abc import Sequence
from datetime import date

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rem_dagster.interfaces.web.answers import markdown_answer
from rem_dagster.interfaces.web.site import Page, Site, site_of
from rem_dagster.recall.journal.held import Held, HeldDay
from rem_dagster.recall.journal.markdown import week_markdown
from rem_dagster.recall.journal.month import MonthView, month_view
from rem_dagster.recall.journal.periods import month_named, week_named, year_named
from rem_dagster.recall.journal.week import WeekView, week_view
from rem_dagster.recall.journal.words import MONTHS
from rem_dagster.recall.journal.year import YearView, year_view


def week(request: Request) -> Response:
    """One week."""
    site = site_of(request)
    return HTMLResponse(
        week_html(site, view_of_week(site, week_named(request.path_params["week"], site.calendar)))
    )


def week_as_markdown(request: Request) -> Response:
    """One week as Markdown."""
    site = site_of(request)
    view = view_of_week(site, week_named(request.path_params["week"], site.calendar))
    return markdown_answer(site, week_markdown(view))


def month(request: Request) -> Response:
    """One month."""
    site = site_of(request)
    return HTMLResponse(month_html(site, view_of_month(site, month_named(request.path_params["month"]))))


def year(request: Request) -> Response:
    """One year."""
    site = site_of(request)
    return HTMLResponse(year_html(site, view_of_year(site, year_named(request.path_params["year"]))))


def view_of_week(site: Site, day: date, held: Held | None = None) -> WeekView:
    """What a week's page shows."""
    return week_view(site.store, day, held=held, **site.reader)


def view_of_month(site: Site, first: date, held: Held | None = None) -> MonthView:
    """What a month's page shows."""
    return month_view(site.store, first, held=held, **site.reader)


def view_of_year(site: Site, number: int, held: Held | None = None) -> YearView:
    """What a year's page shows."""
    return year_view(site.store, number, held=held, **site.reader)


def week_html(site: Site, view: WeekView) -> str:
    """The page of a week."""
    links = site.links
    page = Page(
        title=f"Week {view.number}, {view.first.year}",
        section="week",
        previous=links.week(view.before) if view.before else None,
        following=links.week(view.after) if view.after else None,
        markdown=links.markdown(links.week(view.first)) if view.moments else None,
        anchor=_anchor([row.held for row in view.days], view.last),
    )
    return site.html("week.html", page, view=view)


def month_html(site: Site, view: MonthView) -> str:
    """The page of a month."""
    links = site.links
    page = Page(
        title=f"{MONTHS[view.first.month - 1]} {view.first.year}",
        section="month",
        previous=links.month(view.before) if view.before else None,
        following=links.month(view.after) if view.after else None,
        anchor=_anchor(view.days, view.last),
    )
    return site.html("month.html", page, view=view)


def year_html(site: Site, view: YearView) -> str:
    """The page of a year."""
    links = site.links
    days = [day for line in view.months for day in line.days]
    page = Page(
        title=str(view.year),
        section="year",
        previous=links.year(view.before) if view.before else None,
        following=links.year(view.after) if view.after else None,
        anchor=_anchor(days, date(view.year, 12, 31)),
    )
    return site.html("year.html", page, view=view, month_names=MONTHS)


def _anchor(days: Sequence[HeldDay], last: date) -> date:
    """The latest of some days that holds something, so that the navigation leads to a full page."""
    return max((each.day for each in days if each.is_to_be_read), default=last)


routes = [
    Route("/week/{week}.md", week_as_markdown),
    Route("/week/{week}", week),
    Route("/month/{month}", month),
    Route("/year/{year}", year),
]
