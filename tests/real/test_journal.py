"""Every page and state of the journal in a browser: it asks nobody else, runs nothing hostile, and fits."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser import DESKTOP, PHONE
from tests.real.journals import SCRIPT, Lived, looking, make_home, served

pytestmark = pytest.mark.real
LOOKS = [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)]
WIDTH = "document.documentElement.scrollWidth"


def size_of(size: tuple[int, int]) -> dict[str, int]:
    return {"width": size[0], "height": size[1]}


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_every_page_fits_asks_nobody_else_and_runs_nothing_hostile(
    browser: Any, base: str, lived: Lived, size: tuple[int, int], dark: bool
) -> None:
    wrong: list[str] = []
    scheme = "dark" if dark else "light"
    with looking(browser, base, viewport=size_of(size), color_scheme=scheme) as (page, faults):
        for name, path in lived.pages().items():
            answer = page.goto(base + path)
            wrong += [f"{name}: {line}" for line in faults]
            faults.clear()
            if answer.status != 200:
                wrong.append(f"{name}: {answer.status}")
            if (width := page.evaluate(WIDTH)) > size[0]:
                wrong.append(f"{name}: {width} px wide")
            if page.evaluate("window.hit") is not None:
                wrong.append(f"{name}: a script ran")
            if page.locator("h1").count() != 1 or not page.inner_text("main").strip():
                wrong.append(f"{name}: no heading or no text")
            if page.locator("main img[src^=http], main a[href^='javascript:']").count():
                wrong.append(f"{name}: a remote image or a link that runs")
    assert wrong == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("failed", "did not finish"),
        ("held_back", "held back"),
        ("stale", "1 item arrived after this was made"),
        ("undreamt", "Not dreamt yet"),
        ("empty", "Nothing was recorded"),
        ("to come", "is still to come"),
        ("no result", "zzzqqq"),
        ("hostile", "<script>window.hit=1</script>"),
    ],
)
def test_every_state_says_what_it_is(browser: Any, base: str, lived: Lived, state: str, said: str) -> None:
    with looking(browser, base) as (page, _):
        page.goto(base + lived.pages()[state])
        assert said in page.inner_text("main")
        assert page.locator("main a[href], main button").count() >= 1


def test_pages_read_and_forms_work_without_script(browser: Any, base: str, lived: Lived) -> None:
    with looking(browser, base, java_script_enabled=False) as (page, faults):
        for name, path in lived.pages().items():
            page.goto(base + path)
            assert page.locator("main h1").count() == 1, name
        page.goto(f"{base}/day/{lived.days.plain}")
        quotes = page.locator("main .m details:not(.fix)").first
        quotes.locator("summary").click()
        assert quotes.locator(":scope > :not(summary)").first.is_visible()
        page.fill("header input[name=q]", "release")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=release*")
        assert page.locator("main h2 a").count() > 0
        assert faults == []


def test_a_search_follows_the_typing(browser: Any, base: str, lived: Lived) -> None:
    with looking(browser, base) as (page, faults):
        page.goto(f"{base}/day/{lived.days.plain}")
        page.locator("header input[name=q]").press_sequentially("loader", delay=20)
        page.locator("main mark", has_text="loader").first.wait_for()
        assert page.evaluate("document.activeElement.name") == "q"
        assert page.input_value("header input[name=q]") == "loader"
        page.fill("header input[name=q]", SCRIPT)
        page.locator("main h1", has_text="window.hit").wait_for()
        assert page.evaluate("window.hit") is None
        assert faults == []


def test_a_question_is_answered_with_its_sources(browser: Any, base: str, lived: Lived) -> None:
    with looking(browser, base) as (page, faults):
        page.goto(f"{base}/ask")
        page.fill("main input[name=q]", f"what did I do on {lived.days.plain}?")
        page.keyboard.press("Enter")
        page.locator("main .sources li").first.wait_for()
        assert str(lived.days.plain.year) in page.inner_text("main")
        assert faults == []


def test_a_first_run_says_how_to_begin(browser: Any, tmp_path: Path) -> None:
    from rem_dagster.settings import open_home
    from rem_dagster.store.database import Store

    home = open_home(tmp_path / "home", create=True, flags={"timezone": "UTC", "user": "ines"})
    Store(home.tables_uri).create()
    with served(home.path) as address, looking(browser, address) as (page, faults):
        for path in ("/", "/topics", "/people", "/search?q=x", "/ask?q=what+happened"):
            page.goto(address + path)
            assert page.locator("h1").count() == 1, path
        page.goto(address)
        assert "rem init" in page.inner_text("main")
        assert faults == []


def test_a_day_is_dreamt_from_its_page(browser: Any, tmp_path: Path) -> None:
    lived = make_home(tmp_path / "home")
    with served(lived.home.path) as address, looking(browser, address) as (page, faults):
        page.goto(f"{address}/day/{lived.days.undreamt}")
        page.get_by_role("button", name="Dream now").click()
        page.wait_for_url(f"**/day/{lived.days.undreamt}")
        page.locator("main h2").first.wait_for()
        assert "Not dreamt yet" not in page.inner_text("main")
        assert faults == []
