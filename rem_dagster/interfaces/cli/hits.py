"""How is something that was found shown?"""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.text import Text

from rem_dagster.interfaces.cli.moment import SOFT
from rem_dagster.interfaces.cli.page import MARGIN, on_page
from rem_dagster.interfaces.cli.words import clean, clock, fit, pack, short_day, wrap
from rem_dagster.recall.hits import Hit, Matched
from rem_dagster.store.text.tokens import tokens

WHEN_CELLS = 21
MOST_LINES = 2
ALIKE = 30
"""Characters: a quote that begins as the line above it says nothing more."""
SIGNALS = {
    "near": "words near",
    "reply": "own words",
    "thread": "thread",
    "author": "author",
    "first_person": "first person",
    "asks": "asks itself",
    "length": "length",
    "named": "names",
    "alike": "meaning",
    "alike_near": "meaning near",
    "alike_facts": "facts",
    "again": "more of one thread",
    "moment": "a moment",
}
"""How each signal of a score is called where it is explained."""
_SENTENCE_ENDS = (". ", "? ", "! ", "” ", "\n")


def hits_text(
    hits: Sequence[Hit],
    terms: Collection[str],
    zone: ZoneInfo,
    *,
    this_year: int,
    width: int = 80,
    with_tables: bool = False,
    explain: bool = False,
) -> Text:
    """Found rows, best first: when, what, and the line that answers best with its words emphasised.

    Args:
        terms: what was looked for, as it is indexed.
        with_tables: say of each row what it is, where several tables were searched.
        explain: a line more on what gave each its score.
    """
    inner = width - 2 * len(MARGIN)
    wanted = set(terms)
    shown = [
        _hit(
            hit,
            wanted,
            _when(hit, zone, this_year, with_tables=with_tables),
            inner,
            explain=explain,
        )
        for hit in hits
    ]
    return on_page(shown)


def hit_as_json(hit: Hit, *, explain: bool = False) -> dict[str, object]:
    """A found row for programs.

    Args:
        explain: with `signals`, whose sum is the score, and `matched`.
    """
    explained = {"signals": dict(hit.signals), "matched": [vars(each) for each in hit.matched]}
    return {
        "id": hit.id,
        "native_id": hit.native_id,
        "table": hit.table,
        "score": round(hit.score, 6),
        "name": hit.name,
        "text": hit.text,
        "occurred_at": hit.occurred_at.isoformat(),
        "ended_at": hit.ended_at.isoformat() if hit.ended_at else None,
        "user_id": hit.user_id,
        "period": hit.period,
        "evidence": [each.model_dump() for each in hit.evidence],
        "moment_id": hit.moment_id,
        "moment_name": hit.moment_name,
        "trust": hit.trust,
        **(explained if explain else {}),
    }


def best_line(text: str, wanted: set[str]) -> str:
    """The sentence of a text that shares most terms with a question; the earliest of equals."""
    sentences = _sentences(text)
    if not sentences:
        return ""
    return max(sentences, key=lambda each: len(wanted.intersection(tokens(each))))


def best_quote(hit: Hit, wanted: set[str]) -> str:
    """The quote of a moment's evidence that shares most terms with a question; the earliest of equals."""
    return max(
        (clean(each.quote) for each in hit.evidence),
        key=lambda quote: len(wanted.intersection(tokens(quote))),
        default="",
    )


def emphasised(line: str, wanted: set[str]) -> Text:
    """A line whose matching words are bold."""
    text = Text(line)
    place = 0
    for word in line.split(" "):
        if wanted.intersection(tokens(word)):
            text.stylize("bold underline", place, place + len(word))
        place += len(word) + 1
    return text


def explained(hit: Hit) -> list[str]:
    """What gave a row its score, greatest first, and which words of the question it holds."""
    given = sorted(hit.signals.items(), key=lambda each: -abs(each[1]))
    parts = [f"{SIGNALS.get(name, name)} {value:+.2f}" for name, value in given if abs(value) >= 0.005]
    words = [_matched(each) for each in hit.matched]
    return [f"score {hit.score:.2f}:", *parts, *(["· holds", *words] if words else [])]


def _matched(each: Matched) -> str:
    read = f"{each.term} (for {each.word})" if each.is_reading else each.word
    return f"{clean(read)} {each.share:.0%}"


def _hit(hit: Hit, wanted: set[str], when: Sequence[str], width: int, *, explain: bool) -> list[Text]:
    room = width - WHEN_CELLS - 1
    title = clean(hit.name or "")
    answer = best_line(hit.text, wanted)
    said = [emphasised(line, wanted) for line in wrap(answer, room, most_lines=MOST_LINES)]
    lines = [Text(fit(title, room), "bold"), *said] if title else said or [Text()]
    quote = best_quote(hit, wanted)
    if quote and quote not in clean(hit.text) and quote[:ALIKE] != answer[:ALIKE]:
        lines += [Text(line, SOFT) for line in wrap(f"“{quote}”", room, most_lines=MOST_LINES)]
    where = f"in {clean(hit.moment_name)}" if hit.moment_name else None
    whose = "third-party" if hit.trust == "third_party" else None
    if where or whose:
        lines.append(Text(fit(" · ".join(filter(None, (whose, where))), room), SOFT))
    if explain:
        lines += [Text(line, SOFT) for line in pack(explained(hit), room, gap=" ")]
    left = [*when, *[""] * (len(lines) - len(when))]
    lines += [Text() for _ in range(len(left) - len(lines))]
    return [
        Text.assemble((f"{cell:<{WHEN_CELLS + 1}}", SOFT), line)
        for cell, line in zip(left, lines, strict=True)
    ]


def _when(hit: Hit, zone: ZoneInfo, this_year: int, *, with_tables: bool) -> list[str]:
    """The left column: the time and, where several tables were searched, what the row is."""
    day = _day(hit.occurred_at, zone, this_year)
    if hit.period is not None:
        shown = day if hit.period == "day" else f"{hit.period} of {day[4:].strip()}"
        return [shown, "summary"] if with_tables else [shown]
    clocked = f"{day} {clock(hit.occurred_at.astimezone(zone), zone)}"
    return [clocked, hit.table.removesuffix("s")] if with_tables else [clocked]


def _day(instant: datetime, zone: ZoneInfo, this_year: int) -> str:
    local = instant.astimezone(zone)
    return short_day(local.date()) + ("" if local.year == this_year else f" {local.year}")


def _sentences(text: str) -> list[str]:
    for end in _SENTENCE_ENDS:
        text = text.replace(end, end.rstrip(" \n") + "\x00")
    return [sentence for each in text.split("\x00") if (sentence := clean(each))]
