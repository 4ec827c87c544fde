"""How do a person's corrections change the moments of a dream?

A correction names the sources that its moment cites. It attaches to the moment that shares most of
them, at least half; so it outlives dreams that cut the day a little differently.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.dreaming.resolve import cited_sources, search_text
from rem_dagster.model.correction import Correction
from rem_dagster.model.day import Day, DayItem
from rem_dagster.model.ids import derive_id
from rem_dagster.model.moment import Moment, happened

SHARED_ENOUGH = 0.5
JOINED = (
    *("tags", "emotion_tags", "people", "outcomes", "resource_ids", "session_ids"),
    *("evidence", "facts", "intentions"),
)
"""Columns that a merge puts together."""


@dataclass(frozen=True)
class Corrected:
    """Moments after the corrections, and the corrections that found nothing to attach to."""

    moments: list[Moment]
    detached: list[Correction]


def correct(moments: Sequence[Moment], day: Day, dream_id: str) -> Corrected:
    """Apply a day's corrections in the order in which they were made."""
    shown = list(moments)
    detached = []
    sources = {item.source_id: item for item in day.items}
    for correction in day.corrections:
        after = _apply(correction, shown, sources, day, dream_id)
        if after is None:
            detached.append(correction)
        else:
            shown = sorted(after, key=lambda moment: (moment.start_time, moment.id))
    return Corrected(shown, detached)


def _apply(
    correction: Correction,
    moments: Sequence[Moment],
    sources: Mapping[str, DayItem],
    day: Day,
    dream_id: str,
) -> list[Moment] | None:
    """The moments after one correction, or None when it does not attach."""
    if correction.verb == "add":
        return [*moments, _added(correction, sources, day, dream_id)]
    if correction.verb == "merge":
        return _merged(correction, moments, sources)
    target = _target(correction, moments)
    if target is None:
        return None
    others = [moment for moment in moments if moment.id != target.id]
    if correction.verb == "hide":
        return others
    if correction.verb == "split":
        parts = _split(target, _instant(correction.value, "at"), sources)
        return None if parts is None else [*others, *parts]
    change: Callable[[Moment, Mapping[str, object]], Moment] = {
        "rename": _renamed,
        "retype": _retyped,
        "set_times": _moved,
    }[correction.verb]
    return [*others, change(target, correction.value)]


def _target(correction: Correction, moments: Sequence[Moment]) -> Moment | None:
    wanted = set(correction.target)

    def share(moment: Moment) -> float:
        return len(wanted & _sources(moment)) / max(1, len(wanted))

    def fit(moment: Moment) -> tuple[float, bool, bool, str]:
        # A prediction rests on sources of other moments: it is meant where nothing but its own are named.
        return share(moment), _sources(moment) == wanted, not moment.is_prediction, moment.id

    best = max(moments, key=fit, default=None)
    return best if best is not None and share(best) >= SHARED_ENOUGH else None


def _sources(moment: Moment) -> set[str]:
    return {*cited_sources(moment), *(quote.source_id for quote in moment.evidence)}


def _renamed(moment: Moment, value: Mapping[str, object]) -> Moment:
    words = {key: str(value[key]) for key in ("name", "summary") if value.get(key)}
    return _refreshed(moment, words)


def _retyped(moment: Moment, value: Mapping[str, object]) -> Moment:
    return _refreshed(moment, {"moment_type": str(value["moment_type"])})


def _moved(moment: Moment, value: Mapping[str, object]) -> Moment:
    start, end = _instant(value, "start_time"), _instant(value, "end_time")
    return _refreshed(
        moment, {"start_time": start, "end_time": max(start, end), "created_at": max(start, end)}
    )


