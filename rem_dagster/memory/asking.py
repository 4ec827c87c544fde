"""How does a Python program get a question answered?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from rem_dagster.memory.opened import Opened

if TYPE_CHECKING:
    from rem_dagster.llm.interface import Forecast
    from rem_dagster.llm.opening import Asking
    from rem_dagster.recall.ask.answer import Answer, Dreamt
    from rem_dagster.recall.ask.asking import Asked, Means
    from rem_dagster.recall.ask.writing import Writer
    from rem_dagster.recall.when import When


class Asks(Opened):
    """Answering questions."""

    def ask(
        self,
        question: str,
        *,
        user_id: str | None = None,
        max_cost_usd: float | None = None,
        dream: bool = True,
        when: str | None = None,
        case_id: str | None = None,
        limit: int = 5,
        accept_unknown_price: bool = False,
        write: bool = True,
        on_dream: Callable[[int], None] = lambda _: None,
    ) -> "Answer":
        """The answer to a question about one user's activity, each sentence with its sources.

        Without a model it is composed from moments; where `llm` names one on purpose, that model writes it
        from the same sources, and only sentences that these bear out are kept. With neither `dream` nor
        `write` nothing is sent, the question's own words to an embedding model included.

        Args:
            user_id: whose activity; the default user's where the memory is bound to none.
            max_cost_usd: stop before the call that would pass it, of the dream and the answer together.
            dream: dream the days of the question first that are out of date: those of its time, without a
                time yesterday and today. What cannot be dreamt is said in the answer.
            when: the time it is about, in words; wins over one in the question.
            case_id: only sessions of this case, and moments that cite them.
            limit: moments or quotes told at most.
            accept_unknown_price: ask a model of which nobody knows the price.
            write: whether the model that `llm` names may write it; else it is composed from moments.
            on_dream: told how many days are going to be dreamt.

        Returns:
            An answer with `known` false where nothing that was found tells of it.

        Raises:
            InputError: there is no question.
            WindowError: `when` names no time.
            ModelError: the model gave no usable answer.
            BudgetError: asking it would pass a limit; nothing was sent.
        """
        from rem_dagster.llm.opening import Asking
        from rem_dagster.recall.ask.asking import ask

        asked = self._asked(question, user_id, when, case_id, limit)
        means = self._means(asked, Asking(max_cost_usd, accept_unknown_price), dream, on_dream)
        if not write:
            means = replace(means, writer=None, embedder=means.embedder if dream else self._embedder_here)
        return ask(asked, means)

    def estimate_ask(
        self,
        question: str,
        *,
        user_id: str | None = None,
        when: str | None = None,
        case_id: str | None = None,
        limit: int = 5,
    ) -> "Forecast":
        """What an answer would take now; nothing is dreamt or sent, and days out of date are not counted."""
        from rem_dagster.llm.opening import Asking
        from rem_dagster.recall.ask.asking import estimate

        asked = self._asked(question, user_id, when, case_id, limit)
        means = self._means(asked, Asking(needs_key=False), False, lambda _: None)
        return estimate(asked, replace(means, embedder=self._embedder_here))

    def _asked(
        self, question: str, user_id: str | None, when: str | None, case_id: str | None, limit: int
    ) -> "Asked":
        from rem_dagster.recall.ask.asking import Asked
        from rem_dagster.recall.when import parse_when

        now = datetime.now(UTC)
        named: When | None = parse_when(when, calendar=self.calendar, now=now) if when is not None else None
        return Asked(
            self.store,
            self._writer(user_id),
            question,
            self.calendar,
            now,
            when=named,
            case_id=case_id,
            limit=limit,
        )

    def _means(
        self, asked: "Asked", terms: "Asking", may_dream: bool, on_dream: Callable[[int], None]
    ) -> "Means":
        """What an answer is made with: the dream, the model that was chosen on purpose, and its guards."""
        from rem_dagster.dreaming.draft.choice import is_offline
        from rem_dagster.dreaming.on_demand import currency_of, dream_on_demand
        from rem_dagster.recall.ask.answer import Dreamt
        from rem_dagster.recall.ask.asking import Means

        def dream(first: date, last: date) -> Dreamt:
            done = dream_on_demand(
                self.home,
                self.store,
                user_id=asked.user_id,
                first=first,
                last=last,
                asking=terms,
                on_begin=on_dream,
            )
            return Dreamt(tuple(each.day for each in done.dreamt), done.problems, done.cost_usd)

        return Means(
            dream=dream if may_dream else None,
            is_current=currency_of(self.home, self.store, user_id=asked.user_id),
            writer=None if is_offline(self.home) else lambda dreamt: self._writer_of(terms, dreamt),
            embedder=self._embedder,
        )

    def _writer_of(self, terms: "Asking", dreamt: "Dreamt") -> "Writer":
        """The model that was chosen, with what the dream before it left of the limit on cost."""
        from rem_dagster.dreaming.grounds import SUMMARY_SHARE, Grounds
        from rem_dagster.dreaming.redact import redactor
        from rem_dagster.llm.opening import open_model
        from rem_dagster.recall.ask.writing import Writer

        left = terms.max_cost_usd
        if left is not None:
            left = max(left - (dreamt.cost_usd or 0.0), 0.0)
        return Writer(
            model=open_model(self.home, replace(terms, max_cost_usd=left)),
            key=bytes.fromhex(self.home.file.hmac_key),
            clean=redactor(self.home),
            grounded=lambda claim, source: Grounds(source).reason_against(claim, share=SUMMARY_SHARE),
        )
