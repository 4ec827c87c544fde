"""`rem import` and `rem sync`: what came in, what did not, and why."""

import json
import subprocess
from pathlib import Path

import pytest

from rem_dagster.interfaces.cli import output
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from tests.interfaces.cli.conftest import Rem
from tests.sources.test_audio import put, wav

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
        (["{here}/notes", "--timezone", "Mars/Olympus", "--explain"], "Mars/Olympus"),
        ([""], "one path at a time"),
        (["{here}/" + "long" * 100], "Could not look at"),
        (["~nobody-here/notes"], "Could not look at"),
        (["{here}/notes", "--set", "depth"], "--set takes NAME=VALUE"),
        (["ftp://db/app"], "rem import KIND ftp://db/app"),
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


def test_the_report_says_what_it_was_and_how_sure_the_times_are(rem: Rem, home: Home, tmp_path: Path) -> None:
    lines = [
        {"t": "session", "id": "s", "title": "Stand-up", "created_at": "2025-10-06T09:00:00+02:00"},
        {**GOOD, "created_at": "2025-10-06T09:00:00+02:00"},
        {**GOOD, "id": "2", "role": "assistant"},
        {**GOOD, "id": "3", "role": "assistant", "created_at": "1970-01-01T00:00:00Z"},
        {
            "t": "resource",
            "id": "4",
            "name": "w",
            "content": "w",
            "category": "web",
            "created_at": "2025-10-06",
        },
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    done = rem("--home", home.path, "import", path)
    assert done.code == 0
    assert "  1 session · 3 messages (2 assistant, 1 user) · 1 web page\n" in done.out
    assert "  times: 2 exact · 1 without a zone, taken as the home's · 1 a date alone" in done.out
    assert "created_at: is the start of 1970, as a clock says that was never set" in done.out
    assert max(map(len, done.out.splitlines()[:4])) <= 80
    report = rem("--home", home.path, "import", path, "--json").json
    assert report["times"] == {"exact": 2, "assumed_zone": 1, "assumed_time": 1, "guessed": 0}
    assert {"thing": "message", "kind": "assistant", "count": 2} in report["things"]
    assert (report["first_day"], report["last_day"]) == ("1970-01-01", "2025-10-06")


def test_an_explanation_makes_no_home_and_names_the_command(rem: Rem, notes: Path, tmp_path: Path) -> None:
    place = tmp_path / "new"
    told = rem("--home", place, "import", notes, "--explain", "--timezone", "Asia/Tokyo")
    assert (told.code, told.err) == (0, "")
    first, why, *_ = told.out.splitlines()
    assert first.endswith("/notes")
    assert why == "  read as markdown: it holds day.md"
    assert "It would bring in 1 item:\n  1 note\n" in told.out
    assert "Tuesday 7 October 2025 (first 19:00, last 19:00, Asia/Tokyo)" in told.out
    assert "I read about Vamana." in told.out
    assert told.out.endswith(f"Nothing was written.\nNext: rem --home {place} import markdown {notes}\n")
    assert not place.exists()


def test_an_explanation_knows_what_is_stored_and_what_else_would_fit(
    rem: Rem, home: Home, notes: Path
) -> None:
    rem("--home", home.path, "import", notes)
    (notes / "new.md").write_text("---\ncreated: 2025-10-08\n---\nNew")
    subprocess.run(["git", "init", "-q", str(notes)], check=True)
    told = rem("--home", home.path, "import", "markdown", notes, "--explain")
    assert "would also fit: git (it has .git)" in told.out
    assert "It would bring in 1 item; 1 stored already:" in told.out
    as_json = rem("--home", home.path, "import", "markdown", notes, "--explain", "--json").json
    assert as_json["would_also_fit"] == [{"kind": "git", "reason": "it has .git"}]
    assert (as_json["report"]["new"], as_json["report"]["unchanged"]) == (1, 1)
    assert len(as_json["examples"]) == 2


def test_an_explanation_of_what_fails_ends_as_the_import_would(rem: Rem, home: Home, activity: Path) -> None:
    assert rem("--home", home.path, "import", activity, "--explain").code == 3


def test_a_folder_of_exports_is_answered_by_what_lies_in_it(rem: Rem, home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "Down loads"
    (folder / "vault/.obsidian").mkdir(parents=True)
    (folder / "vault/a.md").write_text("a")
    subprocess.run(["git", "init", "-q", str(folder / "code")], check=True)
    (folder / "plain").mkdir()
    (folder / "plain/readme.md").write_text("a")
    done = rem("--home", home.path, "import", folder)
    assert (done.code, done.out) == (2, "")
    assert "holds 2 sources and more. Nothing was changed." in done.err
    assert f"rem import '{folder / 'code'}'   git: it has .git" in done.err
    assert f"rem import '{folder / 'vault'}'   markdown: it has .obsidian" in done.err
    assert f"All of it as markdown: rem import markdown '{folder}'" in done.err
    assert rem("--home", home.path, "import", "markdown", folder).code == 0


def test_keep_names_the_place_once_so_that_a_sync_pulls_it(rem: Rem, home: Home, notes: Path) -> None:
    words = ("--home", home.path, "import", notes)
    assert "the same again with --keep" in rem(*words).out
    kept = rem(*words, "--keep", "--account", "mine", "--me", "Ana")
    assert f"{home.path / 'config.toml'} names it: rem sync brings in what is new." in kept.out
    (source,) = open_home(home.path).settings.sources
    assert (source.kind, source.account, open_home(home.path).settings.me) == ("markdown", "mine", ("Ana",))
    assert rem(*words, "--keep", "--account", "mine", "--json").json["kept"] is True
    assert len(open_home(home.path).settings.sources) == 1
    assert "--keep" not in rem(*words).out
    (notes / "new.md").write_text("---\ncreated: 2025-10-08\n---\nNew")
    assert "1 new" in rem("--home", home.path, "sync").out


def test_me_is_told_to_the_source_and_given_as_a_line_for_the_settings(
    rem: Rem, home: Home, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rem_dagster.ingest import recognise
    from rem_dagster.sources.kind import Place

    seen: list[tuple[str, ...]] = []
    real = recognise.make_source_of

    def spy(kind: object, place: Place, options: object) -> object:
        seen.append(place.me)
        return real(kind, place, options)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(recognise, "make_source_of", spy)
    (home.path / "config.toml").write_text('me = ["Inês"]\n')
    done = rem("--home", home.path, "import", notes, "--me", "ana@example.org", "--me", "Inês")
    assert set(seen) == {("Inês", "ana@example.org")}
    assert 'config.toml: me = ["Inês", "ana@example.org"]' in done.out


def test_options_are_kept_as_they_were_given(rem: Rem, home: Home, tmp_path: Path) -> None:
    code = tmp_path / "code"
    subprocess.run(["git", "init", "-q", str(code)], check=True)
    assert rem("--home", home.path, "import", code, "--email", "ana@example.org", "--keep").code == 0
    (source,) = open_home(home.path).settings.sources
    assert source.options == {"emails": ["ana@example.org"]}


def test_ctrl_c_says_what_is_stored_and_the_same_again_brings_in_the_rest(
    rem: Rem, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rem_dagster.ingest import landing
    from rem_dagster.sources.jsonl import JsonlSource

    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({**GOOD, "id": str(number)}) for number in range(25)))
    real = JsonlSource.read

    def interrupted(self: JsonlSource) -> object:
        for number, item in enumerate(real(self)):
            if number == 15:
                raise KeyboardInterrupt
            yield item

    monkeypatch.setattr(landing, "BATCH_ITEMS", 10)
    with monkeypatch.context() as patch:
        patch.setattr(JsonlSource, "read", interrupted)
        stopped = rem("--home", home.path, "import", path)
    assert (stopped.code, stopped.out) == (130, "")
    assert "Stopped. 10 messages more than before are stored." in stopped.err
    assert "The same command again goes on from there" in stopped.err
    assert "15 new · 0 updated · 10 unchanged" in rem("--home", home.path, "import", path).out


def test_how_far_a_file_was_read_is_known_while_it_is_read(tmp_path: Path) -> None:
    from rem_dagster.sources.jsonl import JsonlSource
    from rem_dagster.sources.source import MeasuredSource

    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({**GOOD, "id": str(number)}) for number in range(4)))
    source = JsonlSource(path, "")
    assert isinstance(source, MeasuredSource)
    assert source.share is None
    shares = [source.share for _ in source.read()]
    assert shares == pytest.approx([0.25, 0.5, 0.75, 1], abs=0.01)


