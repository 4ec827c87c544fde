"""How does a test look at a page in Debian's chromium?

Nothing is downloaded: without the browser, or without Playwright's Python package, the test skips.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
DESKTOP, PHONE = (1440, 900), (390, 844)
MILLISECONDS = 240_000
"""Longest wait for something to be seen."""


@contextmanager
def chromium(size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> Iterator[Any]:
    """A fresh page of a browser with a profile of its own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is missing")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Debian's chromium is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(QUIET))
        try:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
            )
            context.set_default_timeout(MILLISECONDS)
            yield context.new_page()
        finally:
            browser.close()
