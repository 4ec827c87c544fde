"""What is said in the JSON that a transcription gives, when and by whom?

Read are OpenAI's verbose_json and diarized_json, Whisper's own files and WhisperX's, whisper.cpp's, and bare
lists of segments or words.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence

from rem_dagster.errors import InputError
from rem_dagster.sources.captions import LONGEST_HOURS, Cue, Heard
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.times import parse_time

LISTS = ("segments", "transcription", "words", "chunks")
"""Where the pieces are: those of the first name that is there count."""
BESIDE_TEXT = frozenset(("text", "language", "duration", "usage", "task", "logprobs"))
"""What an answer holds that is text alone."""
SIGNS = ('"segments"', '"transcription"', '"words"')
RECORDED = ("recorded_at", "recording_start", "created_at", "date")
LONGEST_WORDS_GAP = 1_000
"""Milliseconds between two words of one stretch."""
MOST_WORDS_TEXT = 300


def read_whisper(text: str, where: str) -> Heard | None:
    """The segments of a transcription; None when it is none, or no JSON."""
    try:
        body = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return heard_in(body, where)


def heard_in(body: object, where: str) -> Heard | None:
    """The segments of a transcription that was parsed; None when it is none."""
    if isinstance(body, list):
        body = {"segments": body}
    if not isinstance(body, Mapping):
        return None
    name = next((each for each in LISTS if isinstance(body.get(each), list) and body[each]), None)
    whole = body.get("text")
    heard = Heard()
    for each in RECORDED:
        try:
            heard.said = parse_time(body.get(each))
            break
        except InputError:
            continue
    if name is not None and any(isinstance(each, Mapping) for each in body[name]):
        _add_pieces(heard, body[name], f"{where}: {name}")
        if name == "words":
            heard.cues = _stretches(heard.cues)
        return heard
    if isinstance(whole, str) and (any(each in body for each in LISTS) or BESIDE_TEXT.issuperset(body)):
        if said := _clean(whole):
            reason = "only its whole text is there, without times within it"
            heard.problems.append(Problem(where, None, reason, "notice"))
            heard.cues = [Cue(0, 0, said)]
        return heard
    return None


def _add_pieces(heard: Heard, pieces: Sequence[object], where: str) -> None:
    last = 0
    for number, piece in enumerate(pieces):
        place = f"{where}[{number}]"
        if not isinstance(piece, Mapping):
            heard.problems.append(Problem(place, None, "is no segment", got=shown(piece)))
            continue
        said = next((piece[key] for key in ("text", "word") if isinstance(piece.get(key), str)), None)
        if said is None or not (said := _clean(said)):
            reason = "a segment holds no text"
            heard.problems.append(Problem(place, "text", reason, "failed" if said is None else "skipped"))
            continue
        start, end = _times(piece)
        if start is None:
            reason = "a segment says no time that can be used: that of the one before was taken"
            heard.problems.append(Problem(place, "start", reason, "notice", shown(piece.get("start"))))
            start = last
        last = max(start, start if end is None else end)
        speaker = piece.get("speaker")
        name = _clean(str(speaker)) if isinstance(speaker, str | int) else None
        heard.cues.append(Cue(start, last, said, name or None))


def _times(piece: Mapping[str, object]) -> tuple[int | None, int | None]:
    offsets, stamp = piece.get("offsets"), piece.get("timestamp")
    if isinstance(offsets, Mapping):  # whisper.cpp: milliseconds
        return _milliseconds(offsets.get("from"), 1), _milliseconds(offsets.get("to"), 1)
    if isinstance(stamp, list) and len(stamp) == 2:  # transformers' chunks
        return _milliseconds(stamp[0], 1000), _milliseconds(stamp[1], 1000)
    return _milliseconds(piece.get("start"), 1000), _milliseconds(piece.get("end"), 1000)


def _milliseconds(value: object, unit: int) -> int | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return round(value * unit) if 0 <= value * unit <= LONGEST_HOURS * 3_600_000 else None


def _stretches(words: Sequence[Cue]) -> list[Cue]:
    """Words as stretches of speech: a pause, another speaker or enough text ends one."""
    return [
        Cue(
            held[0].start,
            max(each.end for each in held),
            " ".join(each.text for each in held),
            held[0].speaker,
        )
        for held in _runs(words)
    ]


def _runs(words: Sequence[Cue]) -> Iterator[list[Cue]]:
    held: list[Cue] = []
    length = 0
    for word in words:
        if held and (
            word.speaker != held[-1].speaker
            or word.start - held[-1].end > LONGEST_WORDS_GAP
            or length > MOST_WORDS_TEXT
        ):
            yield held
            held, length = [], 0
        held.append(word)
        length += len(word.text) + 1
    if held:
        yield held


def _clean(text: str) -> str:
    return " ".join(replace_surrogates(text).replace("\0", "").split())
