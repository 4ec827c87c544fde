"""How does `rem graph` show what is connected?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from rem_dagster.interfaces.cli.completing import edge_types as offered_edges
from rem_dagster.interfaces.cli.completing import entities, words
from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in
from rem_dagster.interfaces.cli.usage import Commands, Usage

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.opening import Opened
    from rem_dagster.recall.graph.scope import Direction, Scope

app = typer.Typer(
    name="graph", cls=Commands, suggest_commands=False, rich_markup_mode=None, no_args_is_help=True
)
TypeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--edge-type",
        metavar="TYPE",
        help="Only such edges; may be given several times.",
        autocompletion=offered_edges,
    ),
]
WhenOption = Annotated[
    str | None, typer.Option("--when", metavar="TIME", help="Only of whole days: 'last month', 2025-10.")
]
CaseOption = Annotated[
    str | None, typer.Option("--case", metavar="CASE", help="Only what cites sessions of this case.")
]
WeightOption = Annotated[
    float, typer.Option("--min-weight", min=0, metavar="N", help="Only edges of this weight or more.")
]
FORMATS = ("dot", "graphml", "json", "mermaid", "html")


@app.callback()
def graph() -> None:
    """See what is connected, and which themes emerge.

    \b
    Examples:
      rem graph traverse --start-entity DiskANN --depth 2
      rem graph export --format html --output graph.html
      rem graph topics --by week
      rem graph same Bob "Robert Lee"
    """


@app.command("traverse", cls=Usage)
def traverse(
    context: typer.Context,
    *,
    start: Annotated[
        str,
        typer.Option(
            "--start-entity",
            "--start",
            metavar="NAME",
            help="In any spelling; or an id.",
            autocompletion=entities,
        ),
    ],
    edge_types: TypeOption = None,
    depth: Annotated[
        int, typer.Option("--depth", metavar="N", min=1, max=6, help="Steps from the start.")
    ] = 2,
    direction: Annotated[
        str, typer.Option("--direction", metavar="in|out|both", help="Which way edges are followed.")
    ] = "both",
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, max=1000, help="Nodes of each step.")
    ] = 12,
    weight: WeightOption = 0,
    when: WhenOption = None,
    case: CaseOption = None,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Follow edges from an entity, a moment, a resource or a session.

    \b
    Examples:
      rem graph traverse --start-entity diskann --edge-type related_to --depth 2
      rem graph traverse --start-entity Priya --when "last week"
    """
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.graphed import traversal_as_json, traversal_lines
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_json, show_next

    if direction.lower() not in ("in", "out", "both"):
        raise InputError(f"Edges cannot be followed {direction!r}: give in, out or both.")
    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        note(empty_home(opened.home))
        if as_json:
            show_json({"nodes": [], "edges": [], "paths": []})
        return DONE
    from rem_dagster.recall.graph.traverse import traverse as walk

    scope = _scope(opened, edge_types, when, case, weight)
    way = cast("Direction", direction.lower())
    found = walk(opened.store, start, scope, depth=depth, direction=way, limit=limit)
    if as_json:
        show_json(traversal_as_json(found))
        return DONE
    for line in traversal_lines(found, page_width(), opened.zone, this_year=opened.today.year):
        show(line)
    around = next((each.node.name for each in found.steps if each.node.kind == "entity"), found.start.name)
    show_next(opened.command("graph", "traverse", "--start-entity", around), aside=True)
    return DONE


@app.command("export", cls=Usage)
def export(
    context: typer.Context,
    *,
    layout: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="dot, graphml, json, mermaid or html.",
            autocompletion=words(*FORMATS),
        ),
    ] = "dot",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; else it is printed.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --output.")] = False,
    of: Annotated[
        str, typer.Option("--of", metavar="entities|all", help="With moments and resources, or without.")
    ] = "entities",
    most: Annotated[
        int, typer.Option("--top", min=0, metavar="N", help="The most central nodes; 0 is all of them.")
    ] = 120,
    edge_types: TypeOption = None,
    weight: WeightOption = 0,
    when: WhenOption = None,
    case: CaseOption = None,
    home: HomeOption = None,
    user: UserOption = None,
) -> int:
    """Write the graph for other programs, or as a page to look at.

    The page needs no network and no server: open it in any browser.

    \b
    Examples:
      rem graph export --format dot --output ontology.dot
      rem graph export --format html --output graph.html --when "last month"
      rem graph export --format graphml --of all --top 0 --output all.graphml
    """
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.filed import check_file, replacing
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing
    from rem_dagster.interfaces.cli.output import note, show_next, show_raw
    from rem_dagster.interfaces.cli.words import counted
    from rem_dagster.model.near import meant

    if layout.lower() not in FORMATS:
        raise InputError(
            f"There is no format {layout!r}.{meant(layout, FORMATS)} Give one of {', '.join(FORMATS)}."
        )
    if of.lower() not in ("entities", "all"):
        raise InputError(f"A graph can be of entities or of all, not of {of!r}.")
    if output is not None:
        output = output.expanduser()
        check_file(output, may_replace=force)
    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        note(empty_home(opened.home))
        return DONE
    from rem_dagster.recall.graph.export import WRITERS, Format
    from rem_dagster.recall.graph.whole import MOMENTS_TOLD, Of, whole_graph

    form = cast("Format", layout.lower())
    found = whole_graph(
        opened.store,
        _scope(opened, edge_types, when, case, weight),
        of=cast("Of", of.lower()),
        most=most or None,
        moments=MOMENTS_TOLD if form == "html" else 0,
    )
    text = WRITERS[form](found)
    if output is None:
        show_raw(text)
    else:
        with replacing(output) as place:
            place.write_text(text, encoding="utf-8")
    there = f"{counted(len(found.nodes), 'node')} with {counted(len(found.relations), 'edge')}"
    rest = f"; {found.left_out:,} less central ones are left out, --top 0 takes all" if found.left_out else ""
    note(f"{there}{rest}.")
    if output is not None:
        note(f"Written to {output}")
        show_next(opened.command("graph", "topics"), aside=True)
    else:
        show_next(opened.command("graph", "export", "--format", "html", "--output", "graph.html"), aside=True)
    return DONE


