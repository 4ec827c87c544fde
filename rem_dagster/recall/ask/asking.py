"""How does a question become an answer?

plan ── dream what is out of date ── find ── enough? ── no ──> "I do not know"
                                               └ yes ──> compose ── a model was chosen? ──> write, check
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError
from rem_dagster.model.window import Calendar, Window
from rem_dagster.model.words import Period
from rem_dagster.recall.ask.answer import Answer, Citation, Dreamt, Sentence, numbered
from rem_dagster.recall.ask.compose import Ask, tell_found, tell_last, tell_said
from rem_dagster.recall.ask.material import Material, Scope, material_for, moments_in, names_known
from rem_dagster.recall.ask.page import Page
from rem_dagster.recall.ask.plan import Plan, plan_question
from rem_dagster.recall.ask.recap import IsCurrent, tell_recap
from rem_dagster.recall.ask.saying import Speech, counted
from rem_dagster.recall.ask.strength import ENOUGH
from rem_dagster.recall.ask.tallies import (
    tell_feelings,
    tell_open,
    tell_productive,
    tell_time,
    tell_times,
    tell_who,
)
from rem_dagster.recall.cases import sessions_of_case
from rem_dagster.recall.when import When, parse_when
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals, within

if TYPE_CHECKING:
    from rem_dagster.llm.embedder import Embedder
    from rem_dagster.llm.interface import Forecast
    from rem_dagster.recall.ask.writing import Writer

Dream = Callable[[date, date], Dreamt]
"""Dreams what is out of date from a first to a last local day; never raises for a day that cannot be."""
LONGEST_QUESTION = 2_000
"""Characters; a longer text is no question."""
A_YEAR = timedelta(days=365)
_BEFORE = (
    (timedelta(hours=26), "yesterday"),
    (timedelta(days=8), "last week"),
    (timedelta(days=32), "last month"),
)


def _always(_: Period, __: date) -> bool:
    return True


@dataclass(frozen=True)
class Means:
    """What an answer may use beside the store."""

    dream: Dream | None = None
    """None dreams nothing."""
    is_current: IsCurrent = _always
    writer: "Callable[[Dreamt], Writer] | None" = None
    """Opens the model that was chosen on purpose, once it is needed; None composes from moments."""
    embedder: "Callable[[], Embedder | None]" = lambda: None


@dataclass(frozen=True)
class Asked:
    """A question and where it is asked."""

    store: Store
    user_id: str
    question: str
    calendar: Calendar
    now: datetime
    when: When | None = None
    case_id: str | None = None
    limit: int = 5
    """Moments or quotes that are told at most, where an answer is a list of them."""


def ask(asked: Asked, means: Means | None = None) -> Answer:
    """The answer to a question about one user's activity.

    Raises:
        InputError: there is no question, or it is far too long.
        UnknownCaseError: no session belongs to the case.
        ModelError: the model that was chosen gave no usable answer.
        BudgetError: asking it would pass a limit; nothing was sent.
    """
    with_means = means or Means()
    asking = _prepared(asked, with_means)
    if not asking.page.sentences:
        return asking.unknown()
    if with_means.writer is None:
        return asking.composed()
    return asking.written(with_means.writer(asking.dreamt))


def estimate(asked: Asked, means: Means) -> "Forecast":
    """What an answer by the chosen model would take now; nothing is dreamt, sent or written."""
    from rem_dagster.llm.interface import Forecast
    from rem_dagster.recall.ask.items import items_for
    from rem_dagster.recall.ask.writing import forecast

    asking = _prepared(asked, replace(means, dream=None))
    if not asking.page.sentences or means.writer is None:
        return Forecast()
    label = asking.plan.when.label if asking.plan.when else None
    items = items_for(asking.ask, asking.page, asking.material)
    return forecast(means.writer(Dreamt()), asking.plan.question, items, user_id=asked.user_id, label=label)


@dataclass(frozen=True)
class _Asking:
    asked: Asked
    ask: Ask
    page: Page
    material: Material
    dreamt: Dreamt

    @property
    def plan(self) -> Plan:
        return self.ask.plan

    def composed(self) -> Answer:
        """The answer as the page has it."""
        return self._answer(self.page.sentences)

    def written(self, writer: "Writer") -> Answer:
        """The answer in a model's words; where none of them passes, in those of the page, which is said."""
        from rem_dagster.recall.ask.items import items_for
        from rem_dagster.recall.ask.writing import write

        items = items_for(self.ask, self.page, self.material)
        label = self.plan.when.label if self.plan.when else None
        done = write(writer, self.plan.question, items, user_id=self.asked.user_id, label=label)
        cost = {"calls": done.calls, "calls_paid": done.calls_paid, "cost_usd": done.cost_usd}
        if not done.known:
            said = f"{writer.model.name} read what was found and says that it does not answer the question."
            return replace(self.unknown(), model=writer.model.name, remarks=(said,), **cost)  # type: ignore[arg-type]  # three fields of their own types
        if not done.sentences:
            said = f"No sentence of {writer.model.name} was borne out by its sources"
            self.page.remarks.append(f"{said}; this is composed from moments.")
            return replace(self.composed(), left_out=done.left_out, **cost)  # type: ignore[arg-type]  # as above
        answer = self._answer(done.sentences)
        return replace(answer, model=writer.model.name, left_out=done.left_out, **cost)  # type: ignore[arg-type]  # as above

    def unknown(self) -> Answer:
        """The word that there is no answer, with what was looked at and what came nearest."""
        counts = _counts(self.ask)
        near = self._nearest()
        return Answer(
            question=self.plan.question,
            plan=self.plan,
            known=False,
            sentences=(Sentence(_do_not_know(self.ask)),),
            nearest=near,
            looked_at=counts,
            remarks=tuple(self.page.remarks),
            dreamt=self.dreamt,
        )

    def _answer(self, sentences: Sequence[Sentence]) -> Answer:
        said, citations = numbered(sentences, self.page.with_sources(self.ask.scope))
        return Answer(
            question=self.plan.question,
            plan=self.plan,
            known=True,
            sentences=said,
            citations=citations,
            looked_at=_counts(self.ask),
            remarks=tuple(self.page.remarks),
            dreamt=self.dreamt,
        )

    def _nearest(self) -> tuple[Citation, ...]:
        page = Page(self.material.weights)
        for each in (*self.material.moments[:1], *self.material.sources[:1]):
            if each.share and each.moment is not None:
                page.moment(each.moment)
            elif each.share and each.source is not None:
                page.source(each.source)
        if (
            self.plan.kind == "recap"
            and self.ask.window is not None
            and self.ask.window.start <= self.ask.now
        ):
            before = Window(self.ask.window.start - A_YEAR, self.ask.window.start)
            page.numbers(moments_in(self.ask.scope, before, self.plan)[-1:])
        return tuple(page.with_sources(self.ask.scope))


