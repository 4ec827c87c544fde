"""How do several processes, on one machine or many, share the runs that the Dagster daemon launches?

    daemon ── launches ──► redis ──► worker ── one run in a process of its own ──► tables, Postgres
       ▲                     │
       └── is it alive? ── a sign of life with a short time to live

A whole run is one task: its steps share the home they opened. A task is acknowledged when it has ended, so
that one whose worker was killed comes to another worker; one that is alive elsewhere is passed over.
"""

import os
import platform
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from celery import Celery, Task
from dagster import DagsterInstance, DagsterRun, DagsterRunStatus
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import pack_value, unpack_value
from dagster_celery.config import DEFAULT_CONFIG, TASK_EXECUTE_JOB_NAME
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.make_app import make_app
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
from dagster_celery.tasks import create_execute_job_task

from rem_dagster.settings import Home, environment_of, lower_first_day, open_home

if TYPE_CHECKING:
    from redis import Redis

QUEUE = "dagster"
SECONDS_BETWEEN_SIGNS = 3
SECONDS_A_SIGN_LASTS = 12
SECONDS_UNTIL_DEAD = 10
"""A sign may be missing so long, as when redis was restarted, until its run counts as dead."""
SECONDS_UNTIL_HANDED_ON = 60
"""After them a task that was not acknowledged comes to another worker."""
WORKER_TAG = "rem/worker"
FIRST_DAY_TAGS = ("dagster/partition", "dagster/asset_partition_range_start")
CONFIG = {
    **DEFAULT_CONFIG,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_ignore_result": True,
    "worker_prefetch_multiplier": 1,
    "worker_max_tasks_per_child": 1,  # definitions, settings and the home are read anew for each run
    "worker_soft_shutdown_timeout": 10.0,
    "worker_redirect_stdouts_level": "DEBUG",  # each event is in Dagster's history already
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {"visibility_timeout": SECONDS_UNTIL_HANDED_ON},
}


class RunTask(Task):  # type: ignore[misc]  # celery has no types
    """A run as a task, with a sign of life as long as it goes on."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Do the run, unless another worker does it."""
        run_id = unpack_value(named["execute_job_args_packed"], as_type=ExecuteRunArgs).run_id
        with _alive(self.app.conf.broker_url, run_id) as is_ours:
            if not is_ours:
                return 0
            _prepare(run_id, worker=str(self.request.hostname))
            return super().__call__(*arguments, **named)


class RunLauncher(CeleryRunLauncher):  # type: ignore[misc]  # as above
    """Launches runs as tasks, and tells by their sign of life how they are."""

    def __init__(self, **config: Any) -> None:
        super().__init__(**config)
        self._silent_since: dict[str, float] = {}

    def launch_run(self, context: LaunchRunContext) -> None:
        """Put a run into the queue."""
        run = context.dagster_run
        origin = run.job_code_origin
        assert origin is not None  # a run that the daemon launches was loaded from somewhere
        work = ExecuteRunArgs(
            job_origin=origin,
            run_id=run.run_id,
            instance_ref=self._instance.get_ref(),
            set_exit_code_on_failure=True,
        )
        task = self.celery.signature(
            TASK_EXECUTE_JOB_NAME, kwargs={"execute_job_args_packed": pack_value(work)}, immutable=True
        )
        self._launch_celery_task_run(run=run, task_signature=task, routing_key=TASK_EXECUTE_JOB_NAME)

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether some worker does the run now."""
        with closing(_redis(str(self.broker))) as redis:
            worker = redis.get(_sign_of(run.run_id))
        if worker:
            self._silent_since.pop(run.run_id, None)
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        since = self._silent_since.setdefault(run.run_id, time.monotonic())
        if time.monotonic() - since < SECONDS_UNTIL_DEAD:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "Its worker has ended or cannot be reached.")

    def terminate(self, run_id: str) -> bool:
        """Interrupt a run, or see that it does not begin."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if run.status != DagsterRunStatus.CANCELING:  # else the interrupted run would count as failed
            self._instance.report_run_canceling(run)
        with closing(_redis(str(self.broker))) as redis:
            is_begun = bool(redis.exists(_sign_of(run_id)))
        if task := run.tags.get(DAGSTER_CELERY_TASK_ID_TAG):
            self.celery.control.revoke(task, terminate=is_begun, signal="SIGINT")
        if not is_begun:
            self._instance.report_run_canceled(run, message="It was cancelled before a worker began it.")
        return True

    @property
    def supports_resume_run(self) -> bool:
        """Whether a run goes on where it stopped: it is made again, which costs only what is not done."""
        return False

    def get_run_worker_debug_info(
        self, run: DagsterRun, include_container_logs: bool | None = True
    ) -> str | None:
        """Nothing: a worker writes its own log."""
        return None


def work(home: Home, *, broker: str, concurrency: int) -> int:
    """Take runs from redis and do them, so many at once, until interrupted; the exit code.

    An interrupt lets the runs that have begun end; a second one stops them, and others do them again.
    """
    with environment_of(home):
        worker = worker_app(broker).Worker(
            hostname=f"rem-{os.getpid()}@{platform.node()}",
            queues=[QUEUE],
            concurrency=concurrency,
            loglevel="WARNING",
            optimization="fair",
            without_gossip=True,
            without_mingle=True,
            quiet=True,
        )
        worker.start()
    return int(worker.exitcode or 0)


def worker_app(broker: str) -> Celery:
    """Celery as a worker has it: it knows how a run is done."""
    app = make_app({"broker": broker, "backend": broker, "config_source": CONFIG})
    app.conf.update(CONFIG)
    create_execute_job_task(app, base=RunTask)
    return app


@contextmanager
def _alive(broker: str, run_id: str) -> Iterator[bool]:
    """Claim a run and give signs of life until the block ends; False where another worker has it."""
    with closing(_redis(broker)) as redis:
        sign, worker = _sign_of(run_id), f"{platform.node()}/{secrets.token_hex(8)}"
        if not redis.set(sign, worker, nx=True, ex=SECONDS_A_SIGN_LASTS):
            yield False
            return
        ended = threading.Event()
        beat = threading.Thread(target=_beat, args=(redis, sign, worker, ended), daemon=True)
        beat.start()
        try:
            yield True
        finally:
            ended.set()
            beat.join()
            redis.delete(sign)


def _beat(redis: "Redis", sign: str, worker: str, ended: threading.Event) -> None:
    from redis import RedisError

    while not ended.wait(SECONDS_BETWEEN_SIGNS):
        try:
            redis.set(sign, worker, ex=SECONDS_A_SIGN_LASTS)
        except RedisError:
            continue  # it is being restarted; whoever asks waits a while before thinking the run dead


def _prepare(run_id: str, *, worker: str) -> None:
    """Note who does a run, and see that this machine knows its days: another machine launched it."""
    with DagsterInstance.get() as instance:
        run = instance.get_run_by_id(run_id)
        if run is None:
            return
        instance.add_run_tags(run_id, {WORKER_TAG: worker})
        days = [_day(run.tags[tag]) for tag in FIRST_DAY_TAGS if tag in run.tags]
    home = open_home()
    for day in filter(None, days):
        if home.file.first_day is None or day < home.file.first_day:
            home = lower_first_day(home, day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # a partition that is no day
        return None


def _sign_of(run_id: str) -> str:
    return f"rem/run/{run_id}"


def _redis(url: str) -> "Redis":
    from redis import Redis

    return Redis.from_url(url, decode_responses=True, socket_timeout=10)
