"""The cache of answers: nothing is paid for twice, nothing torn is trusted, nothing forgotten stays."""

import asyncio
import json
import logging
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from rem_dagster.errors import BudgetError, HomeError, ModelError, TruncatedError
from rem_dagster.llm.answers_on_disk import LocalPlace
from rem_dagster.llm.audit import entries
from rem_dagster.llm.cache import CachedModel, forget_answers, hash_request
from rem_dagster.llm.charge import Charge, charge_of, charged
from rem_dagster.llm.interface import Answer, ChatModel, Purpose, Request, Turn
from rem_dagster.llm.scripted import ScriptedModel
from rem_dagster.llm.single_flight import one_asker
from tests.llm.requests import NOON, ask, cached, counting, files_in, held_in, request

PROCESS = """
import asyncio, os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from rem_dagster.llm.answers_on_disk import LocalPlace
from rem_dagster.llm.cache import CachedModel
from rem_dagster.llm.scripted import ScriptedModel
from tests.llm.requests import request

place, calls, die = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "die"

def script(asked):
    with open(calls, "a") as log:
        log.write("asked\\n")
    time.sleep(0.3)
    return {"said": "once"}

if die:
    os.replace = lambda *_: os.kill(os.getpid(), 9)
model = CachedModel(ScriptedModel(script), LocalPlace(place), clock=lambda: datetime.now(UTC))
answer = asyncio.run(model.answer(request()))
print(answer.content["said"], answer.calls_paid)
"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(), JSON, max_size=4)
REQUESTS = st.builds(
    Request,
    turns=st.lists(st.builds(Turn, st.sampled_from(["system", "user", "assistant"]), st.text()), max_size=3),
    schema_name=st.just("draft"),
    schema=OBJECTS,
    parameters=OBJECTS,
    purpose=st.none()
    | st.builds(Purpose, st.text(), st.tuples(st.just("2025-10-06")), st.lists(st.text()).map(tuple)),
    attempt=st.integers(0, 3),
)


def process(directory: Path, calls: Path, *, die: bool = False) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PROCESS, str(directory), str(calls), "die" if die else "live"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_request_asked_again_is_replayed_without_a_call(tmp_path: Path) -> None:
    model, inner = cached(tmp_path)
    first, second = ask(model, request(), request())
    again = ask(cached(tmp_path)[0], request())[0]
    assert (first.content, first.calls_paid) == ({"said": 1}, 1)
    assert second == again == replace(first, calls_paid=0)
    assert (first.prompt_tokens, first.cost_usd) == (3, pytest.approx(0.05))
    assert len(inner.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        request("What else?"),
        request(parameters={"temperature": 0.3}),
        replace(request(), schema={"type": "array"}),
        request(attempt=1),
        request(purpose=Purpose("ines", ("2025-10-06",), ("m1", "m2"))),
    ],
    ids=["turns", "parameters", "schema", "attempt", "user"],
)
def test_what_decides_the_answer_tells_requests_apart(tmp_path: Path, other: Request) -> None:
    first, second = ask(cached(tmp_path)[0], request(), other)
    assert (first.content, second.content) == ({"said": 1}, {"said": 2})


def test_days_and_sources_do_not_tell_requests_apart_and_neither_does_the_order_of_keys() -> None:
    one = request(parameters={"a": 1, "b": (1, 2)}, purpose=Purpose("me", (), ()))
    other = request(parameters={"b": [1, 2], "a": 1})
    place = {"endpoint": "script", "model": "m"}
    assert hash_request(one, **place) == hash_request(other, **place)
    assert hash_request(one, **place) != hash_request(one, endpoint="script", model="n")


@examples(max_examples=60)
@given(asked=REQUESTS, said=OBJECTS)
def test_any_request_round_trips(
    tmp_path_factory: pytest.TempPathFactory, asked: Request, said: Mapping[str, Any]
) -> None:
    place = tmp_path_factory.mktemp("cache")
    first = ask(cached(place, lambda _: said)[0], asked)[0]
    model, inner = cached(place, lambda _: None)
    assert ask(model, asked)[0] == replace(first, content=said, calls_paid=0)
    assert inner.requests == []


def test_a_file_says_what_the_audit_needs_and_nothing_that_was_sent(tmp_path: Path) -> None:
    ask(cached(tmp_path)[0], request("the very secret words"))
    (path,) = files_in(tmp_path)
    held = json.loads(path.read_text())
    assert held["days"] == ["2025-10-06"]
    assert held["source_ids"] == ["m1", "m2"]
    assert (held["user_id"], held["endpoint"], held["model"]) == ("me", "script", "scripted")
    assert held["at"] == "2025-10-07T12:00:00Z"
    assert "secret" not in path.read_text()
    assert path.stat().st_mtime == NOON.timestamp()


def test_files_and_folders_are_their_owners_alone_and_nothing_else_stays(tmp_path: Path) -> None:
    place = tmp_path / "cache"
    ask(cached(place)[0], request())
    (path,) = files_in(place)
    modes = {each: stat.S_IMODE(each.stat().st_mode) for each in (path, *path.parents[:3], place / "locks")}
    assert modes.pop(path) == 0o600
    assert set(modes.values()) == {0o700}
    assert [each for each in place.rglob("*") if each.is_file()] == [path]


@pytest.mark.runs
def test_a_process_killed_before_the_rename_pays_that_call_again_and_leaves_nothing(tmp_path: Path) -> None:
    place, calls = tmp_path / "cache", tmp_path / "calls"
    assert process(place, calls, die=True).wait() == -signal.SIGKILL
    assert files_in(place) == []
    assert len(list(place.glob("?/?/.*.part"))) == 1
    for said in ("once 1", "once 0"):
        assert process(place, calls).communicate()[0].strip() == said
    assert calls.read_text().count("asked") == 2
    assert len(files_in(place)) == 1
    assert list(place.glob("?/?/.*.part")) == []


@pytest.mark.runs
def test_processes_that_want_one_answer_at_once_pay_for_it_once(tmp_path: Path) -> None:
    place, calls = tmp_path / "cache", tmp_path / "calls"
    started = [process(place, calls) for _ in range(3)]
    said = sorted(each.communicate(timeout=60)[0].strip() for each in started)
    assert said == ["once 0", "once 0", "once 1"]
    assert calls.read_text().count("asked") == 1


def test_tasks_that_want_one_answer_at_once_pay_for_it_once(tmp_path: Path) -> None:
    slow = SlowModel()
    model = CachedModel(slow, LocalPlace(tmp_path), clock=lambda: NOON)

    async def together() -> list[int]:
        answers = await asyncio.gather(*(model.answer(request()) for _ in range(8)))
        return sorted(each.calls_paid for each in answers)

    assert asyncio.run(together()) == [0] * 7 + [1]
    assert slow.calls == 1


def test_when_the_one_that_asks_fails_the_next_asks_itself(tmp_path: Path) -> None:
    slow = SlowModel(failures=1)
    model = CachedModel(slow, LocalPlace(tmp_path), clock=lambda: NOON)

    async def together() -> list[bool]:
        outcomes = await asyncio.gather(*(model.answer(request()) for _ in range(3)), return_exceptions=True)
        return sorted(isinstance(each, ModelError) for each in outcomes)

    assert asyncio.run(together()) == [False, False, True]
    assert slow.calls == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: '{"said": 1}',
        lambda text: text.replace('"attempt": 0', '"attempt": 7'),
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"outcome": "answered"', '"outcome": "failed"'),
    ],
    ids=["torn", "empty", "foreign", "misplaced", "newer", "contradictory"],
)
def test_a_file_that_is_not_as_it_must_be_is_said_to_be_and_asked_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: Any
) -> None:
    ask(cached(tmp_path)[0], request())
    (path,) = files_in(tmp_path)
    path.write_text(spoil(path.read_text()))
    with caplog.at_level(logging.WARNING):
        answer = ask(cached(tmp_path, lambda _: {"said": "anew"})[0], request())[0]
    assert (answer.content, answer.calls_paid) == ({"said": "anew"}, 1)
    assert f"{path} is not trusted" in caplog.text
    model, inner = cached(tmp_path)
    assert ask(model, request())[0].content == {"said": "anew"}
    assert inner.requests == []


def test_refresh_asks_once_anew_and_the_newest_answer_is_replayed_from_then_on(tmp_path: Path) -> None:
    script = counting()
    ask(cached(tmp_path, script)[0], request())
    model, _ = cached(tmp_path, script, refresh=True)
    first, second = ask(model, request(), request())
    assert (first.content, first.calls_paid) == ({"said": 2}, 1)
    assert (second.content, second.calls_paid) == ({"said": 2}, 0)
    assert ask(cached(tmp_path)[0], request())[0].content == {"said": 2}
    assert [path.name.split(".")[1:3] for path in files_in(tmp_path)] == [["0", "0"], ["0", "1"]]


def test_the_tenth_answer_is_newer_than_the_ninth(tmp_path: Path) -> None:
    script = counting()
    for _ in range(11):
        ask(cached(tmp_path, script, refresh=True)[0], request())
    assert ask(cached(tmp_path)[0], request())[0].content == {"said": 11}


def test_a_refresh_that_fails_leaves_the_answer_that_was(tmp_path: Path) -> None:
    ask(cached(tmp_path)[0], request())
    model, _ = cached(tmp_path, failing(charged(ModelError("no"), Charge(cost_usd=0.5))), refresh=True)
    with pytest.raises(ModelError):
        ask(model, request())
    assert ask(cached(tmp_path)[0], request())[0].content == {"said": 1}


def test_a_failed_call_keeps_its_cost_and_no_answer(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        ask(cached(tmp_path, failing(charged(ModelError("no"), Charge(3, 10, 20, 0.5))))[0], request())
    held = held_in(files_in(tmp_path)[0])
    assert (held.outcome, held.answer) == ("failed", None)
    assert (held.calls_paid, held.prompt_tokens, held.cost_usd) == (3, 10, 0.5)
    assert ask(cached(tmp_path)[0], request())[0].calls_paid == 1


@pytest.mark.parametrize("error", [ModelError("no"), BudgetError("no")])
def test_a_failed_call_of_which_no_cost_is_known_leaves_nothing(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)):
        ask(cached(tmp_path, failing(error))[0], request())
    assert files_in(tmp_path) == []


def test_an_answer_that_was_cut_is_cut_again_without_a_call(tmp_path: Path) -> None:
    with pytest.raises(TruncatedError):
        ask(cached(tmp_path, failing(charged(TruncatedError("cut"), Charge(1, 10, 20, 0.5))))[0], request())
    model, inner = cached(tmp_path)
    with pytest.raises(TruncatedError, match="Ask about less") as cut:
        ask(model, request())
    assert inner.requests == []
    assert charge_of(cut.value) == Charge(0, 10, 20, 0.5)
    assert ask(cached(tmp_path, refresh=True)[0], request())[0].calls_paid == 1


def test_forgetting_a_source_empties_what_cites_it_and_keeps_cost_and_time(tmp_path: Path) -> None:
    other = request("another day", purpose=Purpose("me", ("2025-10-07",), ("m3",)))
    ask(cached(tmp_path, lambda _: {"said": "dentist"})[0], request(), other)
    before = {held.request: held for held in map(held_in, files_in(tmp_path))}
    assert forget_answers(LocalPlace(tmp_path), ["m2", "m9"]) == 1
    emptied, kept = sorted(map(held_in, files_in(tmp_path)), key=lambda each: each.days)
    assert (emptied.outcome, emptied.answer, emptied.source_ids) == ("forgotten", None, ())
    gone = {"outcome": "forgotten", "answer": None, "source_ids": ()}
    assert emptied == before[emptied.request].model_copy(update=gone)
    assert emptied.cost_usd is not None
    assert kept.answer == {"said": "dentist"}
    assert forget_answers(LocalPlace(tmp_path), ["m2"]) == 0
    first, second = ask(cached(tmp_path)[0], request(), other)
    assert (first.calls_paid, second.calls_paid) == (1, 0)


def test_forgetting_removes_what_cannot_be_shown_to_be_free_of_it(tmp_path: Path) -> None:
    ask(cached(tmp_path)[0], request())
    (path,) = files_in(tmp_path)
    left = path.with_name(f".{path.name[:64]}.0123abcd.part")
    for each in (left, path):
        each.write_text('{"answer": {"said": "den')
    assert forget_answers(LocalPlace(tmp_path), ["m1"]) == 2
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_forgetting_leaves_alone_what_is_being_written_just_now(tmp_path: Path) -> None:
    ask(cached(tmp_path)[0], request())
    (path,) = files_in(tmp_path)
    unfinished = path.with_name(f".{path.name[:64]}.0123abcd.part")
    unfinished.write_text("{")

    async def while_asked() -> int:
        async with one_asker(tmp_path, path.name[:64]):
            return forget_answers(LocalPlace(tmp_path), ["m9"])

    assert asyncio.run(while_asked()) == 0
    assert unfinished.exists()


def test_forgetting_in_a_cache_that_never_was_changes_nothing(tmp_path: Path) -> None:
    assert forget_answers(LocalPlace(tmp_path / "none"), ["m1"]) == 0
    assert not (tmp_path / "none").exists()


def test_a_cache_that_cannot_be_written_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    model, inner = cached(tmp_path / "cache")
    with pytest.raises(HomeError, match="Could not keep an answer"):
        ask(model, request())
    assert inner.requests == []


def test_times_are_kept_as_utc(tmp_path: Path) -> None:
    local = NOON.astimezone(timezone(timedelta(hours=9)))
    ask(cached(tmp_path, clock=lambda: local)[0], request())
    assert json.loads(files_in(tmp_path)[0].read_text())["at"] == "2025-10-07T12:00:00Z"


def test_it_goes_by_the_name_and_place_of_the_model_inside(tmp_path: Path) -> None:
    model: ChatModel = cached(tmp_path)[0]
    assert (model.name, model.endpoint) == ("scripted", "script")


def failing(error: Exception) -> Any:
    def script(_: Request) -> Mapping[str, Any]:
        raise error

    return script


class SlowModel:
    """Takes a moment, and fails the first times."""

    name, endpoint = "slow", "script"

    def __init__(self, failures: int = 0) -> None:
        self.calls, self._failures = 0, failures

    async def answer(self, asked: Request) -> Answer:
        self.calls += 1
        fails = self.calls <= self._failures
        await asyncio.sleep(0.05)
        if fails:
            raise ModelError("not this time")
        return Answer({"said": len(asked.turns)}, 1, 1, 0.0)


def test_what_lost_answers_cost_is_audited_beside_the_answer_and_not_replayed(tmp_path: Path) -> None:
    class Unlucky(ScriptedModel):
        async def answer(self, request: Request) -> Answer:
            return replace(await super().answer(request), calls_paid=3, lost=Charge(2, 20, 2, 0.2))

    model = CachedModel(Unlucky(counting()), LocalPlace(tmp_path), clock=lambda: NOON)
    first, second = ask(model, request(), request())
    assert (first.calls_paid, second.calls_paid) == (3, 0)
    assert (second.content, second.prompt_tokens, second.lost.calls) == (
        first.content,
        first.prompt_tokens,
        0,
    )
    kept = [(each.outcome, each.calls_paid, each.prompt_tokens) for each in entries(LocalPlace(tmp_path))]
    assert sorted(kept) == [("answered", 1, first.prompt_tokens), ("failed", 2, 20)]
