"""ChatGPT's export: what was seen last lands, in its order; the rest is counted."""

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
from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.settings import Home
from rem_dagster.sources.chatgpt import OFF_BRANCH, ChatGptSource
from rem_dagster.sources.chatgpt_path import IN_A_CIRCLE, NO_BEGINNING, NO_CURRENT
from rem_dagster.sources.settled import BEFORE_ITS_TIME, INHERITED
from rem_dagster.sources.source import MeasuredSource, Problem
from rem_dagster.store.database import Store
from tests.activity import contents, rows
from tests.ingest.items import NOW
from tests.sources.exports import JSON, broken, messages, mutated, read, reasons, unpacked, zipped

Node = dict[str, object]
BEGUN = 1_760_000_000.0


def node(
    key: str,
    parent: str | None,
    role: str = "user",
    *parts: object,
    at: object = BEGUN,
    content: object = None,
    **changes: object,
) -> Node:
    message = {
        "id": key,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "content": {"content_type": "text", "parts": list(parts or (f"Words of {key}.",))},
        "metadata": {},
        "recipient": "all",
        "channel": None,
        **changes,
    }
    if content is not None:
        message["content"] = content
    return {"id": key, "parent": parent, "children": [], "message": message}


def conversation(*nodes: Node, current: object = None, **changes: object) -> Node:
    root: Node = {"id": "root", "parent": None, "children": [], "message": None}
    return {
        "conversation_id": "c1",
        "title": "A plan",
        "create_time": BEGUN,
        "update_time": BEGUN + 900,
        "mapping": {str(each["id"]): each for each in (root, *nodes)},
        "current_node": current or (nodes[-1]["id"] if nodes else "root"),
        **changes,
    }


def read_of(path: Path, *conversations: object) -> tuple[list[Activity], list[Problem]]:
    return read(ChatGptSource(zipped(path / "e.zip", {"conversations.json": list(conversations)}), ""))


def said(items: list[Activity]) -> list[str]:
    return [each.content for each in messages(items)]


def only(path: Path, message: Node) -> tuple[MessageItem, list[Problem]]:
    items, problems = read_of(path, conversation(message))
    (item,) = messages(items)
    return item, problems


def test_a_conversation_is_a_session_with_its_messages(tmp_path: Path) -> None:
    asked = node("q", "root", "user", "How do I prune a pear?", at=BEGUN + 1.5)
    told = node("a", "q", "assistant", "In winter.", at=BEGUN + 9, metadata={"model_slug": "gpt-5"})
    items, problems = read_of(tmp_path, conversation(asked, told, gizmo_id="g-p-garden"))
    assert not problems
    session, question, answer = items
    assert isinstance(session, SessionItem)
    assert (session.native_id, session.title) == ("c1", "A plan")
    assert session.metadata == {"project": "g-p-garden"}
    assert isinstance(question, MessageItem)
    assert isinstance(answer, MessageItem)
    assert question.created_at == datetime.fromtimestamp(BEGUN + 1.5, UTC)
    assert (question.role, question.trust, question.content) == ("user", "own", "How do I prune a pear?")
    assert (answer.role, answer.trust, answer.metadata) == ("assistant", "own", {"model": "gpt-5"})
    assert {question.session_native_id, answer.session_native_id} == {"c1"}
    assert [question.native_id, answer.native_id] == ["c1/q", "c1/a"], (
        "an id that is no UUID is the session's"
    )


def test_uuids_are_the_messages_ids_in_whatever_conversation_they_stand(tmp_path: Path) -> None:
    key = "0a9b571b-d04e-4c3e-9dd4-e116c12ab065"
    assert only(tmp_path, node(key, "root"))[0].native_id == key


def test_what_is_wrong_with_a_broken_zip_is_told_without_its_path(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "e.zip", {"conversations.json": [conversation(node("q", "root"))]})
    raw = bytearray(whole.read_bytes())
    raw[80:100] = bytes(20)
    whole.write_bytes(raw)
    _, [problem] = read(ChatGptSource(whole, ""))
    assert problem.kind == "failed"
    assert problem.got is not None
    assert problem.got.startswith(("Error -3", "Bad CRC-32"))


