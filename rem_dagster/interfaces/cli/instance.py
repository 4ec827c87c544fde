"""Where does the Dagster instance of a home keep its settings and its history?"""

from pathlib import Path

from rem_dagster.settings import Home

INSTANCE_CONFIG = """\
# The Dagster instance of this home, written once by rem; your changes stay.
# SQLite below this directory. For Postgres, set REM_POSTGRES_URL to a URL that begins with
# postgresql+psycopg2:// (bare postgresql:// fails with SQLAlchemy 2.1) and take the comments off:
# storage:
#   postgres:
#     postgres_url: {env: REM_POSTGRES_URL}
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


WORKSPACE = """\
# What `dagster dev` loads when it is started here; your changes stay.
load_from:
  - python_module:
      module_name: rem_dagster.definitions
      location_name: rem_dagster
"""
FILES = {"dagster.yaml": INSTANCE_CONFIG, "workspace.yaml": WORKSPACE}


def prepare_instance(home: Home) -> Path:
    """The directory of the home's Dagster instance; made, with its two files, where it is missing."""
    place = home.dagster_path
    place.mkdir(mode=0o700, exist_ok=True)
    for name, text in FILES.items():
        if not (place / name).exists():
            (place / name).touch(mode=0o600)
            (place / name).write_text(text, encoding="utf-8")
    return place
