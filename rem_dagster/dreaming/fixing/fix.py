"""How is a correction made, and how is it undone?

    checked ── written ── the day brought to it ── search, links, weeks and months

Killed once it is written, the day counts as changed, and the next dream applies it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.applying.bring import (
    bring,
    day_of,
    find_original,
    foresee,
    moments_of_day,
    state_of,
)
from rem_dagster.dreaming.draft.choice import choose_engine, is_offline
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.dreaming.fixing.check import Ground, checked
from rem_dagster.dreaming.fixing.kept import (
    corrections_of,
    detached_in,
    find_correction,
    keep_correction,
)
from rem_dagster.dreaming.originals import Original
from rem_dagster.dreaming.stale import DayState
from rem_dagster.dreaming.terms import moment_types_of
from rem_dagster.errors import InputError, UnknownMomentError
from rem_dagster.llm.opening import Asking
from rem_dagster.model.correction import Correction
from rem_dagster.model.day import Day
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import calendar_of
from rem_dagster.model.words import CorrectionVerb
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.text import refresh_text

WAIT_FOR_DREAM = 30.0
"""Seconds to wait for another process that dreams the day."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to change."""

    verb: CorrectionVerb
    moment_ids: Sequence[str] = ()
    value: Mapping[str, object] = field(default_factory=dict)
    day: date | None = None
    """Of a moment to be added."""


@dataclass(frozen=True)
class Fixed:
    """What became of a change."""

    correction: Correction
    moments: tuple[Moment, ...]
    """All of the day, as they are shown now."""
    detached: tuple[Correction, ...] = ()
    """Corrections of the day that found nothing to attach to."""
    before: tuple[Moment, ...] = ()
    """Of the day's moments as they were, those that are gone or differ now."""
    after: tuple[Moment, ...] = ()
    """Of its moments now, those that are new or differ."""
    is_shown: bool = True
    """Whether the day shows it; else the next dream of the day brings it about."""


@dataclass(frozen=True)
class _Before:
    """How a day stood before it was corrected, and what it is made anew from."""

    state: DayState
    day: Day
    moments: Sequence[Moment]
    original: Original | None
    engine: Engine | None
    """With what it is dreamt when there is no original; None where that would ask a model."""


def fix(
    home: Home, store: Store, asked: Asked, *, user_id: str, now: datetime, dry_run: bool = False
) -> Fixed:
    """Change what is shown of a day, for good: later dreams keep to it. No model is asked.

    Args:
        dry_run: say what would become of it, and change nothing.

    Raises:
        InputError: it cannot be changed so; nothing was changed.
        UnknownMomentError: the user has no such moment; nothing was changed.
        HomeBusyError: another process dreams the day; nothing was changed.
    """
    on = _day_asked(store, asked, user_id=user_id)
    with home.hold_days([on.isoformat()], wait_seconds=WAIT_FOR_DREAM) as held:
        before = _look(home, store, user_id=user_id, on=on)
        correction = _checked(home, before, asked, now=now)
        others = [each for each in before.day.corrections if each.id != correction.id]
        if dry_run:
            return _foreseen(home, store, before, correction, [*others, correction])
        if before.day.corrections[-1:] and before.day.corrections[-1].id == correction.id:
            return _fixed(home, store, before, before.day.corrections[-1])
        keep_correction(store, correction)
        if before.original is not None:
            bring(home, store, before.state, before.original, held)
    return _after(home, store, before, correction)


def undo(
    home: Home, store: Store, *, user_id: str, correction_id: str | None = None, dry_run: bool = False
) -> Fixed:
    """Take a correction back, by default the one made last: the day is as if it had never been made.

    Args:
        correction_id: its id, or how no other one's begins.
        dry_run: say what would become of it, and change nothing.

    Raises:
        InputError: there is no such correction; nothing was changed.
        HomeBusyError: another process dreams the day; nothing was changed.
    """
    correction = find_correction(store, user_id=user_id, correction_id=correction_id)
    on = date.fromisoformat(correction.partition_key)
    with home.hold_days([correction.partition_key], wait_seconds=WAIT_FOR_DREAM) as held:
        before = _look(home, store, user_id=user_id, on=on)
        others = [each for each in before.day.corrections if each.id != correction.id]
        if len(others) == len(before.day.corrections):
            raise InputError(
                f"Somebody undid {correction.id} meanwhile. Nothing was changed. `rem fix --list` shows what "
                "is left."
            )
        if dry_run:
            return _foreseen(home, store, before, correction, others)
        store.delete("corrections", equals("id", correction.id))
        if before.original is not None:
            bring(home, store, before.state, before.original, held)
    return _after(home, store, before, correction)


