"""Do the inputs that a draft cites exist, and do they hold the words, people and things that it says?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rem_dagster.dreaming.naming import named_in
from rem_dagster.dreaming.quarantine import Quarantine, named
from rem_dagster.dreaming.wording import flat, normal_name, words_of
from rem_dagster.model.day import DayItem
from rem_dagster.model.draft import DraftEdge, DraftEmotion, DraftEntity, DraftQuote
from rem_dagster.model.own_output import is_own_output, without_managed
from rem_dagster.model.words import EMOTIONS

MOST_EMOTIONS = 3
ENTITY_LENGTH = 80
QUOTE_LENGTH = 600


class Cited:
    """The items of one segment, asked for what a draft cites of them; what is not there is held back.

    What we wrote ourselves is no item here: a block of ours in a text is cut out of it, and a document
    of ours cannot be cited.
    """

    def __init__(self, items: Iterable[DayItem], quarantine: Quarantine) -> None:
        held = {item.handle: item for item in items}
        self.ours = {handle for handle, item in held.items() if is_own_output(item.metadata)}
        self.items = {
            handle: replace(item, text=without_managed(item.text))
            for handle, item in held.items()
            if handle not in self.ours
        }
        self.texts = {handle: flat(item.text) for handle, item in self.items.items()}
        self.source = "\n".join(self.texts.values())
        self.quarantine = quarantine
        self._named = {handle: named_in(item) for handle, item in self.items.items()}

    def known(self, handles: Sequence[str], what: str) -> tuple[str, ...]:
        """The handles that exist in the segment, each once."""
        for handle in handles:
            if handle in self.ours:
                reason = f"it is what a dream wrote, which is no evidence; {named(what)} cites it"
                self.quarantine.hold_back("handle", handle, reason)
            elif handle not in self.items:
                self.quarantine.hold_back("handle", handle, f"no input has it; {named(what)} cites it")
        return tuple(dict.fromkeys(handle for handle in handles if handle in self.items))

    def quotes(self, quotes: Sequence[DraftQuote], handles: Sequence[str]) -> tuple[DraftQuote, ...]:
        """The quotes that are in these inputs; those from other inputs are left out."""
        return tuple(
            dict.fromkeys(
                each
                for each in quotes
                if each.handle in handles and self.quote(each.handle, each.quote, "evidence")
            )
        )

    def quote(self, handle: str, quote: str, kind: str) -> bool:
        """Whether the words stand, letter for letter but for white space, in the input."""
        words = flat(quote)
        if handle not in self.texts:
            reason = f"there is no input {named(handle)}"
        elif len(words) > QUOTE_LENGTH:
            reason = f"a quote has at most {QUOTE_LENGTH} characters"
        elif not words or words not in self.texts[handle]:
            reason = f"the words are not in input {handle!r}"
        else:
            return True
        self.quarantine.hold_back(kind, quote, reason)
        return False

    def emotions(self, emotions: Sequence[DraftEmotion], handles: Sequence[str]) -> tuple[DraftEmotion, ...]:
        """At most three feelings of the closed list, each with words of these inputs that show it."""
        passed: dict[str, DraftEmotion] = {}
        for emotion in emotions:
            if emotion.tag not in EMOTIONS:
                self.quarantine.hold_back("emotion", emotion.tag, "it is not in the list of feelings")
            elif emotion.handle in self.items and emotion.handle not in handles:
                reason = f"input {emotion.handle!r} is not of the moment"
                self.quarantine.hold_back("emotion", emotion.tag, reason)
            elif self.is_by_others((emotion.handle,)):
                reason = f"input {emotion.handle!r} says what others feel, not the user"
                self.quarantine.hold_back("emotion", emotion.tag, reason)
            elif self.quote(emotion.handle, emotion.quote, "emotion"):
                passed.setdefault(emotion.tag, emotion)
        return tuple(passed.values())[:MOST_EMOTIONS]

    def is_by_others(self, handles: Sequence[str]) -> bool:
        """Whether there are such inputs and all of them are third-party text."""
        held = [self.items[handle] for handle in handles if handle in self.items]
        return bool(held) and all(item.trust == "third_party" for item in held)

    def people(self, names: Sequence[str], handles: Sequence[str]) -> tuple[str, ...]:
        """Those who write or are named in these inputs, by names that the segment has in full."""
        return tuple(name for name in dict.fromkeys(names) if self._person(name, handles))

    def entity(self, entity: DraftEntity) -> DraftEntity | None:
        """The entity with the inputs that really name it, or None."""
        if len(entity.name) > ENTITY_LENGTH:
            reason = f"a name has at most {ENTITY_LENGTH} characters"
            self.quarantine.hold_back("entity", entity.name, reason)
            return None
        names = (entity.name, *entity.aliases)
        handles = tuple(
            handle
            for handle in self.known(entity.handles, entity.name)
            if any(self._named[handle].thing(name) for name in names)
        )
        if not handles:
            self.quarantine.hold_back("entity", entity.name, "no input that it cites names it")
            return None
        return entity.model_copy(update={"handles": handles})

    def edge(self, edge: DraftEdge, names: set[str]) -> DraftEdge | None:
        """The edge with the inputs that exist, or None where an end of it is no entity that passed."""
        missing = [end for end in (edge.source, edge.target) if normal_name(end) not in names]
        if missing:
            told = f"{edge.source} -> {edge.target}"
            self.quarantine.hold_back("edge", told, f"{named(missing[0])} did not pass")
            return None
        return edge.model_copy(
            update={"handles": self.known(edge.handles, f"{edge.source} -> {edge.target}")}
        )

    def _person(self, name: str, handles: Sequence[str]) -> bool:
        parts = words_of(name)
        parts = [part for part in parts if len(part) > 1] or parts
        here = [part for part in parts if any(self._named[handle].person(part) for handle in handles)]
        if here and all(any(self._named[handle].person(part) for handle in self.items) for part in parts):
            return True
        self.quarantine.hold_back("person", name, "no input of the moment is by them or names them")
        return False
