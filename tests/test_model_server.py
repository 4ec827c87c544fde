"""The model in a process of its own answers as its options say: real figures rest on it."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rem_dagster.errors import ModelError, TruncatedError
from rem_dagster.llm.client import OpenAIChatModel
from rem_dagster.llm.endpoints import endpoint_of
from rem_dagster.llm.interface import Answer, Request, Turn
from rem_dagster.llm.wire import Patience
from tests.model_answers import inputs_in
from tests.model_server import PROFILES, read_log, running, shares_of

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"kind": {"type": "string", "enum": ["a", "b"]}, "note": {"type": ["string", "null"]}},
    "required": ["kind", "note"],
}
LADDERS = {
    "openai": 1,
    "azure": 1,
    "openrouter": 2,  # takes the schema, ignores it, and is asked again in words
    "ollama": 1,
    "lmstudio": 1,
    "vllm": 1,
    "llamacpp": 1,
}


def request(number: int = 0, **parameters: Any) -> Request:
    return Request([Turn("user", f"Item {number}?")], "kind", SCHEMA, {"max_tokens": 800, **parameters})


def ask(url: str, *requests: Request, **options: Any) -> list[Answer | BaseException]:
    """The answer to each request or what went wrong, all asked together."""
    model = OpenAIChatModel(endpoint_of("fake-1", base_url=url), **options)

    async def together() -> list[Answer | BaseException]:
        asked = (model.answer(each) for each in requests)
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(together())


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_come_to_terms_with(profile: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running("--profile", profile, "--log", str(log)) as url:
        [answer] = ask(url, request(temperature=0.3))
    assert isinstance(answer, Answer), answer
    assert answer.content["kind"] == "a"
    assert answer.calls_paid == LADDERS[profile]
    assert sum(line["said"] == "answered" for line in read_log(log)) == LADDERS[profile]


@pytest.mark.runs
def test_faults_come_in_their_shares_and_not_too_often_in_a_row(tmp_path: Path) -> None:
    log = tmp_path / "log"
    faults = ("--faults", "429=0.3,500=0.3", "--most-in-a-row", "2")
    with running(*faults, "--log", str(log)) as url:
        patient = Patience(first_wait=0.0)
        answers = ask(url, *map(request, range(200)), patience=patient)
    said = Counter(line["said"] for line in read_log(log))
    assert all(isinstance(answer, Answer) for answer in answers)
    assert said["answered"] == 200
    assert 0.2 < said["429"] / said.total() < 0.35
    assert 0.2 < said["500"] / said.total() < 0.35
    assert max(Counter(line["asked"] for line in read_log(log)).values()) == 3


def test_the_same_seed_gives_the_same_faults_whatever_is_asked(tmp_path: Path) -> None:
    orders = []
    for start in (0, 50):
        log = tmp_path / f"log{start}"
        with running("--faults", "429=0.4", "--seed", "3", "--log", str(log)) as url:
            patient = Patience(first_wait=0.0)
            ask(url, *map(request, range(start, start + 20)), patience=patient, concurrency=1)
        orders.append([line["said"] for line in read_log(log)])
    assert orders[0] == orders[1]
    assert "429" in orders[0]


@pytest.mark.parametrize(("kind", "error"), [("truncated", TruncatedError), ("refusal", ModelError)])
def test_a_fault_that_nobody_can_mend_is_an_error(kind: str, error: type[Exception]) -> None:
    with running("--faults", f"{kind}=1", "--most-in-a-row", "1") as url:
        [first] = ask(url, request())
        [second] = ask(url, request())
    assert type(first) is error
    assert isinstance(second, Answer)


def test_speed_and_length_are_those_that_were_asked_for() -> None:
    options = ("--tokens-in-per-second", "1000", "--tokens-out-per-second", "300", "--answer-tokens", "90")
    with running(*options) as url:
        began = time.monotonic()
        [answer] = ask(url, request())
        seconds = time.monotonic() - began
    assert isinstance(answer, Answer)
    assert answer.completion_tokens == 90
    assert 0.3 <= seconds - (answer.prompt_tokens or 0) / 1000 < 2


def test_what_passes_the_context_is_rejected_by_the_server_s_own_count(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running("--context", "850", "--log", str(log)) as url:
        [answer] = ask(url, request())
    assert isinstance(answer, TruncatedError)
    assert "rejected" in read_log(log)[0]["said"]


def test_inputs_are_read_as_they_are_shown() -> None:
    shown = (
        '[m1 13:56 Caroline] Hello\n [not a head] there\n[m2 Melanie in "Talk"] Hi\n[r1 14:00 note "N"] Text'
    )
    read = [(each.handle, each.who, each.text) for each in inputs_in(shown)]
    assert read == [
        ("m1", "Caroline", "Hello\n[not a head] there"),
        ("m2", "Melanie", "Hi"),
        ("r1", "note", "Text"),
    ]


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(Exception, match="none of 429"):
        shares_of("flood=0.1")
