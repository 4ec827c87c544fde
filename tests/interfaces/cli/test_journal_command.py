"""What do `rem journal build` and `rem web` say on the command line?"""

import json
from pathlib import Path

import pytest

from rem_dagster.interfaces.cli.main import main
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.interfaces.web.days import USER, a_day

Captured = pytest.CaptureFixture[str]


def test_a_journal_is_written_and_the_last_line_says_what_to_open(
    home: Home, store: Store, tmp_path: Path, capsys: Captured
) -> None:
    a_day(store)
    assert main(["--home", str(home.path), "journal", "build", str(tmp_path / "site")]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith("5 pages of 1 day: 8 files written, in ")
    assert out.splitlines()[-1] == f"Next: open {tmp_path / 'site/index.html'}"
    assert "clear text" in err


def test_programs_get_its_figures(home: Home, store: Store, tmp_path: Path, capsys: Captured) -> None:
    a_day(store)
    words = ["journal", "build", str(tmp_path / "site"), "--veil", "--json", "--start", "2025-10-20"]
    assert main(["--home", str(home.path), *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["days"], told["pages"], told["removed"]) == (1, 5, 0)


def test_what_cannot_be_written_is_said(home: Home, store: Store, tmp_path: Path, capsys: Captured) -> None:
    build = ["--home", str(home.path), "journal", "build"]
    assert main([*build, str(tmp_path / "site")]) == 2
    assert "is empty so far" in capsys.readouterr().err
    a_day(store)
    (tmp_path / "other").write_text("x", encoding="utf-8")
    assert main([*build, str(tmp_path)]) == 2
    assert "no journal wrote" in capsys.readouterr().err
    assert main([*build, str(tmp_path / "site"), "--end", "1999-01-01"]) == 2
    assert "Nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_it_is_not_served_to_others_without_a_token(home: Home, store: Store, capsys: Captured) -> None:
    a_day(store)
    assert main(["--home", str(home.path), "web", "--host", "0.0.0.0"]) == 2
    assert "--token once" in capsys.readouterr().err


def test_an_unknown_user_has_no_journal(home: Home, store: Store, capsys: Captured) -> None:
    a_day(store)
    assert main(["--home", str(home.path), "web", "--user", "nobody"]) == 2
    assert USER in capsys.readouterr().err


def test_without_a_home_nothing_is_served(tmp_path: Path, capsys: Captured) -> None:
    assert main(["--home", str(tmp_path / "none"), "web"]) == 1
    assert not (tmp_path / "none").exists()
