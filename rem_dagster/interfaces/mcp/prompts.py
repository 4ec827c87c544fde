"""Which prompts may a person pick from a menu?"""

from datetime import date
from typing import Annotated

from mcp.server.mcpserver import MCPServer
from pydantic import Field

from rem_dagster.interfaces.mcp.answering import as_prompt
from rem_dagster.interfaces.mcp.recapped import recap_of, recap_text
from rem_dagster.interfaces.mcp.served import Served
from rem_dagster.interfaces.mcp.threads import standup_text

PROMPT_TOKENS = 4000
CITE = "Cite what you rest on by its id or url, and say what the material does not tell."
DAILY = (
    "Review my day with me. From the material below, tell me in a few sentences what it was about, what came "
    "of it, and what stayed open; then ask me one question that is worth thinking about."
)
WEEKLY = (
    "Review my week with me. From the material below, tell me what ran through it, what came of it and what "
    "stayed open, then which two or three things deserve next week; ask me where the material is thin."
)
STANDUP = (
    "Write my stand-up from the material below: what I did, what came of it, what I am about to do, what is "
    "in the way. At most eight short lines, as I would say them; nothing that the material does not bear out."
)
When = Annotated[str, Field(description="A day or week in words or ISO: 'yesterday', '2026-11-18'.")]


def register(server: MCPServer, served: Served) -> None:
    """Give the prompts to a server."""

    @server.prompt(title="Review a day")
    @as_prompt
    def daily_review(when: When = "yesterday") -> str:
        """Look back on one day: what it was about, what came of it, what stayed open."""
        told = recap_of("day", served.days(when)[0], served, max_tokens=PROMPT_TOKENS)
        return _prompt(DAILY, recap_text(told, served))

    @server.prompt(title="Review a week")
    @as_prompt
    def weekly_review(when: When = "last week") -> str:
        """Look back on one week: what ran through it, what came of it, what stayed open."""
        told = recap_of("week", served.days(when)[0], served, max_tokens=PROMPT_TOKENS)
        return _prompt(WEEKLY, recap_text(told, served))

    @server.prompt(title="Stand-up")
    @as_prompt
    def standup(when: When = "today") -> str:
        """Say at a stand-up what was done, what came of it and what is open."""
        day: date = served.days(when)[0]
        return _prompt(STANDUP, standup_text(day, served, max_tokens=PROMPT_TOKENS))


def _prompt(task: str, material: str) -> str:
    return f"{task} {CITE}\n\n{material}"
