# ruff: noqa: SIM905 (a table of words reads better as running text)
"""Is a word of a question part of a time, or only looks like one?"""

import re

from rem_dagster.recall.clock_times import NUMBERS
from rem_dagster.recall.days import MONTHS, WEEKDAYS
from rem_dagster.recall.phrases import ORDINALS, plain
from rem_dagster.recall.stretches import SEASONS

_SHORT_DAYS = ("mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun")
_SHORT_MONTHS = (*(name[:3] for name in MONTHS), "sept")
PREPOSITIONS = frozenset("on in at during from since over within for of before until after by this".split())
_TIME_WORDS = """
    today yesterday tomorrow tonight now the a an and to till through up between around about
    last past previous this current next coming ago back before after earlier later so far date
    week weeks weekend weekends weekday day days month months year years quarter quarters hour hours minute
    minutes half fortnight couple few early mid middle late start beginning starting end
    morning afternoon evening night noon midday midnight lunch lunchtime am pm a.m p.m o'clock
    new christmas eve boxing halloween valentine valentines whole entire all
    ytd mtd qtd calendar cw kw h1 h2 q1 q2 q3 q4 – -
"""
TIME_WORDS = frozenset(
    (
        *(
            *PREPOSITIONS,
            *WEEKDAYS,
            *(f"{name}s" for name in WEEKDAYS),
            *_SHORT_DAYS,
            *MONTHS,
            *_SHORT_MONTHS,
        ),
        *(*SEASONS, *NUMBERS, *ORDINALS, *(part for each in ORDINALS for part in each.split("-"))),
        *_TIME_WORDS.split(),
    )
)
_WITH_FIGURES = re.compile(
    r"[\d/.:–\-]*\d[\d/.:–\-wzt+]*(?:st|nd|rd|th|am|pm|a\.m|p\.m)?|(?:cw|kw)\d\d?|\d{4}-?q[1-4]|mid-\w+"
)
_RARELY_A_TIME = frozenset(
    (*_SHORT_DAYS, "may", "march", "mar", "dec", "jan", "august", "spring", "fall", "noon")
)
_A_NUMBER = re.compile(
    r"(?:at|around|about)? ?[\w.]+|(?:between|from) [\w.]+ (?:and|to|until|till|-|–) [\w.]+"
)
_SURE = re.compile(r"\d:\d|am\b|pm\b|a\.m|p\.m|o'clock|noon|midnight|midday")
_CAN_FOLLOW = frozenset("and with about at in on when what who did was were for by to".split())


def is_of_time(word: str) -> bool:
    """Whether a word can stand in a phrase about time."""
    bare = word.lower().replace("’", "'").strip('?!.,;:()"“”').removesuffix("'s")
    return bare in TIME_WORDS or _WITH_FIGURES.fullmatch(bare) is not None


def is_by_chance(words: list[str], start: int, size: int) -> bool:
    """Whether a phrase that could be a time is rarely meant as one where it stands.

    "may" and "sat" count after a word such as "in" or "last", "2000" and "the 3rd" too, "at 8" at the end.
    """
    if size == len(words):
        return False
    phrase = plain(" ".join(words[start : start + size]))
    first = words[start].lower()
    has_preposition = first in PREPOSITIONS or (start > 0 and words[start - 1].lower() in PREPOSITIONS)
    is_last = start + size == len(words) or words[start + size - 1][-1] in "?!.,;"
    phrase_words = {word.lower() for word in words[start : start + size]}
    core = re.sub(r"^(?:(?:on|in|at|during|over|for|of|by)\s+)?(?:the\s+)?", "", phrase)
    if core in _SHORT_DAYS and re.match(r"(?:in|at|the|in the)\s", phrase):
        return True
    if core in _RARELY_A_TIME:
        return not has_preposition
    if re.fullmatch(r"(?:19|20)\d\d|\d\d?(?:st|nd|rd|th)", core) and size <= len(core.split()) + 2:
        can_follow = is_last or words[start + size].lower() in _CAN_FOLLOW
        return not (
            can_follow
            and (
                has_preposition
                or bool(phrase_words & {"whole", "all", "entire"})
                or (is_last and first == "the")
            )
        )
    is_number = _A_NUMBER.fullmatch(phrase) and re.search(r"\d|" + "|".join(NUMBERS), phrase)
    is_sure = _SURE.search(phrase) or re.search(r"\d{4}|[qh]\d|\d-|\d/", phrase)
    return bool(is_number and not is_sure and not is_last)


def without(text: str, words: list[str], start: int, size: int) -> str:
    """A question without the words of a time, and without the preposition before them."""
    if start and words[start - 1].lower() in PREPOSITIONS:
        start, size = start - 1, size + 1
    last = words[start + size - 1]
    tail = last[len(last.rstrip("?!.")) :]
    rest = [*words[:start], *words[start + size :], *text.split()[len(words) :]]
    if tail and start + size == len(words) and rest:
        rest[-1] += tail
    return " ".join(rest)
