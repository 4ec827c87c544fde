"""Which claims of several days were held back, and why?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.text import Text

from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.interfaces.cli.looking import Look
from rem_dagster.interfaces.cli.page import MARGIN, header, held_back_lines, next_line, on_page
from rem_dagster.interfaces.cli.words import days_from_to, short_day
from rem_dagster.model.dream import Dream


@dataclass(frozen=True)
class Quarantined:
    """The dreams of one user's days from first to last, in order."""

    first: date
    last: date
    dreams: Sequence[Dream]
    next_commands: Sequence[str] = ()

    @property
    def held(self) -> list[Dream]:
        """The dreams of which claims were held back."""
        return [dream for dream in self.dreams if dream.quarantine]


def look_at_quarantine(look: Look, first: date, last: date) -> Quarantined:
    """What was held back on days from first to last, both included."""
    dreams = read_ledger(
        look.opened.store, first_day=first.isoformat(), last_day=last.isoformat(), user_ids=[look.user_id]
    )
    latest = max((dream.partition_key for dream in dreams if dream.quarantine), default=None)
    commands = [look.command("show", latest, "--quarantine") if latest else look.command("status")]
    return Quarantined(first, last, dreams, commands)


def quarantine_text(found: Quarantined, width: int = 80) -> Text:
    """The claims with their colours, day by day."""
    inner = width - 2 * len(MARGIN)
    claims = sum(len(dream.quarantine) for dream in found.held)
    blocks = [[header(days_from_to(found.first, found.last), f"{claims:,} held back", inner)]]
    for dream in found.held:
        day = short_day(date.fromisoformat(dream.partition_key))
        blocks.append([Text(day, "bold"), *held_back_lines(dream, inner)])
    if not found.held:
        blocks.append([Text("Nothing was held back.")])
    return on_page([*blocks, next_line(found.next_commands, inner)])


def quarantine_as_json(found: Quarantined) -> dict[str, object]:
    """Every dreamt day for programs; `coverage` is null where a day holds nothing."""
    return {
        "start": found.first.isoformat(),
        "end": found.last.isoformat(),
        "days": [
            {
                "day": dream.partition_key,
                "coverage": dream.coverage,
                "held_back": [claim.model_dump() for claim in dream.quarantine],
            }
            for dream in found.dreams
        ],
    }