def _day_asked(store: Store, asked: Asked, *, user_id: str) -> date:
    """The one day that a change is of.

    Raises:
        UnknownMomentError: a moment is none of the user's.
        InputError: they are of several days, or none is named.
    """
    if asked.verb == "add" and asked.day is not None:
        return asked.day
    rows = store.read_in("moments", "id", asked.moment_ids, ["id", "user_id", "partition_key"]).to_pylist()
    days = {row["id"]: row["partition_key"] for row in rows if row["user_id"] == user_id}
    for each in asked.moment_ids:
        if each not in days:
            raise _unknown(each, user_id)
    if not days:
        missing = "no day was named for it" if asked.verb == "add" else "no moment was named"
        raise InputError(f"{asked.verb} was asked for: {missing}. Nothing was changed.")
    if len(set(days.values())) > 1:
        raise InputError(
            f"{asked.verb} was asked for moments of {', '.join(sorted(set(days.values())))}: they must be of "
            "one day. Nothing was changed."
        )
    return date.fromisoformat(next(iter(days.values())))


def _look(home: Home, store: Store, *, user_id: str, on: date) -> _Before:
    state = state_of(store, user_id=user_id, day=on)
    day = day_of(home, store, state)
    moments = moments_of_day(store, user_id=user_id, day=on)
    original = find_original(home, store, state, day, moments)
    needs_no_model = (is_offline(home) and not state.is_of_a_model) or not day.items
    engine = choose_engine(home, Asking(needs_key=False)) if original is None and needs_no_model else None
    return _Before(state, day, moments, original, engine)


def _checked(home: Home, before: _Before, asked: Asked, *, now: datetime) -> Correction:
    known = {each.id: each for each in before.moments}
    for each in asked.moment_ids:
        if each not in known:  # another process dreamt the day just now
            raise _unknown(each, before.state.user_id)
    calendar = calendar_of(home)
    ground = Ground(before.day, tuple(moment_types_of(home)), calendar, calendar.day_of(now))
    last = max((each.made_at for each in before.day.corrections), default=None)
    made_at = max(now, last + timedelta(microseconds=1)) if last else now  # they are applied in this order
    chosen = [known[each] for each in dict.fromkeys(asked.moment_ids)]
    return checked(asked.verb, chosen, asked.value, ground, made_at=made_at)


def _after(home: Home, store: Store, before: _Before, correction: Correction) -> Fixed:
    """What follows from a day that was corrected, and what became of it."""
    on = before.day.day
    if before.original is None and before.engine is not None:
        dream(home, store, before.engine, DreamPlan(on, on, user_ids=[correction.user_id]))
    refresh_text(store)
    refresh_across(home, store, user_ids=[correction.user_id])
    return _fixed(home, store, before, correction)


def _fixed(home: Home, store: Store, before: _Before, correction: Correction) -> Fixed:
    user_id, on = correction.user_id, before.day.day
    now = moments_of_day(store, user_id=user_id, day=on)
    row = state_of(store, user_id=user_id, day=on).row
    detached = detached_in(row)
    return _told(
        correction,
        before.moments,
        now,
        [each for each in corrections_of(store, user_id=user_id, day=on.isoformat()) if each.id in detached],
        is_shown=before.original is not None or before.engine is not None,
    )


def _foreseen(
    home: Home, store: Store, before: _Before, correction: Correction, corrections: Sequence[Correction]
) -> Fixed:
    """What would become of a day with these corrections."""
    if before.original is None:
        return _told(correction, before.moments, before.moments, [], is_shown=before.engine is not None)
    day = replace(before.day, corrections=tuple(corrections))
    shown = foresee(home, store, before.state, before.original, day)
    return _told(correction, before.moments, shown.moments, shown.corrected.detached)


def _told(
    correction: Correction,
    before: Sequence[Moment],
    now: Sequence[Moment],
    detached: Sequence[Correction],
    *,
    is_shown: bool = True,
) -> Fixed:
    def said(moment: Moment) -> Moment:
        return moment.model_copy(update={"dream_id": ""})

    old, new = [said(each) for each in before], [said(each) for each in now]
    return Fixed(
        correction,
        tuple(now),
        tuple(detached),
        before=tuple(each for each, plain in zip(before, old, strict=True) if plain not in new),
        after=tuple(each for each, plain in zip(now, new, strict=True) if plain not in old),
        is_shown=is_shown,
    )


def _unknown(moment_id: str, user_id: str) -> UnknownMomentError:
    return UnknownMomentError(
        f"{user_id!r} has no moment {moment_id!r}: it may have been dreamt anew meanwhile. Nothing was "
        "changed. `rem show DAY --ids` shows the moments of a day with their ids."
    )