def test_how_far_a_read_has_come_grows_to_the_whole(tmp_path: Path) -> None:
    chats = [
        conversation(node("q", "root", "user", "x" * 300_000), conversation_id=f"c{n}") for n in range(20)
    ]
    for place in (
        zipped(tmp_path / "e.zip", files := {"conversations.json": chats}),
        unpacked(tmp_path / "e", files),
    ):
        source = ChatGptSource(place, "")
        assert isinstance(source, MeasuredSource)
        assert source.share is None
        shares = [source.share for _ in source.read()]
        assert shares == sorted(shares, key=lambda each: each or 0.0)
        assert 0 < (shares[0] or 0) < 0.6
        assert source.share == 1.0


def test_the_way_goes_by_parents_and_not_by_time(tmp_path: Path) -> None:
    late, early = node("q", "root", at=BEGUN + 50), node("a", "q", "assistant", at=BEGUN + 20)
    items, problems = read_of(tmp_path, conversation(early, late, current="a"))
    assert said(items) == ["Words of q.", "Words of a."]
    assert [each.created_at.timestamp() for each in messages(items)] == [BEGUN + 50] * 2
    assert reasons(problems) == [("notice", BEFORE_ITS_TIME)]


def test_a_clock_that_is_hours_off_stays_as_it_is(tmp_path: Path) -> None:
    items, problems = read_of(
        tmp_path, conversation(node("q", "root", at=BEGUN + 90_000), node("a", "q", at=BEGUN))
    )
    assert [each.created_at.timestamp() for each in messages(items)] == [BEGUN + 90_000, BEGUN]
    assert not problems


def test_branches_that_were_left_are_counted(tmp_path: Path) -> None:
    tree = (
        node("q", "root"),
        node("a1", "q", "assistant"),
        node("a2", "q", "assistant"),
        node("q2", "a1"),
        node("hidden", "a1", metadata={"is_visually_hidden_from_conversation": True}),
    )
    items, problems = read_of(tmp_path, conversation(*tree, current="a2"))
    assert said(items) == ["Words of q.", "Words of a2."]
    assert reasons(problems) == [("skipped", OFF_BRANCH)] * 2


def test_a_missing_time_is_that_of_the_message_before_and_noticed(tmp_path: Path) -> None:
    nodes = (
        node("q", "root", at=None),
        node("a", "q", at=BEGUN + 60),
        node("b", "a", at=None),
        node("c", "b", at="soon"),
        node("d", "c", at=1e300),
    )
    items, problems = read_of(tmp_path, conversation(*nodes, create_time=None))
    assert [each.created_at.timestamp() - BEGUN for each in messages(items)] == [60] * 5
    confidences = [each.time_confidence for each in messages(items)]
    assert confidences == ["guessed", "exact", "guessed", "guessed", "guessed"]
    assert reasons(problems) == [("notice", INHERITED)] * 4


def test_without_any_time_a_conversation_fails(tmp_path: Path) -> None:
    items, problems = read_of(
        tmp_path, conversation(node("q", "root", at=None), create_time=None, update_time=None)
    )
    assert not items
    assert reasons(problems) == [("failed", "no time is known of any message")]


