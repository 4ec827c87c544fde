"""The pages that look things up, as a browser asks for them."""

import re
from html import escape

import pytest
from starlette.testclient import TestClient

from rem_dagster.interfaces.web.app import make_app
from rem_dagster.interfaces.web.safety import Safety
from rem_dagster.interfaces.web.veil import Veil
from rem_dagster.memory import Memory
from rem_dagster.model.ids import derive_id
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.tables import TABLES
from rem_dagster.store.text import refresh_text
from tests.ingest.items import page
from tests.ingest.items import put as imported
from tests.interfaces.web.days import Elements
from tests.lives import LIVES
from tests.recall.diary import NOW, at, fill_diary
from tests.stored import mention, message, moment, put, resource, session

TYPING = {"HX-Request": "true", "HX-Current-URL": "http://localhost/search?q=po"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>" + "W" * 10_000 + "\u202egnihton 🙂 שלום"
LIMIT = 300_000


def browser(home: Home, user: str = "ann", *, veil: Veil | None = None) -> TestClient:
    app = make_app(Memory(home, user), Safety(), veil=veil, clock=lambda: NOW)
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


@pytest.fixture(scope="module")
def diary_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = open_home(tmp_path_factory.mktemp("web") / "home", create=True, flags={"timezone": "UTC"})
    fill_diary(LIVES.begin(home))
    return home


@pytest.fixture(scope="module")
def diary(diary_home: Home) -> TestClient:
    return browser(diary_home)


def read(client: TestClient, path: str, **headers: str) -> Elements:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return Elements(answer.text)


def test_a_search_has_its_query_as_headline_and_moments_before_items(diary: TestClient) -> None:
    found = read(diary, "/search?q=lost+update")
    assert len(re.findall("· rem</title>", diary.get("/search?q=lost+update").text)) == 1
    assert "lost update" in re.findall(r"<h1[^>]*>(.*?)</h1>", diary.get("/search?q=lost+update").text)
    text = found.text
    assert text.index("Found the") < text.index("In what moments were made of")
    assert [name for name, _ in found.elements].count("mark") > 3


def test_while_one_types_only_what_was_found_is_sent_and_the_address_goes_with_it(diary: TestClient) -> None:
    answer = diary.get("/search?q=ferry", headers=TYPING)
    assert "<html" not in answer.text
    assert answer.headers["HX-Replace-Url"] == "/search?q=ferry"
    assert "HX-Request" in answer.headers["vary"]
    elsewhere = diary.get("/search?q=ferry", headers=TYPING | {"HX-Current-URL": "http://localhost/"})
    assert elsewhere.headers["HX-Push-Url"] == "/search?q=ferry"


def test_going_back_in_the_browser_brings_the_whole_page(diary: TestClient) -> None:
    answer = diary.get("/search?q=ferry", headers=TYPING | {"HX-History-Restore-Request": "true"})
    assert "<html" in answer.text


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("14 october 2025", "/day/2025-10-14"),
        ("2025-10-13", "/day/2025-10-13"),
        ("october 2025", "/month/2025-10"),
        ("2025", "/year/2025"),
    ],
)
def test_a_time_alone_leads_to_its_page(diary: TestClient, query: str, place: str) -> None:
    answer = diary.get("/search", params={"q": query})
    assert (answer.status_code, answer.headers["location"]) == (303, place)


def test_a_part_of_a_day_leads_to_its_first_moment(diary: TestClient) -> None:
    place = diary.get("/search", params={"q": "afternoon of 14 october 2025"}).headers["location"]
    assert place.startswith("/day/2025-10-14#m-")


def test_a_time_that_is_typed_is_shown_before_one_goes_there(diary: TestClient) -> None:
    answer = diary.get("/search", params={"q": "14 october 2025"}, headers=TYPING)
    assert answer.status_code == 200
    assert "Found the lost update" in Elements(answer.text).text


def test_chips_narrow_and_widen_again_without_script(diary: TestClient) -> None:
    links = read(diary, "/search?q=diskann").values("a", "href")
    assert "/search?q=diskann&type=learning" in links
    narrowed = read(diary, "/search?q=diskann&type=learning")
    assert "1 moment on 1 day" in narrowed.text
    assert "/search?q=diskann" in narrowed.values("a", "href")


