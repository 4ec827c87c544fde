"""Documents that are no plain text: PDF, DOCX and saved pages."""

import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.ingest.importing import import_source
from rem_dagster.model.activity import ResourceItem
from rem_dagster.recall.graph.page import as_html
from rem_dagster.recall.graph.parts import Graph
from rem_dagster.settings import Home
from rem_dagster.sources import office, office_child
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import recognise_path
from rem_dagster.sources.office import NOT_THERE, Office, Paper, paper_in
from rem_dagster.sources.office_child import read_paper
from rem_dagster.sources.office_files import DocumentOptions, DocumentSource, time_of
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from tests.sources import papers

CHANGED = 1_744_900_000
PAGE = """<!DOCTYPE html><html><head><title> The
 pump </title><style>p {}</style><meta property="article:published_time" content="2025-04-17T10:00:00+02:00">
<link rel="canonical" href="https://pumps.example/a"><meta name="author" content="Ben"></head>
<body><nav>Home | Shop</nav><article><h1>Seals</h1><p>They <b>leak</b> often.<!-- secret --></p>
<script>track()</script><p style="color: red; display: none">unseen</p><p hidden>unseen</p>
<noscript>unseen</noscript><img alt="a seal" src="data:image/png;base64,AAAA"></article><footer>(c)</footer>
</body></html>"""


class HereOffice:
    """Reads in this process what `Office` reads in a child."""

    def __enter__(self) -> "HereOffice":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, path: Path) -> Paper | Problem:
        return paper_in(read_paper(path), str(path))


def put(place: Path, name: str, content: str | bytes) -> Path:
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (CHANGED, CHANGED))
    return path


def source(path: Path, *me: str, **options: object) -> DocumentSource:
    told = DocumentOptions.model_validate(options)
    return DocumentSource(Place(str(path), me=me), told, reader=HereOffice)


def read(path: Path, *me: str, **options: object) -> tuple[list[ResourceItem], list[Problem]]:
    items = list(source(path, *me, **options).read())
    return (
        [each for each in items if isinstance(each, ResourceItem)],
        [each for each in items if isinstance(each, Problem)],
    )


def reasons(path: Path) -> list[tuple[str, str]]:
    return [(each.kind, each.reason) for each in read(path)[1]]


def test_a_pdf_brings_its_pages_and_says_when_it_was_made(tmp_path: Path) -> None:
    told = {"Title": "The pump", "Author": "Ana", "CreationDate": "D:20250417140000+02'00'"}
    path = put(tmp_path, "a.pdf", papers.pdf([["It leaks (a lot)."], ["Page two"]], told))
    [item], problems = read(path, "ana")
    assert (item.name, item.category, item.trust) == ("The pump", "document", "own")
    assert item.content.split() == ["It", "leaks", "(a", "lot).", "Page", "two"]
    assert (item.created_at.isoformat(), item.utc_offset_minutes) == ("2025-04-17T14:00:00+02:00", 120)
    assert (item.time_confidence, problems) == ("exact", [])
    assert read(path)[0][0].trust == "third_party"
    assert read(path)[0][0].metadata == {"path": "a.pdf", "people": ["Ana"]}


def test_a_pdf_that_says_no_time_has_that_of_its_file(tmp_path: Path) -> None:
    [item], [notice] = read(put(tmp_path, "b.pdf", papers.pdf([["Hi"]], {"CreationDate": "gestern"})))
    assert (item.name, item.created_at.timestamp(), item.time_confidence) == ("b", CHANGED, "guessed")
    assert notice.reason == "does not say when it was made: its last change was taken"


def test_pdfs_that_are_locked_scanned_or_broken_are_told_apart(tmp_path: Path) -> None:
    assert reasons(put(tmp_path, "a.pdf", papers.locked_pdf())) == [("skipped", "is locked with a password")]
    assert reasons(put(tmp_path, "b.pdf", papers.pdf([[], []]))) == [
        ("skipped", "holds no text: pages that were scanned are pictures")
    ]
    broken = [("failed", "is broken, or not what its name says")]
    assert reasons(put(tmp_path, "c.pdf", papers.pdf([["Hi"]])[:100])) == broken
    assert reasons(put(tmp_path, "d.pdf", b"")) == broken


def test_a_long_pdf_is_read_without_its_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_child, "MOST_PAGES_WITH_TABLES", 2)
    [item], _ = read(put(tmp_path, "a.pdf", papers.pdf([["one"], ["two"], ["three"]])))
    assert item.content.split() == ["one", "two", "three"]


def test_a_picture_in_a_line_loses_none_of_its_text(tmp_path: Path) -> None:
    body = papers.paragraph(
        "Before ", papers.picture_run(1, "a seal"), " and between ", papers.picture_run(2), " and after."
    )
    raw = papers.docx(body, media={"a.png": papers.png(), "b.png": papers.png()})
    [item], _ = read(put(tmp_path, "a.docx", raw))
    assert item.content == "Before a seal and between  and after.\n"


