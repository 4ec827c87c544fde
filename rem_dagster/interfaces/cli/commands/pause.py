"""What does `rem pause` keep off the record?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, given_in


def run(
    context: typer.Context,
    *,
    how_long: Annotated[
        list[str] | None, typer.Argument(metavar="[FOR | until TIME | off]", hidden=True, show_default=False)
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Go off the record for a while.

    What happens in that time is never taken in, whenever it would come, and nothing is
    pulled meanwhile. Without a time it says whether a pause holds; `off` ends it.

    \b
    Examples:
      rem pause 2h
      rem pause until 18:30
      rem pause off
    """
    from rem_dagster.errors import InputError
    from rem_dagster.ingest.exclude import pause_at
    from rem_dagster.ingest.pausing import end_of, end_pause, pause
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import open_existing
    from rem_dagster.interfaces.cli.output import show, show_json, show_next
    from rem_dagster.interfaces.cli.words import clock, short_day

    opened = open_existing(given_in(context, home=home))
    words = " ".join(how_long or []).strip()
    held, was = opened.home, pause_at(opened.home.file.pauses, opened.now)
    if words == "off":
        held = end_pause(held, now=opened.now)
    elif words:
        try:
            held = pause(held, now=opened.now, until=end_of(words, zone=opened.zone, now=opened.now))
        except ValueError as error:
            raise InputError(f"{error} Nothing was changed.") from None
    now = pause_at(held.file.pauses, opened.now)
    if as_json:
        show_json({"paused_until": now.end.isoformat() if now else None, "pauses": len(held.file.pauses)})
        return DONE
    if now:
        local = now.end.astimezone(opened.zone)
        is_today = local.date() == opened.now.astimezone(opened.zone).date()
        day = "" if is_today else f"{short_day(local.date())} "
        show(f"Off the record until {day}{clock(local, opened.zone)}.")
        show_next(opened.command("pause", "off"))
    elif words == "off" and was:
        show("On the record again. What happened since the pause began stays out.")
        show_next(opened.command("sync"))
    else:
        show("No pause holds: what happens is taken in.")
        show_next(opened.command("pause", "2h"))
    return DONE
