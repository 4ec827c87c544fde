"""How does what a model answered become a draft?

Shapes are forgiven, claims are not: a null is an empty list, a lone string a list of one, and what may be
a line (see `lines`) may be an object too. Keys that no draft has are dropped, and whether a claim holds is
for `verify` to say.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from rem_dagster.dreaming.citing import ENTITY_LENGTH
from rem_dagster.dreaming.draft.llm.handles import handles_in
from rem_dagster.dreaming.draft.llm.lines import (
    EDGE_TYPES,
    KINDS,
    Line,
    edge_of,
    entity_of,
    line_of,
    unquoted,
)
from rem_dagster.dreaming.naming import Named, named_in
from rem_dagster.dreaming.wording import flat, normal_name
from rem_dagster.errors import ModelError
from rem_dagster.model.day import Segment
from rem_dagster.model.draft import (
    Draft,
    DraftEdge,
    DraftEmotion,
    DraftEntity,
    DraftMoment,
    DraftQuote,
    DraftStatement,
)
from rem_dagster.model.words import PREDICTION

MOST = 200
"""Elements of a list that are looked at; more is a model that has lost its way."""
TEXT_LENGTH = 2_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows."""

Clean = Callable[[str], str]


def parse_draft(content: object, segment: Segment, *, clean: Clean = lambda text: text) -> Draft:
    """The draft that an answer holds.

    Args:
        content: the parsed answer.
        segment: what was asked about; ranges of handles are of its items.
        clean: what every text goes through, such as redaction.

    Raises:
        ModelError: the answer is not an object with a list of moments.
    """
    if not isinstance(content, Mapping) or not isinstance(content.get("moments"), list | tuple):
        raise ModelError("The model's answer has no list of moments, so there is nothing to make a day of.")
    reader = _Reader(segment, clean)
    entities = tuple(reader.entities(content.get("entities")))
    moments = tuple(reader.moment(each, entities) for each in _objects(content["moments"]))
    return Draft(
        moments=moments,
        entities=entities,
        edges=tuple(reader.edges(content.get("edges"))),
        day_summary=reader.text(content.get("day_summary")),
    )


def clean_text(value: object, clean: Clean = lambda text: text, *, most: int = TEXT_LENGTH) -> str:
    """A value as text that can be stored and shown; empty when it is no text."""
    if not isinstance(value, str):
        return ""
    encodable = value[: 2 * most].encode("utf-8", "ignore").decode("utf-8")
    return clean(CONTROL.sub(" ", encodable).strip())[:most]


