"""How is a segment cut when a model cannot take or answer it whole, and how do its parts become one?"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rem_dagster.dreaming.prediction import is_prediction
from rem_dagster.dreaming.segment import segment as cut
from rem_dagster.dreaming.segment import tokens_in
from rem_dagster.dreaming.verify import DAY_SUMMARY_WORDS
from rem_dagster.dreaming.wording import clip_words
from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.draft import Draft, DraftMoment

SMALLEST = 200
"""Characters below which one input is not cut further."""
MOST_EVIDENCE = 4
BORDERS = ("\n\n", "\n", ". ", " ")


def parts_of(segment: Segment, budget: int, fits: Callable[[Segment], bool]) -> list[Segment]:
    """The segment in parts that fit, in time order; itself when it does.

    Args:
        segment: the items.
        budget: tokens of text for one part.
        fits: whether a part can be asked about in one call, all that is around its text counted.
    """
    if fits(segment):
        return [segment]
    pieces = cut(_shortened(segment.items, budget), token_budget=budget)
    return [part for piece in pieces for part in _fitting(piece, fits)]


def halves_of(segment: Segment) -> tuple[Segment, Segment] | None:
    """Two parts of about the same size; None when there is nothing left to cut.

    The cut lies in the middle half, at another thread or else at the longest silence; one input alone
    becomes two parts of the same handle.
    """
    items = segment.items
    if len(items) == 1:
        texts = _halved(items[0].text)
        if texts is None:
            return None
        first, second = ((replace(items[0], text=text),) for text in texts)
        return Segment(segment.ordinal, first), Segment(segment.ordinal, second)
    place = _middle(items)
    return Segment(segment.ordinal, items[:place]), Segment(segment.ordinal, items[place:])


def merged(drafts: Sequence[Draft]) -> Draft:
    """One draft of the parts' drafts; parts of one input become one moment, but for predictions."""
    if len(drafts) == 1:
        return drafts[0]
    moments: list[DraftMoment] = []
    holder: dict[str, int] = {}
    for moment in (moment for draft in drafts for moment in draft.moments):
        if is_prediction(moment):
            moments.append(moment)
            continue
        place = next((holder[handle] for handle in moment.handles if handle in holder), None)
        if place is None:
            place = len(moments)
            moments.append(moment)
        else:
            moments[place] = _joined(moments[place], moment)
        holder |= dict.fromkeys(moment.handles, place)
    return Draft(
        moments=tuple(moments),
        entities=tuple(entity for draft in drafts for entity in draft.entities),
        edges=tuple(dict.fromkeys(edge for draft in drafts for edge in draft.edges)),
        day_summary=_summary([draft.day_summary for draft in drafts if draft.day_summary]),
    )


def _shortened(items: Sequence[DayItem], budget: int) -> list[DayItem]:
    """The items, each that is larger than the budget as several of the same handle."""
    parts: list[DayItem] = []
    waiting = list(reversed(items))
    while waiting:
        item = waiting.pop()
        texts = _halved(item.text) if tokens_in(item.text) > budget else None
        if texts is None:
            parts.append(item)
        else:
            waiting.extend(replace(item, text=text) for text in reversed(texts))
    return parts


def _fitting(segment: Segment, fits: Callable[[Segment], bool]) -> list[Segment]:
    halves = None if fits(segment) else halves_of(segment)
    if halves is None:
        return [segment]
    return [part for half in halves for part in _fitting(half, fits)]


def _halved(text: str) -> tuple[str, str] | None:
    """A text in two, cut at the best border near its middle; joined they are the text."""
    if len(text) < SMALLEST:
        return None
    low, high = len(text) * 2 // 5, len(text) * 3 // 5
    for border in BORDERS:
        place = text.rfind(border, low, high)
        if place >= 0:
            place += len(border)
            return text[:place], text[place:]
    return text[: len(text) // 2], text[len(text) // 2 :]


def _middle(items: Sequence[DayItem]) -> int:
    """Where to cut: the strongest border with at least a quarter of the text on either side."""
    sizes = [len(item.text) + 1 for item in items]
    total, before = sum(sizes), 0
    best, place = (-1, -1.0, -1.0), 1
    for index in range(1, len(items)):
        before += sizes[index - 1]
        balance = min(before, total - before) / total
        last, item = items[index - 1], items[index]
        gap = (item.occurred_at - max(last.ended_at, last.occurred_at)).total_seconds()
        weight = (1 + (last.thread != item.thread), gap, balance) if balance >= 0.25 else (0, balance, 0.0)
        if weight > best:
            best, place = weight, index
    return place


def _joined(first: DraftMoment, more: DraftMoment) -> DraftMoment:
    """Two moments about the same input as one, told as the first was."""
    return first.model_copy(
        update={
            "tags": tuple(dict.fromkeys(first.tags + more.tags)),
            "emotions": first.emotions + more.emotions,
            "people": tuple(dict.fromkeys(first.people + more.people)),
            "outcomes": tuple(dict.fromkeys(first.outcomes + more.outcomes)),
            "handles": tuple(dict.fromkeys(first.handles + more.handles)),
            "evidence": (first.evidence + more.evidence)[: max(MOST_EVIDENCE, len(first.evidence))],
            "facts": first.facts + more.facts,
            "intentions": first.intentions + more.intentions,
        }
    )


def _summary(texts: Sequence[str]) -> str:
    """The parts' summaries in turn: whole where they fit, else the first sentence of each."""
    whole = " ".join(texts)
    if len(whole.split()) <= DAY_SUMMARY_WORDS:
        return whole
    firsts = [text.split(". ")[0].rstrip(".") + "." for text in texts]
    return clip_words(" ".join(firsts), DAY_SUMMARY_WORDS)
