"""Finding: in any script, by any kind of name, the row that answers comes first."""

import json
from datetime import timedelta
from typing import Any

import pytest

from rem_dagster.recall.search import SearchTable, search
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.stored import NOON, message, moment, put, resource

SAID = [
    ("Gestern habe ich in Köln ein neues Fahrrad gekauft.", "de"),
    ("Morgen kommt der Klempner wegen der Heizung.", "de2"),
    ("我上周买了一辆红色的自行车。", "zh"),
    ("她的猫生病了，我们去看了医生。", "zh2"),
    ("駅の近くで新しい自転車を買いました。", "ja"),
    ("昨日は母と京都で食事をしました。", "ja2"),
    ("어제 시장에서 자전거를 샀어요.", "ko"),
    ("내일 부산에서 회의가 있습니다.", "ko2"),
    ("اشتريت دراجة جديدة من السوق أمس", "ar"),
    ("سافرت أختي إلى القاهرة", "ar2"),
    ("קניתי אופניים חדשים בשוק", "he"),
    ("אחותי נסעה לירושלים", "he2"),
    ("Αγόρασα ένα καινούργιο ποδήλατο στην Αθήνα.", "el"),
    ("Ο γιατρός είπε να ξεκουραστώ.", "el2"),
    ("Hier j'ai acheté un vélo à la brocante près de l'école.", "fr"),
    ("Ma sœur part à Lyon en février.", "fr2"),
    ("Вчера я купил новый велосипед на рынке.", "ru"),
]


def first(store: Store, question: str, table: SearchTable = "messages") -> str | None:
    hits = search(store, question, table=table, user_id="ann", limit=1)
    return hits[0].native_id if hits else None


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: Any) -> Store:
    store = Store(str(tmp_path_factory.mktemp("spoken")))
    store.create()
    rows = [
        message(text, session=f"s{place}", at=NOON + timedelta(days=place), native_id=name)
        for place, (text, name) in enumerate(SAID)
    ]
    chat = [
        message(f"Nothing much happened on walk {n}.", session="s", at=NOON - timedelta(minutes=n))
        for n in range(30)
    ]
    put(store, "messages", *rows, *chat)
    refresh_text(store)
    return store


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Wo habe ich das Fahrrad gekauft?", "de"),
        ("Koeln Köln Fahrrad", "de"),
        ("我什么时候买了自行车？", "zh"),
        ("猫", "zh2"),
        ("自転車はどこで買いましたか", "ja"),
        ("자전거 어디서 샀어요?", "ko"),
        ("أين اشتريت الدراجة", "ar"),
        ("الدَّرَّاجَة", "ar"),
        ("איפה קניתי אופניים", "he"),
        ("אוֹפַנַּיִים", "he"),
        ("Πού αγόρασα τα ποδήλατα;", "el"),
        ("ΠΟΔΗΛΑΤΟ", "el"),
        ("où ai-je acheté le velo ?", "fr"),
        ("fevrier Lyon", "fr2"),
        ("где я купил велосипеды", "ru"),
    ],
)
def test_a_question_in_any_script_finds_its_answer_first(spoken: Store, question: str, answer: str) -> None:
    assert first(spoken, question) == answer


NAMED = [
    ("snake", "Renamed the helper to merge_insert_rows everywhere."),
    ("camel", "The DiskAnnIndexBuilder leaks a handle."),
    ("dotted", "Moved it to rem.store.database yesterday."),
    ("flag", "Added --max-cost so that nobody overspends."),
    ("file", "The bug was in settings_loader.py after all."),
    ("code", "Clients see ERR_TOO_MANY_REDIRECTS since noon."),
    ("oracle", "It died with ORA-00942 at night."),
    ("hex", "Windows answers 0x80070005 when it is locked."),
    ("hash", "Reverted 9f8e7d6c5b4a on the branch."),
    ("trip", "The weather was fine and the index of the book was long."),
    ("money", "The cost of the trip was at most forty."),
    ("visit", "They moved to another database vendor in spring."),
]


@pytest.fixture(scope="module")
def named(tmp_path_factory: Any) -> Store:
    store = Store(str(tmp_path_factory.mktemp("named")))
    store.create()
    rows = [
        message(text, session=name, at=NOON + timedelta(hours=place), native_id=name)
        for place, (name, text) in enumerate(NAMED)
    ]
    put(store, "messages", *rows)
    refresh_text(store)
    return store


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("merge_insert_rows", "snake"),
        ("where did merge insert go", "snake"),
        ("DiskAnnIndexBuilder", "camel"),
        ("diskannindexbuilder", "camel"),
        ("index builder", "camel"),
        ("rem.store.database", "dotted"),
        ("--max-cost", "flag"),
        ("max cost", "flag"),
        ("settings_loader.py", "file"),
        ("ERR_TOO_MANY_REDIRECTS", "code"),
        ("too many redirects", "code"),
        ("ora-00942", "oracle"),
        ("0x80070005", "hex"),
        ("9f8e7d6", "hash"),
        ("9F8E7D6C5B4A", "hash"),
    ],
)
def test_an_identifier_is_found_by_the_whole_and_by_its_parts(
    named: Store, question: str, answer: str
) -> None:
    assert first(named, question) == answer


