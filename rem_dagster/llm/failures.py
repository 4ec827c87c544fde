"""What does it mean when an endpoint answers with an error: wait, ask otherwise, or give up?"""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from rem_dagster.errors import EndpointError
from rem_dagster.llm.endpoints import MODEL_SETTINGS, Endpoint

RETRIED = frozenset({408, 409, 425, 429})
"""Beside every 5xx but 501."""
ASKED_FORMS = ("response_format", "json_schema", "schema", "structured", "grammar", "tool", "strict")
WORDS = 200
"""Characters of an endpoint's own words that a message repeats."""


class RejectedError(Exception):
    """The endpoint understood a request and will not have it as it is."""

    def __init__(self, text: str, *, code: str = "", param: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.param = param


class HiccupError(Exception):
    """Worth another try.

    Attributes:
        asked: seconds that the endpoint asks to wait; None when it does not say.
        timed_out: whether the request may have been worked on, and paid for, without an answer.
        unreachable: whether nobody was there.
    """

    def __init__(
        self,
        reason: str,
        *,
        asked: float | None = None,
        timed_out: bool = False,
        unreachable: bool = False,
    ) -> None:
        super().__init__(reason)
        self.unreachable = unreachable
        self.reason = reason
        self.asked = asked
        self.timed_out = timed_out


def failure_of(
    endpoint: Endpoint, status: int, body: object, *, key: str | None, asked: float | None = None
) -> RejectedError | HiccupError | EndpointError:
    """What an answer with an error's status means.

    Args:
        body: the parsed answer, or its `error` part; anything.
        key: what must not be repeated.
        asked: seconds that the endpoint asks to wait.
    """
    said: Mapping[str, Any] = body if isinstance(body, dict) else {}
    words = scrubbed(str(said.get("message") or said.get("error") or ""), key)[:WORDS]
    code, text = str(said.get("code") or ""), f"HTTP {status}{': ' if words else ''}{words}"
    is_about_form = any(form in words.lower() for form in ASKED_FORMS)
    if status == 402 or code == "insufficient_quota":
        return EndpointError(f"{named(endpoint)} has no credit left ({text}). Nothing was changed.")
    if status in (401, 403):
        variable = endpoint.key_variable
        setting = f"{endpoint.use}_api_key_env"
        advice = f"See that {variable} holds its key" if variable else f"Set {setting} to its variable"
        return EndpointError(f"{named(endpoint)} refuses the key ({text}). {advice}. Nothing was changed.")
    if 300 <= status < 400:
        return EndpointError(
            f"{named(endpoint)} sends elsewhere ({text}), where no text goes. "
            f"Give the right {endpoint.use}_base_url."
        )
    if status in RETRIED or (status >= 500 and status != 501 and not is_about_form):
        return HiccupError(text, asked=asked)
    if status == 404 and not is_about_form:
        return EndpointError(
            f"{named(endpoint)} was not found ({text}). "
            f"See that {MODEL_SETTINGS[endpoint.use]} and {endpoint.use}_base_url are right; "
            "`rem doctor` lists the models that are there. Nothing was changed."
        )
    return RejectedError(text, code=code, param=str(said.get("param") or ""))


def named(endpoint: Endpoint) -> str:
    """An endpoint as messages begin with it."""
    return f"The endpoint {endpoint.address} (model {endpoint.model!r})"


def scrubbed(text: str, key: str | None) -> str:
    """The text without the key, which some endpoints repeat to whoever sent a wrong one."""
    return text.replace(key, "***") if key else text


def retry_after(headers: Mapping[str, str], *, at: float | None = None) -> float | None:
    """Seconds that an endpoint asks to wait; None when it does not say. Source: RFC 9110, 10.2.3.

    Args:
        at: seconds since the epoch, for the form that gives a date; now when absent.
    """
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        when = parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, when.timestamp() - (time.time() if at is None else at))
    except (ValueError, TypeError):
        return None
