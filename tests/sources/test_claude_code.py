"""Transcripts of Claude Code: what people and assistants said stays, what the program wrote does not."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.ingest.sync import sync
from rem_dagster.model.own_output import BEGIN, END
from rem_dagster.settings import Home, SourceSettings
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


def test_a_half_written_last_line_is_read_next_time(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("Hello")
    place = log.write(tmp_path)
    whole = place.read_bytes()
    log.user("World")
    more = log.write(tmp_path).read_bytes()
    place.write_bytes(more[: len(whole) + 40])
    source = ClaudeCodeSource(tmp_path, "")
    first = told_by(source)
    assert first.said == [("user", "Hello")]
    assert first.reasons("notice") == ["is still being written; it is read next time"]
    place.write_bytes(more)
    again = Told(list(source.read_since(source.mark)))
    assert again.said == [("user", "Hello"), ("user", "World")]


def test_only_files_that_changed_are_read_again(tmp_path: Path) -> None:
    first, second = ClaudeLog("aaaaaaaa-0000-4000-8000-000000000001"), ClaudeLog()
    first.user("One")
    second.user("Two")
    read(tmp_path, first, second)
    source = ClaudeCodeSource(tmp_path, "")
    assert source.mark is None
    told_by(source)
    assert source.fingerprint() == source.mark
    assert not list(source.read_since(source.mark))
    second.user("Three")
    place = second.write(tmp_path)
    assert source.fingerprint() != source.mark
    assert Told(list(source.read_since(source.mark))).said == [("user", "Two"), ("user", "Three")]
    place.unlink()
    assert not list(source.read_since(source.mark)), "one that the program deleted takes nothing with it"


@pytest.mark.parametrize(
    "mark", ["", "null", "{}", '{"version": 1, "files": 7}', '{"version": 0, "files": ""}']
)
def test_a_mark_that_says_nothing_reads_everything(tmp_path: Path, mark: str) -> None:
    log = ClaudeLog()
    log.user("One")
    log.write(tmp_path)
    assert Told(list(ClaudeCodeSource(tmp_path, "").read_since(mark))).said == [("user", "One")]


def test_the_mark_of_a_thousand_files_stays_small(tmp_path: Path) -> None:
    for number in range(1_000):
        place = tmp_path / "projects" / "p" / f"{number}.jsonl"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    assert len(ClaudeCodeSource(tmp_path, "").fingerprint()) < 9_000


def test_a_line_without_a_time_takes_that_of_its_neighbour(tmp_path: Path) -> None:
    log = ClaudeLog()
    for number, said in enumerate([12, None, "soon", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"]):
        log.user(f"Before {number}", timestamp=said)
    log.user("One")
    log.user("Two", timestamp="2026-03-02T10:00:00")
    told = read(tmp_path, log)
    assert [each.time_confidence for each in told.messages] == [*["guessed"] * 5, "exact", "guessed"]
    assert len({each.created_at for each in told.messages}) == 1
    assert len(told.reasons("notice")) == 6


def test_a_file_without_any_time_fails_by_line_and_not_by_guessing(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("One", timestamp=None)
    told = read(tmp_path, log)
    assert not told.messages
    assert told.reasons("failed") == ["is missing, as in the whole file"]


def test_nothing_found_is_said(tmp_path: Path) -> None:
    (problem,) = told_by(ClaudeCodeSource(tmp_path, "")).problems
    assert problem.kind == "notice"
    assert problem.reason == "there are no transcripts in it: looked for *.jsonl below projects/"
    with pytest.raises(SourceError, match="no such folder"):
        told_by(ClaudeCodeSource(tmp_path / "gone", ""))


def test_unreadable_and_odd_files_are_problems_and_the_others_land(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.user("One")
    log.write(tmp_path)
    folder = tmp_path / "projects" / "-home-ines-code-tides"
    (folder / "folder.jsonl").mkdir()
    (folder / "loop.jsonl").symlink_to(folder / "loop.jsonl")
    (folder / "circle").symlink_to(tmp_path)
    (folder / "journal.jsonl").write_text("{}\n")
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "nul.jsonl").write_bytes(b"\0\0\0\n[1]\n\xff\xfe\n" + b"[" * 100_000 + b"\n")
    told = told_by(ClaudeCodeSource(tmp_path, ""))
    assert told.said == [("user", "One")]
    assert {(each.kind, each.reason) for each in told.problems} == {
        ("failed", "cannot be read"),
        ("skipped", "is no file"),
        ("failed", "is not JSON"),
        ("failed", "is not a JSON object"),
        ("failed", "is nested too deeply"),
    }


def test_lone_surrogates_and_nul_can_be_stored(tmp_path: Path, home: Home, store: Store) -> None:
    log = ClaudeLog()
    log.user("half \ud83d and \0 and 🌊 潮")
    log.write(tmp_path)
    report = import_source(home, store, ClaudeCodeSource(tmp_path, ""), user_id="ines", now=NOW)
    assert (report.new, report.failed) == (2, 0)


def test_a_file_whose_name_is_no_text_is_read_and_can_be_told_of(tmp_path: Path) -> None:
    log = ClaudeLog()
    log.plain(message="no type", type=None)
    log.user("One", sessionId=None)
    place = log.write(tmp_path)
    place.rename(os.fsdecode(os.fsencode(place.parent) + b"/\xff.jsonl"))
    told = told_by(ClaudeCodeSource(tmp_path, ""))
    assert [each.session_native_id for each in told.messages] == ["?"]
    assert all(each.where.encode("utf-8") for each in told.problems)


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


def test_a_sync_opens_only_what_changed(tmp_path: Path, home: Home, store: Store) -> None:
    first, second = ClaudeLog("aaaaaaaa-0000-4000-8000-000000000001"), ClaudeLog()
    first.user("One")
    second.user("Two")
    first.write(tmp_path / "claude")
    second.write(tmp_path / "claude")
    settings = {"sources": (SourceSettings(kind="claude-code", path=str(tmp_path / "claude")),)}
    configured = replace(home, settings=home.settings.model_copy(update=settings))

    def pull() -> ImportReport | None:
        (pulled,) = sync(configured, store, now=NOW)
        assert pulled.error is None
        return pulled.report

    assert pull().new == 4  # type: ignore[union-attr]
    assert pull() is None, "nothing is read"
    second.user("Three")
    second.write(tmp_path / "claude")
    report = pull()
    assert report is not None
    assert (report.read, report.new, report.unchanged) == (3, 1, 2)
    assert pull() is None


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
