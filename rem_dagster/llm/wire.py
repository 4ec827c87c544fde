"""How does one request reach an endpoint, and come back in spite of its hiccups?

The SDK is held to what it is given here: it takes no key, organisation or header from the environment,
follows no redirect with somebody's diary in its hands, and never retries by itself.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rem_dagster.errors import EndpointError
from rem_dagster.llm.charge import Charge, charged
from rem_dagster.llm.endpoints import Endpoint
from rem_dagster.llm.failures import HiccupError, RejectedError, failure_of, named, retry_after, scrubbed
from rem_dagster.settings import forbids_live_models

if TYPE_CHECKING:
    from openai import APIStatusError, AsyncOpenAI

ATTEMPTS_TO_REACH = 3
"""For an endpoint that never was there: a wrong address or a server not started, which time does not mend."""
CONNECT_SECONDS = 15.0
"""For somebody to pick up; an answer may take much longer."""
LONGEST_RETRY_AFTER = 120.0
"""Seconds that an endpoint may ask to be left alone. Source: the openai SDK's own limit."""


@dataclass(frozen=True)
class Patience:
    """How long a request is tried; seconds. Waits double, without jitter, up to the longest."""

    attempts: int = 6
    budget_seconds: float = 900.0
    first_wait: float = 1.0
    longest_wait: float = 60.0

    def wait(self, attempt: int, asked: float | None) -> float:
        """How long to wait after an attempt, the first being 0; what the endpoint asked for comes first."""
        return asked if asked is not None else min(self.first_wait * 2**attempt, self.longest_wait)


