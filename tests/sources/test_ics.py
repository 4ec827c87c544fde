"""Calendars: each time of an event once, in its own zone, whatever its rule would go on to."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.dream import DreamPlan, dream
from rem_dagster.errors import InputError, SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.model.activity import ResourceItem
from rem_dagster.settings import Home
from rem_dagster.sources.ics import KIND
from rem_dagster.sources.kind import Place
from rem_dagster.sources.kinds import make_source_of, recognise_path
from rem_dagster.sources.source import Problem, Source
from rem_dagster.store.database import Store
from tests.sources.mutations import check_storable, harmed_bytes

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
EVENING = "DTSTART:20260302T190000Z"
ME = ("ines@example.org",)
LISBON = """BEGIN:VTIMEZONE
TZID:Quay Time
BEGIN:STANDARD
DTSTART:19701025T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
"""


def event(*lines: str, uid: str | None = "e1", start: str = "DTSTART:20260302T090000Z") -> str:
    named = [f"UID:{uid}"] if uid else []
    return "\n".join(["BEGIN:VEVENT", *named, start, *lines, "END:VEVENT", ""])


def calendar(*parts: str) -> str:
    return "\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", *(part.rstrip("\n") for part in parts), "END:VCALENDAR", ""]
    )


def source_at(place: Path, *, me: tuple[str, ...] = ME, now: datetime = NOW, **options: object) -> Source:
    return make_source_of(KIND, Place(str(place), me=me, means={"now": lambda: now}), options)


def read(
    root: Path, text: str | bytes, *, me: tuple[str, ...] = ME, **options: object
) -> tuple[list[ResourceItem], list[Problem]]:
    place = root / "calendar.ics"
    place.write_bytes(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode())
    told = list(source_at(place, me=me, **options).read())
    items = [each for each in told if isinstance(each, ResourceItem)]
    return items, [each for each in told if isinstance(each, Problem)]


def only(root: Path, *lines: str, start: str = "DTSTART:20260302T090000Z") -> ResourceItem:
    (item,), problems = read(root, calendar(event(*lines, start=start)))
    assert not problems
    return item


def test_an_event_says_what_when_where_and_with_whom(tmp_path: Path) -> None:
    item = only(
        tmp_path,
        "SUMMARY:Tide review",
        "DTEND:20260302T094500Z",
        "LOCATION:Room 4\\, harbour",
        "DESCRIPTION:Bring the table.\\nNo slides.",
        "ORGANIZER;CN=Ines:mailto:INES@example.org",
        'ATTENDEE;CN="Sousa, Rui":mailto:rui@example.org',
        "ATTENDEE:mailto:ana@example.org",
        "ATTENDEE;CUTYPE=ROOM;CN=Room 4:mailto:room4@example.org",
        "ATTENDEE;PARTSTAT=DECLINED;CN=Bruno:mailto:bruno@example.org",
        "CATEGORIES:Work,Tides",
        "URL:https://example.org/tides",
        "X-GOOGLE-CONFERENCE:https://meet.example.org/abc",
    )
    assert (item.native_id, item.name, item.category) == ("e1", "Tide review", "event")
    assert item.metadata["people"] == ["Sousa, Rui", "ana@example.org"]
    assert item.metadata["location"] == "Room 4, harbour"
    assert item.metadata["conference"] == "https://meet.example.org/abc"
    assert item.metadata["links"] == ["https://example.org/tides", "https://meet.example.org/abc"]
    assert item.content.startswith(
        "Tide review with Sousa, Rui and ana@example.org, Room 4, harbour.\n\nBring the table.\nNo slides."
    )
    assert item.active_start_time == item.created_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert item.active_end_time == datetime(2026, 3, 2, 9, 45, tzinfo=UTC)
    assert item.tags == ("tides", "work")
    assert item.uri == "https://example.org/tides"
    assert (item.trust, item.time_confidence, item.utc_offset_minutes) == ("own", "exact", None)


def test_the_offset_of_the_events_zone_is_kept_also_of_one_that_only_the_file_knows(tmp_path: Path) -> None:
    summer = "DTSTART;TZID=Quay Time:20260330T090000"
    (item,), _ = read(tmp_path, calendar(LISBON, event(start=summer)))
    assert (item.created_at, item.utc_offset_minutes) == (datetime(2026, 3, 30, 8, tzinfo=UTC), 60)
    item = only(tmp_path, start="DTSTART;TZID=America/New_York:20260302T090000")
    assert (item.created_at, item.utc_offset_minutes) == (datetime(2026, 3, 2, 14, tzinfo=UTC), -300)


def test_a_series_keeps_its_local_hour_when_the_clocks_change(tmp_path: Path) -> None:
    weekly = event("RRULE:FREQ=WEEKLY;COUNT=3", start="DTSTART;TZID=Quay Time:20260316T090000")
    items, _ = read(tmp_path, calendar(LISBON, weekly))
    assert [each.created_at.hour for each in items] == [9, 9, 8]
    assert [each.utc_offset_minutes for each in items] == [0, 0, 60]


def test_a_local_time_has_no_zone_and_an_unknown_zone_is_said(tmp_path: Path) -> None:
    assert only(tmp_path, start="DTSTART:20260302T090000").created_at == datetime(2026, 3, 2, 9)
    (item,), (problem,) = read(tmp_path, calendar(event(start="DTSTART;TZID=Mars/Olympus:20260302T090000")))
    assert item.created_at == datetime(2026, 3, 2, 9)
    assert (problem.kind, problem.got) == ("notice", "'Mars/Olympus'")


def test_a_calendars_own_zone_tells_the_clock_of_times_in_utc(tmp_path: Path) -> None:
    items, _ = read(
        tmp_path,
        calendar("X-WR-TIMEZONE:Asia/Tokyo", event(), event(uid="e2", start="DTSTART:20260302T090000")),
    )
    assert [each.utc_offset_minutes for each in items] == [540, 540]
    assert [each.created_at.hour for each in items] == [9, 0]


def test_a_whole_day_is_the_local_day(tmp_path: Path, home: Home, store: Store) -> None:
    start = "DTSTART;VALUE=DATE:20260302"
    item = only(tmp_path, "SUMMARY:Holiday", "DTEND;VALUE=DATE:20260304", start=start)
    assert (item.created_at, item.time_confidence) == (datetime(2026, 3, 2), "assumed_time")
    assert item.active_end_time == datetime(2026, 3, 4)
    import_source(home, store, source_at(tmp_path / "calendar.ics"), user_id="ines", now=NOW)
    (row,) = store.read("resources", ["partition_key", "created_at"]).to_pylist()
    assert (row["partition_key"], row["created_at"].hour) == ("2026-03-02", 12)


@pytest.mark.parametrize(
    ("lines", "ends"),
    [
        (["DURATION:PT90M"], datetime(2026, 3, 2, 10, 30, tzinfo=UTC)),
        (["DTEND:20260302T080000Z"], None),
        ([], None),
    ],
)
def test_an_event_ends_when_it_says_so(tmp_path: Path, lines: list[str], ends: datetime | None) -> None:
    assert only(tmp_path, *lines).active_end_time == ends


def test_a_rule_without_end_is_read_within_the_window_only(tmp_path: Path) -> None:
    daily = calendar(event("RRULE:FREQ=DAILY", start="DTSTART:20000101T090000Z"))
    items, problems = read(tmp_path, daily, past_days=10, future_days=2)
    assert len(items) == 12
    assert max(each.created_at for each in items) == datetime(2026, 4, 2, 9, tzinfo=UTC)
    assert [each.reason for each in problems] == ["began before the window; its earlier times are not read"]


def test_an_event_that_takes_place_once_is_read_however_old_and_not_before_it_is(tmp_path: Path) -> None:
    old = event(uid="old", start="DTSTART:19990101T090000Z")
    planned = event(uid="new", start="DTSTART:20260401T090000Z")
    (item,), (problem,) = read(tmp_path, calendar(old, planned))
    assert item.native_id == "old"
    assert (problem.kind, problem.reason) == ("skipped", "lies in the future")
    items, _ = read(tmp_path, calendar(old, planned), future_days=7)
    assert len(items) == 2


def test_a_series_has_exceptions_moved_times_and_cancelled_ones(tmp_path: Path) -> None:
    series = event("SUMMARY:Stand-up", "RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20260303T090000Z")
    moved = event("SUMMARY:Late", "RECURRENCE-ID:20260304T090000Z", start="DTSTART:20260304T110000Z")
    gone = event("STATUS:CANCELLED", "RECURRENCE-ID:20260305T090000Z", start="DTSTART:20260305T090000Z")
    items, problems = read(tmp_path, calendar(series, moved, gone))
    assert {each.native_id: (each.name, each.created_at.hour) for each in items} == {
        "e1": ("Stand-up", 9),
        "e1/2026-03-04T09:00:00+00:00": ("Late", 11),
        "e1/2026-03-06T09:00:00+00:00": ("Stand-up", 9),
    }
    assert [each.reason for each in problems] == ["was taken out of its series", "is cancelled"]


def test_a_cancelled_event_series_or_file_is_skipped_and_counted(tmp_path: Path) -> None:
    one, many = event("STATUS:CANCELLED"), event("STATUS:CANCELLED", "RRULE:FREQ=DAILY", uid="e2")
    items, problems = read(tmp_path, calendar(one, many))
    assert not items
    assert [each.reason for each in problems] == ["is cancelled", "is cancelled"]
    assert not read(tmp_path, calendar("METHOD:CANCEL", event()))[0]


def test_the_version_of_the_highest_number_wins_in_any_order(tmp_path: Path) -> None:
    versions = [event(f"SUMMARY:v{number}", f"SEQUENCE:{number}") for number in (2, 10, 1)]
    (item,), problems = read(tmp_path, calendar(*versions))
    assert item.name == "v10"
    assert [each.reason for each in problems] == ["is an older version of an event"] * 2


def test_versions_are_also_found_across_the_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.ics").write_text(calendar(event("SUMMARY:new", "SEQUENCE:1")))
    (tmp_path / "b" / "b.ics").write_text(
        calendar("X-WR-CALNAME:Work", event("SUMMARY:old"), event(uid="e2"))
    )
    told = list(source_at(tmp_path).read())
    assert [each.name for each in told if isinstance(each, ResourceItem)] == ["new", "(no title)"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=1",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE=0,1,2,3,4;BYSECOND=0,1,2,3",
        "FREQ=NEVER",
    ],
)
def test_a_hostile_rule_ends_with_a_notice_and_its_first_time(tmp_path: Path, rule: str) -> None:
    began = time.process_time()
    items, problems = read(tmp_path, calendar(event(f"RRULE:{rule}", start="DTSTART:19700101T000000Z")))
    assert time.process_time() - began < 5
    assert len(items) <= 1
    assert problems


def test_rules_that_take_too_long_are_not_followed_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rem_dagster.sources.ics_series.RULE_SECONDS", -1.0)
    (item,), (problem, *_) = read(tmp_path, calendar(event("RRULE:FREQ=DAILY")))
    assert item.created_at.day == 2
    assert problem.got == "the rules before it took too long"


def test_a_time_zone_with_a_rule_without_sense_does_not_hang(tmp_path: Path) -> None:
    zone = LISBON.replace("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=SECONDLY").replace("Quay", "Bad")
    (item,), problems = read(tmp_path, calendar(zone, event(start="DTSTART;TZID=Bad Time:20260302T090000")))
    assert item.created_at.tzinfo is None
    assert len(problems) == 2


def test_a_description_in_html_is_read_as_text(tmp_path: Path) -> None:
    html = '<html><style>p {}</style><p>One &amp; two</p><ul><li>A</li><li>B</li></ul><a href="https://e.org">here</a>'
    item = only(tmp_path, f"DESCRIPTION:{html}")
    assert item.content == "(no title).\n\nOne & two\n\n- A\n\n- B\n\nhere"
    assert only(tmp_path, "DESCRIPTION:a < b and c > d").content.endswith("a < b and c > d")


def test_an_event_of_others_is_third_party_and_who_i_am_must_be_known_for_that(tmp_path: Path) -> None:
    theirs = calendar(event("ORGANIZER;CN=Rui:mailto:rui@example.org", "ATTENDEE:mailto:ines@example.org"))
    (item,), problems = read(tmp_path, theirs)
    assert (item.trust, item.metadata["people"], problems) == ("third_party", ["Rui"], [])
    _, (problem,) = read(tmp_path, theirs, me=())
    assert "me = [...]" in problem.reason


def test_of_very_many_people_the_first_are_named(tmp_path: Path) -> None:
    item = only(
        tmp_path, "SUMMARY:Party!", *(f"ATTENDEE:mailto:p{number}@example.org" for number in range(500))
    )
    assert item.content.startswith("Party! with p0@example.org, p1@")
    assert item.content.endswith("p19@example.org and 480 more.")
    assert only(tmp_path, "SUMMARY:Party!").content == "Party!"


def test_an_event_that_i_declined_is_skipped(tmp_path: Path) -> None:
    declined = event("ORGANIZER:mailto:rui@example.org", "ATTENDEE;PARTSTAT=DECLINED:mailto:ines@example.org")
    items, (problem,) = read(tmp_path, calendar(declined))
    assert not items
    assert problem.reason == "was declined"


def test_a_broken_event_fails_alone(tmp_path: Path) -> None:
    text = calendar(
        event(uid="ok"),
        event(uid="no-time", start="X-NOTHING:1"),
        event(uid="odd", start="DTSTART:soon"),
        event("RECURRENCE-ID:again", uid="again"),
        event(uid="ancient", start="DTSTART:00010101T000000Z"),
        event("RRULE:FREQ=DAILY;UNTIL=whenever", uid="until"),
        event(uid=None),
        "BEGIN:VTODO\nUID:t\nEND:VTODO",
        "BEGIN:VEVENT\nUID:cut\nDTSTART:20260302T090000Z",
    ).replace("END:VCALENDAR\n", "")
    items, problems = read(tmp_path, text)
    assert "ok" in {each.native_id for each in items}
    reasons = [each.reason for each in problems]
    assert reasons.count("is missing or no time") == 2
    assert "has a year outside 1900 to 2199" in reasons
    assert "is no time" in reasons
    assert reasons.count("cannot be read; it was left out") == 1
    assert "is a task, no event" in reasons
    assert "is cut off: it does not end" in reasons
    assert "is missing; what it says was taken for its id" in reasons


@pytest.mark.parametrize("zone", ["[" * 600, "Europe", "../Europe", "/etc/passwd"])
def test_a_zone_that_is_no_name_of_one_ends_with_a_problem(tmp_path: Path, zone: str) -> None:
    _, problems = read(tmp_path, calendar(event(start=f"DTSTART;TZID={zone}:20260302T090000")))
    assert problems
    read(tmp_path, calendar(f"X-WR-TIMEZONE:{zone}", event()))


def test_long_ids_are_unfolded_and_an_alarms_id_is_not_the_events(tmp_path: Path) -> None:
    alarm = "BEGIN:VALARM\nUID:alarm\nTRIGGER:-PT10M\nEND:VALARM"
    (item,), _ = read(tmp_path, calendar(event(alarm, "UID:abc\n def", uid=None)))
    assert item.native_id == "abcdef"


@pytest.mark.parametrize("text", [b"", b"\0\0\0", b"PK\x03\x04", "plain text", calendar()])
def test_what_holds_no_event_says_so(tmp_path: Path, text: str | bytes) -> None:
    items, problems = read(tmp_path, text)
    assert not items
    assert "there are no events in it: looked for BEGIN:VEVENT" in [each.reason for each in problems]


def test_a_place_that_is_not_there_and_an_option_that_makes_no_sense_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        list(source_at(tmp_path / "gone.ics").read())
    with pytest.raises(InputError, match="past_days"):
        source_at(tmp_path, past_days=-1)


def test_a_second_import_finds_all_unchanged_and_a_changed_event_replaces_its_row(
    tmp_path: Path, home: Home, store: Store
) -> None:
    place = tmp_path / "calendar.ics"
    series = event("SUMMARY:Stand-up", "RRULE:FREQ=DAILY;COUNT=3")

    def load(text: str, now: datetime = NOW) -> tuple[int, int, int]:
        place.write_text(text)
        report = import_source(home, store, source_at(place, now=now), user_id="ines", now=now)
        return report.new, report.updated, report.unchanged

    one = event("SUMMARY:Talk", uid="e2")
    assert load(calendar(series, one)) == (4, 0, 0)
    assert load(calendar(series, one), NOW + timedelta(days=3)) == (0, 0, 4)
    assert load(
        calendar(series, event("SUMMARY:Talk, later", uid="e2", start="DTSTART:20260305T090000Z"))
    ) == (0, 1, 3)
    rows = store.read("resources", ["native_id", "partition_key", "name"]).to_pylist()
    assert [(row["partition_key"], row["name"]) for row in rows if row["native_id"] == "e2"] == [
        ("2026-03-05", "Talk, later")
    ]
    assert load(calendar(series)) == (0, 0, 3)
    assert store.count("resources") == 4, "what is missing is not deleted"
    assert load(calendar(one.replace("e2", "e1"), one)) == (0, 2, 0), (
        "a series that became one event is that event"
    )


DAILY = ("SUMMARY:Stand-up", "RRULE:FREQ=DAILY;COUNT=4")
SECOND, FOURTH = "e1/2026-03-03T09:00:00+00:00", "e1/2026-03-05T09:00:00+00:00"
MOVED = ("RECURRENCE-ID:20260303T090000Z", "SEQUENCE:2")


@pytest.mark.parametrize(
    ("later", "gone"),
    [
        (event("STATUS:CANCELLED", "SEQUENCE:1", uid="e2"), {"e2"}),
        (event("METHOD:PUBLISH", uid="e2", start="DTSTART:20270305T090000Z"), {"e2"}),
        (event("ATTENDEE;PARTSTAT=DECLINED:mailto:ines@example.org", uid="e2"), {"e2"}),
        (event(*DAILY, "STATUS:CANCELLED"), {"e1", SECOND, "e1/2026-03-04T09:00:00+00:00", FOURTH}),
        (event(*DAILY, "EXDATE:20260303T090000Z"), {SECOND}),
        (event(*DAILY) + event(*MOVED, "STATUS:CANCELLED"), {SECOND}),
        (event(*MOVED, "STATUS:CANCELLED"), {SECOND}),
        (event("SUMMARY:Stand-up", "RRULE:FREQ=DAILY;COUNT=3"), {FOURTH}),
        (event(*DAILY, "EXDATE:20260302T090000Z"), {"e1"}),
        (event(*DAILY) + event(uid="e2"), set()),
        (event("SUMMARY:Stand-up", "RRULE:FREQ=HOURLY;BYMINUTE=1,2,3"), set()),
        (event(uid="e3"), set()),
        (event("DTEND:nonsense", "RRULE:nonsense", uid="e1"), set()),
    ],
)
def test_what_a_calendar_takes_back_goes_and_what_it_only_lacks_stays(
    tmp_path: Path, home: Home, store: Store, later: str, gone: set[str]
) -> None:
    place = tmp_path / "calendar.ics"

    def load(text: str) -> ImportReport:
        place.write_text(calendar(text))
        return import_source(home, store, source_at(place), user_id="ines", now=NOW)

    def held() -> set[str]:
        return set(store.read("resources", ["native_id"])["native_id"].to_pylist())

    load(event(*DAILY) + event(uid="e2"))
    before = held()
    assert len(before) == 5
    report = load(later)
    assert before - held() == gone
    assert report.removed == len(gone)
    assert load(later).removed == 0
    load(event(*DAILY) + event(uid="e2"))
    assert before <= held(), "what takes place after all comes in again"


def test_a_day_without_its_cancelled_event_is_dreamt_again(tmp_path: Path, home: Home, store: Store) -> None:
    place = tmp_path / "calendar.ics"
    stays = event("SUMMARY:Lunch with Ruth", uid="e2")
    for status, moments in (("CONFIRMED", 2), ("CANCELLED", 1)):
        place.write_text(calendar(event("SUMMARY:Dentist", f"STATUS:{status}", start=EVENING), stays))
        report = import_source(home, store, source_at(place), user_id="ines", now=NOW)
        assert report.days == ("2026-03-02",)
        dream(home, store, OfflineEngine(), DreamPlan())
        names = store.read("moments", ["name"])["name"].to_pylist()
        assert len(names) == moments
    assert not any("Dentist" in name for name in names)


def test_the_events_of_another_calendar_with_an_account_of_its_own_stay(
    tmp_path: Path, home: Home, store: Store
) -> None:
    place = tmp_path / "calendar.ics"
    for account, status in (("work", "CONFIRMED"), ("home", "CONFIRMED"), ("work", "CANCELLED")):
        place.write_text(calendar(event(f"STATUS:{status}")))
        source = make_source_of(KIND, Place(str(place), account, me=ME, means={"now": lambda: NOW}))
        import_source(home, store, source, user_id="ines", now=NOW)
    assert store.count("resources") == 1


def test_the_fingerprint_changes_with_the_files_the_options_and_the_day(tmp_path: Path) -> None:
    place = tmp_path / "a.ics"
    place.write_text(calendar(event()))
    first = source_at(place).fingerprint()
    assert source_at(place, now=NOW + timedelta(hours=1)).fingerprint() == first
    others = [
        source_at(place, now=NOW + timedelta(days=1)).fingerprint(),
        source_at(place, past_days=5).fingerprint(),
        source_at(place, me=()).fingerprint(),
    ]
    place.write_text(calendar(event("SUMMARY:x")))
    others.append(source_at(place).fingerprint())
    assert first not in others
    assert len(set(others)) == 4


def test_files_and_folders_of_calendars_are_recognised_and_vaults_stay_vaults(tmp_path: Path) -> None:
    (tmp_path / "a.ICS").write_text(calendar(event()))
    for path in (tmp_path, tmp_path / "a.ICS"):
        assert recognise_path(path).kind.name == "ics"  # type: ignore[union-attr]
    (tmp_path / "note.md").write_text("A note")
    assert recognise_path(tmp_path).kind.name == "markdown"  # type: ignore[union-attr]


SAMPLE = calendar(
    "X-WR-CALNAME:Work",
    LISBON,
    event("SUMMARY:One", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=9", "EXDATE;TZID=Quay Time:20260309T090000",
          "DURATION:PT1H", start="DTSTART;TZID=Quay Time:20260302T090000"),
    event("RECURRENCE-ID;TZID=Quay Time:20260316T090000", "SEQUENCE:2", start="DTSTART:20260316T110000Z"),
    event("ORGANIZER;CN=Rui:mailto:rui@e.org", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.c", "CATEGORIES:A,B",
          "DESCRIPTION:<p>x</p>", "URL:https://e.org", uid="e2", start="DTSTART;VALUE=DATE:20260302"),
    event("RDATE;VALUE=PERIOD:20260305T090000Z/PT1H,20260306T090000Z/20260306T100000Z", uid="e3"),
)  # fmt: skip
ODD_LINES = (
    "RRULE:FREQ=DAILY;INTERVAL=0",
    "RRULE:FREQ=MONTHLY;BYDAY=9999MO",
    "RRULE:",
    "RRULE:FREQ=DAILY;FREQ=WEEKLY",
    "DTSTART:",
    "DTSTART;VALUE=DATE:20260302T090000Z",
    "DTSTART:99991231T235959Z",
    "DTEND;VALUE=PERIOD:20260305T090000Z/PT1H",
    "DURATION:-P99999999W",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20260309T090000Z",
    "RECURRENCE-ID;VALUE=DATE:20260309",
    "EXDATE:19700101",
    "RDATE:20260304T090000",
    "SEQUENCE:many",
    "ATTENDEE;CN=;PARTSTAT=:",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:",
    "X-WR-TIMEZONE:../../etc/passwd",
    "TZOFFSETTO:+9999",
    " folded",
    ":",
    "\0",
)


@given(data=st.data())
def test_no_broken_calendar_stops_the_reading(tmp_path: Path, data: st.DataObject) -> None:
    lines = SAMPLE.splitlines()
    for _ in range(data.draw(st.integers(0, 5))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                lines.insert(at, data.draw(st.sampled_from(ODD_LINES)))
            case 1:
                lines[at] = data.draw(st.sampled_from(lines))
            case 2:
                del lines[at]
            case _:
                name, sign, value = lines[at].partition(":")
                odd = data.draw(st.sampled_from(["", "x" * 500, "-1", "20260302", value + value, "\ud800"]))
                lines[at] = f"{name}{sign}{odd}"
        lines = lines or ["BEGIN:VCALENDAR"]
    text = "\n".join(lines).encode("utf-8", "replace")
    items, problems = read(tmp_path, data.draw(harmed_bytes(text)), me=data.draw(st.sampled_from([ME, ()])))
    check_storable([*items, *problems])
