"""How does an agent read what a day, a week or a month came to?"""

from datetime import date
from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult
from pydantic import Field

from rem_dagster.interfaces.mcp.answering import READS, answer, as_tool
from rem_dagster.interfaces.mcp.bounded import MaxTokens
from rem_dagster.interfaces.mcp.recapped import Recap, recap_of, recap_text
from rem_dagster.interfaces.mcp.served import Served
from rem_dagster.model.words import Period


def register(server: MCPServer, served: Served) -> None:
    """Give the tool to a server."""

    @server.tool(title="What a day, week or month came to", annotations=READS)
    @as_tool
    def recap(
        period: Annotated[Period, Field(description="How long: day, week or month.")] = "day",
        when: Annotated[
            str, Field(description="A time in it: 'today', 'yesterday', 'last week', '2026-11-18'.")
        ] = "yesterday",
        *,
        max_tokens: MaxTokens = 2000,
    ) -> Annotated[CallToolResult, Recap]:
        """Read the summary of a day, week or month, and its moments or days. Nothing is made anew for it."""
        day: date = served.days(when)[0]
        told = recap_of(period, day, served, max_tokens=max_tokens)
        return answer(told, recap_text(told, served))
