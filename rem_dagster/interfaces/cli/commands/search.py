"""How does `rem search` find what was said or done?"""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from rem_dagster.interfaces.cli.options import (
    EndOption,
    HomeOption,
    JsonOption,
    StartOption,
    UserOption,
    given_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.llm.embedder import Embedder
    from rem_dagster.model.window import Window
    from rem_dagster.recall.search import Hit, SearchTable


def run(
    context: typer.Context,
    *,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", hidden=True)],
    schema: Annotated[
        str, typer.Option("--schema", metavar="TABLE", help="moments, messages or resources.")
    ] = "moments",
    when: Annotated[
        str | None,
        typer.Option("--when", metavar="TIME", help="Only then: 'last week', 'tuesday afternoon'."),
    ] = None,
    start: StartOption = None,
    end: EndOption = None,
    vectors: Annotated[
        bool, typer.Option("--vectors/--no-vectors", help="Find what is meant, too, after `rem embed`.")
    ] = True,
    semantic: Annotated[
        bool, typer.Option("--semantic", help="Rank by meaning alone, whatever the words.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="At most so many.")] = 10,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find moments, messages or resources, best first.

    \b
    Examples:
      rem search "DiskANN implementation"
      rem search alpha sweep --schema messages --when "last week"
      rem search --semantic "feeling stuck"
    """
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.hits import hit_as_json
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import note, show_json
    from rem_dagster.recall.search import search

    opened = open_existing(given_in(context, home=home, user=user))
    query = " ".join(words)
    if not query.strip():
        raise InputError("What is to be looked for? Give some words: rem search WORDS. Nothing was changed.")
    if semantic and not vectors:
        raise InputError("--semantic goes by vectors: leave out --no-vectors. Nothing was changed.")
    hits: list[Hit] = []
    if opened.is_empty:
        note(empty_home(opened.home))
    else:
        hits = search(
            opened.store,
            query,
            table=cast("SearchTable", schema.lower()),
            user_id=reader_of(opened),
            window=_window(opened, when, start, end),
            limit=limit,
            embedder=_embedder_of(opened) if vectors else lambda: None,
            by_meaning_alone=semantic,
            warn=note,
        )
    if as_json:
        show_json([hit_as_json(hit) for hit in hits])
    elif hits or not opened.is_empty:
        _print(hits, query, schema, opened)
    return DONE


def _embedder_of(opened: "Opened") -> "Callable[[], Embedder | None]":
    """Finds what turns the question into a vector, once it is needed."""
    from rem_dagster.dreaming.redact import redactor
    from rem_dagster.llm.embedder_choice import find_embedder

    return lambda: find_embedder(opened.home, clean=redactor(opened.home), is_hurried=True)


def _window(opened: "Opened", when: str | None, start: str | None, end: str | None) -> "Window | None":
    """The time that the options leave; None is all of it."""
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


def _print(hits: "list[Hit]", query: str, schema: str, opened: "Opened") -> None:
    from rem_dagster.interfaces.cli.hits import hits_text
    from rem_dagster.interfaces.cli.output import note, page_width, show

    if hits:
        show(hits_text(hits, query, opened.zone, this_year=opened.today.year, width=page_width()))
        return
    others = [name for name in ("moments", "messages", "resources") if name != schema]
    note(
        f"Nothing found for {query!r} in {schema}.\nThere is more to look in: "
        + ", ".join(f"--schema {name}" for name in others)
    )