def _split(moment: Moment, at: datetime, sources: Mapping[str, DayItem]) -> list[Moment] | None:
    """Two moments, of the sources before an instant and from it on; None when one would be empty."""
    cited = [sources[identifier] for identifier in cited_sources(moment)]
    early = [item for item in cited if item.occurred_at < at]
    late = [item for item in cited if item.occurred_at >= at]
    if not early or not late:
        return None
    return [_narrowed(moment, moment.id, early), _narrowed(moment, _anchored(moment, late), late)]


def _merged(
    correction: Correction, moments: Sequence[Moment], sources: Mapping[str, DayItem]
) -> list[Moment] | None:
    """One moment of all those that lie mostly within the target."""
    wanted = set(correction.target)
    joined = [
        each for each in happened(moments) if 2 * len(wanted & _sources(each)) >= max(1, len(_sources(each)))
    ]
    if len(joined) < 2:
        return None
    first, *rest = joined
    cited = sorted(
        {
            sources[identifier].source_id: sources[identifier]
            for each in joined
            for identifier in cited_sources(each)
        }.values(),
        key=lambda item: (item.occurred_at, item.source_id),
    )
    whole = first.model_copy(
        update={
            "summary": str(correction.value.get("summary") or " ".join(each.summary for each in joined)),
            "name": str(correction.value.get("name") or first.name),
            "end_time": max(each.end_time for each in joined),
            "created_at": max(each.end_time for each in joined),
            **{
                column: tuple(dict.fromkeys(value for each in joined for value in getattr(each, column)))
                for column in JOINED
            },
            "metadata": {**first.metadata, "source_ids": [item.source_id for item in cited]},
        }
    )
    gone = {each.id for each in (first, *rest)}
    return [*(each for each in moments if each.id not in gone), _refreshed(whole, {})]


def _added(correction: Correction, sources: Mapping[str, DayItem], day: Day, dream_id: str) -> Moment:
    """A moment that a person wrote; its evidence are the sources it names, if any."""
    value = correction.value
    known = [sources[identifier] for identifier in correction.target if identifier in sources]
    start, end = _instant(value, "start_time"), _instant(value, "end_time")
    moment = Moment.model_validate(
        {
            "id": derive_id(day.user_id, day.partition_key, "moment", correction.id, 0),
            "user_id": day.user_id,
            "partition_key": day.partition_key,
            "name": str(value["name"]),
            "summary": str(value.get("summary") or value["name"]),
            "start_time": start,
            "end_time": max(start, end),
            "created_at": max(start, end),
            "moment_type": str(value.get("moment_type") or "other"),
            "resource_ids": tuple(item.source_id for item in known if item.kind == "resource"),
            "session_ids": tuple(dict.fromkeys(item.thread for item in known if item.kind == "message")),
            "metadata": {"source_ids": [item.source_id for item in known], "added_by": "user"},
            "dream_id": dream_id,
        }
    )
    return _refreshed(moment, {})


def _narrowed(moment: Moment, identifier: str, items: Sequence[DayItem]) -> Moment:
    kept = {item.source_id for item in items}
    end = max(item.ended_at for item in items)
    threads = {item.thread for item in items}
    return _refreshed(
        moment,
        {
            "id": identifier,
            "start_time": items[0].occurred_at,
            "end_time": end,
            "created_at": end,
            "resource_ids": tuple(each for each in moment.resource_ids if each in kept),
            "session_ids": tuple(each for each in moment.session_ids if each in threads),
            "evidence": tuple(quote for quote in moment.evidence if quote.source_id in kept),
            "metadata": {**moment.metadata, "source_ids": [item.source_id for item in items]},
        },
    )


def _anchored(moment: Moment, items: Sequence[DayItem]) -> str:
    return derive_id(moment.user_id, moment.partition_key, "moment", items[0].source_id, "split")


def _refreshed(moment: Moment, changes: Mapping[str, object]) -> Moment:
    changed = moment.model_copy(update=dict(changes))
    return changed.model_copy(update={"search_text": search_text(changed)})


def _instant(value: Mapping[str, object], name: str) -> datetime:
    return datetime.fromisoformat(str(value[name]))
