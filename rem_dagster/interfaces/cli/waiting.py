"""What does a person see of a command that is at work and has nothing to say yet?

    begun ──── 1 s ──── "Working ..." ──── the first word that it says itself: the note is gone

Only where a person looks: a pipe gets nothing of it.
"""

import sys
from threading import Lock, Timer

AFTER_SECONDS = 1.0
NOTE = "  Working ..."
_ERASE = "\r\x1b[K"


class Waiting:
    """A note on stderr that comes when nothing else did for a second, and goes with the first word."""

    def __init__(self, after_seconds: float = AFTER_SECONDS) -> None:
        self._after = after_seconds
        self._lock = Lock()
        self._timer: Timer | None = None
        self._is_shown = False

    def begin(self) -> None:
        """Count from now, where a person looks at a terminal that can take a word back."""
        from rem_dagster.settings import is_dumb_terminal

        self.end()
        if sys.stderr.isatty() and not is_dumb_terminal():
            self._timer = Timer(self._after, self._show)
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """Take the note away, or see that it does not come."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._is_shown:
                self._is_shown = False
                sys.stderr.write(_ERASE)
                sys.stderr.flush()

    def _show(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._is_shown = True
                sys.stderr.write(NOTE)
                sys.stderr.flush()


WAITING = Waiting()
"""That of this process's command."""
