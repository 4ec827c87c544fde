"""How is the text of a PDF, DOCX or HTML file had, whatever the file does to the program that reads it?

this process ── path ──> child ── markitdown ──> text        one child for many files
                            └── too long, too large, or broken: it ends, and the next file has a new one
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Protocol

from rem_dagster.settings import environment_without
from rem_dagster.sources.source import Problem, ProblemKind

NEEDED = ("markitdown", "mammoth", "pdfminer")
NOT_THERE = "cannot be read without the extra `documents`: pip install 'rem-dagster[documents]'"
MOST_BYTES = 200_000_000
WORK_SECONDS = 120
"""Of work for one file; a page takes some hundredths of one."""
WAIT_FACTOR = 10
"""How much longer a file may take on a busy machine."""


@dataclass(frozen=True)
class Paper:
    """What a document holds; None where it does not say."""

    text: str
    """Markdown."""
    title: str | None = None
    author: str | None = None
    created: tuple[str, ...] = ()
    """When, in the document's own words, the best first."""
    modified: str | None = None
    url: str | None = None
    """Where a saved page was."""
    generator: str | None = None
    """What program wrote it."""


class Reader(Protocol):
    """Who reads documents, as `Office` does."""

    def __enter__(self) -> "Reader": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def read(self, path: Path) -> Paper | Problem:
        """The text of a document, or why there is none."""


class Office:
    """Reads documents in a child process, which starts with the first; as a context manager it ends it."""

    def __init__(self, *, work_seconds: int = WORK_SECONDS) -> None:
        self._work_seconds = work_seconds
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Office":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self, path: Path) -> Paper | Problem:
        """The text of a document, or why there is none."""
        try:
            size = path.stat().st_size
        except OSError as error:
            return Problem(str(path), None, "cannot be read", got=error.strerror or str(error))
        if size > MOST_BYTES:
            reason = f"has more than {MOST_BYTES:,} bytes: it is no document"
            return Problem(str(path), None, reason, got=f"{size:,}")
        if not all(find_spec(each) for each in NEEDED):
            return Problem(str(path), None, NOT_THERE)
        told = self._ask(path)
        if isinstance(told, str):
            return Problem(str(path), None, told)
        return paper_in(told, str(path))

    def _ask(self, path: Path) -> dict[str, object] | str:
        """What the child says of a file, or why it could not say."""
        child = self._child = self._child or _started()
        assert child.stdin is not None  # as asked for
        assert child.stdout is not None
        timer = threading.Timer(self._work_seconds * WAIT_FACTOR, child.kill)
        timer.start()
        try:
            child.stdin.write(json.dumps({"path": str(path), "seconds": self._work_seconds}) + "\n")
            child.stdin.flush()
            answer = child.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        try:
            told = json.loads(answer)
            return told if isinstance(told, dict) else "broke the program that reads it"
        except ValueError:
            return self._why_ended()

    def _why_ended(self) -> str:
        """Why the child gave no whole answer; another file is read by a new one."""
        status = self._end()
        if status in (-9, -24):  # killed by the timer, or by the system for its work
            return f"took more than {self._work_seconds} s of work, or too much memory: it was given up"
        return "broke the program that reads it"

    def _end(self) -> int | None:
        child, self._child = self._child, None
        if child is None:
            return None
        for pipe in (child.stdin, child.stdout):
            try:
                if pipe:
                    pipe.close()
            except BrokenPipeError:
                pass
        try:
            return child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def _started() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "rem_dagster.sources.office_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        # what reads foreign files holds no keys
        env=environment_without("REM_", "OPENAI_", "AWS_", "ANTHROPIC_", "AZURE_", "DAGSTER_"),
    )


def paper_in(told: Mapping[str, object], where: str) -> Paper | Problem:
    """What the child told of a file."""

    def text(name: str) -> str | None:
        value = told.get(name)
        return value.strip() or None if isinstance(value, str) else None

    if problem := text("problem"):
        kind: ProblemKind = "skipped" if told.get("kind") == "skipped" else "failed"
        return Problem(where, None, problem, kind, text("got"))
    created = told.get("created")
    return Paper(
        text=text("text") or "",
        title=text("title"),
        author=text("author"),
        created=tuple(each for each in created if isinstance(each, str)) if isinstance(created, list) else (),
        modified=text("modified"),
        url=text("url"),
        generator=text("generator"),
    )
