"""The package that docs/own-source.md shows can be built, installed and used as it stands."""

import os
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from rem_dagster.interfaces.cli.main import main
from rem_dagster.settings import open_home
from rem_dagster.sources import kinds
from rem_dagster.store.database import Store

PAGE = Path(__file__).parents[2] / "docs/own-source.md"
ROWS = 'date,title,thought\n2025-10-07,Middlemarch,"Slow, and worth it."\nsoon,Ulysses,Later\n'


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package, built from the page and installed where this process finds it."""
    blocks = dict(re.findall(r"^```(toml|python)\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL))
    project, target = tmp_path / "project", tmp_path / "site"
    project.mkdir()
    (project / "pyproject.toml").write_text(blocks["toml"])
    (project / "rem_books.py").write_text(blocks["python"])
    monkeypatch.chdir(project)
    wheel = build_wheel(os.fspath(tmp_path))
    with zipfile.ZipFile(tmp_path / wheel) as packed:
        packed.extractall(target)
    monkeypatch.syspath_prepend(target)
    kinds._points.cache_clear()
    yield target
    kinds._points.cache_clear()
    kinds._loaded.cache_clear()
    sys.modules.pop("rem_books", None)


def test_the_package_on_the_page_is_recognised_imported_and_synced(
    installed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, home = tmp_path / "books.csv", tmp_path / "home"
    place.write_text(ROWS)
    words = ["--home", str(home), "import", str(place)]
    assert main([*words, "--explain"]) == 3
    told = capsys.readouterr().out
    assert "read as books: it is called books.csv" in told
    assert "Middlemarch" in told
    assert main([*words, "--timezone", "UTC", "--keep"]) == 3
    told = capsys.readouterr().out
    assert "Read 2 items: 1 new" in told
    assert re.search(r"books\.csv:3\s+got 'soon'", told)
    (row,) = Store(open_home(home).tables_uri).read("resources").to_pylist()
    assert (row["source"], row["name"], row["content"]) == ("books", "Middlemarch", "Slow, and worth it.")
    assert (row["partition_key"], row["time_confidence"]) == ("2025-10-07", "assumed_time")
    place.write_text(ROWS.replace("soon", "2025-10-08T21:00:00+02:00"))
    assert main(["--home", str(home), "sync"]) == 0
    assert f"books {place}: 1 new, 0 updated, 1 day touched" in capsys.readouterr().out


def test_it_is_short() -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) < 50
