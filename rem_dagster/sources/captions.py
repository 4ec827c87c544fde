"""What is said in a file of captions, WebVTT or SubRip, when and by whom?"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rem_dagster.sources.anchor import time_inside
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.times import SaidTime

CLOCK = r"(?:(\d{1,9}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?"
TIMING = re.compile(rf"\s*{CLOCK}\s*-->\s*{CLOCK}(?:\s.*)?")
ARROW = "-->"
BLOCKS = ("NOTE", "STYLE", "REGION")
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>]*)>")
TAG = re.compile(
    r"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:[.\s][^<>]*)?>|<\d[\d:.]*>|\{\\[^{}]*\}", re.IGNORECASE
)
NAMED = re.compile(r"([^:\n]{1,60}?)[ \t]*:[ \t]+(?=\S)")
SENTENCE = re.compile(r"[!?;]|\w{4}\.\s|://")
"""What stands in no name; a short word and a full stop may: `Dr. Lima`."""
MOST_WORDS = 8
"""Of a name: `Julian Sutherland (Nethermind)` has three."""
LONGEST_HOURS = 1_000
LONGEST_MS = LONGEST_HOURS * 3_600_000
AT_ONCE_MS = 100
NEARLY_ALL, SOME = 0.8, 0.2
"""Shares of cues that begin with what looks like a name: from the first on each such name counts, from the
second on those that recur, as captions that name a speaker only where it changes do."""
ROLLING = 0.3
"""Share of cues that begin as the one before ended, from which on the captions roll."""


@dataclass(frozen=True)
class Cue:
    """A stretch of speech; times in milliseconds of the file's clock."""

    start: int
    end: int
    text: str
    speaker: str | None = None


@dataclass
class Heard:
    """What a file of speech holds."""

    cues: list[Cue] = field(default_factory=list)
    """In the order of the file."""
    problems: list[Problem] = field(default_factory=list)
    said: SaidTime | None = None
    """When it was recorded, where the file says so."""


def read_captions(text: str, where: str) -> Heard:
    """The cues of a file, with their speakers; what cannot be used of it is a problem."""
    heard = Heard(said=time_inside(_preamble(text)))
    cues: list[Cue] = []
    for number, timing, lines in _blocks(text):
        span = _span(timing)
        if span is None:
            reason = "the times of a cue cannot be read"
            heard.problems.append(Problem(f"{where}:{number}", "time", reason, got=shown(timing.strip())))
            continue
        voices = list(_voices("\n".join(lines)))
        if not voices:
            heard.problems.append(Problem(f"{where}:{number}", None, "a cue holds no text", "skipped"))
        cues += [Cue(span[0], max(span), said, name) for name, said in voices]
    heard.cues = without_rolling(_with_names(cues))
    if lost := len(cues) - len(heard.cues):
        reason = "captions repeat what was on the screen before: each line was taken once"
        heard.problems.append(Problem(where, None, reason, "notice", f"{lost:,} cues"))
    return heard


def without_rolling(cues: Sequence[Cue]) -> list[Cue]:
    """The cues without what they repeat of the one before, where captions roll over the screen.

    so today we        so today we          so today we
                       look at the      =>  look at the
    look at the        (again)              second part
    second part
    """
    pairs = list(pairwise(cues))
    again = sum(_repeats(before, after) for before, after in pairs)
    if len(cues) < 4 or again < ROLLING * len(pairs):
        return list(cues)
    kept: list[Cue] = []
    on_screen: list[str] = []
    for cue in cues:
        lines = cue.text.split("\n")
        if kept and _follows(kept[-1], cue):
            last = kept[-1]
            new = _unseen(on_screen, lines)
            if new and len(lines) == 1 and on_screen and lines[0].startswith(on_screen[-1]):
                said = last.text.removesuffix(on_screen[-1]) + lines[0]
                kept[-1] = replace(last, end=max(last.end, cue.end), text=said)
            elif new:
                kept.append(replace(cue, text="\n".join(new)))
            else:
                kept[-1] = replace(last, end=max(last.end, cue.end))
        else:
            kept.append(cue)
        on_screen = lines
    return kept


def _follows(before: Cue, after: Cue) -> bool:
    return before.speaker == after.speaker and after.start <= before.end + AT_ONCE_MS


def _repeats(before: Cue, after: Cue) -> bool:
    if not _follows(before, after):
        return False
    lines = after.text.split("\n")
    last = before.text.rpartition("\n")[2]
    return lines[0] == last or (len(lines) == 1 and lines[0].startswith(last))


def _unseen(before: Sequence[str], lines: list[str]) -> list[str]:
    for many in range(min(len(before), len(lines)), 0, -1):
        if list(before[-many:]) == lines[:many]:
            return lines[many:]
    return lines


def _preamble(text: str) -> str:
    """The header and the comments before the first cue, where a file says when it was made."""
    head = text[:4_000].partition(ARROW)[0]
    return "" if head == text[:4_000] and ARROW in text else head.rpartition("\n")[0]


def _blocks(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Line number, timing and payload of every cue."""
    start, timing, payload = 0, None, list[str]()
    is_block = False
    for number, line in enumerate(text.split("\n"), start=1):
        if ARROW in line:
            if timing is not None:
                if payload and payload[-1].strip().isdigit():
                    payload.pop()  # the next cue's number: no empty line stood between
                yield start, timing, payload
            start, timing, payload, is_block = number, line, [], False
        elif not line.strip():
            if timing is not None:
                yield start, timing, payload
            timing, payload, is_block = None, [], False
        elif timing is not None and not is_block:
            payload.append(line)
        else:
            is_block |= line.startswith(BLOCKS)
    if timing is not None:
        yield start, timing, payload


def _span(timing: str) -> tuple[int, int] | None:
    found = TIMING.fullmatch(timing)
    if found is None:
        return None
    parts = found.groups()
    start, end = _milliseconds(parts[:4]), _milliseconds(parts[4:])
    return None if max(start, end) > LONGEST_MS else (start, end)


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, fraction = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int(((fraction or "") + "000")[:3])


def _voices(payload: str) -> Iterator[tuple[str | None, str]]:
    """Who says what in a cue; several voices may be in one."""
    pieces = VOICE.split(payload)
    for name, said in zip([None, *pieces[1::2]], pieces[::2], strict=True):
        text = "\n".join(
            line for each in html.unescape(TAG.sub("", said)).split("\n") if (line := " ".join(each.split()))
        )
        if text:
            yield (" ".join(html.unescape(name).split()) or None) if name else None, text


def _with_names(cues: list[Cue]) -> list[Cue]:
    """The cues with the names that stand before their texts, where the file writes speakers so."""
    found = {at: match for at, cue in enumerate(cues) if (match := _name_in(cue))}
    often = Counter(match[1] for match in found.values())
    if len(found) < NEARLY_ALL * len(cues):
        recurring = {name for name, many in often.items() if many > 1}
        if len(recurring) < 2 or sum(often[name] for name in recurring) < SOME * len(cues):
            return cues
        found = {at: match for at, match in found.items() if match[1] in recurring}
    named = list(cues)
    for at, match in found.items():
        named[at] = replace(
            cues[at], text=cues[at].text[match.end() :], speaker=match[1].strip("[] \t") or None
        )
    return named


def _name_in(cue: Cue) -> re.Match[str] | None:
    found = NAMED.match(cue.text) if cue.speaker is None else None
    if found is None or not any(letter.isalnum() for letter in found[1]):
        return None
    is_name = len(found[1].split()) <= MOST_WORDS and not SENTENCE.search(found[1])
    return found if is_name else None
