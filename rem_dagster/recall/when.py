"""Which instants does a phrase such as "last tuesday afternoon" mean?

    morning 05-12   afternoon 12-18   evening 18-23   night 22-05   noon 12-13   midnight 00-01
    "tonight" and "last night" run from 18 to 05.

A time of day is the hour that begins with it; without am or pm it is on the clock of 24 hours, and one said
as on a dial ("half past three") is refused as it can be two. Times are local, windows half-open in UTC, days
those of the home (23 to 25 hours). A local time that the clocks skip is refused, and so is a day that a zone
skipped; a time that the clocks pass twice counts from its first to its second occurrence. A date in figures
that can be read in two ways is refused.
"""

from datetime import datetime

from rem_dagster.errors import WindowError
from rem_dagster.model.near import nearest
from rem_dagster.model.window import Calendar
from rem_dagster.recall.hours import Clock, When
from rem_dagster.recall.phrases import parse, plain, several_in
from rem_dagster.recall.when_words import TIME_WORDS, is_by_chance, is_of_time, without

__all__ = ["EXAMPLES", "When", "find_when", "parse_when"]

EXAMPLES = (
    "'yesterday', 'last tuesday afternoon', 'the week before last', '20 october', 'past 7 days', "
    "'between 3 and 5 pm on 20 october', 'mid june', '2025-10-14', '2025-W42'"
)
LONGEST_PHRASE = 12
"""Words of a question that are tried together as a time."""
MOST_WORDS = 300
"""Words of a question in which a time is looked for."""


def parse_when(text: str, *, calendar: Calendar, now: datetime) -> When:
    """The span that a phrase means.

    Args:
        text: English words, an ISO day, month, week or instant.
        calendar: the home's days and zone.
        now: an aware instant, from which "yesterday" and the like count.

    Raises:
        WindowError: the phrase is not understood, runs backwards, or names a time that never was.
    """
    said, clock = plain(text), Clock(calendar, now)
    try:
        found = parse(said, clock)
    except WindowError as error:
        raise WindowError(str(error).replace(repr(said), repr(text.strip()), 1)) from None
    if found is None:
        if several := several_in(said):
            raise WindowError(f"{text!r} is several times apart. Ask about one of them, as in {several!r}.")
        hint = _meant(said, clock) or f"Try one of {EXAMPLES}."
        raise WindowError(f"{text!r} names no time that I know. {hint}")
    return found


def find_when(text: str, *, calendar: Calendar, now: datetime) -> tuple[When | None, str]:
    """The longest phrase of a question that names a time, and the question without it.

    Words that are rarely meant as times ("may", "sat") count only with a word such as "in" or "last".
    Without a time the question comes back as it is.
    """
    clock = Clock(calendar, now)
    words = text.split()[:MOST_WORDS]
    are_of_time = [is_of_time(word) for word in words]
    for size in range(min(len(words), LONGEST_PHRASE), 0, -1):
        for start in range(len(words) - size + 1):
            if not all(are_of_time[start : start + size]):
                continue
            found = _quietly(words[start : start + size], clock)
            if found is not None and not is_by_chance(words, start, size):
                return found, without(text, words, start, size)
    return None, text


def _meant(said: str, clock: Clock) -> str:
    """The phrase with its mistyped words put right, as a question; empty where it names no time either."""
    words = said.split()
    if len(words) > LONGEST_PHRASE:
        return ""
    right = [word if is_of_time(word) else nearest(word, TIME_WORDS) for word in words]
    if right == words or None in right or _quietly([each for each in right if each], clock) is None:
        return ""
    return f"Did you mean {' '.join(each for each in right if each)!r}?"


def _quietly(words: list[str], clock: Clock) -> When | None:
    try:
        return parse(plain(" ".join(words)), clock)
    except WindowError:
        return None