def test_parts_are_texts_and_things_that_are_named(tmp_path: Path) -> None:
    parts: list[object] = [
        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-1", "width": 3},
        {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_2"},
        {
            "content_type": "image_asset_pointer",
            "asset_pointer": "sediment://file_3",
            "metadata": {"dalle": {"prompt": "a heron\nat dusk"}},
        },
        "What is this?",
        "",
        {"content_type": "canvas_widget"},
    ]
    attachments = [{"id": "file-1", "name": "leaf.jpg"}, {"id": "file-9", "name": "plan.pdf"}]
    item, problems = only(tmp_path, node("q", "root", "user", *parts, metadata={"attachments": attachments}))
    assert item.content.splitlines() == [
        "[image: leaf.jpg]",
        "[image]",
        "[image: a heron at dusk]",
        "What is this?",
        "[canvas_widget]",
        "[file: plan.pdf]",
    ]
    assert item.metadata["attachments"] == ["leaf.jpg", "plan.pdf"]
    assert not problems


def test_what_was_spoken_is_its_words(tmp_path: Path) -> None:
    sound = {"content_type": "real_time_user_audio_video_asset_pointer", "audio_asset_pointer": {}}
    words = {"content_type": "audio_transcription", "text": "Call the dentist.", "direction": "in"}
    assert only(tmp_path, node("q", "root", "user", sound, words))[0].content == "Call the dentist."
    assert only(tmp_path, node("q", "root", "user", sound))[0].content == "[audio]"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"content_type": "code", "language": "python", "text": "print(1)"}, "print(1)"),
        ({"content_type": "execution_output", "text": "1"}, "1"),
        ({"content_type": "tether_browsing_display", "result": "A page", "summary": ""}, "A page"),
        (
            {
                "content_type": "tether_quote",
                "title": "Pears",
                "url": "https://p.example/a",
                "text": "Prune.",
            },
            "Pears\nhttps://p.example/a\nPrune.",
        ),
        ("only text", "only text"),
    ],
)
def test_contents_without_parts_are_read_too(tmp_path: Path, content: object, words: str) -> None:
    assert only(tmp_path, node("a", "root", "assistant", content=content))[0].content == words


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (node("x", "q", "system"), "is a system message"),
        (node("x", "q", metadata={"is_visually_hidden_from_conversation": True}), "is hidden in ChatGPT"),
        (node("x", "q", "assistant", recipient="python"), "is a call of a tool"),
        (node("x", "q", "assistant", content={"content_type": "thoughts", "thoughts": [{"content": "h"}]}),
         "is the model's thinking"),
        (node("x", "q", "assistant", channel="analysis"), "is the model's thinking"),
        (node("x", "q", content={"content_type": "user_editable_context", "user_profile": "I am"}),
         "is custom instructions or memories, which ChatGPT adds to each conversation"),
        (node("x", "q", "critic"), "is of an author that is neither user, assistant nor tool"),
        (node("x", "q", "user", "  \n"), "holds no text"),
    ],
)  # fmt: skip
def test_what_nobody_saw_is_left_out_with_its_reason(tmp_path: Path, message: Node, reason: str) -> None:
    items, problems = read_of(tmp_path, conversation(node("q", "root"), message, node("a", "x", "assistant")))
    assert said(items) == ["Words of q.", "Words of a."]
    assert reasons(problems) == [("skipped", reason)]


def test_what_a_tool_gave_is_third_party_and_names_it(tmp_path: Path) -> None:
    shown = node("t", "root", "tool", "3 results", author={"role": "tool", "name": "web.run"})
    item, _ = only(tmp_path, shown)
    assert (item.role, item.trust, item.author) == ("tool", "third_party", "web.run")


def test_citations_become_links_and_their_marks_are_gone(tmp_path: Path) -> None:
    text = (
        "Prune in winter \ue200cite\ue202turn0search0\ue201, says "
        '\ue200entity\ue202["people","Ann Lee",0]\ue201【12†source】\ue200x\ue201.'
    )
    references = [
        {"matched_text": "\ue200x\ue201", "alt": "(here)", "items": [{"url": "https://p.example/b"}]},
        {"url": "javascript:alert(1)"},
    ]
    metadata = {
        "content_references": references,
        "citations": [{"metadata": {"url": "https://p.example/a"}}],
    }
    item, _ = only(tmp_path, node("a", "root", "assistant", text, metadata=metadata))
    assert item.content == "Prune in winter , says Ann Lee(here)."
    assert item.metadata["links"] == ["https://p.example/b", "https://p.example/a"]


@pytest.mark.parametrize("mark", ["is_do_not_remember", "is_temporary_chat"])
def test_a_conversation_that_was_not_to_be_remembered_is_not(tmp_path: Path, mark: str) -> None:
    items, problems = read_of(tmp_path, conversation(node("q", "root"), **{mark: True}))
    assert not items
    assert reasons(problems) == [("skipped", "is a conversation that was not to be remembered")]


def test_titles_may_be_null_and_a_conversation_empty(tmp_path: Path) -> None:
    empty = conversation(conversation_id="c2")
    items, problems = read_of(tmp_path, conversation(node("q", "root"), title=None), empty)
    assert isinstance(items[0], SessionItem)
    assert items[0].title is None
    assert len(items) == 2
    assert reasons(problems) == [("skipped", "is a conversation without messages")]


