"""How does an agent read what happened in a span of time?"""

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult
from pydantic import Field

from rem_dagster.interfaces.mcp.answering import READS, answer, as_tool
from rem_dagster.interfaces.mcp.bounded import MaxTokens, keep
from rem_dagster.interfaces.mcp.labelled import as_untrusted
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.standing import nearest, said_of_day
from rem_dagster.interfaces.mcp.views import Answer, MomentView, moment_view
from rem_dagster.interfaces.mcp.written import moment_text, moments_by_day
from rem_dagster.recall.timeline import timeline as moments_in


class Timeline(Answer):
    """The moments of a span, in the order of time."""

    span: str
    start_utc: str
    end_utc: str
    timezone: str
    moments: tuple[MomentView, ...]
    more: str | None = None
    note: str | None = None


def register(server: MCPServer, served: Served) -> None:
    """Give the tool to a server."""

    @server.tool(title="What happened when", annotations=READS)
    @as_tool
    def timeline(
        when: Annotated[
            str,
            Field(
                description="A time in words or ISO: 'yesterday', 'last tuesday afternoon', 'past 7 days', "
                "'2026-11-18', '2026-W47', '2026-11'. In the user's time zone."
            ),
        ] = "past 7 days",
        *,
        moment_type: Annotated[
            str | None, Field(description="Only moments of this type: work_session, learning, planning, ...")
        ] = None,
        offset: Annotated[int, Field(ge=0, description="Leave out so many of the first.")] = 0,
        max_tokens: MaxTokens = 3000,
    ) -> Annotated[CallToolResult, Timeline]:
        """List the moments of the user's days in a span of time, in the order of time.

        A moment is a piece of a day with a type, a beginning and an end. `fetch` has its quotes and sources.
        """
        span = served.span(when)
        found = moments_in(served.store, span.window, user_id=served.user_id)
        views = [moment_view(each, served) for each in found if moment_type in (None, each.moment_type)]
        kept = keep(views[offset:], max_tokens=max_tokens, text_of=moment_text)
        told = Timeline(
            span=span.label,
            start_utc=utc(span.window.start),
            end_utc=utc(span.window.end),
            timezone=served.calendar.zone.key,
            moments=kept.items,
            more=kept.more(f"offset={offset + len(kept.items)}"),
            note=None if views else _nothing(when, moment_type, served),
        )
        return answer(told, _text(told, len(views), served))


def _text(told: Timeline, count: int, served: Served) -> str:
    head = f"{told.span}: {count} moments. Times are of {told.timezone}."
    lines = moments_by_day(told.moments, served)
    return "\n".join(filter(None, (head, as_untrusted(lines, served), told.more, told.note)))


def _nothing(when: str, moment_type: str | None, served: Served) -> str:
    if moment_type is not None:
        return f"No moment of type {moment_type!r} is recorded then."
    first, last = served.days(when)
    if first == last and (said := said_of_day(first, served)):
        return said
    return nearest(first, last, served)
