"""What is in a PDF, a DOCX or an HTML file? Asked in a process of its own, which may be killed.

A line of JSON comes in for each file, `{"path": ...}`, and one goes out: what `Paper` holds, or
`{"problem": ..., "kind": ..., "got": ...}`. The process reaches no network and starts nothing.
"""

import io
import json
import os
import re
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from pdfminer.pdfdocument import PDFDocument

Told = dict[str, object]
MOST_UNPACKED = 500_000_000
"""Bytes of all members of a DOCX: more is a bomb, or a film."""
MOST_PAGES_WITH_TABLES = 100
MOST_MEMORY = 4_000_000_000
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.startfile", "urllib.")
"""What the libraries here have no business with; Python tells of each before it is done."""
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
UNNAMED = re.compile(r"\(cid:\d+\)")
"""What stands for a letter that its font does not name."""
PICTURE = re.compile(r"!\[([^\]\n]{0,500})\]\(data:[^)\s]*\)")
GONE = ("script", "style", "template", "noscript", "iframe", "object", "svg", "canvas", "head")
UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
MAIN_SHARE = 0.4
"""Of a page's text: an article that holds so much is what the page is about."""
META_DATES = (
    ("property", "article:published_time"),
    ("itemprop", "datepublished"),
    ("name", "date"),
    ("name", "dc.date"),
    ("name", "dcterms.created"),
    ("name", "pubdate"),
    ("name", "publish_date"),
)
LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
SAVED_AT = re.compile(r"saved date:\s*([A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2} \d{4} [\d:]{8} GMT[+-]\d{4})")
SAVED_FROM = re.compile(r"(?:^\s*url:\s*|saved from url=\(\d+\))(https?://\S+)", re.MULTILINE)