class _Reader:
    """Reads the parts of one answer about one segment."""

    def __init__(self, segment: Segment, clean: Clean) -> None:
        self.segment = segment
        self.clean = clean
        self.places = {item.handle: place for place, item in enumerate(segment.items)}

    @cached_property
    def flat_texts(self) -> Mapping[str, str]:
        """The text of each input as quotes are compared with it."""
        return {item.handle: flat(item.text) for item in self.segment.items}

    @cached_property
    def named(self) -> Mapping[str, Named]:
        """What each input names."""
        return {item.handle: named_in(item) for item in self.segment.items}

    def text(self, value: object) -> str:
        return clean_text(value, self.clean)

    def texts(self, value: object) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for each in _listed(value) if (text := self.text(each))))

    def moment(self, value: Mapping[str, Any], entities: Sequence[DraftEntity]) -> DraftMoment:
        handles = self.handles(value.get("handles"))
        people = value.get("people")
        moment_type = re.sub(r"[\s-]+", "_", self.text(value.get("moment_type")).lower())
        return DraftMoment(
            name=self.text(value.get("name")),
            summary=self.text(value.get("summary")),
            moment_type=moment_type,
            tags=self.texts(value.get("tags")),
            emotions=tuple(
                DraftEmotion(tag=each.word.lower(), handle=self.holder(each), quote=unquoted(each.said))
                for each in self.lines(value.get("emotions"), "tag", "quote")
            ),
            people=self.texts(people) if people is not None else self.people(handles, entities),
            outcomes=self.texts(value.get("outcomes")),
            handles=handles,
            evidence=tuple(
                DraftQuote(handle=self.holder(each), quote=unquoted(each.said))
                for each in self.lines(value.get("evidence"), "", "quote")
            ),
            facts=tuple(self.statements(value.get("facts"))),
            intentions=tuple(self.statements(value.get("intentions"))),
            confidence=_number(value.get("confidence")) if moment_type == PREDICTION else None,
        )

    def people(self, handles: Sequence[str], entities: Sequence[DraftEntity]) -> tuple[str, ...]:
        """Who writes in a moment's inputs, and the persons among the entities that they name."""
        cited = [self.segment.items[self.places[handle]] for handle in handles if handle in self.places]
        found = {normal_name(item.author): item.author for item in cited if item.author}
        wanted = {item.handle for item in cited}
        for entity in entities:
            if entity.kind == "person" and not wanted.isdisjoint(entity.handles):
                named = " ".join(flat(item.text).casefold() for item in cited)
                if flat(entity.name).casefold() in named:
                    found.setdefault(normal_name(entity.name), entity.name)
        return tuple(found.values())

    def statements(self, value: object) -> Iterable[DraftStatement]:
        for each in self.lines(value, "", "text"):
            if each.said:
                yield DraftStatement(text=each.said, handles=self.handles(each.handles))

    def lines(self, value: object, word: str, said: str) -> Iterable[Line]:
        """What each element says and cites: a line, or an object with these fields.

        Only where a word is asked for is one looked for; elsewhere it would be a sentence's own.
        """
        for each in _listed(value):
            if isinstance(each, str):
                text = self.text(each)
                line = line_of(text)
                yield Line(text) if line.word and not word else line
            elif isinstance(each, Mapping):
                cited = [self.text(one) for one in _listed(each.get("handles") or each.get("handle"))]
                yield Line(self.text(each.get(said)), tuple(cited), self.text(each.get(word)))

    def holder(self, line: Line) -> str:
        """The cited input that holds a line's words; else the first cited; of all where none is cited."""
        cited = self.handles(line.handles) or tuple(self.places)
        words = flat(unquoted(line.said))
        held = (each for each in cited if words in self.flat_texts.get(each, ""))
        return next(held, cited[0] if line.handles else "")

    def entities(self, value: object) -> Iterable[DraftEntity]:
        """The entities; of one that cites nothing, the inputs that name it."""
        for each in _listed(value):
            fields = each if isinstance(each, Mapping) else entity_of(self.text(each))
            kind = self.text(fields.get("kind")).lower()
            name = self.text(fields.get("name"))
            aliases = self.texts(fields.get("aliases"))
            if name := name[: ENTITY_LENGTH + 1]:
                yield DraftEntity.model_validate(
                    {
                        "name": name,
                        "kind": kind if kind in KINDS else "thing",
                        "aliases": tuple(alias for alias in aliases if len(alias) <= ENTITY_LENGTH),
                        "handles": self.handles(fields.get("handles")) or self.naming(name),
                    }
                )

    def naming(self, name: str) -> tuple[str, ...]:
        """The inputs that name it."""
        return tuple(handle for handle, held in self.named.items() if held.thing(name))

    def edges(self, value: object) -> Iterable[DraftEdge]:
        for each in _listed(value):
            fields = each if isinstance(each, Mapping) else edge_of(self.text(each))
            source, target = self.text(fields.get("source")), self.text(fields.get("target"))
            kind = self.text(fields.get("edge_type")).lower()
            if source and target and source != target and kind in EDGE_TYPES:
                yield DraftEdge.model_validate(
                    {
                        "source": source,
                        "target": target,
                        "edge_type": kind,
                        "why": self.text(fields.get("why"))[:100],
                        "handles": self.handles(fields.get("handles")),
                    }
                )

    def handles(self, value: object) -> tuple[str, ...]:
        return handles_in((self.text(each) for each in _listed(value)), self.places)


def _number(value: object) -> float | None:
    """A number within reason; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        return None
    return float(value)


def _listed(value: object) -> Sequence[Any]:
    if value is None or value == "":
        return []
    return value[:MOST] if isinstance(value, list | tuple) else [value]


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [each for each in _listed(value) if isinstance(each, Mapping)]
