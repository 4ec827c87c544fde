"""`rem dream`: every flag, what it says, and what it leaves alone."""

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DayResult, DreamPlan
from rem_dagster.dreaming.links import find_unlinked
from rem_dagster.errors import StoreError
from rem_dagster.interfaces.cli import dream_work
from rem_dagster.interfaces.cli.dream_report import exit_code_of_dream, report_as_json, totals_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.text import stale_shards
from tests.activity import chat_day, fill, message, rows
from tests.dreaming.engines import ScriptedEngine
from tests.interfaces.cli.conftest import Rem, snapshot
from tests.lives import dream

pytestmark = pytest.mark.runs

COUNTERS = {
    *("moments", "entities", "edges", "summaries", "calls"),
    *("prompt_tokens", "completion_tokens", "cost_usd", "duration_seconds"),
}
DRY = ["--dry-run", "--json"]


def days_of(done: object) -> list[str]:
    return [each["day"] for each in done.json["days"]]  # type: ignore[attr-defined]  # a Ran


def test_days_are_dreamt_then_there_is_nothing_to_dream(rem: Rem, undreamt: Home) -> None:
    first = rem("--home", undreamt.path, "dream")
    assert first.code == 0
    assert first.out.startswith("Dreamt 3 days: ")
    assert "offline, 0 calls, $0.00" in first.out
    assert "Mon  6 Oct 2025" in first.err
    before = snapshot(undreamt)
    again = rem("--home", undreamt.path, "dream")
    said = f"Nothing to dream: 3 days are up to date.\nNext: rem --home {undreamt.path} show\n"
    assert (again.code, again.out) == (0, said)
    assert snapshot(undreamt) == before


def test_json_has_days_and_totals_and_nothing_else(rem: Rem, undreamt: Home) -> None:
    done = rem("--home", undreamt.path, "dream", "2025-10-06", "--json")
    assert set(done.json) == {"days", "totals"}
    (day,) = done.json["days"]
    assert set(day) == {"user_id", "day", "status"} | COUNTERS
    assert (day["user_id"], day["day"], day["status"]) == ("ines", "2025-10-06", "dreamt")
    assert set(done.json["totals"]) == COUNTERS
    assert done.json["totals"]["moments"] == day["moments"] > 0
    again = rem("--home", undreamt.path, "dream", "2025-10-06", "--json")
    assert again.json["days"][0]["status"] == "unchanged"
    assert again.json["totals"]["moments"] == 0


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ([], ["2025-10-06", "2025-10-07", "2025-10-08"]),
        (["2025-10-07"], ["2025-10-07"]),
        (["2025-10-06", "2025-10-08"], ["2025-10-06", "2025-10-08"]),
        (["6", "october", "2025"], ["2025-10-06"]),
        (["--start", "2025-10-07"], ["2025-10-07", "2025-10-08"]),
        (["--end", "7 october 2025"], ["2025-10-06", "2025-10-07"]),
        (["--start", "2025-10-06", "--end", "2025-10-07"], ["2025-10-06", "2025-10-07"]),
        (
            ["--start", "week of 2025-10-06", "--end", "week of 2025-10-06"],
            ["2025-10-06", "2025-10-07", "2025-10-08"],
        ),
        (["--user", "ines"], ["2025-10-06", "2025-10-07", "2025-10-08"]),
        (["--refresh", "2025-10-07"], ["2025-10-07"]),
        (
            ["--other-versions", "--no-sync", "--max-cost", "1", "-v", "--debug"],
            ["2025-10-06", "2025-10-07", "2025-10-08"],
        ),
        (["--now"], []),
        (["--lookback-hours", "168"], []),
    ],
)
def test_every_way_to_name_days(rem: Rem, undreamt: Home, words: list[str], days: list[str]) -> None:
    before = snapshot(undreamt)
    done = rem("--home", undreamt.path, "dream", *words, *DRY)
    assert done.code == 0, done.err
    assert days_of(done) == days
    assert snapshot(undreamt) == before


