"""Can the chosen model be asked, and how does it answer?"""

import asyncio
from collections.abc import Iterator

from rem_dagster.dreaming.draft.choice import agentlet_path, choose_engine, is_offline
from rem_dagster.dreaming.draft.llm import load_agentlet
from rem_dagster.errors import SettingsError
from rem_dagster.interfaces.cli.examined import Finding, Look
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.interfaces.cli.words import counted, dollars, listed
from rem_dagster.llm.client import OpenAIChatModel
from rem_dagster.llm.endpoints import Endpoint, endpoint_of, is_local
from rem_dagster.llm.opening import Asking
from rem_dagster.llm.probe import Listed, Probed, ask_once, has_model, list_models, open_probe
from rem_dagster.settings import secret

WHAT = "Model"
NAMED = 8
"""Models of an endpoint that are named."""
HINTS = ("; `rem doctor` lists the models that are there", ", or see `rem doctor`", "; see `rem doctor`")
PRICE_SETTINGS = "llm_price_input_per_million and llm_price_output_per_million in config.toml"


def model_look(*, may_ask: bool) -> Look:
    """A look at the model's endpoint.

    Args:
        may_ask: whether one small question is sent, which is paid for as any other.
    """

    def look_at_model(opened: Opened) -> Iterator[Finding]:
        if is_offline(opened.home):
            yield Finding(
                WHAT,
                "ok",
                "No model is chosen: the offline engine writes the days, and nothing leaves this machine. "
                "To have one write them, see docs/models.md, or for a start:",
                opened.command("dream", "--llm", "ollama:qwen3:8b"),
            )
            return
        settings = opened.home.settings
        load_agentlet(agentlet_path(opened.home))
        endpoint = endpoint_of(
            settings.llm or "", base_url=settings.llm_base_url, key_variable=settings.llm_api_key_env
        )
        yield Finding(WHAT, "ok", f"{endpoint.model} at {endpoint.address}.")
        key = _key(endpoint)
        yield key
        if key.level == "broken":
            return
        client = open_probe(opened.home)
        price = _price(client)
        yield price
        yield _context(opened)
        if price.level == "broken":
            return
        yield from asyncio.run(_answers(opened, client, may_ask=may_ask))

    return look_at_model


def _key(endpoint: Endpoint) -> Finding:
    if endpoint.key_variable is None:
        return Finding("Key", "ok", "None is needed as far as is known; llm_api_key_env names one.")
    if secret(endpoint.key_variable) is None:
        return Finding(
            "Key",
            "broken",
            f"The variable {endpoint.key_variable} is not set. Nothing was sent.",
            f"export {endpoint.key_variable}=...",
        )
    return Finding("Key", "ok", f"It is in {endpoint.key_variable}.")


def _price(client: OpenAIChatModel) -> Finding:
    if client.price is not None:
        asked, answered = client.price.input_per_million, client.price.output_per_million
        return Finding(
            "Price", "ok", f"{dollars(asked)} in and {dollars(answered)} out for a million tokens."
        )
    if is_local(client.endpoint):
        return Finding("Price", "ok", "It runs nearby, so none is needed.")
    return Finding(
        "Price",
        "broken",
        f"The price of {client.name!r} at {client.endpoint} is not known, so no limit on cost could hold. "
        "Nothing was sent. `rem dream --accept-unknown-price` asks it all the same; or set it:",
        PRICE_SETTINGS,
    )


def _context(opened: Opened) -> Finding:
    tokens = opened.home.settings.llm_context_tokens
    try:
        choose_engine(opened.home, Asking(needs_key=False))
    except SettingsError as error:
        return Finding("Context", "broken", str(error))
    if tokens is not None:
        return Finding("Context", "ok", f"{tokens:,} tokens; longer days are asked about in parts.")
    return Finding(
        "Context",
        "note",
        "It is not known, so it is taken to be ample. A model nearby mostly holds less:",
        "llm_context_tokens in config.toml",
    )


async def _answers(opened: Opened, client: OpenAIChatModel, *, may_ask: bool) -> list[Finding]:
    held = await list_models(client)
    if not held.is_usable:
        return [Finding("Endpoint", "broken", _here(held.error or "It cannot be used."), _start_it(client))]
    found = [_listed(held, client.name)]
    if may_ask:
        found.append(_answered(await ask_once(opened.home, client), held, client.name))
    return found


def _start_it(client: OpenAIChatModel) -> str | None:
    return "start the server, or give its address as llm_base_url" if is_local(client.endpoint) else None


def _listed(held: Listed, name: str) -> Finding:
    if held.error is not None or not held.names:
        return Finding("Endpoint", "ok", "It is there; it does not list its models.")
    if has_model(held.names, name):
        return Finding(
            "Endpoint", "ok", f"It is there, and has {name!r} of {counted(len(held.names), 'model')}."
        )
    return Finding("Endpoint", "note", f"It is there, and {name!r} is not in its list: {_names(held)}.")


def _answered(probed: Probed, held: Listed, name: str) -> Finding:
    if probed.answer is None:
        is_missing = bool(held.names) and not has_model(held.names, name)
        choice = f"--llm with one of: {_names(held)}" if is_missing else None
        return Finding("Answer", "broken", _here(probed.error or "It gave no answer."), choice)
    answer = probed.answer
    counts = (
        f"{answer.prompt_tokens:,} tokens in, {answer.completion_tokens:,} out"
        if answer.prompt_tokens is not None and answer.completion_tokens is not None
        else "tokens not told"
    )
    cost = "" if answer.cost_usd is None else f", {dollars(answer.cost_usd)}"
    return Finding(
        "Answer",
        "ok",
        f"It answers in {probed.seconds:.1f} s, asked by {probed.rung}: {counts}{cost}.",
    )


def _here(text: str) -> str:
    """An error's words without the advice to look where somebody is looking."""
    for advice in HINTS:
        text = text.replace(advice, "")
    return text


def _names(held: Listed) -> str:
    return listed(held.names, most=NAMED)
