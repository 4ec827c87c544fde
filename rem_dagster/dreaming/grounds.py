# ruff: noqa: SIM905 (a table of words reads better as running text)
"""Does what a claim says come from its source, as far as code can tell?

Each check answers with a reason to hold a claim back, or None.
"""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache

from rem_dagster.dreaming.language import language_of, languages_of, scripts_of
from rem_dagster.dreaming.sensitive import guessed_in
from rem_dagster.dreaming.wording import words_of
from rem_dagster.model.day import DayItem

LEAK_WORDS = 8
"""Words in a row that a claim may not share with the prompt; characters where words have no spaces."""
SUMMARY_SHARE = 0.2
"""Share of a summary's content words that its inputs must have; a retelling has about half or more."""
STEM = 5
"""Letters by which two forms of a word are one: `planned` and `planning`."""
SHORTEST = 3
RUN_TOGETHER = 5
"""Letters from which on a word may be several of its source written as one: `col__date` as `coldate`."""
DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
ID = re.compile(r"\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,})\b", re.IGNORECASE)
YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d.]\d|\d)")
ADDRESS = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s<>\"')\]]+", re.IGNORECASE)
EMPTY_WORDS = frozenset(
    """the and but for nor not you your yours she her hers him his he they them their theirs its our ours
    this that these those with without from into onto over under about after before again also just
    then than there here when where what which who whom whose why how all any both each few more
    most other some such only own same too very can could will would shall should may might must has
    have had having does did doing done was were are been being get gets got getting went goes going
    come came says said tell tells told make makes made take takes took let lets thing things
    something anything nothing everything someone happen happens happened day days today yesterday
    tomorrow time while because until during between through like one two worked linked release
    released""".split()
)
"""Words that tell nothing of what a claim is about."""


class Grounds:
    """What some inputs say, ready to be compared with claims."""

    def __init__(self, said: str, *, around: str = "", stated: str | None = None) -> None:
        """Grounds of a text.

        Args:
            said: what the inputs say.
            around: who wrote them, and where they lie.
            stated: the part of it that people said; all of it when None.
        """
        self.said = said
        self.words = content_words(said)
        self.all_words = self.words | content_words(around)
        self.text = f"{said}\n{around}".casefold()
        self.stated = said if stated is None else stated
        self.scripts = scripts_of(said)

    @classmethod
    def of(cls, items: Iterable[DayItem]) -> "Grounds":
        """The grounds of some inputs."""
        held = list(items)
        around = (part for item in held for part in (item.author, item.thread, item.uri, *item.tags) if part)
        stated = _said(item for item in held if is_by_a_person(item))
        return cls(_said(held), around="\n".join(around), stated=stated)

    def reason_against(
        self,
        claim: str,
        *,
        share: float = 0.0,
        least: int = 1,
        names: bool = False,
        around: "Grounds | None" = None,
    ) -> str | None:
        """Why the claim does not come from these inputs, or None.

        Args:
            claim: the text.
            share: of its content words that must be theirs; at least one must.
            least: content words from which on it is judged by them.
            names: whether the names of authors and places count as words of the inputs.
            around: more inputs, in which people may state what would be a guess else.
        """
        for pattern, what in ((ID, "an id"), (ADDRESS, "an address"), (YEAR, "a year")):
            found = (each.rstrip(".,;:!?…").casefold() for each in pattern.findall(claim))
            if any(each not in self.text for each in found):
                return f"it has {what} that no input has"
        if self._is_in_another_script(claim):
            return "it is in another script than the inputs"
        language = language_of(words_of(claim))
        if language and self.languages and language not in self.languages:
            return "it is in another language than the inputs"
        if guessed := guessed_in(claim, [self.stated, *([around.stated] if around else [])]):
            topic, word = guessed
            return f"it tells of {topic} ({word[:40]!r}), of which nobody speaks in an input that it cites"
        words = content_words(claim)
        shared = words & (self.all_words if names else self.words)
        if len(words) < least or (shared and len(shared) >= share * len(words)) or self._runs_on(claim):
            return None
        return "its words are not those of an input that it cites"

    @cached_property
    def languages(self) -> set[str]:
        """The languages of the inputs, where they are long enough to tell."""
        return languages_of(words_of(self.said))

    def _is_in_another_script(self, claim: str) -> bool:
        """Whether a claim has a script of which the inputs have little, in words that they do not have."""
        if not self.scripts or scripts_of(claim) <= self.scripts:
            return False
        held = set(words_of(self.said))
        own = " ".join(word for word in words_of(claim) if word not in held)
        return not scripts_of(own) <= self.scripts

    @cached_property
    def letters(self) -> str:
        """All letters and digits of the inputs in a row."""
        return "".join(words_of(self.text))

    def _runs_on(self, claim: str) -> bool:
        """Whether a claim of one word stands in the inputs with marks or spaces inside."""
        words = words_of(claim)
        return len(words) == 1 and len(words[0]) >= RUN_TOGETHER and words[0] in self.letters


def is_by_a_person(item: DayItem) -> bool:
    """Whether somebody wrote an input; an answer without an author's name is a machine's."""
    return item.role in (None, "user") or bool(item.author)


def leaks(claim: str, prompt: str, source: str) -> bool:
    """Whether a claim repeats eight words in a row of the prompt that the source does not have."""
    found = _runs(claim) & _prompt_runs(prompt)
    return bool(found) and not found <= _runs(source)


def content_words(text: str) -> set[str]:
    """The words that tell what a text is about, by their first letters; pairs of letters in CJK."""
    found: set[str] = set()
    for word in words_of(text):
        dense = DENSE.findall(word)
        if dense:
            found.update(run[place : place + 2] for run in dense for place in range(max(1, len(run) - 1)))
        elif len(word) >= SHORTEST and word not in EMPTY_WORDS:
            found.add(word[:STEM])
    return found


def _said(items: Iterable[DayItem]) -> str:
    """Texts and titles; a commit also says which repository it is about."""
    return "\n".join(
        part
        for item in items
        for part in (
            item.text,
            item.name,
            item.session_title,
            item.thread if item.category == "commit" else None,
        )
        if part
    )


def _runs(text: str) -> set[tuple[str, ...]]:
    """All runs of eight words; a character of a script without spaces is one."""
    pieces = (DENSE.sub(lambda run: f" {' '.join(run.group())} ", word).split() for word in words_of(text))
    words = tuple(piece for each in pieces for piece in each)
    return {words[place : place + LEAK_WORDS] for place in range(len(words) - LEAK_WORDS + 1)}


@lru_cache(maxsize=8)
def _prompt_runs(prompt: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_runs(prompt))
