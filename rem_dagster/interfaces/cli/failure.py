"""How does a command end when something goes wrong, and what does it say?"""

from collections.abc import Iterator
from contextlib import contextmanager

from rem_dagster.errors import InputError, RemError, SchemaError, SettingsError

DONE, FAILED, USAGE, PARTLY_DONE, INTERRUPTED = 0, 1, 2, 3, 130
UNCHANGED = "Nothing was changed."


class Stopped(Exception):  # noqa: N818 - an end, not a fault
    """Ctrl-C was pressed; the message says what was kept."""


@contextmanager
def keeping(what: str) -> Iterator[None]:
    """Turn Ctrl-C inside into `Stopped`, which says what was kept."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise Stopped(f"Stopped. {what}") from interrupt


def exit_code_of(error: RemError) -> int:
    """2 for something that was asked wrongly, 1 for all else."""
    return USAGE if isinstance(error, InputError | SettingsError | SchemaError) else FAILED


def words_of(error: RemError) -> str:
    """An error's message; a question asked wrongly changes nothing, and that is said."""
    message = str(error)
    said = any(each in message for each in ("Nothing was", "nothing was", "was not changed"))
    if said or exit_code_of(error) != USAGE:
        return message
    return f"{message}{'' if message[-1:] in '.?!' else '.'} {UNCHANGED}"
