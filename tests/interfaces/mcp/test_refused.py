"""What an agent is told whose arguments are not what a tool takes."""

from typing import Any

import pytest

from rem_dagster.interfaces.mcp.refused import takes_of
from tests.interfaces.mcp.conftest import Agent

WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("search", {"query": "x", "limit": "many"}, "limit='many': `limit` takes a whole number, 1 to 50."),
    ("search", {"query": "x", "limit": 99}, "limit=99: `limit` takes a whole number, 1 to 50."),
    ("search", {"query": "x", "limit": None}, "limit=None: `limit` takes a whole number, 1 to 50."),
    ("search", {}, "search wants `query`: text."),
    ("search", {"query": "x", "table": "no"}, "takes moments or messages or resources or summaries or all."),
    ("timeline", {"when": 5}, "timeline was asked with when=5: `when` takes text."),
    ("recap", {"max_tokens": 1}, "`max_tokens` takes a whole number, 400 to 20,000."),
    ("fetch", {"id": "a", "start": -1}, "`start` takes a whole number, 0 or more."),
    ("forget", {"ids": "abc"}, "ids='abc': `ids` takes a list, 1 to 50 long, each text."),
    ("forget", {"ids": [3]}, "`ids` takes a list, 1 to 50 long, each text."),
    ("remember", {"text": ""}, "text='': `text` takes text, 1 to 20,000 characters."),
    ("remember", {"text": "x", "title": 3}, "takes text, up to 200 characters or nothing."),
    ("undo_fix", {"correction_id": "abcd", "dry_run": "eat"}, "`dry_run` takes true or false."),
)


@pytest.mark.parametrize(("tool", "arguments", "told"), WRONG)
def test_a_wrong_value_is_told_in_our_words_with_what_is_right(
    agent: Agent, tool: str, arguments: dict[str, Any], told: str
) -> None:
    said = agent.fail(tool, **arguments)
    assert told in said
    assert said.endswith("Nothing was read or changed. Call it again so.")
    assert not any(each in said for each in ("pydantic", "http", "validation", "Input should"))


def test_several_wrong_arguments_are_told_at_once(agent: Agent) -> None:
    said = agent.fail("search", table="no", limit=0)
    assert [f"`{each}`" in said for each in ("query", "table", "limit")] == [True] * 3


def test_a_value_that_is_told_back_is_short_and_on_one_line(agent: Agent) -> None:
    said = agent.fail("search", query="x", limit="a\nb" * 5000)
    assert len(said) < 300
    assert "\n" not in said


def test_an_argument_or_a_tool_that_is_not_there_names_those_that_are(agent: Agent) -> None:
    assert "takes no argument 'day'; it takes when" in agent.fail("timeline", day="2025-10-06")
    said = agent.fail("dream")
    assert said.startswith("There is no tool 'dream'. There are search, fetch")


def test_every_argument_of_every_tool_has_words_for_what_it_takes(agent: Agent) -> None:
    for tool in agent.do(lambda client: client.list_tools()).tools:
        for schema in tool.input_schema["properties"].values():
            assert "another value" not in takes_of(schema)
