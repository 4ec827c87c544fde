"""How does `rem search` find what was said or done?"""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from rem_dagster.interfaces.cli.completing import words
from rem_dagster.interfaces.cli.options import (
    EndOption,
    HomeOption,
    JsonOption,
    StartOption,
    UserOption,
    given_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.llm.embedder import Embedder
    from rem_dagster.model.window import Window
    from rem_dagster.recall.search import Found, Request, SearchTable

MOST_SAID = 200
"""Characters of a query that are told again."""


def run(
    context: typer.Context,
    *,
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS...", hidden=True)] = None,
    schema: Annotated[
        str,
        typer.Option(
            "--schema",
            metavar="TABLE",
            help="moments, messages, resources, summaries or all.",
            autocompletion=words("moments", "messages", "resources", "summaries", "all"),
        ),
    ] = "moments",
    phrases: Annotated[
        list[str] | None, typer.Option("--phrase", metavar="TEXT", help="Only what holds this as it stands.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--not", metavar="WORD", help="Only what does not hold this.")
    ] = None,
    when: Annotated[
        str | None,
        typer.Option("--when", metavar="TIME", help="Only then: 'last week', 'tuesday afternoon'."),
    ] = None,
    start: StartOption = None,
    end: EndOption = None,
    case_id: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="Only what cites sessions of this case.")
    ] = None,
    vectors: Annotated[
        bool, typer.Option("--vectors/--no-vectors", help="Find what is meant, too, after `rem embed`.")
    ] = True,
    semantic: Annotated[
        bool, typer.Option("--semantic", help="Rank by meaning alone, whatever the words.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each hit what gave it its score.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, max=1000, help="At most so many.")
    ] = 10,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find moments, messages, resources or summaries, best first.

    '"a phrase"' finds only what holds it as it stands, -word only what does not hold it; a question
    that ends with ? is read as it stands. A word that occurs nowhere is read as the nearest that does.

    \b
    Examples:
      rem search "DiskANN implementation"
      rem search alpha sweep --schema messages --when "last week"
      rem search '"recall gap"' -threads --schema all --explain
      rem search --semantic "feeling stuck"
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.hits import hit_as_json
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import note, show_json
    from rem_dagster.recall.search import Found, Request, find

    query = " ".join(words or ())
    _require_something(query, phrases or (), without or (), semantic=semantic, vectors=vectors)
    opened = open_existing(given_in(context, home=home, user=user))
    found = Found([])
    if opened.is_empty:
        note(empty_home(opened.home))
    else:
        how = Request(
            table=cast("SearchTable", schema.lower()),
            user_id=reader_of(opened),
            window=_window(opened, when, start, end),
            case_id=case_id,
            phrases=phrases or (),
            without=without or (),
            limit=limit,
            embedder=_embedder_of(opened) if vectors else lambda: None,
            by_meaning_alone=semantic,
            explain=explain,
            warn=note,
        )
        found = find(opened.store, query, how)
    for each in found.notes:
        note(each)
    if as_json:
        show_json([hit_as_json(hit, explain=explain) for hit in found.hits])
    elif found.hits or not opened.is_empty:
        _print(found, query or " ".join(phrases or ()), how, opened)
    return DONE


def _require_something(
    query: str, phrases: "Sequence[str]", without: "Sequence[str]", *, semantic: bool, vectors: bool
) -> None:
    from rem_dagster.errors import InputError

    if not query.strip() and not any(each.strip() for each in (*phrases, *without)):
        raise InputError(
            "What is to be looked for? Give some words: rem search WORDS. Nothing was changed.\n"
            "`rem search --help` shows how it is used."
        )
    if semantic and not vectors:
        raise InputError("--semantic goes by vectors: leave out --no-vectors. Nothing was changed.")


def _embedder_of(opened: "Opened") -> "Callable[[], Embedder | None]":
    """Finds what turns the question into a vector, once it is needed."""
    from rem_dagster.dreaming.redact import redactor
    from rem_dagster.llm.embedder_choice import find_embedder

    return lambda: find_embedder(opened.home, clean=redactor(opened.home), is_hurried=True)


def _window(opened: "Opened", when: str | None, start: str | None, end: str | None) -> "Window | None":
    """The time that the options leave; None is all of it."""
    if when is start is end is None:
        return None
    from datetime import UTC, datetime, timedelta

    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.asked import asked_time, days_from
    from rem_dagster.model.window import Window

    if when is not None:
        if start is not None or end is not None:
            raise InputError("A time is named twice: give --when, or --start and --end.")
        return asked_time(when, opened).window
    first, last = days_from(start, end, opened)
    if first is None and last is None:
        return None
    calendar = opened.calendar
    return Window(
        calendar.start_of(first) if first else datetime(1, 1, 2, tzinfo=UTC),
        calendar.start_of(last + timedelta(days=1)) if last else datetime(9999, 12, 30, tzinfo=UTC),
    )


def _print(found: "Found", query: str, how: "Request", opened: "Opened") -> None:
    from rem_dagster.interfaces.cli.hits import hits_text
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_next

    if not found.hits:
        note(_nothing(found, query, how))
        again = ["search", query.strip()[:MOST_SAID], "--schema", "all"]
        show_next(opened.command("status") if how.table == "all" else opened.command(*again), aside=True)
        return
    page = hits_text(
        found.hits,
        found.terms,
        opened.zone,
        this_year=opened.today.year,
        width=page_width(),
        with_tables=how.table == "all",
        explain=how.explain,
    )
    show(page)
    day = opened.calendar.day_of(found.hits[0].occurred_at)
    show_next(opened.command("show", day.isoformat()))


def _nothing(found: "Found", query: str, how: "Request") -> str:
    """What is said where nothing was found: what else may be tried."""
    narrowed = [
        name
        for name, is_given in (
            ("the time", how.window is not None),
            ("the case", how.case_id is not None),
            (" ".join(found.narrowed_by), bool(found.narrowed_by)),
        )
        if is_given
    ]
    said = f"Nothing found for {query.strip()[:MOST_SAID]!r} in {how.table}."
    if narrowed:
        said += f" It is narrowed by {' and '.join(narrowed)}."
    return said
