"""Write into `docs/use-cases.md` what its commands print, and draw `docs/insights.svg`.

python docs/use_cases.py
"""

import sys
import tempfile
from pathlib import Path

import typer.main

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.interfaces.cli.main import app
from tests.use_cases import fill_home, on_that_day, printed_by, rewritten

DOCS = Path(__file__).parent
PAGE, PICTURE = DOCS / "use-cases.md", DOCS / "insights.svg"

if __name__ == "__main__":
    known = frozenset(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "home"
        fill_home(place)
        with on_that_day(place):
            PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), known=known), encoding="utf-8")
            printed_by(["rem", "insights", "hours", "--by", "day", "--svg", str(PICTURE)])
