"""How are days, hours and lists of things said in an answer?"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.model.moment import Moment
from rem_dagster.recall.ask.strength import TermWeights, terms_of
from rem_dagster.recall.hours import day_label

_ENDS = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[.!?…。！？][”\"')\]])\s+|\n+")
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}|[-*>]|\d+\.)\s+|\[\[|\]\]|[*_`]{2,}|`")
_WORD = re.compile(r"\w(?:[\w.'’/-]*\w)?")
_REFERENCE = re.compile(r"(?<![\w./-])[\w./-]*#\d+")
"""Begins where a word does, or a very long word would be read once for each of its letters."""
EXCERPT = 240
"""Characters of a quote that is shown."""


@dataclass(frozen=True)
class Speech:
    """The zone in which times are said, and the year that need not be."""

    zone: ZoneInfo
    this_year: int

    def day(self, day: date) -> str:
        """`Tuesday 14 October`, with its year where it is another than this."""
        label = day_label(day)
        return label.removesuffix(f" {self.this_year}")

    def local_day(self, instant: datetime) -> date:
        """The date on the wall at an instant."""
        return instant.astimezone(self.zone).date()

    def at(self, instant: datetime) -> str:
        """`Tuesday 14 October at 15:24`."""
        return f"{self.day(self.local_day(instant))} at {self.clock(instant)}"

    def clock(self, instant: datetime) -> str:
        """`15:24`."""
        return f"{instant.astimezone(self.zone):%H:%M}"

    def hours(self, moment: Moment) -> str:
        """`14:00-17:30`; of a moment within one minute that minute alone."""
        start, end = self.clock(moment.start_time), self.clock(moment.end_time)
        return start if start == end else f"{start}-{end}"

    def span(self, moment: Moment) -> str:
        """`Tuesday 14 October, 14:00-17:30`."""
        return f"{self.day(self.local_day(moment.start_time))}, {self.hours(moment)}"


def tidy(text: str) -> str:
    """A text on one line, without marks of Markdown, ending as a sentence does."""
    lines = (_MARKDOWN.sub("", line) for line in text.splitlines())
    flat = " ".join(" ".join(lines).split())
    return flat if not flat or flat[-1] in '.!?…。！？:”"' else f"{flat}."


def without_repeats(said: Iterable[str], *, told: Sequence[str] = ()) -> list[str]:
    """The sentences that say more than one before them, or one that is told already.

    >>> without_repeats(["Fixed the loader.", "Fixed the loader (#12)", "Fixed two tests"])
    ['Fixed the loader.', 'Fixed two tests']
    """
    kept: list[str] = []
    before = [_words(each) for each in told]
    for each in said:
        words = _words(each)
        if not any(words <= other for other in before):
            kept.append(each)
            before.append(words)
    return kept


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_REFERENCE.sub(" ", text.casefold())))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, each as it stands."""
    return [flat for each in _ENDS.split(text) if (flat := " ".join(_MARKDOWN.sub("", each).split()))]


def excerpt(text: str, weights: TermWeights) -> str:
    """The sentence that holds most of a question, with the one after it where it is short; verbatim."""
    found = sentences_of(text)
    if not found:
        return ""
    place = max(range(len(found)), key=lambda at: (weights.share(weights.held(terms_of(found[at]))), -at))
    said = found[place]
    if len(said) < EXCERPT // 4 and place + 1 < len(found) and len(said) + len(found[place + 1]) < EXCERPT:
        said = f"{said} {found[place + 1]}"
    return clipped(said)


def clipped(text: str, most: int = EXCERPT) -> str:
    """At most so many characters, cut at a word with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def counted(number: int, noun: str) -> str:
    """`1 day`, `2 days`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def lasting(time: timedelta) -> str:
    """`35 min`, `2 h 15`, `3 h`; less than a minute is `under a minute`."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02}" if minutes % 60 else f"{minutes // 60} h"
