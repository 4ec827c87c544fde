"""What does `rem standup` tell in the morning?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in


def run(
    context: typer.Context,
    *,
    when: Annotated[list[str] | None, typer.Argument(metavar="[DAY]", hidden=True)] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print it as Markdown, to paste.")] = False,
    all_threads: Annotated[
        bool, typer.Option("--all", help="Every open thread, and those that faded.")
    ] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Start a day: what was, what came of it, what is open.

    On a Monday it looks back as far as Friday. DAY is today when it is not named.
    An open thread is something you said you would do, of which nothing tells yet
    that it was done; it is carried on for two weeks. No model is asked.

    \b
    Examples:
      rem standup
      rem standup --markdown > standup.md
      rem standup monday --all
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import page_width, show, show_json, show_raw
    from rem_dagster.interfaces.cli.standup_page import standup_text
    from rem_dagster.interfaces.cli.standup_work import commands_after, morning_asked, standup_as_json
    from rem_dagster.recall.journal.standup import standup, standup_markdown

    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        if as_json:
            show_json({"days": []})
        else:
            show(empty_home(opened.home))
        return DONE
    day = morning_asked(" ".join(when or []), opened)
    page = standup(
        opened.store, day, user_id=reader_of(opened), calendar=opened.calendar, with_faded=all_threads
    )
    if as_json:
        show_json(standup_as_json(page))
    elif markdown:
        show_raw(standup_markdown(page))
    else:
        show(standup_text(page, commands_after(page, opened), all_threads=all_threads, width=page_width()))
    return DONE
