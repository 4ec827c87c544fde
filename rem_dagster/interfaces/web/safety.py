"""Who may read the journal, who may change it, and what may a page of it load?

    request ── Host ── token ── POST: origin and form token ── page ── headers

Nothing here looks at the home: a request that does not pass reads nothing of it.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from threading import Lock
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
READING = frozenset(("GET", "HEAD"))
COOKIE, FORM_TOKEN, TOKEN_HEADER, TICKET = "rem_journal", "csrf", "x-csrf-token", "token"
MOST_FORM_BYTES = 256 << 10
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # none at all would make browsers hide where a form comes from
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
PRIVATE = "private, no-store"
"""How long a page may be kept by a browser that others use, too."""


class Tickets:
    """The one-time word by which a browser is let in; once used it is another."""

    def __init__(self, on_new: Callable[[str], None] = lambda _: None) -> None:
        self._on_new = on_new
        self._using = Lock()
        self.current = secrets.token_urlsafe(24)

    def use(self, ticket: str) -> bool:
        """Whether it is the current one, which it then no longer is."""
        with self._using:
            if not _equal(ticket, self.current):
                return False
            self.current = secrets.token_urlsafe(24)
        self._on_new(self.current)
        return True


@dataclass(frozen=True)
class Safety:
    """What a journal that is being served asks of a request."""

    hosts: frozenset[str] = LOOPBACK
    """Names by which it may be called, without ports."""
    token: str | None = None
    """What a request beyond loopback must know; None lets everybody in who reaches it."""
    tickets: Tickets | None = None
    """Where the token is not to be typed: one-time words that stand for it."""
    is_readonly: bool = False
    """Whether forms are refused."""
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Of the tokens in forms; another one each time the journal is served."""

    @property
    def form_token(self) -> str:
        """What every form carries: another site cannot read it."""
        return hmac.new(self.key, b"form", sha256).hexdigest()

    @property
    def cookie(self) -> str:
        """What a browser that was let in shows; the token cannot be told from it."""
        return hmac.new((self.token or "").encode(), b"journal", sha256).hexdigest()

    def lets_in(self, ticket: str) -> bool:
        """Whether a word is the token, or stands for it."""
        if self.token is not None and _equal(ticket, self.token):
            return True
        return self.tickets is not None and self.tickets.use(ticket)


class Guard:
    """Lets through what `Safety` allows, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, safety: Safety) -> None:
        self.app = app
        self.safety = safety

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message))
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None and scope["method"] == "POST":
            body = await _body(receive)
            refusal = self._form_refusal(scope, body)
            receive = _once(body or b"")
        await (refusal or self.app)(scope, receive, send_safely)

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is not answered; None lets it through."""
        headers = Headers(scope=scope)
        if _name_of(headers.get("host", "")) not in self.safety.hosts:
            said = "This journal is not called so. Open it by the address that `rem web` printed."
            return PlainTextResponse(said, 421)
        if scope["method"] not in (*READING, "POST"):
            return PlainTextResponse("A journal is read with GET and changed with POST.", 405)
        if self.safety.token is not None and not _equal(_cookie_of(headers), self.safety.cookie):
            return self._at_the_door(scope)
        return None if scope["method"] in READING else self._origin_refusal(scope, headers)

    def _at_the_door(self, scope: Scope) -> Response:
        """Let a browser in that brings the token, and have it ask again without."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tickets = [value for name, value in query if name == TICKET]
        if scope["method"] != "GET" or not tickets or not self.safety.lets_in(tickets[0]):
            said = "This journal asks for its token. Open it by the address that `rem web` printed last."
            return PlainTextResponse(said, 401)
        rest = urlencode([(name, value) for name, value in query if name != TICKET])
        path = "/" + scope["path"].lstrip("/")  # two slashes would name another host
        answer = RedirectResponse(f"{path}?{rest}" if rest else path, 303)
        answer.set_cookie(COOKIE, self.safety.cookie, httponly=True, samesite="strict", path="/")
        return answer

    def _origin_refusal(self, scope: Scope, headers: Headers) -> Response | None:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if self.safety.is_readonly:
            return PlainTextResponse("This journal is served to be read only. Nothing was changed.", 403)
        is_own = origin is None or origin.partition("://")[2] == headers.get("host")
        if not is_own or site not in (None, "same-origin"):
            return PlainTextResponse("This form comes from another site. Nothing was changed.", 403)
        return None

    def _form_refusal(self, scope: Scope, body: bytes | None) -> Response | None:
        """Why a form is not taken; one that is stands in the request's state for its page."""
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if body is None:
            return PlainTextResponse("That is too long for a form. Nothing was changed.", 413)
        if kind != "application/x-www-form-urlencoded":
            return PlainTextResponse("A form was expected. Nothing was changed.", 415)
        try:
            form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200)
        except ValueError:
            return PlainTextResponse("The form cannot be read. Nothing was changed.", 400)
        token = headers.get(TOKEN_HEADER) or next(iter(form.get(FORM_TOKEN, ())), "")
        if not _equal(token, self.safety.form_token):
            said = "The form is of an older page. Nothing was changed. Load the page again, then send it."
            return PlainTextResponse(said, 403)
        scope.setdefault("state", {})["form"] = form
        return None


def form_of(request: Request) -> Mapping[str, list[str]]:
    """What was entered in the form of a POST that was let through."""
    form = request.scope.get("state", {}).get("form", {})
    return {name: values for name, values in form.items() if name != FORM_TOKEN}


def add_headers(headers: MutableHeaders) -> None:
    """Set what every answer says of itself."""
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("cache-control", PRIVATE)


def is_loopback(host: str) -> bool:
    """Whether a host's name means this machine alone."""
    return _name_of(host) in LOOPBACK or host in LOOPBACK


def _name_of(host: str) -> str:
    """A host without its port, in lower case, without the brackets of IPv6."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _cookie_of(headers: Headers) -> str:
    try:
        held = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return held[COOKIE].value if COOKIE in held else ""


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


async def _body(receive: Receive) -> bytes | None:
    """A request's body; None where it is too long."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_FORM_BYTES:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
