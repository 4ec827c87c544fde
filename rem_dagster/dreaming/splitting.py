"""How does one moment become two, at an instant?

cited inputs   ·  ··  ·  |  ·   ··
parts         ├───────┤    ├─────┤
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from rem_dagster.dreaming.grounds import SHORTEST, STEM, content_words
from rem_dagster.dreaming.resolve import cited_sources
from rem_dagster.dreaming.wording import words_of
from rem_dagster.model.day import DayItem
from rem_dagster.model.ids import derive_id
from rem_dagster.model.moment import Moment, Statement

SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")


def split(moment: Moment, at: datetime, sources: Mapping[str, DayItem]) -> tuple[Moment, Moment] | None:
    """Two moments, of the sources before an instant and from it on; None when one would be empty.

    Each has the clauses of the title, the sentences, outcomes and people of which its own sources tell; what
    neither tells of, both have. The first keeps the moment's id.
    """
    cited = [sources[identifier] for identifier in cited_sources(moment)]
    early = [item for item in cited if item.occurred_at < at]
    late = [item for item in cited if item.occurred_at >= at]
    if not early or not late:
        return None
    first = _part(moment, early, against=late)
    second = _part(moment, late, against=early).model_copy(
        update={"id": derive_id(moment.user_id, moment.partition_key, "moment", late[0].source_id, "split")}
    )
    if not _has_times_of_its_sources(moment, cited):  # a person set them, and means them to hold
        first = first.model_copy(update={"start_time": moment.start_time, "end_time": at, "created_at": at})
        second = second.model_copy(
            update={"start_time": at, "end_time": moment.end_time, "created_at": moment.created_at}
        )
    return first, second


def _has_times_of_its_sources(moment: Moment, cited: Sequence[DayItem]) -> bool:
    end = max(item.ended_at for item in cited)
    return (moment.start_time, moment.end_time) == (cited[0].occurred_at, end)


def _part(moment: Moment, items: Sequence[DayItem], *, against: Sequence[DayItem]) -> Moment:
    """The moment as far as some of its sources bear it out."""
    kept = {item.source_id for item in items}
    threads = {item.thread for item in items}
    end = max(item.ended_at for item in items)
    mine, others = _words(_told(items)), _words(_told(against))

    def is_ours(text: str) -> bool:
        words = _words(text)
        return len(words & mine) >= len(words & others)

    clauses = [each for each in moment.name.split("; ") if is_ours(each)]
    title = "; ".join(clauses) or moment.name
    sentences = [each for each in SENTENCE.split(moment.summary) if is_ours(each)]
    return moment.model_copy(
        update={
            "name": title[:1].upper() + title[1:],
            "summary": " ".join(sentences) or moment.summary,
            "start_time": items[0].occurred_at,
            "end_time": end,
            "created_at": end,
            "people": tuple(each for each in moment.people if is_ours(each)),
            "outcomes": tuple(each for each in moment.outcomes if is_ours(each)),
            "resource_ids": tuple(each for each in moment.resource_ids if each in kept),
            "session_ids": tuple(each for each in moment.session_ids if each in threads),
            "evidence": tuple(quote for quote in moment.evidence if quote.source_id in kept),
            "facts": _resting_on(kept, moment.facts),
            "intentions": _resting_on(kept, moment.intentions),
            "metadata": {**moment.metadata, "source_ids": [item.source_id for item in items]},
        }
    )


def _words(text: str) -> set[str]:
    """What a text is about, and the beginnings of its other words: a title may have nothing else."""
    return content_words(text) | {word[:STEM] for word in words_of(text) if len(word) >= SHORTEST}


def _resting_on(kept: set[str], statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements that rest on some sources, each on those alone."""
    return tuple(
        each.model_copy(update={"source_ids": tuple(source for source in each.source_ids if source in kept)})
        for each in statements
        if not kept.isdisjoint(each.source_ids)
    )


def _told(items: Sequence[DayItem]) -> str:
    return "\n".join(part for item in items for part in (item.name, item.author, item.text) if part)
