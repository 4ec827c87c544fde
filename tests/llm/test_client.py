"""The client of an OpenAI-compatible endpoint: what it does when things go wrong there."""

import asyncio
import logging
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from rem_dagster.errors import EndpointError, ModelError, SchemaError, TruncatedError
from rem_dagster.llm.charge import charge_of
from rem_dagster.llm.client import OpenAIChatModel
from rem_dagster.llm.endpoints import endpoint_of
from rem_dagster.llm.interface import Answer, Request, Turn
from rem_dagster.llm.ladder import Rung, RungMemory
from rem_dagster.llm.prices import Price
from rem_dagster.llm.wire import Clock, Patience
from tests.llm.server import Endpoint, Fault, serve

KEY = "sk-very-secret-0123456789"
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"said": {"type": "string", "maxLength": 99}, "note": {"type": "string"}},
    "required": ["said"],
}
REQUEST = Request(
    [Turn("system", "You listen."), Turn("user", "Diary!")], "draft", SCHEMA, {"max_tokens": 50}
)
STORM = Fault("status", status=429, message="slow down")


class FakeTime:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: sum(self.slept), sleep=self.sleep)


class Start(Protocol):
    """Starts an endpoint and a model on it."""

    def __call__(
        self, *faults: Fault | None, model: Mapping[str, Any] = {}, **served: Any
    ) -> OpenAIChatModel: ...


class Bench:
    """One endpoint, one model on it, and their fake time."""

    endpoint: Endpoint

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.time = FakeTime()

    def start(
        self, *faults: Fault | None, model: Mapping[str, Any] | None = None, **served: Any
    ) -> OpenAIChatModel:
        answer = served.pop("answer", lambda _: {"said": "hello", "note": None})
        self.endpoint = self._stack.enter_context(serve(Endpoint(answer, faults=deque(faults), **served)))
        return self.another(**(model or {}))

    def another(self, **options: Any) -> OpenAIChatModel:
        where = endpoint_of("fake-1", base_url=self.endpoint.url, key_variable="FAKE_KEY")
        return OpenAIChatModel(where, **{"clock": self.time.clock, **options})


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(stack)


def ask(model: OpenAIChatModel, request: Request = REQUEST) -> Answer:
    return asyncio.run(model.answer(request))


def test_the_request_is_what_strict_endpoints_want(bench: Bench) -> None:
    answer = ask(bench.start(key=KEY, model={"key": KEY}))
    assert answer.content == {"said": "hello"}  # an optional field that came as null is absent
    assert bench.endpoint.asked() == ["json_schema_strict"]
    assert bench.endpoint.bodies[0]["max_tokens"] == 50
    assert bench.endpoint.paths == ["/v1/chat/completions"]


def test_retry_after_is_obeyed(bench: Bench) -> None:
    model = bench.start(
        replace(STORM, headers={"Retry-After": "17"}), replace(STORM, headers={"retry-after-ms": "250"})
    )
    assert ask(model).calls_paid == 1
    assert bench.time.slept == [17, 0.25]


def test_without_it_waits_double(bench: Bench) -> None:
    ask(bench.start(STORM, Fault("status", status=503), Fault("drop"), Fault("html"), Fault("error_in_200")))
    assert bench.time.slept == [1, 2, 4, 8, 16]


def test_a_wait_beyond_two_minutes_is_not_waited_for(bench: Bench) -> None:
    model = bench.start(replace(STORM, headers={"Retry-After": "3600"}))
    with pytest.raises(EndpointError, match=r"left alone for 3600 s \(HTTP 429: slow down\)"):
        ask(model)
    assert bench.time.slept == []


@pytest.mark.parametrize(
    ("patience", "said"),
    [
        (Patience(attempts=3), r"no answer to 3 attempts in 3 s; the last: HTTP 429: slow down.*rem doctor"),
        (Patience(budget_seconds=4), r"no answer to 3 attempts in 3 s"),
    ],
)
def test_patience_ends(bench: Bench, patience: Patience, said: str) -> None:
    model = bench.start(*[STORM] * 9, model={"patience": patience})
    with pytest.raises(EndpointError, match=said) as caught:
        ask(model)
    assert caught.value.__cause__ is not None
    assert len(bench.endpoint.bodies) == 3


def test_a_call_that_timed_out_is_tried_again_and_may_have_been_paid(bench: Bench) -> None:
    answer = ask(bench.start(Fault("hang"), model={"timeout_seconds": 0.5}))
    assert answer.content == {"said": "hello"}
    assert answer.calls_paid == 2


