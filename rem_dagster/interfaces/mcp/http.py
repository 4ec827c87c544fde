"""How is the server reached over HTTP, by nobody but who may?

request ── from loopback, where alone it listens
        ── Host and Origin are ours            else 421 / 403: a page of another name may not reach it
        ── Authorization: Bearer TOKEN         else 401
        ── at most 4 MiB                       else 413
"""

import hmac
import socket

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from rem_dagster.errors import InputError
from rem_dagster.store.room import keep_little

HOST = "127.0.0.1"
PATH = "/mcp"
NAMES = ("127.0.0.1", "localhost")


class Guard:
    """Lets through what names us as its host and shows the token."""

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self.app = app
        self._shown = f"Bearer {token}".encode()
        self._hosts = hosts(port)
        self._origins = origins(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)  # the app's own start and end
        elif scope["type"] == "http":
            refused = self._refusal(Headers(scope=scope))
            await (refused or self.app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        if headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("This server has another name.", 421)
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in self._origins:
            return PlainTextResponse("Pages of other origins may not ask.", 403)
        shown = headers.get("authorization", "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(shown, self._shown):
            said = "Show the token: Authorization: Bearer TOKEN. `rem mcp token` prints it."
            return PlainTextResponse(said, 401, {"WWW-Authenticate": 'Bearer realm="rem"'})
        return None


def hosts(port: int) -> list[str]:
    """The values of `Host` that mean this server."""
    return [f"{name}:{port}" for name in NAMES]


def origins(port: int) -> list[str]:
    """The values of `Origin` that pages of this server would have."""
    return [f"http://{host}" for host in hosts(port)]


def make_app(server: MCPServer, *, token: str, port: int) -> Guard:
    """The application that answers at `PATH`; each request stands for itself, and nothing is kept of it."""
    security = TransportSecuritySettings(allowed_hosts=hosts(port), allowed_origins=origins(port))
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        transport_security=security,
        host=HOST,
    )
    return Guard(app, token=token, port=port)


def serve(server: MCPServer, *, token: str, port: int) -> None:
    """Answer until Ctrl-C.

    Raises:
        InputError: something else listens at the port.
    """
    keep_little()
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            raise InputError(
                f"Could not listen at {HOST}:{port}: {error.strerror}. Nothing was served. "
                "Give another one with --port."
            ) from error
        config = uvicorn.Config(
            make_app(server, token=token, port=port),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=2,
        )
        uvicorn.Server(config).run(sockets=[listening])
