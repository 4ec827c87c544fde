"""How does `rem forget` say what would go, what went and how that is known?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from rem_dagster.ingest.forgetting.forget import Forgetting
from rem_dagster.ingest.forgetting.plan import Line, Plan
from rem_dagster.ingest.forgetting.prove import MOST_TOLD, Proof, told
from rem_dagster.ingest.recognise import shown_place
from rem_dagster.interfaces.cli.opening import Opened, is_known
from rem_dagster.interfaces.cli.words import (
    clean,
    clock,
    counted,
    days_from_to,
    fit,
    listed,
    padded,
    short_day,
    wrap,
)

SHOWN = 20
"""Items of which the first line is shown."""
INDENT = "  "
DERIVED = {
    "moments": "moment",
    "mentions": "mention",
    "edges": "edge",
    "summaries": "recap",
    "corrections": "correction",
    "replaced": "earlier version",
}
"""Tables that people know of, and what their rows are called."""


def forgetting_lines(
    found: Forgetting, opened: Opened, again: Sequence[str], width: int, *, sources: Sequence[str] = ()
) -> Iterator[str]:
    """A page on what would go, or went.

    Args:
        sources: those that were named.
        again: the words of the command after `forget`, without --yes.
    """
    plan = found.plan
    if plan.is_empty:
        yield from wrap("Nothing that is stored fits. Nothing was changed.", width)
        yield f"Next: {opened.command('search', 'WORDS', '--schema', 'messages')}"
        return
    yield from _going(plan, opened, width, is_done=found.proof is not None)
    if found.proof is None:
        yield ""
        yield from wrap("Nothing was changed. There is no way back.", width)
        yield f"Next: {opened.command('forget', *again, '--yes')}"
        return
    yield ""
    yield from _proved(found.proof, opened, width)
    if found.events:
        yield from wrap(
            f"Taken out of Dagster's history: the words of {counted(found.events, 'event')}.", width
        )
    if found.backups_removed:
        yield from wrap(f"Removed: {counted(found.backups_removed, 'backup')}.", width)
    yield from _backups(found.backups_left, width)
    yield from still_named_lines(opened, sources, width)
    if found.proof.is_clean:
        yield f"Next: {_after(opened)}"


def _after(opened: Opened) -> str:
    """What may follow a forgetting: there is nothing to dream for somebody of whom nothing is left."""
    if is_known(opened.store, opened.home.settings.user):
        return opened.command("dream")
    return opened.command_of_all("dream")


def forgetting_as_json(found: Forgetting) -> dict[str, object]:
    """The same for programs; `proof` is null where nothing was done."""
    plan, scope, proof = found.plan, found.plan.scope, found.proof
    return {
        "done": found.is_done,
        "messages": len(scope.messages),
        "documents": len(scope.documents),
        "sessions": len(scope.sessions),
        "items": [vars(line) for line in plan.lines],
        "rows": dict(plan.rows),
        "days": dict(plan.days),
        "answers": plan.answers,
        "model_days": plan.model_days,
        "backups": list(found.backups_left),
        "backups_removed": found.backups_removed,
        "dagster_events": found.events,
        "proof": _proof_as_json(proof) if proof else None,
    }


def still_named_lines(opened: Opened, sources: Sequence[str], width: int) -> Iterator[str]:
    """Which of some sources that were forgotten `rem sync` reads on: what was there stays out, new things
    do not."""
    kinds = {each.partition(":")[0] for each in sources}
    for each in opened.home.settings.sources:
        if each.kind in kinds:
            named = f"{each.kind} {shown_place(each, opened.home)}"
            yield from wrap(
                f"config.toml still names {clean(named)}: what was forgotten stays out, and what is new "
                "there comes in. Remove its [[sources]] entry to end that.",
                width,
            )


def count_lines(opened: Opened, width: int) -> Iterator[str]:
    """How many tombstones there are, by user."""
    counts = _counts(opened)
    if not counts:
        yield from wrap("Nothing was forgotten in this home so far.", width)
    for row in counts:
        day = short_day(date.fromisoformat(row["last"][:10])) + f" {row['last'][:4]}"
        yield from wrap(
            f"{row['user_id']}: {counted(row['items'], 'item')} that stay out, the last of {day}.", width
        )
    yield f"Next: {opened.command('forget', '--help')}"


def count_as_json(opened: Opened) -> list[dict[str, Any]]:
    """The same for programs."""
    return _counts(opened)


def _counts(opened: Opened) -> list[dict[str, Any]]:
    if not opened.has_tables:
        return []
    rows = opened.store.read("forgotten", ["user_id", "at"]).to_pylist()
    items = Counter(row["user_id"] for row in rows)
    return [
        {
            "user_id": user,
            "items": count,
            "last": max(row["at"] for row in rows if row["user_id"] == user).isoformat(),
        }
        for user, count in sorted(items.items())
    ]


def _going(plan: Plan, opened: Opened, width: int, *, is_done: bool) -> Iterator[str]:
    scope = plan.scope
    kinds = (("message", scope.messages), ("document", scope.documents), ("session", scope.sessions))
    items = listed([counted(len(ids), noun) for noun, ids in kinds if ids]) or "what was begun"
    yield from wrap(f"{'Forgotten' if is_done else 'Would be forgotten'}: {items}.", width)
    if plan.is_going_on:
        yield from wrap("Part of it is what an earlier forgetting that was stopped had still to do.", width)
    if plan.lines:
        yield ""
    for line in plan.lines[:SHOWN]:
        yield _item(line, opened, width)
    shown = min(SHOWN, len(plan.lines))
    if plan.items > shown:
        yield f"{INDENT}and {plan.items - shown:,} more: --json lists the first {len(plan.lines)}"
    yield ""
    yield from wrap(" ".join(_with_them(plan)), width)
    if not is_done:
        yield from wrap("The files that it came from are not touched.", width)
        yield from _backups(plan.backups, width)


def _with_them(plan: Plan) -> Iterator[str]:
    """What goes beside the items, in sentences."""
    derived = [counted(plan.rows[table], noun) for table, noun in DERIVED.items() if plan.rows.get(table)]
    days = sorted({day for days in plan.days.values() for day in days})
    if days:
        span = days_from_to(date.fromisoformat(days[0]), date.fromisoformat(days[-1]))
        where = f"{counted(len(days), 'day')} ({span})" if len(days) > 1 else span
        what = f"With them go {listed(derived, most=len(derived))} of" if derived else "They are of"
        yield f"{what} {where}; what remains there is dreamt again by the next dream."
    if plan.answers:
        yield f"{counted(plan.answers, 'answer')} of a model citing them go; what they cost stays counted."
    if plan.model_days:
        yield (
            f"A model made {counted(plan.model_days, 'day')} of these and is asked again for what remains: "
            "`rem dream --estimate` says what that costs."
        )


def _item(line: Line, opened: Opened, width: int) -> str:
    day = opened.calendar.day_of(line.at)
    when = f"{short_day(day)} {clock(line.at, opened.zone)}"
    who = f"{line.author}: " if line.author and line.thing == "message" else ""
    head = f"{INDENT}{when}  {padded(line.thing, 8)}  "
    return head + fit(f"{who}{line.text or 'without a title'}", width - len(head))


def _proved(proof: Proof, opened: Opened, width: int) -> Iterator[str]:
    yield from wrap(told(proof), width)
    if proof.is_clean:
        return
    for each in proof.left[:MOST_TOLD]:
        yield from (f"{INDENT}{line}" for line in wrap(f"{each.where}: {each.what}", width - len(INDENT)))
    if len(proof.left) > MOST_TOLD:
        yield f"{INDENT}and {len(proof.left) - MOST_TOLD:,} more: --json lists all"
    yield from wrap(
        "Somebody may be writing just now. Wait ten minutes, then run it again: it goes on.", width
    )
    yield f"Next: {opened.command('forget', '--yes')}"


def _backups(places: Sequence[str], width: int) -> Iterator[str]:
    if places:
        are = "A backup holds" if len(places) == 1 else f"{len(places)} backups hold"
        yield from wrap(f"{are} what the home held; --backups removes them: {', '.join(places)}", width)


def _proof_as_json(proof: Proof) -> dict[str, object]:
    return {
        "clean": proof.is_clean,
        "tables": proof.tables,
        "versions": proof.versions,
        "files": proof.files,
        "ids": proof.ids,
        "texts": proof.texts,
        "left": [vars(each) for each in proof.left],
    }
