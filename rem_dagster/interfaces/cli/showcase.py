"""How is the demo's home filled, and what of it is worth seeing?"""

import shlex
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from rich.text import Text

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.errors import InputError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source
from rem_dagster.interfaces.cli.asked import asked_time, whole_days
from rem_dagster.interfaces.cli.fortnight import HOME_ZONE, write_fortnight
from rem_dagster.interfaces.cli.hits import hits_text
from rem_dagster.interfaces.cli.looking import Look, look_at_day, look_at_span, look_back
from rem_dagster.interfaces.cli.opening import Opened, open_or_make
from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.output import note, page_width, progress, show, show_table
from rem_dagster.interfaces.cli.page import day_text
from rem_dagster.interfaces.cli.rows import plain_rows, table_of
from rem_dagster.interfaces.cli.span import answer_text, review_text
from rem_dagster.interfaces.cli.words import counted
from rem_dagster.llm.embedder import Embedder
from rem_dagster.llm.minilm import find_minilm
from rem_dagster.recall.embedding import embed_missing
from rem_dagster.recall.search import search
from rem_dagster.recall.sql import query
from rem_dagster.recall.when import find_when
from rem_dagster.settings import open_home
from rem_dagster.store.text.tokens import tokens
from rem_dagster.store.vectors import count_vectors

USER = "demo"
QUESTION = "What was I working on last tuesday afternoon?"
SEARCH = "alpha and recall"
SQL = """\
SELECT name, kind, count(*) AS days, sum(count)::INT AS mentions
FROM mentions WHERE kind <> 'topic'
GROUP BY ALL ORDER BY days DESC, mentions DESC LIMIT 5"""


def fill(place: Path, *, now: datetime | None = None, embedder: Embedder | None = None) -> Look:
    """Make a home in a directory, import the fortnight into it by the real importers, and dream it offline.

    Args:
        now: when it is seen; the clock's by default.
        embedder: what gives the moments vectors; none are made without one.

    Raises:
        InputError: a home with something else in it is there already.
    """
    _require_free(place)
    open_home(place, create=True, flags={"timezone": HOME_ZONE.key, "week_starts_on": "monday"})
    opened = open_or_make(Given(home=place, user=USER))
    opened = replace(opened, now=now or opened.now)
    folder = place / "fortnight"
    write_fortnight(folder, opened.today)
    began = time.monotonic()
    items = days = 0
    for kind, path in (("jsonl", folder / "activity.jsonl"), ("markdown", folder / "notes")):
        source = make_source(kind, path, account="demo")
        report = import_source(opened.home, opened.store, source, user_id=USER, now=opened.now)
        items, days = items + report.new, max(days, len(report.days))
    note(f"Imported {counted(items, 'item')} of {counted(days, 'day')} in {time.monotonic() - began:.1f} s")
    _dream(opened, days)
    if embedder is not None:
        _embed(opened, embedder)
    return Look(opened, USER)


def show_all(look: Look, *, kept: Path | None, began: float) -> None:
    """Show a day, a week, an answer, a search and a query, and what may come next."""
    width, today = page_width(), look.opened.today
    _prompt("rem show yesterday")
    show(day_text(replace(look_at_day(look, today - timedelta(days=1)), next_commands=()), width))
    _prompt("rem show last week")
    days = whole_days(asked_time("last week", look.opened).window, look.opened)
    assert days is not None
    show(review_text(replace(look_back(look, *days), next_commands=()), width))
    show(Text(f"# {QUESTION}", "bold"))
    _prompt("rem show last tuesday afternoon")
    when, _ = find_when(QUESTION, calendar=look.opened.calendar, now=look.opened.now)
    assert when is not None
    show(answer_text(replace(look_at_span(look, when), next_commands=()), width))
    _prompt(f'rem search "{SEARCH}" --limit 3')
    hits = search(look.opened.store, SEARCH, user_id=USER, limit=3, embedder=find_minilm)
    show(hits_text(hits, tokens(SEARCH), look.opened.zone, this_year=today.year, width=width))
    _prompt(f'rem query "{SQL}"')
    found = query(look.opened.home, look.opened.store, SQL, user_id=USER)
    show("")
    show_table(table_of(*plain_rows(found)))
    _close(kept, began)


def _require_free(place: Path) -> None:
    if (place / "home.json").exists() and not (place / "fortnight").is_dir():
        raise InputError(
            f"There is a home at {place} already, and it is not a demo's. Nothing was changed. "
            "Name an empty place: rem demo --home DIR"
        )


def _dream(opened: Opened, days: int) -> None:
    began = time.monotonic()
    with progress("Dreaming", days) as bar:
        plan = DreamPlan(on_days=lambda done: bar.advance(bar.task_ids[0], len(done)))
        report = dream(opened.home, opened.store, OfflineEngine(), plan)
        refresh_across(opened.home, opened.store)
    moments = counted(sum(each.moments for each in report.days), "moment")
    days_made, seconds = counted(len(report.dreamt), "day"), time.monotonic() - began
    note(f"Dreamt {days_made}, {moments} in {seconds:.1f} s, offline")


def _embed(opened: Opened, embedder: Embedder) -> None:
    """The moments alone: with messages and notes too it would take longer than all the rest."""
    began = time.monotonic()
    with progress("Embedding", None):
        embed_missing(opened.store, embedder, tables=["moments"])
    held, seconds = count_vectors(opened.store, embedder.name), time.monotonic() - began
    note(f"{counted(held, 'vector')} held, made in {seconds:.1f} s by {embedder.name}, on this machine")


def _prompt(command: str) -> None:
    lines = command.splitlines()
    show(Text("\n".join([f"$ {lines[0]}", *(f"  {line}" for line in lines[1:])]), "bold"))


def _close(kept: Path | None, began: float) -> None:
    seconds = time.monotonic() - began
    show(f"\nAll of this took {seconds:.1f} s: no key, no call, $0.00, nothing was sent.")
    if kept is None:
        show("Next: rem demo --keep        the same, in a home to look around in")
        show("      rem init               your own notes, chats and commits")
        return
    home = f"rem --home {shlex.quote(str(kept))}"
    show(f"The home is kept at {kept}")
    show(f"Next: {home} show yesterday --evidence\n      {home} status\n      rem init")
