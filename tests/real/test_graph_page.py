"""The page of a graph in a browser: it is chosen from, searched and moved, and asks nobody for anything."""

from pathlib import Path

import pytest

from rem_dagster.recall.graph.export import WRITERS
from rem_dagster.recall.graph.parts import Graph, Node, Relation
from tests.browser import PHONE, chromium

pytestmark = pytest.mark.real
NAMES = ["DiskANN", "Inês", "</script><img src=x onerror=alert(1)>", "東京", "عربى"]


@pytest.fixture
def page_file(tmp_path: Path) -> Path:
    """A page with hostile names."""
    nodes = tuple(Node(f"n{place}", "entity", name, "tool", mentions=3) for place, name in enumerate(NAMES))
    relations = tuple(
        Relation("n0", node.id, "related_to", 2.0, ("2025-10-01", "2025-10-04"), ("dream",))
        for node in nodes[1:]
    )
    importance = {node.id: 1 / (2 + place) for place, node in enumerate(nodes)}
    path = tmp_path / "graph.html"
    path.write_text(WRITERS["html"](Graph(nodes, relations, importance=importance)), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [(1280, 900), PHONE])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_works_and_asks_nobody(page_file: Path, size: tuple[int, int], dark: bool) -> None:
    said: list[str] = []
    asked: list[str] = []
    with chromium(size, dark=dark) as page:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.fill("#words", "diskann")
        assert "DiskANN" in page.inner_text("#side h2")
        assert page.locator("#side li button").count() == len(NAMES) - 1
        page.locator("#side li button").first.click()
        assert page.inner_text("#side h2") == "Inês"
        page.keyboard.press("Escape")
        assert page.locator("#side").is_hidden()
        page.locator("#list a").nth(2).focus()
        page.keyboard.press("Enter")
        assert page.inner_text("#side h2") == NAMES[2]
        before = page.get_attribute("#world", "transform")
        page.click("#in")
        assert page.get_attribute("#world", "transform") != before
    assert said == []
    assert asked == [page_file.as_uri()]


def test_the_page_reads_without_script(page_file: Path) -> None:
    with chromium() as page:
        bare = page.context.browser.new_context(java_script_enabled=False).new_page()
        bare.goto(page_file.as_uri())
        assert bare.locator("svg circle").count() == len(NAMES)
        assert bare.locator("#find").is_hidden()
        assert "DiskANN" in bare.inner_text("#list")
