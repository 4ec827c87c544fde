"""How is an answer written from moments and messages, without a model and without a word of its own facts?

Each function adds to a page what answers one kind of question, or adds nothing where nothing is known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Calendar, Window
from rem_dagster.recall.ask.material import (
    Found,
    Material,
    Scope,
    Source,
    cited_ids,
    latest_material,
    material_for,
    without_weak,
)
from rem_dagster.recall.ask.page import Page
from rem_dagster.recall.ask.plan import Plan
from rem_dagster.recall.ask.saying import (
    Speech,
    excerpt,
    listed,
    sentences_of,
    without_repeats,
)
from rem_dagster.recall.ask.strength import ENOUGH, TermWeights, terms_of

NEAR_THE_BEST = 0.75
"""What holds so much of what the best one holds is told too."""
HALF_OF_TOPIC = 0.4
"""Share of the topic that somebody's own words have to hold."""
TALKS = frozenset(("communication", "collaboration"))
FINISHED_WORK = frozenset(("communication", "other"))
"""Types of moments that come second where somebody asks about their work."""


@dataclass(frozen=True)
class Ask:
    """One question once it is planned."""

    scope: Scope
    plan: Plan
    window: Window | None
    now: datetime
    calendar: Calendar
    speech: Speech
    limit: int = 5
    """Moments or quotes that are told at most, where an answer is a list of them."""

    @property
    def back(self) -> Window:
        """The window, or all until now."""
        return self.window or Window(datetime(1900, 1, 1, tzinfo=self.now.tzinfo), self.now)


def tell_found(ask: Ask, page: Page, material: Material) -> None:
    """What tells of a topic: the best sentence first, then moments by day, then words of people."""
    page.weights = material.weights
    least = max(ENOUGH, NEAR_THE_BEST * material.best)
    moments = without_weak(material.moments, least)[: ask.limit]
    sources = without_weak(material.sources, least)[: ask.limit]
    if not moments and not sources:
        return
    lead = max((*moments, *sources), key=lambda each: (round(_said_share(each, material), 2), each.rank))
    _tell_one(ask, page, lead, material, is_lead=True)
    for each in sorted(_others(lead, moments, sources)[: ask.limit - 1], key=lambda each: each.at):
        _tell_one(ask, page, each, material)


def _others(lead: Found, moments: Sequence[Found], sources: Sequence[Found]) -> list[Found]:
    """What is told beside the lead: nothing that a moment which is told has anyway."""
    kept = [each for each in moments if each is not lead]
    if lead.source is not None:
        said = lead.source.id
        kept = [
            each for each in kept if each.moment and said not in {e.source_id for e in each.moment.evidence}
        ]
    cited = {source for each in (lead, *kept) if each.moment for source in cited_ids(each.moment)}
    return [
        *kept,
        *(each for each in sources[:2] if each.source and each is not lead and each.source.id not in cited),
    ]


def tell_said(ask: Ask, page: Page, material: Material) -> None:
    """What people said themselves, word for word."""
    page.weights = material.weights
    own = [
        each
        for each in without_weak(material.sources, ENOUGH)
        if each.source
        and each.source.author in ask.plan.people
        and _holds_topic(each, ask.plan, material.weights)
    ]
    if not own:
        tell_found(ask, page, material)
        if page.sentences:
            page.remarks.append(
                f"{listed(ask.plan.people)} did not write this; nothing of theirs tells of it."
            )
        return
    lead = max(own, key=lambda each: (round(_said_share(each, material), 2), each.rank))
    others = [each for each in own if each is not lead][: ask.limit - 1]
    _tell_one(ask, page, lead, material, is_lead=True)
    for each in sorted(others, key=lambda each: each.at):
        _tell_one(ask, page, each, material)


def _holds_topic(found: Found, plan: Plan, weights: TermWeights) -> bool:
    """Whether something holds a good part of what is asked about, and not only who."""
    people = terms_of(" ".join(plan.people))
    topic = TermWeights({term: weight for term, weight in weights.of_terms.items() if term not in people})
    return not topic.of_terms or topic.share(topic.held(found.held)) >= HALF_OF_TOPIC


def tell_last(ask: Ask, page: Page) -> None:
    """The latest moment (or the first) that is about something, and what came of it."""
    is_first = ask.plan.kind == "first"
    spans: Sequence[Material]
    if is_first:
        spans = [material_for(ask.scope, ask.plan, window=ask.window, is_deep=True)]
    else:
        spans = latest_material(ask.scope, ask.plan, window=ask.window, now=ask.now)
    for material in spans:
        page.weights = material.weights
        held = [each.moment for each in without_weak(material.moments, ENOUGH) if each.moment]
        central = about_it(held, ask.plan, material.weights)
        if central or (held and material is spans[-1]):
            _tell_latest(ask, page, central or held, held, is_first=is_first)
            return
        if is_first or material is spans[-1]:
            tell_found(ask, page, material)
            return


def _tell_latest(ask: Ask, page: Page, central: list[Moment], held: list[Moment], *, is_first: bool) -> None:
    is_work = " work" in f" {ask.plan.question.lower()}"
    own = [each for each in central if each.moment_type not in FINISHED_WORK] if is_work else central
    ordered = sorted(own or central, key=lambda each: (each.start_time, each.id), reverse=not is_first)
    best, speech, which = ordered[0], ask.speech, "first" if is_first else "last"
    about = ask.plan.about
    span = speech.span(best)
    verb = f"You {which} worked on {about}" if is_work else f"The {which} moment with “{about}” was"
    if ask.plan.is_talk and best.moment_type in TALKS:
        verb = f"The {which} talk {_with(ask.plan)} was"
    number = page.moment(best)
    page.say(f"{verb} on {span}: {best.name}", number)
    for said in sentences_of(best.summary):
        page.say(said, number)
    if best.outcomes:
        page.say(f"What came of it: {'; '.join(each.rstrip('.') for each in best.outcomes)}", number)
    else:
        page.say("No outcome of it is written down", number)
    for other in ordered[1:2]:
        page.say(
            f"{'Next' if is_first else 'Before that'}: {speech.span(other)}: {other.name}", page.moment(other)
        )
    later = [
        each
        for each in held
        if each.start_time > best.start_time
        and each not in own
        and is_named(ask.plan.words, each.search_text)
    ]
    if later and not is_first:
        latest = max(later, key=lambda each: each.start_time)
        page.say(f"It was named once more on {speech.span(latest)}: {latest.name}", page.moment(latest))


