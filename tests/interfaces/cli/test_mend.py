"""`rem doctor --mend`: what is wrong is named before, mended once, and sound afterwards."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import lancedb
import pytest

from rem_dagster.dreaming.ledger import read_ledger, write_ledger
from rem_dagster.interfaces.cli import examined_tables, mend
from rem_dagster.settings import Home, open_home
from rem_dagster.store import maintain, migrate
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from tests.activity import contents
from tests.interfaces.cli.conftest import Ran, Rem

pytestmark = pytest.mark.runs

DAY = "2025-10-07"


@pytest.fixture
def own(lived: Home, tmp_path: Path) -> Home:
    """A copy of the dreamt home, to be broken."""
    shutil.copytree(lived.path, tmp_path / "own")
    return open_home(tmp_path / "own")


@pytest.fixture
def doctor(rem: Rem, own: Home) -> Callable[..., Ran]:
    def run(*words: str) -> Ran:
        return rem("doctor", "--home", own.path, "--json", *words)

    return run


def found(ran: Ran, level: str) -> dict[str, list[str]]:
    """What was said at a level, by what was looked at."""
    told: dict[str, list[str]] = {}
    for each in ran.json["findings"]:
        if each["level"] == level:
            told.setdefault(each["what"], []).append(each["said"])
    return told


def nexts(ran: Ran) -> set[str]:
    return {each["next"] for each in ran.json["findings"] if each["next"]}


def backups(home: Home) -> list[Path]:
    return sorted((home.path / "backups").glob("*"))


def test_a_sound_home_is_left_as_it_is(doctor: Callable[..., Ran], own: Home) -> None:
    before = contents(Store(own.tables_uri), without=())
    done = doctor("--mend")
    assert done.code == 0
    assert found(done, "mended") == {}
    assert contents(Store(own.tables_uri), without=()) == before
    assert backups(own) == []
    assert not own.dagster_path.exists()


def test_an_older_schema_is_named_and_mended_after_a_backup(doctor: Callable[..., Ran], own: Home) -> None:
    lancedb.connect(own.tables_uri).open_table("moments").drop_columns(["confidence"])
    shutil.rmtree(Path(own.tables_uri) / "links_state.lance")
    told = doctor()
    assert told.code == 1
    assert found(told, "broken")["Tables"] == [
        "moments has no confidence: an older rem made it.",
        "There is no table links_state: an older rem made it.",
    ]
    assert any(each.endswith("doctor --mend") for each in nexts(told))
    mended = doctor("--mend")
    assert mended.code == 0, mended.out
    assert len(found(mended, "mended")["Tables"]) == 2
    [backup] = backups(own)
    assert str(backup) in found(mended, "mended")["Backup"][0]
    assert "confidence" not in Store(str(backup / "tables")).dataset("moments", is_checked=False).schema.names
    assert Store(own.tables_uri).count("moments") > 0
    assert found(doctor("--mend"), "mended") == {}
    assert backups(own) == [backup]


@pytest.mark.parametrize(
    "words",
    [
        ("show", "2025-10-07"),
        ("search", "release"),
        ("status",),
        ("dream",),
        ("query", "SELECT * FROM moments"),
    ],
)
def test_every_command_on_an_older_home_names_what_mends_it(
    rem: Rem, own: Home, words: tuple[str, ...]
) -> None:
    lancedb.connect(own.tables_uri).open_table("moments").drop_columns(["confidence"])
    if words == ("dream",):
        ledger = read_ledger(Store(own.tables_uri))
        write_ledger(Store(own.tables_uri), [ledger[0].model_copy(update={"status": "failed"})])
    done = rem("--home", own.path, *words)
    if words != ("status",):
        assert done.code == 1, done.out
        assert "doctor --mend" in done.err
    assert "Traceback" not in done.err


def test_a_home_file_of_an_older_version_is_brought_forward(
    rem: Rem, own: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(held: dict[str, Any]) -> dict[str, Any]:
        return {**held, "moment_types": {"stepped": "forward"}}

    for module in (
        "rem_dagster.settings.home_file",
        "rem_dagster.interfaces.cli.mend",
        "rem_dagster.store.migrate",
    ):
        monkeypatch.setattr(f"{module}.HOME_VERSION", 2)
    monkeypatch.setattr(migrate, "HOME_STEPS", {1: step})
    told = rem("doctor", "--home", own.path)
    assert told.code == 1
    assert "doctor --mend" in told.err
    mended = rem("doctor", "--mend", "--home", own.path)
    assert mended.code == 0, mended.err
    held = json.loads((own.path / "home.json").read_text())
    assert (held["version"], held["moment_types"]) == (2, {"stepped": "forward"})
    [backup] = backups(own)
    assert json.loads((backup / "home.json").read_text())["version"] == 1


def test_a_missing_index_is_made_without_a_backup(doctor: Callable[..., Ran], own: Home) -> None:
    lancedb.connect(own.tables_uri).open_table("edges").drop_index("source_id_idx")
    told = doctor()
    assert told.code == 0
    assert found(told, "note")["Indexes"] == ["edges has no index of source_id."]
    mended = doctor("--mend")
    assert "Indexes" not in found(mended, "note")
    assert found(mended, "mended") == {"Tables": ["edges has no index of source_id: that is mended."]}
    assert backups(own) == []


def test_orphans_are_named_and_deleted_and_raw_rows_are_not(doctor: Callable[..., Ran], own: Home) -> None:
    store = Store(own.tables_uri)
    raw = {table: store.count(table) for table in ("messages", "sessions", "resources")}
    store.delete("dreams", equals("partition_key", DAY))
    store.delete("sessions", equals("partition_key", DAY))
    told = doctor()
    [said] = found(told, "note")["Orphans"]
    assert "rows of moments" in said
    assert "1 row of summaries" in said
    assert found(told, "note")["Sessions"][0].startswith("6 messages name a session")
    mended = doctor("--mend")
    assert said.rpartition(": ")[2] == found(mended, "mended")["Orphans"][0].rpartition(": ")[2]
    assert "Orphans" not in found(mended, "note")
    assert len(backups(own)) == 1
    store = Store(own.tables_uri)
    assert store.count("moments", equals("partition_key", DAY)) == 0
    assert store.count("moments") > 0
    assert {table: store.count(table) for table in raw} == {**raw, "sessions": raw["sessions"] - 1}


def test_a_half_written_day_alone_is_dreamt_again(doctor: Callable[..., Ran], own: Home) -> None:
    store = Store(own.tables_uri)
    before = contents(store)
    ledger = {row.partition_key: row for row in read_ledger(store)}
    write_ledger(store, [ledger[DAY].model_copy(update={"status": "writing"})])
    other = ledger["2025-10-08"]
    write_ledger(store, [other.model_copy(update={"input_digest": "0-0"})])
    told = doctor()
    assert told.code == 1
    assert found(told, "broken")["Days"] == [f"1 day stopped while being written, {DAY} first."]
    mended = doctor("--mend")
    assert mended.code == 0, mended.out
    assert found(mended, "mended")["Days"] == ["1 half-written day dreamt again."]
    rows = {row.partition_key: row for row in read_ledger(Store(own.tables_uri))}
    assert rows[DAY].status == "complete"
    assert rows[DAY].run_id is not None
    assert rows["2025-10-08"].input_digest == "0-0"
    after = contents(Store(own.tables_uri), without=("syncs", "dreams", "links_state"))
    assert {table: after[table] for table in ("moments", "mentions")} == {
        table: before[table] for table in ("moments", "mentions")
    }


def test_a_day_that_somebody_is_writing_now_is_not_broken(doctor: Callable[..., Ran], own: Home) -> None:
    store = Store(own.tables_uri)
    [row] = (row for row in read_ledger(store) if row.partition_key == DAY)
    write_ledger(store, [row.model_copy(update={"status": "writing"})])
    with own.hold_days([DAY], wait_seconds=1):
        done = doctor("--mend")
    assert done.code == 0
    assert "1 day being written now by another process." in found(done, "ok")["Days"]
    assert [row.status for row in read_ledger(store) if row.partition_key == DAY] == ["writing"]


def test_a_swollen_table_is_named_and_compacted(
    doctor: Callable[..., Ran], own: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintain, "SMALL_BYTES", 1)
    monkeypatch.setattr(maintain, "MOST_BYTES_PER_LIVE_BYTE", 1.01)
    store = Store(own.tables_uri)
    for _ in range(3):
        write_ledger(store, read_ledger(store))
    assert any("dreams takes" in said for said in found(doctor(), "note")["Disk"])
    monkeypatch.setattr(mend, "SHORT_KEEP", maintain.SHORTEST_KEEP / 1000)
    mended = doctor("--mend")
    assert any(said.startswith("dreams: ") for said in found(mended, "mended")["Disk"])


def test_what_cannot_be_mended_is_said_and_ends_nothing_else(
    doctor: Callable[..., Ran], own: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(own.tables_uri)
    [row] = (row for row in read_ledger(store) if row.partition_key == DAY)
    write_ledger(store, [row.model_copy(update={"status": "writing"})])
    next((Path(own.tables_uri) / "edges.lance" / "data").iterdir()).unlink()
    done = doctor("--mend")
    assert done.code == 1
    assert any("edges" in said for said in found(done, "broken")["Tables"])
    assert "Model" in found(done, "ok")


def test_looking_needs_no_dagster_while_no_run_is_in_progress(own: Home) -> None:
    history = own.dagster_path / "history"
    history.mkdir(parents=True)
    (own.dagster_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with closing(sqlite3.connect(history / "runs.db")) as database, database:
        database.execute("CREATE TABLE runs (status TEXT)")
        database.execute("INSERT INTO runs VALUES ('SUCCESS'), ('QUEUED')")
    code = (
        "import sys; from rem_dagster.interfaces.cli.main import main; "
        f"code = main(['doctor', '--no-call', '--home', {str(own.path)!r}]); "
        "sys.exit(code or bool({'dagster', 'lancedb'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_words_of_gaps_name_table_and_columns() -> None:
    assert examined_tables.gap_words(migrate.Gap("edges", "unindexed", ("id",), 12_000)) == (
        "12,000 rows of edges are in no index yet"
    )
