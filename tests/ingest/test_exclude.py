"""The private mark, rules of exclusion, and pauses."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import InputError, SettingsError
from rem_dagster.ingest.adding import add_message
from rem_dagster.ingest.exclude import (
    BY_CHANNEL,
    BY_HOUR,
    BY_PATH,
    BY_PERSON,
    BY_SESSION,
    IN_PAUSE,
    holds,
    without_private,
)
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.pausing import pause
from rem_dagster.ingest.recognise import make_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.settings import Home, hours_of, open_home
from rem_dagster.store.database import Store
from tests.activity import ListSource
from tests.ingest.items import NINE, NOW, new_home, page, put, said, talk
from tests.sources import test_chatgpt as g
from tests.sources import test_claude_ai as c
from tests.sources import test_slack as s
from tests.sources.exports import zipped
from tests.sources.test_markdown import write
from tests.sources.test_transcript import CALL


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a <private>b</private> c", "a  c"),
        ("<private>b\n\nc</private>", ""),
        ("a <Private>b</PRIVATE> c <private>d", "a  c "),
        ("the mark `<private>` hides text", "the mark `<private>` hides text"),
        ("no mark, 1 < 2", "no mark, 1 < 2"),
        ("<privateer>", "<privateer>"),
    ],
)
def test_what_is_marked_is_taken_out_and_an_open_mark_reaches_to_the_end(text: str, kept: str) -> None:
    assert without_private(text) == kept


def excluding(home: Home, **rules: object) -> Home:
    """The home with these rules in its config.toml."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in rules.items()]
    (home.path / "config.toml").write_text("\n".join(["[exclude]", *lines]) + "\n")
    return open_home(home.path)


def left_out(report: ImportReport) -> dict[str, int]:
    return {reason: count for (kind, _, reason), count in report.reasons.items() if kind == "skipped"}


def test_notes_are_left_out_by_path_with_all_that_lies_below(home: Home, store: Store) -> None:
    home = excluding(home, paths=["**/clients", "diary.md"])
    paths = ("work/clients/a/b.md", "diary.md", "work/clients.md", "a.md")
    report = put(home, store, *(page("x", native_id=each, metadata={"path": each}) for each in paths))
    assert left_out(report) == {BY_PATH: 2}
    assert sorted(store.read("resources")["native_id"].to_pylist()) == ["a.md", "work/clients.md"]


def test_a_commit_is_left_out_where_all_its_files_are(home: Home, store: Store) -> None:
    home = excluding(home, paths=["clients"])
    files = {"a": ["clients/x.py"], "b": ["clients/x.py", "README.md"], "c": []}
    report = put(home, store, *(page(n, native_id=n, metadata={"files": each}) for n, each in files.items()))
    assert left_out(report) == {BY_PATH: 1}


def test_a_source_in_an_excluded_place_gives_nothing(home: Home, store: Store) -> None:
    home = excluding(home, paths=["/work/secret"])
    source = ListSource((said(1), page("x")), "/work/secret/vault")
    report = import_source(home, store, source, user_id="ines", now=NINE)
    assert left_out(report) == {BY_PATH: 2}


def test_a_conversation_in_an_excluded_folder_is_left_out_with_all_its_messages(
    home: Home, store: Store
) -> None:
    home = excluding(home, paths=["/home/ana/secret"])
    where = {"cwd": "/home/ana/secret/app"}
    report = put(home, store, talk("s", metadata=where), said(1), said(2), talk("t"), said(3, session="t"))
    assert left_out(report) == {BY_PATH: 1, BY_SESSION: 2}
    assert store.read("messages")["native_id"].to_pylist() == ["m3"]
    assert store.count("sessions") == 1


def test_channels_and_people_are_left_out_whatever_their_spelling(home: Home, store: Store) -> None:
    home = excluding(home, channels=["#Random", "dm-*"], people=["dr.  weiss", "ana@example.org"])
    report = put(
        home,
        store,
        said(1, metadata={"channel": "random"}),
        said(2, metadata={"channel": "#dm-bruno"}),
        said(3, metadata={"channel": "general"}),
        said(4, author="Dr. Weiss"),
        page("meeting", native_id="e", metadata={"people": ["Bruno", "ANA@example.org"]}),
        page("a note on Dr. Weiss", native_id="n"),
    )
    assert left_out(report) == {BY_CHANNEL: 2, BY_PERSON: 2}
    assert store.read("messages")["native_id"].to_pylist() == ["m3"]
    assert store.read("resources")["native_id"].to_pylist() == ["n"]


