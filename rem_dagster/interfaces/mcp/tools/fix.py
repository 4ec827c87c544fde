"""How does an agent correct a day for the user, see what was corrected, and take it back?"""

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from mcp.types import CallToolResult
from pydantic import Field

from rem_dagster.dreaming.fixing.fix import Fixed
from rem_dagster.dreaming.fixing.kept import Kept
from rem_dagster.interfaces.mcp.answering import CHANGES, READS, answer, as_json, as_tool
from rem_dagster.interfaces.mcp.bounded import MaxTokens, keep
from rem_dagster.interfaces.mcp.labelled import one_line
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.views import Answer, MomentView, View, moment_view
from rem_dagster.model.correction import Correction
from rem_dagster.model.words import CorrectionVerb

LocalTime = Annotated[
    str | None, Field(description="Such as 2026-11-18T09:30; without an offset it is local time.")
]


class CorrectionView(View):
    """One correction."""

    id: str
    verb: CorrectionVerb
    day: str
    value: dict[str, object]
    made_local: str
    made_utc: str
    is_attached: bool | None = None
    moment_id: str | None = None
    name: str | None = None


class Corrected(Answer):
    """What became of a day."""

    correction: CorrectionView
    is_done: bool
    before: tuple[MomentView, ...]
    after: tuple[MomentView, ...]
    detached: tuple[str, ...] = ()
    note: str


class Corrections(Answer):
    """What was corrected so far, the latest first."""

    corrections: tuple[CorrectionView, ...]
    more: str | None = None


def register(server: MCPServer, served: Served) -> None:
    """Give the tools to a server."""

    @server.tool(title="Correct a moment", annotations=CHANGES)
    @as_tool
    def fix(
        verb: Annotated[CorrectionVerb, Field(description="What to do; add makes a moment by hand.")],
        moment_ids: Annotated[
            list[str], Field(max_length=20, description="The moment; of merge all of them; of add none.")
        ] = [],  # noqa: B006  # never changed; the schema shows it
        *,
        name: Annotated[str | None, Field(description="The new title, of rename, merge and add.")] = None,
        summary: Annotated[str | None, Field(description="The new text, of rename, merge and add.")] = None,
        moment_type: Annotated[str | None, Field(description="The new type, of retype and add.")] = None,
        start_time: LocalTime = None,
        end_time: LocalTime = None,
        at: LocalTime = None,
        text: Annotated[str | None, Field(description="Of close: what the moment means to do.")] = None,
        day: Annotated[str | None, Field(description="Of add: the day, in words or ISO.")] = None,
        dry_run: Annotated[bool, Field(description="Only say what would become of the day.")] = False,
    ) -> Annotated[CallToolResult, Corrected]:
        """Rename, retype, set_times, split (at), merge, hide or add a moment, when the user asks for it;
        close what one means to do (text), so that it is no open thread any more.

        Later dreams keep to it, and undo_fix takes it back. No model is asked.
        """
        words = {"name": name, "summary": summary, "moment_type": moment_type, "text": text}
        times = {"start_time": start_time, "end_time": end_time, "at": at}
        value = {key: each for key, each in (words | times).items() if each is not None}
        on = served.days(day)[0] if day else None
        done = served.memory.fix(verb, moment_ids=moment_ids, value=value, day=on, dry_run=dry_run)
        return answer(_corrected(done, served, is_done=not dry_run))

    @server.tool(title="What was corrected", annotations=READS)
    @as_tool
    def corrections(
        day: Annotated[str | None, Field(description="Only of this day, in words or ISO.")] = None,
        *,
        offset: Annotated[int, Field(ge=0, description="Leave out so many of the latest.")] = 0,
        max_tokens: MaxTokens = 2000,
    ) -> Annotated[CallToolResult, Corrections]:
        """List the corrections of the user's days, and whether each still changes a moment."""
        found = served.memory.corrections(day=served.days(day)[0] if day else None)
        views = [_kept(each, served) for each in reversed(found)]
        kept = keep(views[offset:], max_tokens=max_tokens, text_of=as_json)
        more = kept.more(f"offset={offset + len(kept.items)}")
        return answer(Corrections(corrections=kept.items, more=more))

    @server.tool(title="Take a correction back", annotations=CHANGES)
    @as_tool
    def undo_fix(
        correction_id: Annotated[
            str, Field(min_length=4, description="The id that fix or corrections gave.")
        ],
        *,
        dry_run: Annotated[bool, Field(description="Only say what would become of the day.")] = False,
    ) -> Annotated[CallToolResult, Corrected]:
        """Take a correction back: the day is as if it had never been made."""
        done = served.memory.undo(correction_id, dry_run=dry_run)
        return answer(_corrected(done, served, is_done=not dry_run, undone=True))


def _corrected(done: Fixed, served: Served, *, is_done: bool, undone: bool = False) -> Corrected:
    note = "Undone." if undone else f"Done. To take it back: undo_fix(correction_id='{done.correction.id}')"
    if not is_done:
        note = "Nothing was changed. This is what would become of the day."
    elif not done.is_shown:
        note += " The next dream of the day shows it."
    return Corrected(
        correction=_correction(done.correction, served),
        is_done=is_done,
        before=tuple(moment_view(each, served) for each in done.before),
        after=tuple(moment_view(each, served) for each in done.after),
        detached=tuple(each.id for each in done.detached),
        note=note,
    )


def _correction(made: Correction, served: Served) -> CorrectionView:
    return CorrectionView(
        id=made.id,
        verb=made.verb,
        day=made.partition_key,
        value=made.value,
        made_local=served.local(made.made_at),
        made_utc=utc(made.made_at),
    )


def _kept(each: Kept, served: Served) -> CorrectionView:
    told = {"is_attached": each.is_attached, "moment_id": each.moment_id}
    name = one_line(each.name) if each.name else None
    return _correction(each.correction, served).model_copy(update=told | {"name": name})
