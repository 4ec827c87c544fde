"""How is a search answered, as a page, as what changes of it while one types, or by going to a time?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rem_dagster.errors import InputError, QueryError
from rem_dagster.interfaces.web.site import Page, Site, site_of
from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.journal.finding import MOST_SHOWN
from rem_dagster.recall.journal.found import Narrowed, SearchView
from rem_dagster.recall.journal.histogram import Bar, named
from rem_dagster.recall.journal.periods import day_named
from rem_dagster.recall.journal.words import days_from_to
from rem_dagster.recall.kinds import WORDS, in_order

LONGEST_QUERY = 500
"""Characters of a query that are read."""
TABLES = {"moments": "Moments", "messages": "Messages", "resources": "Documents"}
_NARROWING = ("table", "type", "person", "from", "to", "words")


@dataclass(frozen=True)
class Choice:
    """A link that narrows a search or widens it again."""

    label: str
    address: str
    is_on: bool = False
    count: int | None = None
    moment_type: str | None = None
    is_own: bool = False
    """Whether the label is a name of the user's."""


def search(request: Request) -> Response:
    """The page of a search, or the part of it that changes while one types."""
    site, asked = site_of(request), _asked(request.query_params)
    is_typing = "hx-request" in request.headers and "hx-history-restore-request" not in request.headers
    try:
        view = _looked_up(site, asked, by_meaning=not is_typing)
    except QueryError as error:
        view, asked = SearchView(asked.get("q", "")), {**asked, "wrong": str(error)}
    if not is_typing and (elsewhere := _place_of_time(site, view, asked)):
        return RedirectResponse(elsewhere, 303)
    page = Page(title=view.query or "Search", section="search", query=view.query, is_own=bool(view.query))
    shown: dict[str, Any] = {
        "view": view,
        "choices": _choices(site, view, asked),
        "bar_address": lambda bar: _with(asked, **_of_bar(bar)),
        "bar_is_on": lambda bar: (asked.get("from"), asked.get("to")) == tuple(_of_bar(bar).values()),
        "more": _with(asked, limit=str(MOST_SHOWN)),
        "plain": _with(asked, words="1") if view.when else None,
        "wider": _with({"q": view.query}),
        "wrong": asked.get("wrong"),
        "is_typing": is_typing,
        "month_named": named,
        "of_table": lambda table: _with(asked, table=table),
    }
    answer = site.answer("found.html" if is_typing else "search.html", page, **shown)
    answer.headers["vary"] = "HX-Request, HX-History-Restore-Request"
    if is_typing:
        was = urlsplit(request.headers.get("hx-current-url", "")).path
        answer.headers["HX-Replace-Url" if was == "/search" else "HX-Push-Url"] = _with(asked)
    return answer


def _asked(given: Mapping[str, str]) -> dict[str, str]:
    """The parameters that are known, cut to what can be meant."""
    known = {name: given[name][:LONGEST_QUERY] for name in ("q", *_NARROWING, "limit") if given.get(name)}
    return {**known, "q": " ".join(known.get("q", "").split())}


def _looked_up(site: Site, asked: Mapping[str, str], *, by_meaning: bool) -> SearchView:
    table = asked.get("table", "all")
    if table not in ("all", *TABLES):
        raise InputError(f"There is no {table!r} to search. There are {', '.join(TABLES)}.")
    limit = asked.get("limit", "")
    narrowed = Narrowed(
        table=table,  # type: ignore[arg-type]  # one of those, as was just looked at
        moment_type=asked.get("type"),
        person=asked.get("person"),
        window=_window(asked, site.calendar),
        as_words=bool(asked.get("words")),
        limit=int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 4 else None,
    )
    return site.memory.look_up(
        asked["q"], narrowed, user_id=site.user_id, now=site.now(), by_meaning=by_meaning
    )


def _window(asked: Mapping[str, str], calendar: Calendar) -> Window | None:
    """From a first to a last local day, both included; either may be open."""
    if not asked.get("from") and not asked.get("to"):
        return None
    first = day_named(asked["from"]) if asked.get("from") else date(2, 1, 1)
    last = day_named(asked["to"]) if asked.get("to") else date(9998, 12, 30)
    if last < first:
        raise InputError(f"{first} comes after {last}, so that no day lies between them.")
    return Window(calendar.start_of(first), calendar.start_of(last + timedelta(days=1)))


