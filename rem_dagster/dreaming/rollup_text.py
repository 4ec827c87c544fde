"""How is a week or a month told in a few sentences, events first?"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rem_dagster.dreaming.draft.offline.words_verbs import IRREGULAR
from rem_dagster.dreaming.rollup_choice import (
    MILESTONES,
    KeyOutcome,
    first_word,
    key_outcomes,
    main_topics,
    minutes_of,
)
from rem_dagster.dreaming.rollup_periods import Rolled
from rem_dagster.dreaming.rollup_tally import Tally
from rem_dagster.dreaming.wording import clip_letters, clip_words, flat, near_equal, words_of
from rem_dagster.model.moment import Moment

Event = tuple[str, str]
"""ISO day, and what was."""
MOST_WORDS: dict[Rolled, int] = {"week": 120, "month": 180}
MOST_EVENTS: dict[Rolled, int] = {"week": 6, "month": 9}
MOST_A_DAY = 2
MOST_NAMED: dict[Rolled, int] = {"week": 2, "month": 3}
"""Moments without an outcome that are events all the same: a flight, a dinner."""
LONG_ENOUGH = 60
"""Minutes from which on a moment's title may be an event."""
EVENT_LETTERS = 90
MOST_TYPES = 4
LEAST_SECONDS = 600
"""Less of a type than this is not worth a word among hours."""
MOSTLY = 0.5
"""Share of the moments' time from which on topics are what it mostly went to."""
MOST_TOPICS = 3
FEWEST_TALKS = 3
WORK = frozenset({"work_session", "learning", "planning"})
NOUNS = {
    "work_session": "work",
    "communication": "talk",
    "creation": "making things",
    "collaboration": "working together",
    "other": "other things",
}
VAGUE = frozenset({"release", "personal"})
"""Tags that do not say of what."""
PAST = frozenset(IRREGULAR.values())
_REFERENCE = re.compile(r"\s*\((?:#\d+(?:,\s*)?)+\)")


def tell(moments: Sequence[Moment], tally: Tally, *, period: Rolled, user_id: str) -> str:
    """What came of a period and what its time went to, as one paragraph.

    Args:
        moments: all that happened, in the order of time.
        user_id: whose period it is: nobody says whom they are.
    """
    hours = _hours_sentence(moments, tally, user_id)
    room = MOST_WORDS[period] - len(hours.split())
    sentences = _sentences(_events(moments, period), period)
    while sum(len(each.split()) for each in sentences) > room:
        sentences.pop()
    return clip_words(" ".join((*sentences, hours)), MOST_WORDS[period])


def _events(moments: Sequence[Moment], period: Rolled) -> list[Event]:
    """What was, in the order of time: outcomes, and long moments that have none.

    Of a period that has neither the longest moments are told.
    """
    events = key_outcomes(moments, most=MOST_EVENTS[period], most_a_day=MOST_A_DAY)
    told = {each.moment_id for each in events}
    by_length = sorted(moments, key=lambda each: (-minutes_of(each), each.start_time, each.id))
    titled = [each for each in by_length if _is_event(each) and each.id not in told]
    if not events and not titled:
        titled = by_length
    for moment in titled[: MOST_NAMED[period]]:
        if not any(near_equal(moment.name, each.text) for each in events):
            events.append(KeyOutcome(flat(moment.name), moment.partition_key, moment.id))
    order = {moment.id: place for place, moment in enumerate(moments)}
    events.sort(key=lambda each: order[each.moment_id])
    return [(each.day, text) for each in events if (text := _plain(each.text))]


def _is_event(moment: Moment) -> bool:
    """Whether a moment's title says by itself what happened; one with a colon is a heading."""
    return minutes_of(moment) >= LONG_ENOUGH and moment.moment_type not in WORK and ":" not in moment.name


def _plain(text: str) -> str:
    """An event without numbers of issues and without its full stop."""
    return clip_letters(_REFERENCE.sub("", flat(text)), EVENT_LETTERS).rstrip(" .;,")


@dataclass
class _Sentence:
    """Events told in one breath: of one day, or one kind of milestone over many."""

    events: list[Event]
    is_of_a_kind: bool

    def told(self, period: Rolled) -> str:
        if not self.is_of_a_kind:
            return "; ".join(_dated(self.events, period)) + "."
        whole = [text for _, text in self.events]
        texts = [whole[0], *(_beyond(text, before) for before, text in pairwise(whole))]
        days = [day for day, _ in self.events]
        return _listed(_dated(list(zip(days, texts, strict=True)), period)) + "."


def _sentences(events: Sequence[Event], period: Rolled) -> list[str]:
    """The events in sentences, in the order in which each sentence begins."""
    sentences: list[_Sentence] = []
    kinds: dict[str, _Sentence] = {}
    for day, text in events:
        verb, last = first_word(text), sentences[-1] if sentences else None
        if verb in kinds and " " in text:
            kinds[verb].events.append((day, text))
        elif verb in MILESTONES and " " in text:
            kinds[verb] = _Sentence([(day, text)], is_of_a_kind=True)
            sentences.append(kinds[verb])
        elif last and not last.is_of_a_kind and last.events[-1][0] == day and _is_verb(verb):
            last.events.append((day, f"{text[0].lower()}{text[1:]}"))
        else:
            sentences.append(_Sentence([(day, text)], is_of_a_kind=False))
    return [each.told(period) for each in sentences]