def test_a_bar_narrows_to_its_time(diary: TestClient) -> None:
    bars = [each for each in read(diary, "/search?q=diskann").values("a", "href") if "from=" in each]
    days = [each for each in bars if "from=2025-10-14&to=2025-10-14" in each]
    assert days
    assert "1 moment on 1 day" in read(diary, days[0]).text


def test_nothing_found_says_what_is_near(diary: TestClient) -> None:
    text = read(diary, "/search?q=rent&from=2025-11-01&to=2025-11-02").text
    assert "Nothing of that time tells of “rent”" in text
    assert "Priya told of the" in text


@pytest.mark.parametrize("query", ["-rent", '"', "%00", "'; DROP TABLE x", "<b>", "🙂"])
def test_strange_queries_have_a_page(diary: TestClient, query: str) -> None:
    answer = diary.get("/search", params={"q": query})
    assert answer.status_code == 200
    assert "<b>" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/search?q=x&table=dreams",
            "/search?q=x&from=yesterday",
            "/search?q=x&from=2025-10-02&to=2025-10-01",
        ),
        *("/topic/none", "/item/messages/none", "/item/dreams/x", "/topics?kind=person", "/fix/none"),
    ],
)
def test_what_is_not_there_is_said_in_words(diary: TestClient, path: str) -> None:
    answer = diary.get(path)
    assert answer.status_code == 404
    assert "That cannot be shown" in answer.text


def pages(client: TestClient) -> list[str]:
    """Every page that looks something up, and what it leads to."""
    first = ["/search", "/search?q=diskann", "/topics", "/people", "/ask", "/ask?q=who+told+of+the+rent"]
    first += ["/topics?q=disk", "/people?q=ana", "/corrections", "/search?from=2025-10-13&to=2025-10-14"]
    found = {link for path in first for link in Elements(client.get(path).text).values("a", "href")}
    return [*first, *sorted(each for each in found if re.match(r"/(topic|item|fix)/", each))]


def test_no_page_that_is_read_changes_anything(diary_home: Home, diary: TestClient) -> None:
    store = Store(diary_home.tables_uri)
    before = {table: store.dataset(table).version for table in TABLES}
    for path in pages(diary):
        assert diary.get(path).status_code == 200, path
    assert {table: store.dataset(table).version for table in TABLES} == before


def test_no_page_has_a_style_or_script_of_its_own_or_a_remote_address(diary: TestClient) -> None:
    for path in pages(diary):
        found = Elements(diary.get(path).text)
        assert not [attrs for _, attrs in found.elements if "style" in attrs or "onclick" in attrs], path
        assert "style" not in [name for name, _ in found.elements], path
        sources = [attrs for name, attrs in found.elements if name == "script"]
        assert all((each.get("src") or "").startswith("/static/") for each in sources), path
        links = [value for tag in ("a", "link", "form") for value in found.values(tag, "href")]
        assert not [each for each in links if not each.startswith(("/", "#", "?"))], path


def test_every_page_has_one_headline_and_every_field_a_name(diary: TestClient) -> None:
    for path in pages(diary):
        found = Elements(diary.get(path).text)
        names = [name for name, _ in found.elements]
        assert names.count("h1") == 1, path
        fields = [
            attrs for name, attrs in found.elements if name == "input" and attrs.get("type") == "search"
        ]
        assert all(each.get("aria-label") for each in fields), path


def test_an_answer_tells_where_each_sentence_comes_from(diary: TestClient) -> None:
    found = read(diary, "/ask?q=who+told+of+the+rent")
    assert "The landlord raised the rent." in found.text
    links = found.values("a", "href")
    assert [each for each in links if each.startswith(("/moment/", "/item/"))]
    assert "#c1" in links


def test_what_is_not_known_is_said(diary: TestClient) -> None:
    assert "I do not know" in read(diary, "/ask?q=what+about+zebras").text


def test_an_empty_home_has_every_page(home: Home, store: Store) -> None:
    client = browser(home)
    assert "Nothing here yet" in read(client, "/search?q=x").text
    assert "No day names anything yet" in read(client, "/topics").text
    assert "No moment names anybody yet" in read(client, "/people").text
    assert "Nothing is corrected" in read(client, "/corrections").text
    assert "I do not know" in read(client, "/ask?q=what+did+I+do+yesterday").text


