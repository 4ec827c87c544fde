"""Take the pictures of README and docs, of the demo's home in chromium.

python docs/screenshot.py journal    docs/journal-day.png and docs/journal-week-dark.png
python docs/screenshot.py dagster    docs/dagster.png
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import Home, open_home
from tests.browser import chromium
from tests.real.journals import a_browser, looking, served
from tests.real.served import serving

DOCS = Path(__file__).parent
SIZE = (1280, 800)
DAYS_AGO, A_FULL_DAY = 3, 5
USER = "demo"


def journal(home: Home, today: date) -> None:
    """A day in the light and a week in the dark."""
    day = today - timedelta(days=A_FULL_DAY)
    year, week, _ = day.isocalendar()
    width, height = SIZE
    with served(home.path, user=USER) as address, a_browser() as browser:
        for name, path, scheme in (
            ("journal-day.png", f"/day/{day}", "light"),
            ("journal-week-dark.png", f"/week/{year}-W{week:02}", "dark"),
        ):
            options = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
            with looking(browser, address, **options) as (page, faults):
                page.goto(address + path)
                page.screenshot(path=DOCS / name)
                assert not faults, faults


def dagster(home: Home, today: date) -> None:
    """One of its days in the Dagster UI, with its text."""
    (home.path / "config.toml").write_text("[dagster]\nshow_text = true\n", encoding="utf-8")
    home = open_home(home.path)
    run_dream(home, redo="all")
    day = today - timedelta(days=DAYS_AGO)
    with serving(home) as running, chromium(SIZE) as page:
        page.goto(f"http://127.0.0.1:{running.port}/assets/moments?view=partitions&partition={day}")
        page.locator('img[src^="data:image/svg+xml"]').first.wait_for()
        page.get_by_text("[Show Markdown]").first.click()
        page.locator('img[width="720"], img').last.wait_for()
        page.wait_for_timeout(2000)  # until the dialog stands still
        page.screenshot(path=DOCS / "dagster.png")


PICTURES: dict[str, Callable[[Home, date], None]] = {"journal": journal, "dagster": dagster}


def main(what: str) -> None:
    """Fill a home, serve it, look."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "home"
        rem = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
        subprocess.run([*rem, "demo", "--home", str(place)], check=True, stdout=subprocess.DEVNULL)
        home = open_home(place)
        PICTURES[what](home, calendar_of(home).day_of(datetime.now(UTC)))


if __name__ == "__main__":
    main(sys.argv[1])
