"""Days that are far larger than what a model can take at once."""

import random
from datetime import timedelta

from rem_dagster.model.activity import Activity
from tests.activity import MONDAY, message, note

LINES_OF_ONE = (1, 1, 1, 2, 3, 12, 60, 1200)
"""How many lines an item has: mostly a few, now and then a small book."""

WHO = ("I", "Priya", "Tomás", "Ana", "Rui", "We", "Noor and I", "The whole team", "My sister", "Nobody")
DID = ("mended", "measured", "moved", "read about", "forgot", "rewrote", "tested", "praised", "sold", "drew")
KINDS = ("old", "slow", "blue", "new", "second", "broken", "quiet", "northern", "cheap", "wooden", "public")
WHAT = (
    "loader",
    "garden",
    "release",
    "bridge",
    "index",
    "recipe",
    "train",
    "build",
    "letter",
    "choir",
    "map",
)
WHERE = (
    *("before lunch", "on the way home", "with great care", "in the harbour", "for the third time"),
    *("without any help", "after a long talk", "although it rained", "near the station", "at last"),
)


def long_day(characters: int) -> list[Activity]:
    """About so many characters on MONDAY, in messages and notes of up to 90,000, each line like no other."""
    pick = random.Random(5)
    items: list[Activity] = []
    size = 0
    while size < characters:
        number = len(items)
        at = MONDAY + timedelta(seconds=number)
        lines = min(pick.choice(LINES_OF_ONE), 1 + (characters - size) // 50)
        said = [f"{_sentence(pick)} {mark_of(number, line)}" for line in range(lines)]
        text = pick.choice((" ", "\n", "\n\n")).join(said)
        is_note = lines > 60 and number % 2
        items.append(note(number, at, text) if is_note else message(number, at, content=text))
        size += len(text)
    return items


def _sentence(pick: random.Random) -> str:
    who, did, what, where = map(pick.choice, (WHO, DID, WHAT, WHERE))
    return f"{who} {did} the {pick.choice(KINDS)} {what} {where}."


def mark_of(item: int, line: int) -> str:
    """What only one line of one item says."""
    return f"That was item {item}, line {line}."
