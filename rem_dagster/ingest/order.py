"""In which order do messages of the same instant stand?"""

from datetime import datetime


class Peers:
    """Counts the messages of a session that share an instant, in the order in which the source gives them.

    The count runs over the whole source, so that it does not depend on where batches end.
    """

    def __init__(self) -> None:
        self._peers: dict[int, str | dict[str, int]] = {}
        """By session and instant: the only id so far, or each id's place."""

    def place(self, message_id: str, session_id: str, at: datetime) -> int:
        """The place of a message among its peers, from 0; a message given again keeps its place."""
        key = hash((session_id, at))
        peers = self._peers.setdefault(key, message_id)
        if peers == message_id:
            return 0
        if isinstance(peers, str):
            peers = self._peers[key] = {peers: 0}
        return peers.setdefault(message_id, len(peers))
