"""Arrays are read element by element, wherever the reading is cut, and what is broken is told."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.sources import json_array
from rem_dagster.sources.json_array import JsonArrayError, read_array
from tests.sources.exports import JSON, broken

SAMPLE = [{"a": 'x\\"]', "n": [1, -2.5e3, None, True]}, "é😀", 12345, [], {}, "a\nb"]


def values(raw: bytes) -> list[object]:
    return [each.value for each in read_array(io.BytesIO(raw))]


def until_broken(raw: bytes) -> tuple[list[object], str]:
    told: list[object] = []
    try:
        told.extend(each.value for each in read_array(io.BytesIO(raw)))
    except JsonArrayError as error:
        return told, str(error)
    return told, ""


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize("is_ascii", [True, False])
def test_an_array_is_the_same_wherever_the_reading_is_cut(
    chunk: int, is_ascii: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "CHUNK", chunk)
    raw = json.dumps(SAMPLE, ensure_ascii=is_ascii, indent=1).encode()
    assert values(raw) == SAMPLE
    assert values(b"\xef\xbb\xbf  " + raw + b"\n") == SAMPLE


@given(st.lists(JSON, max_size=6))
def test_any_array_is_read_as_json_reads_it(value: list[object]) -> None:
    raw = json.dumps(value).encode()
    assert repr(values(raw)) == repr(json.loads(raw)), "by what is shown: not-a-number is not itself"


@pytest.mark.parametrize(
    ("raw", "read", "said"),
    [
        (b"", [], "it is no JSON array"),
        (b'{"a": 1}', [], "it is no JSON array"),
        (b"[1, 2", [1, 2], "it ends in the middle"),
        (b'[1, {"a": "half', [1], "it ends in the middle"),
        (b"[1, ", [1], "it ends in the middle"),
        (b"[1 2]", [1], "a comma is missing before '2'"),
        (b'[1, {"a": oops, "b": "' + b"x" * 99 + b'"}]', [1], "expecting value"),
    ],
)
def test_elements_before_a_break_come_and_the_break_is_told(
    raw: bytes, read: list[object], said: str
) -> None:
    assert until_broken(raw) == (read, said)


def test_deep_nesting_is_told_and_takes_neither_time_nor_memory() -> None:
    for raw in (b"[" * 1_000_000, b'[{"a":' * 100_000 + b"1" + b"}]" * 100_000):
        assert until_broken(raw) == ([], "an element is nested too deeply")


def test_half_characters_and_broken_bytes_are_replaced_and_told() -> None:
    elements = list(read_array(io.BytesIO(b'["a\\ud800b", "\xff\xfec", "\\ud83d\\ude00", "\\\\ud800"]')))
    assert [each.value for each in elements] == ["a\ufffdb", "\ufffd\ufffdc", "😀", "\\ud800"]
    assert [each.was_cleaned for each in elements] == [True, True, False, False]


def test_numbers_that_python_does_not_read_are_nothing() -> None:
    assert values(b"[" + b"9" * 5_000 + b', 1e999, {"a": 7}]') == [None, float("inf"), {"a": 7}]


def test_an_element_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "CHUNK", 100)
    monkeypatch.setattr(json_array, "MAX_ELEMENT", 1_000)
    assert until_broken(b'[1, "' + b"x" * 10_000) == ([1], "an element has more than 1,000 characters")


@given(broken(json.dumps(SAMPLE).encode()))
def test_whatever_the_bytes_are_it_ends(raw: bytes) -> None:
    until_broken(raw)