@app.command("topics", cls=Usage)
def topics(
    context: typer.Context,
    *,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="week|month",
            help="How long a period is.",
            autocompletion=words("week", "month"),
        ),
    ] = "month",
    when: WhenOption = None,
    case: CaseOption = None,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """See which themes emerge, and what of them rises and falls.

    A theme is what is named in the same moments. A share is that of all that is
    named in a period.

    \b
    Examples:
      rem graph topics
      rem graph topics --by week --when "past 60 days"
    """
    from rem_dagster.errors import InputError
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.graphed import topics_as_json, topics_lines
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing
    from rem_dagster.interfaces.cli.output import note, page_width, show, show_json, show_next

    if by.lower() not in ("week", "month"):
        raise InputError(f"Themes can be told by week or by month, not by {by!r}.")
    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        note(empty_home(opened.home))
        if as_json:
            show_json([])
        return DONE
    from rem_dagster.recall.graph.topics import By, topics_over_time

    scope = _scope(opened, None, when, case, 0)
    found = topics_over_time(opened.store, scope, calendar=opened.calendar, by=cast("By", by.lower()))
    if as_json:
        show_json(topics_as_json(found))
        return DONE
    for line in topics_lines(found, page_width()):
        show(line)
    if found and found[-1].themes:
        name = found[-1].themes[0].topics[0].name
        show_next(opened.command("graph", "traverse", "--start-entity", name), aside=True)
    else:
        note("Nothing is named in these days.")
        show_next(opened.command("dream"), aside=True)
    return DONE


@app.command("same", cls=Usage)
def same(
    context: typer.Context,
    *,
    names: Annotated[list[str] | None, typer.Argument(metavar="A B", hidden=True)] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back that they are one.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show what is one, and why.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say that two names are one, or list what is one.

    It holds at once and over every dream to come. What links found by themselves
    is listed with the reason; `rem graph not-same A B` parts it.

    \b
    Examples:
      rem graph same Bob "Robert Lee"
      rem graph same --list
      rem graph same Bob "Robert Lee" --undo
    """
    from rem_dagster.interfaces.cli.graph_same import decide, show_sameness

    given = given_in(context, home=home, user=user)
    if listed:
        return show_sameness(given, names or [], as_json=as_json)
    return decide(given, names or [], "same_as", undo=undo, as_json=as_json)


@app.command("not-same", cls=Usage)
def not_same(
    context: typer.Context,
    *,
    names: Annotated[list[str] | None, typer.Argument(metavar="A B", hidden=True)] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back that they are two.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say that two names are two, whatever makes them one.

    It outranks every reason to join them, also by way of a third name.

    \b
    Examples:
      rem graph not-same Ana "Ana Lima"
      rem graph not-same Ana "Ana Lima" --undo
    """
    from rem_dagster.interfaces.cli.graph_same import decide

    given = given_in(context, home=home, user=user)
    return decide(given, names or [], "not_same_as", undo=undo, as_json=as_json)


def _scope(
    opened: "Opened", edge_types: list[str] | None, when: str | None, case: str | None, weight: float
) -> "Scope":
    """What the options leave of the graph; edges know their day and no hour.

    Raises:
        InputError: there is no such type of edges.
    """
    from rem_dagster.interfaces.cli.asked import asked_time, days_touched
    from rem_dagster.interfaces.cli.opening import reader_of
    from rem_dagster.recall.graph.scope import Scope

    days = days_touched(asked_time(when, opened).window, opened) if when is not None else None
    return Scope(
        user_id=reader_of(opened),
        edge_types=tuple(_edge_type(each) for each in edge_types or ()),
        first_day=days[0].isoformat() if days else None,
        last_day=days[1].isoformat() if days else None,
        case_id=case,
        least_weight=weight,
    )


def _edge_type(text: str) -> str:
    from rem_dagster.errors import InputError
    from rem_dagster.model.near import meant
    from rem_dagster.model.words import EdgeType

    known = [each for each in get_args(EdgeType) if each not in ("same_as", "not_same_as")]
    name = text.strip().lower().replace("-", "_")
    if name in known:
        return name
    if name in ("same_as", "not_same_as"):
        raise InputError(
            f"{name} makes names one, or two: `rem graph same --list` shows it. No edge leads there."
        )
    hint = meant(name, known) or f" There are {', '.join(known)}."
    raise InputError(f"No edges have type {text!r}.{hint}")
