"""What does `rem diff` show?"""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.completing import times
from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.differences import Difference
    from rem_dagster.interfaces.cli.opening import Opened

NEVER = "No day was dreamt again so far, so there is nothing to compare."


def run(
    context: typer.Context,
    *,
    day: Annotated[
        list[str] | None, typer.Argument(metavar="[DAY]", hidden=True, autocompletion=times)
    ] = None,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """See what a re-dream of a day changed.

    DAY is the latest day that was dreamt again, when it is not named. The last
    whole version before the present one is kept.

    \b
    Examples:
      rem diff                          the latest day that was dreamt again
      rem diff 2025-10-14
      rem diff last tuesday --json
    """
    from rem_dagster.dreaming.replaced import replaced_days
    from rem_dagster.interfaces.cli.differences import difference_as_json, difference_text
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import page_width, show, show_json, show_next

    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        if as_json:
            show_json({"day": None})
        else:
            show(empty_home(opened.home))
        return DONE
    reader = reader_of(opened)
    known = replaced_days(opened.store, reader)
    if not day and not known:
        if as_json:
            show_json({"day": None})
        else:
            show(NEVER)
            show_next(opened.command("dream", "yesterday", "--refresh"))
        return DONE
    chosen = _one_day(" ".join(day), opened) if day else date.fromisoformat(known[-1])
    difference = _difference(opened, reader, chosen)
    if as_json:
        show_json(difference_as_json(difference))
    else:
        show(difference_text(difference, page_width()))
    return DONE


def _one_day(text: str, opened: "Opened") -> date:
    """The day that some words name.

    Raises:
        WindowError: they name no time, one to come, or more or less than one day.
    """
    from rem_dagster.errors import WindowError
    from rem_dagster.interfaces.cli.asked import asked_time, whole_days

    days = whole_days(asked_time(text, opened).window, opened)
    if days is None or days[0] != days[1]:
        raise WindowError(
            f"{text!r} is not one whole day, and versions are compared day by day. Nothing was changed. "
            "Name a day: 2025-10-14, yesterday, last tuesday."
        )
    return days[0]


def _difference(opened: "Opened", user_id: str, day: date) -> "Difference":
    from rem_dagster.dreaming.ledger import read_ledger
    from rem_dagster.dreaming.replaced import present_version, replaced_version
    from rem_dagster.interfaces.cli.differences import Difference

    iso = day.isoformat()
    row = next(iter(read_ledger(opened.store, first_day=iso, last_day=iso, user_ids=[user_id])), None)
    is_whole = row is not None and row.status == "complete"
    show_page, again = opened.command("show", iso), opened.command("dream", iso)
    return Difference(
        user_id=user_id,
        day=day,
        zone=opened.zone,
        dream=row,
        before=replaced_version(opened.store, user_id, iso) if is_whole else None,
        after=present_version(opened.store, row) if row and is_whole else None,
        next_commands=[show_page if is_whole else again],
    )
