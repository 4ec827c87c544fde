"""How does an agent add something to a memory, without its words becoming the user's own?

A page that an agent reads may tell it to remember something. So what an agent stores is the agent's, with
trust third_party, unless the person at the client said that it is theirs.
"""

from datetime import datetime
from typing import Annotated, Literal

from mcp.server.mcpserver import Context, Elicit, ElicitationResult, MCPServer, Resolve
from mcp.types import CallToolResult
from pydantic import Field

from rem_dagster.errors import InputError
from rem_dagster.ingest.adding import ACCOUNT, KIND
from rem_dagster.ingest.rows import Origin
from rem_dagster.interfaces.mcp.answering import ADDS, answer, as_tool
from rem_dagster.interfaces.mcp.consent import Consent, asked, is_cancelled, is_yes
from rem_dagster.interfaces.mcp.labelled import visible
from rem_dagster.interfaces.mcp.served import Served, utc
from rem_dagster.interfaces.mcp.tools.search import title_of
from rem_dagster.interfaces.mcp.views import View, url_of
from rem_dagster.llm.fence import flat_line
from rem_dagster.model.ids import derive_id
from rem_dagster.model.words import Trust
from rem_dagster.sources.text import clean_value
from rem_dagster.store.filters import all_of, equals

MOST_CHARACTERS = 20_000
SHOWN_CHARACTERS = 600
AGENT = "agent"


class Remembered(View):
    """What was stored."""

    id: str
    url: str
    is_new: bool
    trust: Trust
    local_time: str | None = None
    utc_time: str | None = None
    note: str


def register(server: MCPServer, served: Served) -> None:
    """Give the tool to a server."""

    def is_theirs(context: Context, text: str, said_by: str) -> Elicit[Consent] | Consent:
        if said_by != "user":
            return Consent(yes=False)
        shown, rest = text[:SHOWN_CHARACTERS], len(text) - SHOWN_CHARACTERS
        more = f" … and {rest:,} more characters that are not shown here" if rest > 0 else ""
        return asked(f"Keep this in your memory as your own words?\n\n{visible(shown)}{more}", context)

    @server.tool(title="Remember something", annotations=ADDS)
    @as_tool
    def remember(
        context: Context,
        text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS, description="What to keep.")],
        theirs: Annotated[ElicitationResult[Consent], Resolve(is_theirs)],
        *,
        title: Annotated[str | None, Field(max_length=200, description="A name for it.")] = None,
        said_by: Annotated[
            Literal["agent", "user"],
            Field(description="Whose words: 'user' only for what the user said; they are asked to confirm."),
        ] = "agent",
        session: Annotated[
            str | None,
            Field(max_length=200, description="Your id of a conversation, to keep it as a message of that."),
        ] = None,
        when: Annotated[
            str | None, Field(description="When it was, in words or ISO; now by default.")
        ] = None,
    ) -> Annotated[CallToolResult, Remembered]:
        """Keep a note or a message in the user's memory. The same text again changes nothing.

        It is kept as written by you (trust third_party), not by the user. It shows in search at once and
        in moments after the next dream. Store only what the user wants kept.
        """
        if is_cancelled(theirs):
            raise InputError("The user did not answer whether these are their words. Nothing was stored.")
        kept = _Keeping(served, _name_of(context), is_own=is_yes(theirs), is_claimed=said_by == "user")
        at = _instant(when, served)
        told = kept.message(text, session, at) if session else kept.note(text, title, at)
        return answer(told)


class _Keeping:
    """One thing that is kept."""

    def __init__(self, served: Served, agent: str, *, is_own: bool, is_claimed: bool) -> None:
        self.served, self.agent = served, agent
        self.is_own, self.is_claimed = is_own, is_claimed
        self.trust: Trust = "own" if is_own else "third_party"
        self.origin = Origin(KIND, ACCOUNT, served.user_id)
        self.metadata: dict[str, object] = {"through": "mcp", "agent": agent}
        if is_claimed and not is_own:
            self.metadata["said_by"] = "user, as the agent told"

    def note(self, text: str, title: str | None, at: datetime) -> Remembered:
        name = title or title_of(text)
        native_id = derive_id("mcp", name, str(clean_value(text)))
        document = self.origin.id_of(self.served.user_id, "document", native_id)
        if held := self._held("resources", "document_id", document):
            return held
        author = {} if self.is_own else {"author": self.agent}
        self.served.memory.add_resource(
            name,
            text,
            created_at=at,
            native_id=native_id,
            trust=self.trust,
            metadata={**self.metadata, **author},
        )
        return self._told("resource", document, at)

    def message(self, text: str, session: str, at: datetime) -> Remembered:
        native_id = derive_id("mcp", session, str(clean_value(text)))
        message = self.origin.id_of(self.served.user_id, "message", native_id)
        if held := self._held("messages", "id", message):
            return held
        self.served.memory.add_message(
            text,
            session=session,
            role="user" if self.is_own else "assistant",
            author=None if self.is_own else self.agent,
            created_at=at,
            native_id=native_id,
            trust=self.trust,
            metadata=self.metadata,
        )
        return self._told("message", message, at)

    def _held(self, table: str, column: str, item_id: str) -> Remembered | None:
        where = all_of(equals("user_id", self.served.user_id), equals(column, item_id))
        rows = self.served.store.read(table, ["created_at", "trust"], where).to_pylist()
        if not rows:
            return None
        first = min(rows, key=lambda row: row["created_at"])
        kind = "message" if table == "messages" else "resource"
        return Remembered(
            id=item_id,
            url=url_of(kind, item_id),
            is_new=False,
            trust=first["trust"],
            local_time=self.served.local(first["created_at"]),
            utc_time=utc(first["created_at"]),
            note="It was remembered before. Nothing was changed.",
        )

    def _told(self, kind: str, item_id: str, at: datetime) -> Remembered:
        said = "Kept as the user's own words."
        if not self.is_own:
            said = f"Kept as written by {self.agent}, not by the user."
            if self.is_claimed:
                said += " The user did not confirm that they said it."
        return Remembered(
            id=item_id,
            url=url_of(kind, item_id),
            is_new=True,
            trust=self.trust,
            local_time=self.served.local(at),
            utc_time=utc(at),
            note=said,
        )


def _instant(when: str | None, served: Served) -> datetime:
    now = served.now()
    if when is None:
        return now
    at = served.span(when).window.start
    if at > now:
        raise InputError(
            f"{when!r} is still to come, and a memory holds what was. Nothing was stored. "
            "Leave out `when`, and name the day in the text."
        )
    return at


def _name_of(context: Context) -> str:
    """What the client calls itself."""
    told = context.session.client_params
    return (flat_line(told.client_info.name, 40) if told else "") or AGENT
