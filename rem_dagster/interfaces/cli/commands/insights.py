"""Which patterns does `rem insights` find?"""

from pathlib import Path
from typing import Annotated

import typer

from rem_dagster.interfaces.cli.completing import words
from rem_dagster.interfaces.cli.options import CaseOption, HomeOption, JsonOption, UserOption, given_in

PATTERNS = ("hours", "mood", "frustration", "streaks", "tools", "people", "rhythm")


def run(
    context: typer.Context,
    *,
    what: Annotated[
        str | None, typer.Argument(metavar="[WHAT]", hidden=True, autocompletion=words(*PATTERNS))
    ] = None,
    when: Annotated[
        str | None,
        typer.Option("--when", metavar="TIME", help="Such as 'last month', 2025, or ever; the last 90 days."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="day|week|month|weekday|hour",
            help="How the time is divided.",
            autocompletion=words("day", "week", "month", "weekday", "hour"),
        ),
    ] = None,
    case: CaseOption = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Draw it, too, for light and dark readers.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV with a header.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find patterns of hours, moods, streaks, tools and people.

    WHAT is one of these; without it the most telling of each is told.

    \b
      hours        by type and topic, over time
      mood         feelings over time; most and least productive hours
      frustration  by type and topic, with the words that show it
      streaks      days in a row of work, learning, writing, exercise
      tools        which tools were called, when, and in which order
      people       time with whom
      rhythm       when the day starts and ends

    Everything is counted from moments, never guessed: each figure has its n, and
    --json has the ids of the moments behind it.

    \b
    Examples:
      rem insights
      rem insights hours --when "last month" --by weekday
      rem insights mood --svg mood.svg
      rem insights people --case T-17 --json
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.insights_work import InsightsAsk, layout_of, show_insights, word_among
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import note, show_json
    from rem_dagster.recall.insights import BYS, WHATS

    layout = layout_of(as_json=as_json, as_csv=as_csv)
    asked_what = word_among(what, WHATS, "pattern")
    asked_by = word_among(by, BYS, "--by")
    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        note(empty_home(opened.home))
        if layout == "json":
            show_json({"moments": 0, "statements": [], "rows": []})
        return DONE
    ask = InsightsAsk(opened, reader_of(opened), asked_what, when, asked_by, case, svg, layout)
    show_insights(ask)
    return DONE
