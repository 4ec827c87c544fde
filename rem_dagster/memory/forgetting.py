"""How does a Python program forget?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from rem_dagster.memory.opened import Opened
from rem_dagster.model.window import Window

if TYPE_CHECKING:
    from rem_dagster.ingest.forgetting.forget import CleanHistory, Forgetting


class Forgets(Opened):
    """Forgetting for good."""

    def forget(
        self,
        *ids: str,
        sessions: Sequence[str] = (),
        sources: Sequence[str] = (),
        people: Sequence[str] = (),
        start: datetime | date | None = None,
        end: datetime | date | None = None,
        search: str | None = None,
        limit: int = 10,
        everything: bool = False,
        user_id: str | None = None,
        yes: bool = False,
        remove_backups: bool = False,
        clean_history: "CleanHistory | None" = None,
    ) -> "Forgetting":
        """Forget items for good, with all that was derived from them; by default only say what would go.

        What is named in several ways must be meant by all of them. No model is asked, and the next import
        does not bring it back. With `yes`, `proof` says what was looked into afterwards, and what is left.

        Args:
            ids: ours or the source's own, of messages, documents or sessions; a moment's stands for what it
                cites.
            sessions: conversations as a whole, and all that will ever be said in them.
            sources: `kind` or `kind:account`.
            people: what they said, and what names them.
            start: an instant, or a local day that is included.
            end: an instant that is not included, or a local day that is.
            search: what a search for these words finds, `limit` messages and `limit` documents at most.
            everything: all that is stored of `user_id`, or of everybody.
            user_id: whose; everybody's where the memory is bound to none.
            remove_backups: of the home, which hold what they held.
            clean_history: takes words of some ISO days out of Dagster's history.

        Raises:
            InputError: nothing was named, or something that is not stored; nothing was changed.
            HomeBusyError: somebody else was at work on the same days all the time; nothing was changed.
            StoreError: a table could not be written; forget the same again, it goes on.
        """
        from rem_dagster.ingest.forgetting.chosen import Wanted
        from rem_dagster.ingest.forgetting.forget import Forgetting, forget
        from rem_dagster.ingest.forgetting.plan import plan_of
        from rem_dagster.recall.exact import rows_with

        reader = self._reader(user_id)
        is_timed = start is not None or end is not None
        first = self._instant(start) if start is not None else datetime(1, 1, 2, tzinfo=UTC)
        last = self._instant(end, last=True) if end is not None else datetime(9999, 12, 30, tzinfo=UTC)
        wanted = Wanted(
            ids=ids,
            sessions=sessions,
            sources=sources,
            people=people,
            window=Window(first, last) if is_timed else None,
            found=rows_with(self.store, search, user_id=reader, limit=limit) if search is not None else None,
            everything=everything,
            user_id=reader,
        )
        if not yes:
            return Forgetting(plan_of(self.home, self.store, wanted))
        return forget(
            self.home,
            self.store,
            wanted,
            now=datetime.now(UTC),
            remove_old_backups=remove_backups,
            clean_history=clean_history,
        )
