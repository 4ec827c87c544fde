"""Pages about topics, people and stored items: what they tell, bounded in length."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from rem_dagster.errors import InputError, UnknownNameError
from rem_dagster.model.ids import derive_id
from rem_dagster.recall.journal.item import AROUND, OF_SESSION, item_view
from rem_dagster.recall.journal.item_view import PART, ItemView
from rem_dagster.recall.journal.oneself import oneself
from rem_dagster.recall.journal.outline import read_outline
from rem_dagster.recall.journal.topic import TopicView, stretches, topic_view
from rem_dagster.recall.journal.topics import people_view, topics_view
from rem_dagster.store.database import Store
from rem_dagster.store.text import refresh_text
from tests.recall.diary import CALENDAR, at, diary_in, told
from tests.stored import mention, message, moment, put, resource, session

DAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory, empty_tables: Path) -> Store:
    return diary_in(tmp_path_factory.mktemp("diary") / "home", empty_tables)


def topic(store: Store, name: str, **more: int) -> TopicView:
    entity = derive_id("ann", name.lower())
    return topic_view(store, entity, user_id="ann", calendar=CALENDAR, **more)


def item(store: Store, table: str, identifier: str, *, user: str = "ann", **more: object) -> ItemView:
    return item_view(store, table, identifier, user_id=user, **more)  # type: ignore[arg-type]


def text_of(view: ItemView) -> str:
    return "".join(each.text for each in view.text)


def test_a_topic_tells_when_it_came_up_and_what_goes_with_it(diary: Store) -> None:
    view = topic(diary, "DiskANN")
    assert (view.name, view.moments, view.days) == ("DiskANN", 2, 1)
    assert view.lede == "A tool that came up on one day."
    assert [each.name for each in view.goes_with] == ["graphd"]
    assert [each.moment.name for each in view.latest] == ["Found the lost update", "DiskANN DiskANN reading"]
    assert view.histogram.total == 2


def test_a_topic_of_nobody_or_of_another_user_is_unknown(diary: Store) -> None:
    for name in ("nothing", "walrus"):
        with pytest.raises(UnknownNameError, match="no topic or person"):
            topic(diary, name)


def test_what_is_known_are_statements_that_name_the_topic_the_latest_first(store: Store) -> None:
    moments = [
        told("One", at(0, 9), facts=[{"text": "Alpha is 1.2.", "source_ids": ["a", "b"]}]),
        told("Two", at(9, 9), facts=[{"text": "Recall with alpha is 95%.", "source_ids": ["c"]}]),
        told("Three", at(10, 9), facts=[{"text": "Alphabets are letters.", "source_ids": ["c"]}]),
    ]
    put(store, "moments", *moments)
    ids = [row["id"] for row in moments]
    put(store, "mentions", *(mention("alpha", at=at(n, 9)) | {"moment_ids": ids} for n in (0, 9, 10)))
    known = topic(store, "alpha").known
    assert [(each.text, each.sources) for each in known] == [
        ("Recall with alpha is 95%.", 1),
        ("Alpha is 1.2.", 2),
    ]


def test_where_nothing_is_stated_it_is_told_what_was_said_in_its_words(store: Store) -> None:
    quoted = [told("One", at(0, 9), quotes=[("a", "the ferry  to Porto"), ("a", "a cold day")])]
    put(store, "moments", *quoted)
    named = mention("Porto", at=at(0, 9)) | {"moment_ids": [quoted[0]["id"]]}
    put(store, "mentions", named)
    view = topic(store, "Porto")
    assert (view.known, [each.text for each in view.said]) == ((), ["the ferry to Porto"])
    stated = told("Two", at(1, 9), facts=[{"text": "Porto has a bridge.", "source_ids": ["b"]}])
    put(store, "moments", stated)
    put(store, "mentions", mention("Porto", at=at(1, 9)) | {"moment_ids": [stated["id"]]})
    view = topic(store, "Porto")
    assert ([each.text for each in view.known], view.said) == (["Porto has a bridge."], ())


def test_coming_back_is_a_mention_after_more_than_five_weeks() -> None:
    days = [DAY, DAY + timedelta(days=35), DAY + timedelta(days=71)]
    assert stretches(days) == 2
    assert stretches([]) == 0


def test_topics_are_without_people_and_people_without_the_user(diary: Store) -> None:
    topics = topics_view(diary, user_id="ann", calendar=CALENDAR)
    assert {each.name for each in topics.over_time} == {"DiskANN", "graphd"}
    people = people_view(diary, user_id="ann", calendar=CALENDAR)
    assert [each.name for each in people.people] == ["Ana", "Priya"]
    assert people_view(diary, user_id="priya", calendar=CALENDAR).people == ()


def test_topics_are_found_in_any_spelling(diary: Store) -> None:
    found = topics_view(diary, user_id="ann", calendar=CALENDAR, query="disk-ann")
    assert [each.name for each in found.over_time] == ["DiskANN"]
    assert topics_view(diary, user_id="ann", calendar=CALENDAR, query="🙂").over_time == ()


def test_a_user_without_days_has_neither_topics_nor_people(store: Store) -> None:
    assert topics_view(store, user_id="ann", calendar=CALENDAR).until is None
    assert people_view(store, user_id="ann", calendar=CALENDAR).people == ()


def test_whoever_is_in_most_talks_and_never_alone_is_the_user(store: Store) -> None:
    talks = [("Zoe", "Ana"), ("Zoe", "Ben"), ("Zoe", "Ana"), ("Zoe", "Ben")]
    rows = [
        told(f"Talk {n}", at(n, 9), moment_type="communication", people=list(people))
        for n, people in enumerate(talks)
    ]
    put(store, "moments", *rows)
    assert oneself(read_outline(store, "ann"), "ann") == {"Zoe"}


def test_an_outline_is_read_again_when_moments_change(store: Store) -> None:
    put(store, "moments", moment("One"))
    assert len(read_outline(store, "ann")) == 1
    put(store, "moments", moment("Two"))
    assert len(read_outline(store, "ann")) == 2


def test_time_that_several_moments_cover_counts_once(store: Store) -> None:
    put(store, "moments", moment("A", at=at(0, 9), hours=2), moment("B", at=at(0, 10), hours=0.5))
    put(store, "moments", moment("C", at=at(0, 12), hours=1))
    outline = read_outline(store, "ann")
    assert outline.covered([0, 1, 2]) == timedelta(hours=3)  # type: ignore[arg-type]


def test_a_message_is_shown_among_its_neighbours_with_what_moments_quote_of_it(diary: Store) -> None:
    rows = diary.read("messages", ["id", "content"]).to_pylist()
    porto = next(row["id"] for row in rows if "ferry" in row["content"])
    view = item(diary, "messages", porto)
    assert [each.text for each in view.text if each.is_marked] == ["the ferry was the best part"]
    assert [each.said_by for each in view.around] == ["Ana", "Ann", "Ann"]
    assert [(each.name, each.is_quoting) for each in view.moments] == [("Talk about Porto", True)]
    assert (view.title, view.sure, view.is_by_others) == ("Standup", "", False)


def test_nobody_sees_what_is_another_users(diary: Store) -> None:
    walrus = diary.read("messages", ["id"], "user_id = 'bob'")["id"][0].as_py()
    with pytest.raises(InputError, match="Nothing of yours"):
        item(diary, "messages", walrus)
    assert "walrus" in text_of(item(diary, "messages", walrus, user="bob"))


@pytest.mark.parametrize("table", ["moments", "corrections", "", "messages'"])
def test_only_messages_resources_and_sessions_have_a_page(diary: Store, table: str) -> None:
    with pytest.raises(InputError, match="have pages"):
        item(diary, table, "x")


def test_a_long_text_is_shown_in_parts_that_make_up_the_whole(store: Store) -> None:
    text = "".join(f"{n} " for n in range(12_000))
    [identifier] = put(store, "resources", resource("Log", text))
    parts, start = [], 0
    while start is not None:
        view = item(store, "resources", identifier, start=start)
        parts.append(text_of(view))
        start = view.next_start  # type: ignore[assignment]
    assert "".join(parts) == text
    assert max(map(len, parts)) == PART


def test_the_part_that_holds_the_quote_is_the_one_that_opens(store: Store) -> None:
    [identifier] = put(store, "resources", resource("Log", "x " * PART + "It was fsync."))
    put(store, "moments", told("Slow", at(7, 12), quotes=[(identifier, "It was  fsync.")]))
    view = item(store, "resources", identifier)
    assert view.start >= PART
    assert [each.text for each in view.text if each.is_marked] == ["It was fsync."]
    assert item(store, "resources", identifier, start=0).is_quote_here is False


def test_third_party_text_and_a_time_that_is_not_sure_are_said(store: Store) -> None:
    row = message("Wire me the money.") | {
        "trust": "third_party",
        "time_confidence": "guessed",
        "utc_offset_minutes": 120,
    }
    [identifier] = put(store, "messages", row)
    view = item(store, "messages", identifier)
    assert view.is_by_others
    assert "changes by itself" in view.sure
    assert view.there == "14:00"


def test_a_long_conversation_is_shown_in_pages_and_around_a_message_in_few(store: Store) -> None:
    said = [message(f"n{n}", at=at(0, 9) + timedelta(minutes=n)) for n in range(100)]
    ids = put(store, "messages", *said)
    put(store, "sessions", session("s1"))
    around = item(store, "messages", ids[50])
    assert len(around.around) == 2 * AROUND + 1
    assert (around.before_left, around.after_left) == (50 - AROUND, 49 - AROUND)
    whole = item(store, "sessions", derive_id("ann", "jsonl", "", "s1"), start=OF_SESSION)
    assert [whole.around[0].text, whole.before_left, whole.after_left] == ["n40", 40, 20]


def test_the_parts_of_a_document_are_those_of_its_day(store: Store) -> None:
    ids = put(store, "resources", *(resource("Plan", f"part {n}", chunk=n) for n in range(3)))
    put(store, "resources", resource("Plan", "later", at=at(20, 9)))
    view = item(store, "resources", ids[1])
    assert [(each.number, each.is_this) for each in view.chunks] == [(1, False), (2, True), (3, False)]


def test_an_item_of_which_no_day_was_dreamt_rests_under_no_moment(store: Store) -> None:
    [identifier] = put(store, "messages", message("Hello."))
    refresh_text(store)
    assert item(store, "messages", identifier).moments == ()


def test_an_event_is_told_by_its_start_there_too(store: Store) -> None:
    starts = {"active_start_time": at(0, 9), "active_end_time": at(0, 10), "utc_offset_minutes": 120}
    [identifier] = put(
        store, "resources", resource("Stand-up", "Daily.", at=at(0, 7), category="event") | starts
    )
    view = item(store, "resources", identifier)
    assert (view.at, view.there) == (at(0, 9), "11:00")


def test_a_conversation_shows_nothing_of_another_user_s(store: Store) -> None:
    [mine] = put(store, "messages", message("Mine."))
    put(
        store,
        "messages",
        message("Theirs.", user="bob") | {"session_id": derive_id("ann", "jsonl", "", "s1")},
    )
    assert [each.text for each in item(store, "messages", mine).around] == ["Mine."]
