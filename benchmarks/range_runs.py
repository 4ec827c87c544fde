"""What does a backfill of a year cost, against a bare graph of as many assets that stores nothing?

    python benchmarks/range_runs.py activity.jsonl -n 3

Of the file the 365 days in a row with the most active ones are imported once, and dreamt offline, each time
in a copy of that home: by runs of `dream_job` over 30 days each and one run each of the weeks and the months,
as a backfill makes them; on the home's SQLite as the daemon uses it, and on a Postgres. The bare graph has
the same steps, assets and partitions and yields events alone, into Dagster's own storage of the same kind and
with Dagster's batches of events; and once more into a home's Postgres. All alternate in one process that has
done each once before; CPU seconds are this process's and its children's (not those of the Postgres).
`rem dream`, which keeps its own log of events, and the core without Dagster dream the same.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import dagster as dg

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.definitions import definitions_of
from rem_dagster.defs.connections import HomeConnection
from rem_dagster.defs.jobs import DREAM_JOB
from rem_dagster.defs.location import Location, location_of
from rem_dagster.defs.partitions import DAYS_PER_RUN, IN_ONE_RUN, by_month
from rem_dagster.defs.requests import day_tags
from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.ingest.importing import import_source
from rem_dagster.interfaces.cli.instance import INSTANCE_CONFIG, prepare_instance
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.model.window import days_between
from rem_dagster.settings import Home, environment_of, open_home
from rem_dagster.sources.jsonl import JsonlSource
from rem_dagster.store.database import Store
from tests.services import Postgres, postgres_server

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Half a megabyte of lines on stderr is the terminal's share, not Dagster's."""
DAGSTERS_OWN = "storage: {postgres: {postgres_url: {env: REM_POSTGRES_URL}}}\n"
BARE_IN_OURS = "bare in a home's Postgres"
Range = tuple[date, date]


def busiest(lines: Iterable[str], *, days: int) -> tuple[Range, list[str]]:
    """The days in a row that hold the most active ones, and the lines of those days.

    Of several the earliest. Days are those of UTC.
    """
    by_day: dict[date, list[str]] = defaultdict(list)
    for line in lines:
        by_day[date.fromisoformat(json.loads(line)["created_at"][:10])].append(line)
    long = timedelta(days=days - 1)
    first = max(sorted(by_day), key=lambda start: sum(start <= day <= start + long for day in by_day))
    last = first + long
    return (first, last), [line for day, held in by_day.items() if first <= day <= last for line in held]


def imported(place: Path, activity: Path) -> Home:
    """An undreamt home of that activity."""
    home = open_home(place, create=True, flags={"timezone": "UTC"})
    store = Store(home.tables_uri)
    store.create()
    import_source(home, store, JsonlSource(activity, "days"), user_id="one", now=datetime.now(UTC))
    return open_home(place)


def copy_of(home: Home, place: Path) -> Home:
    """The same home elsewhere."""
    shutil.copytree(home.path, place)
    return open_home(place)


def ranges_of(span: Range) -> list[Range]:
    """The runs of a backfill."""
    days = list(days_between(*span))
    parts = (days[at : at + DAYS_PER_RUN] for at in range(0, len(days), DAYS_PER_RUN))
    return [(part[0], part[-1]) for part in parts]


def bare(location: Location) -> dg.Definitions:
    """The steps, assets and partitions of a home, without anything to do."""
    activity = ("resources", "sessions", "messages")
    dreams = ("moments", "mentions", "edges", "summary")

    def step(
        name: str,
        *assets: str,
        deps: Sequence[str] = (),
        days: dg.PartitionsDefinition,
        policy: dg.BackfillPolicy,
    ) -> dg.AssetsDefinition:
        @dg.multi_asset(
            name=name,
            specs=[dg.AssetSpec(asset, deps=list(deps)) for asset in assets],
            partitions_def=days,
            backfill_policy=policy,
        )
        def nothing() -> Iterator[dg.MaterializeResult[None]]:
            for asset in assets:
                yield dg.MaterializeResult(asset_key=asset)

        return nothing

    daily = [
        step("activity", *activity, days=location.days, policy=by_month()),
        step("dreams", *dreams, deps=activity, days=location.days, policy=by_month()),
        step("links", "links", deps=dreams[:3], days=location.days, policy=by_month()),
    ]
    rollups = [
        step("weekly_summary", "weekly_summary", deps=["moments"], days=location.weeks, policy=IN_ONE_RUN),
        step("monthly_summary", "monthly_summary", deps=["moments"], days=location.months, policy=IN_ONE_RUN),
    ]
    return dg.Definitions(
        assets=[*daily, *rollups],
        jobs=[
            dg.define_asset_job(DREAM_JOB, dg.AssetSelection.assets(*daily)),
            dg.define_asset_job("weekly_job", dg.AssetSelection.assets(rollups[0])),
            dg.define_asset_job("monthly_job", dg.AssetSelection.assets(rollups[1])),
        ],
    )


