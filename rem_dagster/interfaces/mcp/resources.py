"""Which addresses may an application read, and what is completed while somebody types one?

rem://day/2026-11-18    rem://week/2026-W47    rem://month/2026-11    rem://moment/ID
rem://message/ID        rem://resource/ID      rem://session/ID       rem://summary/ID
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

import anyio.to_thread
from mcp.server.mcpserver import MCPServer
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from rem_dagster.interfaces.mcp.answering import as_resource
from rem_dagster.interfaces.mcp.bounded import part
from rem_dagster.interfaces.mcp.labelled import as_untrusted, one_line
from rem_dagster.interfaces.mcp.looked_up import Item, item_of
from rem_dagster.interfaces.mcp.recapped import recap_of, recap_text
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.model.words import Period
from rem_dagster.recall.journal.periods import week_name
from rem_dagster.store.filters import all_of, equals

Completer = Callable[
    [PromptReference | ResourceTemplateReference, CompletionArgument, CompletionContext | None],
    Awaitable[Completion | None],
]
RESOURCE_TOKENS = 6000
"""What a resource may take of the room of whoever reads it."""
MARKDOWN = "text/markdown"
MOST_COMPLETIONS = 100
"""Source: the protocol takes no more values at once."""
ITEMS = ("moment", "message", "resource", "session", "summary")
EXAMPLES: dict[Period, str] = {"day": "2026-11-18", "week": "2026-W47", "month": "2026-11"}
NAMED = {
    "this-week": "this week",
    "last-week": "last week",
    "this-month": "this month",
    "last-month": "last month",
}


def register(server: MCPServer, served: Served) -> None:
    """Give the resources and their completion to a server."""
    for period, example in EXAMPLES.items():
        _register_period(server, served, period, example)
    for kind in ITEMS:
        _register_items(server, served, kind)
    for uri, title in (("rem://day/today", "Today so far"), ("rem://day/yesterday", "Yesterday")):
        _register_named(server, served, uri, title)

    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion | None:
        return await anyio.to_thread.run_sync(lambda: completion_of(ref, argument.value, served))

    give: Callable[[Completer], Completer] = server.completion()  # type: ignore[no-untyped-call]  # as it is
    give(complete)


def _register_period(server: MCPServer, served: Served, period: Period, example: str) -> None:
    def read(when: str) -> str:
        day = served.days(NAMED.get(when, when))[0]
        return recap_text(recap_of(period, day, served, max_tokens=RESOURCE_TOKENS), served)

    server.resource(
        f"rem://{period}/{{when}}",
        name=period,
        title=f"A {period} of the user's",
        description=f"What a {period} came to, such as rem://{period}/{example}; times local and UTC.",
        mime_type=MARKDOWN,
    )(as_resource(read))


def _register_items(server: MCPServer, served: Served, kind: str) -> None:
    def read(item_id: str) -> str:
        return item_text(item_of(item_id, served), served)

    server.resource(
        f"rem://{kind}/{{item_id}}",
        name=kind,
        title=f"A {kind} of the user's memory",
        description=f"One {kind} by its id, with its times and trust.",
        mime_type=MARKDOWN,
    )(as_resource(read))


def _register_named(server: MCPServer, served: Served, uri: str, title: str) -> None:
    def read() -> str:
        day = served.days(uri.rpartition("/")[2])[0]
        return recap_text(recap_of("day", day, served, max_tokens=RESOURCE_TOKENS), served)

    server.resource(uri, name=uri.rpartition("/")[2], title=title, description=title, mime_type=MARKDOWN)(
        as_resource(read)
    )


def item_text(item: Item, served: Served) -> str:
    """An item as a text with a head, between fences."""
    text, goes_on = part(item.text, max_tokens=RESOURCE_TOKENS)
    until = f" to {served.local(item.until)} ({utc(item.until)} UTC)" if item.until else ""
    head = f"{item.kind} {item.id}  at {served.local(item.at)} ({utc(item.at)} UTC){until}"
    trust = f"trust: {item.trust or 'own'}"
    more = None
    if goes_on is not None:
        more = f"{len(item.text) - goes_on} more characters: fetch(id='{item.id}', start={goes_on})"
    stored = as_untrusted([f"# {one_line(item.title)}", text], served)
    return "\n".join(filter(None, (head, trust, stored, more)))


def completion_of(
    ref: PromptReference | ResourceTemplateReference, typed: str, served: Served
) -> Completion | None:
    """What may follow what was typed, the latest first; None for what cannot be completed.

    Of a prompt it is a day.
    """
    kind = "day" if isinstance(ref, PromptReference) else ref.uri.removeprefix("rem://").partition("/")[0]
    offer = _OFFERS.get(kind)
    if offer is None:
        return None
    found = [each for each in offer(served) if each.startswith(typed)]
    shown = found[:MOST_COMPLETIONS]
    return Completion(values=shown, total=len(found), has_more=len(found) > len(shown))


def _days(served: Served) -> Sequence[str]:
    return [*("today", "yesterday"), *days_held(served)]


def _weeks(served: Served) -> Sequence[str]:
    names = (week_name(date.fromisoformat(day), served.calendar) for day in days_held(served))
    return list(dict.fromkeys(names))


def _months(served: Served) -> Sequence[str]:
    return list(dict.fromkeys(day[:7] for day in days_held(served)))


def _moment_ids(served: Served) -> Sequence[str]:
    recent = days_held(served)[:MOST_COMPLETIONS]
    if not recent:
        return []
    where = all_of(equals("user_id", served.user_id), f"partition_key >= '{recent[-1]}'")
    rows = served.store.read("moments", ["id", "start_time"], where).to_pylist()
    return [row["id"] for row in sorted(rows, key=lambda row: (row["start_time"], row["id"]), reverse=True)]


def days_held(served: Served) -> list[str]:
    """The ISO days that were dreamt, the latest first."""
    held = served.store.read("dreams", ["partition_key"], equals("user_id", served.user_id))
    return sorted(held["partition_key"].to_pylist(), reverse=True)


_OFFERS: dict[str, Callable[[Served], Sequence[str]]] = {
    "day": _days,
    "week": _weeks,
    "month": _months,
    "moment": _moment_ids,
}
