"""What does the page of a day show, in each state?"""

from datetime import timedelta
from pathlib import Path

import pytest

from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.recall.journal.day import PART
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.interfaces.web.days import DAY, Elements, a_day, at, dreamt, journal_of
from tests.stored import message, moment, put


def page(home: Home, path: str = "/day/2025-10-20", **more: object) -> Elements:
    """A page as it is read."""
    answer = journal_of(home, **more).get(path)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return Elements(answer.text)


def test_a_day_is_read_from_its_summary_to_how_it_was_made(home: Home, store: Store) -> None:
    a_day(store)
    text = page(home).text
    told = (
        *("Monday", "20 October 2025", "The slow build was fsync.", "2 moments from 1 message and 1 note"),
        *("2 h 30", "every quote found in its source", "Work", "09:00–11:00", "felt frustrated"),
        *("“", "Found", "From 1 message and 1 note", "3 h with nothing recorded", "Reflection"),
        *("How this day was made", "the offline engine, without a model", "recipe 01234567"),
    )
    assert [each for each in told if each.strip("“") not in text] == []


def test_headings_times_and_moments_have_their_elements(home: Home, store: Store) -> None:
    first, _ = a_day(store)
    found = page(home)
    names = [name for name, _ in found.elements]
    assert names.count("h1") == 1
    assert ("article", {"id": f"m-{first}", "class": "m k-work-session"}) in found.elements
    assert "2025-10-20" in found.values("time", "datetime")
    assert "2025-10-20T09:00+00:00" in found.values("time", "datetime")


def test_a_quote_leads_to_its_source_in_its_context(home: Home, store: Store) -> None:
    a_day(store)
    said = store.read("messages", ["id"])["id"].to_pylist()[0]
    assert f"/item/messages/{said}" in page(home).values("a", "href")


def test_a_title_from_right_to_left_does_not_turn_the_time_behind_it(home: Home, store: Store) -> None:
    a_day(store, text="שלום עולם")
    tags = [tag for tag, _ in page(home).elements]
    assert "bdi" in tags[tags.index("cite") : tags.index("cite") + 3]


def test_a_tag_leads_to_a_search(home: Home, store: Store) -> None:
    put(store, "messages", message("x", at=at(9)))
    put(store, "moments", moment("One", at=at(9), tags=["c++ & more"]))
    assert "/search?q=%23c%2B%2B+%26+more" in page(home).values("a", "href")


def test_a_feeling_without_a_quote_is_not_told(home: Home, store: Store) -> None:
    put(store, "messages", message("x", at=at(9)))
    put(store, "moments", moment("One", at=at(9), emotions=["angry"]))
    assert "felt" not in page(home).text


def test_the_days_before_and_after_are_those_that_hold_something(home: Home, store: Store) -> None:
    for days in (-9, 0, 30):
        put(store, "messages", message("x", at=at(9) + timedelta(days=days)))
    found = page(home)
    assert found.values("link", "href")[-2:] == ["/day/2025-10-11", "/day/2025-11-19"]
    assert "Sat 11 Oct" in found.text


def test_the_first_page_is_the_latest_day_that_holds_something(home: Home, store: Store) -> None:
    a_day(store)
    assert "20 October 2025" in page(home, "/").text


def test_a_moment_s_address_leads_to_its_place(home: Home, store: Store) -> None:
    first, _ = a_day(store)
    assert journal_of(home).get(f"/moment/{first}").headers["location"] == f"/day/2025-10-20#m-{first}"
    assert journal_of(home).get("/moment/none").status_code == 404


def test_an_announced_moment_has_an_address_too(home: Home, store: Store) -> None:
    a_day(store)
    put(store, "moments", moment("The release", at=at(9)) | {"moment_type": "prediction", "id": "p"})
    client = journal_of(home)
    assert client.get("/moment/p").headers["location"] == "/day/2025-10-20#m-p"
    assert 'id="m-p"' in client.get("/day/2025-10-20").text
    assert journal_of(home, user="bob").get("/moment/p").status_code == 404


def test_an_empty_home_says_how_to_begin(home: Home, store: Store) -> None:
    assert "Nothing here yet" in page(home, "/").text
    assert "Nothing here yet" in page(home).text


def test_an_empty_journal_tells_what_lies_on_this_machine(
    home: Home, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "none"))
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "one.md").write_text("One.", encoding="utf-8")
    assert "/found" in [attrs.get("hx-get") for _, attrs in page(home, "/").elements]
    assert f"rem import markdown {notes}" in page(home, "/found").text
    a_day(store)
    assert journal_of(home).get("/found").text == ""


def test_today_has_a_line_where_it_is_now(home: Home, store: Store) -> None:
    put(store, "messages", message("x", at=at(7) + timedelta(days=2)))
    assert "nowline" in page(home, "/day/2025-10-22").values("line", "class")
    a_day(store)
    assert "nowline" not in page(home).values("line", "class")


def test_an_empty_day_names_the_nearest(home: Home, store: Store) -> None:
    a_day(store)
    found = page(home, "/day/2025-10-19")
    assert "Nothing was recorded on 19 October 2025" in found.text
    assert "/day/2025-10-20" in found.values("a", "href")


def test_a_day_to_come_is_said_to_be(home: Home, store: Store) -> None:
    a_day(store)
    assert "is still to come" in page(home, "/day/2025-10-25").text


