"""Which cues of a recording are one turn of the talk?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rem_dagster.sources.captions import Cue

LONGEST_GAP_MS = 5_000
"""Silence within one turn."""
ENOUGH, MOST = 600, 1_200
"""Characters after which a turn ends with its sentence, and after which it ends with its cue."""
ENDS = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True)
class Turn:
    """What one speaker says without a longer pause; times in milliseconds of the recording's clock."""

    start: int
    end: int
    speaker: str | None
    text: str
    name: str
    """Tells it from the other turns of its recording: when it starts, and which one of that instant it is."""


def turns_of(cues: Sequence[Cue]) -> Iterator[Turn]:
    """The turns, by start.

    Ana ├──┤ ├──┤      ├──┤          two turns of Ana: a long pause stands between
    Ben           ├─┤                one of Ben's; where both speak at once, each has their own
    """
    held: list[Cue] = []
    seen: dict[int, int] = {}
    for cue in sorted(cues, key=lambda cue: cue.start):
        if held and not _goes_on(held, cue):
            yield _turn(held, seen)
            held = []
        held.append(cue)
    if held:
        yield _turn(held, seen)


def _goes_on(held: Sequence[Cue], cue: Cue) -> bool:
    if cue.speaker != held[-1].speaker or cue.start - max(each.end for each in held[-3:]) > LONGEST_GAP_MS:
        return False
    length = sum(len(each.text) + 1 for each in held)
    return length < ENOUGH or (length < MOST and not held[-1].text.endswith(ENDS))


def _turn(held: Sequence[Cue], seen: dict[int, int]) -> Turn:
    start = held[0].start
    many = seen[start] = seen.get(start, 0) + 1
    return Turn(
        start=start,
        end=max(each.end for each in held),
        speaker=held[0].speaker,
        text=" ".join(" ".join(each.text.split()) for each in held),
        name=str(start) if many == 1 else f"{start}/{many}",
    )
