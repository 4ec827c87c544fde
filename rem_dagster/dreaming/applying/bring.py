"""How does a day come to show what was corrected, without asking a model?

what is kept of it ─┐
its own recipe, from kept answers ─┼──> original ── corrections ──> what is shown
its rows, never corrected so far ──┘

A day may have been made by another engine than the one chosen now, or of other activity than there is by
now. It is not dreamt again for that: a correction changes what it says and nothing else.
"""

from collections.abc import Sequence
from datetime import date

from rem_dagster.dreaming.applying.rows import drafts_of_rows
from rem_dagster.dreaming.collect import collect
from rem_dagster.dreaming.draft.engine import Usage
from rem_dagster.dreaming.making import Making
from rem_dagster.dreaming.originals import (
    Original,
    by_source,
    day_by_source,
    keep_originals,
    original_of,
)
from rem_dagster.dreaming.persist import DreamtDay, persist
from rem_dagster.dreaming.recipe_engine import engine_of
from rem_dagster.dreaming.recipe_file import RecipeFile, recipe_files
from rem_dagster.dreaming.redact import redact_day
from rem_dagster.dreaming.shown import Shown, shown_of
from rem_dagster.dreaming.stale import DayState, find_days
from rem_dagster.dreaming.summarize import make_summary, summary_from_moments
from rem_dagster.dreaming.terms import Terms, terms_of
from rem_dagster.locks import Held
from rem_dagster.model.day import Day
from rem_dagster.model.dream import CORRECTED, Dream
from rem_dagster.model.ids import derive_id, digest_text
from rem_dagster.model.moment import Moment
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.digest import NO_ACTIVITY
from rem_dagster.store.filters import equals
from rem_dagster.store.records import record_of


def state_of(store: Store, *, user_id: str, day: date) -> DayState:
    """How one user's day stands, also where it holds nothing."""
    found = find_days(store, first_day=day, last_day=day, user_ids=[user_id])
    return found[0] if found else DayState(user_id, day.isoformat(), "undreamt", NO_ACTIVITY)


def day_of(home: Home, store: Store, state: DayState) -> Day:
    """The day as it is now, redacted."""
    [day] = collect(store, calendar_of(home), [state.key], {state.key: state.input})
    return redact_day(day, bytes.fromhex(home.file.hmac_key))


def moments_of_day(store: Store, *, user_id: str, day: date) -> list[Moment]:
    """The stored moments of a user's day in time order, predictions last."""
    rows = store.read("moments", where=equals("slice_key", f"{user_id}/{day.isoformat()}")).to_pylist()
    found = [record_of(Moment, row) for row in rows]
    return sorted(found, key=lambda each: (each.is_prediction, each.start_time, each.end_time, each.id))


def find_original(
    home: Home, store: Store, state: DayState, day: Day, shown: Sequence[Moment]
) -> Original | None:
    """What a day is without its corrections; None where that is to be dreamt first.

    Args:
        state: of the day before it is corrected now, as are the others.
        shown: its stored moments.
    """
    row = state.row
    if row is None or row.status == "failed":
        return None
    kept = original_of(store, user_id=state.user_id, day=state.partition_key, dream_id=row.dream_id)
    if kept is not None:
        return kept
    if row.status != "complete" or CORRECTED in row.counts:
        return None
    return _of_recipe(home, store, state, day, shown) or _of_rows(store, row, day, shown)


def foresee(home: Home, store: Store, state: DayState, original: Original, day: Day) -> Shown:
    """What would be shown of a day with the corrections that it is given with."""
    return remade(home, store, original, day_by_source(day), state)[1]


def bring(home: Home, store: Store, before: DayState, original: Original, held: Held) -> None:
    """Write what is shown of a day after its corrections.

    Args:
        before: how the day stood before the last correction was made or undone.

    Raises:
        LockLostError: others may have written the day meanwhile; the next dream applies the corrections.
        StoreError: a table could not be written; the same holds.
    """
    state = state_of(store, user_id=before.user_id, day=date.fromisoformat(before.partition_key))
    day = day_by_source(day_of(home, store, state))
    made, _ = remade(home, store, original, day, state)
    held.check()
    keep_originals(store, [original.of(*original.dream_ids, made.dream.dream_id)])
    persist(store, [made], held, keeps_version=False)
    if not state.input.items and not day.corrections:  # a day that holds nothing was never dreamt
        store.delete("dreams", equals("id", made.dream.id))


