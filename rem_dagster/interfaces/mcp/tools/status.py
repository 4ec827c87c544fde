"""What does an agent learn of how the memory stands?"""

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult

from rem_dagster.ingest.exclude import pause_at
from rem_dagster.interfaces.mcp.answering import READS, answer, as_tool
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.views import View
from rem_dagster.recall.journal.held import TO_DREAM, held_days
from rem_dagster.settings import read_pauses

MOST_DAYS = 10


class Status(View):
    """How one user's memory stands."""

    user: str
    timezone: str
    now_local: str
    now_utc: str
    items: int
    moments: int
    days: int
    first_day: str | None = None
    last_day: str | None = None
    days_to_dream: int
    not_yet_dreamt: tuple[str, ...] = ()
    paused_until_local: str | None = None
    paused_until_utc: str | None = None


def register(server: MCPServer, served: Served) -> None:
    """Give the tool to a server."""

    @server.tool(title="How the memory stands", annotations=READS)
    @as_tool
    def status() -> Annotated[CallToolResult, Status]:
        """See whose memory this is, what time it is there, which days it holds, and which are out of date."""
        told = _status(served)
        return answer(told, _text(told))


def _status(served: Served) -> Status:
    held = held_days(served.store, user_id=served.user_id).days.values()
    days = [each.day.isoformat() for each in held]
    waiting = [each.day.isoformat() for each in held if each.state in TO_DREAM]
    now = served.now()
    pause = pause_at(read_pauses(served.memory.home), now)
    return Status(
        user=served.user_id,
        timezone=served.calendar.zone.key,
        now_local=served.local(now),
        now_utc=utc(now),
        items=sum(each.input.items for each in held),
        moments=sum(len(each.moments) for each in held),
        days=len(days),
        first_day=days[0] if days else None,
        last_day=days[-1] if days else None,
        days_to_dream=len(waiting),
        not_yet_dreamt=tuple(waiting[-MOST_DAYS:]),
        paused_until_local=served.local(pause.end) if pause else None,
        paused_until_utc=utc(pause.end) if pause else None,
    )


def _text(told: Status) -> str:
    lines = [f"Memory of {told.user}; it is {told.now_local} ({told.now_utc} UTC) in {told.timezone}."]
    if told.first_day is None:
        lines.append("It is empty so far: the user fills it by `rem import PATH`.")
    else:
        lines.append(
            f"{told.items} items on {told.days} days, {told.first_day} to {told.last_day}; "
            f"{told.moments} moments."
        )
    if told.days_to_dream:
        latest = ", ".join(told.not_yet_dreamt)
        lines.append(
            f"{told.days_to_dream} days are out of date, the latest {latest}; `rem dream` dreams them."
        )
    if told.paused_until_local:
        lines.append(f"It is off the record until {told.paused_until_local}: nothing can be remembered.")
    return "\n".join(lines)