def test_an_endpoint_that_is_not_there_is_named(bench: Bench) -> None:
    bench.start()
    gone = endpoint_of("fake-1", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(EndpointError, match=r"127.0.0.1:9/v1 \(model 'fake-1'\).*could not connect"):
        ask(OpenAIChatModel(gone, clock=bench.time.clock))


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (Fault("truncated"), TruncatedError, r"cut its answer after \d+ tokens. Ask about less"),
        (Fault("refusal"), ModelError, "refused to answer"),
        (Fault("filtered"), ModelError, "filtered its answer out"),
        (Fault("status", status=402, message="top up"), EndpointError, "no credit left"),
        (replace(STORM, code="insufficient_quota"), EndpointError, "no credit left"),
        (Fault("status", status=403, message="no"), EndpointError, r"refuses the key .* FAKE_KEY"),
        (Fault("status", status=404, message="no such model"), EndpointError, r"not found .*rem doctor"),
        (Fault("status", status=400, code="content_filter", message="m"), ModelError, "filtered the request"),
    ],
)
def test_what_no_other_try_would_better_is_an_error_at_once(
    bench: Bench, fault: Fault, kind: type[Exception], said: str
) -> None:
    model = bench.start(fault)
    with pytest.raises(kind, match=said) as caught:
        ask(model)
    assert type(caught.value) is kind
    assert len(bench.endpoint.bodies) == 1
    assert bench.time.slept == []


def test_text_is_not_sent_on_to_where_an_endpoint_points(bench: Bench) -> None:
    with serve(Endpoint(lambda _: {"said": "stolen"})) as thief:
        model = bench.start(
            Fault("redirect", status=307, headers={"Location": f"{thief.url}/chat/completions"})
        )
        with pytest.raises(EndpointError, match="sends elsewhere"):
            ask(model)
        assert thief.bodies == []


@pytest.mark.parametrize("kind", ["misfit", "empty", "no_choices"])
def test_an_unusable_answer_is_asked_for_once_more_in_words(bench: Bench, kind: Any) -> None:
    answer = ask(bench.start(Fault(kind)))
    assert answer.content == {"said": "hello"}
    assert bench.endpoint.asked() == ["json_schema_strict", "json_object"]
    assert "An earlier answer was rejected" in bench.endpoint.bodies[1]["messages"][0]["content"]


def test_an_answer_that_broke_off_is_asked_for_as_it_was_and_then_in_words(bench: Bench) -> None:
    ask(bench.start(Fault("malformed")))
    assert bench.endpoint.asked() == ["json_schema_strict", "json_schema_strict"]
    ask(bench.start(*[Fault("malformed")] * 3))
    assert bench.endpoint.asked() == [*["json_schema_strict"] * 3, "json_object"]


def test_what_lost_answers_cost_is_told_beside_what_the_answer_did(bench: Bench) -> None:
    answer = ask(bench.start(Fault("malformed"), model={"price": Price(1.0, 1.0)}))
    alone = ask(bench.start(model={"price": Price(1.0, 1.0)}))
    assert (answer.calls_paid, answer.lost.calls, alone.calls_paid, alone.lost.calls) == (2, 1, 1, 0)
    assert answer.prompt_tokens == alone.prompt_tokens == answer.lost.prompt_tokens
    assert answer.cost_usd == alone.cost_usd
    assert (answer.lost.cost_usd or 0) > 0 == alone.lost.cost_usd


def test_a_call_without_an_answer_makes_what_was_lost_unknown(bench: Bench) -> None:
    answer = ask(bench.start(Fault("hang"), model={"timeout_seconds": 0.1, "price": Price(1.0, 1.0)}))
    assert (answer.lost.calls, answer.lost.cost_usd) == (1, None)
    assert answer.cost_usd


def test_what_a_failure_cost_is_told(bench: Bench) -> None:
    model = bench.start(Fault("truncated"), model={"price": Price(1.0, 1.0)})
    with pytest.raises(TruncatedError, match="cut its answer") as cut:
        ask(model)
    charge = charge_of(cut.value)
    assert charge is not None
    assert charge.calls == 1
    assert charge.cost_usd


def test_an_answer_that_was_cut_early_is_asked_for_once_more(bench: Bench) -> None:
    answer = ask(bench.start(Fault("cut_early"), model={"price": Price(1.0, 1.0)}))
    assert answer.content == {"said": "hello"}
    assert answer.calls_paid == 2
    assert bench.endpoint.bodies[0] == bench.endpoint.bodies[1]


