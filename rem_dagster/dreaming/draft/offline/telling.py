"""How is somebody's sentence told in a journal?"""

import re
from collections.abc import Collection

from rem_dagster.dreaming.draft.offline.trim import parts_a_pair
from rem_dagster.dreaming.draft.offline.words_common import GREETINGS
from rem_dagster.dreaming.draft.offline.words_verbs import is_past, third_person_of

_OPENER = re.compile(
    r"^(?:(?:"
    + "|".join(sorted(GREETINGS, key=lambda w: (-len(w), w)))
    + r"|guess what|by the way|btw|so|also|and|but|"
    r"plus|for sure|no worries|of course|you know|my bad|anyway|you bet|no problem|long time no see"
    r"|good to (?:see|hear from) you|"
    r"no way|check (?:it|this) out|(?:it'?s |it is )?so (?:good|great) to (?:see|hear from) you|tbh"
    r"|actually|honestly)"
    r"(?:[ ,]+[A-Z][a-z]+)?\s*(?:[,!.;:?]+|\s[-–—]|\.\.\.)+\s*)",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"^(?:also|and|but|so|well|plus|then|anyway|actually|recently|lately|finally),?\s+(?=I\b)", re.I
)
_FRONT = re.compile(
    r"^(?:(?:just )?(?:yesterday|today|tonight|recently|(?:last|this) (?:night|week|weekend|month|year"
    r"|summer|\w+day)|last (?:mon|tues?|wed|thu|thurs?|fri|sat|sun)|on \w+day"
    r"|(?:a|two|three|few) \w+ ago)),? (?=I\b)",
    re.I,
)
_ADVERBS = (
    r"(?:(?:just|also|finally|recently|actually|really|even|still|already|totally|definitely"
    r"|never|always|usually|often|currently|only|both)\s+)*"
)
_SUBJECT = re.compile(rf"^I('m|'ve|'ll)?\s*({_ADVERBS})([A-Za-z']+)?(.*)$", re.DOTALL)
_AND_I = re.compile(r"(\band|\bbut|,)\s+I\s+(?=([a-z]+)\b)")
_OTHERS = re.compile(
    r"\b(?:I|I'm|I've|I'd|I'll|me|mine|myself|we|we're|we've|we'll|we'd|us|our|ours|you|you're|your"
    r"|yours|you've|y'all|it'd)\b",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"(?<=[\w)”\"'’])(?:\s*(?:[,;:!?]|\.\.\.|…|\.(?=\s))|\s?[-–—](?!\s(?:and|or|to)\b))\s+"
    r"|(?<!\w-)\s+(?=(?:and(?! (?:a half|was|were)\b)"
    r"|because|so that|which|(?<!\ba )while|since|where|so)\s)"
)
_TURNS = re.compile(
    r"^[\s,;:–—-]*(?:but|though|although|if|unless|except|until|or|instead|yet|however|not|aber)\b", re.I
)
"""What follows turns round what stands before, so that no cut may fall here."""
_SUBORDINATE = re.compile(
    r"^(?:where|when|if|while|because|since|as|after|before|although|though|unless|until|once|whenever"
    r"|every time|instead|given)\b",
    re.I,
)
_WHEN = re.compile(
    r"[\s,]+(?:yesterday|today|tonight|recently|lately|just now|(?:last|this|next) (?:night|week"
    r"|weekend|month|year|summer|\w+day)"
    r"|(?:a|two|three|few) \w+ ago|too|as well|though|by the way|btw|lol|haha)$",
    re.I,
)


def without_opener(text: str, names: Collection[str] = ()) -> str:
    """The text without greetings and names in front: "Hey Mel! Guess what, I ran" -> "I ran"."""
    for _ in range(4):
        shorter = _CONNECTIVE.sub("", _OPENER.sub("", text, count=1).lstrip())
        called, mark, rest = shorter.partition(" ")
        shorter = rest if mark and called[:-1] in names and called[-1] in ",!" else shorter
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def in_third_person(text: str, name: str) -> str | None:
    """A first-person clause told of `name`; None where the grammar does not allow it safely.

    >>> in_third_person("I just took my kids to the museum and I loved it!", "Melanie")
    'Melanie just took their kids to the museum and loved it'
    """
    when = _FRONT.match(text)
    found = _SUBJECT.match(text[when.end() if when else 0 :].rstrip("!. "))
    if not found or not found.group(3):
        return None
    contracted, adverbs, verb, rest = found.groups()
    if re.match(r"\s*[-–—:;]", rest):
        return None
    head = _told_verb(contracted, adverbs, verb)
    if head is None:
        return None
    rest = re.sub(r"\bmy\b", "their", _second_subject(rest))
    if _OTHERS.search(rest):
        return None
    return f"{when.group(0) if when else ''}{name} {head}{rest}"


def clauses_of(text: str) -> list[str]:
    """The text cut after each clause, shortest first: every one starts where the text starts."""
    if _SUBORDINATE.match(text):
        return [text.rstrip(" ,;:-–—.!")]
    ends = [
        found.start()
        for found in _BREAKS.finditer(text)
        if not (_TURNS.match(text[found.start() :]) or parts_a_pair(text, found.start()))
    ]
    whole = [end for end in ends if end > 12 and not re.search(r"\b(?:and|or|but)(?:,[^,]*)?$", text[:end])]
    return [text[:end].rstrip(" ,;:-–—!?.") for end in whole] + [text.rstrip(" ,;:-–—.!")]


def longest_told(text: str, name: str, *, limit: int) -> str | None:
    """The longest beginning of the text that can be told of `name` in at most `limit` characters."""
    best: str | None = None
    for clause in clauses_of(text):
        told = in_third_person(clause, name)
        if told and len(told) <= limit:
            best = told
    return best


def in_diary_style(clause: str) -> str | None:
    """A first-person clause without its "I", as diaries have it; None where that is not safe.

    >>> in_diary_style("I finally fixed the leak in the loader")
    'Finally fixed the leak in the loader'
    """
    found = _SUBJECT.match(clause)
    if not found or not found.group(3):
        return None
    contracted, adverbs, verb, rest = found.groups()
    if (
        contracted == "'ll"
        or (contracted is None and not is_past(verb.lower()))
        or verb.lower() in ("had", "was", "did", "used")
    ):
        return None
    told = f"{adverbs}{verb}{rest}"
    return None if re.search(r"\b(?:you|your)\b", told, re.I) else told[0].upper() + told[1:]


def without_when(text: str) -> str:
    """The text without a closing "yesterday", "last week" or "too"."""
    text = re.sub(
        r"^(?:(?:just )?(?:yesterday|today|recently|last \w+|this \w+)),? (?=[A-Z])", "", text, flags=re.I
    )
    for _ in range(2):
        text = _WHEN.sub("", text).rstrip(" ,;-–—")
    return text


def _told_verb(contracted: str | None, adverbs: str, verb: str) -> str | None:
    """The verb group behind a name, in place of the one behind "I"."""
    lower = verb.lower()
    if contracted:
        return f"{third_person_of(contracted)} {adverbs}{verb}"
    told = third_person_of(lower)
    return None if told is None else f"{adverbs}{told}"


def _second_subject(rest: str) -> str:
    """ "... and I saw it": the second subject falls away where its verb is known."""

    def told(found: re.Match[str]) -> str:
        verb = third_person_of(found.group(2))
        return f"{found.group(1)} " if verb == found.group(2) and found.group(1) != "," else found.group(0)

    return _AND_I.sub(told, rest)