def test_a_day_that_was_not_dreamt_can_be(home: Home, store: Store) -> None:
    put(store, "messages", message("x", at=at(9)), message("y", at=at(10)))
    found = page(home)
    assert "Not dreamt yet" in found.text
    assert "2 messages wait" in found.text
    assert "/dream/2025-10-20" in found.values("form", "action")


def test_a_journal_to_be_read_names_the_command_in_place_of_a_form(home: Home, store: Store) -> None:
    put(store, "messages", message("x", at=at(9)))
    found = page(home, safety=Safety(is_readonly=True))
    assert found.values("form", "action") == ["/search"]
    assert "rem dream 2025-10-20" in found.text


def test_what_came_in_since_is_counted(home: Home, store: Store) -> None:
    a_day(store)
    put(store, "messages", message("late", at=at(20)))
    found = page(home)
    assert "1 item arrived after this was made" in found.text
    assert "The slow build was fsync." in found.text


def test_a_change_that_adds_nothing_is_told_too(home: Home, store: Store) -> None:
    a_day(store)
    first = store.read("messages").to_pylist()[0]
    put(store, "messages", first | {"content_hash": 7})
    assert "This day changed after its page was made" in page(home).text


def test_a_failed_day_says_why_and_what_is_kept(home: Home, store: Store) -> None:
    a_day(store)
    dreamt(store, status="failed", error="The model did not answer (429, quota)")
    text = page(home).text
    assert "did not finish" in text
    assert "429, quota" in text
    assert "What the day had before is kept below" in text


def test_a_dream_that_was_killed_is_told(home: Home, store: Store) -> None:
    a_day(store)
    dreamt(store, status="writing")
    assert "stopped while it was written" in page(home).text


def test_claims_that_were_held_back_are_listed_with_their_reasons(home: Home, store: Store) -> None:
    a_day(store)
    dreamt(
        store, quarantine=[{"kind": "outcome", "text": "Shipped for Windows", "reason": "not in its source"}]
    )
    text = page(home).text
    assert "1 held back" in text
    assert "Shipped for Windows" in text
    assert "outcome: not in its source" in text


def test_what_a_day_announces_stands_apart(home: Home, store: Store) -> None:
    a_day(store)
    ahead = moment("The release", at=at(9)) | {"moment_type": "prediction", "confidence": 0.7, "id": "p"}
    put(store, "moments", ahead)
    text = page(home).text
    assert "Announced for the next day" in text
    assert "70% sure" in text
    assert "2 moments" in text


@pytest.mark.parametrize(
    "path",
    [
        "/day/2025-13-01",
        "/day/20251020",
        "/day/2025-W43-1",
        "/day/0001-01-01",
        "/day/x",
        "/week/2025-W54",
        "/month/2025-13",
        "/year/99999",
        "/year/0",
    ],
)
def test_an_address_that_names_no_day_is_said_to_be(home: Home, store: Store, path: str) -> None:
    answer = journal_of(home).get(path)
    assert answer.status_code == 404
    assert "That cannot be shown" in answer.text
    assert "is called like" in answer.text


@pytest.mark.runs
def test_a_day_of_very_many_moments_and_messages_has_several_short_pages(home: Home, store: Store) -> None:
    put(store, "messages", *(message(f"m{n}", at=at(n / 210)) for n in range(5_000)))
    sources = store.read("messages", ["id"])["id"].to_pylist()
    long = "a word of a sentence that goes on " * 60
    rows = [
        moment(
            f"Moment {n} {long}"[:900],
            at=at(n / 17),
            hours=0.1,
            summary=long,
            tags=[f"t{k}-{long}"[:400] for k in range(9)],
        )
        | {
            "outcomes": [f"{k} {long}" for k in range(9)],
            "evidence": [{"source_id": sources[n], "quote": f"{k} {long}"} for k in range(20)],
        }
        for n in range(400)
    ]
    put(store, "moments", *rows)
    client = journal_of(home)
    pages = [client.get(f"/day/2025-10-20?part={part}") for part in range(1, 11)]
    assert max(len(each.content) for each in pages) < 300_000
    shown = [Elements(each.text).text.count("18 more quotes of this moment") for each in pages]
    assert sum(shown) == 400
    assert shown[0] == PART
    last = store.read("moments", ["id", "start_time"]).sort_by("start_time")["id"].to_pylist()[-1]
    assert client.get(f"/moment/{last}").headers["location"] == f"/day/2025-10-20?part=10#m-{last}"
    assert client.get("/day/2025-10-20?part=99").text == pages[-1].text
    assert client.get("/day/2025-10-20?part=x").text == pages[0].text


def test_a_day_can_be_copied_as_markdown(home: Home, store: Store) -> None:
    a_day(store, text="Fixed *it* <b>")
    answer = journal_of(home).get(f"/day/{DAY}.md")
    assert answer.headers["content-type"].startswith("text/markdown")
    assert answer.text.startswith("# Monday 20 October 2025\n\nFixed \\*it\\* \\<b\\>\n\n## 09:00–11:00 ")
    assert "> “Fixed \\*it\\* \\<b\\> I am frustrated.”" in answer.text


def test_a_copy_of_a_day_has_the_moments_of_all_its_parts(home: Home, store: Store) -> None:
    put(store, "messages", message("said", at=at(1)))
    put(store, "moments", *(moment(f"Moment {n}", at=at(n / 4), hours=0.1) for n in range(PART + 5)))
    text = journal_of(home).get(f"/day/{DAY}.md").text
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("## ")] == [
        str(n) for n in range(PART + 5)
    ]