def back_fill(home: Home, span: Range, *, is_bare: bool) -> int:
    """Run the jobs over days, their weeks and months; how many partitions are materialised then."""
    location = location_of(HomeConnection(path=str(home.path)))
    definitions = bare(location) if is_bare else definitions_of(location)
    weeks = [location.calendar.week_start(day) for day in span]
    months = [day.replace(day=1) for day in span]
    parts = [(DREAM_JOB, each) for each in ranges_of(span)]
    parts += [("weekly_job", (weeks[0], weeks[1])), ("monthly_job", (months[0], months[1]))]
    with environment_of(home), dg.DagsterInstance.get() as instance:
        for job, part in parts:
            definitions.resolve_job_def(job).execute_in_process(
                instance=instance, run_config=QUIET, tags=day_tags(part)
            )
        return sum(len(instance.get_materialized_partitions(key)) for key in instance.all_asset_keys())


def cpu_seconds() -> float:
    """Of this process and the children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def by_core(home: Home, *, last_day: date | None) -> None:
    """Dream, link and roll up without Dagster."""
    store = Store(home.tables_uri)
    dream(home, store, OfflineEngine(), DreamPlan(last_day=last_day))
    refresh_across(home, store)


class Trials:
    """Measured pieces of work, each in a home of its own."""

    def __init__(self, folder: Path, source: Home, span: Range, postgres: Postgres | None) -> None:
        self.folder, self.source, self.span, self.postgres = folder, source, span, postgres
        self.count = 0

    def run(self, name: str, span: Range | None = None) -> float:
        """CPU seconds of one piece of work by its name; printed, unless other days are given."""
        self.count += 1
        place = self.folder / f"home{self.count}"
        home = copy_of(self.source, place)
        os.environ.pop("REM_POSTGRES_URL", None)
        if "Postgres" in name and self.postgres:
            os.environ["REM_POSTGRES_URL"] = self.postgres.new_database()
        configured = prepare_instance(home) / "dagster.yaml"
        if name == "bare Postgres":
            configured.write_text(INSTANCE_CONFIG + DAGSTERS_OWN, encoding="utf-8")
        work: Callable[[], object] = {
            "rem dream": lambda: run_dream(home, last_day=span[1] if span else None),
            "core": lambda: by_core(home, last_day=span[1] if span else None),
        }.get(name, lambda: back_fill(home, span or self.span, is_bare=name.startswith("bare")))
        wall, cpu = time.perf_counter(), cpu_seconds()
        made = work()
        spent = cpu_seconds() - cpu
        if span is None:
            told = f", {made:,} partitions materialised" if isinstance(made, int) else ""
            print(f"  {name:<26} {spent:6.1f} CPU s, {time.perf_counter() - wall:6.1f} s{told}", flush=True)
        shutil.rmtree(place)
        return spent


def main() -> None:
    """Print each trial, medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("activity", type=Path)
    parser.add_argument("-n", type=int, default=3)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--no-postgres", action="store_true")
    asked = parser.parse_args()
    kinds = ["SQLite"] if asked.no_postgres else ["SQLite", "Postgres"]
    names = [f"{graph} {kind}" for kind in kinds for graph in ("bare", "ours")] + ["rem dream", "core"]
    against = {f"ours {kind}": [f"bare {kind}"] for kind in kinds}
    if not asked.no_postgres:
        names.append(BARE_IN_OURS)
        against["ours Postgres"].append(BARE_IN_OURS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = None if asked.no_postgres else stack.enter_context(postgres_server())
        span, lines = busiest(asked.activity.read_text(encoding="utf-8").splitlines(), days=asked.days)
        (folder / "days.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        home = imported(folder / "source", folder / "days.jsonl")
        active = len({json.loads(line)["created_at"][:10] for line in lines})
        print(f"{span[0]} to {span[1]}: {len(lines):,} items on {active} days; {os.cpu_count()} cores")
        trials = Trials(folder, home, span, postgres)
        for name in names:
            trials.run(name, (span[0], span[0] + timedelta(days=2)))
        spent: dict[str, list[float]] = defaultdict(list)
        for _ in range(asked.n):
            for name in names:
                spent[name].append(trials.run(name))
    print(f"medians of n={asked.n}, CPU seconds")
    for name in names:
        print(f"  {name:<26} {median(spent[name]):6.1f}")
    for ours, bares in against.items():
        for bare_one in bares:
            ratio = median(mine / bare for mine, bare in zip(spent[ours], spent[bare_one], strict=True))
            print(f"{ours} over {bare_one}: {ratio:.2f}")


if __name__ == "__main__":
    main()
