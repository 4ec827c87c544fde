"""What does somebody mean to do, and which sentence tells that it is done?

    stated     Tomorrow I'll write the migration guide.        write, migration, guide
    done       Wrote the migration guide for 0.4               write, migration, guide
    not done   I still have to write the migration guide       a plan again
    not done   Migration of the tables begins                  one word alone is shared

What is compared are stems. Rare ones weigh more: a word of every second sentence shows little.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rem_dagster.recall.journal.deeds import is_deed
from rem_dagster.store.text.tokens import is_unspaced, tokens, words_in

LEAST_WORDS = 2
"""Stems that an intention must have to say what it is about, and that it must share with what ends it."""
LEAST_SHARE = 0.55
"""Of the weight of an intention's stems, in the sentence that ends it."""
ALIKE = 0.6
"""The share of all their stems that two intentions have in common which are one, stated twice."""
_LIGHT_WORDS = """
    today tonight tomorrow yesterday now then soon later morning noon afternoon evening night week weekend
    month year day hour minute monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december next last first latest
    will going want need must should have plan try start let keep get go do make put take look come thing
    bit way lot still just also really only well maybe please sure okay again before after until about
    by at on so that it this one two three much more less properly else some any every everything
    definitely probably actually totally really certainly hopefully absolutely
    heute morgen gestern werde will muss ich wir du der die das den dem des ein eine einen und mit zu zur zum
    für auf im eu nós o os as um uma de do da dos das e para com que vou vamos amanhã hoje el los las un una
    del y con voy mañana hoy je nous le les du et pour avec demain il lo gli di per domani
    明天 今天 我 我们 要 将 了 的 明日 今日
"""
_LIGHT = frozenset(term for word in _LIGHT_WORDS.split() for term in tokens(word))
_PLAN = re.compile(
    r"\b(?:i(?:'|’)ll|we(?:'|’)ll|will|going to|gonna|need(?:s)? to|ha(?:ve|s) to|must|should|would|could"
    r"|can(?:'|’)t|wants? to|plan(?:s|ning)? to|hope|todo|to do|tomorrow|still|if|might|maybe|perhaps|try to"
    r"|due|werde|muss|morgen|vou|vamos|preciso|amanhã|ainda|voy a|tengo que|mañana|todavía|je vais|il faut"
    r"|demain|devo|domani)\b|[?？]\s*$|明天|明日|내일|打算|つもり|^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|never|nobody|without|no longer|cannot|failed to|revert(?:ed)?|undid|nicht|kein\w*|não"
    r"|nunca|pas encore)\b|n['’]t\b|没有|还没|まだ",
    re.IGNORECASE,
)
_TOLD_OF_ANYTHING = re.compile(
    r"\b(?:usually|always|often|sometimes|occasionally|whenever|(?:any|every|each) ?time|in general)\b"
    r"|\b(?:below|above)\s*(?:[.:,;]|$)|\b(?:(?:in|with) (?:this|the (?:next|following|previous)) "
    r"(?:case|example|section|article|post|step|chapter|tutorial))\b|^(?:in order to|to \w+ )|:\s*$",
    re.IGNORECASE,
)
"""Prose of a guide, or of habits: it states no plan of somebody's day."""
_IT = re.compile(r"\b(?:it|this|that|these|those|them)\b", re.IGNORECASE)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_WORD = re.compile(rf"\b(?:today|tonight|tomorrow|{'|'.join(WEEKDAYS)})\b")
_OF_ITS_DAY = re.compile(
    r"\b(?:today|tonight|this (?:morning|afternoon|evening)|before (?:lunch|dinner|bed|breakfast)"
    r"|until (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight))",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"(?:['’]ll|\b(?:will|must|gonna|werde|muss"
    r"|(?:going|needs?|have|has|plans?|intends?|wants?|about) to))\s+"
    r"(?:(?:just|also|only|then|\w+ly)\s+)?(?P<verb>\w+)",
    re.IGNORECASE,
)
_INFINITIVE = re.compile(r"\bto (\w+)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])[”\"]?\s+(?=[A-ZÀ-Þ“\"])|(?<=[。！？])")


@dataclass(frozen=True)
class Told:
    """A sentence that may tell what was done, and its stems."""

    text: str
    stems: frozenset[str]
    is_sure: bool = False
    """Whether it is an outcome or a commit, rather than one of a summary."""