def _beyond(text: str, before: str) -> str:
    """What a milestone adds to the one before it: `0.16` after `Released datasette 0.15`."""
    words, had = text.split(), before.split()
    is_next_of_same = words[1] == had[1] and len(words) > 2 and words[2][:1].isdigit()
    return " ".join(words[2:] if is_next_of_same else words[1:])


def _is_verb(word: str) -> bool:
    """Whether a word is a verb of what was done, so that it may stand inside a sentence."""
    return word.endswith("ed") or word in PAST


def _dated(events: Sequence[Event], period: Rolled) -> list[str]:
    """Each event with its day behind it; of several in a row on one day the last has it."""
    following = [day for day, _ in events[1:]] + [""]
    return [
        text if day == after else f"{text} ({_day_word(day, period)})"
        for (day, text), after in zip(events, following, strict=True)
    ]


def _day_word(day: str, period: Rolled) -> str:
    of = date.fromisoformat(day)
    return f"{of:%A}" if period == "week" else f"{of.day} {of:%b}"


def _hours_sentence(moments: Sequence[Moment], tally: Tally, user_id: str) -> str:
    """What the time went to; of moments without length, what they were about."""
    days = "1 day" if tally.active_days == 1 else f"{tally.active_days} days"
    if tally.seconds < LEAST_SECONDS:
        count = "1 moment" if tally.moments == 1 else f"{tally.moments} moments"
        return f"{count} on {days}{_about(moments)}."
    types = [name for name, seconds in tally.by_type.items() if seconds >= LEAST_SECONDS][:MOST_TYPES]
    parts = []
    for name in types or list(tally.by_type)[:1]:
        of_type = [each for each in moments if each.moment_type == name]
        detail = _with(of_type, user_id) if name == "communication" else ""
        noun = NOUNS.get(name, name.replace("_", " ").replace("-", " "))
        when = f" on {days}" if len(types) < 2 else ""
        parts.append(f"{_hours(tally.by_type[name])} of {noun}{when}{detail or _about(of_type)}")
    total = f"{_hours(tally.seconds)} on {days}: " if len(parts) > 1 else ""
    return f"{total}{'; '.join(parts)}."


def _hours(seconds: int) -> str:
    """A length as people say it: `25 min`, `1½ h`, `21 h`."""
    minutes = seconds / 60
    if minutes < 55:
        return f"{max(round(minutes / 5) * 5, 5)} min"
    halves = round(minutes / 30)
    if halves >= 20 or halves % 2 == 0:
        return f"{round(minutes / 60)} h"
    return f"{halves // 2}½ h"


def _about(moments: Sequence[Moment]) -> str:
    """`, mostly graphd and the release`: topics that cover most of it, or the first of many."""
    topics = _topics(moments)
    if not topics:
        return ""
    named = [_as_written(tag, moments) for tag in topics]
    total = sum(10 + minutes_of(each) for each in moments)
    for count in range(1, len(topics) + 1):
        held = [each for each in moments if set(each.tags) & set(topics[:count])]
        if sum(10 + minutes_of(each) for each in held) >= MOSTLY * total:
            return f", mostly {_listed(named[:count])}"
    return f", in part {_listed(named)}"


def _topics(moments: Sequence[Moment]) -> list[str]:
    """The main tags of moments of one type, none of which says what another or the type says already."""
    said = {word for each in moments[:1] for word in words_of(NOUNS.get(each.moment_type, each.moment_type))}
    said |= VAGUE
    topics: list[str] = []
    for tag in main_topics(moments, most=8):
        words = set(words_of(tag))
        if not words & said and len(topics) < MOST_TOPICS:
            topics.append(tag)
            said |= words
    return topics


def _with(moments: Sequence[Moment], user_id: str) -> str:
    """`, with Priya and Tomás`: those who are in most of it."""
    oneself = _oneself(moments, user_id)
    weights: Counter[str] = Counter()
    for moment in moments:
        for name in dict.fromkeys(moment.people):
            if name not in oneself:
                weights[name] += 10 + int(minutes_of(moment))
    people = [name for name, _ in sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:3]]
    return f", with {_listed(people)}" if people else ""


def _oneself(moments: Sequence[Moment], user_id: str) -> set[str]:
    """How the user is called: as the id says, or whoever is in most talks and never the only one named."""
    named = [set(each.people) for each in moments if each.people]
    names = Counter(name for each in named for name in each)
    found = {name for name in names if _is_oneself(name, user_id)}
    if found or len(named) < FEWEST_TALKS:
        return found
    (first, count), *others = names.most_common(2)
    is_clear = count * 2 > len(named) and (not others or others[0][1] < count)
    return {first} if is_clear and {first} not in named else set()


def _is_oneself(name: str, user_id: str) -> bool:
    """Whether a name is how the user is called, going by the id."""
    first, of_id = (words_of(_unaccented(text))[:1] for text in (name, user_id))
    return bool(first) and first == of_id


def _unaccented(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(each for each in parts if not unicodedata.combining(each))


def _as_written(tag: str, moments: Sequence[Moment]) -> str:
    """A tag as moments write it inside sentences: `diskann` is `DiskANN`, `half-marathon` two words."""
    pattern = re.compile(
        r"(?<=[\w,;] )" + "[-_ ]".join(map(re.escape, tag.split("-"))) + r"(?!\w)", re.IGNORECASE
    )
    forms = Counter(
        found
        for moment in moments
        for text in (moment.name, moment.summary)
        for found in pattern.findall(text)
    )
    best = max(forms.items(), key=lambda each: (each[1], each[0]), default=None)
    return best[0] if best else tag.replace("-", " ")


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
