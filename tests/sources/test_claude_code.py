"""Transcripts of Claude Code: what people and assistants said stays, what the program wrote does not."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.importing import import_source
from rem_dagster.model.own_output import BEGIN, END
from rem_dagster.settings import Home
from rem_dagster.sources.claude_code import ClaudeCodeSource
from rem_dagster.sources.kinds import recognise_path
from rem_dagster.sources.transcript_text import OUTPUT_CHARACTERS
from rem_dagster.store.database import Store
from tests.sources.mutations import check_storable, mutated
from tests.sources.transcripts import CWD, START, ClaudeLog, Told, call, told_by

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def read(root: Path, *logs: ClaudeLog) -> Told:
    for log in logs:
        log.write(root)
    return told_by(ClaudeCodeSource(root, ""))


def test_a_session_is_its_messages_and_a_row_that_says_where_it_was(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("Why is the tide table an hour off?")
    log.assistant("The harbour is in another zone.")
    told = read(tmp_path, log)
    assert told.said == [
        ("user", "Why is the tide table an hour off?"),
        ("assistant", "The harbour is in another zone."),
    ]
    (session,) = told.sessions
    assert (session.native_id, session.created_at) == (log.session, START)
    assert session.metadata == {"cwd": CWD, "branch": "main"}
    assert {each.trust for each in told.messages} == {"own"}
    assert {each.utc_offset_minutes for each in told.messages} == {None}, "UTC tells nothing of the writer"
    assert told.messages[0].metadata == {"cwd": CWD, "branch": "main"}
    assert not told.problems


def test_lines_of_one_answer_are_one_message(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("Fix it")
    log.assistant({"type": "thinking", "thinking": "hm"}, id="msg_1")
    log.assistant("I will look.", id="msg_1")
    log.assistant(call("toolu_1", "Read", file_path=f"{CWD}/a.py"), id="msg_1")
    log.result("toolu_1", "print(1)")
    log.assistant(
        call("toolu_2", "Edit", file_path=f"{CWD}/a.py", old_string="1", new_string="2"), id="msg_1"
    )
    log.result("toolu_2", "done")
    log.assistant("Fixed.", id="msg_2")
    told = read(tmp_path, log)
    assert [each.role for each in told.messages] == ["user", "assistant", "tool", "tool", "assistant"]
    answer = told.messages[1]
    assert (answer.native_id, answer.content) == ("msg_1", "I will look.")
    assert [each.name for each in answer.tool_calls] == ["Read", "Edit"]
    assert answer.metadata["files"] == ["a.py"], "only what it changed, seen from where it works"
    assert told.reasons() == ["is the model's thinking"]


def test_lines_that_repeat_or_lengthen_an_answer_do_not_double_it(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.assistant("The har", id="msg_1")
    log.assistant("The harbour is closed.", id="msg_1")
    log.assistant("The harbour is closed.", call("toolu_1", "Bash", command="ls"), id="msg_1")
    log.assistant(call("toolu_1", "Bash", command="ls"), id="msg_1")
    (answer,) = read(tmp_path, log).messages
    assert answer.content == "The harbour is closed."
    assert len(answer.tool_calls) == 1


def test_an_answer_that_goes_on_after_the_user_spoke_loses_nothing(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.assistant("First.", id="msg_1")
    log.user("Wait")
    log.assistant("Second.", id="msg_1")
    told = read(tmp_path, log)
    assert [content for _, content in told.said] == ["First.", "Wait", "Second."]
    assert len({each.native_id for each in told.messages}) == 3


def test_a_subagent_is_a_session_of_its_own_that_names_its_parent(tmp_path: Path) -> None:
    parent = ClaudeLog()
    parent.user("Survey the code")
    parent.assistant(call("toolu_1", "Task", prompt="Look at tides.py"))
    parent.result("toolu_1", "It is old.", toolUseResult={"agentId": "a1b2c3"})
    agent = ClaudeLog()
    agent.user("Look at tides.py", isSidechain=True, agentId="a1b2c3")
    agent.lines[-1]["uuid"] = "agent-line-1"
    agent.assistant("It is old.", isSidechain=True, agentId="a1b2c3", id="msg_agent")
    agent.lines[-1]["uuid"] = "agent-line-2"
    agent.write(tmp_path, f"{parent.session}/subagents/agent-a1b2c3.jsonl")
    told = read(tmp_path, parent)
    sessions = {each.native_id: each.metadata for each in told.sessions}
    assert sessions["a1b2c3"]["parent"] == parent.session
    assert sessions["a1b2c3"]["links"] == [parent.session]
    assert parent.session in sessions
    asked, answered = (each for each in told.messages if each.session_native_id == "a1b2c3")
    assert (asked.role, answered.role) == ("system", "assistant"), "no person asked it"
    (output,) = (each for each in told.messages if each.role == "tool")
    assert output.metadata["links"] == ["a1b2c3"]


def test_a_subagent_in_the_middle_of_an_old_file_is_kept_apart(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("Survey the code")
    main = log.assistant(call("toolu_1", "Task"), id="msg_1")
    root = log.user("Look at tides.py", isSidechain=True, parentUuid=None)
    log.assistant("It is old.", isSidechain=True)
    log.result("toolu_1", "It is old.", parentUuid=main["uuid"])
    told = read(tmp_path, log)
    assert {each.native_id for each in told.sessions} == {log.session, f"sidechain-{root['uuid']}"}
    own = [each.role for each in told.messages if each.session_native_id == log.session]
    assert own == ["user", "assistant", "tool"]


def test_lines_that_compaction_writes_again_are_read_once(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("One")
    log.assistant("Two")
    log.user("This session is being continued ...", isCompactSummary=True, isVisibleInTranscriptOnly=True)
    log.lines += log.lines[:2]
    told = read(tmp_path, log)
    assert [content for _, content in told.said] == ["One", "Two"]
    assert sorted(told.reasons()) == [
        "is a line that was read before",
        "is a line that was read before",
        "is the summary of a compacted conversation",
    ]


def test_what_a_fork_copies_stays_with_the_session_it_comes_from(tmp_path: Path) -> None:
    first = ClaudeLog("aaaaaaaa-0000-4000-8000-000000000001")
    asked = first.user("One")
    fork = ClaudeLog("bbbbbbbb-0000-4000-8000-000000000002")
    fork.user("One", forkedFrom={"sessionId": first.session, "messageUuid": asked["uuid"]})
    fork.user("Another way")
    alone = read(tmp_path / "alone", fork)
    assert [each.session_native_id for each in alone.messages] == [first.session, fork.session]
    both = read(tmp_path / "both", first, fork)
    assert [content for _, content in both.said] == ["One", "Another way"]
    assert {each.native_id for each in both.sessions} == {first.session, fork.session}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "<command-name>/clear</command-name>\n<command-message>clear</command-message>",
            "is a command to the program",
        ),
        ("<local-command-stdout>Total cost</local-command-stdout>", "is the output of a local command"),
        ("<bash-stdout>a.py</bash-stdout><bash-stderr></bash-stderr>", "is the output of a local command"),
        ("<system-reminder>Mind the todo list.</system-reminder>", "is what the program put in"),
        ("<system-reminder>never closed", "is what the program put in"),
        ("[Request interrupted by user for tool use]", "is a notice of the program"),
        ("<task-notification><task-id>b1</task-id></task-notification>", "is a notice of the program"),
        ("", "holds no text"),
        ([], "holds no text"),
    ],
)
def test_what_no_person_wrote_is_skipped_and_counted(tmp_path: Path, content: object, reason: str) -> None:
    log = ClaudeLog()
    log.user(content)
    log.user("Real words")
    told = read(tmp_path, log)
    assert told.said == [("user", "Real words")]
    assert told.reasons() == [reason]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"promptSource": "system"}, "was written by the program, not by a person"),
        ({"isMeta": True}, "was written by the program, not by a person"),
        ({"isCompactSummary": True}, "is the summary of a compacted conversation"),
        ({"isApiErrorMessage": True}, "is an error message of the program"),
        ({"origin": {"kind": "peer"}}, "is a message of another agent"),
    ],
)
def test_marked_lines_are_skipped_and_counted(tmp_path: Path, fields: dict[str, object], reason: str) -> None:
    log = ClaudeLog()
    log.user("Not mine", **fields)
    log.user("Mine", origin={"kind": "human"})
    told = read(tmp_path, log)
    assert told.said == [("user", "Mine")]
    assert told.reasons() == [reason]


def test_reminders_inside_a_message_are_cut_out_and_the_words_around_them_stay(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("Before <system-reminder>noise</system-reminder>after, see `<system-reminder>` in the code")
    told = read(tmp_path, log)
    assert told.said == [("user", "Before after, see `<system-reminder>` in the code")]
    assert told.reasons("notice") == ["what the program put into a message was cut out"]


def test_bookkeeping_lines_are_counted_by_what_they_are(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.plain(type="file-history-snapshot", messageId="m", snapshot={})
    log.plain(type="queue-operation", operation="enqueue", content="x")
    log.plain(type="progress", data={})
    log.plain(type="a-kind-of-tomorrow")
    log.add("system", subtype="turn_duration", content="x")
    log.user("Hello")
    told = read(tmp_path, log)
    assert told.said == [("user", "Hello")]
    assert [(each.reason, each.got) for each in told.problems] == [
        ("is a snapshot of files", "file-history-snapshot"),
        ("is the program's own bookkeeping", "queue-operation"),
        ("tells of progress", "progress"),
        ("is the program's own bookkeeping", "a-kind-of-tomorrow"),
        ("is a notice of the program", "system"),
    ]


def test_what_was_typed_while_the_assistant_worked_is_kept(tmp_path: Path) -> None:
    log = ClaudeLog()
    typed = {
        "type": "queued_command",
        "prompt": "Use red",
        "commandMode": "prompt",
        "origin": {"kind": "human"},
    }
    log.add("attachment", attachment=typed)
    log.add("attachment", attachment={**typed, "prompt": "From a peer", "origin": {"kind": "peer"}})
    log.add("attachment", attachment={"type": "task_reminder", "content": "x"})
    log.add("attachment", attachment={**typed, "prompt": [{"type": "text", "text": "And blue"}]})
    told = read(tmp_path, log)
    assert told.said == [("user", "Use red"), ("user", "And blue")]


def test_the_title_is_the_persons_own_then_the_programs(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("Hello")
    log.plain(type="summary", summary="Tide tables", leafUuid=log.last)
    assert read(tmp_path, log).sessions[0].title == "Tide tables"
    log.plain(type="ai-title", aiTitle="Fix the tide tables", sessionId=log.session)
    assert read(tmp_path, log).sessions[0].title == "Fix the tide tables"
    log.plain(type="custom-title", customTitle="Tides", sessionId=log.session)
    assert read(tmp_path, log).sessions[0].title == "Tides"


def test_a_summary_of_another_session_is_no_title_of_this_one(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.plain(type="summary", summary="Something else", leafUuid="elsewhere")
    log.user("Hello")
    told = read(tmp_path, log)
    assert told.sessions[0].title is None
    assert told.reasons() == ["is the title of another session"]


def test_a_tools_output_is_third_party_and_only_its_head(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.assistant(call("toolu_1", "Bash", command="cat log"))
    log.result("toolu_1", [{"type": "text", "text": "x" * 9_000}, {"type": "image", "source": {}}])
    told = read(tmp_path, log)
    output = told.messages[1]
    assert (output.role, output.trust, len(output.content)) == ("tool", "third_party", OUTPUT_CHARACTERS + 1)
    assert (output.metadata["tool"], output.metadata["characters"]) == ("Bash", 9_000)
    assert told.reasons("notice") == ["a tool's output was cut to its first 2,000 characters"]


def test_long_texts_in_a_calls_arguments_are_cut_and_stay_json(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.assistant(call("toolu_1", "Write", file_path="/tmp/a.py", content="y" * 9_000))
    (answer,) = read(tmp_path, log).messages
    arguments = json.loads(answer.tool_calls[0].arguments)
    assert arguments["file_path"] == "/tmp/a.py"
    assert len(arguments["content"]) < 600


def test_our_own_memory_is_not_read_back(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.assistant(call("toolu_1", "mcp__rem_dagster__search", query="tides"))
    log.result("toolu_1", "On Monday you fixed the tide tables.")
    log.assistant(call("toolu_2", "Bash", command="cd /tmp && rem search tides"))
    log.result("toolu_2", "On Monday you fixed the tide tables.")
    log.assistant(call("toolu_3", "Bash", command="remake all"))
    log.result("toolu_3", f"built\n{BEGIN}\nOn Monday you ...\n{END}\nfine")
    told = read(tmp_path, log)
    assert [content for role, content in told.said if role == "tool"] == ["built\nfine"]
    assert told.reasons() == ["is our own output", "is our own output"]


def test_our_own_output_is_known_also_where_it_stands_before_its_call(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.assistant("I ask the memory.", id="msg_1")
    log.result("toolu_1", "On Monday you fixed the tide tables.")
    log.assistant(call("toolu_1", "mcp__rem__search", query="tides"), id="msg_1")
    told = read(tmp_path, log)
    assert [each.role for each in told.messages] == ["assistant"]
    assert told.reasons() == ["is our own output"]


def test_what_was_typed_after_a_command_is_kept(tmp_path: Path) -> None:
    log = ClaudeLog()
    head = "<command-message>review is running</command-message>\n<command-name>/review</command-name>\n"
    log.user(f"{head}<command-args>the tide tables</command-args>")
    assert read(tmp_path, log).said == [("user", "/review the tide tables")]


@pytest.mark.parametrize(
    "text",
    [
        "<system-reminder>" * 50_000,
        "<!-- rem:begin -->" * 20_000,
        "<!-- rem:begin " * 20_000,
        "<command-name>" * 50_000,
        "<bash-input>" * 50_000,
        "x" * 10_000_000,
    ],
)
def test_long_texts_of_marks_that_never_end_take_no_time(tmp_path: Path, text: str) -> None:
    log = ClaudeLog()
    log.user(text)
    log.assistant(text)
    log.result("toolu_1", text)
    began = time.process_time()
    read(tmp_path, log)
    assert time.process_time() - began < 5


def test_lone_surrogates_and_nul_can_be_stored(tmp_path: Path, home: Home, store: Store) -> None:
    log = ClaudeLog()
    log.user("half \ud83d and \0 and 🌊 潮")
    log.write(tmp_path)
    report = import_source(home, store, ClaudeCodeSource(tmp_path, ""), user_id="ines", now=NOW)
    assert (report.new, report.failed) == (2, 0)


def test_a_second_import_finds_all_unchanged_and_a_grown_one_only_what_grew(
    tmp_path: Path, home: Home, store: Store
) -> None:
    log = ClaudeLog()
    log.user("One")
    log.assistant("Two", call("toolu_1", "Bash", command="ls"), id="msg_1")
    log.result("toolu_1", "a.py")
    log.write(tmp_path)

    def load(path: Path = tmp_path) -> tuple[int, int, int]:
        report = import_source(home, store, ClaudeCodeSource(path, ""), user_id="ines", now=NOW)
        return report.new, report.updated, report.unchanged

    assert load() == (4, 0, 0)
    assert load() == (0, 0, 4)
    log.assistant("Three", id="msg_2")
    place = log.write(tmp_path)
    assert load() == (1, 0, 4)
    assert load(place) == (0, 0, 5), "the same session, named by its file"


def test_its_folders_and_files_are_recognised(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("x" * 40_000)
    place = log.write(tmp_path)
    (tmp_path / "CLAUDE.md").write_text("Be brief.")
    for path in (tmp_path, tmp_path / "projects", place.parent, place):
        found = recognise_path(path)
        assert found is not None
        assert found.kind.name == "claude-code"
    other = tmp_path / "other"
    other.mkdir()
    quoted = json.dumps({"type": "user", "sessionId": "x", "leafUuid": "y"})
    (other / "a.jsonl").write_text(json.dumps({"t": "message", "content": quoted}) + "\n")
    (other / "a.md").write_text("A note")
    assert recognise_path(other).kind.name == "markdown"  # type: ignore[union-attr]
    assert recognise_path(other / "a.jsonl").kind.name == "jsonl"  # type: ignore[union-attr]


@given(data=st.data())
def test_no_broken_line_stops_the_reading(tmp_path: Path, data: st.DataObject) -> None:
    log = ClaudeLog()
    log.plain(type="summary", summary="T", leafUuid="x")
    log.user("One <system-reminder>x</system-reminder>")
    log.assistant("Two", {"type": "thinking"}, call("toolu_1", "Edit", file_path="a", edits=[{"a": [1]}]))
    log.result("toolu_1", [{"type": "text", "text": "x"}], toolUseResult={"agentId": "a1"})
    log.add("attachment", attachment={"type": "queued_command", "prompt": "p", "origin": {"kind": "human"}})
    log.user("Side", isSidechain=True, forkedFrom={"sessionId": "s", "messageUuid": "u"})
    place = log.write(tmp_path, "fuzz.jsonl")
    place.write_bytes(data.draw(mutated(log.lines)))
    check_storable(ClaudeCodeSource(tmp_path, "").read())
