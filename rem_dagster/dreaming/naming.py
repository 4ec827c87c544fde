"""Does an input name a thing or a person?"""

import re
from dataclasses import dataclass

from rem_dagster.dreaming.grounds import DENSE, content_words
from rem_dagster.dreaming.wording import flat, words_of
from rem_dagster.model.day import DayItem

SHORT = 4
"""Characters below which a name must be a word of its own: `Go` is not in `ago`."""


@dataclass(frozen=True)
class Named:
    """What one input names, its own text and what stands around it, ready to be asked."""

    text: str
    """Case folded; a topic's hyphens count as spaces too."""
    content: frozenset[str]
    names: frozenset[str]
    """The words that may name somebody."""

    def thing(self, name: str) -> bool:
        """Whether it has the name as it is, or all of its words: `John's old car` in an input of John's."""
        wanted = flat(name).casefold()
        alone = len(wanted) < SHORT and not DENSE.search(wanted)
        if wanted and (
            re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", self.text) if alone else wanted in self.text
        ):
            return True
        words = content_words(name)
        return len(words) > 1 and words <= self.content

    def person(self, part: str) -> bool:
        """Whether it has a part of a person's name, case folded."""
        return part in self.names or (bool(DENSE.match(part)) and part in self.text)


def named_in(item: DayItem) -> Named:
    """What an input names."""
    around = (item.name, item.author, item.session_title, item.thread, *item.tags)
    text = " ".join([flat(item.text), *(each for each in around if each)]).casefold()
    whole = f"{text} {text.replace('-', ' ').replace('_', ' ')}"
    people = " ".join(part for part in (item.text, item.author, item.name) if part)
    return Named(whole, frozenset(content_words(text)), frozenset(words_of(people)))
