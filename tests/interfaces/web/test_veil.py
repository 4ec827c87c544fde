"""Does a veiled journal give nothing away?"""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.interfaces.web.building import Building, build
from rem_dagster.interfaces.web.veil import Veil, veil_of
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.interfaces.web.days import PAGES, USER, Elements, a_day, at, dreamt, journal_of
from tests.stored import mention, message, moment, put, session, summary

SECRET = "Zofia Kowalczyk bespoke zyxgraph quokka Überraschung 4711"
WORD = re.compile(r"[^\W_]+")
COLUMNS = {
    "messages": ("content", "author"),
    "resources": ("name", "content"),
    "sessions": ("title",),
    "moments": ("name", "summary"),
    "mentions": ("name",),
    "summaries": ("content",),
}


@pytest.fixture
def veiled(home: Home, store: Store) -> Memory:
    """A home in which every text is a secret."""
    a_day(store, text=SECRET)
    person = mention("Zofia Kowalczyk", at=at(9)) | {"kind": "person"}
    put(store, "mentions", person, mention("zyxgraph", at=at(9)) | {"kind": "project"})
    return Memory(home, USER)


def test_why_a_dream_failed_is_veiled_too(veiled: Memory) -> None:
    dreamt(veiled.store, status="failed", error=f"The model said {SECRET}")
    page = journal_of(veiled.home, veil=veil_of(veiled)).get("/day/2025-10-20").text
    assert "did not finish" in page
    assert "quokka" not in page.lower()


def words_of(memory: Memory) -> set[str]:
    """Every word of a home's own text, in lower case."""
    texts = [
        text
        for table, columns in COLUMNS.items()
        for column in columns
        for text in memory.store.read(table, [column])[column].to_pylist()
        if text
    ]
    return {word.lower() for text in texts for word in WORD.findall(text)}


def test_no_word_of_the_home_is_in_a_veiled_page_or_its_source(veiled: Memory, tmp_path: Path) -> None:
    secret = {word for word in words_of(veiled) if len(word) > 3} - {"down", "went", "well", "wrote"}
    assert {"zofia", "zyxgraph", "4711", "überraschung", "quokka", "bespoke"} <= secret
    build(veiled, Building(tmp_path / "site", veil=veil_of(veiled)))
    client = journal_of(veiled.home, veil=veil_of(veiled))
    pages = [each.read_text(encoding="utf-8") for each in (tmp_path / "site").rglob("*.html")]
    pages += [client.get(path).text for path in PAGES]
    said = store_ids(veiled)
    pages += [client.get(f"/item/{table}/{each}").text for table, each in said]
    for page in pages:
        assert secret & {word.lower() for word in WORD.findall(page)} == set()
    found = client.get("/search?q=quokka").text  # what is asked for is said again, and nothing else
    assert secret & {word.lower() for word in WORD.findall(found)} == {"quokka"}
    assert "stand-ins" in found


def store_ids(memory: Memory) -> list[tuple[str, str]]:
    """Every message and document."""
    tables = ("messages", "resources")
    return [(table, each) for table in tables for each in memory.store.read(table, ["id"])["id"].to_pylist()]


def test_a_veiled_page_blurs_texts_takes_no_forms_and_says_so(veiled: Memory) -> None:
    found = Elements(journal_of(veiled.home, veil=veil_of(veiled)).get("/day/2025-10-20").text)
    assert "veil" in found.values("span", "class")
    assert found.values("form", "method") == []
    assert "names and words are stand-ins" in found.text


def test_a_name_has_one_stand_in_wherever_it_is_told() -> None:
    veil = Veil(frozenset({"Zofia Kowalczyk", "zyxgraph"}))
    name = veil.name("Zofia Kowalczyk")
    assert name == veil.name("Zofia Kowalczyk")
    assert veil.text("Met Zofia today.").split()[1] == name.split()[0]
    assert veil.text("ZOFIA") == name.split()[0].upper()
    assert veil.name("zyxgraph").islower()
    assert Veil(key=b"1").text("bespoke quokka") != Veil(key=b"2").text("bespoke quokka")


@given(st.text(max_size=80))
def test_a_veiled_text_has_none_of_its_longer_words(text: str) -> None:
    veil = Veil(key=b"key")
    shown = veil.text(text)
    ascii_words = {word.lower() for word in re.findall(r"[a-zA-Z]{3,}", text)}
    kept = {word.lower() for word in re.findall(r"[a-zA-Z]{3,}", shown)} & ascii_words
    assert {word for word in kept if veil.text(word).lower() == word} == set()
    assert veil.text(text) == shown


@given(st.text(alphabet="abc 12,.-\n", max_size=60))
def test_a_veiled_text_keeps_its_marks_and_spaces(text: str) -> None:
    shown = Veil(key=b"key").text(text)
    assert re.sub(r"[a-z]+|\d+", "w", shown) == re.sub(r"[a-z]+|\d+", "w", text)


def test_what_stands_beside_a_day_is_veiled_too(home: Home, store: Store) -> None:
    put(store, "sessions", session("s1", at=at(9)))
    put(store, "messages", message("x", at=at(9)))
    plan = {"text": "I will write the zyxgraph migration guide.", "source_ids": []}
    put(store, "moments", moment("One", at=at(9)) | {"intentions": [plan]})
    put(store, "summaries", summary("Quokka.", at=at(0), end=at(24)))
    memory = Memory(home, USER)
    plain = journal_of(home).get("/day/2025-10-20").text
    shown = journal_of(home, veil=veil_of(memory)).get("/day/2025-10-20").text
    assert "zyxgraph migration" in plain
    assert "zyxgraph" not in shown