def _prepared(asked: Asked, means: Means) -> _Asking:
    """The question planned, its days dreamt, and what was found put on a page."""
    if not asked.question.strip():
        raise InputError('There is no question. Ask something: rem ask "what did I do yesterday?"')
    if len(asked.question) > LONGEST_QUESTION:
        raise InputError(
            f"The question has {len(asked.question):,} characters; at most {LONGEST_QUESTION:,} are read. "
            "Ask a shorter one."
        )
    plan = _planned(asked)
    dreamt = _dreamt(asked, plan, means)
    plan = _planned(asked) if dreamt.days else plan
    sessions = (
        sessions_of_case(asked.store, asked.case_id, user_id=asked.user_id)
        if asked.case_id is not None
        else None
    )
    scope = Scope(asked.store, asked.user_id, asked.case_id, sessions, means.embedder)
    ask_ = Ask(
        scope=scope,
        plan=plan,
        window=plan.when.window if plan.when else None,
        now=asked.now,
        calendar=asked.calendar,
        speech=Speech(asked.calendar.zone, asked.calendar.day_of(asked.now).year),
        limit=asked.limit,
    )
    page = Page()
    if plan.is_loose and ask_.window is not None and not moments_in(scope, ask_.window, plan):
        more, ask_ = _earlier(asked, ask_, means, page)
        dreamt = Dreamt(
            (*dreamt.days, *more.days),
            tuple(dict.fromkeys((*dreamt.problems, *more.problems))),
            None
            if None in (dreamt.cost_usd, more.cost_usd)
            else (dreamt.cost_usd or 0) + (more.cost_usd or 0),
        )
    material = material_for(scope, ask_.plan, window=ask_.window) if plan.terms else Material()
    _tell(asked, ask_, page, material, means)
    return _Asking(asked, ask_, page, material, dreamt)


