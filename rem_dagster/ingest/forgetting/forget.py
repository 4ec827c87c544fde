"""How is what somebody wants forgotten deleted while others work, and proved to be gone?

plan ── locks: days, links ── plan again ── remembered in a file ── erase ── prove ──┬── clean: done
                                                           ▲                         │
                                                           └── once more, where others wrote meanwhile
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from rem_dagster.ingest.forgetting.chosen import Wanted
from rem_dagster.ingest.forgetting.erase import erase
from rem_dagster.ingest.forgetting.plan import Plan, plan_of
from rem_dagster.ingest.forgetting.prove import Proof, prove, texts_of
from rem_dagster.ingest.forgetting.scope import Scope, end_pending, write_pending
from rem_dagster.locks import Held
from rem_dagster.settings import Home
from rem_dagster.store.backup import remove_backups
from rem_dagster.store.database import Store

CleanHistory = Callable[[Collection[str]], int]
WAIT_FOR_DREAM = 3600.0
"""Seconds to wait for whoever dreams, links or forgets the same days."""
ROUNDS = 3
"""How often to go after writers that began before they could know."""


@dataclass(frozen=True)
class Forgetting:
    """What is to go, and, where it went, the proof."""

    plan: Plan
    proof: Proof | None = None
    """None where nothing was done: it was only asked what would go, or there was nothing."""
    backups_removed: int = 0
    events: int = 0
    """Events of Dagster's history from which words were taken."""
    is_history_left: bool = False
    """Whether there is such a history and nobody looked into it."""

    @property
    def backups_left(self) -> tuple[str, ...]:
        """Places of backups that still hold what the home held."""
        return () if self.backups_removed else self.plan.backups

    @property
    def is_done(self) -> bool:
        """Whether it was done and nothing is left."""
        return self.proof is not None and self.proof.is_clean


def forget(
    home: Home,
    store: Store,
    wanted: Wanted,
    *,
    now: datetime,
    remove_old_backups: bool = False,
    clean_history: CleanHistory | None = None,
) -> Forgetting:
    """Forget for good what is wanted, and what a killed forgetting left to be done; no model is asked.

    The next import does not bring it back. Days that it touched are as if they were never dreamt.

    Args:
        clean_history: takes words of some ISO days out of Dagster's history, of which nothing is known here;
            how many events it changed.

    Raises:
        InputError: nothing was named, or something that is not stored.
        HomeBusyError: somebody else was at work on the same days all the time; nothing was changed.
        LockLostError: the Postgres that keeps machines apart went away; run it again, it goes on.
        StoreError: a table could not be read or written; run it again, it goes on.
    """
    plan = plan_of(home, store, wanted)
    while not plan.is_empty:
        names = {f"dream-{day}" for _, day in plan.scope.days}
        with home.hold_everywhere([*names, "forget", "links"], wait_seconds=WAIT_FOR_DREAM) as held:
            locked, plan = plan.scope.days, plan_of(home, store, wanted)
            if plan.scope.days <= locked:  # else somebody wrote meanwhile, and more days are to be held
                write_pending(home, plan.scope)
                proof = _erase(home, store, plan.scope, held, now=now)
                events = clean_history({day for _, day in plan.scope.days}) if clean_history else 0
                removed = remove_backups(home.path, store) if remove_old_backups else 0
                if proof.is_clean:
                    end_pending(home)
                is_left = clean_history is None and (home.dagster_path / "dagster.yaml").exists()
                return Forgetting(plan, proof, removed, events, is_left)
    return Forgetting(plan)


def _erase(home: Home, store: Store, scope: Scope, held: Held, *, now: datetime) -> Proof:
    """Erase and prove, again where somebody brought something back."""
    texts = texts_of(store, scope)
    for rounds_left in reversed(range(ROUNDS)):
        held.check()
        erase(home, store, scope, now=now)
        proof = prove(home, store, scope, texts)
        if proof.is_clean or not rounds_left:
            return proof
    raise AssertionError("every round returns or goes on")
