"""What is a model shown of what was found, so that it can write and cite?"""

from collections.abc import Sequence

from rem_dagster.model.moment import Moment
from rem_dagster.model.summary import Summary
from rem_dagster.recall.ask.answer import Citation
from rem_dagster.recall.ask.compose import Ask
from rem_dagster.recall.ask.material import Material, Source, cited_ids, sources_by_id
from rem_dagster.recall.ask.page import Page, said_in
from rem_dagster.recall.ask.saying import Speech, clipped
from rem_dagster.recall.ask.writing import Item
from rem_dagster.recall.hours import day_label
from rem_dagster.store.records import record_of

MOST_MOMENTS, MOST_SOURCES = 12, 8
SOURCE_LETTERS = 1_200
COUNTED = frozenset(("hours", "times", "who", "feeling", "productive", "related"))
"""Kinds of questions whose figures code has counted: a model is shown what code says."""


def items_for(ask: Ask, page: Page, material: Material) -> list[Item]:
    """All that the page cites, what else was found, and what code has counted; each once, by its number."""
    for found in (*material.moments[:MOST_MOMENTS], *material.sources[:MOST_SOURCES]):
        if found.share and found.moment is not None:
            page.moment(found.moment)
        elif found.share and found.source is not None:
            page.source(found.source)
    moments = _moments(ask, page.citations)
    sources = sources_by_id(ask.scope, [each.id for each in page.citations])
    summaries = _summaries(ask, page.citations)
    items = []
    for each in page.citations:
        if each.id in moments:
            items.append(_of_moment(each, moments[each.id], ask.speech, _computed(ask, page, each)))
        elif each.id in sources:
            items.append(_of_source(each, sources[each.id], ask.speech))
        elif each.id in summaries:
            items.append(_of_summary(ask, each, summaries[each.id]))
    return items


def _computed(ask: Ask, page: Page, citation: Citation) -> Sequence[str]:
    """What code has counted and told with this citation first."""
    if ask.plan.kind not in COUNTED:
        return ()
    return [each.text for each in page.sentences if each.cites[:1] == (citation.number,)]


def _of_moment(citation: Citation, moment: Moment, speech: Speech, computed: Sequence[str]) -> Item:
    told = [f"{moment.name}.", moment.summary]
    told += [f"Outcome: {each}" for each in moment.outcomes]
    told += [f"Fact: {each.text}" for each in moment.facts]
    told += [f"Plan: {each.text}" for each in moment.intentions]
    told += [f"“{quote.quote}”" for quote in moment.evidence]
    told += [f"Feelings: {', '.join(moment.emotion_tags)}"] if moment.emotion_tags else []
    told += [f"People: {', '.join(moment.people)}"] if moment.people else []
    told += [f"computed: {each}" for each in computed]
    day = day_label(speech.local_day(moment.start_time))
    return Item(
        number=citation.number,
        head=f"{moment.partition_key} {day} {speech.hours(moment)} moment, {moment.moment_type}",
        text="\n".join(told),
        source_ids=tuple(cited_ids(moment)),
        days=(moment.partition_key,),
    )


def _of_source(citation: Citation, source: Source, speech: Speech) -> Item:
    day = speech.local_day(source.at)
    return Item(
        number=citation.number,
        head=f"{day.isoformat()} {day_label(day)} {speech.clock(source.at)} {said_in(source)}",
        text=clipped(source.text, SOURCE_LETTERS),
        source_ids=(source.id,),
        days=(day.isoformat(),),
    )


def _of_summary(ask: Ask, citation: Citation, summary: Summary) -> Item:
    rows = (
        ask.scope.store.read_in("moments", "id", summary.moment_ids).to_pylist() if summary.moment_ids else []
    )
    cited = [each for row in rows for each in cited_ids(record_of(Moment, row))]
    day = day_label(ask.speech.local_day(summary.start_time))
    return Item(
        number=citation.number,
        head=f"{summary.partition_key} {day} {summary.period} summary",
        text=summary.content,
        source_ids=tuple(dict.fromkeys(cited)),
        days=(summary.partition_key,),
    )


def _moments(ask: Ask, citations: Sequence[Citation]) -> dict[str, Moment]:
    ids = [each.id for each in citations if each.kind == "moment"]
    rows = ask.scope.store.read_in("moments", "id", ids).to_pylist() if ids else []
    return {row["id"]: record_of(Moment, row) for row in rows if row["user_id"] == ask.scope.user_id}


def _summaries(ask: Ask, citations: Sequence[Citation]) -> dict[str, Summary]:
    ids = [each.id for each in citations if each.kind == "summary"]
    rows = ask.scope.store.read_in("summaries", "id", ids).to_pylist() if ids else []
    return {row["id"]: record_of(Summary, row) for row in rows if row["user_id"] == ask.scope.user_id}
