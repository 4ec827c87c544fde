"""How long does a traverse take in a home of a million edges, beside numpy over the same edges in memory?

    python benchmarks/graph.py HOME [--edges 1000000] [--rounds 60]

The home is made where it is not there: moments of a thousand days, each with a handful of entities of which
few are frequent (Zipf), so that degrees are as uneven as those of a real home. Starts are drawn from the
entities of middling frequency.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pyarrow as pa

from rem_dagster.model.names import entity_id
from rem_dagster.recall.graph.adjacency import Adjacency
from rem_dagster.recall.graph.scope import Scope, read_adjacency
from rem_dagster.recall.graph.traverse import traverse
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from rem_dagster.store.tables import EDGES, MENTIONS, MOMENTS

USER = "bench"
DAYS = 1000
ENTITIES = 60_000
FIRST = date(2023, 1, 1)
EDGES_PER_MOMENT = 11.2
"""What a moment of about four entities gives: pairs of them, and where each is mentioned."""
DEPTH = 3


def name_of(number: int) -> str:
    """The name of an entity."""
    return f"Topic {number}"


def moments_of(edges: int, chance: np.random.Generator) -> list[np.ndarray]:
    """The entities of each moment."""
    frequency = 1 / np.arange(1, ENTITIES + 1) ** 0.9
    places = np.cumsum(frequency / frequency.sum())
    sizes = chance.integers(2, 7, size=int(edges / EDGES_PER_MOMENT))
    drawn = np.searchsorted(places, chance.random(sizes.sum()))
    return [np.unique(part) for part in np.split(np.minimum(drawn, ENTITIES - 1), np.cumsum(sizes)[:-1])]


def fill(store: Store, edges: int) -> None:
    """Make the edges and mentions of a home."""
    chance = np.random.default_rng(7)
    moments = moments_of(edges, chance)
    ids = [entity_id(USER, name_of(number)) for number in range(ENTITIES)]
    days = [(FIRST + timedelta(days=day)).isoformat() for day in range(DAYS)]
    source, target, kind, weight, day_of = [], [], [], [], []
    shared: dict[tuple[int, int, int], int] = {}
    named: dict[tuple[int, int], int] = {}
    for number, members in enumerate(moments):
        day = number * DAYS // len(moments)
        for place, one in enumerate(members.tolist()):
            named[day, one] = named.get((day, one), 0) + 1
            source.append(ids[one])
            target.append(f"moment-{number}")
            kind.append("mentioned_in")
            weight.append(1.0)
            day_of.append(day)
            for other in members[place + 1 :].tolist():
                shared[day, one, other] = shared.get((day, one, other), 0) + 1
    for (day, one, other), count in shared.items():
        source.append(ids[one])
        target.append(ids[other])
        kind.append("related_to")
        weight.append(float(count))
        day_of.append(day)
    for one in range(100, 5100, 2):
        source.append(ids[one])
        target.append(ids[one + 20_000])
        kind.append("same_as")
        weight.append(1.0)
        day_of.append(DAYS - 1)
    rows = len(source)
    keys = [days[day] for day in day_of]
    store.upsert("edges", table_of(EDGES.schema, rows, {
        "id": [f"edge-{number}" for number in range(rows)],
        "user_id": [USER] * rows,
        "partition_key": keys,
        "slice_key": [f"{USER}/{day}/dream" for day in keys],
        "source_id": source,
        "target_id": target,
        "edge_type": kind,
        "weight": weight,
        "generated_by": ["dream"] * rows,
    }))  # fmt: skip
    at = [datetime.combine(FIRST + timedelta(days=day), time_of_day(9), UTC) for day, _ in named]
    store.upsert("mentions", table_of(MENTIONS.schema, len(named), {
        "id": [f"mention-{number}" for number in range(len(named))],
        "user_id": [USER] * len(named),
        "partition_key": [days[day] for day, _ in named],
        "slice_key": [f"{USER}/{days[day]}" for day, _ in named],
        "entity_id": [ids[one] for _, one in named],
        "name": [name_of(one) for _, one in named],
        "kind": ["topic"] * len(named),
        "surface_forms": [[name_of(one)] for _, one in named],
        "count": list(named.values()),
        "first_time": at,
        "last_time": at,
        "dream_id": ["d"] * len(named),
    }))  # fmt: skip
    ends = [datetime.combine(FIRST, time_of_day(9), UTC)] * len(moments)
    of_moment = [days[number * DAYS // len(moments)] for number in range(len(moments))]
    store.upsert("moments", table_of(MOMENTS.schema, len(moments), {
        "id": [f"moment-{number}" for number in range(len(moments))],
        "user_id": [USER] * len(moments),
        "partition_key": of_moment,
        "slice_key": [f"{USER}/{day}" for day in of_moment],
        "name": [f"What happened in moment {number}" for number in range(len(moments))],
        "summary": ["It went well."] * len(moments),
        "start_time": ends,
        "end_time": ends,
        "moment_type": ["other"] * len(moments),
        "dream_id": ["d"] * len(moments),
    }))  # fmt: skip
    for table in ("edges", "mentions", "moments"):
        store.optimize(table)


def table_of(schema: pa.Schema, rows: int, columns: dict[str, Sequence[object]]) -> pa.Table:
    """A table of a schema; what is not given is null."""
    return pa.Table.from_arrays(
        [
            pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(rows, field.type)
            for field in schema
        ],
        schema=schema,
    )


def plain(adjacency: Adjacency, start: int, depth: int) -> int:
    """How many nodes numpy reaches over the same arrays: no weights, limits, names or days."""
    is_seen = np.zeros(adjacency.size, bool)
    is_seen[start] = True
    frontier = np.array([start])
    for _ in range(depth):
        parts = [adjacency.near[adjacency.near_at[node] : adjacency.near_at[node + 1]] for node in frontier]
        found = np.concatenate(parts) if parts else frontier[:0]
        ends = np.concatenate([adjacency.source[found], adjacency.target[found]])
        fresh = np.unique(ends[~is_seen[ends]])
        is_seen[fresh] = True
        frontier = fresh[:20]
    return int(is_seen.sum())


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of the clock and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3


def told(title: str, times: Sequence[tuple[float, float]]) -> float:
    """Print p50 and p95 and return the processor's p50."""
    wall, cpu = np.array(times).T
    middle, most = (np.percentile([wall, cpu], at, axis=1) for at in (50, 95))
    print(f"{title:<24} n={len(times):<4} wall p50 {middle[0]:6.1f} p95 {most[0]:6.1f}", end="")
    print(f"   cpu p50 {middle[1]:6.1f} p95 {most[1]:6.1f} ms")
    return float(np.percentile(cpu, 50))


