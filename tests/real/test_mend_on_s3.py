"""A home whose tables lie on S3 is mended there, with a backup beside them."""

from pathlib import Path

import lancedb
import pytest

from rem_dagster.store.backup import UNFINISHED
from rem_dagster.store.database import Store
from rem_dagster.store.maintain import table_size
from rem_dagster.store.tables import REPLACED
from rem_dagster.store.vectors import has_vectors
from tests.activity import chat_day, contents, fill
from tests.interfaces.cli.conftest import Rem, rem
from tests.s3 import Bucket, bucket, s3

__all__ = ["bucket", "rem", "s3"]
pytestmark = pytest.mark.real


def test_an_older_table_on_s3_is_brought_forward_after_a_backup(
    rem: Rem, bucket: Bucket, tmp_path: Path
) -> None:
    home = bucket.open_home(tmp_path / "home")
    bucket.configure(home.path)
    store = Store(bucket.uri, bucket.storage_options)
    store.create()
    fill(home, store, chat_day(0))
    assert rem("dream", "--home", home.path).code == 0
    before = contents(store)
    size = table_size(store, "moments")
    assert 0 < size.row_bytes < size.live_bytes < size.bytes_on_disk
    older = lancedb.connect(bucket.uri, storage_options=bucket.storage_options)
    older.open_table("moments").drop_columns(["confidence"])
    older.drop_table("links_state")
    told = rem("doctor", "--home", home.path, "--json")
    assert told.code == 1
    assert [each["what"] for each in told.json["findings"] if each["level"] == "broken"] == [
        "Tables",
        "Tables",
    ]
    mended = rem("doctor", "--mend", "--home", home.path, "--json")
    assert mended.code == 0, mended.out
    [backup] = (home.path / "backups").iterdir()
    assert backup.suffix != UNFINISHED
    copy = Store(f"{bucket.uri}/backups/{backup.name}", bucket.storage_options)
    assert "confidence" not in copy.dataset("moments", is_checked=False).schema.names
    assert copy.count("messages") == 6
    after = contents(Store(bucket.uri, bucket.storage_options))
    left_out = ("links_state", "postings", "docs")
    assert {table: rows for table, rows in after.items() if table not in left_out} == {
        table: [{**row, "confidence": None} for row in rows] if table == "moments" else rows
        for table, rows in before.items()
        if table not in left_out
    }
    assert rem("doctor", "--home", home.path, "--json").code == 0


def test_a_table_that_is_not_on_s3_is_missed_as_one_on_the_disk_is(bucket: Bucket) -> None:
    store = Store(bucket.uri, bucket.storage_options)
    store.create()
    assert not has_vectors(store, "mini")
    assert REPLACED.name not in store.names()
