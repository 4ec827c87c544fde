"""What does a page need to be made, whether it is served or written to a file?"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from rem_dagster.errors import InputError
from rem_dagster.interfaces.bound import Bound
from rem_dagster.interfaces.web import charts, heat
from rem_dagster.interfaces.web.dreams import Dreams
from rem_dagster.interfaces.web.links import Links
from rem_dagster.interfaces.web.safety import POLICY, Safety
from rem_dagster.interfaces.web.veil import Veil
from rem_dagster.model.window import Calendar
from rem_dagster.recall.journal import words
from rem_dagster.recall.journal.periods import week_name
from rem_dagster.recall.journal.shown import cut
from rem_dagster.recall.kinds import word_of

if TYPE_CHECKING:
    pass

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"


class Reader(TypedDict):
    """Whose days are read, and when."""

    user_id: str
    calendar: Calendar
    today: date


@dataclass(frozen=True)
class Page:
    """What the frame around a page says and offers."""

    title: str
    section: str = ""
    """Which part of the navigation it belongs to: `day`, `week`, `topics` and so on."""
    previous: str | None = None
    """Addresses of the pages before and after it, for the keys ← and →."""
    following: str | None = None
    markdown: str | None = None
    """Where the same is as Markdown."""
    query: str = ""
    """What stands in the search field."""
    is_own: bool = False
    """Whether the title is somebody's own words."""
    anchor: date | None = None
    """The day to whose week, month and year the navigation leads; None is the latest one."""


@dataclass(frozen=True)
class Site(Bound):
    """One user's journal."""

    links: Links
    safety: Safety
    veil: Veil | None = None
    """Puts stand-ins in the place of names and words; None shows them as they are."""
    is_static: bool = False
    """Whether pages are files, so that there are neither forms nor a search."""
    dreams: Dreams = field(default_factory=Dreams)
    """What was begun to be dreamt by a page."""

    @property
    def reader(self) -> "Reader":
        """Whose days are read and when, for the functions that make views."""
        return {"user_id": self.user_id, "calendar": self.calendar, "today": self.today}

    @property
    def takes_forms(self) -> bool:
        """Whether a page may offer to change something."""
        return not (self.is_static or self.safety.is_readonly or self.veil is not None)

    def html(self, template: str, page: Page, **context: object) -> str:
        """A page as HTML."""
        own = {"site": self, "page": page, "links": self.links, **_spoken(self)}
        own["anchor"] = page.anchor or self.today
        return environment().get_template(template).render({**own, **context})

    def answer(self, template: str, page: Page, *, status: int = 200, **context: object) -> HTMLResponse:
        """A page as the answer to a request."""
        return HTMLResponse(self.html(template, page, **context), status)

    def shown(self, text: str) -> str | Markup:
        """Somebody's own words; veiled they are others of the same length, and blurred."""
        if self.veil is None:
            return text
        return Markup('<span class="veil">') + escape(self.veil.text(text)) + Markup("</span>")

    def said(self, text: str) -> str:
        """Somebody's own words where there is no room for an element: in a title or an attribute."""
        return text if self.veil is None else self.veil.text(text)

    def name(self, text: str) -> str:
        """The name of a person, place, project or topic."""
        return text if self.veil is None else self.veil.name(text)


def site_of(request: Request) -> Site:
    """The journal that a request asks."""
    site: Site = request.app.state.site
    return site


def site_to_change(request: Request) -> Site:
    """The journal that a form asks to change.

    Raises:
        InputError: it takes no forms, as it is veiled or to be read only.
    """
    site = site_of(request)
    if not site.takes_forms:
        raise InputError("This journal is served to be read only. Nothing was changed.")
    return site


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; every value is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(
        policy=POLICY,
        from_to=words.days_from_to,
        years_ago=words.years_ago,
        shape_of=charts.shape_of,
        kind_class=charts.kind_class,
        heat_cells=heat.heat_cells,
        cell_class=heat.cell_class,
        cell_words=heat.cell_words,
        radius_of=charts.radius_of,
        dot_of=charts.dot_of,
    )
    made.filters.update(
        counted=words.counted,
        truncate=cut,
        lasting=words.lasting,
        plain_day=words.plain_day,
        long_day=words.long_day,
        short_day=lambda day: " ".join(words.short_day(day).split()),
        dollars=words.dollars,
        word=word_of,
        iso=lambda moment: moment.isoformat(),
    )
    made.globals.update(day_of=date.fromisoformat, instant=datetime.fromisoformat)
    return made


def _spoken(site: Site) -> dict[str, object]:
    """What depends on whose journal it is, as functions of the templates."""
    zone = site.calendar.zone
    return {
        "now": site.now(),
        "week_number": lambda day: int(week_name(day, site.calendar)[-2:]),
        "own": site.shown,
        "own_text": site.said,
        "own_name": site.name,
        "clock": lambda instant: words.clock(instant, zone),
        "local": lambda instant: instant.astimezone(zone).isoformat(timespec="minutes"),
    }
