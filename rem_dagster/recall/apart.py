"""How does a query of somebody who is not trusted run: in a process that can be killed.

DuckDB's own limits do not stop `repeat('x', 2000000000)` from taking 8 GB; a limit on the address space
of a child process does. It costs the start of a process, about half a second: meant for the MCP server and
the web; the command line, whose user could fill the memory anyway, needs none.
"""

import pickle
import subprocess
import sys
from typing import BinaryIO

import pyarrow as pa

from rem_dagster.errors import QueryError, RemError
from rem_dagster.recall.sql import Parameters, query
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

MEMORY_BYTES = 4 * 1024**3
"""Address space of the child: DuckDB's own 2 GB, and room for the libraries and the result."""
_GRACE_SECONDS = 10
"""For starting the child and sending the result, beyond the query's own time."""
_ROWS, _REFUSED = b"R", b"E"


def query_apart(
    home: Home,
    sql: str,
    parameters: Parameters | None = None,
    *,
    user_id: str | None,
    timeout_seconds: float = 30,
) -> pa.Table:
    """The rows of `recall.sql.query`, run in a child process with bounded memory and time.

    Raises:
        QueryError: as `query` does, or the query needed more memory or time than it may have.
    """
    request = pickle.dumps((home, sql, parameters, user_id, timeout_seconds))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "rem_dagster.recall.apart"],
            input=request,
            capture_output=True,
            timeout=timeout_seconds + _GRACE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryError(
            f"The query took longer than {timeout_seconds:g} s and was stopped. Nothing was changed."
        ) from error
    kind, answer = done.stdout[:1], done.stdout[1:]
    if kind == _ROWS:
        return pa.ipc.open_stream(answer).read_all()
    if kind == _REFUSED:
        raise QueryError(answer.decode("utf-8"))
    raise QueryError("The query needed more memory than it may have and was stopped. Nothing was changed.")


def serve(request: BinaryIO, answer: BinaryIO) -> None:
    """Answer one request; its sender is the parent process."""
    home, sql, parameters, user_id, timeout_seconds = pickle.load(request)
    _limit_memory()
    store = Store(home.tables_uri, home.settings.storage_options)
    try:
        rows = query(home, store, sql, parameters, user_id=user_id, timeout_seconds=timeout_seconds)
    except RemError as error:
        answer.write(_REFUSED + str(error).encode("utf-8", "replace"))
        return
    answer.write(_ROWS)
    with pa.ipc.new_stream(answer, rows.schema) as stream:
        stream.write_table(rows)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return  # no such limit there; the time limit still holds
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