def test_lookback_takes_every_day_that_it_touches_and_now_takes_today(
    rem: Rem, home: Home, store: Store
) -> None:
    now = datetime.now(UTC)
    fill(home, store, [message(day, now - timedelta(days=day)) for day in range(4)])
    today = now.date()
    touched = rem("--home", home.path, "dream", "--lookback-hours", "48", *DRY)
    assert days_of(touched) == [(today - timedelta(days=day)).isoformat() for day in (2, 1, 0)]
    assert days_of(rem("--home", home.path, "dream", "--now", *DRY)) == [today.isoformat()]
    week = rem("--home", home.path, "dream", "past 7 days", *DRY)
    assert len(days_of(week)) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "2025-10-10", "--end", "2025-10-06"], "runs backwards"),
        (["tomorrow"], "has not begun"),
        (["--end", "2999-01-01"], "has not begun"),
        (["--start", "2999-01-01"], "has not begun"),
        (["--start", "2025-02-30"], "names no time"),
        (["someday"], "names no time"),
        (["yesterday", "--now"], "named in 2 ways"),
        (["--start", "monday", "--lookback-hours", "5"], "named in 2 ways"),
        (["--lookback-hours", "999999999"], "before all time"),
        (["--refresh", "--other-versions"], "give one"),
        (["--summary-only", "--estimate"], "give one"),
        (["--moment-types", "gossip"], "no type of moment"),
        (["--llm", "gpt-5"], "OPENAI_API_KEY"),
        (["--llm", "azure:mine"], "no address of its own"),
        (["--agentlet", "nowhere.json", "--llm", "ollama:small"], "nowhere.json"),
        (["--restore"], "wants the day"),
        (["--output", "moments.pdf"], "End its name in .json"),
        (["--output", "nowhere/moments.json"], "directory"),
        (["--user", "nobody"], "holds activity of ines"),
    ],
)
def test_what_cannot_be_dreamt_ends_with_2_and_changes_nothing(
    rem: Rem, undreamt: Home, words: list[str], said: str
) -> None:
    before = snapshot(undreamt)
    done = rem("--home", undreamt.path, "dream", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "othing was" in done.err
    assert snapshot(undreamt) == before


def test_a_model_key_alone_chooses_nothing(rem: Rem, undreamt: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    assert "0 calls, $0.00" in rem("--home", undreamt.path, "dream", "--estimate").out


def test_an_estimate_counts_the_days_and_changes_nothing(rem: Rem, undreamt: Home) -> None:
    before = snapshot(undreamt)
    done = rem("--home", undreamt.path, "dream", "--estimate")
    assert done.out.startswith("3 days to dream: 0 calls, $0.00.")
    assert rem("--home", undreamt.path, "dream", "--estimate", "--json").json["totals"]["calls"] == 0
    assert snapshot(undreamt) == before


def test_a_dry_run_shows_pages_and_writes_nothing(rem: Rem, undreamt: Home) -> None:
    before = snapshot(undreamt)
    one = rem("--home", undreamt.path, "dream", "2025-10-06", "--dry-run").out
    assert "Not written: this is a dry run." in one
    assert "every quote found in its source" in one
    many = rem("--home", undreamt.path, "dream", "--dry-run").out
    assert many.splitlines()[-2].endswith("Nothing was written.")
    assert many.splitlines()[-1] == f"Next: rem --home {undreamt.path} dream"
    assert "Tuesday 7 October 2025" in many
    assert snapshot(undreamt) == before


def test_output_holds_moments_or_pages_for_the_owner_alone(rem: Rem, lived: Home, tmp_path: Path) -> None:
    moments, pages = tmp_path / "moments.json", tmp_path / "pages.md"
    done = rem("--home", lived.path, "dream", "2025-10-06", "--output", moments)
    assert done.out.startswith("Nothing to dream: 1 day is up to date.")
    assert {each["partition_key"] for each in json.loads(moments.read_text())} == {"2025-10-06"}
    assert stat.S_IMODE(moments.stat().st_mode) == 0o600
    rem("--home", lived.path, "dream", "2025-10-06", "2025-10-07", "--output", pages)
    assert pages.read_text().count("\n# ") + pages.read_text().startswith("# ") == 2
    unasked = rem("--home", lived.path, "dream", "--output", tmp_path / "none.json")
    assert "was not written" in unasked.err
    assert not (tmp_path / "none.json").exists()


def test_a_dry_run_can_be_written_to_a_file(rem: Rem, undreamt: Home, tmp_path: Path) -> None:
    path = tmp_path / "moments.json"
    rem("--home", undreamt.path, "dream", "--dry-run", "--output", path)
    assert len({each["partition_key"] for each in json.loads(path.read_text())}) == 3


def test_days_of_another_version_are_named_and_redone_when_asked(
    rem: Rem, undreamt: Home, store: Store
) -> None:
    dream(undreamt, store, ScriptedEngine(), DreamPlan())
    done = rem("--home", undreamt.path, "dream")
    assert done.out.startswith("Nothing to dream: 3 days are up to date.")
    assert f"rem --home {undreamt.path} dream --other-versions\n" in done.err
    narrow = ["--moment-types", "learning,planning", "--min-duration-minutes", "30"]
    said = rem("--home", undreamt.path, "dream", *narrow).err
    assert f"dream --other-versions {' '.join(narrow)}\n" in said
    assert rem("--home", undreamt.path, "dream", "--other-versions", "--json").json["totals"]["moments"] > 0


def test_every_user_is_dreamt_unless_one_is_named(rem: Rem, home: Home, store: Store) -> None:
    fill(home, store, [*chat_day(0, user="ana"), *chat_day(0, user="ben")])
    one = rem("--home", home.path, "dream", "--user", "ben", *DRY).json["days"]
    assert [each["user_id"] for each in one] == ["ben"]
    both = rem("--home", home.path, "dream", *DRY).json["days"]
    assert [each["user_id"] for each in both] == ["ana", "ben"]


def test_sources_are_pulled_first_unless_told_otherwise(rem: Rem, home: Home, tmp_path: Path) -> None:
    line = {
        "t": "message",
        "id": "1",
        "session_id": "s",
        "role": "user",
        "content": "I shipped the loader.",
        "created_at": "2025-10-06T09:00:00",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    (home.path / "config.toml").write_text(f'[[sources]]\nkind = "jsonl"\npath = "{tmp_path / "a.jsonl"}"\n')
    assert "nothing is recorded there" in rem("--home", home.path, "dream", "--no-sync").out
    done = rem("--home", home.path, "dream")
    assert done.out.startswith("Dreamt 1 day")
    assert "1 new" in done.err


def test_a_source_that_fails_does_not_stop_the_dream(rem: Rem, undreamt: Home, tmp_path: Path) -> None:
    (undreamt.path / "config.toml").write_text('[[sources]]\nkind = "jsonl"\npath = "gone.jsonl"\n')
    done = rem("--home", undreamt.path, "dream")
    assert done.code == 3
    assert "could not be read" in done.err
    assert done.out.startswith("Dreamt 3 days")


def test_dagster_is_said_to_be_missing_where_it_is(
    rem: Rem, undreamt: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rem_dagster.interfaces.cli import launch

    def missing(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named 'dagster'", name="dagster")

    monkeypatch.setattr(launch, "run_dream", missing)
    done = rem("--home", undreamt.path, "dream")
    assert done.code == 1
    assert "Dagster cannot be imported" in done.err


def test_failed_days_end_with_3_or_with_1_where_all_failed() -> None:
    good, bad = (
        DayResult("a", "2025-10-06", "dreamt", moments=2),
        DayResult("a", "2025-10-07", "failed", error="No."),
    )
    unchanged = DayResult("a", "2025-10-08", "unchanged")
    assert exit_code_of_dream([good, unchanged], pulls_failed=False) == 0
    assert exit_code_of_dream([good, bad], pulls_failed=False) == 3
    assert exit_code_of_dream([bad, unchanged], pulls_failed=False) == 1
    assert exit_code_of_dream([good], pulls_failed=True) == 3


def test_a_failed_day_is_told_with_its_reason(
    rem: Rem, undreamt: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [
        DayResult("ines", "2025-10-06", "dreamt", moments=2),
        DayResult("ines", "2025-10-07", "failed", error="The model did not answer."),
    ]
    monkeypatch.setattr(dream_work, "_run_through_dagster", lambda work, tell, tick: tell(results) or results)
    done = rem("--home", undreamt.path, "dream")
    assert done.code == 3
    assert "1 day failed; what they had before is kept." in done.err
    assert "2025-10-07: The model did not answer." in done.err


def test_an_unknown_cost_makes_the_total_unknown() -> None:
    days = [
        DayResult("a", "2025-10-06", "dreamt", cost_usd=0.5),
        DayResult("a", "2025-10-07", "dreamt", cost_usd=None),
    ]
    assert totals_of(days)["cost_usd"] is None
    assert report_as_json(days)["totals"]["cost_usd"] is None  # type: ignore[index]  # a mapping
    assert totals_of(days[:1])["cost_usd"] == 0.5


class StoreWithoutIndex(Store):
    """A store of a process that is killed before it writes the text index."""

    def _merge(self, table: str, rows: pa.Table, delete_where: str | None) -> None:
        if table == "postings" and self.count("moments"):
            raise StoreError("killed")
        super()._merge(table, rows, delete_where)


def test_a_text_index_that_a_killed_dream_left_behind_is_mended_by_the_next(
    rem: Rem, undreamt: Home, store: Store
) -> None:
    with pytest.raises(StoreError, match="killed"):
        dream(undreamt, StoreWithoutIndex(store.uri), OfflineEngine(), DreamPlan())
    assert stale_shards(store)
    assert rem("--home", undreamt.path, "dream").out.startswith("Nothing to dream")
    assert not stale_shards(store)


def test_links_and_rollups_that_a_dream_of_days_alone_left_are_made_by_the_next(
    rem: Rem, undreamt: Home, store: Store
) -> None:
    dream(undreamt, store, OfflineEngine(), DreamPlan())
    assert find_unlinked(store)
    assert rem("--home", undreamt.path, "dream").out.startswith("Nothing to dream")
    assert not find_unlinked(store)
    assert {row["period"] for row in rows(store, "summaries")} == {"day", "week", "month"}


def test_days_that_another_process_dreamt_meanwhile_are_told_as_up_to_date(
    rem: Rem, undreamt: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dreamt_by_another(*_: object, **__: object) -> list[DayResult]:
        return [
            replace(day, status="unchanged")
            for day in dream(undreamt, store, ScriptedEngine(), DreamPlan()).days
        ]

    monkeypatch.setattr("rem_dagster.interfaces.cli.launch.run_dream", dreamt_by_another)
    done = rem("--home", undreamt.path, "dream", "--no-sync")
    assert (done.code, done.out.splitlines()[0]) == (
        0,
        "3 days are up to date: another process dreamt meanwhile.",
    )
