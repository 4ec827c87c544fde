"""How does `rem web` serve the journal?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in


def run(
    context: typer.Context,
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="Where it listens; others need a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            "--port", metavar="N", min=1, max=65535, help="By default the first free one from 8321."
        ),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="Another name by which it may be called; repeatable."),
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", metavar="WORD", help="What a browser must know; `once`: words for one each."),
    ] = None,
    open_: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open a browser; by default from a terminal.")
    ] = None,
    veil: Annotated[
        bool, typer.Option("--veil", help="Show stand-ins for names and words, to be shown around.")
    ] = False,
    readonly: Annotated[bool, typer.Option("--readonly", help="Take no corrections and no dreams.")] = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read your days in a browser, until Ctrl-C.

    It is served to this machine alone unless --host says otherwise.

    \b
    Examples:
      rem web
      rem web --port 9000 --no-open
      rem web --veil                     for screenshots
      rem web --host 0.0.0.0 --token once
    """
    from rem_dagster.interfaces.cli.opening import open_or_make, reader_of
    from rem_dagster.interfaces.cli.output import is_asked_by_a_person, show, show_json
    from rem_dagster.interfaces.web.serving import Serving, serve
    from rem_dagster.memory import Memory
    from rem_dagster.settings import open_home

    given = given_in(context, home=home, user=user)
    open_home(given.home)  # there must be one
    opened = open_or_make(given)
    reader = opened.home.settings.user if opened.is_empty else reader_of(opened)
    how = Serving(
        host=host,
        port=port,
        names=tuple(name or ()),
        token=token,
        is_veiled=veil,
        is_readonly=readonly,
        opens_browser=is_asked_by_a_person() if open_ is None else open_,
    )

    def tell(address: str) -> None:
        if as_json:
            show_json({"address": address, "user_id": reader})
        else:
            show(f"The journal of {reader}: {address}   (Ctrl-C ends it)")

    return serve(Memory(opened.home, reader), how, tell=tell)
