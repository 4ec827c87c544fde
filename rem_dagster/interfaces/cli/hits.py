"""How is something that was found shown?"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.text import Text

from rem_dagster.interfaces.cli.moment import SOFT
from rem_dagster.interfaces.cli.page import MARGIN, on_page
from rem_dagster.interfaces.cli.words import clean, clock, fit, short_day, wrap
from rem_dagster.recall.search import Hit
from rem_dagster.store.text.tokens import tokens

WHEN_CELLS = 21
MOST_LINES = 2
_SENTENCE_ENDS = (". ", "? ", "! ", "” ", "\n")


def hits_text(hits: Sequence[Hit], query: str, zone: ZoneInfo, *, this_year: int, width: int = 80) -> Text:
    """Found rows, best first: when, what, and the line that answers best with its words emphasised."""
    return on_page([_hit(hit, set(tokens(query)), zone, this_year, width - 2 * len(MARGIN)) for hit in hits])


def hit_as_json(hit: Hit) -> dict[str, object]:
    """A found row for programs."""
    return {
        "id": hit.id,
        "native_id": hit.native_id,
        "table": hit.table,
        "score": round(hit.score, 6),
        "name": hit.name,
        "text": hit.text,
        "occurred_at": hit.occurred_at.isoformat(),
        "user_id": hit.user_id,
    }


def best_line(text: str, wanted: set[str]) -> str:
    """The sentence of a text that shares most terms with a question; the earliest of equals."""
    sentences = _sentences(text)
    if not sentences:
        return ""
    return max(sentences, key=lambda each: len(wanted.intersection(tokens(each))))


def emphasised(line: str, wanted: set[str]) -> Text:
    """A line whose matching words are bold."""
    text = Text(line)
    place = 0
    for word in line.split(" "):
        if wanted.intersection(tokens(word)):
            text.stylize("bold underline", place, place + len(word))
        place += len(word) + 1
    return text


def _hit(hit: Hit, wanted: set[str], zone: ZoneInfo, this_year: int, width: int) -> list[Text]:
    local = hit.occurred_at.astimezone(zone)
    when = short_day(local.date()) + ("" if local.year == this_year else f" {local.year}")
    when = f"{when} {clock(local, zone)}"
    room = width - WHEN_CELLS - 1
    title = clean(hit.name or "")
    said = wrap(best_line(hit.text, wanted), room, most_lines=MOST_LINES)
    first = Text(fit(title, room), "bold") if title else emphasised(said.pop(0) if said else "", wanted)
    lines = [Text.assemble((f"{when:<{WHEN_CELLS + 1}}", SOFT), first)]
    return lines + [Text.assemble(" " * (WHEN_CELLS + 1), emphasised(line, wanted)) for line in said]


def _sentences(text: str) -> list[str]:
    for end in _SENTENCE_ENDS:
        text = text.replace(end, end.rstrip(" \n") + "\x00")
    return [sentence for each in text.split("\x00") if (sentence := clean(each))]
