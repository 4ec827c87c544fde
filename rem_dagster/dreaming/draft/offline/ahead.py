"""What does a person announce for the next day?

Only a stated plan that names it: "tomorrow", or "in the morning" said in the evening.
"""

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.draft.offline.kinds import EVENING
from rem_dagster.dreaming.draft.offline.plans import is_plan
from rem_dagster.dreaming.draft.offline.quotes import quote_around, quote_of
from rem_dagster.dreaming.draft.offline.reading import Reading, Sentence
from rem_dagster.dreaming.draft.offline.trim import shortened
from rem_dagster.model.day import DayItem
from rem_dagster.model.draft import DraftMoment, DraftQuote
from rem_dagster.model.words import PREDICTION

MOST = 2
"""Predictions of one segment."""
CONFIDENCE = 0.5
"""How likely it is that a plan for the next day is carried out: nobody measured it, so even odds."""
NIGHT_ENDS = 4
"""The local hour up to which an evening lasts."""
TITLE_LENGTH = 70
_TOMORROW = re.compile(
    r"(?<!\bby )(?<!\bfor )(?<!\buntil )(?<!\btill )(?<!\bbefore )(?<!\bafter )(?<!\bthan )\btomorrow\b"
    r"(?!['’]s)(?! (?:is|isn|was|will be|might|may|they|he|she|it)\b)",
    re.IGNORECASE,
)
_MORNING = re.compile(
    r"\b(?<!every )(?:in the morning|first thing)\b(?! (?:usually|always)\b)", re.IGNORECASE
)
_OTHER_TIME = re.compile(
    r"\b(?:today|tonight|yesterday|this (?:morning|afternoon|evening|week)|because|since|every|usually"
    r"|always|the next day)\b",
    re.IGNORECASE,
)
"""Words by which the plan may be for another time than the one that is named too."""
_PLANNED = re.compile(
    r"(?:(?:\btomorrow,? )?\b(?:I|we)(?:['’]ll| will| must| (?:need|have|plan|intend|want) to"
    r"|(?:['’]m|['’]re| am| are) (?:going to|gonna|planning (?:to|on)|about to))"
    r"|\btomorrow,? (?:I|we)|^(?:TODO|To do|Tomorrow)\s*[:,])\s+(?P<plan>.+)$",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"[\s,]*(?:\b(?:early )?tomorrow(?: (?:morning|afternoon|evening|night|at noon))?|\bin the morning"
    r"|\bfirst thing)\b,?",
    re.IGNORECASE,
)


def predictions_of(readings: Sequence[Reading], zone: ZoneInfo) -> tuple[DraftMoment, ...]:
    """At most two moments of the next day, each resting on the sentence that announces it."""
    found: dict[str, DraftMoment] = {}
    for reading in readings:
        for sentence, cue in _announced(reading, zone):
            moment = _prediction(sentence, cue)
            if moment is not None and len(found) < MOST:
                found.setdefault(moment.name.casefold(), moment)
    return tuple(found.values())


def _announced(reading: Reading, zone: ZoneInfo) -> Iterator[tuple[Sentence, re.Pattern[str]]]:
    """The sentences that announce something for the next day, and what in them names it."""
    for sentence in reading.sentences:
        if not is_plan(sentence) or not _may_announce(reading.item, sentence):
            continue
        if _TOMORROW.search(sentence.shown):
            yield sentence, _TOMORROW
        elif _MORNING.search(sentence.shown) and _is_evening(reading.item, zone):
            yield sentence, _MORNING


def _may_announce(item: DayItem, sentence: Sentence) -> bool:
    """Whether a person speaks of their own time here: a page that announces something does not."""
    if sentence.source not in ("message", "note", "transcript") or _OTHER_TIME.search(sentence.shown):
        return False
    return item.trust == "own" or sentence.speaker is not None


def _is_evening(item: DayItem, zone: ZoneInfo) -> bool:
    hour = item.occurred_at.astimezone(zone).hour
    return hour >= EVENING or hour < NIGHT_ENDS


def _prediction(sentence: Sentence, cue: re.Pattern[str]) -> DraftMoment | None:
    quote, name = _quote(sentence.text, cue), _name(sentence)
    if quote is None or name is None:
        return None
    return DraftMoment(
        name=name,
        summary=f"{sentence.speaker}: “{sentence.core}”" if sentence.speaker else sentence.core,
        moment_type=PREDICTION,
        handles=(sentence.handle,),
        evidence=(DraftQuote(handle=sentence.handle, quote=quote),),
        confidence=CONFIDENCE,
    )


def _quote(text: str, cue: re.Pattern[str]) -> str | None:
    """The sentence, or the part of it that names the day."""
    whole = quote_of(text)
    if whole is not None and cue.search(whole):
        return whole
    named = cue.search(text)
    return quote_around(text, named.start(), named.end()) if named else None


def _name(sentence: Sentence) -> str | None:
    """What is planned, without who plans it and when; None where too little is left."""
    found = _PLANNED.search(sentence.core.rstrip("!. "))
    plan = _WHEN.sub("", found.group("plan")).strip(" ,;:-–—") if found else ""
    if " " not in plan:  # a verb needs what it is done to
        return None
    head = f"Likely next for {sentence.speaker}: " if sentence.speaker else "Likely next: "
    return head + shortened(plan, TITLE_LENGTH - len(head))