def test_a_docx_brings_its_table_and_its_own_properties(tmp_path: Path) -> None:
    core = {
        "dc:title": "Parts\nlist",
        "dc:creator": "Ana",
        "dcterms:created": "2025-04-17T10:00:00Z",
        "dcterms:modified": "2025-04-18T10:00:00Z",
    }
    body = papers.paragraph("Costs:") + papers.table(["Part", "Euro"], ["Seal", "5"])
    [item], _ = read(put(tmp_path, "a.docx", papers.docx(body, core=core)), "Ana")
    assert (item.name, item.trust) == ("Parts list", "own")
    assert "| Seal | 5 |" in item.content
    assert item.created_at == datetime(2025, 4, 17, 10, tzinfo=UTC)
    assert item.updated_at == datetime(2025, 4, 18, 10, tzinfo=UTC)
    assert read(tmp_path / "a.docx", trust="third_party")[0][0].trust == "third_party"


def test_a_bomb_a_lock_and_a_half_docx_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = papers.docx(papers.paragraph("Hi"), media={"a.png": b"\0" * 3_000_000})
    assert len(raw) < 10_000
    assert reasons(put(tmp_path, "b.docx", raw[:2_000])) == [
        ("failed", "is broken, or not what its name says")
    ]
    monkeypatch.setattr(office_child, "MOST_UNPACKED", 1_000_000)
    assert reasons(put(tmp_path, "a.docx", raw)) == [
        ("failed", "unpacks to more than 1,000,000 bytes: it is no document")
    ]
    locked = bytearray(papers.docx(papers.paragraph("Hi")))
    for sign, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = locked.find(sign)
        while place >= 0:
            locked[place + at] |= 1
            place = locked.find(sign, place + 4)
    assert reasons(put(tmp_path, "c.docx", bytes(locked))) == [("skipped", "is locked with a password")]


def test_a_docx_with_entities_that_multiply_keeps_its_text(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    raw = papers.docx(papers.paragraph("Hi"))
    held = io.BytesIO(raw)
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("docProps/core.xml", bomb)
    [item], _ = read(put(tmp_path, "a.docx", held.getvalue()))
    assert (item.content, item.time_confidence) == ("Hi\n", "guessed")


def test_a_saved_page_is_what_another_wrote_without_what_nobody_sees(tmp_path: Path) -> None:
    [item], problems = read(put(tmp_path, "a.html", PAGE), "Ben")
    assert (item.name, item.category, item.trust) == ("The pump", "web", "third_party")
    assert item.content == "# Seals\n\nThey **leak** often.\n\na seal\n"
    assert item.uri == "https://pumps.example/a"
    assert item.metadata == {"path": "a.html", "links": ["https://pumps.example/a"]}
    assert item.created_at.utcoffset() == timedelta(hours=2)
    assert problems == []


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ("<!--\n url: https://x.example/y\n saved date: Thu Apr 17 2025 10:00:00 GMT+0200 (C)\n-->",
         "2025-04-17T10:00:00+02:00"),
        ('<meta name="DC.Date" content="2025-04-17">', "2025-04-17T00:00:00"),
        ('<script type="application/ld+json">{"datePublished": "2025-04-17T10:00:00Z"}</script>',
         "2025-04-17T10:00:00+00:00"),
        ('<meta name="date" content="soon"><time datetime="2025-04-17 10:00"></time>', "2025-04-17T10:00:00"),
    ],
)  # fmt: skip
def test_a_page_says_its_time_in_several_ways(tmp_path: Path, head: str, at: str) -> None:
    [item], _ = read(put(tmp_path, "a.html", f"<html><head>{head}</head><body>Hi</body></html>"))
    assert item.created_at.isoformat() == at


def test_pages_of_other_encodings_and_bare_ones_are_read(tmp_path: Path) -> None:
    latin = '<meta charset="iso-8859-1"><p>Grüße</p>'.encode("latin-1")
    assert read(put(tmp_path, "a.htm", latin))[0][0].content == "Grüße\n"
    assert read(put(tmp_path, "b.html", "just text"))[0][0].content == "just text\n"
    assert reasons(put(tmp_path, "c.html", "<script>x</script>")) == [("skipped", "holds no text")]


def test_deep_pages_are_read_as_plain_text(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="too deeply nested"):
        [item], _ = read(put(tmp_path, "a.html", "<div>" * 5_000 + "deep" + "</div>" * 5_000))
    assert item.content == "deep\n"


