"""Which entries has an import met, in which version, and which of them did it write?"""

from collections.abc import Iterable
from struct import Struct

Version = tuple[float, int]
"""When an entry was updated, in seconds, and the hash of it: the greater one is kept."""
_HELD = Struct("<dq?")


class Seen:
    """Ids with what is known of them: an import of hundreds of thousands keeps each in some bytes."""

    def __init__(self) -> None:
        self._held: dict[bytes, bytes] = {}

    def version(self, entry_id: str) -> Version | None:
        """The version that was noted last; None for an id that was not met."""
        held = self._held.get(_short(entry_id))
        return _HELD.unpack(held)[:2] if held else None

    def note(self, entry_id: str, version: Version) -> None:
        """Remember an id in a version; whether it was written stays as it is."""
        self._held[_short(entry_id)] = _HELD.pack(*version, self.is_written(entry_id))

    def wrote(self, entry_ids: Iterable[str]) -> None:
        """Remember that some that were noted were written."""
        for entry_id in entry_ids:
            key = _short(entry_id)
            self._held[key] = _HELD.pack(*_HELD.unpack(self._held[key])[:2], True)

    def is_written(self, entry_id: str) -> bool:
        """Whether this import wrote it, in any version."""
        held = self._held.get(_short(entry_id))
        return bool(held and _HELD.unpack(held)[2])


def _short(entry_id: str) -> bytes:
    """An id in less room: a uuid's bytes."""
    try:
        return bytes.fromhex(entry_id.replace("-", ""))
    except ValueError:
        return entry_id.encode()
