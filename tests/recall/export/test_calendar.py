"""Moments stand in a calendar, always as the same bytes, and never come back as events."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.memory import Memory
from rem_dagster.model.window import Calendar, zone_named
from rem_dagster.recall.export.calendar import calendar_days, calendar_parts, event_of
from rem_dagster.store.database import Store
from tests.recall.export.test_edits import moment as moment_of
from tests.stored import NOON, moment, put

UTC_DAYS = Calendar(zone_named("UTC"))


def written(store: Store) -> bytes:
    days = calendar_days(store, user_id="ann", first=None, last=None)
    parts = calendar_parts(store, days, user_id="ann", calendar=UTC_DAYS)
    return b"".join(part for _, part in parts)


def events(raw: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(raw).walk("VEVENT"))


def test_a_moment_is_an_event_that_keeps_its_id(store: Store) -> None:
    put(store, "moments", {**moment("Built; the, graph", tags=["rust"]), "outcomes": ["Merged"]})
    (event,) = events(written(store))
    assert event["SUMMARY"] == "Built; the, graph"
    assert str(event["UID"]).endswith("@rem-dagster")
    assert event["DTSTART"].dt == NOON
    assert "✓ Merged" in event["DESCRIPTION"]
    assert [str(each) for each in event["CATEGORIES"].cats] == ["Work", "rust"]


def test_two_exports_are_the_same_bytes_of_lines_that_are_short_enough(store: Store) -> None:
    put(store, "moments", moment("é" * 300), moment("Another", at=NOON.replace(day=22)))
    raw = written(store)
    assert written(store) == raw
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_moment_without_length_has_no_end(store: Store) -> None:
    put(store, "moments", moment("At once", hours=0))
    (event,) = events(written(store))
    assert "DTEND" not in event


def test_predictions_and_other_users_are_left_out(store: Store) -> None:
    put(store, "moments", moment("Theirs", user="bob"), {**moment("Later"), "moment_type": "prediction"})
    assert events(written(store)) == []


def test_importing_the_calendar_brings_none_of_it_back(store: Store, tmp_path: Path) -> None:
    put(store, "moments", moment("Mine", at=datetime(2025, 10, 20, 9, tzinfo=UTC)))
    foreign = b"BEGIN:VEVENT\r\nUID:x@y\r\nSUMMARY:Theirs\r\nDTSTART:20251020T090000Z\r\nEND:VEVENT\r\n"
    raw = written(store)
    (tmp_path / "ours.ics").write_bytes(raw)
    (tmp_path / "both.ics").write_bytes(raw.replace(b"END:VCALENDAR", foreign + b"END:VCALENDAR"))
    memory = Memory.open(tmp_path / "home", create=True, flags={"timezone": "UTC"})
    report = memory.import_path(tmp_path / "ours.ics")
    assert (report.new, report.skipped, report.notices) == (0, 1, 0)
    assert memory.import_path(tmp_path / "both.ics").new == 1
    assert memory.store.read("resources", ["name"])["name"].to_pylist() == ["Theirs"]


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=60))
def test_any_text_can_be_read_again(text: str) -> None:
    one = moment_of(name=text, summary=text, outcomes=(text,), tags=(text,))
    made = icalendar.Event.from_ical(event_of(one).to_ical())
    assert str(made["UID"]) == f"{one.id}@rem-dagster"