def commit(name: str, sha: str, content: str, *, hours: int = 0) -> dict[str, Any]:
    row = resource(name, content, category="commit", repo="till", at=NOON + timedelta(hours=hours))
    return row | {"metadata": json.dumps({"repo": "till", "sha": sha})}


def test_a_commit_is_found_by_the_beginning_of_its_hash(store: Store) -> None:
    shas = {"one": "c0ffee1a" + "0" * 32, "two": "1234567e" + "8" * 32}
    put(store, "resources", *(commit(name, sha, f"Change {name}") for name, sha in shas.items()))
    refresh_text(store)
    for name, sha in shas.items():
        for asked in (sha, sha[:7], sha[:12].upper()):
            assert first(store, f"what was {asked}", "resources") == name


def test_a_moment_is_found_by_a_version_that_only_its_commit_names(store: Store) -> None:
    commits = [
        commit("Fix the till", "a" * 40, "Fix the till"),
        commit("Notes", "b" * 40, "Notes for 1.4.2", hours=1),
    ]
    put(store, "resources", *commits)
    told = moment("Fixed the till", at=NOON) | {"resource_ids": [each["id"] for each in commits]}
    put(store, "moments", told, moment("Version talk", at=NOON + timedelta(days=1)))
    refresh_text(store)
    assert first(store, "what became of 1.4.2", "moments") == told["id"]


def test_a_patch_without_notes_of_its_own_is_found_by_its_line(store: Store) -> None:
    put(
        store,
        "resources",
        commit("0.64 notes", "a" * 40, "0.64 release notes"),
        commit("0.63 notes", "b" * 40, "0.63 release notes"),
    )
    refresh_text(store)
    assert first(store, "release 0.64.2", "resources") == "0.64 notes"


def test_a_long_answer_does_not_bury_what_the_user_said(store: Store) -> None:
    advice = (
        "When you park a car in a big garage, note the level. Many people forget where they parked. "
        "A photo of the pillar helps, and so does an app that stores the place of the car. "
    )
    other = "Bread needs flour, water, salt and time, and a hot oven that was heated for an hour. " * 9
    chats = [("Where can I park a car downtown?", advice * 9), ("How do I bake bread?", other)] * 3
    rows = [
        message(text, session=f"s{n}", role=role, at=NOON + timedelta(days=n, minutes=role == "assistant"))
        for n, (question, answer) in enumerate(chats)
        for role, text in (("user", question), ("assistant", answer))
    ]
    put(store, "messages", *rows, message("I parked the car on level three.", native_id="own", session="own"))
    refresh_text(store)
    hits = search(store, "Where did I park the car?", table="messages", user_id="ann")
    assert next(hit.native_id for hit in hits if "?" not in hit.text) == "own"


def test_yesterday_is_found_by_its_date(store: Store) -> None:
    put(
        store,
        "messages",
        message("We went sailing yesterday.", native_id="told"),
        message("Sailing is what I long for.", session="s2", at=NOON + timedelta(days=9), native_id="wish"),
    )
    refresh_text(store)
    assert first(store, "What did we do on 19 October?") == "told"


def test_who_asks_for_a_kind_of_thing_finds_one_of_that_kind(store: Store) -> None:
    put(
        store,
        "messages",
        *(message(f"Walk {n} was fine.", at=NOON + timedelta(minutes=n)) for n in range(9)),
        message(
            "My violin needs new strings.", session="s2", at=NOON + timedelta(days=1), native_id="violin"
        ),
    )
    refresh_text(store)
    assert first(store, "What instruments do I play?") == "violin"


def test_the_neighbours_of_a_chunk_are_those_of_its_document(store: Store) -> None:
    put(
        store,
        "resources",
        resource("guide", "How to bake bread at home, step by step.", chunk=0),
        resource("guide", "Leave it for forty minutes, then fold it once more.", chunk=1),
        resource("other", "Leave the house for forty minutes, then fold the map.", chunk=0),
    )
    refresh_text(store)
    hits = search(store, "bread forty minutes fold", table="resources", user_id="ann")
    assert [hit.name for hit in hits][:2] == ["guide", "guide"]
