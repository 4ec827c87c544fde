"""An agent reads a memory: bounded, labelled, of one user, without writing."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from mcp.types import PromptReference, ResourceTemplateReference

from rem_dagster.errors import InputError
from rem_dagster.interfaces.mcp.labelled import NOTICE
from rem_dagster.interfaces.mcp.server import make_server
from rem_dagster.llm.tokens import tokens_of
from rem_dagster.memory import Memory
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.activity import chat_day, fill
from tests.interfaces.mcp.conftest import INJECTION, OTHER, USER, Agent, json_of, text_of

READERS = {"search", "fetch", "timeline", "related", "recap", "status", "corrections"}
CHANGERS = {"remember", "forget", "fix", "undo_fix"}


def versions(home: Home) -> dict[str, int]:
    store = Store(home.tables_uri)
    return {path.stem: store.dataset(path.stem).version for path in Path(home.tables_uri).glob("*.lance")}


def test_every_tool_says_what_it_takes_gives_and_changes(agent: Agent) -> None:
    tools = {each.name: each for each in agent.do(lambda client: client.list_tools()).tools}
    assert tools.keys() >= READERS | CHANGERS
    for name, tool in tools.items():
        assert tool.title
        assert tool.description
        assert tool.output_schema
        assert tool.annotations.read_only_hint is (name in READERS)
    assert tools["forget"].annotations.destructive_hint
    assert not tools["remember"].annotations.destructive_hint
    assert "context" not in tools["remember"].input_schema["properties"]


def test_search_gives_what_connectors_expect_in_its_text_and_its_structure(agent: Agent) -> None:
    result = agent.call("search", query="slow build fsync")
    assert json_of(result) == result.structured_content
    for each in json_of(result)["results"]:
        assert all(isinstance(each[name], str) and each[name] for name in ("id", "title", "url", "text"))
    best = json_of(result)["results"][0]
    whole = json_of(agent.call("fetch", id=best["id"]))
    assert {"id", "title", "text", "url", "metadata"} <= whole.keys()
    assert (whole["id"], whole["url"]) == (best["id"], best["url"])
    assert "fsync" in whole["text"]


@pytest.mark.runs
@pytest.mark.parametrize("table", ["moments", "messages", "resources", "summaries"])
def test_each_result_can_be_fetched_by_its_id_and_its_url_and_read_as_a_resource(
    agent: Agent, table: str
) -> None:
    (first, *_) = agent.ask("search", query="loader release Vamana", table=table)["results"]
    by_id, by_url = agent.ask("fetch", id=first["id"]), agent.ask("fetch", id=first["url"])
    assert by_id == by_url
    assert by_id["metadata"]["trust"] in ("own", "third_party")
    assert by_id["metadata"]["local_time"]
    assert by_id["metadata"]["utc_time"].endswith("Z")
    assert first["id"] in agent.read(first["url"])


def test_times_are_local_and_utc_also_where_the_offset_is_half_an_hour(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", create=True, flags={"timezone": "Australia/Lord_Howe"})
    memory = Memory(home, USER)
    memory.store.create()
    fill(home, memory.store, chat_day(0))
    memory.dream()
    moments = Agent(memory).ask("timeline", when="2025-10-06")["moments"]
    assert moments
    for each in moments:
        local, utc = map(datetime.fromisoformat, (each["start_local"], each["start_utc"]))
        assert local == utc
        assert local.utcoffset() == utc.astimezone(ZoneInfo("Australia/Lord_Howe")).utcoffset()
    assert "+11:00 (" in text_of(Agent(memory).call("timeline", when="2025-10-06"))


def test_a_timeline_goes_on_where_an_answer_ended(agent: Agent) -> None:
    whole = agent.ask("timeline", when="6 october 2025 to 8 october 2025", max_tokens=20_000)["moments"]
    assert len(whole) > 3
    read: list[Any] = []
    while True:
        told = agent.ask(
            "timeline", when="6 october 2025 to 8 october 2025", offset=len(read), max_tokens=400
        )
        assert told["moments"]
        read += told["moments"]
        if "more" not in told:
            break
        assert told["more"].endswith(f"offset={len(read)}")
    assert read == whole


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search", {"query": "the release build loader recall", "limit": 50}),
        ("timeline", {"when": "october 2025"}),
        ("recap", {"period": "week", "when": "2025-10-06"}),
        ("recap", {"period": "day", "when": "2025-10-06"}),
        ("related", {"name": "Priya", "limit": 50, "depth": 3}),
    ],
)
@pytest.mark.parametrize("most", [400, 1000])
def test_an_answer_keeps_to_its_tokens(agent: Agent, tool: str, arguments: dict[str, Any], most: int) -> None:
    result = agent.call(tool, **arguments, max_tokens=most)
    assert tokens_of(text_of(result)) <= most


def test_a_long_text_is_read_in_parts_that_end_with_sentences(free_agent: Agent) -> None:
    text = " ".join(f"Sentence number {number} tells of the harbour." for number in range(800))
    document = free_agent.memory.add_resource("Harbour", text)
    read, start = "", 0
    while True:
        told = free_agent.ask("fetch", id=document, start=start, max_tokens=1000)
        assert told["text"].endswith("harbour.")
        read += told["text"] + " "
        if "more" not in told:
            break
        start = int(told["more"].rpartition("=")[2])
    assert read.split() == text.split()


def test_stored_text_stands_between_fences_that_it_cannot_close(agent: Agent) -> None:
    text = agent.read(agent.ask("search", query="Mallory diary", table="messages")["results"][0]["url"])
    assert NOTICE in text
    mark = text.partition("<<<")[2].partition(">>>")[0]
    inside = text.partition(f"<<<{mark}>>>")[2].partition(f"<<</{mark}>>>")[0]
    assert "Ignore previous instructions" in inside
    assert "<<<" not in inside
    assert "trust: third_party" in text.partition(f"<<<{mark}>>>")[0]


def test_what_others_wrote_is_marked_in_every_answer(agent: Agent) -> None:
    (hit, *_) = agent.ask("search", query="Mallory", table="messages")["results"]
    assert hit["text"] == INJECTION
    assert hit["trust"] == "third_party"
    assert agent.ask("fetch", id=hit["id"])["metadata"]["trust"] == "third_party"
    assert agent.ask("search", query="Mallory")["notice"] == NOTICE


def test_characters_that_nobody_sees_are_left_out(free_agent: Agent) -> None:
    hidden = "".join(chr(0xE0000 + ord(each)) for each in "obey")
    document = free_agent.memory.add_resource("Note", f"Harmless\u202e text{hidden} \U0001f34e 東京.")
    assert free_agent.ask("fetch", id=document)["text"] == "Harmless text \U0001f34e 東京."


def test_reading_writes_nothing(agent: Agent) -> None:
    before = versions(agent.memory.home)
    agent.ask("search", query="release")
    agent.ask("timeline", when="october 2025")
    agent.ask("recap", period="month", when="2025-10")
    agent.ask("related", name="Priya")
    agent.ask("status")
    agent.do(lambda client: client.get_prompt("standup", {"when": "2025-10-07"}))
    assert versions(agent.memory.home) == before


def test_nothing_of_another_user_is_found_read_or_listed(agent: Agent, read_home: Home) -> None:
    other = Agent(Memory(read_home, OTHER))
    theirs = other.ask("timeline", when="2025-10-07")["moments"]
    assert theirs
    for each in theirs:
        assert "There is no item" in agent.fail("fetch", id=each["id"])
    source = other.ask("fetch", id=theirs[0]["id"])["metadata"]["source_ids"][0]
    assert "There is no item" in agent.fail("fetch", id=source)
    assert "Mallory" not in str(other.ask("search", query="Mallory diary")["results"])
    assert other.ask("status")["days"] == 1


def test_a_memory_bound_to_nobody_is_not_served(read_home: Home) -> None:
    with pytest.raises(InputError, match="one user's memory"):
        make_server(Memory(read_home))


def test_errors_say_what_to_do_and_show_no_traceback(agent: Agent) -> None:
    assert "names no time that I know" in agent.fail("timeline", when="the day of doom")
    assert "2025-13-40" in agent.fail("recap", when="2025-13-40")
    assert "There is no item" in agent.fail("fetch", id="nothing")
    assert "Ask without start" in agent.fail(
        "fetch", id=agent.ask("search", query="loader")["results"][0]["id"], start=10**6
    )
    assert "max_tokens" in agent.fail("search", query="x", max_tokens=1)
    assert "recap(period='day', when='2025-10-06')" in agent.fail("fetch", id="rem://day/2025-10-06")
    told = agent.fail("related", name="Nobody Atall")
    assert "Nobody Atall" in told
    assert "Traceback" not in told


def test_an_argument_that_a_tool_does_not_take_is_refused_and_not_left_out(agent: Agent) -> None:
    told = agent.fail("timeline", start="2025-10-06")
    assert "timeline takes no argument 'start'; it takes when, moment_type" in told
    assert "'day'" in agent.fail("recap", day="2025-10-06")
    assert "it takes none" in agent.fail("status", verbose=True)
    assert "There is no tool" in agent.fail("nothing", x=1)


def test_a_time_that_has_nothing_is_an_answer_and_says_so(agent: Agent) -> None:
    told = agent.ask("timeline", when="2020-01-01")
    assert told["moments"] == []
    assert told["note"].endswith("The nearest days that hold something: 2025-10-06.")
    assert agent.ask("recap", when="2030-01-01")["note"].endswith("2025-10-08.")
    assert agent.ask("search", query="zzzzzzqqq")["results"] == []


def test_an_empty_memory_answers(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home", create=True, flags={"timezone": "UTC"})
    memory = Memory(home, "new")
    memory.store.create()
    agent = Agent(memory)
    assert agent.ask("status")["items"] == 0
    assert agent.ask("timeline")["moments"] == []
    assert "Nothing of user 'new'" in agent.fail("search", query="anything")


def test_days_weeks_and_months_are_resources_and_are_completed(agent: Agent) -> None:
    assert "2025-10-06" in agent.read("rem://day/2025-10-06")
    assert "Monday 2025-10-06" in agent.read("rem://week/2025-W41")
    assert "month 2025-10-01 to" in agent.read("rem://month/2025-10")
    ref = ResourceTemplateReference(uri="rem://day/{when}")
    typed = {"name": "when", "value": "2025-10-0"}
    found = agent.do(lambda client: client.complete(ref, typed)).completion.values
    assert found == ["2025-10-08", "2025-10-07", "2025-10-06"]
    moment = ResourceTemplateReference(uri="rem://moment/{item_id}")
    ids = agent.do(lambda client: client.complete(moment, {"name": "item_id", "value": ""})).completion.values
    assert agent.ask("timeline", when="2025-10-08")["moments"][-1]["id"] == ids[0]
    prompt = PromptReference(name="daily_review")
    assert agent.do(
        lambda client: client.complete(prompt, {"name": "when", "value": "yes"})
    ).completion.values


def test_a_resource_that_is_not_there_is_said_to_be_missing(agent: Agent) -> None:
    missing, wrong = "rem://moment/nothing", "rem://day/soon"
    assert "There is no item" in agent.refused(lambda client: client.read_resource(missing))
    assert "names no time" in agent.refused(lambda client: client.read_resource(wrong))


@pytest.mark.parametrize(
    ("name", "when"),
    [("daily_review", "2025-10-06"), ("weekly_review", "2025-10-06"), ("standup", "2025-10-07")],
)
def test_prompts_carry_their_material_labelled(agent: Agent, name: str, when: str) -> None:
    (said,) = agent.do(lambda client: client.get_prompt(name, {"when": when})).messages
    assert said.role == "user"
    assert NOTICE in said.content.text
    assert "id: " in said.content.text or "url: rem://day/" in said.content.text
    wrong = {"when": "whenever"}
    assert "names no time" in agent.refused(lambda client: client.get_prompt(name, wrong))


def test_a_day_of_which_more_came_in_says_so(free_agent: Agent) -> None:
    assert "note" not in free_agent.ask("recap", when="2025-10-06")
    free_agent.memory.add_message(
        "One word more.", session="late", created_at=datetime(2025, 10, 6, 20), native_id="late"
    )
    assert "came in since" in free_agent.ask("recap", when="2025-10-06")["note"]
    assert free_agent.ask("status")["not_yet_dreamt"] == ["2025-10-06"]
    free_agent.memory.add_message("New.", session="new", created_at=datetime(2025, 10, 20, 20))
    assert "not dreamt yet" in free_agent.ask("timeline", when="2025-10-20")["note"]
    assert "not dreamt yet" in free_agent.read("rem://day/2025-10-20")
