"""What tests of definitions start from."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from tests.defs.runs import instance_at


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance of its own, on disk."""
    with instance_at(tmp_path / "dagster") as made:
        yield made