def test_parts_of_a_saved_page_and_our_own_pages_are_left_out(tmp_path: Path) -> None:
    put(tmp_path, "Pumps.html", PAGE)
    put(tmp_path, "Pumps_files/frame.html", PAGE)
    put(tmp_path, "Others_files/frame.html", PAGE)
    put(tmp_path, "ours.html", as_html(Graph((), ())))
    items, problems = read(tmp_path)
    assert [each.native_id for each in items] == ["Pumps.html", "Others_files/frame.html"]
    assert [each.reason for each in problems] == ["was written by rem itself", "is a part of a saved page"]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("D:20250417140000+02'00'", "2025-04-17T14:00:00+02:00"),
        ("D:20250417140000-0530", "2025-04-17T14:00:00-05:30"),
        ("D:20250417140000Z00'00'", "2025-04-17T14:00:00+00:00"),
        ("D:20250417140000", "2025-04-17T14:00:00"),
        ("D:202504171400", "2025-04-17T14:00:00"),
        ("D:202504", "2025-04-01T00:00:00"),
        ("2013-12-23T23:15:00Z", None),
        ("D:0000", None),
        ("Thu GMT", None),
        ("", None),
    ],
)
def test_a_documents_own_time_is_read(said: str, at: str | None) -> None:
    found = time_of(said)
    assert (found.at.isoformat() if found else None) == at


def test_without_the_extra_each_document_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "NEEDED", ("markitdown", "no_such_package"))
    put(tmp_path, "a.pdf", papers.pdf([["Hi"]]))
    made = DocumentSource(Place(str(tmp_path)), DocumentOptions(), reader=Office)
    assert [(each.kind, each.reason) for each in made.read() if isinstance(each, Problem)] == [
        ("failed", NOT_THERE)
    ]
    assert made.mark == ""


def test_what_is_too_large_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "MOST_BYTES", 10)
    found = Office().read(put(tmp_path, "a.html", PAGE))
    assert isinstance(found, Problem)
    assert "no document" in found.reason


def test_a_broken_document_is_said_once_until_it_changes(tmp_path: Path) -> None:
    path = put(tmp_path, "a.pdf", b"%PDF half")
    first = source(tmp_path)
    assert len(list(first.read())) == 1
    assert list(source(tmp_path).read_since(first.mark)) == []
    path.write_bytes(papers.pdf([["Hi"]]))
    assert any(isinstance(each, ResourceItem) for each in source(tmp_path).read_since(first.mark))


def test_documents_are_recognised_where_they_are_most(tmp_path: Path) -> None:
    put(tmp_path, "x/a.pdf", b"%PDF")
    put(tmp_path, "x/b/c.docx", b"PK")
    put(tmp_path, "x/d.md", "# d")
    found = recognise_path(tmp_path / "x")
    assert (found.kind.name, found.reason) == ("documents", "2 of its 3 files are documents") if found else 0
    put(tmp_path, "y/.obsidian/app.json", "{}")
    put(tmp_path, "y/a.pdf", b"%PDF")
    vault = recognise_path(tmp_path / "y")
    assert vault is not None
    assert vault.kind.name == "markdown"
    put(tmp_path, "x/e.md", "# e")
    put(tmp_path, "x/.hidden.pdf", b"%PDF")
    again = recognise_path(tmp_path / "x")
    assert again is not None
    assert again.kind.name == "markdown"


def test_a_second_import_changes_nothing_and_a_later_one_what_changed(
    tmp_path: Path, home: Home, store: Store
) -> None:
    folder = tmp_path / "papers"
    put(folder, "a.html", PAGE)
    put(folder, "b.pdf", papers.pdf([["Hi"]]))

    def imported() -> tuple[int, int, int, int]:
        report = import_source(
            home, store, source(folder), user_id="me", now=datetime(2025, 6, 1, tzinfo=UTC)
        )
        return report.new, report.updated, report.unchanged, store.count("resources")

    assert imported() == (2, 0, 0, 2)
    assert imported() == (0, 0, 2, 2)
    put(folder, "c.html", "<p>new</p>")
    (folder / "b.pdf").unlink()
    assert imported() == (1, 0, 1, 3)


@given(
    which=st.integers(0, 2),
    changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), max_size=5),
    cut=st.floats(0.5, 1),
)
def test_no_damage_stops_a_document(
    tmp_path: Path, which: int, changes: list[tuple[float, bytes]], cut: float
) -> None:
    core = {"dc:title": "T", "dcterms:created": "2025-04-17T10:00:00Z"}
    name, raw = (
        ("a.pdf", papers.pdf([["Hi (you)"], ["Page"]], {"CreationDate": "D:20250417140000"})),
        ("a.docx", papers.docx(papers.paragraph("Hi"), core=core)),
        ("a.html", PAGE.encode()),
    )[which]
    for share, noise in changes:
        at = int(share * len(raw))
        raw = raw[:at] + noise + raw[at + len(noise) :]
    put(tmp_path, name, raw[: int(cut * len(raw))])
    items, problems = read(tmp_path / name)
    assert items or problems