def _place_of_time(site: Site, view: SearchView, asked: Mapping[str, str]) -> str | None:
    """Where a query leads that names a time and nothing else."""
    if view.when is None or view.words or any(asked.get(name) for name in _NARROWING):
        return None
    calendar, window = site.calendar, view.when.window
    first, last = calendar.span_of(window)
    if first == last:
        moment = view.moments[0].id if view.moments else None
        is_whole = window == calendar.window_of(first)
        return site.links.day(first, moment=None if is_whole else moment)
    if first == calendar.week_start(first) and (last - first).days == 6:
        return site.links.week(first)
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        months = (last.year - first.year) * 12 + last.month - first.month
        return {0: site.links.month(first), 11: site.links.year(first.year)}.get(months)
    return None


def _with(asked: Mapping[str, str], **changed: str | None) -> str:
    """The address of the same search with some of it changed; None takes a parameter away."""
    kept = {name: value for name, value in asked.items() if name not in ("limit", "wrong")}
    chosen = {name: value for name, value in {**kept, **changed}.items() if value}
    return f"/search?{urlencode(chosen)}" if chosen else "/search"


def _of_bar(bar: Bar) -> dict[str, str]:
    return {"from": bar.first_day.isoformat(), "to": bar.last_day.isoformat()}


def _choices(site: Site, view: SearchView, asked: Mapping[str, str]) -> dict[str, list[Choice]]:
    return {
        "times": _times(site, view, asked),
        "types": _types(view, asked, only=None if site.veil is None else WORDS),
        "people": _people(view, asked) if site.veil is None else [],
        "tables": _tables(view, asked),
    }


def _types(view: SearchView, asked: Mapping[str, str], *, only: Collection[str] | None) -> list[Choice]:
    """Types as links; their addresses name them, so that a veiled page has those that everybody has."""
    chosen = asked.get("type")
    counts = {each.value: each.count for each in view.types if only is None or each.value in only}
    if chosen:
        counts.setdefault(chosen, 0)
    found = [Choice("All types", _with(asked, type=None), is_on=not chosen)]
    for name in in_order(set(counts)):
        is_on = name == chosen
        found.append(Choice(name, _with(asked, type=None if is_on else name), is_on, counts[name], name))
    return found


def _people(view: SearchView, asked: Mapping[str, str]) -> list[Choice]:
    chosen, counts = asked.get("person"), {each.value: each.count for each in view.people}
    if chosen:
        counts.setdefault(chosen, 0)
    return [
        Choice(
            name,
            _with(asked, person=None if name == chosen else name),
            is_on=name == chosen,
            count=count,
            is_own=True,
        )
        for name, count in counts.items()
    ]


def _tables(view: SearchView, asked: Mapping[str, str]) -> list[Choice]:
    chosen = asked.get("table")
    return [
        Choice("Everything", _with(asked, table=None), is_on=chosen is None),
        *(
            Choice(label, _with(asked, table=name), name == chosen, view.count[name])
            for name, label in TABLES.items()
            if name in view.count
        ),
    ]


def _times(site: Site, view: SearchView, asked: Mapping[str, str]) -> list[Choice]:
    """Any time, what was chosen, and a few times that are often meant."""
    today, calendar = site.today, site.calendar
    first = calendar.week_start(today)
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    latest = view.histogram.bars[-1].last_day.year if view.histogram.bars else today.year
    year = min(latest, today.year)
    spans = {
        "This week": (first, first + timedelta(days=6)),
        "Last month": (month, today.replace(day=1) - timedelta(days=1)),
        str(year): (date(year, 1, 1), date(year, 12, 31)),
    }
    named_by = {label: tuple(day.isoformat() for day in span) for label, span in spans.items()}
    own = (asked.get("from"), asked.get("to"))
    is_any = own == (None, None) and view.when is None
    found = [Choice("Any time", _any_time(view, asked), is_on=is_any)]
    if own != (None, None) and own not in named_by.values():
        found.append(Choice(_said(own), _with(asked, **{"from": None, "to": None}), is_on=True))
    elif own == (None, None) and view.when is not None:
        found.append(Choice(view.when.label, _any_time(view, asked), is_on=True))
    return found + [
        Choice(label, _with(asked, **{"from": span[0], "to": span[1]}), own == span)
        for label, span in named_by.items()
    ]


def _any_time(view: SearchView, asked: Mapping[str, str]) -> str:
    """The same search of all times: a time in the words is taken out of them."""
    words = view.words if view.when is not None else view.query
    return _with(asked, **{"q": words, "from": None, "to": None})


def _said(span: tuple[str | None, str | None]) -> str:
    first, last = (date.fromisoformat(each) if each else None for each in span)
    if first and last:
        return days_from_to(first, last)
    return f"from {first}" if first else f"until {last}"


routes = [Route("/search", search)]
