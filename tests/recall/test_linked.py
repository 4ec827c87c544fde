"""What stored items link to, and what links to them."""

from rem_dagster.recall.linked import Links, links_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from tests.activity import rows
from tests.ingest.items import day, page, put, said, talk

SHA = "a1b2c3d" + "4" * 33


def _ids(store: Store) -> dict[str, str]:
    return {
        row["native_id"]: row["id"] for t in ("resources", "messages", "sessions") for row in rows(store, t)
    }


def _named(links: Links) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    to = [(each.what, each.name) for each in links.to]
    return sorted(to), sorted((each.what, each.name) for each in links.linked_from)


def _filled(home: Home, store: Store) -> dict[str, str]:
    told = {"repo": "rem", "sha": SHA, "files": []}
    put(
        home,
        store,
        page("see [[plan]] and [[Nobody yet]]", native_id="log.md", metadata={"path": "log.md"}, name="log"),
        page("the plan", native_id="plan.md", at=day(3), metadata={"path": "plan.md"}, name="plan"),
        page("Fix it", native_id=SHA, at=day(3), category="commit", metadata=told, name="Fix it"),
        talk(),
        said(1, text=f"Fixed in {SHA}."),
        said(2, text="thanks", metadata={"reply_to": "m1"}),
        said(3, text="unrelated"),
    )
    return _ids(store)


def test_links_are_told_from_both_ends(home: Home, store: Store) -> None:
    ids = _filled(home, store)
    found = links_of(store, ids.values(), user_id="ines")
    assert _named(found[ids["log.md"]]) == ([("link", "Nobody yet"), ("note", "plan")], [])
    assert _named(found[ids["plan.md"]]) == ([], [("note", "log")])
    assert _named(found[ids[SHA]]) == ([], [("message", f"user: Fixed in {SHA}.")])


def test_a_message_is_linked_with_its_replies_and_what_it_names(home: Home, store: Store) -> None:
    ids = _filled(home, store)
    found = links_of(store, [ids["m1"], ids["m2"], ids["m3"]], user_id="ines")
    assert _named(found[ids["m1"]]) == ([("commit", "Fix it")], [("message", "user: thanks")])
    assert [each.what for each in found[ids["m2"]].to] == ["message"]
    assert ids["m3"] not in found


def test_links_of_another_user_are_not_told(home: Home, store: Store) -> None:
    ids = _filled(home, store)
    assert links_of(store, ids.values(), user_id="ruth") == {}
    assert links_of(store, [], user_id="ines") == {}


def test_each_part_of_a_long_note_has_the_links_of_the_note(home: Home, store: Store) -> None:
    text = "\n\n".join(["word " * 400] * 6) + "\n\n[[plan]]"
    put(
        home,
        store,
        page(text, native_id="long.md", metadata={"path": "long.md"}, name="long"),
        page("the plan", native_id="plan.md", metadata={"path": "plan.md"}, name="plan"),
    )
    parts = [row["id"] for row in rows(store, "resources") if row["name"] == "long"]
    assert len(parts) > 1
    found = links_of(store, parts, user_id="ines")
    assert all([each.name for each in found[part].to] == ["plan"] for part in parts)
