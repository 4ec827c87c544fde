"""How do a person's corrections change the moments of a dream?

A correction names the sources that its moment cites. It attaches to the moment that shares most of
them, at least half; so it outlives dreams that cut the day a little differently.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rem_dagster.dreaming.resolve import cited_sources, search_text
from rem_dagster.dreaming.splitting import split
from rem_dagster.dreaming.verify import SUMMARY_LENGTH
from rem_dagster.dreaming.wording import clip_letters
from rem_dagster.model.correction import Correction
from rem_dagster.model.day import Day, DayItem
from rem_dagster.model.moment import Moment, happened

SHARED_ENOUGH = 0.5
JOINED = (
    *("tags", "emotion_tags", "people", "outcomes", "resource_ids", "session_ids"),
    *("evidence", "facts", "intentions"),
)
"""Columns that a merge puts together."""
MOST_EMOTIONS = 3
WORDLESS = ("retype", "set_times", "close")
"""Verbs after which a day's summary still is of what is shown."""


@dataclass(frozen=True)
class Corrected:
    """Moments after the corrections, and the corrections that found nothing to attach to."""

    moments: list[Moment]
    detached: list[Correction]
    attached: list[Correction] = field(default_factory=list)
    hidden: frozenset[str] = frozenset()
    """The sources that moments cited, and none does any more."""

    @property
    def says_otherwise(self) -> bool:
        """Whether the words of what is shown are others than those that were drafted."""
        return any(each.verb not in WORDLESS for each in self.attached)


def correct(moments: Sequence[Moment], day: Day, dream_id: str) -> Corrected:
    """Apply a day's corrections in the order in which they were made."""
    shown = list(moments)
    detached, attached = [], []
    sources = {item.source_id: item for item in day.items}
    for correction in day.corrections:
        after = _apply(correction, shown, sources, day, dream_id)
        if after is None:
            detached.append(correction)
        else:
            attached.append(correction)
            shown = sorted(after, key=lambda moment: (moment.start_time, moment.id))
    hidden = _cited_by(moments) - _cited_by(shown)
    return Corrected(shown, detached, attached, hidden)


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
    target = target_of(correction.target, moments)
    if target is None:
        return None
    others = [moment for moment in moments if moment.id != target.id]
    if correction.verb == "hide":
        return others
    if correction.verb == "split":
        parts = split(target, _instant(correction.value, "at"), sources)
        return None if parts is None else [*others, *(_refreshed(part, {}) for part in parts)]
    change: Callable[[Moment, Mapping[str, object]], Moment] = {
        "rename": _renamed,
        "retype": _retyped,
        "set_times": _moved,
        "close": lambda moment, _: moment,  # it is of what somebody means to do, and changes no word
    }[correction.verb]
    return [*others, change(target, correction.value)]


def target_of(target: Sequence[str], moments: Sequence[Moment]) -> Moment | None:
    """The moment that shares most of some sources; None where none shares half of them."""
    wanted = set(target)

    def share(moment: Moment) -> float:
        return len(wanted & sources_of(moment)) / max(1, len(wanted))

    def fit(moment: Moment) -> tuple[float, bool, bool, str]:
        # A prediction rests on sources of other moments: it is meant where nothing but its own are named.
        return share(moment), sources_of(moment) == wanted, not moment.is_prediction, moment.id

    best = max(moments, key=fit, default=None)
    return best if best is not None and share(best) >= SHARED_ENOUGH else None


def sources_of(moment: Moment) -> set[str]:
    """What a correction names a moment by: its sources, or itself where a person added it without any."""
    return {*cited_sources(moment), *(quote.source_id for quote in moment.evidence)} or {moment.id}


def _cited_by(moments: Sequence[Moment]) -> frozenset[str]:
    return frozenset(each for moment in happened(moments) for each in cited_sources(moment))


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


def _merged(
    correction: Correction, moments: Sequence[Moment], sources: Mapping[str, DayItem]
) -> list[Moment] | None:
    """One moment of all those that lie mostly within the target."""
    wanted = set(correction.target)
    joined = [
        each for each in happened(moments) if 2 * len(wanted & sources_of(each)) >= len(sources_of(each))
    ]
    if len(joined) < 2:
        return None
    first, *rest = joined
    cited = sorted(
        {each for moment in joined for each in cited_sources(moment)},
        key=lambda each: (sources[each].occurred_at, each),
    )
    end = max(each.end_time for each in joined)
    together = " ".join(each.summary for each in joined)
    whole = first.model_copy(
        update={
            **{
                column: tuple(dict.fromkeys(value for each in joined for value in getattr(each, column)))
                for column in JOINED
            },
            "summary": str(correction.value.get("summary") or clip_letters(together, SUMMARY_LENGTH)),
            "name": str(correction.value.get("name") or first.name),
            "end_time": end,
            "created_at": end,
            "trust": "third_party" if any(each.trust == "third_party" for each in joined) else "own",
            "metadata": {**first.metadata, "source_ids": cited},
        }
    )
    gone = {each.id for each in (first, *rest)}
    return [
        *(each for each in moments if each.id not in gone),
        _refreshed(whole, {"emotion_tags": whole.emotion_tags[:MOST_EMOTIONS]}),
    ]


def _added(correction: Correction, sources: Mapping[str, DayItem], day: Day, dream_id: str) -> Moment:
    """A moment that a person wrote; its evidence are the sources it names, if any."""
    value = correction.value
    known = [sources[identifier] for identifier in correction.target if identifier in sources]
    start, end = _instant(value, "start_time"), _instant(value, "end_time")
    moment = Moment.model_validate(
        {
            "id": correction.added_id,
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


def _refreshed(moment: Moment, changes: Mapping[str, object]) -> Moment:
    changed = moment.model_copy(update=dict(changes))
    return changed.model_copy(update={"search_text": search_text(changed)})


def _instant(value: Mapping[str, object], name: str) -> datetime:
    return datetime.fromisoformat(str(value[name]))
