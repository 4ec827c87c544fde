"""How does an agent make a memory lose something, so that nothing goes by mistake?

forget(ids) ── what would go, and a confirmation ── forget(ids, yes, confirmation) ── the user, where the
                                                    only while it is the same that goes     client can ask
"""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, MCPServer, Resolve
from mcp.types import CallToolResult
from pydantic import Field

from rem_dagster.errors import InputError
from rem_dagster.ingest.forgetting.forget import Forgetting
from rem_dagster.ingest.forgetting.plan import Line, Plan
from rem_dagster.interfaces.mcp.answering import DESTROYS, answer, as_json, as_tool
from rem_dagster.interfaces.mcp.bounded import MaxTokens, keep
from rem_dagster.interfaces.mcp.consent import Consent, can_ask, is_yes
from rem_dagster.interfaces.mcp.labelled import one_line
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.views import Answer, View

LENGTH = 16
"""Hexadecimal digits of a confirmation."""
ASKED_LINES = 5


class Going(View):
    """One item that goes."""

    id: str
    kind: str
    text: str
    local_time: str
    utc_time: str


class Forgotten(Answer):
    """What goes, or went."""

    done: bool
    items: int
    going: tuple[Going, ...]
    days_to_dream_again: tuple[str, ...]
    confirmation: str | None = None
    more: str | None = None
    note: str


def register(server: MCPServer, served: Served) -> None:
    """Give the tool to a server."""

    @as_tool
    def is_wanted(
        context: Context, ids: list[str], yes: bool, confirmation: str | None
    ) -> Elicit[Consent] | Consent:
        if not yes or not can_ask(context):
            return Consent(yes=True)  # nothing goes, or nobody can be asked but the agent
        plan = served.memory.forget(*ids).plan
        _require(plan, confirmation, served)
        return Elicit(_question(plan), Consent)

    @server.tool(title="Forget for good", annotations=DESTROYS)
    @as_tool
    def forget(
        ids: Annotated[
            list[str],
            Field(
                min_length=1, max_length=50, description="Of messages, documents, conversations or moments."
            ),
        ],
        wanted: Annotated[ElicitationResult[Consent], Resolve(is_wanted)],
        *,
        yes: Annotated[bool, Field(description="Do it. There is no way back.")] = False,
        confirmation: Annotated[
            str | None, Field(description="What the call without yes gave for the same ids.")
        ] = None,
        max_tokens: MaxTokens = 2000,
    ) -> Annotated[CallToolResult, Forgotten]:
        """Show what forgetting some items would take with it; with yes and its confirmation, forget them.

        The user is to see what would go before you confirm. A moment stands for all that it cites.
        """
        planned = served.memory.forget(*ids)
        if not yes:
            return answer(_told(planned, served, max_tokens))
        _require(planned.plan, confirmation, served)
        if not is_yes(wanted):
            raise InputError("The user did not want that forgotten. Nothing was changed.")
        return answer(_told(served.memory.forget(*ids, yes=True), served, max_tokens))


def confirmation_of(plan: Plan, served: Served) -> str:
    """What stands for all that goes by a plan; it cannot be made up."""
    named = "\n".join([served.user_id, *sorted(plan.scope.ids), *sorted(plan.scope.conversations)])
    return hmac.new(served.fence_key, named.encode(), hashlib.sha256).hexdigest()[:LENGTH]


def _require(plan: Plan, confirmation: str | None, served: Served) -> None:
    if confirmation is None:
        raise InputError(
            "To forget wants the confirmation that the same call without yes gives. Nothing was changed. "
            "Call forget without yes, show the user what would go, then confirm."
        )
    if not hmac.compare_digest(confirmation_of(plan, served), confirmation):
        raise InputError(
            f"The confirmation {confirmation!r} is not of what goes now: it is of other ids, or more was "
            "stored since. Nothing was changed. Call forget without yes again."
        )


def _told(found: Forgetting, served: Served, max_tokens: int) -> Forgotten:
    plan = found.plan
    views = [_view(line, served) for line in plan.lines]
    kept = keep(views, max_tokens=max_tokens, text_of=as_json)
    unsaid = plan.items - len(kept.items)
    is_done = found.proof is not None
    return Forgotten(
        done=is_done,
        items=plan.items,
        going=kept.items,
        days_to_dream_again=tuple(plan.days.get(served.user_id, ())),
        confirmation=None if is_done or plan.is_empty else confirmation_of(plan, served),
        more=f"{unsaid} more: ask with a larger max_tokens" if unsaid > 0 else None,
        note=_note(found),
    )


def _note(found: Forgetting) -> str:
    if found.proof is None:
        return "Nothing was changed. This would go for good, with all that was made of it."
    if not found.proof.is_clean:
        return "It was deleted, and something of it is left: the user sees what by `rem forget --yes`."
    left = " Backups of the home still hold it: `rem forget --backups`." if found.backups_left else ""
    return f"It is gone, and nothing of it is left. `rem dream` makes the days anew.{left}"


def _view(line: Line, served: Served) -> Going:
    return Going(
        id=line.id,
        kind=line.thing,
        text=one_line(line.text),
        local_time=served.local(line.at),
        utc_time=utc(line.at),
    )


def _question(plan: Plan) -> str:
    lines: Sequence[Line] = plan.lines[:ASKED_LINES]
    shown = "\n".join(f"- {one_line(line.text)}" for line in lines)
    rest = f"\n… and {plan.items - len(lines)} more" if plan.items > len(lines) else ""
    return f"Forget {plan.items} items for good? There is no way back.\n{shown}{rest}"
