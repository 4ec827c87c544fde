"""How long does a call of the MCP server take in a home of ten years, and does its memory grow?

    python benchmarks/mcp_calls.py FOLDER [-n 200] [--calls 1000] [--distinct 500]

The home is made once below the folder (`journal_home.py`). A server of its own process is asked over stdio by
the SDK's client. Times of each kind of call: milliseconds of the clock as the client sees them and, as the
machine may be busy, of the server's processors. Then so many calls of all kinds with the server's resident
memory every 100: first such as were made before, all of them twice, and then new ones alone, which fill
caches until these are full.
"""

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import anyio
import numpy as np
from mcp import Client, StdioServerParameters, stdio_client

from benchmarks.journal_home import USER, Size, make_home
from rem_dagster.store.database import Store

BUDGET_MS, BUDGET_GROWTH_MB = 150, 1.0
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
Call = tuple[str, str, dict[str, Any]]
"""Kind, tool and arguments."""


def calls(store: Store, seed: int) -> Iterator[Call]:
    """Kind, tool and arguments of calls without end, the kinds in turn."""
    pick = np.random.default_rng(seed)
    held = store.read("moments", ["id", "partition_key"])
    days, ids = held["partition_key"].to_pylist(), held["id"].to_pylist()
    entities = sorted(set(store.read("mentions", ["name"])["name"].to_pylist()))
    texts = store.read("messages", ["content"])["content"].to_pylist()
    while True:
        at = int(pick.integers(len(ids)))
        words = texts[int(pick.integers(len(texts)))].split()
        query = " ".join(words[:3] if len(words) < 8 else words[4:7])
        yield "search", "search", {"query": query}
        yield "search moments", "search", {"query": query, "table": "moments"}
        yield "search messages", "search", {"query": query, "table": "messages", "limit": 20}
        yield "search when", "search", {"query": query, "when": str(days[at])[:7]}
        yield "fetch", "fetch", {"id": ids[at]}
        yield "timeline", "timeline", {"when": days[at]}
        yield "recap day", "recap", {"when": days[at]}
        yield "recap week", "recap", {"period": "week", "when": days[at]}
        yield "related", "related", {"name": str(pick.choice(entities))}
        yield "status", "status", {}


def rss_mb(pid: int) -> float:
    """Resident memory of a process, in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def cpu_ms(pid: int) -> float:
    """Time of the processors that a process used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def server_pid() -> int:
    """The process that this one started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return int(children[-1])


async def ask(client: Client, tool: str, arguments: dict[str, Any]) -> None:
    """One call, which must be answered."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, (tool, arguments, result.content)


async def measure(home: Path, store: Store, n: int, distinct: int, many: int) -> tuple[float, float]:
    """The worst p95 of a search in milliseconds, and the growth in megabytes over calls that were known."""
    words = ["-m", "rem_dagster.interfaces.cli.main", "--home", str(home), "--user", USER, "mcp"]
    server = stdio_client(StdioServerParameters(command=sys.executable, args=words, env=dict(os.environ)))
    async with Client(server) as client:
        pid = server_pid()
        wanted = calls(store, 3)
        for _ in range(50):
            _, tool, arguments = next(wanted)
            await ask(client, tool, arguments)
        wall: dict[str, list[float]] = defaultdict(list)
        cpu: dict[str, list[float]] = defaultdict(list)
        for _ in range(n * 10):
            kind, tool, arguments = next(wanted)
            used, begun = cpu_ms(pid), time.perf_counter()
            await ask(client, tool, arguments)
            wall[kind].append((time.perf_counter() - begun) * 1000)
            cpu[kind].append(cpu_ms(pid) - used)
        print(f"{'':18}{'clock p50':>10}{'p95':>8}{'cpu mean':>10}{'p95':>8}   ms, n={n}")
        for kind, taken in wall.items():
            told = (*np.percentile(taken, (50, 95)), np.mean(cpu[kind]), np.percentile(cpu[kind], 95))
            print(f"{kind:18}{told[0]:10.0f}{told[1]:8.0f}{told[2]:10.0f}{told[3]:8.0f}")
        known = list(islice(wanted, distinct))
        for _, tool, arguments in [*known, *known]:
            await ask(client, tool, arguments)
        again = await grown(client, islice(cycle(known), many), pid, "known calls")
        await grown(client, islice(wanted, many), pid, "new calls")
        return max(float(np.percentile(cpu[kind], 95)) for kind in cpu if kind.startswith("search")), again


async def grown(client: Client, wanted: Iterator[Call], pid: int, what: str) -> float:
    """By how many megabytes the server grows over some calls: medians of three samples at both ends."""
    held = [rss_mb(pid)]
    for number, (_, tool, arguments) in enumerate(wanted, 1):
        await ask(client, tool, arguments)
        if number % 100 == 0:
            held.append(rss_mb(pid))
    growth = float(np.median(held[-3:]) - np.median(held[:3]))
    told = " ".join(f"{each:.1f}" for each in held)
    print(f"{what}: resident {told} MB, grown by {growth:+.2f} MB", flush=True)
    return growth


def main() -> int:
    """Make the home where it is not there, and measure."""
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-n", type=int, default=200)
    parser.add_argument("--distinct", type=int, default=500)
    parser.add_argument("--calls", type=int, default=1000)
    given = parser.parse_args()
    home, store = make_home(given.folder, Size())
    worst, growth = anyio.run(measure, home.path, store, given.n, given.distinct, given.calls)
    return 0 if worst <= BUDGET_MS and growth < BUDGET_GROWTH_MB else 1


if __name__ == "__main__":
    raise SystemExit(main())
