"""The child that reads documents: what it may not do, and what happens when a document is too much for it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rem_dagster.sources.office import Office, Paper
from rem_dagster.sources.source import Problem
from tests.sources import papers

pytestmark = pytest.mark.real


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "deep.html").write_text("<div>" * 400_000 + "deep")
    (tmp_path / "a.docx").write_bytes(papers.docx(papers.paragraph("Hi")))
    with Office(work_seconds=2) as office:
        found = office.read(tmp_path / "deep.html")
        assert isinstance(found, Problem)
        assert found.reason == "took more than 2 s of work, or too much memory: it was given up"
    with Office() as office:
        for _ in range(2):
            found = office.read(tmp_path / "a.docx")
            assert isinstance(found, Paper)
            assert found.text == "Hi"


def test_five_hundred_pages_are_read_in_bounded_time(tmp_path: Path) -> None:
    lines = [f"line {number} of a page with some words of prose in it" for number in range(40)]
    (tmp_path / "a.pdf").write_bytes(papers.pdf([lines] * 500))
    with Office() as office:
        found = office.read(tmp_path / "a.pdf")
    assert isinstance(found, Paper)
    assert found.text.count("line 39 of") == 500


def test_the_child_reaches_no_network_and_starts_nothing() -> None:
    code = (
        "import sys, socket, subprocess\n"
        "from rem_dagster.sources import office_child\n"
        "sys.addaudithook(office_child._gate)\n"
        "for act in (lambda: socket.create_connection(('127.0.0.1', 9)),\n"
        "            lambda: socket.getaddrinfo('pumps.example', 80), lambda: subprocess.run(['true'])):\n"
        "    try:\n"
        "        act()\n"
        "    except PermissionError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("a document is read without") == 3


def test_a_child_that_breaks_is_told_of(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rem_dagster.sources.office_child"],
        input=json.dumps({"path": str(tmp_path / "none.pdf"), "seconds": 9}) + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["problem"] == "cannot be read"
