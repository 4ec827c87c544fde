"""Generic JSONL: good lines are items, every bad one is a problem that names line and field."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SourceError
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem, SessionItem
from rem_dagster.sources.jsonl import KIND, JsonlSource
from rem_dagster.sources.kind import Place
from rem_dagster.sources.source import Problem

MESSAGE = {
    "t": "message",
    "id": "m1",
    "session_id": "s1",
    "user_id": "ines",
    "role": "user",
    "content": "Hello",
    "created_at": "2024-05-01T09:30:00+02:00",
}
RESOURCE = {
    "t": "resource",
    "id": "r1",
    "user_id": "ines",
    "name": "Plan",
    "content": "Ship it",
    "category": "note",
    "created_at": "2024-05-01T09:30:00Z",
}
SESSION = {"t": "session", "id": "s1", "user_id": "ines", "created_at": "2024-05-01T09:30:00Z"}


def read(path: Path, *lines: object) -> tuple[list[Activity], list[Problem]]:
    file = path / "activity.jsonl"
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    file.write_bytes(b"\n".join(raw) + b"\n")
    told = list(JsonlSource(file, "test").read())
    problems = [each for each in told if isinstance(each, Problem)]
    return [each for each in told if not isinstance(each, Problem)], problems


def only_message(path: Path, **changes: object) -> tuple[MessageItem, list[Problem]]:
    items, problems = read(path, {**MESSAGE, **changes})
    (item,) = items
    assert isinstance(item, MessageItem)
    return item, problems


def only_problem(path: Path, line: object) -> Problem:
    items, problems = read(path, MESSAGE, line, RESOURCE)
    assert [item.native_id for item in items] == ["m1", "r1"], "the good lines land"
    (problem,) = problems
    assert problem.where.endswith("activity.jsonl:2")
    assert problem.kind == "failed"
    return problem


def test_each_kind_of_line_is_an_item_of_its_kind(tmp_path: Path) -> None:
    items, problems = read(tmp_path, SESSION, MESSAGE, RESOURCE)
    assert [type(item) for item in items] == [SessionItem, MessageItem, ResourceItem]
    assert not problems
    message = items[1]
    assert isinstance(message, MessageItem)
    assert (message.native_id, message.session_native_id) == ("m1", "s1")
    assert message.utc_offset_minutes == 120


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        (b"{not json", None, "is not JSON"),
        (b"[" * 100_000, None, "is nested too deeply"),
        (b'{"t": "message", "content": "\xff\xfe"}', None, "is not UTF-8 text"),
        (b"[1, 2]", None, "is not a JSON object"),
        (b'{"n": ' + b"9" * 5_000 + b"}", None, "is not JSON"),
        ({**MESSAGE, "t": "thought"}, "t", "must be 'session', 'message' or 'resource'"),
        ({**MESSAGE, "t": ["message"]}, "t", "must be 'session', 'message' or 'resource'"),
        ({"id": "x"}, "t", "must be 'session', 'message' or 'resource'"),
        ({name: MESSAGE[name] for name in MESSAGE if name != "created_at"}, "created_at", "is missing"),
        ({name: MESSAGE[name] for name in MESSAGE if name != "session_id"}, "session_id", "is missing"),
        ({**MESSAGE, "content": None}, "content", "is missing"),
        ({**MESSAGE, "content": 7}, "content", "must be text"),
        ({**MESSAGE, "id": ""}, "id", "is empty"),
        ({**MESSAGE, "id": {"a": 1}}, "id", "must be text"),
        ({**MESSAGE, "role": "human"}, "role", "must be one of 'user', 'assistant', 'system' or 'tool'"),
        ({**MESSAGE, "created_at": "soon"}, "created_at", "is not a time such as"),
        ({**MESSAGE, "created_at": "0001-01-01"}, "created_at", "has a year outside 1900 to 2199"),
        ({**MESSAGE, "created_at": "9999-12-31T23:59:59Z"}, "created_at", "has a year outside 1900 to 2199"),
        ({**MESSAGE, "tool_calls": "none"}, "tool_calls", "Input should be a valid tuple"),
        ({**MESSAGE, "metadata": "none"}, "metadata", "Input should be a valid dictionary"),
        ({**RESOURCE, "tags": 7}, "tags", "Input should be a valid tuple"),
    ],
)
def test_a_bad_line_is_a_problem_that_names_line_and_field(
    tmp_path: Path, line: object, field: str | None, reason: str
) -> None:
    problem = only_problem(tmp_path, line)
    assert problem.field == field
    assert problem.reason.startswith(reason)


def test_a_number_too_large_for_json_is_a_problem(tmp_path: Path) -> None:
    line = json.dumps({**MESSAGE, "metadata": {"n": 0}}).replace('"n": 0', '"n": 1e999').encode()
    assert only_problem(tmp_path, line).field == "metadata"


def test_not_a_number_becomes_null(tmp_path: Path) -> None:
    item, problems = only_message(tmp_path, metadata={"n": float("nan")})
    assert item.metadata == {"n": None}
    assert not problems


def test_empty_lines_a_byte_order_mark_and_no_last_newline_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(MESSAGE).encode() + b"\r\n\n  \n" + json.dumps(RESOURCE).encode()
    )
    assert [getattr(each, "native_id", each) for each in JsonlSource(file, "a").read()] == ["m1", "r1"]


def test_nul_characters_and_a_message_of_20_megabytes_are_kept(tmp_path: Path) -> None:
    content = "a\0b" + "long " * 4_000_000
    item, problems = only_message(tmp_path, content=content)
    assert item.content == content
    assert not problems


def test_lone_surrogates_are_replaced_and_noticed(tmp_path: Path) -> None:
    item, problems = only_message(tmp_path, content="a\ud800b \U0001f600", metadata={"k\udfff": ["\ud800"]})
    assert item.content == "a\ufffdb \U0001f600"
    assert item.metadata == {"k\ufffd": ["\ufffd"]}
    assert [problem.kind for problem in problems] == ["notice"]


def test_a_whole_pair_of_escapes_is_one_character_without_a_notice(tmp_path: Path) -> None:
    item, problems = only_message(tmp_path, content="\U0001f600")
    assert item.content == "\U0001f600"
    assert not problems


def test_unknown_fields_are_kept_below_metadata_and_noticed(tmp_path: Path) -> None:
    item, problems = only_message(tmp_path, mood="fine", metadata={"a": 1})
    assert item.metadata == {"a": 1, "extra": {"mood": "fine"}}
    assert [(problem.kind, problem.field) for problem in problems] == [("notice", "mood")]


def test_a_time_without_a_zone_stays_local_and_a_date_alone_says_so(tmp_path: Path) -> None:
    local, _ = only_message(tmp_path, created_at="2024-05-01T09:30:00")
    assert local.created_at.tzinfo is None
    assert local.time_confidence == "exact"
    date_only, _ = only_message(tmp_path, created_at="2024-05-01")
    assert date_only.time_confidence == "assumed_time"


def test_numbers_as_ids_are_read_as_text(tmp_path: Path) -> None:
    item, problems = only_message(tmp_path, id=17, session_id=3)
    assert (item.native_id, item.session_native_id, problems) == ("17", "3", [])


def test_an_item_may_leave_its_user_to_the_import(tmp_path: Path) -> None:
    item, _ = only_message(tmp_path, user_id=None)
    assert item.user_id is None


def test_tool_calls_are_read_flat_or_nested_as_openai_has_them(tmp_path: Path) -> None:
    nested = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"q":1}'}}
    flat = {"name": "look", "arguments": {"b": 1, "a": 2}}
    item, problems = only_message(tmp_path, tool_calls=[nested, flat])
    assert [(call.id, call.name, call.arguments) for call in item.tool_calls] == [
        ("c1", "look", '{"q":1}'),
        ("", "look", '{"a": 2, "b": 1}'),
    ]
    assert not problems


def test_a_missing_file_a_folder_and_utf_16_are_refused(tmp_path: Path) -> None:
    wide = tmp_path / "wide.jsonl"
    wide.write_text(json.dumps(MESSAGE), encoding="utf-16")
    for path, told in ((tmp_path / "none.jsonl", "No such file"), (tmp_path, "directory"), (wide, "UTF-16")):
        with pytest.raises(SourceError, match=told):
            list(JsonlSource(path, "a").read())


def test_a_folder_that_rem_exported_is_read_for_what_happened(tmp_path: Path) -> None:
    read(tmp_path, MESSAGE)
    (tmp_path / "moments.jsonl").write_text("{}\n", encoding="utf-8")
    assert KIND.recognise(tmp_path) is None, "any folder of lines"
    (tmp_path / "manifest.json").write_text('{"generated_by": "rem_dagster"}', encoding="utf-8")
    assert KIND.recognise(tmp_path) == "manifest.json says that rem exported it"
    (item,) = KIND.make(Place(str(tmp_path)), KIND.options()).read()
    assert isinstance(item, MessageItem)
    assert item.native_id == "m1"


def test_the_fingerprint_follows_the_content_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("{}\n")
    first = JsonlSource(file, "a").fingerprint()
    file.touch()
    assert JsonlSource(file, "a").fingerprint() == first
    file.write_text("{} \n")
    assert JsonlSource(file, "a").fingerprint() != first


@given(st.binary(max_size=200) | st.text(max_size=100).map(json.dumps).map(str.encode))
def test_no_line_whatsoever_stops_the_others(tmp_path: Path, junk: bytes) -> None:
    lines = junk.replace(b"\n", b" ").replace(b"\r", b" ")
    items, _ = read(tmp_path, MESSAGE, lines, RESOURCE)
    assert [item.native_id for item in items] == ["m1", "r1"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([MESSAGE, RESOURCE, SESSION]), st.data())
def test_a_field_of_any_type_ends_as_an_item_or_a_problem(
    tmp_path: Path, good: dict[str, object], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from([*good, "metadata", "tags", "tool_calls", "updated_at", "trust"]))
    items, problems = read(tmp_path, {**good, name: data.draw(JSON)})
    failed = [problem for problem in problems if problem.kind == "failed"]
    assert len(items) + len(failed) == 1
