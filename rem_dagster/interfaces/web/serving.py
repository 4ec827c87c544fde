"""How is the journal served, until somebody ends it?"""

import errno
import secrets
import socket
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette

from rem_dagster.errors import InputError
from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import LOOPBACK, TICKET, Safety, Tickets, is_loopback
from rem_dagster.interfaces.web.veil import veil_of
from rem_dagster.memory import Memory

PORT, PORTS = 8321, 20
"""Where it listens when no port is named, and how many after it are tried."""
EVERYWHERE = frozenset(("0.0.0.0", "::", ""))
ONCE = "once"
"""Given as the token: words that let one browser in, each one once."""
TOKEN_BYTES = 32
"""Of the token that nobody is told, where one-time words stand for it."""
SECONDS_TO_FINISH = 3


@dataclass(frozen=True)
class Serving:
    """How a journal is to be served."""

    host: str = "127.0.0.1"
    port: int | None = None
    """None takes the first of some that is free."""
    names: tuple[str, ...] = ()
    """By which else it may be called."""
    token: str | None = None
    is_veiled: bool = False
    is_readonly: bool = False
    opens_browser: bool = False


def serve(memory: Memory, how: Serving, *, tell: Callable[[str], None]) -> int:
    """Serve a user's journal until Ctrl-C.

    Args:
        tell: is told the address once pages are answered, and again when a one-time word was used.

    Raises:
        InputError: the port is taken, the host is none of this machine, or it needs a token; nothing is
            served.
    """
    _check_token(how)
    with _listening(how) as listening:
        port = listening.getsockname()[1]
        tickets = Tickets(lambda ticket: tell(_address(how, port, ticket))) if how.token == ONCE else None
        safety = Safety(
            hosts=_names(how),
            token=secrets.token_urlsafe(TOKEN_BYTES) if tickets else how.token,
            tickets=tickets,
            is_readonly=how.is_readonly,
        )
        app = make_app(memory, safety, veil=veil_of(memory) if how.is_veiled else None)
        address = _address(how, port, tickets.current if tickets else None)

        def begin() -> None:
            tell(address)
            if how.opens_browser:
                Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        _run(app, listening, begin)
    return 0


class _Server(uvicorn.Server):
    """One that says when it answers."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_start()


def _run(app: Starlette, listening: socket.socket, on_start: Callable[[], None]) -> None:
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    try:
        _Server(config, on_start).run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # it is how a server is ended


def _check_token(how: Serving) -> None:
    if is_loopback(how.host) or how.token:
        return
    raise InputError(
        f"At {how.host!r} others could read this journal. Nothing is served. --token once makes words that "
        "let one browser in each, --token WORD asks for a word of yours; without --host it is served to "
        "this machine alone."
    )


def _names(how: Serving) -> frozenset[str]:
    """The names by which the journal may be called."""
    own = {socket.gethostname().lower(), *_own_addresses()} if how.host in EVERYWHERE else {how.host.lower()}
    return LOOPBACK | own | {each.lower() for each in how.names}


def _own_addresses() -> set[str]:
    """The addresses of this machine, as far as they are known without asking anybody."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None)
    except OSError:
        return set()
    return {str(address[0]) for *_, address in found}


def _address(how: Serving, port: int, ticket: str | None) -> str:
    host = "127.0.0.1" if is_loopback(how.host) and how.host != "::1" else how.host
    if how.host in EVERYWHERE:
        host = how.names[0] if how.names else socket.gethostname()
    named = f"[{host}]" if ":" in host else host
    return f"http://{named}:{port}/" + (f"?{urlencode({TICKET: ticket})}" if ticket else "")


@contextmanager
def _listening(how: Serving) -> Iterator[socket.socket]:
    """A socket that listens: at the port that was named, or at the first that is free."""
    ports = [how.port] if how.port is not None else [*range(PORT, PORT + PORTS), 0]
    for port in ports:
        try:
            listening = _bound(how.host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port != ports[-1]:
                continue
            raise InputError(
                f"Port {port} on {how.host!r} cannot be used: {error.strerror or error}. Nothing is served. "
                "--port names another one, --host another address of this machine."
            ) from error
        with listening:
            yield listening
        return


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made