@dataclass(frozen=True)
class Clock:
    """Time, so that tests need not wait."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True)
class Received:
    """An answer with status 200, as parsed JSON, and how many calls before it timed out unanswered."""

    body: Mapping[str, Any]
    timeouts: int = 0


class Wire:
    """Sends bodies to one endpoint, at most so many at once in one event loop."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str | None,
        concurrency: int,
        timeout_seconds: float,
        patience: Patience,
        clock: Clock,
    ) -> None:
        self._endpoint = endpoint
        self._key = key
        self._concurrency = concurrency
        self._timeout_seconds = timeout_seconds
        self._patience = patience
        self._clock = clock
        self._was_reached = False
        self._is_given_up = False
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[AsyncOpenAI, asyncio.Semaphore]] = (
            WeakKeyDictionary()
        )

    async def complete(self, body: Mapping[str, Any]) -> Received:
        """The answer to a chat completion.

        A place among those at work is held while waiting too: an endpoint that asks for patience gets it.

        Raises:
            RejectedError: the endpoint will not have this body.
            EndpointError: it cannot be used, or did not answer for as long as patience lasts.
        """
        self._check_allowed()
        client, places = self._of_this_loop()
        async with places:
            return await self._patiently(lambda: self._post(client, body))

    async def embed(self, texts: Sequence[str]) -> Received:
        """The answer to a request for the embeddings of some texts; places and errors as in `complete`."""
        self._check_allowed()
        client, places = self._of_this_loop()

        async def send() -> str:
            raw = await client.embeddings.with_raw_response.create(
                model=self._endpoint.model, input=list(texts), encoding_format="float"
            )
            return raw.text

        async with places:
            return await self._patiently(lambda: self._send(send))

    async def transcribe(self, name: str, sound: bytes, fields: Mapping[str, Any]) -> Received:
        """The answer to a request for the text of a recording; places and errors as in `complete`.

        An answer that is plain text comes as an object with that `text`.
        """
        self._check_allowed()
        client, places = self._of_this_loop()

        async def send() -> str:
            raw = await client.audio.transcriptions.with_raw_response.create(
                model=self._endpoint.model, file=(name, sound), **fields
            )
            is_plain = raw.headers.get("content-type", "").startswith("text/plain")
            return json.dumps({"text": raw.text}) if is_plain else raw.text

        async with places:
            return await self._patiently(lambda: self._send(send))

    async def model_names(self) -> tuple[str, ...]:
        """The models that the endpoint says it has, sorted.

        Raises:
            EndpointError: it cannot be used, or does not say.
        """
        self._check_allowed()
        client, places = self._of_this_loop()
        async with places:
            try:
                found = await self._patiently(lambda: self._list(client))
            except RejectedError as error:
                raise EndpointError(
                    f"{named(self._endpoint)} does not list its models: {error.text}"
                ) from error
        listed = found.body.get("data")
        entries = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return tuple(sorted(str(one["id"]) for one in entries if "id" in one))

    async def close(self) -> None:
        """Close this event loop's connections; another call opens new ones."""
        if held := self._loops.pop(asyncio.get_running_loop(), None):
            await held[0].close()

    def _check_allowed(self) -> None:
        if forbids_live_models() and not self._endpoint.is_local:
            raise EndpointError(
                f"{named(self._endpoint)} is beyond this machine, and REM_NO_LIVE_MODELS is set. "
                "Nothing was sent."
            )

    def _of_this_loop(self) -> "tuple[AsyncOpenAI, asyncio.Semaphore]":
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            self._loops[loop] = (self._client(), asyncio.Semaphore(self._concurrency))
        return self._loops[loop]

    def _client(self) -> "AsyncOpenAI":
        import httpx2
        from openai import AsyncOpenAI

        client = AsyncOpenAI(
            base_url=self._endpoint.base_url.rstrip("/"),
            api_key=self._key or "none",  # None would fetch OPENAI_API_KEY for whatever endpoint this is
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            max_retries=0,
            http_client=httpx2.AsyncClient(
                timeout=httpx2.Timeout(
                    self._timeout_seconds, connect=min(CONNECT_SECONDS, self._timeout_seconds)
                ),
                follow_redirects=False,
                trust_env=not self._endpoint.is_local,  # no proxy stands between this machine and itself
            ),
        )
        client._custom_headers = {}  # OPENAI_CUSTOM_HEADERS may hold another provider's key
        client.organization = client.project = None
        return client

    async def _patiently(self, send: Callable[[], Awaitable[Mapping[str, Any]]]) -> Received:
        began, timeouts = self._clock.now(), 0
        for attempt in range(self._patience.attempts):
            try:
                answer = await send()
                self._was_reached = True
                return Received(answer, timeouts)
            except HiccupError as hiccup:
                timeouts += hiccup.timed_out
                self._was_reached |= not hiccup.unreachable
                wait = self._patience.wait(attempt, hiccup.asked)
                spent = self._clock.now() - began
                if wait > LONGEST_RETRY_AFTER:
                    raise EndpointError(
                        f"{named(self._endpoint)} asks to be left alone for {wait:.0f} s ({hiccup.reason}). "
                        "Nothing was changed; try again after that."
                    ) from hiccup.__cause__
                if attempt + 1 >= self._attempts or spent + wait > self._patience.budget_seconds:
                    self._is_given_up = not self._was_reached
                    who = named(self._endpoint)
                    error = EndpointError(
                        f"{who} gave no answer to {attempt + 1} attempts in {spent:.0f} s; "
                        f"the last: {hiccup.reason}. Nothing was changed; try again, or see `rem doctor`."
                    )
                    raise charged(error, Charge(calls=timeouts)) from hiccup.__cause__
                await self._clock.sleep(wait)
        raise AssertionError("a patience without attempts")

    @property
    def _attempts(self) -> int:
        """How often a request is tried: once where another found that nobody ever was there."""
        if self._was_reached:
            return self._patience.attempts
        return 1 if self._is_given_up else min(ATTEMPTS_TO_REACH, self._patience.attempts)

    async def _post(self, client: "AsyncOpenAI", body: Mapping[str, Any]) -> Mapping[str, Any]:
        async def send() -> str:
            raw = await client.chat.completions.with_raw_response.create(
                model=self._endpoint.model,
                messages=body["messages"],
                extra_body={name: value for name, value in body.items() if name != "messages"},
            )
            return raw.text

        return await self._send(send)

    async def _list(self, client: "AsyncOpenAI") -> Mapping[str, Any]:
        async def send() -> str:
            return (await client.models.with_raw_response.list()).text

        return await self._send(send)

    async def _send(self, send: Callable[[], Awaitable[str]]) -> Mapping[str, Any]:
        import httpx2
        import openai

        try:
            # The SDK's limit is for each read: a server that trickles would never come to it.
            async with asyncio.timeout(self._timeout_seconds):
                text = await send()
        except (TimeoutError, openai.APITimeoutError) as error:
            if isinstance(error.__cause__, httpx2.ConnectTimeout):
                raise HiccupError("could not connect (ConnectTimeout)", unreachable=True) from error
            reason = f"no answer within {self._timeout_seconds:g} s"
            raise HiccupError(reason, timed_out=True) from error
        except openai.APIStatusError as error:
            raise self._translated(error) from error
        except openai.APIConnectionError as error:
            why = f"could not connect ({type(error.__cause__ or error).__name__})"
            raise HiccupError(why, unreachable=True) from error
        return self._parsed(text)

    def _parsed(self, text: str) -> Mapping[str, Any]:
        try:
            body = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise HiccupError("what came back is no JSON") from error
        if not isinstance(body, dict):
            raise HiccupError("what came back is no JSON object")
        said = body.get("error")
        if isinstance(said, dict) and not body.get("choices"):  # some gateways put errors under status 200
            status = said.get("code")
            raise self._failure(status if isinstance(status, int) else 502, said)
        return body

    def _translated(self, error: "APIStatusError") -> Exception:
        error.message = scrubbed(error.message, self._key)  # the chain of causes is printed with --debug
        error.args = (error.message,)
        return self._failure(error.status_code, error.body, asked=retry_after(error.response.headers))

    def _failure(self, status: int, body: object, *, asked: float | None = None) -> Exception:
        return failure_of(self._endpoint, status, body, key=self._key, asked=asked)