def _with(plan: Plan) -> str:
    return f"with {listed(plan.people)}" + (f" that tells of {plan.topic}" if plan.topic else "")


def about_it(moments: Sequence[Moment], plan: Plan, weights: TermWeights) -> list[Moment]:
    """Of moments that hold a topic those that are about it, in their order.

    Where a tag of some is the topic, it is these and those called by its very words: a job that ran is no
    run. Who was spoken with or met is in a talk. Else it is the moments that are called, told or tagged so,
    or led to it.
    """
    if plan.is_talk and (talks := [each for each in moments if _is_talk_with(each, plan)]):
        return talks
    topic = terms_of(plan.topic)
    if topic and not plan.people:
        tagged = {each.id for each in moments if any(topic == terms_of(tag) for tag in each.tags)}
        if tagged:
            return [each for each in moments if each.id in tagged or is_named(plan.topic, each.name)]
    return [each for each in moments if _tells_of(each, weights)]


def is_named(topic: str, text: str) -> bool:
    """Whether a text has the very words of a topic, not only their stems."""
    return set(_plain_words(topic)) <= set(_plain_words(text))


def _plain_words(text: str) -> list[str]:
    return re.findall(r"[\w.]*\w", text.casefold())


def _is_talk_with(moment: Moment, plan: Plan) -> bool:
    there = terms_of(" ".join((*moment.people, moment.name)))
    return moment.moment_type in TALKS and all(terms_of(each) <= there for each in plan.people)


def _tells_of(moment: Moment, weights: TermWeights) -> bool:
    told = " ".join((moment.name, moment.summary, *moment.tags, *moment.people, *moment.outcomes))
    return weights.share(weights.held(terms_of(told))) >= ENOUGH


def _said_share(found: Found, material: Material) -> float:
    """The share of a question that the one sentence holds which would be told."""
    weights = material.weights
    said = _source_said(found.source, weights) if found.source else told_of(_moment(found), weights)[0]
    own = weights.share(weights.held(terms_of(said)))
    through = _best_source(found, material)
    return max(own, _said_share(through, material) if through else 0.0)


def _source_said(source: Source, weights: TermWeights) -> str:
    return " ".join(filter(None, (source.author, excerpt(source.text, weights))))


def _moment(found: Found) -> Moment:
    assert found.moment is not None
    return found.moment


def _best_source(found: Found, material: Material) -> Found | None:
    """Of the sources of a moment that were found, the one that holds most of the question."""
    if found.moment is None:
        return None
    cited = set(cited_ids(found.moment))
    own = (each for each in material.sources if each.source and each.source.id in cited)
    return max(own, key=lambda each: (each.share, each.rank), default=None)


def told_of(moment: Moment, weights: TermWeights, *, most: int = 2) -> list[str]:
    """The sentences of a moment that hold most of a question, in their order; at least its first."""
    facts = [fact.text for fact in moment.facts]
    said = without_repeats((*sentences_of(moment.summary), *moment.outcomes, *facts)) or [moment.name]
    shares = [weights.share(weights.held(terms_of(each))) for each in said]
    best = sorted(range(len(said)), key=lambda at: (-shares[at], at))[:most]
    kept = [at for at in best if shares[at] > 0] or [0]
    return [said[at] for at in sorted(kept, key=lambda at: (-shares[at], at))]


def _tell_one(ask: Ask, page: Page, found: Found, material: Material, *, is_lead: bool = False) -> None:
    """One moment or source; the lead names its day, the others stand under theirs."""
    speech, weights = ask.speech, material.weights
    day = None if is_lead else speech.local_day(found.at)
    if found.source is not None:
        when = speech.at(found.at) if is_lead else speech.clock(found.at)
        page.say(f"{when}, {_quoted(found.source, weights)}", page.source(found.source), day=day)
        return
    moment, cites = _moment(found), [page.moment(_moment(found))]
    when = speech.span(moment) if is_lead else speech.hours(moment)
    parts = without_repeats(told_of(moment, weights), told=[moment.name])
    said = " ".join(_ended(each) for each in parts)
    through = _best_source(found, material)
    told = weights.share(weights.held(terms_of(f"{moment.name} {said}")))
    if through is not None and through.source is not None and _said_share(through, material) > told:
        said = _quoted(through.source, weights)
        cites.append(page.source(through.source))
    page.say(f"{when}, {moment.name}{f': {said}' if said else ''}", *cites, day=day)


def _quoted(source: Source, weights: TermWeights) -> str:
    """`Ana: “the words”`; of a note its name."""
    who = source.author or ("" if source.table == "messages" else source.where)
    return f"{who}: “{excerpt(source.text, weights)}”" if who else f"“{excerpt(source.text, weights)}”"


def _ended(text: str) -> str:
    return text if text.rstrip("”\"')]")[-1:] in ".!?…" else f"{text}."


def first_sentences(text: str, most: int) -> str:
    """The first sentences of a text."""
    return " ".join(_ended(each) for each in sentences_of(text)[:most])
