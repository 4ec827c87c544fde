"""How does a Python program correct what is shown of a day?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from rem_dagster.memory.opened import Opened
from rem_dagster.model.window import given_day
from rem_dagster.model.words import CorrectionVerb

if TYPE_CHECKING:
    from rem_dagster.dreaming.fixing.fix import Fixed
    from rem_dagster.dreaming.fixing.kept import Kept


class Corrects(Opened):
    """Correcting days, and taking that back."""

    def fix(
        self,
        verb: CorrectionVerb,
        *,
        moment_ids: Sequence[str] = (),
        value: Mapping[str, object] | None = None,
        day: date | None = None,
        user_id: str | None = None,
        dry_run: bool = False,
    ) -> "Fixed":
        """Correct what is shown of a day; later dreams keep to it. No model is asked.

        Args:
            verb: `rename` (value: name, summary or both), `retype` (moment_type), `set_times` (start_time,
                end_time), `split` (at), `merge` (name, summary, or none), `hide`, `add` (name, start_time,
                end_time; summary, moment_type), or `close` (text: which of the moment's intentions is no open
                thread; none where it has but one).
            moment_ids: the moment to change; of a merge all of them.
            value: what to change it to; a time without a zone is a local time of the home.
            day: of a moment to be added.
            user_id: whose; the default user's where the memory is bound to none.
            dry_run: say what would become of it, and change nothing.

        Raises:
            InputError: it cannot be changed so; nothing was changed.
            UnknownMomentError: the user has no such moment; nothing was changed.
            HomeBusyError: another process dreams the day; nothing was changed.
        """
        from rem_dagster.dreaming.fixing.fix import Asked, fix

        asked = Asked(verb, moment_ids, value or {}, day)
        now = datetime.now(UTC)
        return fix(self.home, self.store, asked, user_id=self._writer(user_id), now=now, dry_run=dry_run)

    def corrections(self, *, day: date | None = None, user_id: str | None = None) -> "list[Kept]":
        """The corrections of one day, or of all, in the order in which they were made.

        Args:
            user_id: whose; the default user's where the memory is bound to none.
        """
        from rem_dagster.dreaming.fixing.kept import kept_corrections

        on = given_day(day).isoformat() if day else None
        return kept_corrections(self.store, user_id=self._writer(user_id), day=on)

    def undo(
        self, correction_id: str | None = None, *, user_id: str | None = None, dry_run: bool = False
    ) -> "Fixed":
        """Take a correction back: the day is as if it had never been made.

        Args:
            correction_id: its id, or how no other one's begins; the one made last when None.
            user_id: whose; the default user's where the memory is bound to none.
            dry_run: say what would become of it, and change nothing.

        Raises:
            InputError: there is no such correction; nothing was changed.
            HomeBusyError: another process dreams the day; nothing was changed.
        """
        from rem_dagster.dreaming.fixing.fix import undo

        user = self._writer(user_id)
        return undo(self.home, self.store, user_id=user, correction_id=correction_id, dry_run=dry_run)
