"""Which model answers from an OpenAI-compatible endpoint?"""

from collections.abc import Set
from pathlib import Path
from typing import Any

from rem_dagster.errors import EndpointError, ModelError, SettingsError, TruncatedError
from rem_dagster.llm.charge import NOTHING_SENT, charged
from rem_dagster.llm.cut import Cuts, PromptCutError, was_prompt_cut
from rem_dagster.llm.endpoints import Endpoint, endpoint_of
from rem_dagster.llm.failures import RejectedError, named
from rem_dagster.llm.interface import Answer, Forecast, Request
from rem_dagster.llm.ladder import Rung, RungMemory, body_of
from rem_dagster.llm.prices import Price, price_of
from rem_dagster.llm.reply import Call, Reply, answer_of, charge_for
from rem_dagster.llm.shape import MisfitError, parse
from rem_dagster.llm.tokens import request_tokens, turns_tokens
from rem_dagster.llm.trying import Trying
from rem_dagster.llm.wire import Clock, Patience, Wire
from rem_dagster.settings import Settings, secret

TOO_LONG = (
    "context_length",
    "context length",
    "context size",
    "context window",
    "maximum context",
    "too long",
)
NO_ANSWER = "no answer in time"
FILTERED = ("content_filter", "content_policy", "content management policy")


class OpenAIChatModel:
    """A model behind an endpoint that speaks OpenAI's chat completions. See `ChatModel`.

    Args:
        key: what is sent as the bearer's key; nothing of the environment when None.
        context_tokens: what the model holds; a request that is estimated to pass it is not sent.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str | None = None,
        price: Price | None = None,
        rungs: RungMemory | None = None,
        concurrency: int = 8,
        timeout_seconds: float = 300.0,
        context_tokens: int | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._price = price
        self._rungs = rungs or RungMemory()
        self._cuts = Cuts()
        self._context_tokens = context_tokens
        self._renamed: dict[str, str | None] = {}  # parameters that this model has by another name, or not
        self._wire = Wire(
            endpoint,
            key=key,
            concurrency=concurrency,
            timeout_seconds=timeout_seconds,
            patience=patience or Patience(),
            clock=clock or Clock(),
        )

    @property
    def name(self) -> str:
        """The model's name, without its preset."""
        return self._endpoint.model

    @property
    def endpoint(self) -> str:
        """Where requests go: a URL without credentials."""
        return self._endpoint.address

    @property
    def price(self) -> Price | None:
        """What it costs; None when nobody knows."""
        return self._price

    @property
    def rung(self) -> Rung:
        """The way in which the next request will be made."""
        return self._rungs.first(self.endpoint, self.name)

    async def model_names(self) -> tuple[str, ...]:
        """The models that the endpoint says it has; see `Wire.model_names`."""
        return await self._wire.model_names()

    async def close(self) -> None:
        """Close this event loop's connections."""
        await self._wire.close()

    def forecast(self, request: Request, *, completion_tokens: int) -> Forecast:
        """One call, its prompt estimated from its text; see `ChatModel.forecast`."""
        asked = request_tokens(request)
        cost = self._price.cost(asked, completion_tokens) if self._price else None
        return Forecast(1, asked, completion_tokens, cost)

    async def answer(self, request: Request) -> Answer:
        """The parsed answer; see `ChatModel.answer`.

        An answer of the wrong shape is asked for again in words, at most twice; before that, one that broke
        off is asked for as it was, as that may have been an accident, and so is one that was cut early.

        An error says what was paid for nothing (`charge_of`).

        Raises:
            SchemaError: the request's schema cannot be closed; nothing was sent.
        """
        self._check_room(request)
        calls: list[Call] = []
        try:
            return await self._answer(request, calls)
        except ModelError as error:
            raise charged(error, charge_for(calls, error)) from error.__cause__

    async def _answer(self, request: Request, calls: list[Call]) -> Answer:
        trying = Trying(self.rung, self._cuts)
        while True:
            rung = trying.rung
            body = self._body(request, rung, trying.complaint)
            try:
                received = await self._wire.complete(body)
            except RejectedError as error:
                trying.rung = self._next(rung, error, request.parameters.keys() & body.keys())
                continue
            calls += [Call(request, rung, None, None, None, NO_ANSWER)] * received.timeouts
            reply = Reply.of(received.body)
            read = self._read(reply, request)
            problem = read if isinstance(read, Exception) else None
            calls.append(self._record(request, rung, reply, problem))
            if not isinstance(read, Exception):
                if trying.complaint is None:
                    self._rungs.worked(self.endpoint, self.name, rung)
                return answer_of(read, calls)
            if trying.goes_on_as_it_was(read, reply.completion_tokens, most_tokens_of(request)):
                continue
            if not isinstance(read, MisfitError):
                raise read
            self._rungs.misfit(self.endpoint, self.name, rung)
            if not trying.goes_on_in_words(read):
                misfits = sum(call.problem != NO_ANSWER for call in calls)
                raise ModelError(
                    f"{named(self._endpoint)} gave {misfits} answers of the wrong shape; the last one "
                    f"(asked for as {rung}): {read}. Nothing of it was used."
                ) from read

    def _read(self, reply: Reply, request: Request) -> dict[str, Any] | Exception:
        """The content of a reply, or what is wrong with it."""
        problem = self._unusable(reply) or self._unread(reply, request)
        if problem is not None:
            return problem
        try:
            return parse(reply.text, request.schema)
        except MisfitError as error:
            return type(error)(str(error))  # without the chain, which holds the text

    def _body(self, request: Request, rung: Rung, complaint: str | None) -> dict[str, Any]:
        body = body_of(request, rung, complaint=complaint)
        for name, other in self._renamed.items():
            if name in body and (value := body.pop(name)) is not None and other:
                body[other] = value
        return body

    def _next(self, rung: Rung, error: RejectedError, parameters: Set[str]) -> Rung:
        """The way to ask after a rejection: the same without a parameter, or the next one down."""
        said = f"{error.code} {error.text}".lower()
        if any(word in said for word in TOO_LONG):
            raise TruncatedError(
                f"{named(self._endpoint)} finds the request too long ({error.text}). Ask about less."
            ) from error
        if any(word in said for word in FILTERED):
            raise ModelError(f"{named(self._endpoint)} filtered the request out ({error.text}).") from error
        if error.param in parameters:
            self._renamed[error.param] = "max_completion_tokens" if error.param == "max_tokens" else None
            return rung
        if rung.below is None:
            raise EndpointError(
                f"{named(self._endpoint)} rejects every way of asking; the last: {error.text}. "
                "Nothing was changed; see `rem doctor`."
            ) from error
        return rung.below

    def _unusable(self, reply: "Reply") -> Exception | None:
        """Why there is nothing to parse; None when there is."""
        who = named(self._endpoint)
        if reply.finish_reason == "length":
            return TruncatedError(
                f"{who} cut its answer after {reply.completion_tokens or 'an unknown number of'} tokens. "
                "Ask about less, or raise max_tokens."
            )
        if reply.finish_reason == "content_filter":
            return ModelError(f"{who} filtered its answer out. Nothing was changed.")
        if reply.is_refusal:
            return ModelError(f"{who} refused to answer. Nothing was changed.")
        return None

    def _unread(self, reply: Reply, request: Request) -> Exception | None:
        """That some of the prompt was not read; None when nothing tells of it."""
        sent = turns_tokens(request.turns)
        if not was_prompt_cut(reply.prompt_tokens, sent):
            return None
        return PromptCutError(
            f"{named(self._endpoint)} read {reply.prompt_tokens} of about {sent} tokens: it cut the prompt "
            "without a word. Ask about less; set llm_context_tokens to what the server was started with."
        )

    def _check_room(self, request: Request) -> None:
        if self._context_tokens is None:
            return
        wanted = request_tokens(request) + (most_tokens_of(request) or 0)
        if wanted > self._context_tokens:
            error = TruncatedError(
                f"The request and its answer take about {wanted} tokens and {self.name!r} holds "
                f"{self._context_tokens} (llm_context_tokens). Nothing was sent. Ask about less."
            )
            raise charged(error, NOTHING_SENT)

    def _record(self, request: Request, rung: Rung, reply: "Reply", problem: Exception | None) -> Call:
        asked, answered, cost = reply.prompt_tokens, reply.completion_tokens, None
        if self._price and asked is not None and answered is not None:
            cost = self._price.cost(asked, answered, cached_tokens=min(reply.cached_tokens, asked))
        return Call(request, rung, asked, answered, cost, str(problem) if problem else None)


