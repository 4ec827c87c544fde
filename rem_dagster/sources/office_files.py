"""How are documents read that are no plain text: PDF, DOCX and saved web pages?"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from rem_dagster.errors import InputError
from rem_dagster.model.activity import Activity, ResourceItem
from rem_dagster.model.own_output import GENERATOR, without_managed
from rem_dagster.model.words import TimeConfidence, Trust
from rem_dagster.sources.folder import UNREADABLE, FolderSource, Unit, mostly
from rem_dagster.sources.kind import Place, SourceKind, SourceOptions
from rem_dagster.sources.office import NOT_THERE, Office, Paper, Reader
from rem_dagster.sources.source import Problem, shown
from rem_dagster.sources.text import replace_surrogates
from rem_dagster.sources.times import EPOCH, SaidTime, parse_time

PAGES = (".html", ".htm", ".xhtml")
SUFFIXES = (".pdf", ".docx", *PAGES)
PARTS = re.compile(r"(.+?)[-_.](?:files|dateien|fichiers|archivos|bestanden|filer)", re.IGNORECASE)
"""The folder that a browser saves beside a page."""
PDF_TIME = re.compile(
    r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-]\d{2})'?(\d{2})?'?)?.*", re.DOTALL
)
SAVED = "%a %b %d %Y %H:%M:%S GMT%z"
GUESSED: TimeConfidence = "guessed"
TEMPLATES = ("2013-12-23T23:15:00Z",)
"""Times that a program writes into every document. Source: python-docx's default template."""


class DocumentOptions(SourceOptions):
    """What a person may say about documents."""

    trust: Literal["own", "third_party"] | None = None
    """Whose words they are; without it those are one's own whose author is."""


class DocumentSource(FolderSource):
    """Documents below a folder, or one; a document is known by its path in the folder."""

    kind = "documents"
    looks_for = "documents (.pdf, .docx, .html)"
    suffixes = SUFFIXES
    passing = (UNREADABLE, NOT_THERE)

    def __init__(
        self, place: Place, options: DocumentOptions, *, reader: Callable[[], Reader] = Office
    ) -> None:
        super().__init__(place, told=repr((options, place.me)))
        self._place, self._trust, self._reader = place, options.trust, reader

    def units(self, files: Sequence[Path]) -> Iterable[Unit | Problem]:
        """Each alone, without the parts of saved pages."""
        pages = {file.with_suffix("") for file in files if file.suffix.lower() in PAGES}
        for file in files:
            if any(_is_beside(folder, pages) for folder in file.parents):
                yield Problem(str(file), None, "is a part of a saved page", "skipped")
            else:
                yield (file,)

    def read_since(self, mark: str | None) -> Iterator[Activity | Problem]:
        """What is not as it was at an earlier read, by path."""
        with self._reader() as self._office:
            yield from super().read_since(mark)

    def read_unit(self, unit: Unit) -> Iterator[Activity | Problem]:
        """The document."""
        [path] = unit
        paper = self._office.read(path)
        if isinstance(paper, Problem):
            yield paper
        elif (paper.generator or "").startswith(GENERATOR):
            yield Problem(str(path), None, "was written by rem itself", "skipped")
        else:
            yield from self._document(path, paper)

    def _document(self, path: Path, paper: Paper) -> Iterator[Activity | Problem]:
        content = replace_surrogates(without_managed(paper.text).replace("\0", ""))
        if not content.strip():
            yield Problem(str(path), None, "holds no text", "skipped")
            return
        try:
            changed = EPOCH.fromtimestamp(path.stat().st_mtime, UTC)
        except (OSError, ValueError, OverflowError) as error:
            yield Problem(str(path), None, "cannot be read", got=str(error))
            return
        created, confidence = SaidTime(changed), GUESSED
        if told := next((said for each in paper.created if (said := time_of(each))), None):
            created, confidence = told, "assumed_time" if told.is_date_only else "exact"
        else:
            reason = "does not say when it was made: its last change was taken"
            got = shown(paper.created[0]) if paper.created else None
            yield Problem(str(path), "created", reason, "notice", got)
        is_page = path.suffix.lower() in PAGES
        yield ResourceItem(
            native_id=self.relative(path),
            name=_line(paper.title) or self.relative(path.with_suffix("")).rpartition("/")[2],
            content=content.strip("\n") + "\n",
            category="web" if is_page else "document",
            uri=paper.url,
            created_at=created.at,
            utc_offset_minutes=created.utc_offset_minutes,
            time_confidence=confidence,
            trust=self._trust_of(paper, is_page=is_page),
            updated_at=self._updated(paper, changed),
            metadata=self._metadata(path, paper),
        )

    def _trust_of(self, paper: Paper, *, is_page: bool) -> Trust:
        if self._trust:
            return self._trust
        return "own" if not is_page and self._place.is_me(paper.author) else "third_party"

    def _updated(self, paper: Paper, changed: datetime) -> datetime:
        said = time_of(paper.modified) if paper.modified else None
        return changed if said is None or said.at.tzinfo is None else said.at

    def _metadata(self, path: Path, paper: Paper) -> dict[str, object]:
        author = _line(paper.author)
        told = {
            "path": self.relative(path),
            "people": [author] if author and not self._place.is_me(author) else None,
            "links": [replace_surrogates(paper.url)] if paper.url else None,
        }
        return {name: value for name, value in told.items() if value}


def time_of(text: str) -> SaidTime | None:
    """A document's own time: ISO, PDF's, or the one that a browser writes into a page; None if it is none."""
    text = text.strip()
    if text in TEMPLATES:
        return None
    try:
        if text.startswith("D:"):
            return _pdf_time(text)
        if "GMT" in text:
            return parse_time(datetime.strptime(text, SAVED))  # noqa: DTZ007 - the format ends in %z
        return parse_time(text)
    except (InputError, ValueError, OverflowError):
        return None


def _pdf_time(text: str) -> SaidTime | None:
    found = PDF_TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zulu, hours, minutes = found.groups()
    if hour is None:
        return parse_time(f"{year}-{month or '01'}-{day or '01'}")
    zone = "Z" if zulu else f"{hours}:{minutes or '00'}" if hours else ""
    return parse_time(f"{year}-{month}-{day}T{hour}:{minute or '00'}:{second or '00'}{zone}")


def _is_beside(folder: Path, pages: set[Path]) -> bool:
    """Whether a folder holds the parts of a page that was saved beside it."""
    found = PARTS.fullmatch(folder.name)
    return found is not None and folder.with_name(found[1]) in pages


def _line(text: str | None) -> str | None:
    """A title or a name: one line that can be stored."""
    return " ".join(replace_surrogates(text).replace("\0", "").split())[:300] or None if text else None


def _recognise(path: Path) -> str | None:
    return mostly(path, SUFFIXES, "documents")


def _make(place: Place, options: DocumentOptions) -> DocumentSource:
    return DocumentSource(place, options)


KIND = SourceKind(
    name="documents",
    about="PDF, DOCX and HTML files",
    recognise=_recognise,
    make=_make,
    walks=True,
    options=DocumentOptions,
)