def _planned(asked: Asked) -> Plan:
    return plan_question(
        asked.question,
        calendar=asked.calendar,
        now=asked.now,
        names=names_known(asked.store, asked.user_id),
        when=asked.when,
    )


def _dreamt(asked: Asked, plan: Plan, means: Means) -> Dreamt:
    """Bring the days of a question up to date: those of its time, without one yesterday and today."""
    if means.dream is None:
        return Dreamt()
    today = asked.calendar.day_of(asked.now)
    if plan.when is None:
        return means.dream(today - timedelta(days=1), today)
    first, last = asked.calendar.span_of(plan.when.window)
    last = min(last, today)
    return means.dream(first, last) if first <= last else Dreamt()


def _earlier(asked: Asked, ask_: Ask, means: Means, page: Page) -> tuple[Dreamt, Ask]:
    """The question about the time before, as "my week" has nothing yet; unchanged where that has neither."""
    assert ask_.window is not None
    length = ask_.window.duration
    phrase = next((phrase for most, phrase in _BEFORE if length <= most), "last year")
    when = parse_when(phrase, calendar=asked.calendar, now=asked.now)
    plan = replace(ask_.plan, when=when)
    more = _dreamt(asked, plan, means)
    earlier = replace(ask_, plan=plan, window=when.window)
    if not moments_in(ask_.scope, when.window, plan):
        return more, ask_
    began = ask_.plan.when.label if ask_.plan.when else ""
    page.remarks.append(f"{began} holds nothing yet; this is of {phrase}: {when.label}.")
    return more, earlier


def _tell(asked: Asked, ask_: Ask, page: Page, material: Material, means: Means) -> None:
    """Put on the page what answers; nothing where too little of the question was found."""
    page.weights = material.weights
    kind = ask_.plan.kind
    match kind:
        case "recap":
            tell_recap(ask_, page, is_current=means.is_current)
        case "last" | "first":
            tell_last(ask_, page)
        case "hours":
            tell_time(ask_, page)
        case "times":
            tell_times(ask_, page)
        case "feeling":
            tell_feelings(ask_, page)
        case "productive":
            tell_productive(ask_, page)
        case "open":
            tell_open(ask_, page)
        case "related":
            from rem_dagster.recall.ask.neighbours import tell_related

            tell_related(ask_, page)
        case "who" if not ask_.plan.terms:
            tell_who(ask_, page)
        case "said":
            tell_said(ask_, page, material)
        case _:
            tell_found(ask_, page, material)
    if not page.sentences and kind in ("related", "open") and material.best >= ENOUGH:
        tell_found(ask_, page, material)


def _counts(ask_: Ask) -> dict[str, int]:
    """How many rows of the user lie in the time that was asked about."""
    of_user = equals("user_id", ask_.scope.user_id)

    def count(table: str, column: str) -> int:
        time = within(column, ask_.window) if ask_.window is not None else None
        return ask_.scope.store.count(table, all_of(of_user, time))

    return {
        "moments": count("moments", "start_time"),
        "messages": count("messages", "created_at"),
        "resources": count("resources", "created_at"),
    }


def _when(label: str) -> str:
    """A time with the preposition that goes with it."""
    if label.startswith(("since ", "until ", "after ", "the ")):
        return f"in {label}" if label.startswith("the ") else label
    return f"from {label}" if " to " in label and "," not in label else f"on {label}"


def _do_not_know(ask_: Ask) -> str:
    plan, window = ask_.plan, ask_.window
    if window is not None and window.start > ask_.now:
        label = plan.when.label if plan.when else "that time"
        return f"I do not know: {label} is still to come."
    about = f"“{plan.words}”" if plan.words else "it" if plan.kind not in ("recap", "who") else "that time"
    if plan.feelings:
        about = f"feeling {' or '.join(plan.feelings)}"
    if plan.kind == "find" and not plan.terms:
        return "I do not know what is asked: no topic, no person and no time is named."
    where = f" {_when(plan.when.label)}" if plan.when is not None else ""
    if plan.kind in ("recap", "who") and not plan.terms:
        what = f"{' or '.join(plan.moment_types)} moment" if plan.moment_types else "moment"
        return f"I do not know: there is no {what}{where}."
    total = sum(_counts(ask_).values())
    if not total:
        return f"I do not know: nothing is recorded{where}."
    return f"I do not know: nothing that was found tells of {about}{where}, among {counted(total, 'item')}."
