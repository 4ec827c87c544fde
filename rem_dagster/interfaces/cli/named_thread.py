"""Which open thread did somebody mean on the command line, by some of its words?"""

from datetime import date

from rem_dagster.dreaming.fixing.fix import Asked
from rem_dagster.errors import InputError
from rem_dagster.interfaces.cli.opening import Opened
from rem_dagster.recall.journal.threads import threads
from rem_dagster.store.filters import equals

SHOWN = 3


def named_thread(words: str, opened: Opened, *, user_id: str) -> Asked:
    """The closing of the one thread, open or faded as of the latest day, that holds all of some words.

    Raises:
        InputError: none has them, or several.
    """
    if not words.strip():
        raise InputError(
            "close was given no words. Nothing was changed. Give some of an open thread's, such as: "
            "rem fix close flight. `rem standup` lists them."
        )
    held = threads(
        opened.store, _latest_day(opened, user_id), user_id=user_id, calendar=opened.calendar, with_faded=True
    )
    wanted = words.casefold().split()
    found = [
        each for each in (*held.open, *held.faded) if all(word in each.text.casefold() for word in wanted)
    ]
    if len(found) == 1:
        return Asked("close", [found[0].moment_id], {"text": found[0].text})
    if not found:
        raise InputError(
            f"No open thread of {user_id!r} has {words!r}. Nothing was changed. `rem standup --all` lists "
            "them."
        )
    shown = "; ".join(repr(each.text) for each in found[:SHOWN])
    raise InputError(
        f"{len(found)} open threads have {words!r}: {shown}{' ...' if found[SHOWN:] else ''}. Nothing was "
        "changed. Give more of the words."
    )


def _latest_day(opened: Opened, user_id: str) -> date:
    """The last day of which a moment tells: that of a home that nobody fed for months, too."""
    days = opened.store.read("moments", ["partition_key"], equals("user_id", user_id))["partition_key"]
    return date.fromisoformat(max(days.to_pylist())) if len(days) else opened.today
