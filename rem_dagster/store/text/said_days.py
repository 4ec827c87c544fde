"""Which other days does a text speak of, seen from the day on which it was written?

    said on 8 May 2023      yesterday         last Friday       next month
    speaks of               7 May 2023        5 May 2023        June 2023

A question names the day; the answer says "yesterday". A week is too wide to say more than its month.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rem_dagster.store.text.tokens import MONTHS, spoken_day

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {"a": 1, "an": 1} | {word: count for count, word in enumerate(_NUMBERS, 1)}
_SPACED = {"yesterday": -1, "last night": -1, "tomorrow": 1}
_SPACED |= {"gestern": -1, "vorgestern": -2, "ayer": -1, "ieri": -1, "вчера": -1, "завтра": 1}
_UNSPACED = {"昨天": -1, "前天": -2, "明天": 1, "昨日": -1, "어제": -1, "내일": 1}
_NEAR = _SPACED | _UNSPACED
_SAID = re.compile(
    rf"(?P<near>\b(?:{'|'.join(_SPACED)})\b|{'|'.join(_UNSPACED)})"
    rf"|\b(?P<side>last|past|next)\s+(?P<unit>{'|'.join(_WEEKDAYS)}|week(?:end)?|month|year)\b"
    rf"|\b(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})\s+(?P<units>day|week|month|year)s?\s+ago\b",
    re.IGNORECASE,
)
_NEEDED = {word: re.compile(word) for word in _UNSPACED} | {
    word: re.compile(rf"{word}(?<![a-z0-9_]{word})(?![a-z0-9_])")
    for word in (*_SPACED, "last", "past", "next", "ago")
}
"""One of these stands in every text that speaks of another day, and most have none. Each pattern begins with
its letters, which are found at a tenth of the cost, and wants a whole word: many a text has "plastic"."""


def said_days(text: str, day: date) -> list[str]:
    """The words that spell the other days, months and years of which a text speaks, once each.

    Words that spell the text's own day, too, are left out: said twice they would count twice.
    """
    folded = text.casefold()
    if not any(word in folded and needed.search(folded) for word, needed in _NEEDED.items()):
        return []
    own = spoken_day(day).split()
    words = [word for found in _SAID.finditer(text) for word in _words_of(found, day)]
    return [word for word in dict.fromkeys(words) if word not in own]


def _words_of(found: re.Match[str], day: date) -> Iterator[str]:
    try:
        if near := found["near"]:
            yield from spoken_day(day + timedelta(days=_NEAR[near.lower()])).split()
        elif unit := found["unit"]:
            yield from _beside(unit.lower(), day, -1 if found["side"].lower() != "next" else 1)
        else:
            count = found["count"].lower()
            yield from _away(found["units"].lower(), day, -(_COUNTS.get(count) or int(count)))
    except OverflowError:  # before the first year or after the last
        return


def _beside(unit: str, day: date, side: int) -> Iterator[str]:
    if unit not in _WEEKDAYS:
        yield from _away("week" if unit == "weekend" else unit, day, side)
        return
    wanted = _WEEKDAYS.index(unit)
    away = (day.weekday() - wanted - 1) % 7 + 1 if side < 0 else (wanted - day.weekday() - 1) % 7 + 1
    yield from spoken_day(day + timedelta(days=side * away)).split()


def _away(unit: str, day: date, count: int) -> Iterator[str]:
    if unit in ("day", "week"):
        other = day + timedelta(days=count * (7 if unit == "week" else 1))
        yield from spoken_day(other).split()[unit == "week" :]
        return
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    if not 12 <= months < 120_000:
        return
    if unit == "month":
        yield MONTHS[months % 12]
    yield str(months // 12)
