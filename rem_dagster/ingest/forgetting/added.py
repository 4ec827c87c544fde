"""What goes of the moments that a person added by hand, which rest on no item?"""

from datetime import datetime

from rem_dagster.ingest.forgetting.chosen import Wanted
from rem_dagster.ingest.forgetting.scope import Scope
from rem_dagster.model.correction import Correction
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from rem_dagster.store.records import record_of


def added_scope(store: Store, wanted: Wanted) -> Scope:
    """The corrections that go where everything is to go, or all of some time, and their days.

    Of a time go moments that were added to it, and what was changed of those.
    """
    is_all = wanted == Wanted(everything=True, user_id=wanted.user_id)
    is_time = wanted == Wanted(window=wanted.window, user_id=wanted.user_id)
    if not is_all and not is_time:
        return Scope()
    where = equals("user_id", wanted.user_id) if wanted.user_id else None
    held = [record_of(Correction, row) for row in store.read("corrections", where=where).to_pylist()]
    going = held
    if not is_all:
        added = {each.added_id: each for each in held if each.verb == "add" and _is_within(each, wanted)}
        going = [*added.values(), *(each for each in held if not added.keys().isdisjoint(each.target))]
    return Scope(
        corrections=frozenset(each.id for each in going),
        days=frozenset((each.user_id, each.partition_key) for each in going),
    )


def _is_within(correction: Correction, wanted: Wanted) -> bool:
    start = datetime.fromisoformat(str(correction.value["start_time"]))
    return wanted.window is not None and start in wanted.window
