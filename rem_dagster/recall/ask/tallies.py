"""What do counts say: time, days, people, feelings and plans? Code counts, and never a model."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from rem_dagster.model.moment import Moment
from rem_dagster.model.window import Window
from rem_dagster.recall.ask.compose import Ask, about_it, tell_found
from rem_dagster.recall.ask.counting import by_day, hour_blocks
from rem_dagster.recall.ask.framing import FEELINGS
from rem_dagster.recall.ask.material import material_for, moments_in, without_weak
from rem_dagster.recall.ask.page import Page
from rem_dagster.recall.ask.saying import counted, lasting, listed
from rem_dagster.recall.ask.strength import ENOUGH, terms_of
from rem_dagster.recall.kinds import word_of
from rem_dagster.recall.spans import time_of

if TYPE_CHECKING:
    from rem_dagster.recall.insights.read import Lived

DAYS_TOLD, PEOPLE_TOLD, PLANS_TOLD = 14, 6, 12
FEELINGS_BACK = timedelta(days=90)
_PLANNED_FOR = re.compile(r"\bplan(?:s|ned)?(?: to do)? for\b", re.IGNORECASE)
FELT_PRODUCTIVE = {"hour": "at", "weekday": "on", "type": "in"}
"""What is compared, with the preposition that goes with it."""
PLANS_BACK, PLANS_FOR_A_DAY = timedelta(days=7), timedelta(days=2)


def tell_time(ask: Ask, page: Page) -> None:
    """The time that moments on something took, day by day."""
    moments = _moments_about(ask, page)
    if not moments:
        return
    time = time_of(moments, ask.window)
    days = by_day(moments)
    types = listed([word_of(each).lower() for each in ask.plan.moment_types])
    about = f" on {ask.plan.about}" if ask.plan.about else f" of {types}" if types else ""
    where = f"{counted(len(moments), 'moment')} on {counted(len(days), 'day')}"
    if time:
        page.say(f"{lasting(time).capitalize()}{about}, in {where}", *page.numbers(moments[:3]))
        page.remarks.append("Hours run from a moment's first item to its last; overlaps count once.")
    else:
        tell = "tells" if len(moments) == 1 else "tell"
        page.say(
            f"How long is not written down: {where} {tell} of {ask.plan.about or 'it'}",
            *page.numbers(moments[:3]),
        )
        page.remarks.append("Hours run from a moment's first item to its last, and these have one item each.")
    for day, held in list(days.items())[-DAYS_TOLD:]:
        spent = time_of(held, ask.window)
        took = f"{lasting(spent)}: " if spent else ""
        page.say(f"{took}{'; '.join(each.name for each in held[:3])}", *page.numbers(held[:3]), day=day)


def tell_times(ask: Ask, page: Page) -> None:
    """How many moments, on how many days."""
    moments = _moments_about(ask, page)
    if not moments:
        return
    days = by_day(moments)
    about = f" with {ask.plan.about}" if ask.plan.about else ""
    page.say(
        f"{counted(len(moments), 'moment')}{about}, on {counted(len(days), 'day')}",
        *page.numbers(moments[:3]),
    )
    for day, held in list(days.items())[-DAYS_TOLD:]:
        page.say("; ".join(each.name for each in held[:3]), *page.numbers(held[:3]), day=day)


def tell_who(ask: Ask, page: Page) -> None:
    """With whom the moments of a time were; the user is left out."""
    moments = moments_in(ask.scope, ask.back, ask.plan)
    own = own_names(ask, moments)
    tally = Counter(person for each in moments for person in dict.fromkeys(each.people) if person not in own)
    told = tally.most_common(PEOPLE_TOLD)
    if len(told) > 1:
        latest_of = [[each for each in moments if person in each.people][-1] for person, _ in told[:3]]
        most = " most often" if len(told) > len(latest_of) else ""
        page.say(f"{listed([person for person, _ in told[:3]])} are named{most}", *page.numbers(latest_of))
    for person, count in told:
        latest = [each for each in moments if person in each.people][-1]
        page.say(
            f"{person}: {counted(count, 'moment')}, the last on {ask.speech.span(latest)}: {latest.name}",
            page.moment(latest, about=person),
        )


def tell_feelings(ask: Ask, page: Page) -> None:
    """When something was felt, with the words that show it."""
    window = ask.window or Window(ask.now - FEELINGS_BACK, ask.now)
    moments = moments_in(ask.scope, window, ask.plan)
    if ask.plan.terms:
        found = material_for(ask.scope, ask.plan, window=window, is_deep=True)
        page.weights = found.weights
        wanted = {each.moment.id for each in without_weak(found.moments, ENOUGH) if each.moment}
        moments = [each for each in moments if each.id in wanted]
    felt = [each for each in moments if each.emotion_tags]
    if ask.plan.feelings:
        felt = [each for each in felt if not set(ask.plan.feelings).isdisjoint(each.emotion_tags)]
    if not felt:
        return
    if ask.plan.feelings:
        page.say(
            f"You felt {listed(ask.plan.feelings)} in {len(felt)} of {counted(len(moments), 'moment')}",
            *page.numbers(felt[-3:]),
        )
    else:
        tally = Counter(feeling for each in felt for feeling in each.emotion_tags)
        said = listed([f"{feeling} ({count})" for feeling, count in tally.most_common(PEOPLE_TOLD)])
        page.say(
            f"{len(felt)} of {counted(len(moments), 'moment')} show a feeling: {said}",
            *page.numbers(felt[-3:]),
        )
    for each in felt[-DAYS_TOLD:]:
        words = " ".join(form for feeling in each.emotion_tags for form in FEELINGS.get(feeling, {feeling}))
        quotes = sorted(each.evidence, key=lambda quote: -len(terms_of(words) & terms_of(quote.quote)))
        shown = f" “{' '.join(quotes[0].quote.split())}”" if quotes else ""
        day = ask.speech.local_day(each.start_time)
        page.say(
            f"{ask.speech.hours(each)} {each.name} ({listed(each.emotion_tags)}).{shown}",
            page.moment(each, about=words),
            day=day,
        )


def tell_productive(ask: Ask, page: Page) -> None:
    """When most came of something, and when somebody felt productive most often: counts, and no cause."""
    from rem_dagster.recall.insights.mood import find_mood

    moments = moments_in(ask.scope, ask.back, ask.plan)
    by_id = {each.id: each for each in moments}
    if good := [each for each in moments if each.outcomes]:
        (first, held), *others = hour_blocks(good, ask.speech.zone).items()
        more = [f"{len(each)} between {block}:00 and {block + 3}:00" for block, each in others[:2]]
        page.say(
            f"Something came of {len(good)} of {counted(len(moments), 'moment')}; {len(held)} of these began "
            f"between {first}:00 and {first + 3}:00" + (f", {listed(more)}" if more else ""),
            *page.numbers(held[-3:]),
        )
    for each in find_mood(_lived(ask, moments)).statements if moments else ():
        shown = [by_id[one] for one in each.moment_ids if one in by_id]
        if shown and (text := _felt_productive(each.text)):
            page.say(text, *page.numbers(shown[:3]))


def _felt_productive(statement: str) -> str | None:
    """`You felt productive most often at 14:00, …` of a comparison; None of any other statement."""
    for of, at in FELT_PRODUCTIVE.items():
        compared = statement.removeprefix(f"Productive by {of}: ")
        if compared != statement and compared.startswith("most often "):
            said = compared.replace("most often", f"most often {at}", 1)
            return f"You felt productive {said.replace('least often', f'least often {at}', 1)}"
    return None


def own_names(ask: Ask, moments: Sequence[Moment]) -> set[str]:
    """How the user is called in some moments, as far as these tell."""
    from rem_dagster.recall.insights.people import oneself

    return oneself(_lived(ask, moments)) if moments else set()


def _lived(ask: Ask, moments: Sequence[Moment]) -> "Lived":
    """Some moments' time, as patterns look at it."""
    from rem_dagster.recall.insights.asked import Asked
    from rem_dagster.recall.insights.read import read_lived

    window = ask.window or Window(min(each.start_time for each in moments), ask.now)
    return read_lived(
        ask.scope.store, Asked(ask.scope.user_id, window, ask.calendar, ask.now, case=ask.scope.case_id)
    )


