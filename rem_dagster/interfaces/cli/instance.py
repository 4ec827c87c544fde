"""Where does the Dagster instance of a home keep its settings and its history?"""

import importlib.util
from collections.abc import Collection
from pathlib import Path

from rem_dagster.errors import HomeError, SettingsError
from rem_dagster.settings import POSTGRES_SCHEME, Home, postgres_url, redis_url

HEAD = """\
# The Dagster instance of this home, written by rem; once you change it, it stays as you leave it.
# History lies in SQLite below this directory, or in Postgres where REM_POSTGRES_URL names one.
telemetry: {enabled: false}
nux: {enabled: false}
"""
TOLD = """\
# Each step of a run is in the UI; the terminal of `rem up` shows what is worth a line.
python_logs: {python_log_level: INFO}
"""
RUNS_HERE = """\
concurrency:
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      - key: dagster/backfill
        limit: 2
# A killed process leaves its run as started; this notices.
run_monitoring: {enabled: true, start_timeout_seconds: 180, max_runtime_seconds: 14400}
run_retries: {enabled: true, max_retries: 2, retry_on_asset_or_op_failure: false}
"""
TICKS = """\
sensors: {use_threads: true, num_workers: 2}
schedules: {use_threads: true, num_workers: 2}
backfills: {use_threads: true, num_workers: 2, num_submit_workers: 4}
retention:
  schedule: {purge_after_days: 90}
  sensor:
    purge_after_days: {skipped: 7, failure: 30, success: 90}
"""
STORAGE = """\
storage:
  custom:
    module: rem_dagster.defs.postgres_log
    class: BatchedPostgresStorage
    config:
      postgres_url: {env: REM_POSTGRES_URL}
"""
DAGSTERS_OWN_STORAGE = """\
storage:
  postgres:
    postgres_url: {env: REM_POSTGRES_URL}
"""
RUNS_ON_WORKERS = """\
# Runs go to whichever `rem worker` is free; those that wait for one count as starting.
run_launcher:
  module: rem_dagster.worker
  class: RunLauncher
  config:
    broker: {env: REM_REDIS_URL}
    backend: {env: REM_REDIS_URL}
concurrency:
  runs:
    max_concurrent_runs: 16
    tag_concurrency_limits:
      - key: dagster/backfill
        limit: 12
# A killed worker leaves its run as started; this notices within a minute, and has it done again.
run_monitoring:
  enabled: true
  start_timeout_seconds: 3600
  cancel_timeout_seconds: 60
  max_runtime_seconds: 14400
  max_resume_run_attempts: 0
  poll_interval_seconds: 10
run_retries: {enabled: true, max_retries: 5, retry_on_asset_or_op_failure: false}
"""
INSTANCE_CONFIG = HEAD + TOLD + RUNS_HERE + TICKS
POSTGRES_CONFIG = INSTANCE_CONFIG + STORAGE
WORKERS_CONFIG = HEAD + TOLD + RUNS_ON_WORKERS + TICKS + STORAGE
CONFIGS = (INSTANCE_CONFIG, POSTGRES_CONFIG, WORKERS_CONFIG)
TALKATIVE_CONFIGS = tuple(config.replace(TOLD, "") for config in CONFIGS)
EARLIER_CONFIGS = (
    *(each.replace(STORAGE, DAGSTERS_OWN_STORAGE) for each in (*CONFIGS[1:], *TALKATIVE_CONFIGS[1:])),
    *TALKATIVE_CONFIGS,
)
"""What rem wrote before: events are stored more slowly, or the terminal is full of steps. The tables are the
same."""
WORKSPACE = """\
# What `dagster dev` loads when it is started here.
load_from:
  - python_module:
      module_name: rem_dagster.definitions
      location_name: rem_dagster
"""


def prepare_instance(home: Home) -> Path:
    """The directory of the home's Dagster instance; made, with its two files, where it is missing.

    A file that was edited stays as it is.

    Raises:
        HomeError: the directory cannot be written.
        SettingsError: `REM_POSTGRES_URL` or `REM_REDIS_URL` cannot be used.
    """
    config = POSTGRES_CONFIG if postgres_url() else INSTANCE_CONFIG
    if redis_url():
        require_workers()
        config = WORKERS_CONFIG
    place = home.dagster_path
    _write(place / "dagster.yaml", config, unless_edited_from=(*CONFIGS, *EARLIER_CONFIGS))
    _write(place / "workspace.yaml", WORKSPACE, unless_edited_from=(WORKSPACE,))
    return place


def require_workers() -> str:
    """The redis over which runs are shared out among workers.

    Raises:
        SettingsError: something that workers need is not there.
    """
    url = redis_url()
    if url is None:
        raise SettingsError(
            "Workers share out runs over a redis, and REM_REDIS_URL names none. Nothing was started. Set it, "
            "here and for `rem up`, to something like redis://127.0.0.1:6379/0."
        )
    if postgres_url() is None:
        raise SettingsError(
            "Workers write one history together, and SQLite is for one machine alone: REM_POSTGRES_URL must "
            f"name a Postgres where REM_REDIS_URL is set. Nothing was started. Set it to something like "
            f"{POSTGRES_SCHEME}user@host/database."
        )
    if importlib.util.find_spec("dagster_celery") is None:
        raise SettingsError(
            "REM_REDIS_URL is set, and what workers need is not installed. Nothing was started. "
            "Run `pip install 'rem-dagster[workers]'`, or unset it."
        )
    return url


def _write(path: Path, text: str, *, unless_edited_from: Collection[str]) -> None:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        held = path.read_text(encoding="utf-8") if path.exists() else None
        if held is not None and (held == text or held not in unless_edited_from):
            return
        if held is None:
            path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise HomeError(
            f"{path} cannot be read or written: {error.strerror or error}. Nothing was changed. See that the "
            "home can be written."
        ) from error
