"""What does `rem show` put on the screen?"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from rem_dagster.interfaces.cli.completing import times
from rem_dagster.interfaces.cli.options import CaseOption, HomeOption, JsonOption, UserOption, given_in

if TYPE_CHECKING:
    from rem_dagster.interfaces.cli.looking import Look


def run(
    context: typer.Context,
    *,
    when: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WHEN]", hidden=True, autocompletion=times),
    ] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="Show every quote with its source.")] = False,
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="Show which claims were held back, and why.")
    ] = False,
    ids: Annotated[
        bool, typer.Option("--ids", help="Show by which number and id `rem fix` knows each.")
    ] = False,
    case: CaseOption = None,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read a day, some hours of it, or a week.

    WHEN is yesterday, or the latest day that holds something, when it is not named.

    \b
    Examples:
      rem show                          yesterday, or the latest day there is
      rem show 2025-10-14 --evidence
      rem show last tuesday afternoon
      rem show week
      rem show --case T-17              its latest day
    """
    from rem_dagster.interfaces.cli.failure import DONE
    from rem_dagster.interfaces.cli.looking import Look
    from rem_dagster.interfaces.cli.opening import empty_home, open_existing, reader_of
    from rem_dagster.interfaces.cli.output import show, show_json

    opened = open_existing(given_in(context, home=home, user=user))
    if opened.is_empty:
        if as_json:
            show_json({"moments": []})
        else:
            show(empty_home(opened.home))
        return DONE
    look = Look(opened, reader_of(opened), evidence=evidence, quarantine=quarantine, ids=ids, case=case)
    _show(look, " ".join(when or []), as_json=as_json)
    return DONE


def _show(look: "Look", text: str, *, as_json: bool) -> None:
    from rem_dagster.interfaces.cli.asked import asked_time, whole_days

    if not text:
        _show_default(look, as_json=as_json)
        return
    when = asked_time(text, look.opened)
    days = whole_days(when.window, look.opened)
    if days is None:
        from rem_dagster.interfaces.cli.as_json import answer_as_json
        from rem_dagster.interfaces.cli.looking import look_at_span
        from rem_dagster.interfaces.cli.output import page_width, show, show_json
        from rem_dagster.interfaces.cli.span import answer_text

        answer = look_at_span(look, when)
        if as_json:
            show_json(answer_as_json(answer, when))
        else:
            show(answer_text(answer, page_width()))
    elif days[0] == days[1]:
        _show_day(look, days[0], asked_as=text, as_json=as_json)
    else:
        _show_days(look, *days, as_json=as_json)


def _show_default(look: "Look", *, as_json: bool) -> None:
    """Yesterday, or the latest day that holds something; of a case, its latest day."""
    from rem_dagster.interfaces.cli.looking import latest_day

    yesterday = look.opened.today - timedelta(days=1)
    if look.case is not None:
        day = latest_day(look) or yesterday
        _show_day(look, day, asked_as=day.isoformat(), as_json=as_json)
        return
    if yesterday in look.digests(yesterday, yesterday):
        _show_day(look, yesterday, asked_as="yesterday", as_json=as_json)
        return
    day = latest_day(look) or yesterday
    remark = "Yesterday holds nothing; this is the latest day that does." if day != yesterday else None
    _show_day(look, day, as_json=as_json, remark=remark)


def _show_day(
    look: "Look", day: date, *, as_json: bool, asked_as: str | None = None, remark: str | None = None
) -> None:
    from rem_dagster.interfaces.cli.as_json import day_as_json
    from rem_dagster.interfaces.cli.looking import look_at_day
    from rem_dagster.interfaces.cli.output import page_width, show, show_json
    from rem_dagster.interfaces.cli.page import day_text

    view = look_at_day(look, day, asked_as=asked_as, remark=remark)
    if as_json:
        show_json(day_as_json(view))
    else:
        show(day_text(view, page_width()))


def _show_days(look: "Look", first: date, last: date, *, as_json: bool) -> None:
    from rem_dagster.interfaces.cli.as_json import review_as_json
    from rem_dagster.interfaces.cli.looking import look_back
    from rem_dagster.interfaces.cli.output import page_width, show, show_json
    from rem_dagster.interfaces.cli.quarantined import (
        look_at_quarantine,
        quarantine_as_json,
        quarantine_text,
    )
    from rem_dagster.interfaces.cli.span import review_text

    if look.quarantine:
        found = look_at_quarantine(look, first, last)
        if as_json:
            show_json(quarantine_as_json(found))
        else:
            show(quarantine_text(found, page_width()))
        return
    review = look_back(look, first, last)
    if as_json:
        show_json(review_as_json(review))
    else:
        show(review_text(review, page_width()))