def tell_open(ask: Ask, page: Page) -> None:
    """Plans that people stated."""
    moments = moments_in(ask.scope, _planned_in(ask), ask.plan)
    wanted = set(ask.plan.terms)
    plans = [
        (each, plan.text)
        for each in moments
        for plan in each.intentions
        if wanted <= terms_of(f"{plan.text} {each.name}")
    ][-PLANS_TOLD:]
    if not plans:
        _tell_planning(ask, page)
        return
    about = f" for {ask.plan.about}" if ask.plan.about else ""
    is_one = len(plans) == 1
    last, text = plans[-1]
    lead = f"{counted(len(plans), 'plan')}{about} {'is' if is_one else 'are'} written down"
    page.say(f"{lead}: {text}" if is_one else f"{lead}; the latest: {text}", page.moment(last, about=text))
    for each, text in plans if not is_one else ():
        page.say(text, page.moment(each, about=text), day=ask.speech.local_day(each.start_time))
    page.remarks.append("Plans as they were stated; whether they were carried out is not known.")


def _planned_in(ask: Ask) -> Window:
    """When the plans were stated: what is planned for a day is said before it."""
    if ask.window is None:
        return ask.back if ask.plan.terms else Window(ask.now - PLANS_BACK, ask.now)
    if ask.window.start > ask.now:
        return Window(ask.now - PLANS_FOR_A_DAY, ask.now)
    if _PLANNED_FOR.search(ask.plan.question):
        return Window(ask.window.start - PLANS_FOR_A_DAY, ask.window.end)
    return ask.window


def _tell_planning(ask: Ask, page: Page) -> None:
    """Where no plan was stated of a topic, the planning that is about it."""
    if not ask.plan.terms:
        return
    material = material_for(ask.scope, ask.plan, window=ask.window, is_deep=True)
    planning = [each for each in material.moments if each.moment and each.moment.moment_type == "planning"]
    held = without_weak(planning, ENOUGH)
    if held:
        tell_found(ask, page, replace(material, moments=held, sources=()))


def _moments_about(ask: Ask, page: Page) -> list[Moment]:
    """The moments that count for a topic, or all of a time, in their order."""
    if not ask.plan.terms:
        return moments_in(ask.scope, ask.back, ask.plan)
    material = material_for(ask.scope, ask.plan, window=ask.window, is_deep=True)
    page.weights = material.weights
    held = [each.moment for each in without_weak(material.moments, ENOUGH) if each.moment]
    about = about_it(held, ask.plan, material.weights)
    return sorted(about, key=lambda each: (each.start_time, each.id))
