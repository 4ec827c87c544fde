"""How does the command line run the Dagster assets of a home, and the Dagster UI over it?

Dagster is imported by the functions that need it: `rem dream` with nothing to do never pays for it.
"""

import platform
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from rem_dagster.dreaming.across import refresh_across
from rem_dagster.dreaming.draft.choice import choose_engine
from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.dream import (
    DayResult,
    DreamPlan,
    Redo,
    result_of,
    wanted_of_plan,
)
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.dreaming.rollup import roll_up
from rem_dagster.dreaming.terms import Terms, terms_of
from rem_dagster.dreaming.triggers import DayRange, day_ranges
from rem_dagster.interfaces.cli.instance import prepare_instance
from rem_dagster.interfaces.cli.serving import up
from rem_dagster.model.ids import digest_text
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home, environment_of
from rem_dagster.store.database import Store

if TYPE_CHECKING:
    import dagster as dg

    from rem_dagster.defs.connections import Caller

__all__ = ["prepare_instance", "run_dream", "up"]

LONGEST_RUN = 400
"""Days in one run: what it made reaches Dagster when it ends."""
LONGEST_GAP = 30
"""Days up to date that a run steps over: recording one costs a hundredth of what another run costs."""
WAIT_FOR_OTHER_RUN = 3600.0
"""Seconds to wait for another `rem dream` in this home."""
LAUNCHED_BY = {"rem/trigger": "rem dream", "dagster/max_retries": "0"}
"""Dagster's daemon is not to run again what this process ran: the caller sees it fail."""
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""What a run has to say reaches the caller as results and errors."""


@dataclass(frozen=True)
class HowToDream:
    """With which engine, and what of its drafts is kept."""

    engine: Engine
    terms: Terms
    accept_losses: bool = False


def run_dream(
    home: Home,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    user_ids: Sequence[str] | None = None,
    redo: Redo = "stale",
    how: "HowToDream | None" = None,
    on_days: Callable[[Sequence[DayResult]], None] = lambda _: None,
    on_made: Callable[[], None] = lambda: None,
    tags: Mapping[str, str] | None = None,
) -> list[DayResult]:
    """Dream the days that are out of date by runs of the dream assets, in this process.

    Days that were dreamt without Dagster are recorded along with them. Days after today have no
    partition yet and are left.

    Args:
        first_day: included; None is the first that there is.
        last_day: included; None is today.
        user_ids: only these users; None is all.
        how: with which engine and on what terms; None is as the home's settings say.
        on_days: told of days that were dreamt when they are in the tables.
        on_made: told whenever a day is made, though not written yet.
        tags: more tags for the runs.

    Returns:
        One result per (user, day) that was dreamt now, failed ones and those that were left as they are
        included, by day and user.

    Raises:
        KeyboardInterrupt: Ctrl-C; days that are told of stay, the run is recorded as failed.
        HomeBusyError: another process dreamt in this home and did not end.
        StoreError: a table could not be read or written; days finished before stay.
    """
    store = Store(home.tables_uri, home.settings.storage_options)
    today = calendar_of(home).day_of(datetime.now(UTC))
    how = how or HowToDream(choose_engine(home), terms_of(home))
    plan = DreamPlan(first_day, min(last_day or today, today), user_ids=user_ids, redo=redo, terms=how.terms)
    with home.hold("dream-run", wait_seconds=WAIT_FOR_OTHER_RUN):
        wanted = wanted_of_plan(home, store, how.engine, plan)
        if not wanted:
            refresh_across(home, store)  # a dream that was killed, or made without Dagster, left it
            return []
        keys = {state.key for state in wanted}
        left: list[DayResult] = []

        def tell(done: Sequence[DayResult]) -> None:
            made = [each for each in done if (each.user_id, each.day) in keys]
            left.extend(each for each in made if each.status in ("waiting", "held", "failed"))
            if made:
                on_days(made)

        days = {state.partition_key for state in wanted}
        with _instance(home) as instance:
            days |= _unrecorded(instance, store, plan)
            ranges = day_ranges(map(date.fromisoformat, days), longest_gap=LONGEST_GAP, longest=LONGEST_RUN)
            job = _dream_job(home, ranges[0][0])
            config = {
                "users": list(user_ids) if user_ids is not None else None,
                "redo": redo,
                "accept_losses": how.accept_losses,
                "moment_types": list(how.terms.only_types) if how.terms.only_types else None,
                "min_duration_minutes": how.terms.min_minutes,
            }
            caller = _caller(home, tell, on_made, how.engine)
            run_ids = {
                _run(instance, job, each, caller=caller, config=config, tags=tags or {}) for each in ranges
            }
            _roll_up(instance, home, store)
    rows = read_ledger(store, first_day=min(days), last_day=max(days), user_ids=user_ids)
    made = [result_of(row) for row in rows if row.run_id in run_ids]
    written = {(each.user_id, each.day) for each in made}
    made += [each for each in left if (each.user_id, each.day) not in written]
    return sorted(made, key=lambda each: (each.day, each.user_id))


def _caller(
    home: Home,
    on_days: Callable[[Sequence[DayResult]], None],
    on_made: Callable[[], None],
    engine: Engine,
) -> "Caller":
    from rem_dagster.defs.connections import Caller

    return Caller(home, on_days, on_made, engine)


def _unrecorded(instance: "dg.DagsterInstance", store: Store, plan: DreamPlan) -> set[str]:
    """Days that are complete in the ledger and that Dagster knows nothing of."""
    import dagster as dg

    first, last = (day.isoformat() if day else None for day in (plan.first_day, plan.last_day))
    rows = read_ledger(store, first_day=first, last_day=last)
    complete = {row.partition_key for row in rows if row.status == "complete"}
    return complete - set(instance.get_materialized_partitions(dg.AssetKey("moments")))


@contextmanager
def _instance(home: Home) -> Iterator["dg.DagsterInstance"]:
    """The home's instance, without runs that a killed `rem dream` left as started.

    Only one `rem dream` at a time is in here, so a started run of another cannot be alive.
    """
    directory = prepare_instance(home)
    with environment_of(home):
        import dagster as dg

        from rem_dagster.defs.event_log import open_instance

        with open_instance(directory) as instance:
            started = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED], tags=launched_in(home))
            for run in instance.get_runs(started):
                instance.report_run_failed(run, "The process of this run was killed.")
            yield instance


def launched_in(home: Home) -> dict[str, str]:
    """The tags of this machine's runs of a home; several may share one Postgres."""
    return {**LAUNCHED_BY, "rem/place": digest_text(platform.node(), str(home.path))[:16]}


