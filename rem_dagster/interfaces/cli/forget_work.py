"""What does `rem forget` do, with which home and whose activity?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rem_dagster.errors import InputError, UnknownUserError
from rem_dagster.ingest.forgetting.scope import read_pending
from rem_dagster.interfaces.cli.asked import days_from
from rem_dagster.interfaces.cli.failure import DONE, FAILED, PARTLY_DONE, keeping
from rem_dagster.interfaces.cli.forgotten import (
    count_as_json,
    count_lines,
    forgetting_as_json,
    forgetting_lines,
)
from rem_dagster.interfaces.cli.opening import Opened, empty_home, open_existing, reader_of
from rem_dagster.interfaces.cli.options import Given
from rem_dagster.interfaces.cli.output import note, page_width, show, show_json
from rem_dagster.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Collection

    from rem_dagster.ingest.forgetting.forget import Forgetting

NOTHING_NAMED = (
    "What is to be forgotten? Name ids, --session, --source, --person, --search, --start or --end. "
    "Nothing was changed.\n`rem forget --help` shows how it is used."
)
STOPPED = "What is not gone yet goes with `rem forget --yes`."


@dataclass(frozen=True)
class Asked:
    """What was named on the command line."""

    ids: Sequence[str] = ()
    sessions: Sequence[str] = ()
    sources: Sequence[str] = ()
    people: Sequence[str] = ()
    start: str | None = None
    end: str | None = None
    search: str | None = None
    limit: int = 10
    everything: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was."""
        said = (self.start, self.end, self.search)
        named = self.ids or self.sessions or self.sources or self.people or self.everything
        return not named and all(each is None for each in said)

    @property
    def words(self) -> list[str]:
        """The same once more, as a command line has it."""
        many = (("--session", self.sessions), ("--source", self.sources), ("--person", self.people))
        words = [*self.ids, *(word for name, values in many for value in values for word in (name, value))]
        for name, value in (("--start", self.start), ("--end", self.end), ("--search", self.search)):
            words += [name, value] if value is not None else []
        if self.search is not None:
            words += ["--limit", str(self.limit)]
        return [*words, *(["--everything"] if self.everything else [])]


def forget_asked(given: Given, asked: Asked, *, yes: bool, backups: bool, as_json: bool) -> int:
    """Show what would be forgotten, or forget it; the exit code."""
    opened = open_existing(given)
    is_pending = opened.has_tables and read_pending(opened.home) is not None
    if asked.is_empty and not is_pending:
        raise InputError(NOTHING_NAMED)
    if asked.everything and given.user is None:
        raise InputError("--everything wants --user, which says whose. Nothing was changed.")
    if opened.is_empty and not is_pending:
        note(empty_home(opened.home))
        return DONE
    found = _forget(opened, asked, _whose(opened, is_pending=is_pending), yes=yes, backups=backups)
    if as_json:
        show_json(forgetting_as_json(found))
    else:
        again = [*(["--user", given.user] if given.user else []), *asked.words]
        for line in forgetting_lines(found, opened, again, page_width(), sources=asked.sources):
            show(line)
    return _exit_code(found)


def count_forgotten(given: Given, *, as_json: bool) -> int:
    """Say how much was forgotten so far; the exit code."""
    opened = open_existing(given)
    if as_json:
        show_json(count_as_json(opened))
        return DONE
    for line in count_lines(opened, page_width()):
        show(line)
    return DONE


def _forget(opened: Opened, asked: Asked, user_id: str, *, yes: bool, backups: bool) -> "Forgetting":
    first, last = days_from(asked.start, asked.end, opened)
    with keeping(STOPPED):
        return Memory(opened.home, user_id).forget(
            *asked.ids,
            sessions=asked.sessions,
            sources=asked.sources,
            people=asked.people,
            start=first,
            end=last,
            search=asked.search,
            limit=asked.limit,
            everything=asked.everything,
            yes=yes,
            remove_backups=backups,
            clean_history=lambda days: _clean_history(opened, days),
        )


def _clean_history(opened: Opened, days: "Collection[str]") -> int:
    """Dagster is imported only where it was ever used."""
    if not (opened.home.dagster_path / "dagster.yaml").exists():
        return 0
    from rem_dagster.interfaces.cli.launch import clean_history

    return clean_history(opened.home, days)


def _whose(opened: Opened, *, is_pending: bool) -> str:
    """The user whose items are meant, also where a killed forgetting left nothing of them."""
    try:
        return reader_of(opened)
    except UnknownUserError:
        if not is_pending:
            raise
        return opened.home.settings.user


def _exit_code(found: "Forgetting") -> int:
    if found.proof is None:
        return DONE
    if not found.proof.is_clean:
        return FAILED
    return PARTLY_DONE if found.backups_left else DONE
