"""Claude.ai's export: one zip or several, blocks rather than `text`, and what tools and files brought."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source, recognise
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.settings import Home
from rem_dagster.sources.claude_ai import BROKEN_TREE, OFF_BRANCH, ClaudeAiSource
from rem_dagster.sources.settled import INHERITED
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from tests.activity import contents
from tests.ingest.items import NOW
from tests.sources.exports import JSON, broken, messages, mutated, read, reasons, unpacked, zipped

Fields = dict[str, object]
ROOT = "00000000-0000-4000-8000-000000000000"
AT = "2026-03-04T09:00:00.500000Z"


def said(uuid: str, sender: str = "human", *blocks: object, **changes: object) -> Fields:
    return {
        "uuid": uuid,
        "sender": sender,
        "text": f"Words of {uuid}.",
        "content": list(blocks) or [{"type": "text", "text": f"Words of {uuid}."}],
        "created_at": AT,
        "updated_at": AT,
        "attachments": [],
        "files": [],
        **changes,
    }


def conversation(*chat_messages: object, **changes: object) -> Fields:
    return {
        "uuid": "c1",
        "name": "Pears",
        "summary": "",
        "created_at": AT,
        "updated_at": AT,
        "account": {"uuid": "me"},
        "chat_messages": list(chat_messages),
        **changes,
    }


def read_of(path: Path, *conversations: object) -> tuple[list[Activity], list[Problem]]:
    return read(ClaudeAiSource(zipped(path / "e.zip", {"conversations.json": list(conversations)}), ""))


def words(items: list[Activity]) -> list[str]:
    return [each.content for each in messages(items)]


def test_a_conversation_is_a_session_with_its_messages(tmp_path: Path) -> None:
    project = {"uuid": "p", "name": "Garden"}
    items, problems = read_of(tmp_path, conversation(said("q"), said("a", "assistant"), project=project))
    session, question, answer = items
    assert isinstance(session, SessionItem)
    assert (session.native_id, session.title, session.metadata) == ("c1", "Pears", {"project": "Garden"})
    assert isinstance(question, MessageItem)
    assert isinstance(answer, MessageItem)
    assert (question.role, question.trust, question.native_id) == ("user", "own", "q")
    assert (answer.role, answer.trust, answer.session_native_id) == ("assistant", "own", "c1")
    assert question.created_at == datetime(2026, 3, 4, 9, 0, 0, 500_000, UTC)
    assert not problems


def test_blocks_go_before_a_text_that_is_incomplete(tmp_path: Path) -> None:
    blocks = {"type": "text", "text": "First."}, {"type": "text", "text": "Second."}
    items, _ = read_of(tmp_path, conversation(said("a", "assistant", *blocks, text="First.")))
    assert words(items) == ["First.\n\nSecond."]


def test_without_blocks_the_text_is_taken_and_its_placeholders_are_not(tmp_path: Path) -> None:
    shown = "Done.\n```\nThis block is not supported on your current device yet.\n```"
    old, newer = said("a", text="Old."), said("b", "assistant", {"type": "token_budget"}, text=shown)
    items, _ = read_of(tmp_path, conversation(old | {"content": None}, newer))
    assert words(items) == ["Old.", "Done."]


def test_tools_are_calls_and_third_party_results_and_thinking_is_left_out(tmp_path: Path) -> None:
    blocks = (
        {"type": "thinking", "thinking": "Hm."},
        {"type": "tool_use", "id": "t1", "name": "web_search", "input": {"query": "pears"}},
        {
            "type": "tool_result",
            "tool_use_id": "t1",
            "name": "web_search",
            "content": [{"type": "text", "text": "A page."}, {"type": "image"}],
            "start_timestamp": "2026-03-04T09:00:02Z",
        },
        {"type": "tool_result", "content": "Plain."},
        {"type": "text", "text": "In winter.", "citations": [{"url": "https://p.example/a"}]},
    )
    items, problems = read_of(tmp_path, conversation(said("a", "assistant", *blocks)))
    answer, page, plain = messages(items)
    assert answer.content == "In winter."
    (call,) = answer.tool_calls
    assert (call.id, call.name, call.arguments) == ("t1", "web_search", '{"query": "pears"}')
    assert answer.metadata == {"links": ["https://p.example/a"]}
    assert (page.native_id, page.role, page.trust, page.author) == (
        "a/t1",
        "tool",
        "third_party",
        "web_search",
    )
    assert (page.content, plain.content, plain.native_id) == ("A page.", "Plain.", "a/3")
    assert page.created_at == datetime(2026, 3, 4, 9, 0, 2, tzinfo=UTC)
    assert reasons(problems) == [("notice", "the model's thinking was left out")]


def test_files_are_named_and_their_texts_are_third_party_documents(tmp_path: Path) -> None:
    attachments = [
        {"file_name": "plan.pdf", "extracted_content": "The plan.", "file_size": 3},
        {"file_name": "", "extracted_content": "A long letter."},
        {"file_name": "empty.bin", "extracted_content": ""},
    ]
    files = [{"file_name": "leaf.jpg", "file_uuid": "f"}, {"file_name": "plan.pdf"}]
    message = said("q", "human", {"type": "text", "text": "Read."}, attachments=attachments, files=files)
    items, problems = read_of(tmp_path, conversation(message))
    (question,) = messages(items)
    shown = ["Read.", "[file: plan.pdf]", "[pasted text]", "[file: empty.bin]", "[file: leaf.jpg]"]
    assert question.content.splitlines() == shown
    assert question.metadata == {"links": ["q/0", "q/1"]}
    plan, letter = (each for each in items if isinstance(each, ResourceItem))
    assert (plan.name, plan.content, plan.trust, plan.native_id) == (
        "plan.pdf",
        "The plan.",
        "third_party",
        "q/0",
    )
    assert (letter.name, letter.metadata) == ("pasted text", {"links": ["q"]})
    assert not problems


def test_a_message_of_a_file_alone_is_kept(tmp_path: Path) -> None:
    message = said("q", text="", content=[], attachments=[{"extracted_content": "All of it."}])
    assert words(read_of(tmp_path, conversation(message))[0]) == ["[pasted text]"]


@pytest.mark.parametrize(("leaf", "answer"), [("a1", "a1"), (None, "a2"), ("gone", "a2")])
def test_the_branch_that_was_seen_last_lands_and_others_are_counted(
    tmp_path: Path, leaf: str | None, answer: str
) -> None:
    tree = (
        said("q", parent_message_uuid=ROOT),
        said("a1", "assistant", parent_message_uuid="q"),
        said("a2", "assistant", parent_message_uuid="q", created_at="2026-03-04T09:05:00Z"),
    )
    items, problems = read_of(tmp_path, conversation(*tree, current_leaf_message_uuid=leaf))
    assert words(items) == ["Words of q.", f"Words of {answer}."]
    assert reasons(problems) == [("skipped", OFF_BRANCH)]


def test_parents_that_do_not_lead_anywhere_leave_the_list_as_it_is(tmp_path: Path) -> None:
    unlinked = [said("q", parent_message_uuid=ROOT), said("a", parent_message_uuid=ROOT)]
    torn = [
        said("q", parent_message_uuid=ROOT),
        said("a", parent_message_uuid="q"),
        said("b", parent_message_uuid="z"),
    ]
    round_about = [said("q", parent_message_uuid="a"), said("a", parent_message_uuid="q")]
    for chat, notices in ((unlinked, []), (torn, [("notice", BROKEN_TREE)]), (round_about, [])):
        items, problems = read_of(tmp_path, conversation(*chat))
        assert len(words(items)) == len(chat)
        assert reasons(problems) == notices


def test_missing_times_are_those_of_the_neighbours(tmp_path: Path) -> None:
    chat = said("q", created_at=None), said("a", created_at="2026-03-04T09:05:00Z"), said("b", created_at=7)
    items, problems = read_of(tmp_path, conversation(*chat, created_at=None))
    assert {each.created_at for each in messages(items)} == {datetime(2026, 3, 4, 9, 5, tzinfo=UTC)}
    assert reasons(problems) == [("notice", INHERITED)] * 2


def test_what_cannot_be_used_is_told_and_the_others_land(tmp_path: Path) -> None:
    chat = said("q"), 7, said("x", "robot"), said("e", text="", content=[]), said("n") | {"uuid": None}
    items, problems = read_of(tmp_path, conversation(*chat), 7, {"uuid": "c2"}, conversation(uuid="c3"))
    assert words(items) == ["Words of q."]
    assert sorted(reasons(problems)) == sorted(
        [
            ("failed", "holds what is no message"),
            ("failed", "is neither human nor assistant"),
            ("skipped", "holds no text"),
            ("failed", "is missing"),
            ("failed", "is not a JSON object"),
            ("failed", "is no list of messages"),
            ("skipped", "is a conversation without messages"),
        ]
    )


def test_projects_and_memories_are_noticed(tmp_path: Path) -> None:
    files: dict[str, object] = {
        "conversations.json": [conversation(said("q"))],
        "memories.json": [],
        "projects/p.json": {},
        "users.json": [],
    }
    _, problems = read(ClaudeAiSource(zipped(tmp_path / "e.zip", files), ""))
    assert [each.where for each in problems] == ["memories.json", "projects"]
    assert {each.kind for each in problems} == {"notice"}


def parts(folder: Path) -> dict[str, object]:
    for n in range(2):
        zipped(
            folder / f"conversations-00{n}.zip",
            {"conversations.json": [conversation(said(f"q{n}"), uuid=f"c{n}")]},
        )
    named = [
        {"category": "conversations", "filename": f"conversations-00{n}.zip", "export_url": "u"}
        for n in range(2)
    ]
    return {"total_files": 2, "data_files": [*named, {"category": "light_metadata", "filename": "l-000.zip"}]}


def test_a_manifest_leads_to_its_zips(tmp_path: Path) -> None:
    manifest = unpacked(tmp_path, {"manifest-1.json": parts(tmp_path)}) / "manifest-1.json"
    for place in (manifest, tmp_path):
        items, problems = read(ClaudeAiSource(place, ""))
        assert words(items) == ["Words of q0.", "Words of q1."]
        assert not problems
        assert recognise(place).kind.name == "claude-ai"


def test_a_zip_that_the_manifest_names_and_is_not_there_fails(tmp_path: Path) -> None:
    files = [{"category": "conversations", "filename": name} for name in ("a.zip", "../../b.zip", "c.zip")]
    unpacked(tmp_path / "sub", {"manifest.json": {"data_files": files}})
    zipped(tmp_path / "sub" / "a.zip", {"conversations.json": [conversation(said("q"))]})
    zipped(tmp_path.parent / "b.zip", {"conversations.json": [conversation(said("outside"))]})
    (tmp_path / "sub" / "c.zip").write_bytes(b"PK half")
    items, problems = read(ClaudeAiSource(tmp_path / "sub" / "manifest.json", ""))
    assert words(items) == ["Words of q."]
    assert [each.kind for each in problems] == ["failed", "failed"]


def test_it_is_told_from_chatgpts_export(tmp_path: Path) -> None:
    files: dict[str, object] = {"conversations.json": [conversation(said("q"))]}
    assert recognise(zipped(tmp_path / "a.zip", files)).kind.name == "claude-ai"
    assert recognise(unpacked(tmp_path / "a", files)).kind.name == "claude-ai"
    empty: dict[str, object] = {"conversations.json": [], "users.json": []}
    assert recognise(zipped(tmp_path / "b.zip", empty)).kind.name == "claude-ai"


def test_nothing_in_it_is_said(tmp_path: Path) -> None:
    assert reasons(read_of(tmp_path)[1]) == [("notice", "there are no conversations in it")]
    _, problems = read(ClaudeAiSource(zipped(tmp_path / "b.zip", {"else.json": []}), ""))
    assert [each.kind for each in problems] == ["notice"]


def test_a_second_import_changes_nothing(home: Home, store: Store, tmp_path: Path) -> None:
    attachments = [{"file_name": "plan.pdf", "extracted_content": "The plan."}]
    result = {"type": "tool_result", "tool_use_id": "t", "content": "A page."}
    chat = conversation(said("q", attachments=attachments), said("a", "assistant", result))
    export = zipped(tmp_path / "e.zip", {"conversations.json": [chat]})

    def bring() -> tuple[int, int, int]:
        report = import_source(
            home, store, make_source("claude-ai", export, home=home), user_id="ines", now=NOW
        )
        return report.new, report.updated, report.unchanged

    assert bring() == (5, 0, 0)
    before = contents(store)
    assert bring() == (0, 0, 5)
    assert contents(store) == before


SAMPLE = [
    conversation(
        said("q", parent_message_uuid=ROOT, attachments=[{"file_name": "a", "extracted_content": "b"}]),
        said(
            "a",
            "assistant",
            {"type": "text", "text": "x", "citations": [{"details": {"url": "https://c"}}]},
            {"type": "tool_use", "name": "n", "input": {}},
            {"type": "tool_result", "content": [{"type": "text", "text": "y"}]},
            parent_message_uuid="q",
            files=[{"file_name": "f"}],
        ),
        said("b", "assistant", parent_message_uuid="q"),
    )
]


@given(mutated(SAMPLE) | st.lists(JSON, max_size=2))
def test_whatever_a_value_is_it_ends_with_items_and_problems(tmp_path: Path, value: object) -> None:
    read(ClaudeAiSource(unpacked(tmp_path / "e", {"conversations.json": value}), ""))


@given(broken(json.dumps(SAMPLE).encode()))
def test_whatever_the_bytes_are_it_ends(tmp_path: Path, raw: bytes) -> None:
    read(ClaudeAiSource(unpacked(tmp_path / "e", {"conversations.json": raw}), ""))


MANIFEST = {"data_files": [{"category": "conversations", "filename": "conversations-000.zip"}]}


@given(mutated(MANIFEST))
def test_whatever_the_manifest_says_it_ends(tmp_path: Path, value: object) -> None:
    place = unpacked(tmp_path, {"manifest.json": value}) / "manifest.json"
    with suppress(SourceError):
        read(ClaudeAiSource(place, ""))
