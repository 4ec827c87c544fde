"""`rem doctor`: what is broken is found, named with its next step, and nothing is sent that must not be."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rem_dagster.llm.ladder import RungMemory
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill
from tests.interfaces.cli.conftest import Ran, Rem
from tests.lives import link
from tests.llm.server import Endpoint, Fault, serve

Serve = Callable[..., Endpoint]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts an endpoint and lets the environment choose a model there."""
    with ExitStack() as stack:

        def start(*faults: Fault, llm: str = "fake-1", **options: Any) -> Endpoint:
            there = Endpoint(lambda _: {"is_there": True}, faults=deque(faults), **options)
            endpoint = stack.enter_context(serve(there))
            monkeypatch.setenv("REM_LLM", llm)
            monkeypatch.setenv("REM_LLM_BASE_URL", endpoint.url)
            return endpoint

        yield start


@pytest.fixture
def own(lived: Home, tmp_path: Path) -> Home:
    """A copy of the dreamt home, to be broken."""
    link(lived.path, tmp_path / "own")
    return open_home(tmp_path / "own")


def found(ran: Ran) -> dict[str, tuple[str, str]]:
    """Level and words by what was looked at."""
    return {each["what"]: (each["level"], each["said"]) for each in ran.json["findings"]}


def test_a_sound_home_without_a_model_is_told_how_to_choose_one(rem: Rem, lived: Home) -> None:
    done = rem("doctor", "--home", lived.path)
    assert (done.code, done.err) == (0, "")
    assert "No model is chosen: the offline engine" in done.out
    assert "--llm ollama:" in done.out
    assert "All 14 tables can be read: 3 sessions, 18 messages, 9" in done.out
    *lines, last, after = done.out.splitlines()
    assert last == "Nothing is broken."
    assert after == f"Next: rem --home {lived.path} status"
    assert max(map(len, lines)) <= 80


def test_an_empty_home_is_not_broken(rem: Rem, home: Home) -> None:
    done = rem("doctor", "--home", home.path)
    assert done.code == 0
    assert "Nothing was imported yet" in done.out


