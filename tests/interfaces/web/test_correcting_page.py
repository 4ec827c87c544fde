"""A day is corrected and dreamt from its page."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from rem_dagster.dreaming.dream import DayResult, DreamReport
from rem_dagster.dreaming.watched import Progress, dream_day
from rem_dagster.errors import HomeBusyError, ModelError
from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.costs import cost_words, most_offered
from rem_dagster.interfaces.web.dreams import Dreaming, Dreams
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.interfaces.web.veil import Veil
from rem_dagster.llm.interface import Forecast
from rem_dagster.memory import Memory
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.filters import equals
from tests.interfaces.web.days import Elements
from tests.lives import LIVES

DAY = date(2026, 11, 18)
SAID = (
    ("talk", 9, "I planned the release with Priya. We moved it to Thursday."),
    ("talk", 10, "Priya takes the loader. I wrote the notes for the release."),
    ("build", 14, "I built the graph. The build waited on the disk."),
    ("build", 15, "I found the cause: fsync. I fixed the writer and it took 51 s."),
)


def at(hour: int) -> datetime:
    return datetime(2026, 11, 18, hour, tzinfo=UTC)


def say(memory: Memory) -> None:
    for name, hour, text in SAID:
        memory.add_message(text, session=name, created_at=at(hour), author="Ann")


@pytest.fixture
def memory(home: Home, store: Store) -> Memory:
    LIVES.step(home, store, [__name__, "said"], lambda: say(Memory(home, "ann")))
    return Memory(home, "ann")


@pytest.fixture
def dreamt(home: Home, store: Store, memory: Memory) -> Memory:
    LIVES.step(home, store, [__name__, "dreamt"], lambda: len(memory.dream_day(DAY).dreamt))
    return Memory(home, "ann")


def browser(memory: Memory, **more: object) -> TestClient:
    app = make_app(memory, Safety(), clock=lambda: at(20), **more)  # type: ignore[arg-type]
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def token_in(html: str) -> str:
    return re.findall(r'name="csrf" value="([0-9a-f]+)"', html)[0]


def send(client: TestClient, path: str, *, typing: bool = False, **fields: str) -> object:
    token = token_in(client.get(f"/day/{DAY}").text)
    return client.post(path, data={"csrf": token, **fields}, headers={"HX-Request": "true"} if typing else {})


def titles(memory: Memory) -> list[str]:
    return memory.timeline(DAY, DAY)["name"].tolist()


def first(memory: Memory) -> str:
    return str(memory.timeline(DAY, DAY)["id"][0])


def test_a_moment_is_renamed_and_the_browser_led_back_to_it(dreamt: Memory) -> None:
    client = browser(dreamt)
    answer = send(client, "/fix", verb="rename", moment=first(dreamt), name="Planned <b>it</b>")
    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert titles(dreamt)[0] == "Planned <b>it</b>"
    place = client.get(answer.headers["location"]).headers["location"]  # type: ignore[attr-defined]
    assert place.startswith(f"/day/{DAY}#m-")
    assert "Planned &lt;b&gt;it&lt;/b&gt;" in client.get(f"/day/{DAY}").text


def test_to_htmx_only_the_moments_are_sent(dreamt: Memory) -> None:
    answer = send(browser(dreamt), "/fix", typing=True, verb="hide", moment=first(dreamt))
    text = answer.text  # type: ignore[attr-defined]
    assert text.lstrip().startswith('<div class="moments" id="moments">')
    assert "1 correction of this day" in text
    assert len(titles(dreamt)) == 1


def test_what_stands_around_the_moments_follows_a_correction_too(dreamt: Memory) -> None:
    answer = send(browser(dreamt), "/fix", typing=True, verb="rename", moment=first(dreamt), name="Zeppelin")
    found = Elements(answer.text)  # type: ignore[attr-defined]
    again = {attrs["id"] for _, attrs in found.elements if attrs.get("hx-swap-oob") == "true"}
    assert again == {"lede", "figures", "ribbon", "hours"}
    whole = Elements(browser(dreamt).get(f"/day/{DAY}").text)
    assert again <= {attrs.get("id") for _, attrs in whole.elements}
    ribbon = answer.text.partition('id="ribbon"')[2]  # type: ignore[attr-defined]
    assert "Zeppelin" in ribbon


def test_what_cannot_be_done_is_said_in_place_and_what_was_typed_stays(dreamt: Memory) -> None:
    fields = {"verb": "set_times", "moment": first(dreamt)}
    times = {"start_time": "2026-11-18T12:00", "end_time": "2026-11-18T11:00"}
    answer = send(browser(dreamt), "/fix", typing=True, **fields, **times)
    assert answer.headers["HX-Retarget"] == f"#fix-{first(dreamt)}"  # type: ignore[attr-defined]
    found = Elements(answer.text)  # type: ignore[attr-defined]
    assert "ends before it starts" in found.text
    assert "2026-11-18T11:00" in found.values("input", "value")
    whole = send(browser(dreamt), "/fix", **fields, **times)
    assert whole.status_code == 400  # type: ignore[attr-defined]
    assert dreamt.corrections() == []


def test_a_time_that_was_left_as_it_is_keeps_its_seconds(dreamt: Memory) -> None:
    start = at(11).replace(second=30)
    value = {"name": "Tea", "start_time": start, "end_time": at(12)}
    [tea] = dreamt.fix("add", day=DAY, value=value).after
    times = {"start_time": "2026-11-18T11:00", "end_time": "2026-11-18T11:45"}
    send(browser(dreamt), "/fix", verb="set_times", moment=tea.id, **times)
    [now] = dreamt.store.read("moments", where=equals("id", tea.id)).to_pylist()
    assert (now["start_time"], now["end_time"]) == (start, at(11).replace(minute=45))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"verb": "rename", "name": ""}, "given no words"),
        ({"verb": "retype", "moment_type": "nonsense"}, "is no type"),
        ({"verb": "split", "at": "soon"}, "is no time"),
        ({"verb": "merge"}, "two moments"),
    ],
)
def test_each_form_says_what_is_wrong_with_it(dreamt: Memory, fields: dict[str, str], said: str) -> None:
    answer = send(browser(dreamt), "/fix", moment=first(dreamt), **fields)
    assert said in Elements(answer.text).text  # type: ignore[attr-defined]
    assert dreamt.corrections() == []


@pytest.mark.runs
def test_every_verb_has_a_form_that_works(dreamt: Memory) -> None:
    client = browser(dreamt)
    page = Elements(client.get(f"/fix/{first(dreamt)}").text)
    verbs = {"rename", "retype", "set_times", "split", "merge", "hide"}
    assert verbs <= set(page.values("input", "value"))
    send(client, "/fix", verb="retype", moment=first(dreamt), moment_type="learning")
    send(client, "/fix", verb="split", moment=first(dreamt), at="2026-11-18T09:30")
    assert len(titles(dreamt)) == 3
    one, other = dreamt.timeline(DAY, DAY)["id"][:2]
    send(client, "/fix", verb="merge", moment=one, **{"with": other}, name="Both")
    assert titles(dreamt)[0] == "Both"
    added = {"name": "Dentist", "start_time": "16:00", "end_time": "17:00", "moment_type": "other"}
    send(client, "/fix", verb="add", day=str(DAY), **added)
    assert titles(dreamt)[-1] == "Dentist"
    listed = Elements(client.get("/corrections").text)
    assert all(word in listed.text for word in ("Made Learning", "Split at 09:30", "Merged as", "Added"))


def test_a_correction_is_taken_back(dreamt: Memory) -> None:
    client, before = browser(dreamt), titles(dreamt)
    send(client, "/fix", verb="rename", moment=first(dreamt), name="Other")
    [kept] = dreamt.corrections()
    answer = send(client, "/undo", id=kept.correction.id, **{"from": "corrections"})
    assert answer.headers["location"] == "/corrections"  # type: ignore[attr-defined]
    assert titles(dreamt) == before


def test_without_the_token_of_the_form_nothing_changes(dreamt: Memory) -> None:
    client = browser(dreamt)
    for path in ("/fix", "/undo", f"/dream/{DAY}", "/ask"):
        answer = client.post(path, data={"verb": "hide", "moment": first(dreamt), "q": "x"})
        assert answer.status_code == 403, path
    assert len(titles(dreamt)) == 2


def test_a_veiled_journal_takes_no_form(dreamt: Memory) -> None:
    client = browser(dreamt, veil=Veil(["Priya"]))
    html = client.get(f"/day/{DAY}").text
    assert "Correct" not in html
    assert client.get(f"/fix/{first(dreamt)}").status_code == 404


def test_a_moment_of_a_dream_made_again_since_is_told_of(dreamt: Memory) -> None:
    client = browser(dreamt)
    answer = send(client, "/fix", verb="rename", moment="gone", name="x")
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert "made again since" in answer.text  # type: ignore[attr-defined]


def ended(client: TestClient, *, most: float = 30) -> str:
    """Where the page of a dream leads once it is done."""
    until = time.monotonic() + most
    while time.monotonic() < until:
        answer = client.get(f"/dream/{DAY}", headers={"HX-Request": "true"})
        if "HX-Redirect" in answer.headers:
            return answer.headers["HX-Redirect"]
        time.sleep(0.05)
    raise AssertionError("the dream did not end")


def test_a_day_is_dreamt_from_its_page(memory: Memory) -> None:
    client = browser(memory)
    assert "Not dreamt yet" in client.get(f"/day/{DAY}").text
    assert "free, as no model is asked" in client.get(f"/day/{DAY}").text
    begun = send(client, f"/dream/{DAY}")
    assert begun.headers["location"] == f"/dream/{DAY}"  # type: ignore[attr-defined]
    assert ended(client) == f"/day/{DAY}"
    assert client.get(f"/dream/{DAY}").headers["location"] == f"/day/{DAY}"
    assert len(titles(memory)) == 2


def test_reading_a_page_never_begins_a_dream(memory: Memory) -> None:
    client = browser(memory)
    assert client.get(f"/dream/{DAY}").headers["location"] == f"/day/{DAY}"
    client.get("/ask?q=what+did+I+do+on+18+november+2026")
    assert titles(memory) == []


def test_a_question_waits_for_its_days_only_when_told_to(memory: Memory) -> None:
    client, question = browser(memory), "what did I do on 18 november 2026"
    assert "1 day of it is out of date" in client.get("/ask", params={"q": question}).text
    token = token_in(client.get(f"/day/{DAY}").text)
    answer = client.post("/ask", data={"csrf": token, "q": question, "dream": "1"})
    assert "Dreamt first: 2026-11-18" in Elements(answer.text).text
    assert len(titles(memory)) == 2


def test_a_part_of_a_day_that_is_out_of_date_can_be_dreamt_first(memory: Memory) -> None:
    question = "what did I do on 18 november 2026 in the morning"
    text = browser(memory).get("/ask", params={"q": question}).text
    assert "1 day of it is out of date" in text


def test_a_journal_that_takes_no_forms_dreams_for_no_question(memory: Memory) -> None:
    safety = Safety()
    app = make_app(memory, safety, veil=Veil(), clock=lambda: at(20))
    client = TestClient(app, base_url="http://localhost", follow_redirects=False)
    asked = {"csrf": safety.form_token, "q": "what did I do on 18 november 2026", "dream": "1"}
    assert client.post("/ask", data=asked).status_code == 400
    assert titles(memory) == []


def test_progress_counts_stretches_and_never_falls(memory: Memory) -> None:
    told: list[Progress] = []
    dream_day(memory.home, memory.store, DAY, user_id="ann", on_progress=told.append)
    assert told[-1].drafted == told[-1].stretches > 0
    assert [each.drafted for each in told] == sorted(each.drafted for each in told)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def settled(dreams: Dreams) -> Dreaming:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if dreams.last is not None and dreams.last.state != "dreaming":
            return dreams.last
        time.sleep(0.01)
    raise AssertionError("it did not end")


def test_one_day_is_dreamt_at_a_time(gate: threading.Event) -> None:
    dreams = Dreams()

    def slow(tell: Callable[[Progress], None]) -> DreamReport:
        tell(Progress(4, 5))
        gate.wait(10)
        return DreamReport((DayResult("ann", str(DAY), "dreamt"),))

    dreams.begin(DAY, slow)
    other = dreams.begin(date(2026, 11, 19), slow)
    assert other.day == DAY
    gate.set()
    assert settled(dreams).state == "done"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (HomeBusyError("Somebody else dreams it."), "left"),
        (ModelError("The model did not answer."), "failed"),
        (RuntimeError("inside"), "failed"),
    ],
)
def test_a_dream_that_breaks_off_says_why_without_what_is_inside(error: Exception, state: str) -> None:
    dreams = Dreams()

    def broken(_: object) -> DreamReport:
        raise error

    dreams.begin(DAY, broken)
    last = settled(dreams)
    assert last.state == state
    assert last.said
    assert "inside rem" in last.said or "inside" not in last.said


def test_a_failed_and_a_waiting_day_are_told_of() -> None:
    for status, state in (("failed", "failed"), ("waiting", "left"), ("held", "left")):
        dreams = Dreams()
        result = DayResult("ann", str(DAY), status, error="429")  # type: ignore[arg-type]
        dreams.begin(DAY, lambda _, result=result: DreamReport((result,)))  # type: ignore[misc]
        assert (settled(dreams).state, settled(dreams).said) == (state, "429")


def test_a_cost_is_told_and_its_limit_is_a_little_more() -> None:
    assert cost_words(Forecast(3, 10, 10, 0.02)) == "3 calls, about $0.02"
    assert most_offered(Forecast(3, 10, 10, 0.02)) == "0.03"
    assert cost_words(Forecast(3, 10, 10, None)) == "3 calls, at an unknown price"
    assert most_offered(Forecast(3, 10, 10, None)) == ""


def test_an_amount_that_is_none_is_refused(memory: Memory) -> None:
    client = browser(memory)
    answer = send(client, f"/dream/{DAY}", max_cost="a lot")
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert titles(memory) == []


@pytest.mark.runs
def test_where_days_begin_at_four_the_hours_before_are_of_the_night(tmp_path: Path) -> None:
    flags = {"timezone": "Australia/Lord_Howe", "day_starts_at": "04:00"}
    held = Memory.open(tmp_path / "home", "ann", create=True, flags=flags)
    held.add_message(
        "I read 東京の会議 notes 🙂 about the ferry.", session="s", created_at=datetime(2026, 4, 5, 12)
    )
    on = date(2026, 4, 5)
    held.dream_day(on)
    client = browser(held)
    token = token_in(client.get(f"/day/{on}").text)
    fields = {"verb": "add", "day": str(on), "name": "Late talk", "start_time": "02:00", "end_time": "03:15"}
    answer = client.post("/fix", data={"csrf": token, **fields})
    assert answer.status_code == 303
    added = next(each for each in held.timeline(on, on).to_dict("records") if each["name"] == "Late talk")
    local = added["start_time"].astimezone(held.calendar.zone)
    assert (local.date(), local.hour) == (date(2026, 4, 6), 2)
    assert "会議" in Elements(client.get("/search", params={"q": "会議"}).text).text
