"""What can go wrong, and what does each error resemble?

    RemError
    ├── InputError (ValueError)          something the caller gave cannot be used
    │   ├── WindowError                  a time or a range of days makes no sense
    │   ├── QueryError                   a search or SQL text cannot be run
    │   ├── UnknownUserError             nothing of that user is in this home
    │   ├── UnknownCaseError             no session belongs to that case
    │   ├── UnknownNameError             nothing is called so, or several are
    │   └── UnknownMomentError           the user has no moment of that id
    ├── SettingsError (ValueError)       a flag, REM_* variable or config.toml value is wrong
    ├── HomeError (OSError)              the home cannot be used
    │   ├── HomeMissingError             there is no home there
    │   ├── HomeVersionError             a newer or foreign version made it
    │   ├── HomeBusyError                another process holds it
    │   └── LockLostError                others may have come to hold it while we worked
    ├── SourceError (OSError)            a place where activity comes from cannot be read
    ├── StoreError (OSError)             a table cannot be read or written
    │   ├── StoreBusyError               others write to it all the time
    │   └── DiskFullError                there is no room left to write
    ├── SchemaError (ValueError)         a JSON schema or an agentlet is not as it must be
    ├── ModelError (RuntimeError)        a language model did not give a usable answer
    │   ├── TruncatedError               its answer was cut for its length
    │   └── EndpointError                the endpoint cannot be used: unreachable, no such model, no right
    ├── BudgetError (RuntimeError)       a call would pass a limit on cost, so it was not made
    └── DreamError (RuntimeError)        a dream of a day failed

A message says what was asked, what is wrong, what to do next and what was not changed.
"""


class RemError(Exception):
    """The root of everything that rem_dagster raises on purpose."""


class InputError(RemError, ValueError):
    """Something the caller gave cannot be used."""


class WindowError(InputError):
    """A time, a day or a range makes no sense."""


class QueryError(InputError):
    """A search or SQL text cannot be run."""


class UnknownUserError(InputError):
    """Nothing of that user is in this home."""


class UnknownCaseError(InputError):
    """No session belongs to that case."""


class UnknownNameError(InputError):
    """Nothing in the graph is called so, or several are."""


class UnknownMomentError(InputError):
    """The user has no moment of that id."""


class SettingsError(RemError, ValueError):
    """A flag, a `REM_*` variable or a value of `config.toml` is wrong."""


class HomeError(RemError, OSError):
    """The home cannot be used."""


class HomeMissingError(HomeError):
    """There is no home at the place that was named."""


class HomeVersionError(HomeError):
    """The home was made by a newer version, or by something else."""


class HomeBusyError(HomeError):
    """Another process is working in the home."""


class LockLostError(HomeError):
    """Others may have come to work in the home while we did."""


class SourceError(RemError, OSError):
    """A place where activity comes from cannot be read."""


class StoreError(RemError, OSError):
    """A table cannot be read or written."""


class StoreBusyError(StoreError):
    """A table cannot be put in order, as others write to it all the time."""


class DiskFullError(StoreError):
    """There is no room left where the home lies."""


class SchemaError(RemError, ValueError):
    """A JSON schema or an agentlet is not as it must be."""


class ModelError(RemError, RuntimeError):
    """A language model did not give a usable answer."""


class TruncatedError(ModelError):
    """The answer was cut for its length."""


class EndpointError(ModelError):
    """The endpoint cannot be used: unreachable, no such model, no right to it."""


class BudgetError(RemError, RuntimeError):
    """A call would pass a limit on cost, so it was not made."""


class DreamError(RemError, RuntimeError):
    """A dream of a day failed."""
