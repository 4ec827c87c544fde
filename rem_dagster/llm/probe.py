"""Does a model's endpoint answer, and how, as one small question shows?"""

import time
from dataclasses import dataclass

from rem_dagster.errors import BudgetError, EndpointError, ModelError
from rem_dagster.llm.client import OpenAIChatModel, open_chat_model
from rem_dagster.llm.interface import Answer, Request, Turn
from rem_dagster.llm.ladder import Rung
from rem_dagster.llm.opening import RUNGS, Asking, behind_limits
from rem_dagster.llm.wire import Patience
from rem_dagster.settings import Home

BRIEF = Patience(attempts=2, budget_seconds=30, first_wait=0.5)
LONGEST_WAIT = 120.0
"""Seconds for one call: enough for a machine nearby to load a model first."""
QUESTION = Request(
    turns=(Turn("system", "You check a connection. Answer in JSON."), Turn("user", "Are you there?")),
    schema_name="connection",
    schema={
        "type": "object",
        "additionalProperties": False,
        "properties": {"is_there": {"type": "boolean"}},
        "required": ["is_there"],
    },
    parameters={"max_tokens": 1024},  # a model that thinks first needs room to end
)


@dataclass(frozen=True)
class Listed:
    """The models that an endpoint says it has."""

    names: tuple[str, ...] = ()
    is_usable: bool = True
    """False where the endpoint cannot be reached, or refuses the key: asking it would end the same."""
    error: str | None = None
    """Why there is no list; an endpoint that does not list may answer all the same."""


@dataclass(frozen=True)
class Probed:
    """How the question was answered."""

    answer: Answer | None
    rung: Rung
    """The way of asking that worked, or would be tried next."""
    seconds: float
    error: str | None = None


def open_probe(home: Home) -> OpenAIChatModel:
    """A client of the chosen model that soon gives up.

    Raises:
        SettingsError: none is chosen, its address is none, or its key is not in the environment.
    """
    seconds = min(home.settings.llm_timeout_seconds, LONGEST_WAIT)
    hurried = home.settings.model_copy(update={"llm_timeout_seconds": seconds})
    return open_chat_model(hurried, rungs_path=home.path / RUNGS, patience=BRIEF)


async def list_models(client: OpenAIChatModel) -> Listed:
    """The models that are there; no text is sent for it."""
    try:
        return Listed(await client.model_names())
    except EndpointError as error:
        return Listed(is_usable=not _is_final(error), error=str(error))
    finally:
        await client.close()


async def ask_once(home: Home, client: OpenAIChatModel) -> Probed:
    """Ask the question anew, within the home's limits; it is audited as every call is."""
    model = behind_limits(home, client, Asking(refresh=True))
    began = time.monotonic()
    answer, error = None, None
    try:
        answer = await model.answer(QUESTION)
    except (ModelError, BudgetError) as raised:
        error = str(raised)
    finally:
        await model.close()
    return Probed(answer, client.rung, time.monotonic() - began, error)


def has_model(names: tuple[str, ...], name: str) -> bool:
    """Whether a list has a model; Ollama's `latest` goes without saying, Google's begin with `models/`."""
    return bool({name, f"{name}:latest", f"models/{name}"}.intersection(names))


def _is_final(error: EndpointError) -> bool:
    """Whether the endpoint is out of reach or refuses the key, rather than knowing no such list."""
    import openai

    refused = (openai.AuthenticationError, openai.PermissionDeniedError)
    return error.__cause__ is None or isinstance(error.__cause__, (openai.APIConnectionError, *refused))
