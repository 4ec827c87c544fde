"""In which order do messages of the same instant stand?"""

from datetime import datetime


class Peers:
    """Counts the messages of a session that share an instant, in the order in which the source gives them.

    The count runs over the whole source, so that it does not depend on where batches end.
    """

    def __init__(self) -> None:
        self._peers: dict[int, int | dict[int, int]] = {}
        """By session and instant, each as its hash: the only id so far, or each id's place."""

    def place(self, message_id: str, session_id: str, at: datetime) -> int:
        """The place of a message among its peers, from 0; a message given again keeps its place."""
        key, message = hash((session_id, at)), hash(message_id)
        peers = self._peers.setdefault(key, message)
        if peers == message:
            return 0
        if isinstance(peers, int):
            peers = self._peers[key] = {peers: 0}
        return peers.setdefault(message, len(peers))
