"""How does the server talk over stdin and stdout, until the client goes?

Stdout carries the protocol and nothing else: the library turns whatever else is printed to stderr.
"""

import logging
import os
import signal
import sys

import anyio
import anyio.to_thread
from mcp.server.mcpserver import MCPServer

from rem_dagster.store.room import keep_little

SIDE_BY_SIDE = 8
"""Threads: calls at once, and one each that reads and writes."""
INTERRUPTED = 130


def serve(server: MCPServer) -> None:
    """Answer until the client closes stdin, or Ctrl-C."""
    logging.captureWarnings(True)
    keep_little()
    # A thread waits in read() for the client, which no exception ends: the process does. What was written
    # whole stays, as after any kill.
    signal.signal(signal.SIGINT, lambda *_: _leave())
    anyio.run(_run, server)


async def _run(server: MCPServer) -> None:
    anyio.to_thread.current_default_thread_limiter().total_tokens = SIDE_BY_SIDE
    await server.run_stdio_async()


def _leave() -> None:
    sys.stderr.flush()
    os._exit(INTERRUPTED)
