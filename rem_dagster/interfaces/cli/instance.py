"""Where does the Dagster instance of a home keep its settings and its history?"""

from collections.abc import Collection
from pathlib import Path

from rem_dagster.settings import Home, postgres_url

INSTANCE_CONFIG = """\
# The Dagster instance of this home, written by rem; once you change it, it stays as you leave it.
# History lies in SQLite below this directory, or in Postgres where REM_POSTGRES_URL names one.
telemetry: {enabled: false}
nux: {enabled: false}
concurrency:
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      - key: dagster/backfill
        limit: 2
# A killed process leaves its run as started; this notices.
run_monitoring: {enabled: true, start_timeout_seconds: 180, max_runtime_seconds: 14400}
run_retries: {enabled: true, max_retries: 2, retry_on_asset_or_op_failure: false}
sensors: {use_threads: true, num_workers: 2}
schedules: {use_threads: true, num_workers: 2}
backfills: {use_threads: true, num_workers: 2, num_submit_workers: 4}
retention:
  schedule: {purge_after_days: 90}
  sensor:
    purge_after_days: {skipped: 7, failure: 30, success: 90}
"""


POSTGRES_CONFIG = f"""\
{INSTANCE_CONFIG}\
storage:
  postgres:
    postgres_url: {{env: REM_POSTGRES_URL}}
"""
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
        SettingsError: `REM_POSTGRES_URL` cannot be used.
    """
    config = POSTGRES_CONFIG if postgres_url() else INSTANCE_CONFIG
    place = home.dagster_path
    place.mkdir(mode=0o700, exist_ok=True)
    _write(place / "dagster.yaml", config, unless_edited_from=(INSTANCE_CONFIG, POSTGRES_CONFIG))
    _write(place / "workspace.yaml", WORKSPACE, unless_edited_from=(WORKSPACE,))
    return place


def _write(path: Path, text: str, *, unless_edited_from: Collection[str]) -> None:
    if not path.exists():
        path.touch(mode=0o600)
    elif path.read_text(encoding="utf-8") not in unless_edited_from:
        return
    path.write_text(text, encoding="utf-8")
