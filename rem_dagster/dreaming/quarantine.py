"""Where do claims go that did not pass, and how much of their text do they keep?"""

from dataclasses import dataclass, field

from rem_dagster.dreaming.wording import clip_letters
from rem_dagster.model.dream import QuarantinedClaim

TEXT_LENGTH = 200
"""Characters of a claim, and of a reason, that are kept."""
NAMED_LENGTH = 80
"""Characters of another claim or of a name in a reason."""


@dataclass
class Quarantine:
    """The claims of one draft that were held back, in the order of the checks."""

    claims: list[QuarantinedClaim] = field(default_factory=list)

    def hold_back(self, kind: str, text: str, reason: str) -> None:
        """Keep a claim's beginning and why it did not pass."""
        short = QuarantinedClaim(kind=kind, text=text[:TEXT_LENGTH], reason=clip_letters(reason, TEXT_LENGTH))
        self.claims.append(short)


def named(text: str) -> str:
    """A text as a reason names it: quoted, and cut where it is long."""
    return repr(clip_letters(text, NAMED_LENGTH))