def main() -> None:
    """Make the home where it is missing, then measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("home", type=Path)
    options.add_argument("--edges", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=60)
    asked = options.parse_args()
    is_new = not asked.home.exists()
    home = open_home(asked.home, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    if is_new:
        store.create()
        fill(store, asked.edges)
    print(f"{store.count('edges'):,} edges, {store.count('mentions'):,} mentions")
    wall, cpu = timed(lambda: walk(store, 500))
    print(f"first traverse of a process: wall {wall:.0f}, cpu {cpu:.0f} ms")
    chance = np.random.default_rng(3)
    starts = chance.integers(300, 6000, asked.rounds).tolist()
    adjacency = read_adjacency(store, Scope(USER))
    whole = told("traverse, depth 3", [timed(lambda at=at: walk(store, at)) for at in starts])
    only = ("related_to",)
    told("  related_to alone", [timed(lambda at=at: walk(store, at, only)) for at in starts])
    numbers = [adjacency.number_of(entity_id(USER, name_of(at))) or 0 for at in starts]
    raw = told("numpy alone", [timed(lambda at=at: plain(adjacency, at, DEPTH)) for at in numbers])
    print(f"ratio of the processor's medians: {whole / raw:.1f}")


def walk(store: Store, start: int, edge_types: tuple[str, ...] = ()) -> None:
    """One traverse, as a program asks for it."""
    traverse(store, name_of(start), Scope(USER, edge_types), depth=DEPTH)


if __name__ == "__main__":
    main()
