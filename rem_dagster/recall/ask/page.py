"""How is an answer put together sentence by sentence, each with what it rests on?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from rem_dagster.model.moment import Moment
from rem_dagster.model.summary import Summary
from rem_dagster.recall.ask.answer import Citation, Sentence
from rem_dagster.recall.ask.material import Scope, Source, sources_by_id
from rem_dagster.recall.ask.saying import clipped, excerpt, tidy
from rem_dagster.recall.ask.strength import TermWeights, terms_of


class Page:
    """Collects sentences and citations; the same thing cited twice has one number."""

    def __init__(self, weights: TermWeights | None = None) -> None:
        self.weights = weights or TermWeights({})
        self.sentences: list[Sentence] = []
        self.remarks: list[str] = []
        self._citations: dict[tuple[str, str], Citation] = {}

    @property
    def citations(self) -> list[Citation]:
        """What was cited, in the order of the numbers."""
        return list(self._citations.values())

    def say(self, text: str, *cites: int, day: date | None = None) -> None:
        """Add a sentence; one without words, or said already, is not added."""
        said = tidy(text)
        if said and all(each.text != said for each in self.sentences):
            self.sentences.append(Sentence(said, tuple(sorted(set(cites))), day))

    def moment(self, moment: Moment, *, about: str | None = None) -> int:
        """The number of a moment; its quote is the one nearest to the question.

        Args:
            about: words that the quote should have rather than those of the question.
        """
        wanted = terms_of(about) if about else self.weights.of_terms.keys()
        quotes = sorted(moment.evidence, key=lambda each: -len(wanted & terms_of(each.quote)))
        best = quotes[0] if quotes else None
        return self._number(
            Citation(
                number=0,
                kind="moment",
                id=moment.id,
                title=moment.name,
                start=moment.start_time,
                end=moment.end_time,
                quote=clipped(" ".join(best.quote.split())) if best else None,
                source_id=best.source_id if best else None,
            )
        )

    def source(self, source: Source) -> int:
        """The number of a message or resource."""
        return self._number(
            Citation(
                number=0,
                kind="message" if source.table == "messages" else "resource",
                id=source.id,
                title=said_in(source),
                start=source.at,
                end=source.at,
                quote=excerpt(source.text, self.weights),
                source_id=source.id,
                source_table=source.table,
                said_in=said_in(source),
                said_at=source.at,
            )
        )

    def summary(self, summary: Summary) -> int:
        """The number of a written summary."""
        return self._number(
            Citation(0, "summary", summary.id, summary.name, summary.start_time, summary.end_time)
        )

    def with_sources(self, scope: Scope) -> list[Citation]:
        """The citations, each quote with who said it and where."""
        missing = [each.source_id for each in self.citations if each.source_id and each.said_at is None]
        sources = sources_by_id(scope, missing)
        return [_with_source(each, sources.get(each.source_id or "")) for each in self.citations]

    def numbers(self, moments: Iterable[Moment]) -> list[int]:
        """The numbers of several moments."""
        return [self.moment(each) for each in moments]

    def _number(self, citation: Citation) -> int:
        key = (citation.kind, citation.id)
        if key not in self._citations:
            self._citations[key] = replace(citation, number=len(self._citations) + 1)
        return self._citations[key].number


def said_in(source: Source) -> str:
    """`Ana in chat “Standup”`."""
    who = source.author or {"assistant": "the assistant", "tool": "a tool"}.get(source.role or "")
    said = f"{who} in {source.where}" if who else source.where
    return f"{said}, third-party" if source.is_by_others else said


def _with_source(citation: Citation, source: Source | None) -> Citation:
    if source is None:
        return citation
    return replace(citation, source_table=source.table, said_in=said_in(source), said_at=source.at)
