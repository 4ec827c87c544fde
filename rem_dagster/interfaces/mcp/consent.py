"""How is the user asked, rather than the agent, where only the user can say?

A client that can ask shows the question to the person who sits there; of one that cannot, nobody was asked.
"""

from mcp.server.mcpserver import Context, Elicit
from mcp.server.mcpserver.resolve import AcceptedElicitation, CancelledElicitation, ElicitationResult
from mcp.types import ClientCapabilities, ElicitationCapability, FormElicitationCapability
from pydantic import BaseModel, Field

ASKS = ClientCapabilities(elicitation=ElicitationCapability(form=FormElicitationCapability()))


class Consent(BaseModel):
    """What the person answered."""

    yes: bool = Field(description="Is that right?")


def asked(question: str, context: Context) -> Elicit[Consent] | Consent:
    """The question, where the client can ask it; else no."""
    if not can_ask(context):
        return Consent(yes=False)
    return Elicit(question, Consent)


def can_ask(context: Context) -> bool:
    """Whether the client can put a question to the person."""
    return bool(context.session.check_client_capability(ASKS))


def is_yes(answer: ElicitationResult[Consent]) -> bool:
    """Whether the person said yes."""
    return isinstance(answer, AcceptedElicitation) and answer.data.yes


def is_cancelled(answer: ElicitationResult[Consent]) -> bool:
    """Whether the person sent the question away."""
    return isinstance(answer, CancelledElicitation)
