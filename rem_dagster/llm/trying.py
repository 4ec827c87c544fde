"""How often is one request made, and in which way the next time?

answer broke off, or was cut early   ─> the very same again, at most twice each: perhaps an accident
answer of the wrong shape            ─> in words, with what was wrong, at most twice
"""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from rem_dagster.errors import TruncatedError
from rem_dagster.llm.cut import Cuts
from rem_dagster.llm.ladder import Rung
from rem_dagster.llm.shape import BrokenError, MisfitError

ACCIDENTS: Mapping[type[Exception], int] = MappingProxyType({TruncatedError: 2, BrokenError: 2})
"""How often the very same request is made again after each kind of accident."""
MOST_COMPLAINTS = 2
"""How often a request is made again with what was wrong with the answer before."""


class Trying:
    """What was tried for one request.

    Attributes:
        rung: in which way it is made next.
        complaint: what the next request says was wrong; None while nothing was.
    """

    def __init__(self, rung: Rung, cuts: Cuts) -> None:
        self.rung = rung
        self.complaint: str | None = None
        self._cuts = cuts
        self._complaints = 0
        self._accidents: Counter[type[Exception]] = Counter()

    def goes_on_as_it_was(
        self, problem: Exception, completion_tokens: int | None, most_tokens: int | None
    ) -> bool:
        """Whether the very same request may well be answered better.

        Args:
            completion_tokens: what the answer has; None when nobody said.
            most_tokens: what it may have; None is no limit.
        """
        kind = type(problem)
        if self._accidents[kind] < ACCIDENTS.get(kind, 0) and (
            isinstance(problem, BrokenError) or self._cuts.was_accident(completion_tokens, most_tokens)
        ):
            self._accidents[kind] += 1
            return True
        if self._accidents[kind] and isinstance(problem, TruncatedError):
            self._cuts.came_again(completion_tokens)
        return False

    def goes_on_in_words(self, problem: MisfitError) -> bool:
        """Whether another request may still say what was wrong; if so, the next one does."""
        if self._complaints == MOST_COMPLAINTS:
            return False
        self._complaints += 1
        self.complaint = str(problem)
        self.rung = self.rung.after_misfit
        return True
