"""Everything Dagster loads, gathered from `defs/`."""

from pathlib import Path

import dagster as dg
from dagster.components import load_defs

import rem_dagster.defs


@dg.definitions
def defs() -> dg.Definitions:
    """Load the `defs` folder."""
    return load_defs(rem_dagster.defs, project_root=Path(__file__).parents[1])
