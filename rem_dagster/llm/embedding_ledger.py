"""How is a call for embeddings noted beside those for answers, so that audit and caps count it?"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from rem_dagster.llm.answer_file import AnswerFile, CallId, write_answer_file
from rem_dagster.llm.answer_place import AnswerPlace
from rem_dagster.llm.charge import Charge
from rem_dagster.llm.endpoints import Endpoint
from rem_dagster.llm.interface import Purpose


class Ledger:
    """Writes to the place of a home's answers.

    A call for embeddings is never replayed, as its vectors lie in the tables: its file is named by chance,
    not after what was sent, and holds no answer but the number of vectors.
    """

    def __init__(
        self, place: AnswerPlace, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._place = place
        self._now = now

    def note(
        self,
        endpoint: Endpoint,
        purpose: Purpose | None,
        charge: Charge,
        *,
        vectors: int | None = None,
    ) -> None:
        """Note one request; unknown tokens and cost stay unknown.

        Args:
            vectors: how many came back; None when none could be used.

        Raises:
            HomeError: it cannot be written there.
        """
        held = AnswerFile.of(
            CallId(secrets.token_hex(32)),
            purpose,
            charge,
            at=self._now(),
            outcome="failed" if vectors is None else "answered",
            endpoint=endpoint.address,
            model=endpoint.model,
            answer=None if vectors is None else {"vectors": vectors},
        )
        write_answer_file(self._place, held)
