"""What is shown of a day, by its drafts and a person's corrections?

drafts ── resolve ── correct ──> moments ──> mentions ──> edges
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rem_dagster.dreaming.compare import claims_in
from rem_dagster.dreaming.correct import Corrected, correct
from rem_dagster.dreaming.link import link_day
from rem_dagster.dreaming.resolve import resolve_mentions, resolve_moments
from rem_dagster.dreaming.terms import Terms
from rem_dagster.model.day import Day
from rem_dagster.model.draft import Draft
from rem_dagster.model.dream import CORRECTED, QuarantinedClaim
from rem_dagster.model.edge import Edge
from rem_dagster.model.mention import Mention
from rem_dagster.model.moment import Moment, happened


@dataclass(frozen=True)
class Shown:
    """The records of a day but its summary."""

    drafted: list[Moment]
    """Its moments without corrections."""
    corrected: Corrected
    mentions: list[Mention]
    edges: list[Edge]

    @property
    def moments(self) -> list[Moment]:
        """Its moments as a person corrected them."""
        return self.corrected.moments

    @property
    def counts(self) -> dict[str, int]:
        """What the ledger counts of them."""
        attached = len(self.corrected.attached)
        return {
            "moments": len(happened(self.moments)),
            "entities": len(self.mentions),
            "edges": len(self.edges),
            "claims": claims_in(happened(self.drafted)),
            **({CORRECTED: attached} if attached else {}),
        }

    @property
    def detached(self) -> list[QuarantinedClaim]:
        """The corrections that found nothing to attach to, as the ledger lists them."""
        return [
            QuarantinedClaim(kind="correction", text=each.id, reason="no moment has the sources it names")
            for each in self.corrected.detached
        ]


def shown_of(drafts: Sequence[Draft], day: Day, dream_id: str, terms: Terms) -> Shown:
    """What is shown of a day of which these are the verified drafts."""
    drafted = terms.keep(resolve_moments(drafts, day, dream_id))
    corrected = correct(drafted, day, dream_id)
    hidden = corrected.hidden
    mentions = resolve_mentions(drafts, corrected.moments, day, dream_id, hidden=hidden)
    edges = link_day(drafts, corrected.moments, mentions, day, dream_id, hidden=hidden)
    return Shown(drafted, corrected, mentions, edges)
