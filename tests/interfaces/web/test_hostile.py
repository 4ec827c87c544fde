"""Is what comes from a home text on every page, whatever it says?"""

import re
from pathlib import Path

import pytest

from rem_dagster.interfaces.web.building import Building, build
from rem_dagster.interfaces.web.site import STATIC, TEMPLATES
from rem_dagster.interfaces.web.veil import veil_of
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.interfaces.web.days import PAGES, USER, Elements, a_day, journal_of

TEXTS = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} {% raw %} ${x} <!-- --> ]]> </title></textarea></style>",
    "https://evil.example/pixel.gif ![x](https://evil.example/p.png)",
    "x" * 10_000,
    "\u202egnp.exe\u202c שלום مرحبا \u2066x\u2069",
    "👩‍👩‍👧‍👦🏳️‍🌈 日本語のタイトル 한국어",
    "\x00\x07 nul and bell &amp; &#60;b&#62; \ufffe",
)
KNOWN = {"href", "src", "action"}


def check(html: str) -> Elements:
    """Hold a page against what none of them may have."""
    found = Elements(html)
    for name, attributes in found.elements:
        assert "style" not in attributes, (name, attributes)
        assert [each for each in attributes if each.startswith("on")] == []
        assert name not in ("style", "img", "iframe", "object", "embed", "base", "link") or name == "link"
        for key in KNOWN & attributes.keys():
            assert re.match(r"(?!//)(/|#|\.\./|[\w-]+(/|\.html)|$)", attributes[key] or ""), attributes[key]
    assert all("src" in attributes for name, attributes in found.elements if name == "script")
    return found


@pytest.mark.runs
@pytest.mark.parametrize("text", TEXTS)
def test_pages_hold_it_as_text(home: Home, store: Store, text: str) -> None:
    a_day(store, text=text)
    client = journal_of(home)
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200
        assert len(answer.content) < 300_000
        if not path.endswith(".md"):
            check(answer.text)
    shown = Elements(client.get("/day/2025-10-20").text).text
    assert " ".join(text[:100].split()) in shown or len(text) > 200 or "\x00" in text


def test_an_error_says_what_was_asked_as_text(home: Home, store: Store) -> None:
    for path in ("/day/<script>", "/moment/%22%3E%3Cscript%3E", "/week/<b>", "/<script>x"):
        answer = journal_of(home).get(path)
        assert answer.status_code == 404
        assert [
            name for name, each in check(answer.text).elements if name == "script" and "src" not in each
        ] == []
        assert "<b>" not in answer.text


@pytest.mark.parametrize("text", [TEXTS[0], TEXTS[1]])
def test_files_hold_it_as_text(home: Home, store: Store, tmp_path: Path, text: str) -> None:
    a_day(store, text=text)
    memory = Memory(home, USER)
    for veil in (None, veil_of(memory)):
        build(memory, Building(tmp_path / f"site-{veil is None}", veil=veil))
    for place in tmp_path.rglob("*.html"):
        check(place.read_text(encoding="utf-8"))


def test_nothing_that_is_served_names_another_host() -> None:
    for place in [*STATIC.iterdir(), *TEMPLATES.iterdir()]:
        text = place.read_text(encoding="utf-8")
        urls = set(re.findall(r"(?:https?:)?//[a-z][\w.-]+\.[a-z]{2,}[^\s\"')]*", text))
        assert urls <= {"http://www.w3.org/2000/svg"} or place.name.startswith("htmx"), place.name


def test_no_template_lets_anything_through_as_it_is() -> None:
    for place in TEMPLATES.iterdir():
        text = place.read_text(encoding="utf-8")
        assert "|safe" not in text.replace(" ", "")
        assert "autoescape" not in text
        assert 'style="' not in text
        assert "hx-on" not in text