def remade(
    home: Home, store: Store, original: Original, day: Day, state: DayState
) -> tuple[DreamtDay, Shown]:
    """A day of an original and of the corrections that it is given with, and what is shown of it."""
    row = state.row
    assert row is not None  # only of such a day an original is found
    is_same = original.items_hash == day.items_hash
    told = [part for each in day.corrections for part in (each.id, each.made_at.isoformat())]
    input_hash = day.input_hash if is_same else digest_text(original.items_hash, *told)
    dream_id = derive_id(row.user_id, row.partition_key, input_hash, original.recipe)
    known = {item.handle: item.source_id for item in day.items}
    drafts = [by_source(draft, known) for draft in original.drafts]
    terms = Terms({}, original.only_types, original.min_minutes)
    shown = shown_of(drafts, day, dream_id, terms)
    usage = original.drafting
    if shown.corrected.says_otherwise or terms.are_narrow:
        content = summary_from_moments(shown.moments)
    elif original.summary is not None:
        content, usage = original.summary, usage + original.summing
    else:
        content, spent = _summary_of_recipe(home, store, state, original) or (
            summary_from_moments(shown.moments),
            Usage(),
        )
        usage += spent
    summary = make_summary(content, shown.moments, day, dream_id=dream_id, recipe=original.recipe)
    if summary is not None:
        summary = summary.model_copy(update={"input_hash": input_hash})
    quarantine = (*(each for each in row.quarantine if each.kind != "correction"), *shown.detached)
    counts = {name: count for name, count in row.counts.items() if name != CORRECTED}
    dream = row.model_copy(
        update={
            "status": "complete",
            "input_hash": input_hash,
            "input_digest": day.input_digest if is_same else row.input_digest,
            "dream_id": dream_id,
            "counts": counts
            | shown.counts
            | {"summaries": int(summary is not None), "held_back": len(quarantine)},
            "quarantine": quarantine,
            "calls": usage.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cost_usd": usage.cost_usd,
        }
    )
    return DreamtDay(dream, shown.moments, shown.mentions, shown.edges, summary), shown


def _of_recipe(
    home: Home, store: Store, state: DayState, day: Day, shown: Sequence[Moment]
) -> Original | None:
    """The original as the day's own recipe makes it from kept answers, where that gives what is stored."""
    row = state.row
    if row is None or row.input_hash != day.items_hash:
        return None
    made = _remake(home, store, state)
    if made is None or made.original is None:
        return None
    found = made.original
    drafted = shown_of(found.drafts, day_by_source(day), row.dream_id, _terms(found)).drafted
    if {each.id: each for each in drafted} != {each.id: each for each in shown}:
        return None
    stored = _summary_content(store, row)
    return found.model_copy(update={"summary": stored if found.summary is None else found.summary}).of(
        row.dream_id
    )


def _of_rows(store: Store, row: Dream, day: Day, shown: Sequence[Moment]) -> Original:
    """The original as the day's rows tell it: what each entity rests on is known a little less well."""
    usage = Usage(
        calls=row.calls,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cost_usd=row.cost_usd,
    )
    return Original(
        user_id=row.user_id,
        partition_key=row.partition_key,
        dream_ids=(row.dream_id,),
        recipe=row.recipe,
        items_hash=row.input_hash,
        drafts=(drafts_of_rows(store, day_by_source(day), shown),),
        drafting=usage,
        summary=_summary_content(store, row),
    )


def _remake(home: Home, store: Store, state: DayState) -> DreamtDay | None:
    """The day as its own recipe makes it, with answers that are kept and no call; None where it cannot."""
    row = state.row
    if row is None:
        return None
    held = next((each for each in recipe_files(home) if each.recipe == row.recipe), None)
    if held is None and row.engine == "offline":
        held = RecipeFile(recipe=row.recipe, engine="offline", moment_types=dict(terms_of(home).moment_types))
    engine = engine_of(home, held) if held else None
    if held is None or engine is None:
        return None
    [made] = Making(home, store, engine, held.terms).days([state])
    return made if isinstance(made, DreamtDay) and made.dream.status == "complete" else None


def _summary_of_recipe(
    home: Home, store: Store, state: DayState, original: Original
) -> tuple[str, Usage] | None:
    """What the day's own recipe says of it, where that is kept and the day has no correction by now."""
    if state.row is None or state.row.recipe != original.recipe:
        return None
    made = _remake(home, store, state)
    if made is None or made.original is None or made.original.summary is None:
        return None
    return made.original.summary, made.original.summing


def _summary_content(store: Store, row: Dream) -> str:
    slice_key = f"{row.user_id}/day/{row.partition_key}"
    found = store.read("summaries", ["content"], equals("slice_key", slice_key))["content"].to_pylist()
    return str(found[0]) if found else ""


def _terms(original: Original) -> Terms:
    return Terms({}, original.only_types, original.min_minutes)