def test_days_with_gaps_between_them_are_not_told_as_all_of_a_span(
    rem: Rem, home: Home, tmp_path: Path
) -> None:
    lines = [{**GOOD, "id": str(day), "created_at": f"2025-10-{day:02}T09:00:00"} for day in (6, 7, 9)]
    path = tmp_path / "activity.jsonl"
    path.write_text("\n".join(map(json.dumps, lines[:2])))
    assert "2 days touched: 6 to 7 October 2025" in rem("--home", home.path, "import", path).out
    path.write_text("\n".join(map(json.dumps, [lines[0] | {"content": "No."}, lines[2]])))
    assert "2 days touched within 6 to 9 October 2025" in rem("--home", home.path, "import", path).out


def test_a_default_user_who_begins_beside_another_is_told_as_the_one_that_is_read_now(
    rem: Rem, home: Home, notes: Path, tmp_path: Path
) -> None:
    """As with notes of one's own in the home of the demo."""
    path = tmp_path / "activity.jsonl"
    path.write_text(json.dumps({**GOOD, "user_id": "demo"}))
    assert "is read from now on" not in rem("--home", home.path, "import", path).err
    said = " ".join(rem("--home", home.path, "import", notes).err.split())
    assert "is of user 'me', who is new here and is read from now on" in said
    assert "--user shows what the home holds of demo." in said
    assert "is read from now on" not in rem("--home", home.path, "import", notes).err


def test_a_recording_that_would_pass_the_limit_on_cost_is_not_sent(
    rem: Rem, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "MODEL": "hear-1",
        "BASE_URL": "http://127.0.0.1:9/v1",
        "PRICE_PER_MINUTE": "1",
    }.items():
        monkeypatch.setenv(f"REM_TRANSCRIPTION_{name}", value)
    put(tmp_path / "memos", "2025-04-17 10.00.00.wav", wav(30))
    told = rem("--home", home.path, "import", tmp_path / "memos", "--max-cost", "0.4")
    assert told.code == 3
    assert "would cost more than may be spent" in told.out
    assert "$0.5000 at most" in rem("--home", home.path, "import", tmp_path / "memos", "--explain").out


def test_a_home_folder_is_walked_through_only_by_someone_who_says_so(
    rem: Rem, notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(notes))
    home = tmp_path / "new"
    told = rem("--home", home, "import", "markdown", notes)
    assert told.code != 0
    assert "it is your home folder" in told.err
    assert not home.exists()
    for answer, code in ((False, told.code), (True, 0)):
        monkeypatch.setattr(output, "is_asked_by_a_person", lambda: True)
        monkeypatch.setattr(output, "confirmed", lambda _, answer=answer: answer)
        assert rem("--home", home, "import", "markdown", notes).code == code
    monkeypatch.setattr(output, "is_asked_by_a_person", lambda: False)
    assert rem("--home", home, "import", "markdown", notes, "--yes").code == 0
