"""How does `rem mcp` let agents use the memory?"""

from typing import Annotated

import typer

from rem_dagster.interfaces.cli.options import HomeOption, JsonOption, UserOption, given_in
from rem_dagster.interfaces.cli.usage import Usage

app = typer.Typer(name="mcp", rich_markup_mode=None, invoke_without_command=True)
ClientArgument = Annotated[str, typer.Argument(metavar="claude|codex|cursor", help="Whose configuration.")]
ScopeOption = Annotated[
    str, typer.Option("--scope", metavar="user|project", help="For all projects, or for this folder's.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")]


@app.callback()
def mcp(context: typer.Context, *, home: HomeOption = None, user: UserOption = None) -> int | None:
    """Let an agent search and read one user's memory.

    A client starts it: `rem mcp install` tells yours. No model is asked, nothing is sent.

    \b
    Examples:
      rem mcp install claude --session-start
      rem mcp install codex --dry-run
      rem mcp
      rem mcp serve --http
    """
    context.obj = given_in(context, home=home, user=user)
    context.find_root().obj = context.obj
    if context.invoked_subcommand is not None:
        return None
    from rem_dagster.interfaces.cli.mcp_work import serve_stdio

    return serve_stdio(context.obj)


@app.command("serve", cls=Usage)
def serve(
    context: typer.Context,
    *,
    http: Annotated[bool, typer.Option("--http", help="Over HTTP on this machine, with a token.")] = False,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=1, max=65535, help="Where it listens, with --http.")
    ] = 8641,
    home: HomeOption = None,
    user: UserOption = None,
) -> int:
    """Serve until Ctrl-C: over stdin and stdout, or over HTTP.

    Over HTTP it listens on 127.0.0.1 alone and wants the token that `rem mcp token` prints.

    \b
    Example:
      rem mcp serve --http --port 8641
    """
    from rem_dagster.interfaces.cli.mcp_work import serve_http, serve_stdio

    given = given_in(context, home=home, user=user)
    return serve_http(given, port=port) if http else serve_stdio(given)


@app.command("token", cls=Usage)
def token(
    context: typer.Context,
    *,
    new: Annotated[bool, typer.Option("--new", help="Make another one; the one before ends.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print the token that clients of the HTTP server show.

    It is made once and lies in the home, where only you can read it.

    \b
    Examples:
      rem mcp token
      rem mcp token --new
    """
    from rem_dagster.interfaces.cli.mcp_work import show_token

    return show_token(given_in(context, home=home), new=new, as_json=as_json)


@app.command("install", cls=Usage)
def install(
    context: typer.Context,
    *,
    client: ClientArgument,
    scope: ScopeOption = "user",
    session_start: Annotated[
        bool, typer.Option("--session-start", help="Tell each new session of the last days, too (claude).")
    ] = False,
    max_tokens: Annotated[
        int,
        typer.Option(
            "--max-tokens", metavar="N", min=400, max=20_000, help="How much --session-start tells."
        ),
    ] = 800,
    dry_run: DryRunOption = False,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Tell a client of this memory, in its own configuration file.

    Only the entry of rem is written; the file as it was is kept beside it. With --scope project the entry
    holds no path of this machine unless --home is given.

    \b
    Examples:
      rem mcp install claude --session-start
      rem mcp install cursor --scope project
      rem mcp install codex --dry-run
    """
    from rem_dagster.interfaces.cli.mcp_install_work import Asked, install_asked

    asked = Asked(client, scope, dry_run=dry_run, as_json=as_json)
    tokens = max_tokens if session_start else None
    return install_asked(given_in(context, home=home, user=user), asked, context_tokens=tokens)


@app.command("uninstall", cls=Usage)
def uninstall(
    context: typer.Context,
    *,
    client: ClientArgument,
    scope: ScopeOption = "user",
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> int:
    """Take the entry of rem out of a client's configuration.

    \b
    Example:
      rem mcp uninstall claude
    """
    from rem_dagster.interfaces.cli.mcp_install_work import Asked, uninstall_asked

    return uninstall_asked(Asked(client, scope, dry_run=dry_run, as_json=as_json))


@app.command("context", cls=Usage)
def context_(
    context: typer.Context,
    *,
    max_tokens: Annotated[
        int, typer.Option("--max-tokens", metavar="N", min=400, max=20_000, help="How long it may be.")
    ] = 800,
    home: HomeOption = None,
    user: UserOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print the last days and what is open, for an agent whose session begins.

    \b
    Example:
      rem mcp context --max-tokens 400
    """
    from rem_dagster.interfaces.cli.mcp_work import show_context

    return show_context(given_in(context, home=home, user=user), max_tokens=max_tokens, as_json=as_json)
