"""`rem audit`: what was sent, where, when, for what, and what it cost."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.cache import forget_answers
from rem_dagster.llm.interface import Purpose
from rem_dagster.settings import Home
from tests.interfaces.cli.conftest import Rem
from tests.llm.requests import ask, cached, files_in, request


def send(
    home: Home,
    *,
    days_ago: int = 0,
    user_id: str = "me",
    days: tuple[str, ...] = ("2025-10-06",),
    usd_per_token: float | None = 0.01,
) -> None:
    """A call for a user, so many days before now."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    model, _ = cached(home.cache_path, clock=lambda: at, usd_per_token=usd_per_token)
    purpose = Purpose(user_id, days, ("m1", "m2"))
    ask(model, request(attempt=len(files_in(home.cache_path)), purpose=purpose))


def test_a_home_that_never_sent_anything_says_so(rem: Rem, home: Home) -> None:
    done = rem("--home", home.path, "audit")
    said, after = done.out.splitlines()
    assert (done.code, said) == (0, "Nothing was ever sent to a model from this home.")
    assert after == f"Next: rem --home {home.path} dream --llm MODEL --estimate"
    held = rem("--home", home.path, "audit", "--json").json
    assert held["calls"] == []
    assert held["totals"]["cost_usd"] == 0
    assert not home.cache_path.exists()


def test_every_call_is_told_by_where_when_for_what_and_its_cost(rem: Rem, home: Home) -> None:
    send(home)
    send(home, days=("2025-10-06", "2025-10-07"))
    done = rem("--home", home.path, "audit")
    assert done.code == 0
    head, first, second, _, total, month, _ = done.out.splitlines()
    assert head == "script · scripted · me"
    call = r"  \w{3} [ \d]\d \w{3} \d\d:\d\d  2025-10-06 {6}2 sources {4}3 in, 2 out {11}\$0\.0500"
    assert re.fullmatch(call, first)
    assert "2025-10-06 +1 " in second
    assert total == "The last 30 days: 2 calls, 6 tokens in, 4 out, $0.10"
    assert re.fullmatch(r"\w+ \d{4}: \$0\.10 of a cap of \$5\.00\.", month)
    assert max(map(len, (head, first, second, total, month))) <= 80


def test_days_are_those_of_the_calls_today_included(rem: Rem, home: Home) -> None:
    for ago in (0, 1, 3):
        send(home, days_ago=ago)
    calls = {
        days: len(rem("--home", home.path, "audit", "--days", days, "--json").json["calls"]) for days in "124"
    }
    assert calls == {"1": 1, "2": 2, "4": 3}


def test_what_lies_further_back_is_hinted_at(rem: Rem, home: Home) -> None:
    send(home, days_ago=40)
    out = " ".join(rem("--home", home.path, "audit").out.split())
    assert "Nothing was sent the last 30 days." in out
    assert "audit --days 365" in out


def test_a_user_sees_that_users_calls_and_the_month_is_the_homes(rem: Rem, home: Home) -> None:
    send(home)
    send(home, user_id="ines")
    done = rem("--home", home.path, "audit", "--user", "ines")
    assert "script · scripted · ines" in done.out
    assert "· me" not in done.out
    assert "1 call," in done.out
    assert "$0.10 of a cap" in done.out
    nobody = rem("--home", home.path, "audit", "--user", "nobody").out
    assert "Nothing of user 'nobody' was sent" in nobody


def test_an_unknown_cost_is_null_and_said_never_nothing(rem: Rem, home: Home) -> None:
    send(home)
    send(home, usd_per_token=None)
    out = rem("--home", home.path, "audit").out
    assert "cost ?" in out
    assert "2 calls, 6 tokens in, 4 out, $0.05, and 1 call of unknown cost" in " ".join(out.split())
    assert "of a cap of $5.00, and 1 call of unknown cost." in out
    held = rem("--home", home.path, "audit", "--json").json
    assert [call["cost_usd"] for call in held["calls"]] == [0.05, None]
    assert held["totals"]["cost_usd"] is None
    assert held["month"]["calls_of_unknown_cost"] == 1


def test_programs_get_every_field(rem: Rem, home: Home) -> None:
    send(home)
    (call,) = rem("--home", home.path, "audit", "--json").json["calls"]
    assert call["endpoint"] == "script"
    assert call["days"] == ["2025-10-06"]
    assert (call["source_ids"], call["sources"]) == (["m1", "m2"], 2)
    assert datetime.fromisoformat(call["at"]).tzinfo is not None


def test_a_file_that_cannot_be_read_is_said(rem: Rem, home: Home) -> None:
    send(home)
    send(home)
    files_in(home.cache_path)[0].write_text("{")
    assert "1 file of the cache cannot be read" in " ".join(rem("--home", home.path, "audit").out.split())


def test_a_long_log_is_cut_and_says_so(rem: Rem, home: Home) -> None:
    for _ in range(63):
        send(home)
    done = rem("--home", home.path, "audit")
    assert done.out.startswith("3 earlier calls are not shown: --json has all.")
    assert "63 calls" in done.out
    assert len(rem("--home", home.path, "audit", "--json").json["calls"]) == 63


def test_a_narrow_page_holds_every_call(rem: Rem, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    send(home)
    forget_answers(answers_of(home), ["m1"])
    monkeypatch.setenv("COLUMNS", "44")
    out = rem("--home", home.path, "audit").out
    assert max(map(len, out.partition("Next:")[0].splitlines())) <= 44
    for said in ("2025-10-06", "0 sources", "3 in, 2 out", "$0.05", "were forgotten"):
        assert said in out


def test_its_help_has_an_example_and_wrong_usage_ends_with_2(rem: Rem, tmp_path: Path) -> None:
    shown = rem("audit", "--help")
    assert "\n    rem audit" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert rem("audit", "--days", "0").code == 2
    assert rem("--home", tmp_path / "none", "audit").code == 1