def clean_history(home: Home, days: Collection[str]) -> int:
    """Take words of some ISO days out of the home's Dagster history; from how many events.

    Raises:
        HomeError: somebody uses it all the time.
    """
    if not (home.dagster_path / "dagster.yaml").exists():
        return 0
    with environment_of(home):
        from rem_dagster.defs.event_log import open_instance
        from rem_dagster.defs.forgetting import take_texts_out

        with open_instance(prepare_instance(home)) as instance:
            return take_texts_out(instance, days)


def _dream_job(home: Home, first_day: date) -> "dg.JobDefinition":
    """The job of the dream assets over the home's days; the sources were synced before."""
    import dagster as dg

    from rem_dagster.defs.checks import checks_of
    from rem_dagster.defs.connections import HomeConnection
    from rem_dagster.defs.dreams import dream_assets
    from rem_dagster.defs.jobs import DREAM_JOB
    from rem_dagster.defs.links import links_asset
    from rem_dagster.defs.location import location_of

    location = location_of(HomeConnection(path=str(home.path)), first_day=first_day)
    assets = [dream_assets(location), links_asset(location)]
    return dg.Definitions(
        assets=assets,
        asset_checks=checks_of(location),
        jobs=[dg.define_asset_job(DREAM_JOB, selection=dg.AssetSelection.assets(*assets))],
        resources={location.home_key: location.connection},
    ).resolve_job_def(DREAM_JOB)


def _roll_up(instance: "dg.DagsterInstance", home: Home, store: Store) -> None:
    """Sum up the weeks and months whose days were dreamt; each is an event without a run of its own."""
    import dagster as dg

    from rem_dagster.defs.connections import OpenHome
    from rem_dagster.defs.rollups import ASSET_OF, events_of

    made = [each for each in roll_up(home, store).results if each.status in ("made", "removed")]
    for period, asset in ASSET_OF.items():
        firsts = sorted({date.fromisoformat(each.key) for each in made if each.period == period})
        if firsts:
            for key, metadata in events_of(OpenHome(home, store), period, firsts).items():
                instance.report_runless_asset_event(
                    dg.AssetMaterialization(asset, partition=key, metadata=metadata)
                )


def _run(
    instance: "dg.DagsterInstance",
    job: "dg.JobDefinition",
    days: DayRange,
    *,
    caller: "Caller",
    config: Mapping[str, object],
    tags: Mapping[str, str],
) -> str:
    """Run the job over some days and return the run's id; failed days are the ledger's to tell."""
    import dagster as dg

    from rem_dagster.defs.connections import CALLER
    from rem_dagster.defs.requests import day_tags

    run_id = str(uuid4())
    token = CALLER.set(caller)
    try:
        job.execute_in_process(
            instance=instance,
            run_id=run_id,
            run_config={**QUIET, "ops": {"dreams": {"config": config}}},
            tags={**tags, **launched_in(caller.home), **day_tags(days)},
        )
    except dg.Failure:
        pass  # the failed days are in the ledger, the others are recorded
    except dg.DagsterExecutionInterruptedError as error:
        raise KeyboardInterrupt from error
    finally:
        CALLER.reset(token)
    return run_id
