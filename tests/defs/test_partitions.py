"""How days are cut into runs."""

import dagster as dg
import pytest

from rem_dagster.defs.partitions import DAYS_PER_RUN, by_month


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        (["dagster", "dev"], DAYS_PER_RUN),
        (["dagster", "asset", "materialize", "--partition", "2025-10-06"], DAYS_PER_RUN),
        (["dagster", "asset", "materialize", "--partition-range", "2025-10-06...2025-10-09"], None),
        (["dg", "launch", "--partition-range=2025-10-06...2025-10-09"], None),
    ],
)
def test_a_backfill_takes_thirty_days_a_run_and_a_command_with_a_range_all_of_them(
    arguments: list[str], days: int | None
) -> None:
    assert by_month(arguments) == dg.BackfillPolicy(days)
