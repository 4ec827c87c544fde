"""`rem import` and `rem sync`: what came in, what did not, and why."""

import json
import subprocess
from pathlib import Path

import pytest

from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.interfaces.cli.conftest import Rem

GOOD = {
    "t": "message",
    "id": "1",
    "session_id": "s",
    "role": "user",
    "content": "I shipped the loader.",
    "created_at": "2025-10-06T09:00:00",
}


@pytest.fixture
def activity(tmp_path: Path) -> Path:
    """One good line and three bad ones."""
    path = tmp_path / "activity.jsonl"
    lines = [
        json.dumps(GOOD),
        json.dumps({**GOOD, "id": "2", "created_at": "soon"}),
        "{",
        json.dumps({"t": "x"}),
    ]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "day.md").write_text(
        "---\ncreated: 2025-10-07T10:00:00Z\n---\n# A day\n\nI read about Vamana.\n"
    )
    return folder


def test_the_first_import_makes_the_home_and_says_where(rem: Rem, notes: Path, tmp_path: Path) -> None:
    place = tmp_path / "new"
    done = rem("--home", place, "import", notes, "--timezone", "Europe/Lisbon")
    assert done.code == 0
    assert f"Made a home at {place}; its days are those of Europe/Lisbon." in done.err
    assert done.out == "Read 1 item: 1 new · 0 updated · 0 unchanged · 0 skipped · 0 failed\n" + (
        "  1 note\n"
        "  times: all exact\n"
        "1 day touched: Tuesday 7 October 2025\n"
        "To keep it fresh, the same again with --keep; then rem sync pulls what is new.\n"
        f"Next: rem --home {place} dream\n"
    )
    assert open_home(place).file.timezone == "Europe/Lisbon"


def test_good_items_land_and_every_bad_one_is_named(rem: Rem, home: Home, activity: Path) -> None:
    done = rem("--home", home.path, "import", activity, "--user", "ana")
    assert done.code == 3
    assert "Read 4 items: 1 new" in done.out
    assert "3 failed" in done.out
    for place in (2, 3, 4):
        assert f"activity.jsonl:{place}" in done.out
    assert "created_at: is not a time" in done.out
    assert Store(home.tables_uri).read("messages", ["user_id"])["user_id"].to_pylist() == ["ana"]


def test_the_same_again_changes_nothing(rem: Rem, home: Home, notes: Path) -> None:
    rem("--home", home.path, "import", "markdown", notes)
    again = rem("--home", home.path, "import", notes, "--json")
    assert again.code == 0
    assert (again.json["new"], again.json["unchanged"], again.json["days"]) == (0, 1, [])
    assert "No day changed." in rem("--home", home.path, "import", notes).out


def test_json_has_counts_reasons_and_problems(rem: Rem, home: Home, activity: Path) -> None:
    report = rem("--home", home.path, "import", "jsonl", activity, "--json").json
    assert {"read", "new", "updated", "unchanged", "skipped", "failed", "days", "reasons", "problems"} <= set(
        report
    )
    assert (report["read"], report["new"], report["failed"]) == (4, 1, 3)
    assert set(report["problems"][0]) == {"kind", "where", "field", "reason", "got"}


def test_commits_of_one_author_are_imported(rem: Rem, home: Home, tmp_path: Path) -> None:
    repository = tmp_path / "code"
    for words in (
        ["init", "-q", str(repository)],
        *(
            [
                "-C",
                str(repository),
                "-c",
                f"user.email={who}",
                "-c",
                "user.name=N",
                "commit",
                "-q",
                "--allow-empty",
                "-m",
                who,
            ]
            for who in ("ana@example.org", "ben@example.org")
        ),
    ):
        subprocess.run(["git", *words], check=True, capture_output=True)
    done = rem("--home", home.path, "import", "git", repository, "--email", "ana@example.org", "--json")
    assert done.json["new"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pdf", "{here}"], "no kind of source 'pdf'"),
        (["{here}/nowhere"], "There is no"),
        (["markdown", "{here}/nowhere"], "There is no"),
        (["jsonl"], "Name a path: rem import jsonl PATH"),
        (["{here}/odd.bin"], "Could not tell what"),
        (["a", "b", "c"], "one path at a time"),
        (["markdown", "{here}/notes", "--email", "a@b"], "has no option 'emails'"),
        (["{here}/notes", "--timezone", "Mars/Olympus"], "Mars/Olympus"),
    ],
)
def test_what_cannot_be_imported_ends_with_2_and_makes_no_home(
    rem: Rem, tmp_path: Path, notes: Path, words: list[str], said: str
) -> None:
    (tmp_path / "odd.bin").write_bytes(b"\0")
    place = tmp_path / "new"
    done = rem("--home", place, "import", *(word.format(here=tmp_path) for word in words))
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Nothing was changed" in done.err
    assert not (place / "home.json").exists()


def test_sync_has_a_line_for_each_source_and_a_failing_one_ends_with_3(
    rem: Rem, home: Home, notes: Path
) -> None:
    (home.path / "config.toml").write_text(
        f'[[sources]]\nkind = "markdown"\npath = "{notes}"\n'
        '[[sources]]\nkind = "jsonl"\npath = "gone.jsonl"\n'
    )
    done = rem("--home", home.path, "sync")
    assert done.code == 3
    first, second, after = done.out.splitlines()
    assert first == f"markdown {notes}: 1 new, 0 updated, 1 day touched: Tuesday 7 October 2025"
    assert second.startswith("jsonl gone.jsonl: could not be read")
    assert after == f"Next: rem --home {home.path} dream"
    again = rem("--home", home.path, "sync", "--json").json
    assert [each["error"] is None for each in again] == [True, False]
    assert again[0]["unchanged"] or again[0]["report"]["days"] == []


def test_sync_without_sources_says_how_to_name_some(rem: Rem, home: Home) -> None:
    done = rem("--home", home.path, "sync")
    assert done.code == 0
    assert "rem sync --help" in done.err