def test_an_endpoint_that_cuts_early_again_has_a_limit_of_its_own_and_is_asked_for_less_at_once(
    bench: Bench,
) -> None:
    model = bench.start(*[Fault("cut_early")] * 4)
    for asked in (3, 4):
        with pytest.raises(TruncatedError, match="cut its answer after 6 tokens"):
            ask(model)
        assert len(bench.endpoint.bodies) == asked


def test_a_cut_is_an_accident_only_where_the_request_said_how_long_an_answer_may_be(bench: Bench) -> None:
    model = bench.start(Fault("cut_early"))
    with pytest.raises(TruncatedError):
        ask(model, replace(REQUEST, parameters={}))
    assert len(bench.endpoint.bodies) == 1


def test_usage_that_nobody_tells_is_unknown(bench: Bench) -> None:
    answer = ask(bench.start(Fault("no_usage"), model={"price": Price(1.0, 1.0)}))
    assert (answer.prompt_tokens, answer.completion_tokens, answer.cost_usd) == (None, None, None)


def test_unusable_answers_are_at_last_an_error_that_names_the_place_and_not_the_text(bench: Bench) -> None:
    model = bench.start(answer=lambda _: {"said": 7, "diary of Ines": "secret"})
    with pytest.raises(
        ModelError, match=r"3 answers of the wrong shape.*as text.*\$\.? ?has 1 field"
    ) as caught:
        ask(model)
    assert "Ines" not in str(caught.value)


@pytest.mark.parametrize(
    ("flavour", "asked", "later"),
    [
        ("strict", ["json_schema_strict"], "json_schema_strict"),
        ("non_strict", ["json_schema_strict", "json_schema"], "json_schema"),
        ("tool_only", ["json_schema_strict", "json_schema", "tool"], "tool"),
        ("object_only", ["json_schema_strict", "json_schema", "tool", "json_object"], "json_object"),
        ("fences", ["json_schema_strict", "json_schema", "tool", "json_object", "text"], "text"),
    ],
)
def test_the_way_that_works_is_found_and_the_next_process_begins_there(
    bench: Bench, tmp_path: Path, flavour: Any, asked: list[str], later: str
) -> None:
    path = tmp_path / "rungs.json"
    ask(bench.start(flavour=flavour, model={"rungs": RungMemory(path)}))
    assert bench.endpoint.asked() == asked
    ask(bench.another(rungs=RungMemory(path)))
    assert bench.endpoint.asked()[len(asked) :] == [later]


def test_an_endpoint_that_takes_a_schema_and_ignores_it_is_found_out(bench: Bench) -> None:
    model = bench.start(flavour="ignores_schema")
    assert [ask(model).calls_paid for _ in range(5)] == [2, 2, 2, 1, 1]
    assert model.rung == Rung.OBJECT


def test_one_bad_answer_does_not_change_the_way_of_asking(bench: Bench) -> None:
    model = bench.start(Fault("malformed"), None, Fault("misfit"), None, None, Fault("empty"), None)
    assert [ask(model).calls_paid for _ in range(4)] == [2, 2, 1, 2]
    assert model.rung == Rung.STRICT


def test_a_parameter_that_a_model_does_not_take_is_left_out_or_renamed(bench: Bench) -> None:
    model = bench.start(unsupported=frozenset({"max_tokens", "temperature"}))
    request = replace(REQUEST, parameters={"max_tokens": 50, "temperature": 0.3})

    async def ask_together() -> None:
        await asyncio.gather(*(model.answer(request) for _ in range(8)))
        await model.answer(request)

    asyncio.run(ask_together())
    last = bench.endpoint.bodies[-1]
    assert last["max_completion_tokens"] == 50
    assert last.keys() & {"max_tokens", "temperature"} == set()
    assert set(bench.endpoint.asked()) == {"json_schema_strict"}


def test_a_request_that_the_endpoint_finds_too_long_is_for_less(bench: Bench) -> None:
    with pytest.raises(TruncatedError, match=r"finds the request too long .* Ask about less"):
        ask(bench.start(context_tokens=40))
    assert len(bench.endpoint.bodies) == 1


def test_a_request_beyond_the_known_context_is_not_sent(bench: Bench) -> None:
    model = bench.start(model={"context_tokens": 1024})
    with pytest.raises(TruncatedError, match=r"'fake-1' holds 1024 .*Nothing was sent"):
        ask(model, replace(REQUEST, turns=[Turn("user", "word " * 2000)]))
    assert bench.endpoint.bodies == []


