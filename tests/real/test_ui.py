"""The Dagster UI of a home in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest

from rem_dagster.interfaces.cli.launch import run_dream
from rem_dagster.settings import open_home
from rem_dagster.store.database import Store
from tests.activity import MONDAY, chat_day, fill
from tests.browser import DESKTOP, PHONE, chromium
from tests.real.served import Served, serving

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]
GROUPS = ("activity", "dreams", "recall", "rollups", "upkeep")
DAY = MONDAY.date().isoformat()
ERRORS = "[class*=bp5-toast][class*=intent-danger], [class*=bp4-toast][class*=intent-danger]"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small home that was dreamt, whose titles may be shown."""
    with chromium():
        pass  # skips before anything is started
    home = open_home(tmp_path_factory.mktemp("ui") / "home", create=True, flags={"timezone": "UTC"})
    (home.path / "config.toml").write_text("[dagster]\nshow_text = true\n", encoding="utf-8")
    home = open_home(home.path)
    store = Store(home.tables_uri)
    store.create()
    fill(home, store, [*chat_day(0), *chat_day(1)])
    assert len(run_dream(home)) == 2
    with serving(home) as up:
        yield up


def widths_of_pictures(page: Any) -> list[int]:
    pictures = page.locator('img[src^="data:image/svg+xml"]')
    pictures.first.wait_for(state="attached")
    return [int(each) for each in pictures.evaluate_all("all => all.map(each => each.naturalWidth)")]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_lineage_shows_every_group_and_no_error(served: Served, size: tuple[int, int]) -> None:
    with chromium(size) as page:
        page.goto(f"http://127.0.0.1:{served.port}/asset-groups")
        for group in GROUPS:
            page.get_by_text(group, exact=True).first.wait_for(state="attached")
        assert page.locator(ERRORS).count() == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_of_a_day_draws_its_hours_and_opens_the_picture_with_its_titles(
    served: Served, dark: bool
) -> None:
    with chromium(dark=dark) as page:
        page.goto(f"http://127.0.0.1:{served.port}/assets/moments?view=partitions&partition={DAY}")
        assert widths_of_pictures(page) == [560]
        page.get_by_text("[Show Markdown]").first.click()
        page.locator("[role=dialog] img, .bp5-dialog img, .bp4-dialog img").first.wait_for(state="attached")
        assert sorted(widths_of_pictures(page)) == [560, 720]
        assert page.locator(ERRORS).count() == 0


def test_the_page_of_moments_lists_its_checks(served: Served) -> None:
    with chromium() as page:
        page.goto(f"http://127.0.0.1:{served.port}/assets/moments?view=checks")
        for name in ("days_are_whole", "days_are_current", "days_are_covered", "growth_is_usual"):
            page.get_by_text(name, exact=True).first.wait_for(state="attached")