@lru_cache(maxsize=16_384)
def about(text: str) -> frozenset[str]:
    """The stems that say what a text is about; times, modal verbs and the like are left out."""
    return frozenset(term for word in words_in(text) for term in _terms(word) if term not in _LIGHT)


def _terms(word: str) -> Sequence[str]:
    """One of each word, as `DiskANN` is no three things that two texts share; of Chinese, each character."""
    terms = tokens(word)
    if is_unspaced(word):
        return [each for each in terms if len(each) == 1] or terms
    return terms if len(terms) < 2 else [max(terms, key=len)]


def verb_of(text: str) -> str | None:
    """The stem of what is to be done; None where the verb is one of those that say little."""
    found = _MODAL.search(text)
    return next(iter(about(found["verb"])), None) if found else None


def is_thread(text: str, *, by: str | None = None) -> bool:
    """Whether an intention says what it is about, and is a deed of somebody's day.

    Args:
        by: who else is said to state it: of what is told of others not all that was taken for a plan is one.
    """
    is_plan = by is None or _PLAN.search(text) is not None
    return is_plan and _says_what(text, by or "") and _TOLD_OF_ANYTHING.search(text) is None and is_deed(text)


def _says_what(text: str, by: str) -> bool:
    """Whether there are words enough; with an "it" they must be others than the name of who says it."""
    stems = about(text) - about(by) if _IT.search(text) else about(text)
    return len(stems) >= LEAST_WORDS


def is_for(text: str, said_on: date, day: date) -> bool:
    """Whether an intention names a day, in a word: today, tomorrow or a weekday."""
    words = set(_DAY_WORD.findall(text.casefold()))
    away = (day - said_on).days
    named = {"today": 0, "tonight": 0, "tomorrow": 1}
    is_near = any(named.get(word) == away for word in words)
    return is_near or (0 < away <= 7 and WEEKDAYS[day.weekday()] in words)


def is_short_lived(text: str) -> bool:
    """Whether an intention is one of its day alone: afterwards it is over, done or not."""
    return _OF_ITS_DAY.search(text) is not None


def said_by(text: str, people: Iterable[str]) -> str | None:
    """Who else states the intention, where its text begins with the name of one of the moment's people."""
    names = {each for person in people if person.strip() for each in (person, person.split()[0])}
    told = [name for name in names if re.match(rf"(?i:(?:.{{0,40}}?, )?{re.escape(name)})(?::|\b)", text)]
    return max(told, key=len, default=None)


@lru_cache(maxsize=16_384)
def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a text."""
    return tuple(each.strip() for each in _SENTENCE.split(text) if each.strip())


@lru_cache(maxsize=16_384)
def tells_of_done(text: str) -> bool:
    """Whether a sentence tells what is, rather than what is planned, denied, asked or only wished."""
    return _PLAN.search(text) is None and _NOT.search(text) is None


def same_plan(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two intentions are one that was stated twice."""
    return len(one & other) >= ALIKE * len(one | other)


def weights_of(sentences: Sequence[Told]) -> Mapping[str, float]:
    """What each stem weighs: the fewer sentences have it, the more."""
    held = Counter(stem for each in sentences for stem in each.stems)
    return {stem: math.log(1 + (len(sentences) + 1) / (count + 0.5)) for stem, count in held.items()}


def shared_words(
    wanted: frozenset[str], verb: str | None, sentence: Told, weights: Mapping[str, float]
) -> tuple[str, ...] | None:
    """The stems by which a sentence tells that an intention is done; None where they are too few.

    Args:
        verb: a sentence that is no outcome has to share it, or one stem more.
    """
    shared = wanted & sentence.stems
    is_deed = sentence.is_sure or verb is None or (verb in shared and not _is_only_aimed_at(verb, sentence))
    if len(shared) < LEAST_WORDS + (not is_deed):
        return None
    most = max(weights.values(), default=1.0)  # what no sentence has is as rare as can be
    weight = sum(weights[stem] for stem in shared)
    whole = sum(weights.get(stem, most) for stem in wanted)
    return tuple(sorted(shared)) if weight >= LEAST_SHARE * whole else None


def _is_only_aimed_at(verb: str, sentence: Told) -> bool:
    """Whether a sentence says what something was done for: "asked around to find a place" found none."""
    return any(verb in about(found) for found in _INFINITIVE.findall(sentence.text))