def main() -> None:
    """Answer for file after file until no line comes."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    warnings.simplefilter("ignore")
    _limit_memory()
    with redirect_stdout(sys.stderr):
        from markitdown import converters  # noqa: F401 - before the gate below: to load it opens files

        sys.addaudithook(_gate)
        for line in sys.stdin:
            asked = json.loads(line)
            _limit_seconds(asked["seconds"])
            answers.write(json.dumps(read_paper(Path(asked["path"]))) + "\n")
            answers.flush()


def _gate(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(FORBIDDEN):
        raise PermissionError(f"a document is read without {event}")


def read_paper(path: Path) -> Told:
    """What is in a file, as this process answers it."""
    readers: dict[str, Callable[[bytes], Told]] = {".pdf": _pdf, ".docx": _docx}
    read = readers.get(path.suffix.lower(), _html)
    try:
        return read(path.read_bytes())
    except OSError as error:
        return _problem("cannot be read", got=error.strerror or str(error))
    except (MemoryError, RecursionError):
        return _problem("needs too much memory, or is nested too deeply")
    except Exception as error:  # noqa: BLE001 - the libraries raise what they like for broken files
        return _problem("is broken, or not what its name says", got=f"{type(error).__name__}: {error}"[:200])


def _problem(reason: str, *, kind: str = "failed", got: str | None = None) -> Told:
    return {"problem": reason, "kind": kind, "got": got}


def _pdf(raw: bytes) -> Told:
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFParser
    from pdfminer.utils import decode_text

    try:
        held = PDFDocument(PDFParser(io.BytesIO(raw)))
        told = {}
        for block in held.info:
            for name in ("Title", "Author", "CreationDate", "ModDate"):
                value = block.get(name)
                if isinstance(value, bytes):
                    told[name] = decode_text(value)
        text = _pdf_text(raw, held)
    except (PDFPasswordIncorrect, PDFEncryptionError):
        return _problem("is locked with a password", kind="skipped")
    if not text.strip():
        return _problem("holds no text: pages that were scanned are pictures", kind="skipped")
    letters = UNNAMED.sub("", text)
    if len(letters) * 2 < len(text):
        return _problem("has a font that does not say which letters it shows", kind="skipped")
    return {
        "text": letters.replace("\f", "\n\n"),
        "title": told.get("Title"),
        "author": told.get("Author"),
        "created": [told.get("CreationDate")],
        "modified": told.get("ModDate"),
    }


def _pdf_text(raw: bytes, held: "PDFDocument") -> str:
    """The text with its tables; of a long document without, which takes a quarter of the time."""
    from markitdown.converters import PdfConverter
    from pdfminer.high_level import extract_text
    from pdfminer.pdfpage import PDFPage

    pages = sum(1 for _ in islice(PDFPage.create_pages(held), MOST_PAGES_WITH_TABLES + 1))
    if pages > MOST_PAGES_WITH_TABLES:
        return extract_text(io.BytesIO(raw))
    return _converted(PdfConverter(), raw, ".pdf")


def _docx(raw: bytes) -> Told:
    from markitdown.converters import DocxConverter

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked > MOST_UNPACKED:
            reason = f"unpacks to more than {MOST_UNPACKED:,} bytes: it is no document"
            return _problem(reason, got=f"{unpacked:,}")
        if any(each.flag_bits & 1 for each in archive.infolist()):
            return _problem("is locked with a password", kind="skipped")
        core = archive.read("docProps/core.xml") if "docProps/core.xml" in archive.namelist() else None
    text = PICTURE.sub(r"\1", _converted(DocxConverter(), raw, ".docx"))
    if not text.strip():
        return _problem("holds no text", kind="skipped")
    return {"text": text, **(_core(core) if core else {})}


def _core(raw: bytes) -> Told:
    from defusedxml import ElementTree  # type: ignore[import-untyped]  # it has no types

    try:
        root = ElementTree.fromstring(raw)
    except Exception:  # noqa: BLE001 - without it the document is still a document
        return {}
    return {
        "title": root.findtext(f"{DUBLIN_CORE}title"),
        "author": root.findtext(f"{DUBLIN_CORE}creator"),
        "created": [root.findtext(f"{TERMS}created")],
        "modified": root.findtext(f"{TERMS}modified"),
    }


def _html(raw: bytes) -> Told:
    from bs4 import BeautifulSoup
    from markitdown.converters import HtmlConverter

    try:
        soup = BeautifulSoup(raw.decode("utf-8-sig"), "html.parser")
    except UnicodeDecodeError:
        soup = BeautifulSoup(raw, "html.parser")
    told = _told(soup)
    _strip(soup)
    page = f"<html><body>{_main(soup).decode()}</body></html>"
    text = PICTURE.sub(r"\1", _converted(HtmlConverter(), page.encode("utf-8", "replace"), ".html"))
    if not text.strip():
        return _problem("holds no text", kind="skipped")
    return {"text": text, **told}


def _told(soup: "BeautifulSoup") -> Told:
    from bs4 import Comment

    comments = "\n".join(soup.find_all(string=lambda each: isinstance(each, Comment), limit=20))
    saved_at, saved_from = SAVED_AT.search(comments), SAVED_FROM.search(comments)
    title = soup.title.get_text() if soup.title else None
    return {
        "title": " ".join(title.split()) if title else None,
        "author": _meta(soup, "name", "author"),
        "created": [saved_at and saved_at[1], *_dates(soup)],
        "url": saved_from[1] if saved_from else _url(soup),
        "generator": _meta(soup, "name", "generator"),
    }


def _dates(soup: "BeautifulSoup") -> Iterator[str | None]:
    for attribute, name in META_DATES:
        yield _meta(soup, attribute, name)
    for script in soup.find_all("script", type="application/ld+json", limit=10):
        if found := LINKED_DATE.search(script.get_text()):
            yield found[1]
    stamped = soup.find("time", datetime=True)
    yield _text(stamped.get("datetime")) if stamped else None


def _url(soup: "BeautifulSoup") -> str | None:
    link = soup.find("link", rel="canonical")
    return (_text(link.get("href")) if link else None) or _meta(soup, "property", "og:url")


def _meta(soup: "BeautifulSoup", attribute: str, name: str) -> str | None:
    found = soup.find("meta", attrs={attribute: re.compile(f"^{re.escape(name)}$", re.IGNORECASE)})
    return _text(found.get("content")) if found else None


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _strip(soup: "BeautifulSoup") -> None:
    from bs4 import Comment

    for tag in [*soup.find_all(GONE), *soup.find_all(_is_unseen)]:
        tag.extract()
    for comment in soup.find_all(string=lambda each: isinstance(each, Comment)):
        comment.extract()


def _is_unseen(tag: "Tag") -> bool:
    return tag.has_attr("hidden") or UNSEEN.search(str(tag.get("style", ""))) is not None


def _main(soup: "BeautifulSoup") -> "Tag":
    """The part that a page is about, without menus and footers, where it marks one."""
    body = soup.body or soup
    length = len(body.get_text())
    parts = [(len(each.get_text()), each) for each in body.find_all(["main", "article"], limit=50)]
    longest = max(parts, key=lambda each: each[0], default=(0, body))
    return longest[1] if longest[0] >= MAIN_SHARE * length else body


def _converted(converter: Any, raw: bytes, suffix: str) -> str:
    from markitdown import StreamInfo

    told = StreamInfo(extension=suffix, charset="utf-8")
    return str(converter.convert(io.BytesIO(raw), told).markdown)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_within(MOST_MEMORY, most), most))


def _limit_seconds(seconds: int) -> None:
    """Let the system end this process after so many more seconds of work."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    until = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (_within(until, most), most))


def _within(wanted: int, most: int) -> int:
    return wanted if most < 0 else min(wanted, most)


if __name__ == "__main__":
    main()
