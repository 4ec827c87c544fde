"""Take the picture of the Dagster UI: the demo's home, served, and one of its days in chromium.

python docs/screenshot.py docs/dagster.png
"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.model.window import calendar_of
from rem_dagster.settings import open_home
from tests.browser import chromium
from tests.real.served import serving

SIZE = (1280, 800)
DAYS_AGO = 3


def main(out: str) -> None:
    """Fill, dream, serve, look."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "home"
        rem = [sys.executable, "-m", "rem_dagster.interfaces.cli.main"]
        subprocess.run([*rem, "demo", "--home", str(place)], check=True, stdout=subprocess.DEVNULL)
        (place / "config.toml").write_text("[dagster]\nshow_text = true\n", encoding="utf-8")
        home = open_home(place)
        run_dream(home, redo="all")
        day = calendar_of(home).day_of(datetime.now(UTC)) - timedelta(days=DAYS_AGO)
        with serving(home) as served, chromium(SIZE) as page:
            page.goto(f"http://127.0.0.1:{served.port}/assets/moments?view=partitions&partition={day}")
            page.locator('img[src^="data:image/svg+xml"]').first.wait_for()
            page.get_by_text("[Show Markdown]").first.click()
            page.locator('img[width="720"], img').last.wait_for()
            page.wait_for_timeout(2000)  # until the dialog stands still
            page.screenshot(path=out)


if __name__ == "__main__":
    main(sys.argv[1])