def test_a_circle_of_parents_and_a_missing_one_end(tmp_path: Path) -> None:
    circle = conversation(node("a", "b"), node("b", "a"), conversation_id="c1")
    lost = conversation(node("a", "gone"), conversation_id="c2")
    items, problems = read_of(tmp_path, circle, lost)
    assert sorted(said(items)) == ["Words of a.", "Words of a.", "Words of b."]
    assert reasons(problems) == [("notice", IN_A_CIRCLE), ("notice", NO_BEGINNING)]


@pytest.mark.parametrize("current", ["gone", 7, ["q"]])
def test_without_a_current_message_the_newest_branch_is_taken(tmp_path: Path, current: object) -> None:
    tree = node("q", "root"), node("new", "q", at=BEGUN + 9), node("old", "q", at=BEGUN + 5)
    items, problems = read_of(tmp_path, conversation(*tree, current=current))
    assert said(items) == ["Words of q.", "Words of new."]
    assert ("notice", NO_CURRENT) in reasons(problems)


def test_a_long_conversation_is_walked_without_recursion(tmp_path: Path) -> None:
    nodes = [node(f"n{number}", f"n{number - 1}" if number else "root") for number in range(5_000)]
    assert len(messages(read_of(tmp_path, conversation(*nodes))[0])) == 5_000


def test_our_own_output_is_not_read_back(tmp_path: Path) -> None:
    text = "Before <!-- rem:begin day -->what we wrote<!-- rem:end --> after"
    assert only(tmp_path, node("q", "root", "user", text))[0].content == "Before after"


@pytest.mark.parametrize("is_zip", [True, False])
def test_several_files_of_conversations_are_one_export(tmp_path: Path, is_zip: bool) -> None:
    files = {
        f"export/conversations-00{n}.json": [conversation(node("q", "root"), conversation_id=f"c{n}")]
        for n in range(3)
    }
    others: dict[str, object] = {
        "__MACOSX/export/._conversations-000.json": b"\0\0",
        "export/chat.html": b"x",
    }
    made = zipped(tmp_path / "e.zip", files | others) if is_zip else unpacked(tmp_path / "e", files | others)
    items, problems = read(ChatGptSource(made, ""))
    assert [each.native_id for each in items if isinstance(each, SessionItem)] == ["c0", "c1", "c2"]
    assert not problems


def test_the_file_alone_is_read_too(tmp_path: Path) -> None:
    folder = unpacked(tmp_path, {"conversations.json": [conversation(node("q", "root"))]})
    assert len(read(ChatGptSource(folder / "conversations.json", ""))[0]) == 2


def test_a_file_that_breaks_off_gives_what_is_before_and_the_other_files_are_read(tmp_path: Path) -> None:
    whole = json.dumps([conversation(node("q", "root"), conversation_id=f"c{n}") for n in range(2)]).encode()
    files = {
        "conversations-000.json": whole[:-9],
        "conversations-001.json": [conversation(node("q", "root"))],
    }
    items, problems = read(ChatGptSource(zipped(tmp_path / "e.zip", files), ""))
    assert [each.native_id for each in items if isinstance(each, SessionItem)] == ["c0", "c1"]
    assert reasons(problems) == [("failed", "could not be read to its end; what came before was taken")]


def test_nothing_in_it_is_said(tmp_path: Path) -> None:
    _, problems = read(ChatGptSource(zipped(tmp_path / "a.zip", {"conversations.json": []}), ""))
    assert reasons(problems) == [("notice", "there are no conversations in it")]
    _, problems = read(ChatGptSource(zipped(tmp_path / "b.zip", {"else.json": []}), ""))
    assert [each.kind for each in problems] == ["notice"]
    assert "conversations-000.json" in problems[0].reason


def test_group_chats_are_noticed(tmp_path: Path) -> None:
    files: dict[str, object] = {
        "conversations.json": [conversation(node("q", "root"))],
        "group_chats.json": {"chats": [{}, {}]},
    }
    _, problems = read(ChatGptSource(zipped(tmp_path / "e.zip", files), ""))
    assert [(each.reason, each.got) for each in problems] == [("group chats are not read", "2")]


