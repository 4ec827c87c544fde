"""How does a query of somebody who is not trusted run: in a process that can be killed.

DuckDB's own limits do not stop `repeat('x', 2000000000)` from taking 8 GB; a limit of the system on a child
process does. It costs the start of a process, about half a second: meant for the MCP server and the web. The
command line, which has no threads yet, forks itself instead: `recall.confined`.
"""

import pickle
import subprocess
import sys
from typing import BinaryIO

import pyarrow as pa

from rem_dagster.errors import QueryError, RemError
from rem_dagster.recall.confined import GRACE_SECONDS, confine, took_too_long, took_too_much
from rem_dagster.recall.sql import TIMEOUT_SECONDS, Parameters, query
from rem_dagster.settings import Home
from rem_dagster.store.database import Store

_ROWS, _REFUSED = b"R", b"E"


def query_apart(
    home: Home,
    sql: str,
    parameters: Parameters | None = None,
    *,
    user_id: str | None,
    timeout_seconds: float = TIMEOUT_SECONDS,
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
            timeout=timeout_seconds + GRACE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryError(took_too_long(timeout_seconds)) from error
    kind, answer = done.stdout[:1], done.stdout[1:]
    if kind == _ROWS:
        return pa.ipc.open_stream(answer).read_all()
    if kind == _REFUSED:
        raise QueryError(answer.decode("utf-8"))
    raise QueryError(took_too_much())


def serve(request: BinaryIO, answer: BinaryIO) -> None:
    """Answer one request; its sender is the parent process."""
    home, sql, parameters, user_id, timeout_seconds = pickle.load(request)
    confine(timeout_seconds)
    store = Store(home.tables_uri, home.settings.storage_options)
    try:
        rows = query(home, store, sql, parameters, user_id=user_id, timeout_seconds=timeout_seconds)
    except RemError as error:
        answer.write(_REFUSED + str(error).encode("utf-8", "replace"))
        return
    answer.write(_ROWS)
    with pa.ipc.new_stream(answer, rows.schema) as stream:
        stream.write_table(rows)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
