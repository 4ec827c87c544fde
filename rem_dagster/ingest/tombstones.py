"""What was forgotten and must not come in again?"""

import hashlib
import hmac

from rem_dagster.settings import Home
from rem_dagster.store.database import Store


def tombstone_of(home: Home, identity: str) -> str:
    """What is kept of a forgotten item: a keyed hash that says nothing without the home's key.

    Args:
        identity: the id of a session or message, the `document_id` of a document.
    """
    return hmac.new(home.file.hmac_key.encode(), identity.encode(), hashlib.sha256).hexdigest()


def conversation(session_id: str) -> str:
    """The identity of a conversation with all that will ever be said in it; its row alone is `session_id`."""
    return f"conversation {session_id}"


class Tombstones:
    """The forgotten items of a home."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home = home
        self._known = frozenset(store.read("forgotten", ["id"])["id"].to_pylist())

    def __contains__(self, identity: str) -> bool:
        return bool(self._known) and tombstone_of(self._home, identity) in self._known
