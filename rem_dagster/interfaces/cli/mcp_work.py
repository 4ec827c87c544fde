"""What do `rem mcp`, its server and its token do, with which home and whose memory?"""

import sys

from rem_dagster.interfaces.cli.failure import DONE
from rem_dagster.interfaces.cli.opening import Opened, command_in, open_existing, reader_of
from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.output import note, show_json, show_raw
from rem_dagster.memory import Memory


def memory_of(given: Given) -> Memory:
    """The memory of the user who was asked for, or of the only one there is.

    Raises:
        HomeMissingError: there is no home.
        UnknownUserError: nothing of the user is stored, though something of others is.
    """
    opened = open_existing(given)
    if not opened.has_tables:
        opened.store.create()
    return Memory(opened.home, _whose(opened))


def _whose(opened: Opened) -> str:
    return opened.home.settings.user if opened.is_empty else reader_of(opened)


def serve_stdio(given: Given) -> int:
    """Serve over stdin and stdout until the client goes."""
    memory = memory_of(given)
    if sys.stdin.isatty():
        note(
            f"Serving the memory of {memory.user_id} over stdin and stdout, which is for a client to start: "
            "rem mcp install claude|codex|cursor. Ctrl-C ends it."
        )
    from rem_dagster.interfaces.mcp.server import make_server
    from rem_dagster.interfaces.mcp.stdio import serve

    serve(make_server(memory))
    return DONE


def serve_http(given: Given, *, port: int) -> int:
    """Serve over HTTP on this machine until Ctrl-C."""
    memory = memory_of(given)
    from rem_dagster.interfaces.mcp.http import HOST, PATH, serve
    from rem_dagster.interfaces.mcp.server import make_server
    from rem_dagster.interfaces.mcp.token import token_of

    token = token_of(memory.home)
    note(f"Serving the memory of {memory.user_id} at http://{HOST}:{port}{PATH} until Ctrl-C.")
    note("Clients show the token that `rem mcp token` prints: Authorization: Bearer TOKEN")
    serve(make_server(memory), token=token, port=port)
    return DONE


def show_token(given: Given, *, new: bool, as_json: bool) -> int:
    """Print the token of a home."""
    from rem_dagster.interfaces.mcp.token import renew_token, token_of

    opened = open_existing(given)
    token = renew_token(opened.home) if new else token_of(opened.home)
    if as_json:
        show_json({"token": token})
    else:
        show_raw(token)
    if new:
        note("Made anew; a server that runs takes it at its next start.")
    note(f"Next: {opened.command('mcp', 'serve', '--http')}")
    return DONE


def show_context(given: Given, *, max_tokens: int, as_json: bool) -> int:
    """Print what a session begins with; nothing where nothing was dreamt."""
    memory = memory_of(given)
    from rem_dagster.interfaces.mcp.served import Served
    from rem_dagster.interfaces.mcp.threads import context_text

    text = context_text(Served(memory), max_tokens=max_tokens)
    if as_json:
        show_json({"context": text})
    elif text:
        show_raw(text)
    else:
        note(f"Nothing of the last two weeks was dreamt. Next: {command_in(memory.home, 'dream')}")
    return DONE
