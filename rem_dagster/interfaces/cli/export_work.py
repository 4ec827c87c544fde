"""What does every export know?"""

from dataclasses import dataclass
from datetime import date

from rem_dagster.interfaces.cli.opening import Opened


@dataclass(frozen=True)
class Exporting:
    """One `rem export` once all is known."""

    opened: Opened
    user_id: str
    first: date | None = None
    """First local day, included; None is the first there is."""
    last: date | None = None
    as_json: bool = False
