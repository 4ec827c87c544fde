"""`rem ask`: answers with sources, days dreamt on demand, models asked on purpose."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rem_dagster.dreaming import on_demand
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan
from rem_dagster.errors import InputError
from rem_dagster.memory import Memory
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill, rows
from tests.interfaces.cli.conftest import Rem, snapshot
from tests.lives import dream
from tests.llm.server import Endpoint, serve
from tests.model_answers import answer_to

DAY = "2025-10-06"
SHOWN = re.compile(r"\[(c\d+) [^\]\n]+\] (.*)")


def writes(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A model that repeats the first source it is shown, or dreams as ever."""
    if "known" not in json.dumps(body.get("response_format", {})):
        return answer_to(body)
    handle, text = SHOWN.findall(body["messages"][1]["content"])[0]
    return {"known": True, "sentences": [{"text": text.split(". ")[0], "cites": [handle]}]}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A model on loopback at the address that the environment names."""
    with serve(Endpoint(writes)) as served:
        monkeypatch.setenv("REM_LLM_BASE_URL", served.url)
        yield served


def priced(home: Home) -> None:
    (home.path / "config.toml").write_text(
        "llm_price_input_per_million = 1.0\nllm_price_output_per_million = 10.0\n", encoding="utf-8"
    )


def test_an_answer_has_its_sources_and_the_next_command(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "ask", "what", "did", "I", "do", "on", DAY)
    assert done.code == 0
    assert "[1]" in done.out
    assert re.search(r"^  \[1\]  Mon  6 Oct 2025", done.out, flags=re.MULTILINE)
    assert " ".join(done.out.split()).endswith(f"Next: rem --home {lived.path} show {DAY} --evidence")
    assert all(len(line) <= 80 or str(lived.path) in line for line in done.out.splitlines())


def test_what_is_not_known_is_said_and_is_no_failure(rem: Rem, lived: Home) -> None:
    done = rem("--home", lived.path, "ask", "when did I visit the dentist in Berlin?", "--json")
    assert done.code == 0
    assert done.json["known"] is False
    assert done.json["citations"] == []
    shown = rem("--home", lived.path, "ask", "when did I visit the dentist in Berlin?")
    assert shown.code == 0
    assert "I do not know" in shown.out
    assert "rem --home" in shown.out


def test_json_has_sentences_citations_and_the_plan(rem: Rem, lived: Home) -> None:
    found = rem("--home", lived.path, "ask", "when did I last work on Vamana?", "--json").json
    assert found["known"] is True
    assert found["plan"]["kind"] == "last"
    assert found["plan"]["topic"] == "Vamana"
    assert found["sentences"][0]["cites"] == [1]
    assert found["citations"][0]["number"] == 1
    assert found["citations"][0]["start"].startswith("2025-10-08T")
    assert found["dreamt"] == {"days": [], "problems": [], "cost_usd": 0.0}
    assert found["cost_usd"] == 0.0


def test_a_day_that_is_asked_about_is_dreamt_first_and_once(rem: Rem, undreamt: Home) -> None:
    done = rem("--home", undreamt.path, "ask", f"what did I do on {DAY}?")
    assert done.code == 0
    assert "Dreaming 1 day first" in done.err
    assert f"Dreamt first: {DAY}." in done.err
    assert "I do not know" not in done.out
    ledger = rows(Store(undreamt.tables_uri), "dreams")
    assert [(row["partition_key"], row["status"], row["attempts"]) for row in ledger] == [
        (DAY, "complete", 1)
    ]
    again = rem("--home", undreamt.path, "ask", f"what did I do on {DAY}?")
    assert "Dreaming" not in again.err
    assert rows(Store(undreamt.tables_uri), "dreams") == ledger
    assert again.out == done.out


@pytest.mark.runs
def test_a_stale_day_is_dreamt_again_once(rem: Rem, undreamt: Home) -> None:
    asked = ("--home", undreamt.path, "ask", f"what did I do on {DAY}?", "--json")
    rem(*asked)
    store = Store(undreamt.tables_uri)
    fill(undreamt, store, chat_day(0, turns=8))
    assert rem(*asked).json["dreamt"]["days"] == [DAY]
    assert rem(*asked).json["dreamt"]["days"] == []
    assert {row["attempts"] for row in rows(store, "dreams")} == {1}


def test_without_a_dream_nothing_is_written(rem: Rem, undreamt: Home) -> None:
    before = snapshot(undreamt)
    done = rem("--home", undreamt.path, "ask", f"what did I do on {DAY}?", "--no-dream")
    assert done.code == 0
    assert "I do not know" in done.out
    assert snapshot(undreamt) == before


def test_a_question_without_a_time_dreams_no_old_day(rem: Rem, undreamt: Home) -> None:
    before = snapshot(undreamt)
    found = rem("--home", undreamt.path, "ask", "what do I know about Vamana?", "--json").json
    assert found["known"] is True
    assert found["citations"][0]["kind"] in ("message", "resource")
    assert snapshot(undreamt) == before


def test_a_dream_that_cannot_be_does_not_keep_the_answer_back(
    rem: Rem, undreamt: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_demand, "WAIT_SECONDS", 0.05)
    with undreamt.hold_days([DAY], wait_seconds=1):
        done = rem("--home", undreamt.path, "ask", f"what do I know about Vamana on {DAY}?")
    assert done.code == 0
    assert "could not be dreamt first" in done.err
    assert "Vamana" in done.out
    assert "I do not know" not in done.out


def test_more_days_than_a_question_waits_for_are_left(
    rem: Rem, undreamt: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_demand, "MOST_DAYS", 2)
    before = snapshot(undreamt)
    done = rem("--home", undreamt.path, "ask", "what did I do in october 2025?")
    assert "rem dream --start 2025-10-06 --end 2025-10-08" in done.err
    assert snapshot(undreamt) == before


def test_a_stray_key_asks_nobody(
    rem: Rem, lived: Home, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-stray")
    assert rem("--home", lived.path, "ask", "when did I last work on Vamana?").code == 0
    assert endpoint.bodies == []


def test_a_model_chosen_on_purpose_writes_and_is_paid_once(
    rem: Rem, undreamt: Home, endpoint: Endpoint
) -> None:
    priced(undreamt)
    dream(undreamt, Store(undreamt.tables_uri), OfflineEngine(), DreamPlan())
    words = ("--home", undreamt.path, "ask", "when did I last work on Vamana?", "--llm", "fake-1")
    told = rem(*words, "--estimate")
    assert "An answer by fake-1: 1 call, about" in told.out
    assert endpoint.bodies == []
    done = rem(*words)
    assert done.code == 0
    assert f"Asking fake-1 at {endpoint.url}" in done.err
    assert "fake-1: 1 call, $0." in done.err
    again = rem(*words, "--json")
    assert len(endpoint.bodies) == 1
    assert (again.json["calls"], again.json["calls_paid"], again.json["model"]) == (1, 0, "fake-1")
    log = rem("--home", undreamt.path, "audit", "--json").json
    assert log["totals"]["calls"] == 1
    assert log["calls"][0]["user_id"] == "ines"
    assert "0 calls, $0.00" in rem(*words, "--estimate").out


def test_a_limit_stops_before_the_call(rem: Rem, undreamt: Home, endpoint: Endpoint) -> None:
    priced(undreamt)
    dream(undreamt, Store(undreamt.tables_uri), OfflineEngine(), DreamPlan())
    done = rem(
        *("--home", undreamt.path, "ask", "when did I last work on Vamana?"),
        "--llm",
        "fake-1",
        "--max-cost",
        "0",
    )
    assert done.code == 1
    assert "would pass --max-cost" in done.err
    assert endpoint.bodies == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("ask", " "), 2, "There is no question"),
        (("ask", "what happened", "--when", "sometime"), 2, "names no time"),
        (("ask", "what happened", "--case", "T-9"), 2, "No session belongs to case 'T-9'"),
        (("--user", "nobody", "ask", "what happened"), 2, "Nothing of user 'nobody'"),
        (("ask",), 2, "Missing argument"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    rem: Rem, lived: Home, words: tuple[str, ...], code: int, said: str
) -> None:
    done = rem("--home", lived.path, *words)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err


def test_an_empty_home_says_how_to_begin(rem: Rem, home: Home) -> None:
    assert f"rem --home {home.path} import PATH" in rem("--home", home.path, "ask", "what did I do?").out
    assert rem("--home", home.path, "ask", "what did I do?", "--json").json["known"] is False


def test_python_asks_for_one_user_alone(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0, user="ann"), user="ann")
    fill(
        home,
        store,
        [each.model_copy(update={"user_id": "bob"}) for each in chat_day(1, user="bob")],
        user="bob",
    )
    memory = Memory(home, "ann")
    answer = memory.ask("what did I do in october 2025?")
    assert answer.known
    assert answer.dreamt.days == (DAY,)
    assert {row["user_id"] for row in rows(store, "dreams")} == {"ann"}
    with pytest.raises(InputError, match="bound to user 'ann'"):
        memory.ask("what did I do?", user_id="bob")
    assert not memory.ask("what did I do?", when="2025-10-07", dream=False).known


def test_python_answers_read_as_text(lived: Home) -> None:
    memory = Memory(open_home(lived.path), "ines")
    answer = memory.ask("when did I last work on Vamana?", dream=False)
    assert str(answer).startswith("You last worked on Vamana on Wednesday 8 October 2025")
    assert memory.estimate_ask("when did I last work on Vamana?").calls == 0
