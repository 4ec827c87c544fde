"""How is the journal written to files that open without a server?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

from rem_dagster.errors import InputError
from rem_dagster.interfaces.bound import Bound
from rem_dagster.interfaces.web.links import FileLinks
from rem_dagster.interfaces.web.pages.day import around_days, day_html
from rem_dagster.interfaces.web.pages.periods import (
    month_html,
    view_of_month,
    view_of_week,
    view_of_year,
    week_html,
    year_html,
)
from rem_dagster.interfaces.web.pages.topics import (
    people_html,
    topic_html,
    topics_html,
    view_of_people,
    view_of_topics,
)
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.interfaces.web.site import STATIC, Page, Site
from rem_dagster.interfaces.web.veil import Veil
from rem_dagster.interfaces.web.written import Writing, manifest_of
from rem_dagster.memory import Memory
from rem_dagster.recall.journal.beside import Around
from rem_dagster.recall.journal.day import view_of_rows
from rem_dagster.recall.journal.held import Held, held_days
from rem_dagster.recall.journal.periods import next_month, week_name
from rem_dagster.recall.journal.rows import DayRows, rows_between
from rem_dagster.recall.journal.year import YearView

FILES = ("journal.css", "journal.js", "icon.svg")
"""What the pages load; htmx is not among them, as there is no server to ask."""


@dataclass(frozen=True)
class Built:
    """What became of a folder."""

    folder: Path
    days: int
    pages: int
    written: int
    """Files that are new or differ from what was there."""
    removed: int
    """Pages of days that are gone."""


@dataclass(frozen=True)
class Building:
    """Which days are written, and where to."""

    folder: Path
    first: date | None = None
    last: date | None = None
    """Included."""
    veil: Veil | None = None
    force: bool = False
    """Whether a folder that holds other things is written to; what is there of others stays."""
    on_day: Callable[[int, int], None] = lambda done, of: None
    """Told how many days of how many are written."""


def build(memory: Memory, how: Building) -> Built:
    """Write a page for each day, week, month and year that holds something.

    A file that would be the same is left alone, and pages that were written before and are not any more
    are removed.

    Raises:
        InputError: the folder holds something that is none of this or cannot be written, or there is no day
            to write.
    """
    before = manifest_of(how.folder, force=how.force)
    held = _within(held_days(memory.store, user_id=Bound(memory).user_id), how)
    if held.is_empty:
        raise InputError("There is no day to write: nothing is recorded in that time. Nothing was written.")
    source = _source(memory, held, how)
    writing = Writing(how.folder, before)
    with writing.noted():
        for address, html in source.pages():
            writing.write(address, html.encode())
        for name in FILES:
            writing.write(f"static/{name}", (STATIC / name).read_bytes())
        removed = writing.remove_gone()
    pages = sum(address.endswith(".html") for address in writing.made)
    return Built(how.folder, len(source.days), pages, writing.written, removed)


def _source(memory: Memory, held: Held, how: Building) -> "_Source":
    named = partial(week_name, calendar=memory.calendar)
    days = frozenset(day for day, on in held.days.items() if on.is_to_be_read)
    links = FileLinks(named, days, 1, frozenset(map(named, days)))
    site = Site(memory, links, Safety(is_readonly=True), how.veil, is_static=True)
    source = _Source(site, held, how)
    return replace(source, site=replace(site, links=replace(links, topic_ids=source.topic_ids())))


def _within(held: Held, how: Building) -> Held:
    return Held(
        {
            day: on
            for day, on in held.days.items()
            if (how.first is None or day >= how.first) and (how.last is None or day <= how.last)
        }
    )


@dataclass(frozen=True)
class _Source:
    """What the pages are made from."""

    site: Site
    held: Held
    how: Building

    @property
    def days(self) -> list[date]:
        """Those that have a page, in order."""
        return [day for day, on in self.held.days.items() if on.is_to_be_read]

    def pages(self) -> Iterator[tuple[str, str]]:
        """Each page's address within the folder, and its HTML."""
        yield from self._days_and_months()
        calendar = self.site.calendar
        for first in sorted({calendar.week_start(day) for day in self.days}):
            view = view_of_week(self.site, first, self.held)
            view = view if self._is_whole(first, view.last) else replace(view, lede=None)
            yield f"week/{view.name}.html", week_html(self.site, view)
        for year in sorted({day.year for day in self.days}):
            yield f"year/{year:04}.html", year_html(self.site, self._year(year))
        yield from self._topics()
        yield "index.html", self._index()

    def topic_ids(self) -> frozenset[str]:
        """The topics and people that have a page; none where days are left out, of which they would tell."""
        if self.how.first is not None or self.how.last is not None:
            return frozenset()
        topics = view_of_topics(self.site)
        people = (each.entity_id for each in view_of_people(self.site).people)
        return frozenset((*(each.id for each in (*topics.lately, *topics.over_time)), *filter(None, people)))

    def _topics(self) -> Iterator[tuple[str, str]]:
        links = self.site.links
        assert isinstance(links, FileLinks)
        if not links.topic_ids:
            return
        for entity_id in sorted(links.topic_ids):
            yield f"topic/{entity_id}.html", topic_html(self.site, entity_id)
        top = replace(self.site, links=replace(links, depth=0))
        yield "topics.html", topics_html(top, view_of_topics(top))
        yield "people.html", people_html(top, view_of_people(top))

    def _days_and_months(self) -> Iterator[tuple[str, str]]:
        days = self.days
        done = 0
        for first, of_month in groupby(days, key=lambda day: day.replace(day=1)):
            wanted = list(of_month)
            rows = rows_between(self.site.store, wanted[0], wanted[-1], user_id=self.site.user_id)
            around = around_days(self.site, wanted[0], wanted[-1], self.held)
            for day in wanted:
                yield from self._day(day, rows.get(day), around)
                done += 1
                self.how.on_day(done, len(days))
            view = view_of_month(self.site, first, self.held)
            view = view if self._is_whole(first, view.last) else replace(view, lede=None)
            yield f"month/{first:%Y-%m}.html", month_html(self.site, view)

    def _day(self, day: date, rows: DayRows | None, around: Around) -> Iterator[tuple[str, str]]:
        site, number, parts = self.site, 1, 1
        beside = around.beside(day)
        while number <= parts:
            view = view_of_rows(site.store, self.held, day, rows, part=number, **site.reader)
            parts = view.part.of
            more = f"-{number}" if number > 1 else ""
            yield f"day/{day.isoformat()}{more}.html", day_html(site, view, beside)
            number += 1

    def _year(self, year: int) -> YearView:
        view = view_of_year(self.site, year, self.held)
        months = (
            each
            if self._is_whole(each.first, next_month(each.first) - timedelta(days=1))
            else replace(each, lede=None)
            for each in view.months
        )
        return replace(view, months=tuple(months))

    def _index(self) -> str:
        days = self.days
        links = self.site.links
        assert isinstance(links, FileLinks)
        top = replace(self.site, links=replace(links, depth=0))
        years = [
            (year, [self.held.days[day] for day in of_year])
            for year, of_year in groupby(reversed(days), key=lambda day: day.year)
        ]
        return top.html("index.html", Page("Journal", anchor=days[-1]), years=years, latest=days[-1])

    def _is_whole(self, first: date, last: date) -> bool:
        """Whether none of some days is left out, so that what is written of them tells of no other."""
        how = self.how
        return (how.first is None or first >= how.first) and (how.last is None or last <= how.last)
