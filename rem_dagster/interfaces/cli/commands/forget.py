"""How does `rem forget` make a memory lose something for good?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in

ManyOption = list[str] | None


def run(
    context: typer.Context,
    *,
    ids: Annotated[ManyOption, typer.Argument(metavar="[ID...]", hidden=True)] = None,
    session: Annotated[
        ManyOption,
        typer.Option("--session", metavar="ID", help="A conversation, and what will be said in it."),
    ] = None,
    source: Annotated[
        ManyOption, typer.Option("--source", metavar="KIND[:PLACE]", help="All of a source.")
    ] = None,
    person: Annotated[
        ManyOption, typer.Option("--person", metavar="NAME", help="What they said, and what names them.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--start", metavar="DAY", help="First day: 2025-10-20, monday, last week.")
    ] = None,
    end: Annotated[str | None, typer.Option("--end", metavar="DAY", help="Last day, included.")] = None,
    search: Annotated[
        str | None, typer.Option("--search", metavar="WORDS", help="What a search finds.")
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", "-n", metavar="N", min=1, max=1000, help="Of a search: so many of each kind."
        ),
    ] = 10,
    everything: Annotated[
        bool, typer.Option("--everything", help="All that is stored of the user named by --user.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it. There is no way back.")] = False,
    backups: Annotated[bool, typer.Option("--backups", help="Remove the home's backups, too.")] = False,
    count: Annotated[bool, typer.Option("--list", help="Say how much was forgotten so far.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Forget something for good, and all that was made of it.

    Without --yes it only shows what would go. ID is that of a message, document, session or moment, ours
    or the source's own. What is named in several ways must be meant by all of them. Days that it touches
    are dreamt again from what remains by the next `rem dream`; the next import does not bring it back.
    No model is asked.

    \b
    Examples:
      rem forget --person Ruth
      rem forget --session standup-2025-10-14 --yes
      rem forget --source slack --start 2025-10-01 --end 2025-10-14
      rem forget --search "blood test" --limit 3
      rem forget --user ana --everything
    """
    from rem_dagster.interfaces.cli.forget_work import Asked, count_forgotten, forget_asked

    given = given_in(context, home=home, user=user)
    if count:
        return count_forgotten(given, as_json=as_json)
    asked = Asked(
        ids=ids or (),
        sessions=session or (),
        sources=source or (),
        people=person or (),
        start=start,
        end=end,
        search=search,
        limit=limit,
        everything=everything,
    )
    return forget_asked(given, asked, yes=yes, backups=backups, as_json=as_json)