def test_a_schema_that_cannot_be_closed_is_not_sent(bench: Bench) -> None:
    model = bench.start()
    with pytest.raises(SchemaError, match=r"at \$ is open.*Nothing was sent"):
        ask(model, replace(REQUEST, schema={"type": "object"}))
    assert bench.endpoint.bodies == []


def test_no_more_calls_are_made_at_once_than_allowed(bench: Bench) -> None:
    model = bench.start(seconds=0.02, model={"concurrency": 3})

    async def ask_all() -> None:
        await asyncio.gather(*(model.answer(REQUEST) for _ in range(12)))

    asyncio.run(ask_all())
    assert bench.endpoint.most_at_once == 3


def test_no_key_organisation_or_header_is_taken_from_the_environment(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "CUSTOM_HEADERS", "BASE_URL"):
        monkeypatch.setenv(f"OPENAI_{name}", f"X-Stray: {KEY}")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    ask(bench.start())
    assert KEY not in str(bench.endpoint.headers)
    assert bench.endpoint.headers[0]["authorization"] == "Bearer none"
    assert not {"openai-organization", "openai-project"} & bench.endpoint.headers[0].keys()


def test_the_key_is_in_no_error_nor_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    model = bench.start(key="another", model={"key": KEY})
    with pytest.raises(EndpointError, match=r"refuses the key .*Bearer \*\*\*") as caught:
        ask(model)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert KEY not in caplog.text
    assert KEY not in repr(vars(model))


def test_models_beyond_this_machine_are_out_of_reach_of_tests() -> None:
    model = OpenAIChatModel(endpoint_of("gpt-5-mini"), key=KEY)
    with pytest.raises(EndpointError, match=r"REM_NO_LIVE_MODELS is set\. Nothing was sent"):
        ask(model)
    with pytest.raises(EndpointError, match="REM_NO_LIVE_MODELS"):
        asyncio.run(model.model_names())


def test_the_models_of_an_endpoint_are_listed(bench: Bench) -> None:
    assert asyncio.run(bench.start(models=("b", "a")).model_names()) == ("a", "b")


def test_a_night_of_failures_loses_nothing(bench: Bench) -> None:
    """A fifth 429s, a tenth malformed, a twentieth each of hangs and of cut answers, all at once."""
    kinds = (
        [STORM] * 20
        + [Fault("malformed")] * 10
        + [Fault("truncated")] * 5
        + [Fault("hang")] * 2
        + [None] * 63
    )
    faults = [kinds[index * 37 % 100] for index in range(90)]
    model = bench.start(
        *faults,
        answer=lambda body: {"said": body["messages"][-1]["content"]},
        model={"timeout_seconds": 0.3, "concurrency": 8, "patience": Patience(attempts=12)},
    )

    async def ask_until_whole(request: Request) -> str:
        while True:
            try:
                return str((await model.answer(request)).content["said"])
            except ModelError:
                continue  # as the dream does: asks about less, or again

    async def ask_all() -> list[str]:
        asked = [replace(REQUEST, turns=[Turn("user", f"day {index}")]) for index in range(60)]
        return await asyncio.gather(*map(ask_until_whole, asked))

    assert asyncio.run(ask_all()) == [f"day {index}" for index in range(60)]
    assert not bench.endpoint.faults  # every one of them happened


def test_an_endpoint_that_never_was_there_is_given_up_soon(bench: Bench) -> None:
    model = bench.start()
    bench.endpoint.url = "http://127.0.0.1:9/v1"  # the discard port, where nobody listens
    model = bench.another()
    for _ in range(3):
        with pytest.raises(EndpointError, match=r"gave no answer to [13] attempts"):
            ask(model)
    assert len(bench.time.slept) == 2


def test_a_prompt_that_was_cut_without_a_word_is_asked_about_in_less(bench: Bench) -> None:
    long = replace(REQUEST, turns=[*REQUEST.turns, Turn("user", "The boat shed is green now. " * 400)])
    model = bench.start(Fault("prompt_cut"))
    with pytest.raises(TruncatedError, match=r"read \d+ of about \d+ tokens.*llm_context_tokens"):
        ask(model, long)
    assert len(bench.endpoint.bodies) == 1
    assert ask(model, long).content == {"said": "hello"}


def test_a_short_prompt_is_never_taken_for_a_cut_one(bench: Bench) -> None:
    """Some endpoints leave out of their count what they had kept."""
    assert ask(bench.start(Fault("prompt_cut"))).content == {"said": "hello"}
