"""`rem dream`'s runs: the same assets, in this process, on the home's instance."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from rem_dagster.dreaming.dream import DayResult, DreamPlan, dream
from rem_dagster.dreaming.ledger import read_ledger
from rem_dagster.errors import InputError, SettingsError
from rem_dagster.interfaces.cli.launch import prepare_instance, run_dream, up
from rem_dagster.settings import Home, environment_of, open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill, message
from tests.dreaming.engines import ScriptedEngine

pytestmark = pytest.mark.runs

FIRST = MONDAY.date()
MOMENTS = dg.AssetKey("moments")
INTERRUPTED = """
import os, signal, sys
from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.settings import open_home
number = getattr(signal, sys.argv[2])
try:
    run_dream(open_home(sys.argv[1]), on_days=lambda _: os.kill(os.getpid(), number))
except KeyboardInterrupt:
    print("interrupted")
"""


@contextmanager
def instance_of(home: Home) -> Iterator[dg.DagsterInstance]:
    with environment_of(home), dg.DagsterInstance.get() as instance:
        yield instance


def days_recorded(home: Home) -> set[str]:
    with instance_of(home) as instance:
        return set(instance.get_materialized_partitions(MOMENTS))


def runs_of(home: Home) -> list[dg.DagsterRun]:
    with instance_of(home) as instance:
        return list(instance.get_runs())


def iso(*offsets: int) -> set[str]:
    return {(FIRST + timedelta(days=offset)).isoformat() for offset in offsets}


def test_a_dream_is_one_run_whose_days_are_in_the_ledger_and_in_dagster(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0), *chat_day(2)])
    told: list[DayResult] = []
    results = run_dream(home, on_days=told.extend)
    assert [(result.day, result.status) for result in results] == [
        (day, "dreamt") for day in sorted(iso(0, 2))
    ]
    assert told == results
    [made] = runs_of(home)
    assert made.status == dg.DagsterRunStatus.SUCCESS
    assert {row.run_id for row in read_ledger(store)} == {made.run_id}
    assert days_recorded(home) == iso(0, 1, 2)  # the empty day between, too


def test_dagsters_own_log_reads_what_was_recorded_in_batches(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0), *chat_day(1, turns=10)])
    results = run_dream(home)
    with instance_of(home) as instance:
        for asset in ("moments", "mentions", "edges", "summary"):
            found = instance.fetch_materializations(dg.AssetKey(asset), limit=10, ascending=True).records
            assert [record.partition_key for record in found] == sorted(iso(0, 1))
            assert instance.get_latest_materialization_event(dg.AssetKey(asset)) is not None
        found = instance.fetch_materializations(MOMENTS, limit=10, ascending=True).records
        counts = [
            record.asset_materialization.metadata["dagster/partition_row_count"].value
            for record in found
            if record.asset_materialization
        ]
        assert counts == [result.moments for result in results]
        [made] = instance.get_runs()
        planned = instance.get_records_for_run(
            made.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
        )
        assert len(planned.records) == 5 * 2  # with links


def test_nothing_out_of_date_makes_no_run_and_no_instance(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    dream(home, store, ScriptedEngine(), DreamPlan())  # another version is not out of date
    assert run_dream(home) == []
    assert not home.dagster_path.exists()
    assert len(run_dream(home, redo="other_versions")) == 1


def test_days_dreamt_without_dagster_are_recorded_by_the_next_run(home: Home, store: Store) -> None:
    from rem_dagster.dreaming.draft.offline import OfflineEngine

    fill(home, store, chat_day(0))
    dream(home, store, OfflineEngine(), DreamPlan())
    fill(home, store, chat_day(1))
    [result] = run_dream(home)
    assert {result.day} == iso(1)
    assert days_recorded(home) == iso(0, 1)
    assert [row.run_id is None for row in read_ledger(store)] == [True, False]


def test_long_gaps_are_skipped_and_bounds_are_kept(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0), *chat_day(200), *chat_day(201)])
    run_dream(home, first_day=FIRST, last_day=FIRST + timedelta(days=200))
    assert days_recorded(home) == iso(0, 200)
    assert len(runs_of(home)) == 2


def test_only_the_users_that_are_named_are_dreamt(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0, user="ana"), user="ana")
    fill(home, store, chat_day(0, user="ines"), user="ines")
    assert [result.user_id for result in run_dream(home, user_ids=["ana"])] == ["ana"]
    assert [result.user_id for result in run_dream(home)] == ["ines"]
    assert [result.user_id for result in run_dream(home, redo="all")] == ["ana", "ines"]


def test_a_day_that_is_still_to_come_is_left(home: Home, store: Store) -> None:
    fill(home, store, [message(1, datetime.now(UTC) + timedelta(days=2))])
    assert run_dream(home) == []


def test_flags_of_the_command_line_hold_in_the_run_and_are_not_recorded(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    flagged = open_home(home.path, flags={"user": "somebody-else", "llm": "offline"})
    assert len(run_dream(flagged)) == 1
    log = b"".join(path.read_bytes() for path in home.dagster_path.rglob("*.db*"))
    assert b"somebody-else" not in log


def test_the_environment_is_as_it_was_afterwards(home: Home, store: Store) -> None:
    fill(home, store, chat_day(0))
    before = dict(os.environ)
    run_dream(home)
    assert dict(os.environ) == before


@pytest.mark.real
@pytest.mark.parametrize(("sign", "code"), [("SIGINT", 0), ("SIGTERM", 0), ("SIGKILL", -signal.SIGKILL)])
def test_an_ended_dream_keeps_its_chunks_and_leaves_no_run_started(
    home: Home, store: Store, sign: str, code: int
) -> None:
    fill(home, store, [item for offset in range(35) for item in chat_day(offset, turns=2)])
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(home.path), sign], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert done.stderr == ""
    assert {row.status for row in read_ledger(store)} == {"complete"}
    assert len(read_ledger(store)) == 30
    assert len(run_dream(open_home(home.path))) == 5
    assert len(days_recorded(home)) == 35
    assert [made.status.value for made in runs_of(home)] == ["SUCCESS", "FAILURE"]


def test_an_instance_is_private_and_an_edited_file_stays(home: Home) -> None:
    place = prepare_instance(home)
    config = place / "dagster.yaml"
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    config.write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    prepare_instance(home)
    assert config.read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"


def test_postgres_is_chosen_by_the_environment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    config = prepare_instance(home) / "dagster.yaml"
    assert "postgres_url" not in config.read_text(encoding="utf-8")
    monkeypatch.setenv("REM_POSTGRES_URL", "postgresql+psycopg2://rem@localhost/rem")
    prepare_instance(home)
    assert "postgres_url: {env: REM_POSTGRES_URL}" in config.read_text(encoding="utf-8")
    assert "localhost" not in config.read_text(encoding="utf-8")
    monkeypatch.setenv("REM_POSTGRES_URL", "postgresql://rem:secret@localhost/rem")
    with pytest.raises(SettingsError, match="psycopg2") as told:
        prepare_instance(home)
    assert "secret" not in str(told.value)


def test_a_storage_that_the_home_names_is_used(home: Home, store: Store, tmp_path: Path) -> None:
    (prepare_instance(home) / "dagster.yaml").write_text(
        f"storage: {{sqlite: {{base_dir: {tmp_path / 'elsewhere'}}}}}\n", encoding="utf-8"
    )
    fill(home, store, chat_day(0))
    assert len(run_dream(home)) == 1
    assert (tmp_path / "elsewhere").is_dir()
    assert days_recorded(home) == iso(0)


def test_a_taken_port_is_said_and_nothing_is_started(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"Port {port} .* cannot be used"):
            up(home, port=port)
    assert not home.dagster_path.exists()


def test_the_ui_is_not_offered_to_other_machines(home: Home) -> None:
    with pytest.raises(InputError, match="on this machine alone"):
        up(home, port=3000, host="0.0.0.0")
    assert not home.dagster_path.exists()


def test_looking_at_what_is_out_of_date_does_not_import_dagster(home: Home, store: Store) -> None:
    code = (
        "import sys; from rem_dagster.interfaces.cli.launch import run_dream; "
        "from rem_dagster.settings import open_home; "
        f"assert run_dream(open_home({str(home.path)!r})) == []; assert 'dagster' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_results_come_by_day_and_user(home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(1, user="b"), *chat_day(0, user="b")], user="b")
    fill(home, store, chat_day(1, user="a"), user="a")
    results: Sequence[DayResult] = run_dream(home)
    assert [(each.day, each.user_id) for each in results] == [
        (day, user)
        for day, users in zip(sorted(iso(0, 1)), (["b"], ["a", "b"]), strict=True)
        for user in users
    ]