@pytest.mark.parametrize("wrong", [None, 7, "text", [conversation()]])
def test_what_is_no_conversation_fails_and_the_others_land(tmp_path: Path, wrong: object) -> None:
    items, problems = read_of(tmp_path, wrong, conversation(node("q", "root")), {"title": "x"})
    assert len(items) == 2
    assert [each.kind for each in problems] == ["failed", "failed"]


def test_a_cut_zip_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "e.zip", {"conversations.json": [conversation(node("q", "root"))]})
    whole.write_bytes(whole.read_bytes()[:-30])
    for path in (whole, tmp_path / "none.zip"):
        with pytest.raises(SourceError):
            read(ChatGptSource(path, ""))


def test_it_is_recognised_by_its_fields_and_by_its_files(tmp_path: Path) -> None:
    files: dict[str, object] = {"conversations.json": [conversation(node("q", "root"))]}
    assert recognise(zipped(tmp_path / "a.zip", files)).kind.name == "chatgpt"
    assert recognise(unpacked(tmp_path / "a", files)).kind.name == "chatgpt"
    assert recognise(tmp_path / "a" / "conversations.json").kind.name == "chatgpt"
    empty = zipped(tmp_path / "b.zip", {"conversations.json": [], "user.json": {}})
    assert recognise(empty).kind.name == "chatgpt"


def test_the_fingerprint_follows_the_content_of_the_zip(tmp_path: Path) -> None:
    one = ChatGptSource(zipped(tmp_path / "1.zip", {"conversations.json": [1]}), "").fingerprint()
    assert ChatGptSource(zipped(tmp_path / "2.zip", {"conversations.json": [1]}), "").fingerprint() == one
    assert ChatGptSource(zipped(tmp_path / "3.zip", {"conversations.json": [2]}), "").fingerprint() != one


def test_a_later_export_updates_what_changed_and_removes_nothing(
    home: Home, store: Store, tmp_path: Path
) -> None:
    first = [conversation(node("q", "root"), conversation_id=f"c{n}") for n in range(3)]
    grown = conversation(node("q", "root"), node("a", "q", "assistant"), conversation_id="c1", title="New")

    def bring(*conversations: object) -> tuple[int, int, int]:
        zipped(tmp_path / "e.zip", {"conversations.json": list(conversations)})
        source = make_source("chatgpt", tmp_path / "e.zip", home=home)
        report = import_source(home, store, source, user_id="ines", now=NOW)
        assert not report.failed
        return report.new, report.updated, report.unchanged

    assert bring(*first) == (6, 0, 0)
    before = contents(store)
    assert bring(*first) == (0, 0, 6)
    assert contents(store) == before
    assert bring(grown) == (1, 1, 1)
    assert len(rows(store, "sessions")) == 3
    assert len(rows(store, "messages")) == 4


SAMPLE = [
    conversation(
        node("q", "root", "user", {"content_type": "image_asset_pointer", "asset_pointer": "a://b"}, "Why?"),
        node(
            "t",
            "q",
            "tool",
            content={"content_type": "tether_quote", "title": "a", "url": "https://b.example", "text": "c"},
        ),
        node("a", "t", "assistant", metadata={"content_references": [{"items": [{"url": "https://c"}]}]}),
        node("b", "t", "assistant", "\ue200x\ue201"),
        current="a",
        gizmo_id="g-1",
    )
]


@given(mutated(SAMPLE) | st.lists(JSON, max_size=2))
def test_whatever_a_value_is_it_ends_with_items_and_problems(tmp_path: Path, value: object) -> None:
    read(ChatGptSource(unpacked(tmp_path / "e", {"conversations.json": value}), ""))


@given(broken(json.dumps(SAMPLE).encode()))
def test_whatever_the_bytes_are_it_ends(tmp_path: Path, raw: bytes) -> None:
    read(ChatGptSource(unpacked(tmp_path / "e", {"conversations.json": raw}), ""))


@given(st.data())
def test_whatever_the_zip_is_nothing_but_a_source_error_escapes(tmp_path: Path, data: st.DataObject) -> None:
    whole = zipped(tmp_path / "e.zip", {"conversations.json": SAMPLE, "group_chats.json": {"chats": [1]}})
    whole.write_bytes(data.draw(broken(whole.read_bytes())))
    with suppress(SourceError):
        read(ChatGptSource(whole, ""))
