"""How does a verified draft become records with ids and times?"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from rem_dagster.dreaming.collaboration import INSIGHTS, insights_of
from rem_dagster.dreaming.prediction import is_prediction, times_of
from rem_dagster.dreaming.wording import normal_name
from rem_dagster.model.day import Day, DayItem
from rem_dagster.model.draft import Draft, DraftMoment, DraftStatement
from rem_dagster.model.ids import derive_id
from rem_dagster.model.mention import Mention
from rem_dagster.model.moment import Evidence, Moment, Statement, happened
from rem_dagster.model.names import entity_id
from rem_dagster.model.words import COLLABORATION, EntityKind


def resolve_moments(drafts: Sequence[Draft], day: Day, dream_id: str) -> list[Moment]:
    """The day's moments in time order, with ids from the day and their earliest source.

    Predictions come last, so that the others have the ids that they have without them.
    """
    items = {item.handle: item for item in day.items}
    drafted = [moment for draft in drafts for moment in draft.moments]
    drafted.sort(key=lambda moment: _order(moment, items))
    ranks: Counter[str] = Counter()
    moments = []
    for moment in drafted:
        cited = sorted((items[handle] for handle in moment.handles), key=_time_order)
        anchor = cited[0].source_id
        owned = {
            "id": derive_id(day.user_id, day.partition_key, "moment", anchor, ranks[anchor]),
            "user_id": day.user_id,
            "partition_key": day.partition_key,
            "dream_id": dream_id,
        }
        ranks[anchor] += 1
        moments.append(_moment(moment, cited, items, day, owned))
    return moments


def resolve_mentions(
    drafts: Sequence[Draft],
    moments: Sequence[Moment],
    day: Day,
    dream_id: str,
    *,
    hidden: Collection[str] = (),
) -> list[Mention]:
    """The day's entities: those of the drafts, the people and the topics of its moments.

    A prediction mentions nobody: it has not happened.

    Args:
        hidden: sources that name nobody here, as their moments are hidden.
    """
    moments = happened(moments)
    items = {item.handle: item for item in day.items}
    gathered: dict[str, _Gathered] = {}
    for draft in drafts:
        for entity in draft.entities:
            found = gathered.setdefault(normal_name(entity.name), _Gathered(entity.kind))
            named_in = [items[handle] for handle in entity.handles]
            shown = [item for item in named_in if item.source_id not in hidden]
            if shown or not named_in:
                found.add((entity.name, *entity.aliases), shown)
    sources = {item.source_id: item for item in day.items}
    for moment in moments:
        cited = [sources[identifier] for identifier in cited_sources(moment)]
        named: list[tuple[str, EntityKind]] = [(name, "person") for name in moment.people]
        named += [(tag, "topic") for tag in moment.tags]
        for name, kind in named:
            if normal_name(name):
                gathered.setdefault(normal_name(name), _Gathered(kind)).add((name,), cited)
    return [
        found.mention(key, moments, day, dream_id) for key, found in sorted(gathered.items()) if found.sources
    ]


def cited_sources(moment: Moment) -> list[str]:
    """All messages and resources that belong to a moment, in time order."""
    listed = moment.metadata.get("source_ids")
    return [str(each) for each in listed] if isinstance(listed, list) else []


def search_text(moment: Moment) -> str:
    """What a search over moments looks at."""
    return "\n".join(
        [
            moment.name,
            moment.summary,
            " ".join(moment.tags),
            *moment.outcomes,
            " ".join(moment.people),
            *(fact.text for fact in moment.facts),
            *(quote.quote for quote in moment.evidence),
        ]
    )


class _Gathered:
    """One entity of a day, while its mentions are being counted."""

    def __init__(self, kind: EntityKind) -> None:
        self.kind = kind
        self.forms: Counter[str] = Counter()
        self.sources: dict[str, DayItem] = {}

    def add(self, forms: Iterable[str], items: Iterable[DayItem]) -> None:
        self.forms.update(forms)
        self.sources |= {item.source_id: item for item in items}

    def mention(self, key: str, moments: Sequence[Moment], day: Day, dream_id: str) -> Mention:
        items = sorted(self.sources.values(), key=_time_order)
        identifier = entity_id(day.user_id, key)
        best = max(self.forms, key=lambda form: (self.forms[form], form != form.lower(), len(form), form))
        return Mention(
            id=derive_id(day.user_id, day.partition_key, "mention", identifier),
            user_id=day.user_id,
            partition_key=day.partition_key,
            entity_id=identifier,
            name=best,
            kind=self.kind,
            surface_forms=tuple(sorted(self.forms)),
            source_ids=tuple(item.source_id for item in items),
            moment_ids=tuple(
                moment.id for moment in moments if not self.sources.keys().isdisjoint(cited_sources(moment))
            ),
            count=len(items),
            first_time=items[0].occurred_at,
            last_time=items[-1].occurred_at,
            dream_id=dream_id,
        )


def _moment(
    moment: DraftMoment,
    cited: Sequence[DayItem],
    items: Mapping[str, DayItem],
    day: Day,
    owned: Mapping[str, str],
) -> Moment:
    start, end = times_of(moment, cited, day)
    quotes = [(quote.handle, quote.quote) for quote in moment.evidence]
    quotes += [(emotion.handle, emotion.quote) for emotion in moment.emotions]
    made = Moment.model_validate(
        {
            **owned,
            "name": moment.name,
            "summary": moment.summary,
            "start_time": start,
            "end_time": end,
            "created_at": end,
            "moment_type": moment.moment_type,
            "tags": moment.tags,
            "emotion_tags": tuple(emotion.tag for emotion in moment.emotions),
            "people": moment.people,
            "outcomes": moment.outcomes,
            "resource_ids": tuple(item.source_id for item in cited if item.kind == "resource"),
            "session_ids": tuple(dict.fromkeys(item.thread for item in cited if item.kind == "message")),
            "evidence": tuple(
                Evidence(source_id=items[handle].source_id, quote=quote)
                for handle, quote in dict.fromkeys(quotes)
            ),
            "facts": _statements(moment.facts, items),
            "intentions": _statements(moment.intentions, items),
            "trust": "third_party" if any(item.trust == "third_party" for item in cited) else "own",
            "confidence": moment.confidence,
            "metadata": {**_metadata(moment, cited, day), "source_ids": [item.source_id for item in cited]},
        }
    )
    return made.model_copy(update={"search_text": search_text(made)})


def _metadata(moment: DraftMoment, cited: Sequence[DayItem], day: Day) -> dict[str, object]:
    if moment.moment_type != COLLABORATION:
        return moment.metadata
    return {**moment.metadata, INSIGHTS: insights_of(moment, cited, day.user_id)}


def _statements(statements: Sequence[DraftStatement], items: Mapping[str, DayItem]) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            text=" ".join(statement.text.split()),
            source_ids=tuple(items[handle].source_id for handle in statement.handles),
        )
        for statement in statements
    )


def _time_order(item: DayItem) -> tuple[datetime, str]:
    return item.occurred_at, item.source_id


def _order(moment: DraftMoment, items: Mapping[str, DayItem]) -> tuple[bool, datetime, str, str]:
    first = min((items[handle] for handle in moment.handles), key=_time_order)
    return is_prediction(moment), first.occurred_at, first.source_id, moment.name
