"""Which sessions, messages and moments belong to a case?

A case is what several sessions of a source share (`sessions.case_id`): a ticket, a project, an experiment.
"""

from collections.abc import Iterable

from rem_dagster.errors import UnknownCaseError
from rem_dagster.model.moment import Moment
from rem_dagster.store.database import Store
from rem_dagster.store.filters import all_of, equals


def sessions_of_case(store: Store, case_id: str, *, user_id: str | None) -> frozenset[str]:
    """The ids of the sessions that belong to a case.

    Args:
        user_id: whose sessions; None is everybody's.

    Raises:
        UnknownCaseError: no session that may be read belongs to it.
    """
    of_user = equals("user_id", user_id) if user_id is not None else None
    found = store.read("sessions", ["id"], all_of(of_user, equals("case_id", case_id)))
    if not found.num_rows:
        raise UnknownCaseError(_unknown(store, case_id, of_user))
    return frozenset(found["id"].to_pylist())


def of_sessions(moments: Iterable[Moment], session_ids: frozenset[str]) -> list[Moment]:
    """The moments that cite at least one of some sessions, in their order."""
    return [moment for moment in moments if not session_ids.isdisjoint(moment.session_ids)]


def _unknown(store: Store, case_id: str, of_user: str | None) -> str:
    known = store.read("sessions", ["case_id"], of_user)["case_id"].unique().drop_null().to_pylist()
    there = (
        f"There are: {', '.join(repr(each) for each in sorted(known)[:20])}" if known else "There are none"
    )
    return f"No session belongs to case {case_id!r}. {there}. Nothing was changed."