def most_tokens_of(request: Request) -> int | None:
    """How many tokens a request lets its answer have; None where it does not say."""
    most = request.parameters.get("max_tokens", request.parameters.get("max_completion_tokens"))
    return most if isinstance(most, int) else None


def open_chat_model(
    settings: Settings,
    *,
    rungs_path: Path | None = None,
    needs_key: bool = True,
    patience: Patience | None = None,
) -> OpenAIChatModel:
    """The model that the settings choose.

    Args:
        rungs_path: the file that remembers which way of asking works where.
        needs_key: whether it is to be asked; a forecast needs no key.
        patience: how long a request is tried; as long as a dream has when None.

    Raises:
        SettingsError: none is chosen, its address is none, or its key is not in the environment.
    """
    if not settings.llm:
        raise SettingsError("No model is chosen. Name one: --llm MODEL, REM_LLM, or llm in config.toml.")
    endpoint = endpoint_of(
        settings.llm, base_url=settings.llm_base_url, key_variable=settings.llm_api_key_env
    )
    key = secret(endpoint.key_variable) if endpoint.key_variable else None
    if needs_key and endpoint.key_variable and key is None:
        raise SettingsError(
            f"{named(endpoint)} wants a key in {endpoint.key_variable}, which is not set. Nothing was sent."
        )
    return OpenAIChatModel(
        endpoint,
        key=key,
        price=price_of(endpoint, settings),
        rungs=RungMemory(rungs_path),
        concurrency=settings.llm_concurrency,
        timeout_seconds=settings.llm_timeout_seconds,
        context_tokens=settings.llm_context_tokens,
        patience=patience,
    )
