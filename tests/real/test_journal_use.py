"""The journal as people use it: by keyboard, with other senses, on paper, corrected, and as files."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.browser import DESKTOP, PHONE
from tests.real.journals import USER, Lived, looking, make_home, served

pytestmark = pytest.mark.real
AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter((each) => ["serious", "critical"].includes(each.impact))
  .map((each) => each.id + ": " + each.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | "))"""
FOCUS = """() => {
  const on = document.activeElement, style = getComputedStyle(on), box = on.getBoundingClientRect();
  return { name: on.tagName,
    text: (on.innerText || on.name || on.getAttribute("aria-label") || "").slice(0, 40),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0, inside: box.right > 0 && box.left < innerWidth } }"""


def axe_source() -> str:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


ALIKE = ("failed", "stale", "to come", "home", "person", "hostile week", "hostile search", "hostile item")
"""Built as others are, which are looked at."""
ON_A_PHONE = ("hostile", "plain", "undreamt", "week", "year", "search", "topic", "answer", "standup")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_nothing_serious_is_wrong_for_other_senses(
    browser: Any, base: str, lived: Lived, size: tuple[int, int], scheme: str
) -> None:
    source, wrong = axe_source(), []
    options = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme, "bypass_csp": True}
    pages = lived.pages()
    with looking(browser, base, **options) as (page, _):
        for name in ON_A_PHONE if size == PHONE else pages.keys() - set(ALIKE):
            page.goto(base + pages[name])
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            page.add_script_tag(content=source)
            wrong += [f"{name}: {each}" for each in page.evaluate(AXE)]
    assert wrong == []


def test_keys_lead_from_day_to_day_and_into_the_search(browser: Any, base: str, lived: Lived) -> None:
    with looking(browser, base) as (page, faults):
        page.goto(f"{base}/day/{lived.days.plain}")
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(f"**/day/{lived.days.back(9)}")
        page.keyboard.press("ArrowRight")
        page.wait_for_url(f"**/day/{lived.days.plain}")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.type("/t")
        assert page.input_value("header input[name=q]") == "/t"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.tagName") == "BODY"
        page.keyboard.press("t")
        page.wait_for_url(f"{base}/")
        assert faults == []


@pytest.mark.parametrize("path", ["plain", "week", "search", "topic", "year"])
def test_a_walk_by_tab_is_seen_at_every_step(browser: Any, base: str, lived: Lived, path: str) -> None:
    with looking(browser, base) as (page, _):
        page.goto(base + lived.pages()[path])
        page.keyboard.press("Tab")
        first = page.evaluate(FOCUS)
        assert (first["text"], first["ring"], first["inside"]) == ("To the page", True, True)
        wrong, visited = [], set()
        for _step in range(40):
            page.keyboard.press("Tab")
            on = page.evaluate(FOCUS)
            if on["name"] == "BODY":
                break
            visited.add(on["text"])
            if not (on["ring"] and on["seen"] and on["inside"]):
                wrong.append(on)
        assert wrong == []
        assert len(visited) >= 8


def test_at_twice_the_size_everything_is_still_there(browser: Any, base: str, lived: Lived) -> None:
    options = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}
    with looking(browser, base, **options) as (page, _):
        for name, path in lived.pages().items():
            page.goto(base + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 720, name
            assert page.locator("header nav a").first.is_visible()


def test_on_paper_a_day_is_its_moments_and_quotes(browser: Any, base: str, lived: Lived) -> None:
    with looking(browser, base) as (page, _):
        page.goto(f"{base}/day/{lived.days.plain}")
        page.emulate_media(media="print")
        assert page.locator("header nav").is_hidden()
        assert page.locator(".m h2").first.is_visible()
        assert page.locator(".m details:not(.fix) > :not(summary)").first.is_visible()
        assert page.locator(".fix summary").first.is_hidden()
        assert page.locator("button:visible, input:visible").count() == 0


def test_a_moment_is_corrected_on_its_page_and_back_again(
    browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lived = make_home(tmp_path_factory.mktemp("fixed") / "home")
    day = f"/day/{lived.days.plain}"
    with served(lived.home.path) as address, looking(browser, address) as (page, faults):
        page.goto(address + day)
        before = page.locator(".m").count()
        first = page.locator(".m").first
        was = first.locator("h2").inner_text()

        def open_forms() -> None:
            page.locator(".m").first.hover()
            page.locator(".m").first.get_by_text("Correct", exact=True).click()
            page.locator(".m").first.get_by_role("button", name="Rename").wait_for()

        open_forms()
        page.locator(".m").first.get_by_label("Title", exact=True).fill("A name of <b>my</b> own")
        page.locator(".m").first.get_by_role("button", name="Rename").click()
        page.locator(".m h2", has_text="A name of <b>my</b> own").wait_for()
        open_forms()
        page.locator(".m").first.get_by_label("Type").select_option("learning")
        page.locator(".m").first.get_by_role("button", name="Change type").click()
        page.locator(".m").first.locator(".kind", has_text="Learning").wait_for()
        open_forms()
        page.locator(".m").first.get_by_role("button", name="Hide this moment").click()
        page.locator(".m h2", has_text="A name of").wait_for(state="detached")
        assert page.locator(".m").count() == before - 1
        page.get_by_text("3 corrections of this day").click()
        page.get_by_role("button", name="Undo").last.click()
        page.locator(".m h2", has_text="A name of <b>my</b> own").wait_for()
        page.goto(f"{address}/corrections")
        assert page.locator("main li", has_text="Renamed").count() == 1
        page.locator("main li", has_text="Renamed").get_by_role("button", name="Undo").click()
        page.wait_for_url("**/corrections")
        page.goto(address + day)
        assert page.locator(".m").first.locator("h2").inner_text() == was
        assert faults == []


def test_a_moment_is_added_without_script(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    lived = make_home(tmp_path_factory.mktemp("added") / "home")
    with (
        served(lived.home.path) as address,
        looking(browser, address, java_script_enabled=False) as (page, _),
    ):
        page.goto(f"{address}/day/{lived.days.plain}")
        page.get_by_text("Add a moment").click()
        form = page.locator("form", has=page.get_by_role("button", name="Add", exact=True))
        form.get_by_label("Title").fill("A walk by the river")
        form.get_by_label("From").fill("18:00")
        form.get_by_label("To", exact=True).fill("18:40")
        form.get_by_role("button", name="Add").click()
        page.locator(".m h2", has_text="A walk by the river").wait_for()


def test_pages_written_to_files_open_without_a_server(browser: Any, lived: Lived, tmp_path: Path) -> None:
    place = tmp_path / "journal"
    rem = [sys.executable, "-m", "rem_dagster.interfaces.cli.main", "--home", str(lived.home.path)]
    subprocess.run(
        [*rem, "--user", USER, "journal", "build", str(place)], check=True, capture_output=True, timeout=200
    )
    with looking(browser, place.as_uri()) as (page, faults):
        page.goto((place / "index.html").as_uri())
        page.goto(next(place.rglob(f"{lived.days.plain}*.html")).as_uri())
        assert page.locator(".m h2").count() > 0
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(f"**{lived.days.back(9)}**")
        for file in sorted(place.rglob("*.html"))[:40]:
            page.goto(file.as_uri())
            assert page.locator("h1").count() == 1, file
            assert page.evaluate("window.hit") is None, file
        assert page.locator("form").count() == 0
        assert faults == []
