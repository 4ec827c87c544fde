"""Whom and what does an invented person write of in ten years, and in which sentences?

Topics and people come for some weeks, go, and some come back; a few stay for years. Sentences are made of
a few dozen shapes and of 30,000 words that nobody speaks, so that some terms are as rare as real ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from benchmarks.synthetic import Language

_GIVEN = (
    "Ana Bruno Carla Dinis Elsa Filipe Graça Hugo Inês Jorge Katya Luís Marta Nuno Olga Pedro Quentin Rita "
    "Sofia Tomás Ulla Vera Wim Xiao Yara Zé"
)
_FAMILY = "Almeida Barros Castro Duarte Esteves Faria Gomes Horta Lemos Matos"
_KNOWN = (
    "recall release loader parser index cache billing garden kitchen marathon guitar Lisbon Porto tax visa "
    "school piano bread cycling thesis budget onboarding roadmap dashboard migration compiler sourdough"
)
GIVEN, FAMILY, KNOWN = _GIVEN.split(), _FAMILY.split(), _KNOWN.split()
TYPES = ("work_session", "learning", "planning", "communication", "reflection", "creation", "other")
TYPE_SHARES = (0.38, 0.16, 0.12, 0.16, 0.07, 0.07, 0.04)
FEELINGS = {
    "frustrated": "I am frustrated with {topic} today.",
    "satisfied": "I am satisfied with how {topic} came out.",
    "curious": "I am curious how {topic} will behave under {thing}.",
    "tired": "I am tired, {topic} took the whole evening.",
}
TALK = (
    "I looked at {topic} again because {thing} was slower than last week.",
    "The part about {thing} still confuses me, so I wrote down what {person} said about it.",
    "Can you explain why {thing} needs {other} before {topic} can start?",
    "We moved {topic} behind {thing}, which made the {other} step take {number} seconds instead of a minute.",
    "{person} thinks that {thing} is the real problem and that {other} only hides it.",
    "It failed at {number} again, and the log only says {thing} and {other}.",
    "There are {number} open questions about {topic}, and most of them come down to {thing}.",
    "My guess is that {other} was changed when {person} cleaned up {thing} in spring.",
    "I read two pages on {thing}; the second says the opposite of the first about {other}.",
    "For {topic} we need a list of everything that depends on {thing}, then half of it can go.",
)
REPLIES = (
    "The short answer is that {thing} waits for {other}; the long one needs the trace of {topic}.",
    "Start with {thing}, measure {number} runs, and only then touch {other}, since both move together.",
    "There are two ways: keep {thing} and pay for {other} each time, or rebuild {topic} at night.",
    "That number looks right, {number} is about what {thing} gives when {other} is cold.",
)
OUTCOMES = (
    "The {thing} part of {topic} is merged.",
    "{person} and I agreed that {topic} goes out on Thursday.",
    "{topic} ran {number} times without a single fault, {other} included.",
    "I finished the first version of {topic}.",
)
PLANS = (
    "Tomorrow I will write the {thing} page for {topic}.",
    "Next week I want to ask {person} about {topic}.",
    "I will clean up {thing} before the {topic} review.",
)
TITLES = (
    "Found why {thing} slows {topic} down",
    "Planned the next steps of {topic} with {person}",
    "Read about {thing} for {topic}",
    "Moved {topic} one step on",
    "Talked with {person} about {topic} and {thing}",
    "Sorted out {thing}, and what it does to {topic}",
)


@dataclass(frozen=True)
class Subject:
    """A person or a topic, and how much each of the days is theirs."""

    name: str
    spans: tuple[tuple[int, int], ...]
    """Days by number, the second not included."""
    weight: float

    def is_on(self, day: int) -> bool:
        """Whether it is met with on that day."""
        return any(first <= day < end for first, end in self.spans)


@dataclass(frozen=True, eq=False)
class World:
    """All that is written of, drawn from one seed."""

    pick: np.random.Generator
    days: int

    @cached_property
    def language(self) -> Language:
        """The words that nobody speaks."""
        return Language(self.pick)

    @cached_property
    def topics(self) -> list[Subject]:
        """Of 10 years about 300; a dozen stay."""
        made = [str(word) for word in self.language.words[400 : 400 + 300 - len(KNOWN)]]
        return [self._subject(name, place, stay=12) for place, name in enumerate([*KNOWN, *made])]

    @cached_property
    def people(self) -> list[Subject]:
        """Of 10 years 90; half a dozen stay."""
        names = [f"{GIVEN[n % len(GIVEN)]} {FAMILY[n * 7 // len(GIVEN) % len(FAMILY)]}" for n in range(90)]
        return [self._subject(name, place, stay=6) for place, name in enumerate(dict.fromkeys(names))]

    def _subject(self, name: str, place: int, *, stay: int) -> Subject:
        weight = float(1 / (place % 40 + 2))
        if place < stay:
            return Subject(name, ((0, self.days),), weight)
        spans = []
        for _ in range(int(self.pick.integers(1, 5))):
            first = int(self.pick.integers(0, max(self.days - 14, 1)))
            spans.append((first, first + int(self.pick.integers(5, 200))))
        return Subject(name, tuple(sorted(spans)), weight)

    def on(self, subjects: Sequence[Subject], day: int, count: int) -> list[str]:
        """So many different names of those whom a day is about."""
        present = [each for each in subjects if each.is_on(day)]
        weights = np.array([each.weight for each in present])
        drawn = self.pick.choice(
            len(present), min(count, len(present)), replace=False, p=weights / weights.sum()
        )
        return [present[int(each)].name for each in drawn]

    def say(self, shape: str, topic: str, person: str) -> str:
        """One sentence of a shape."""
        thing, other = self.language.words[self._rare(2)]
        said = shape.format(
            topic=topic, person=person, thing=thing, other=other, number=int(self.pick.integers(2, 900))
        )
        return said[:1].upper() + said[1:]

    def talk(self, shapes: Sequence[str], topic: str, person: str, *, most: int = 4) -> str:
        """Some sentences; one text in a hundred is thirty times as long."""
        count = int(self.pick.integers(1, most + 1)) * (30 if self.pick.random() < 0.01 else 1)
        return " ".join(
            self.say(shapes[int(self.pick.integers(len(shapes)))], topic, person) for _ in range(count)
        )

    def _rare(self, count: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        """Places of words, the first ones drawn the most often."""
        return (self.pick.random(count) ** 4 * (len(self.language.words) - 120)).astype(np.int64) + 120