def test_a_key_alone_chooses_no_model(rem: Rem, lived: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert found(rem("doctor", "--home", lived.path, "--json"))["Model"][1].startswith("No model is chosen")


def test_a_model_that_answers_is_asked_once_and_the_call_is_audited(
    rem: Rem, own: Home, served: Serve
) -> None:
    endpoint = served(models=("fake-1", "fake-2"))
    for asked in (1, 2):  # anew each time: a kept answer would tell nothing of the endpoint
        done = rem("doctor", "--home", own.path, "--json")
        assert done.code == 0
        assert len(endpoint.bodies) == asked
    told = found(done)
    assert told["Endpoint"] == ("ok", "It is there, and has 'fake-1' of 2 models.")
    assert "asked by json_schema_strict" in told["Answer"][1]
    assert told["Price"] == ("ok", "It runs nearby, so none is needed.")
    assert rem("audit", "--home", own.path, "--json").json["totals"]["calls"] == 2


def test_without_a_call_nothing_is_asked(rem: Rem, own: Home, served: Serve) -> None:
    endpoint = served()
    done = rem("doctor", "--no-call", "--home", own.path, "--json")
    assert done.code == 0
    assert endpoint.bodies == []
    assert "Answer" not in found(done)
    assert found(done)["Endpoint"][0] == "ok"


def test_the_rung_that_works_is_found_and_remembered(rem: Rem, own: Home, served: Serve) -> None:
    endpoint = served(flavour="object_only")
    done = rem("doctor", "--home", own.path, "--json")
    assert "asked by json_object" in found(done)["Answer"][1]
    assert RungMemory(own.path / "rungs.json").first(endpoint.url, "fake-1") == "json_object"


def test_an_endpoint_that_is_not_there_is_not_asked_for_long(
    rem: Rem, own: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REM_LLM", "fake-1")
    monkeypatch.setenv("REM_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    done = rem("doctor", "--home", own.path)
    assert done.code == 1
    assert "could not connect" in done.out
    assert "start the server" in done.out
    assert "rem doctor" not in done.out
    assert done.out.endswith("1 thing broken.\n")


def test_a_model_that_is_missing_is_named_with_those_that_are_there(
    rem: Rem, own: Home, served: Serve
) -> None:
    served(llm="fake-9", models=("fake-1", "fake-2"))
    done = rem("doctor", "--home", own.path)
    assert done.code == 1
    assert "'fake-9' is not in its list: fake-1 and fake-2" in " ".join(done.out.split())
    assert "--llm with one of: fake-1 and fake-2" in done.out


def test_a_missing_and_a_wrong_key_are_told_apart_and_not_shown(
    rem: Rem, own: Home, served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = served(key="sk-right")
    monkeypatch.setenv("REM_LLM_API_KEY_ENV", "GATEWAY_KEY")
    missing = rem("doctor", "--home", own.path)
    assert missing.code == 1
    assert "export GATEWAY_KEY=..." in missing.out
    assert endpoint.paths == []
    monkeypatch.setenv("GATEWAY_KEY", "sk-wrong")
    wrong = rem("doctor", "--home", own.path)
    assert wrong.code == 1
    assert "refuses the key" in " ".join(wrong.out.split())
    assert "sk-wrong" not in wrong.out


def test_a_model_of_unknown_price_beyond_this_machine_is_sent_nothing(
    rem: Rem, own: Home, served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = served()
    # 127.1 leads to loopback, but is not written as an address of it: taken for a name somewhere else, and
    # nothing but the unknown price keeps it from being asked
    monkeypatch.delenv("REM_NO_LIVE_MODELS", raising=False)
    monkeypatch.setenv("REM_LLM_BASE_URL", endpoint.url.replace("127.0.0.1", "127.1"))
    done = rem("doctor", "--home", own.path, "--json")
    assert done.code == 1
    assert found(done)["Price"][0] == "broken"
    assert endpoint.paths == []
    monkeypatch.setenv("REM_LLM_PRICE_INPUT_PER_MILLION", "1")
    monkeypatch.setenv("REM_LLM_PRICE_OUTPUT_PER_MILLION", "2")
    done = rem("doctor", "--home", own.path, "--json")
    assert found(done)["Price"] == ("ok", "$1.00 in and $2.00 out for a million tokens.")
    assert len(endpoint.bodies) == 1


def test_a_limit_that_is_reached_holds_for_the_question_too(
    rem: Rem, own: Home, served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = served()
    for name, value in (("PRICE_INPUT", "1"), ("PRICE_OUTPUT", "2")):
        monkeypatch.setenv(f"REM_LLM_{name}_PER_MILLION", value)
    monkeypatch.setenv("REM_MONTHLY_CAP_USD", "0.000001")
    done = rem("doctor", "--home", own.path, "--json")
    assert done.code == 1
    assert "would pass the monthly cap" in found(done)["Answer"][1]
    assert endpoint.bodies == []


def test_a_context_that_is_too_small_and_an_agentlet_that_is_not_there_are_told(
    rem: Rem, own: Home, served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served()
    monkeypatch.setenv("REM_LLM_CONTEXT_TOKENS", "1024")
    done = rem("doctor", "--home", own.path, "--json")
    assert (done.code, found(done)["Context"][0]) == (1, "broken")
    monkeypatch.setenv("REM_AGENTLET", "none.json")
    done = rem("doctor", "--home", own.path, "--json")
    assert (done.code, found(done)["Model"][0]) == (1, "broken")


def test_a_text_index_that_differs_is_made_again(rem: Rem, own: Home) -> None:
    Store(own.tables_uri).delete("docs", "true")
    told = found(rem("doctor", "--home", own.path, "--json"))
    assert told["Text index"][0] == "note"
    assert "made again" in told["Text index"][1]
    assert found(rem("doctor", "--home", own.path, "--json"))["Text index"] == (
        "ok",
        "It is that of the rows.",
    )


@pytest.mark.runs
def test_a_table_whose_files_are_gone_is_broken(rem: Rem, own: Home) -> None:
    for file in (Path(own.tables_uri) / "moments.lance" / "data").iterdir():
        file.unlink()
    done = rem("doctor", "--home", own.path, "--json")
    assert done.code == 1
    assert found(done)["Tables"][0] == "broken"
    assert "moments" in found(done)["Tables"][1]


@pytest.mark.runs
def test_a_day_that_failed_is_broken_and_named_with_its_reason(rem: Rem, own: Home, served: Serve) -> None:
    served(Fault("refusal"))
    fill(own, Store(own.tables_uri), chat_day(3))
    assert rem("dream", "2025-10-09", "--home", own.path).code == 1
    done = rem("doctor", "--home", own.path, "--json")
    assert done.code == 1
    level, said = found(done)["Days"]
    assert level == "broken"
    assert "2025-10-09" in said
    assert "refused to answer" in said


def test_a_home_that_others_may_read_is_noted(rem: Rem, own: Home) -> None:
    own.path.chmod(0o755)
    told = found(rem("doctor", "--home", own.path, "--json"))
    assert told["Home"][0] == "note"
    assert "others on this machine" in told["Home"][1]
