"""Slack's export: who speaks, in which thread, and what its marks mean."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.errors import SourceError
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source, recognise
from rem_dagster.ingest.report import ImportReport
from rem_dagster.model.activity import Activity, MessageItem, SessionItem
from rem_dagster.settings import Home
from rem_dagster.sources.kind import Place
from rem_dagster.sources.slack import AS_BEFORE, NOT_ME, SlackSource
from rem_dagster.sources.source import Problem
from rem_dagster.store.database import Store
from tests.activity import contents
from tests.ingest.items import NOW
from tests.sources.exports import JSON, broken, messages, mutated, read, reasons, unpacked, zipped

Fields = dict[str, object]
TS = "1772614800.000100"
"""2026-03-04 09:00:00.0001 UTC."""
USERS: list[Fields] = [
    {
        "id": "U1",
        "team_id": "T1",
        "name": "ines",
        "tz": "America/New_York",
        "tz_offset": -14400,
        "profile": {"display_name": "Ines", "real_name": "Ines Roth", "email": "ines@example.org"},
    },
    {"id": "U2", "team_id": "T1", "name": "ana", "tz_offset": 3600, "profile": {"real_name": "Ana Lima"}},
    {"id": "U3", "team_id": "T1", "name": "deploys", "is_bot": True, "profile": {}},
]
CHANNELS: list[Fields] = [{"id": "C1", "name": "general", "members": ["U1", "U2"]}]


def said(text: str = "Hello", user: str = "U2", ts: object = TS, **changes: object) -> Fields:
    return {"type": "message", "user": user, "text": text, "ts": ts, **changes}


def files(*said_in_general: object, **others: object) -> dict[str, object]:
    return {
        "users.json": USERS,
        "channels.json": CHANNELS,
        "general/2026-03-04.json": list(said_in_general),
        **others,
    }


def source(path: Path, *me: str) -> SlackSource:
    return SlackSource(Place(str(path), me=me or ("ines@example.org",)), "")


def read_of(path: Path, *said_in_general: object) -> tuple[list[Activity], list[Problem]]:
    return read(source(zipped(path / "e.zip", files(*said_in_general))))


def only(path: Path, message: Fields) -> MessageItem:
    items, problems = read_of(path, message)
    assert not problems
    (item,) = messages(items)
    return item


def sessions(items: list[Activity]) -> list[SessionItem]:
    return [each for each in items if isinstance(each, SessionItem)]


def test_a_message_has_its_author_its_channel_and_the_instant_of_its_ts(tmp_path: Path) -> None:
    items, problems = read_of(tmp_path, said("Lunch?", "U2"), said("Yes", "U1", "1772614860.000200"))
    (session,) = sessions(items)
    ana, ines = messages(items)
    assert not problems
    assert (session.native_id, session.title) == ("T1/C1/2026-03-04", "#general")
    assert (ana.native_id, ana.session_native_id) == ("T1/C1/1772614800.000100", session.native_id)
    assert ana.created_at == session.created_at == datetime(2026, 3, 4, 9, 0, 0, 100, UTC)
    assert (ana.role, ana.author, ana.trust) == ("user", "Ana Lima", "third_party")
    assert (ines.role, ines.author, ines.trust) == ("user", "Ines", "own")
    assert ana.metadata == {"channel": "general"}


def test_the_authors_zone_gives_the_offset_of_that_day(tmp_path: Path) -> None:
    assert only(tmp_path, said(user="U1")).utc_offset_minutes == -300, "winter, though exported in summer"
    assert only(tmp_path, said(user="U1", ts="1783155600.000100")).utc_offset_minutes == -240
    assert only(tmp_path, said(user="U2")).utc_offset_minutes == 60
    assert only(tmp_path, said(user="U9")).utc_offset_minutes is None


@pytest.mark.parametrize("me", ["U1", "INES", "Ines Roth", "Ines@example.org"])
def test_me_is_known_by_id_name_or_address(tmp_path: Path, me: str) -> None:
    items, problems = read(source(zipped(tmp_path / "e.zip", files(said(user="U1"))), me))
    assert messages(items)[0].trust == "own"
    assert not problems


def test_nobody_being_me_is_noticed(tmp_path: Path) -> None:
    items, problems = read(source(zipped(tmp_path / "e.zip", files(said(user="U1"))), "somebody"))
    assert messages(items)[0].trust == "third_party"
    assert reasons(problems) == [("notice", NOT_ME)]


def test_who_i_was_at_an_earlier_import_i_stay(tmp_path: Path, home: Home, store: Store) -> None:
    place = zipped(tmp_path / "e.zip", files(said(user="U1"), said("Hi", ts="1772614801.000100")))

    def trusts(*me: str) -> tuple[dict[str, str], ImportReport]:
        told = make_source("slack", place, home=home.with_me(me), user_id="ines")
        report = import_source(home, store, told, user_id="ines", now=NOW)
        rows = store.read("messages", ["author", "trust"]).to_pylist()
        return {row["author"]: row["trust"] for row in rows}, report

    mine, theirs = {"Ines": "own", "Ana Lima": "third_party"}, {"Ines": "third_party", "Ana Lima": "own"}
    assert trusts("ines@example.org")[0] == mine
    again, report = trusts()
    assert again == mine
    assert report.updated == 0
    assert AS_BEFORE in [reason for _, _, reason in report.reasons]
    assert trusts("ana")[0] == theirs, "what is said now counts more"


def test_a_thread_is_a_session_across_days_and_its_replies_name_the_first(tmp_path: Path) -> None:
    first = said("Where?", ts=TS, thread_ts=TS, reply_count=2)
    reply = said("Here.", "U1", "1772614900.000100", thread_ts=TS)
    late = said("Thanks.", ts="1772701300.000100", thread_ts=TS, subtype="thread_broadcast")
    export = files(first, said("Else", ts="1772614850.000100"), reply, **{"general/2026-03-05.json": [late]})
    items, problems = read(source(zipped(tmp_path / "e.zip", export)))
    assert not problems
    assert [(each.native_id, each.title) for each in sessions(items)] == [
        (f"T1/C1/{TS}", "#general, thread"),
        ("T1/C1/2026-03-04", "#general"),
    ]
    in_thread = [each for each in messages(items) if each.session_native_id == f"T1/C1/{TS}"]
    assert [each.content for each in in_thread] == ["Where?", "Here.", "Thanks."]
    assert [each.metadata.get("reply_to") for each in in_thread] == [None, f"T1/C1/{TS}", f"T1/C1/{TS}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hi <@U1> and <@U9>", "Hi @Ines and @U9"),
        ("<@U9|zoe>", "@zoe"),
        ("see <#C1|old-name> or <#C9|ops>", "see #general or #ops"),
        ("<!here> <!channel|channel> <!subteam^S1|@web> <!subteam^S2>", "@here @channel @web @group"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("<https://p.example/a?b=1&amp;c=2|the page>", "the page (https://p.example/a?b=1&c=2)"),
        ("<https://p.example> <http://p.example|p.example>", "https://p.example http://p.example"),
        ("<mailto:a@p.example|a@p.example>", "a@p.example"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt; stays", "1 < 2 && 3 > 2, &lt; stays"),
    ],
)
def test_marks_are_words_again(tmp_path: Path, text: str, words: str) -> None:
    assert only(tmp_path, said(text)).content == words


def test_links_and_people_are_kept_beside_the_words(tmp_path: Path) -> None:
    item = only(tmp_path, said("<@U1>: <https://p.example/a?b&amp;c|x> <@U1>"))
    assert item.metadata["people"] == ["Ines"]
    assert item.metadata["links"] == ["https://p.example/a?b&c"]


def test_an_edit_is_a_later_version(tmp_path: Path) -> None:
    item = only(tmp_path, said(edited={"user": "U2", "ts": "1772615000.000000"}))
    assert item.updated_at == datetime(2026, 3, 4, 9, 3, 20, tzinfo=UTC)
    changed = {"subtype": "message_changed", "ts": "1772615001.000100", "message": said("New")}
    assert only(tmp_path, changed).native_id == f"T1/C1/{TS}"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subtype": "channel_join"}, "is a notice of Slack's, such as that somebody joined"),
        ({"subtype": "channel_topic"}, "is a notice of Slack's, such as that somebody joined"),
        ({"subtype": "tombstone"}, "was deleted in Slack"),
        ({"subtype": "message_deleted", "text": None}, "was deleted in Slack"),
        ({"hidden": True}, "is hidden in Slack"),
        ({"text": " "}, "holds no text"),
    ],
)
def test_what_nobody_said_is_left_out_with_its_reason(tmp_path: Path, changes: Fields, reason: str) -> None:
    items, problems = read_of(tmp_path, said() | changes)
    assert not items
    assert reasons(problems) == [("skipped", reason)]


def test_a_bot_is_a_tool_and_says_what_is_in_its_boxes(tmp_path: Path) -> None:
    boxes = [{"title": "Build 7", "text": "passed", "fields": [{"title": "Branch", "value": "main"}]}]
    bot: Fields = {"subtype": "bot_message", "bot_id": "B1", "username": "CI", "attachments": boxes, "ts": TS}
    item = only(tmp_path, bot)
    assert (item.role, item.author, item.trust) == ("tool", "CI", "third_party")
    assert item.content == "Build 7\npassed\nBranch: main"
    assert only(tmp_path, said("Done", "U3")).role == "tool"


def test_what_slack_shows_below_a_persons_link_is_left_out(tmp_path: Path) -> None:
    page = [{"title": "A page", "text": "of somebody else"}]
    assert only(tmp_path, said("<https://p.example>", attachments=page)).content == "https://p.example"


def test_files_are_named(tmp_path: Path) -> None:
    held = [{"name": "plan.pdf"}, {"title": "Photo"}, {"mode": "tombstone", "name": None}]
    item = only(tmp_path, said("", files=held))
    assert item.content == "[file: plan.pdf]\n[file: Photo]\n[file: deleted]"


def test_messages_of_a_few_people_name_the_others(tmp_path: Path) -> None:
    export = files(
        **{
            "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
            "groups.json": [{"id": "G1", "name": "secret"}],
            "mpims.json": [{"id": "G2", "name": "mpdm-ines--ana-1", "members": ["U1", "U2", "U3"]}],
            "D1/2026-03-04.json": [said("Psst", "U1")],
            "secret/2026-03-04.json": [said("Plan")],
            "mpdm-ines--ana-1/2026-03-04.json": [said("All")],
            "unlisted/2026-03-04.json": [said("Old")],
        }
    )
    items, _ = read(source(zipped(tmp_path / "e.zip", export)))
    titles = {each.native_id: each.title for each in sessions(items)}
    assert titles == {
        "T1/D1/2026-03-04": "Ana Lima",
        "T1/G1/2026-03-04": "#secret",
        "T1/G2/2026-03-04": "Ana Lima, deploys",
        "T1/unlisted/2026-03-04": "#unlisted",
    }
    psst = next(each for each in messages(items) if each.content == "Psst")
    assert psst.metadata == {"channel": "Ana Lima", "people": ["Ana Lima"]}


@pytest.mark.parametrize("ts", [None, "", "soon", "1" * 40, -1.5, True, [TS], "0.0", "99999999999.1"])
def test_a_ts_that_is_none_fails_and_the_others_land(tmp_path: Path, ts: object) -> None:
    items, problems = read_of(tmp_path, said("a", ts=ts), said("b"), 7)
    assert [each.content for each in messages(items)] == ["b"]
    assert [each.kind for each in problems] == ["failed", "failed"]


def test_a_file_that_breaks_off_gives_what_is_before_and_the_other_days_are_read(tmp_path: Path) -> None:
    export = files(**{"general/2026-03-04.json": json.dumps([said(), said()]).encode()[:-5]})
    export["general/2026-03-05.json"] = [said("b", ts="1772701300.000100")]
    items, problems = read(source(zipped(tmp_path / "e.zip", export)))
    assert [each.content for each in messages(items)] == ["Hello", "b"]
    assert [each.kind for each in problems] == ["failed"]


def test_an_unpacked_export_in_a_folder_of_its_own_is_the_same(tmp_path: Path) -> None:
    export = files(said(), said("b", "U1", "1772614900.000100"))
    inner = unpacked(tmp_path / "f", {f"Acme export/{name}": held for name, held in export.items()})
    assert read(source(inner)) == read(source(zipped(tmp_path / "e.zip", export)))


def test_nothing_in_it_is_said_and_a_cut_zip_is_refused(tmp_path: Path) -> None:
    _, problems = read(source(zipped(tmp_path / "e.zip", {"users.json": USERS, "channels.json": []})))
    assert reasons(problems) == [("notice", "there are no messages in it: no CHANNEL/YYYY-MM-DD.json")]
    whole = zipped(tmp_path / "w.zip", files(said()))
    whole.write_bytes(whole.read_bytes()[:-20])
    with pytest.raises(SourceError):
        read(source(whole))


def test_it_is_recognised_by_its_lists(tmp_path: Path) -> None:
    assert recognise(zipped(tmp_path / "a.zip", files(said()))).kind.name == "slack"
    assert recognise(unpacked(tmp_path / "a", files(said()))).kind.name == "slack"


def test_a_second_import_changes_nothing_and_an_edit_is_an_update(
    home: Home, store: Store, tmp_path: Path
) -> None:
    def bring(*said_in_general: object) -> tuple[int, int, int]:
        export = zipped(tmp_path / "e.zip", files(*said_in_general))
        made = make_source("slack", export, home=home)
        report = import_source(home, store, made, user_id="ines", now=NOW)
        return report.new, report.updated, report.unchanged

    both = said(), said("b", "U1", "1772614900.000100")
    assert bring(*both) == (3, 0, 0)
    before = contents(store)
    assert bring(*both) == (0, 0, 3)
    assert contents(store) == before
    assert bring(said("Hello!", edited={"ts": "1772615000.000000"})) == (0, 1, 1)


SAMPLE = files(
    said("<@U1> <#C1|a> <!here> <https://a|b> &lt;", thread_ts=TS, files=[{"name": "a"}]),
    said("b", "U1", "1772614900.000100", edited={"ts": TS}, user_profile={"name": "x"}),
    {"subtype": "bot_message", "ts": TS, "attachments": [{"text": "c", "fields": [{"value": "d"}]}]},
    {"subtype": "message_changed", "message": said("e")},
    **{"dms.json": [{"id": "D1", "members": ["U1"]}], "D1/2026-03-04.json": [said()]},
)


@given(mutated(SAMPLE))
def test_whatever_a_value_is_it_ends_with_items_and_problems(tmp_path: Path, value: object) -> None:
    held = (
        {name: content for name, content in value.items() if name in SAMPLE}
        if isinstance(value, dict)
        else {}
    )
    read(source(zipped(tmp_path / "e.zip", held)))


@given(st.lists(JSON, max_size=2), st.sampled_from(sorted(SAMPLE)))
def test_whatever_a_file_holds_it_ends(tmp_path: Path, value: object, name: str) -> None:
    read(source(zipped(tmp_path / "e.zip", SAMPLE | {name: value})))


@given(st.data())
def test_whatever_the_zip_is_nothing_but_a_source_error_escapes(tmp_path: Path, data: st.DataObject) -> None:
    whole = zipped(tmp_path / "e.zip", SAMPLE)
    whole.write_bytes(data.draw(broken(whole.read_bytes())))
    with suppress(SourceError):
        read(source(whole))