def test_a_quote_leads_to_what_holds_it_also_in_a_chat_without_a_title_by_somebody_else(
    home: Home, store: Store
) -> None:
    said = message("The ferry was late.", at=at(0, 9), author="Ana") | {"trust": "third_party"}
    noted = resource("Our chat", "We spoke of the ferry.", at=at(0, 10))
    put(store, "messages", said)
    put(store, "resources", noted)
    rests = [{"source_id": said["id"], "quote": "The ferry was late"}]
    put(store, "moments", moment("Ferry", at=at(0, 9), summary="The ferry was late.") | {"evidence": rests})
    refresh_text(store)
    client = browser(home)
    links = read(client, "/ask?q=what+did+I+do+on+13+October+2025").values("a", "href")
    assert f"/item/messages/{said['id']}" in links
    assert all(client.get(each).status_code == 200 for each in links if each.startswith("/item/"))


def test_hostile_texts_are_shown_as_text_and_pages_stay_short(home: Home, store: Store) -> None:
    said = message(f"trip {HOSTILE} " * 20, at=at(0, 9), author=HOSTILE)
    noted = resource(f"trip {HOSTILE}", HOSTILE * 30, at=at(0, 10)) | {"uri": f"javascript:{HOSTILE}"}
    put(store, "messages", said)
    put(store, "sessions", session("s1") | {"title": HOSTILE})
    put(store, "resources", noted)
    told = moment(f"trip {HOSTILE}", at=at(0, 9), summary=HOSTILE, tags=[HOSTILE], emotions=["happy"]) | {
        "people": [HOSTILE],
        "moment_type": "<b>own</b>",
        "outcomes": [HOSTILE] * 40,
        "evidence": [{"source_id": said["id"], "quote": HOSTILE}],
    }
    put(store, "moments", told)
    named = mention(HOSTILE, at=at(0, 9)) | {"moment_ids": [told["id"]], "source_ids": [noted["id"]]}
    put(store, "mentions", named)
    refresh_text(store)
    client = browser(home)
    entity = derive_id("ann", HOSTILE.lower())
    for path in (
        *("/search?q=trip", "/topics", "/people", f"/topic/{entity}", f"/item/messages/{said['id']}"),
        *(f"/item/resources/{noted['id']}", f"/item/sessions/{said['session_id']}", f"/fix/{told['id']}"),
        *("/ask?q=what+about+the+trip", f"/search?q={escape(HOSTILE[:400])}"),
    ):
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text[:500])
        found = Elements(answer.text)
        assert "img" not in [name for name, _ in found.elements], path
        assert not [attrs for _, attrs in found.elements if "onerror" in attrs], path
        assert len([name for name, _ in found.elements if name == "script"]) == 2, path
        assert "javascript:" not in "".join(found.values("a", "href")), path
        assert len(answer.content) < LIMIT, (path, len(answer.content))


def test_a_veiled_journal_names_nobody_and_quotes_nothing(diary_home: Home) -> None:
    client = browser(diary_home, veil=Veil(["Priya", "Ana", "Ann", "DiskANN", "graphd"]))
    secret = re.compile(r"priya|ferry|landlord|porto|diskann|graphd|\bana\b", re.I)
    paths = [path for path in pages(client) if "q=" not in path]
    assert len(paths) > 6
    for path in [*paths, "/search?q=the+builder", "/ask?q=what+about+the+trip", "/corrections"]:
        assert secret.findall(client.get(path).text) == [], path


def test_a_bound_journal_shows_nobody_elses(diary_home: Home) -> None:
    client = browser(diary_home, "bob")
    store = Store(diary_home.tables_uri)
    ann = store.read("messages", ["id"], "user_id = 'ann'")["id"][0].as_py()
    assert client.get(f"/item/messages/{ann}").status_code == 404
    assert "walrus" in client.get("/search?q=walrus").text
    assert "DiskANN" not in client.get("/topics").text


def test_a_note_shows_what_it_links_to_and_what_links_to_it(home: Home, store: Store) -> None:
    for path, text in {"Plan.md": "See [[Goals]].", "Goals.md": "fast"}.items():
        imported(home, store, page(text, native_id=path, metadata={"path": path}, name=path[:-3]), user="ann")
    ids = {row["name"]: row["id"] for row in store.read("resources").to_pylist()}
    client = browser(home)
    plan, goals = (client.get(f"/item/resources/{ids[name]}") for name in ("Plan", "Goals"))
    assert "Links to" in plan.text
    assert f"/item/resources/{ids['Goals']}" in plan.text
    assert "Linked from" in goals.text
    assert f"/item/resources/{ids['Plan']}" in goals.text
    assert "Links to" not in goals.text
