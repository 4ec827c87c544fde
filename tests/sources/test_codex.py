"""Transcripts of Codex: each message once, whichever way its version of the program tells it."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.importing import import_source
from rem_dagster.settings import Home
from rem_dagster.sources.codex import CodexSource
from rem_dagster.sources.kinds import recognise_path
from rem_dagster.store.database import Store
from tests.sources.mutations import check_storable, mutated
from tests.sources.transcripts import CWD, START, CodexLog, Told, told_by, uuid7, write_lines

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SHELL = {"type": "function_call", "name": "shell", "arguments": '{"command":["ls"]}', "call_id": "c1"}
ENVIRONMENT = "<environment_context>\n<cwd>/home/ines</cwd>\n</environment_context>"


def read(root: Path, *logs: CodexLog) -> Told:
    for log in logs:
        log.write(root)
    return told_by(CodexSource(root, ""))


def test_a_session_says_where_it_was(tmp_path: Path) -> None:
    log = CodexLog()
    log.item("user", "Why is the tide table an hour off?")
    log.item("assistant", "The harbour is in another zone.")
    told = read(tmp_path, log)
    assert told.said == [
        ("user", "Why is the tide table an hour off?"),
        ("assistant", "The harbour is in another zone."),
    ]
    (session,) = told.sessions
    assert (session.native_id, session.created_at, session.title) == (log.session, START, None)
    assert session.metadata == {"cwd": CWD, "branch": "main", "repo": "tides", "sha": "c0ffee0"}
    assert told.messages[0].metadata == {"cwd": CWD, "branch": "main"}
    assert not told.problems


@pytest.mark.parametrize("is_event_first", [True, False])
def test_what_is_told_both_ways_is_read_once_and_what_was_said_twice_twice(
    tmp_path: Path, is_event_first: bool
) -> None:
    log = CodexLog()
    for _ in range(2):
        if is_event_first:
            log.event("user_message", message="Go on", wait=0)
        log.item("user", "Go on", wait=0)
        if not is_event_first:
            log.event("user_message", message="Go on\n", wait=0)
        log.event("agent_message", message="Done.", wait=1)
        log.event("token_count", info={})
        log.item("assistant", "Done.")
    told = read(tmp_path, log)
    assert told.said == [("user", "Go on"), ("assistant", "Done.")] * 2
    assert told.reasons().count("is told twice by the program") == 4
    assert len({each.native_id for each in told.messages}) == 4


def test_what_only_one_way_tells_is_read(tmp_path: Path) -> None:
    log = CodexLog()
    log.event("user_message", message="Only an event")
    log.item("assistant", "Only an item")
    log.event("user_message", message="Again", wait=0)
    log.event("user_message", message="Again")
    told = read(tmp_path, log)
    assert [content for _, content in told.said] == ["Only an event", "Only an item", "Again", "Again"]


@pytest.mark.parametrize(
    "text",
    [
        ENVIRONMENT,
        "# AGENTS.md instructions for /home/ines\n\n<INSTRUCTIONS>\nBe brief.\n</INSTRUCTIONS>",
        "<user_instructions>\nBe brief.\n</user_instructions>",
        "<permissions instructions>\nAsk first.\n</permissions instructions>",
        "<turn_aborted>x</turn_aborted>",
    ],
)
def test_what_the_program_put_in_is_skipped_and_the_words_beside_it_stay(tmp_path: Path, text: str) -> None:
    log = CodexLog()
    log.item("user", text)
    log.item("user", text, "Real words")
    told = read(tmp_path, log)
    assert told.said == [("user", "Real words")]
    assert told.reasons() == ["is what the program put in"] * 2


def test_developer_and_system_messages_thoughts_and_bookkeeping_are_counted(tmp_path: Path) -> None:
    log = CodexLog()
    log.item("developer", "Obey.")
    log.item("system", "Obey.")
    log.add("response_item", {"type": "reasoning", "summary": [], "encrypted_content": "x"})
    log.event("agent_reasoning", text="hm")
    log.event("token_count", info={})
    log.add("turn_context", {"cwd": CWD, "model": "gpt-x"})
    log.add("compacted", {"message": "", "replacement_history": [{"role": "user", "content": "old"}]})
    log.add("response_item", {"type": "agent_message", "author": "x", "content": "between agents"})
    told = read(tmp_path, log)
    assert not told.messages
    assert told.reasons() == [
        "was written by the program, not by a person",
        "was written by the program, not by a person",
        "is the model's thinking",
        "is the model's thinking",
        "is the program's own bookkeeping",
        "is the program's own bookkeeping",
        "is the summary of a compacted conversation",
        "is a message of another agent",
    ]


def test_the_words_after_an_editors_preface_are_the_persons(tmp_path: Path) -> None:
    log = CodexLog()
    log.item(
        "user",
        "# Context from my IDE setup:\n\n## Open tabs:\n- a.py\n\n## My request for Codex:\nFix a.py\n",
    )
    assert read(tmp_path, log).said == [("user", "Fix a.py")]


@pytest.mark.parametrize("text", ["<image" * 100_000, "# Context from my IDE setup:" + "\n#" * 200_000])
def test_long_texts_of_marks_that_never_end_take_no_time(tmp_path: Path, text: str) -> None:
    log = CodexLog()
    log.item("user", text)
    began = time.process_time()
    read(tmp_path, log)
    assert time.process_time() - began < 5


def test_calls_and_outputs_of_every_kind_are_read(tmp_path: Path) -> None:
    log = CodexLog()
    item = "response_item"
    log.add(
        item, {"type": "function_call", "name": "shell", "arguments": '{"command":["ls"]}', "call_id": "c1"}
    )
    log.add(
        item, {"type": "function_call_output", "call_id": "c1", "output": '{"output":"a.py","metadata":{}}'}
    )
    patch = f"*** Begin Patch\n*** Update File: {CWD}/tides.py\n@@\n-1\n+2\n*** Add File: b.py\n*** End Patch"
    log.add(item, {"type": "custom_tool_call", "name": "apply_patch", "input": patch, "call_id": "c2"})
    blocks = [{"type": "input_text", "text": "x" * 5_000}]
    log.add(item, {"type": "custom_tool_call_output", "call_id": "c2", "output": blocks})
    log.add(
        item, {"type": "local_shell_call", "call_id": "c3", "action": {"type": "exec", "command": ["ls"]}}
    )
    log.add(item, {"type": "web_search_call", "id": "ws1", "action": {"query": "tides"}})
    told = read(tmp_path, log)
    shell, listed, patched, output, local, web = told.messages
    assert [each.tool_calls[0].name for each in (shell, patched, local, web)] == [
        "shell",
        "apply_patch",
        "local_shell",
        "web_search",
    ]
    assert shell.tool_calls[0].arguments == '{"command": ["ls"]}'
    assert patched.metadata["files"] == ["tides.py", "b.py"]
    assert (listed.content, listed.role, listed.trust, listed.metadata["tool"]) == (
        "a.py",
        "tool",
        "third_party",
        "shell",
    )
    assert output.metadata["characters"] == 5_000
    assert told.reasons("notice") == ["a tool's output was cut to its first 2,000 characters"]


def test_our_own_memory_is_not_read_back(tmp_path: Path) -> None:
    log = CodexLog()
    for call_id, name, arguments in (
        ("c1", "shell", '{"command": ["bash", "-lc", "rem search tides"]}'),
        ("c2", "rem_dagster__search", "{}"),
    ):
        told_call = {"type": "function_call", "name": name, "arguments": arguments, "call_id": call_id}
        log.add("response_item", told_call)
        log.add(
            "response_item", {"type": "function_call_output", "call_id": call_id, "output": "On Monday ..."}
        )
    told = read(tmp_path, log)
    assert [each.role for each in told.messages] == ["assistant", "assistant"]
    assert told.reasons() == ["is our own output"] * 2


def test_a_fork_keeps_its_id_and_leaves_out_what_it_copied(tmp_path: Path) -> None:
    parent = CodexLog()
    parent.item("user", "The old question")
    at = START + timedelta(hours=2)
    fork = CodexLog(at=at, forked_from_id=parent.session)
    fork.at = at + timedelta(milliseconds=40)
    fork.add("session_meta", {"id": parent.session, "cwd": "/elsewhere"}, wait=0)
    fork.add("turn_context", {"turn_id": uuid7(START), "cwd": "/elsewhere"}, wait=0)
    fork.item("user", "The old question", wait=0)
    fork.add("turn_context", {"turn_id": uuid7(at + timedelta(seconds=1)), "cwd": CWD}, wait=0)
    fork.item("user", "The new question")
    told = read(tmp_path, parent, fork)
    assert [(each.session_native_id, each.content) for each in told.messages] == [
        (parent.session, "The old question"),
        (fork.session, "The new question"),
    ]
    assert told.sessions[1].metadata["parent"] == parent.session
    assert told.messages[1].metadata["cwd"] == CWD


def test_a_fork_that_copies_nothing_loses_nothing(tmp_path: Path) -> None:
    fork = CodexLog(forked_from_id=uuid7(START, 9), history_base={"thread_id": "x"})
    fork.item("user", "At once", wait=0)
    assert read(tmp_path, fork).said == [("user", "At once")]


def test_a_fork_without_turns_ends_its_copies_by_time(tmp_path: Path) -> None:
    fork = CodexLog(forked_from_id="11111111-2222-4333-8444-555555555555")
    fork.at = START
    fork.add("session_meta", {"id": "11111111-2222-4333-8444-555555555555"}, wait=0)
    fork.item("user", "Copied", wait=60)
    fork.item("user", "Own")
    assert read(tmp_path, fork).said == [("user", "Own")]


def test_a_subagent_names_its_parent_and_no_person_asked_it(tmp_path: Path) -> None:
    parent = uuid7(START, 7)
    log = CodexLog(source={"subagent": {"thread_spawn": {"parent_thread_id": parent, "depth": 1}}})
    log.item("user", "Look at tides.py")
    told = read(tmp_path, log)
    assert told.said == [("system", "Look at tides.py")]
    assert told.sessions[0].metadata["links"] == [parent]


def test_the_last_title_in_the_index_names_the_session(tmp_path: Path) -> None:
    log = CodexLog()
    log.item("user", "Hello")
    log.write(tmp_path)
    named = [
        {"id": log.session, "thread_name": "Tide tables", "updated_at": "2026-03-02T09:00:00Z"},
        {"id": log.session, "thread_name": "Tides", "updated_at": "2026-03-02T10:00:00Z"},
    ]
    source = CodexSource(tmp_path, "")
    told_by(source)
    mark = source.mark
    write_lines(tmp_path / "session_index.jsonl", [*named, {"id": 7}])
    assert Told(list(source.read_since(mark))).sessions[0].title == "Tides", "a new title is a change"
    assert not list(source.read_since(source.mark))


def test_the_first_format_without_envelopes_is_read(tmp_path: Path) -> None:
    session = "11111111-2222-4333-8444-555555555555"
    lines: list[dict[str, object]] = [
        {"id": session, "timestamp": "2025-05-07T17:24:21.500Z", "instructions": None, "git": {}},
        {"record_type": "state"},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]},
    ]
    write_lines(tmp_path / "sessions" / f"rollout-2025-05-07T17-24-21-{session}.jsonl", lines)
    told = told_by(CodexSource(tmp_path, ""))
    assert told.said == [("user", "Hello")]
    assert told.messages[0].time_confidence == "guessed"
    assert told.sessions[0].native_id == session


def test_a_second_import_finds_all_unchanged_also_after_archiving(
    tmp_path: Path, home: Home, store: Store
) -> None:
    log = CodexLog()
    log.event("user_message", message="One", wait=0)
    log.item("user", "One", id="msg_1")
    log.item("assistant", "Two")
    place = log.write(tmp_path)

    def load(path: Path = tmp_path) -> tuple[int, int, int]:
        report = import_source(home, store, CodexSource(path, ""), user_id="ines", now=NOW)
        return report.new, report.updated, report.unchanged

    assert load() == (3, 0, 0)
    assert load() == (0, 0, 3)
    archived = tmp_path / "archived_sessions" / place.name
    archived.parent.mkdir()
    place.rename(archived)
    assert load() == (0, 0, 3)
    assert load(archived) == (0, 0, 3)


def test_its_folders_and_files_are_recognised(tmp_path: Path) -> None:
    log = CodexLog(base_instructions={"text": "x" * 40_000})
    place = log.write(tmp_path)
    (tmp_path / "AGENTS.md").write_text("Be brief.")
    for path in (tmp_path, tmp_path / "sessions", place.parent.parent, place.parent, place):
        found = recognise_path(path)
        assert found is not None
        assert found.kind.name == "codex"
    first = tmp_path / "first.jsonl"
    first.write_text('{"id": "x", "timestamp": "2025-05-07T17:24:21.500Z", "instructions": null}\n')
    assert recognise_path(first).kind.name == "codex"  # type: ignore[union-attr]
    first.write_text(json.dumps({"t": "message", "content": json.dumps({"type": "session_meta"})}) + "\n")
    assert recognise_path(first).kind.name == "jsonl"  # type: ignore[union-attr]


def test_nothing_found_is_said(tmp_path: Path) -> None:
    (problem,) = told_by(CodexSource(tmp_path, "")).problems
    assert problem.reason.startswith(
        "there are no transcripts in it: looked for rollout-*.jsonl below sessions/"
    )


@given(data=st.data())
def test_no_broken_line_stops_the_reading(tmp_path: Path, data: st.DataObject) -> None:
    log = CodexLog(forked_from_id=uuid7(START, 9))
    log.add("session_meta", {"id": uuid7(START, 9)}, wait=0)
    log.add("turn_context", {"turn_id": uuid7(START), "cwd": CWD}, wait=0)
    log.item("user", ENVIRONMENT, "One")
    log.event("user_message", message="One")
    call = {"type": "function_call", "name": "shell", "arguments": '{"command":["ls"]}', "call_id": "c1"}
    log.add("response_item", call)
    log.add(
        "response_item",
        {"type": "function_call_output", "call_id": "c1", "output": {"content": [{"text": "x"}]}},
    )
    log.add("response_item", {"type": "web_search_call", "action": {"query": "tides"}})
    place = log.write(tmp_path, "sessions")
    place.write_bytes(data.draw(mutated(log.lines)))
    check_storable(CodexSource(tmp_path, "").read())
