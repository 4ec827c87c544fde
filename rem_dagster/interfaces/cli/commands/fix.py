"""How does `rem fix` correct what a day shows?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in


def run(
    context: typer.Context,
    *,
    words: Annotated[list[str] | None, typer.Argument(metavar="[MOMENT CHANGE [TO...]]", hidden=True)] = None,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="Of the whole of a merge.")
    ] = None,
    summary: Annotated[
        str | None, typer.Option("--summary", metavar="TEXT", help="What is told, at most 400 characters.")
    ] = None,
    day: Annotated[str | None, typer.Option("--day", metavar="DAY", help="Of what is added.")] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="When what is added began: 15:00, 3pm.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="When it ended.")] = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Of what is added; other by default.")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Show what you corrected: all, or that of a DAY.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take back the last correction, or that of an ID.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would become of it.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Correct what a day shows; later dreams keep to it.

    MOMENT is DAY#N, the N-th moment of a day as `rem show` has them, or an id or how it begins, which
    `rem show DAY --ids` tells. CHANGE is rename, retype, times, split, merge, hide or close. Times are those
    of the day's clock. `rem fix close WORDS` closes the open thread that has these words. No model is asked,
    and what you wrote and said stays as it is.

    \b
    Examples:
      rem fix yesterday#3 rename "Stand-up with Priya"
      rem fix 2025-10-14#1 retype learning
      rem fix 2025-10-14#2 times 14:00 15:30
      rem fix 2025-10-14#2 split 14:30
      rem fix 7f3a9c12 merge b81e0d44 --title "The release"
      rem fix yesterday#1 hide
      rem fix close flight                   what was meant is done, or never was
      rem fix add Dentist --day yesterday --from 15:00 --to 16:00
      rem fix --list
      rem fix --undo
    """
    from rem_dagster.interfaces.cli.fix_work import Given, fix_asked, list_corrections, undo_asked

    given = given_in(context, home=home, user=user)
    told = Given(title=title, summary=summary, day=day, start=start, end=end, kind=kind)
    if listing:
        return list_corrections(given, words or (), told, undo=undo, as_json=as_json)
    if undo:
        return undo_asked(given, words or (), told, dry_run=dry_run, as_json=as_json)
    return fix_asked(given, words or (), told, dry_run=dry_run, as_json=as_json)