def test_what_each_kind_of_source_says_of_its_items_is_what_the_rules_go_by(
    home: Home, store: Store, tmp_path: Path
) -> None:
    home = excluding(
        home,
        paths=["**/clients/**"],
        channels=["random", "Garden", "g-p-1"],
        people=["Dr. Weiss", "Ana Lima"],
    )
    notes = {"a.md": "x", "clients/b.md": "x", "c.md": "---\npeople: ['[[Weiss|Dr. Weiss]]']\n---\nx"}
    for place, text in notes.items():
        write(tmp_path / "notes", place, text)
    write(tmp_path / "calls", "clients/2026-03-02 14.00.00 call.vtt", CALL)
    chats = [c.conversation(c.said("q"), project={"name": "Garden"}), c.conversation(c.said("r"), uuid="c2")]
    asked = g.conversation(g.node("q", "root"), gizmo_id="g-p-1")
    random = {"id": "C2", "name": "random"}
    slack = s.files(s.said(user="U2"), s.said(user="U1", ts="1772614801.0001"))
    slack |= {"channels.json": [*s.CHANNELS, random], "random/2026-03-04.json": [s.said(user="U1")]}
    left = {
        "markdown": tmp_path / "notes",
        "transcript": tmp_path / "calls",
        "claude-ai": zipped(tmp_path / "claude.zip", {"conversations.json": chats}),
        "chatgpt": zipped(tmp_path / "gpt.zip", {"conversations.json": [asked]}),
        "slack": zipped(tmp_path / "slack.zip", slack),
    }
    new = {}
    for kind, place in left.items():
        source = make_source(kind, place, home=home)
        new[kind] = import_source(home, store, source, user_id="ines", now=NOW).new
    # of a conversation that stays, and of Slack's other channel, there is also the session
    assert new == {"markdown": 1, "transcript": 0, "claude-ai": 2, "chatgpt": 0, "slack": 2}


def test_hours_are_local_and_may_go_over_midnight(store: Store, tmp_path: Path) -> None:
    home, store = new_home(tmp_path / "h", zone="Asia/Kolkata")
    home = excluding(home, hours=["22:00-06:00"])
    clocks = {1: (16, 29), 2: (16, 30), 3: (0, 29), 4: (0, 30)}  # 21:59, 22:00, 05:59, 06:00 there
    at = {n: datetime(2024, 5, 2, hour, minute, tzinfo=UTC) for n, (hour, minute) in clocks.items()}
    dated = page("x", native_id="d", at=datetime(2024, 5, 2), time_confidence="assumed_time")
    report = put(home, store, *(said(n, at=each) for n, each in at.items()), dated)
    assert left_out(report) == {BY_HOUR: 2}
    assert sorted(store.read("messages")["native_id"].to_pylist()) == ["m1", "m4"]


def test_a_pause_keeps_its_time_out_for_ever_and_the_text_of_no_one_else(home: Home, store: Store) -> None:
    pause(home, now=NINE, until=NINE + timedelta(hours=2))
    inside = [said(1), page("x", edited=NINE + timedelta(minutes=5), at=NINE - timedelta(days=3))]
    outside = [said(2, at=NINE - timedelta(seconds=1)), said(3, at=NINE + timedelta(hours=2))]
    report = put(home, store, *inside, *outside)
    assert left_out(report) == {IN_PAUSE: 2}
    assert sorted(store.read("messages")["native_id"].to_pylist()) == ["m2", "m3"]
    assert store.count("resources") == 0


def test_what_is_excluded_cannot_be_added_either(home: Home, store: Store) -> None:
    pause(home, now=NINE, until=NINE + timedelta(hours=2))
    with pytest.raises(InputError, match=r"off the record.*Nothing was changed"):
        add_message(home, store, user_id="ines", session_id="s", role="user", content="x", now=NINE)
    assert store.count("messages") == 0


def test_rules_look_at_what_comes_in_and_leave_what_is_stored(home: Home, store: Store) -> None:
    put(home, store, said(1, metadata={"channel": "random"}))
    put(excluding(home, channels=["random"]), store, said(1, text="new", metadata={"channel": "random"}))
    assert store.read("messages")["content"].to_pylist() == ["line 1"]


@pytest.mark.parametrize("span", ["22-6-7", "25:00-26:00", "noon", "06:00-06:00"])
def test_hours_that_are_none_are_named(home: Home, span: str) -> None:
    with pytest.raises(SettingsError, match="span of the day"):
        excluding(home, hours=[span])


@given(
    at=st.times(),
    start=st.integers(0, 23),
    length=st.integers(1, 24),
)
def test_an_hour_is_in_a_span_as_often_as_the_span_is_long(at: time, start: int, length: int) -> None:
    first, last = f"{start:02}:00", f"{(start + length) % 24 or 24:02}:00"
    inside = (at.hour - start) % 24 < length
    start_at, end_at = hours_of(f"{first}-{last}") if first != last else (time(start), time(start))
    assert holds(start_at, end_at, at) == inside
