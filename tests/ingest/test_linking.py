"""Links without a model: what points where, whatever the order in which it came, and nothing else."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.ingest.linking.addresses import address_of
from rem_dagster.ingest.linking.linking import link_imported
from rem_dagster.model.activity import Activity, MessageItem, ResourceItem
from rem_dagster.model.names import entity_id
from rem_dagster.recall.graph.scope import Scope
from rem_dagster.recall.graph.traverse import traverse
from rem_dagster.settings import Home, open_home
from rem_dagster.store.database import Store
from rem_dagster.store.digest import day_digests
from rem_dagster.store.filters import equals
from tests.activity import rows
from tests.ingest.items import day, page, put, said, talk

SHA, OTHER = "a1b2c3d" + "4" * 33, "a1b2c3d" + "5" * 33


def note(path: str, text: str, *, at: datetime | None = None, **more: Any) -> ResourceItem:
    told = {"path": path, **more.pop("told", {})}
    return page(text, native_id=path, at=at or day(1), metadata=told, **more)


def commit(sha: str, *files: str, at: datetime | None = None, text: str = "Fix it", repo: str = "rem") -> Any:
    told = {"repo": repo, "sha": sha, "files": list(files)}
    return page(text, native_id=sha, at=at or day(3), category="commit", metadata=told)


def web(uri: str, *, at: datetime | None = None) -> ResourceItem:
    return page("read", native_id=uri, at=at or day(4), category="web", uri=uri)


def ends(store: Store, user: str = "ines") -> set[tuple[str, str, str]]:
    """Source, type and target of the links that lead somewhere, by native ids or names."""
    named = {
        row["id"]: row["native_id"] for t in ("resources", "sessions", "messages") for row in rows(store, t)
    }
    held = [row for row in rows(store, "edges") if row["user_id"] == user and row["weight"]]
    return {
        (
            named[row["source_id"]],
            row["edge_type"],
            named.get(row["target_id"]) or json.loads(row["metadata"])["name"],
        )
        for row in held
    }


def test_a_wikilink_leads_to_the_note_of_its_path_name_title_or_alias(home: Home, store: Store) -> None:
    put(
        home,
        store,
        note(
            "A.md", "[[Deep/Plan#Goals|the plan]] ![[sketch^b1]] [[The Title]] [[Nick]] [[B.md]] `[[Code]]`"
        ),
        note("x/Deep/Plan.md", "p"),
        note("sketch.md", "s"),
        note("t.md", "t", name="The Title"),
        note("n.md", "n", told={"aliases": ["nick"]}),
        note("b.md", "b"),
    )
    assert ends(store) == {
        ("A.md", "related_to", "x/Deep/Plan.md"),
        ("A.md", "contains", "sketch.md"),
        ("A.md", "related_to", "t.md"),
        ("A.md", "related_to", "n.md"),
        ("A.md", "related_to", "b.md"),
    }


def test_a_markdown_link_leads_from_the_folder_of_its_note(home: Home, store: Store) -> None:
    text = (
        "[a](plan%20b.md#top) [b](<../up one.md>) [c](/root.md) [d](pic.png) [e](mailto:a@b.c) [f](gone.md)"
    )
    others = [note(path, "x") for path in ("d/plan b.md", "up one.md", "root.md")]
    put(home, store, note("d/A.md", text), *others)
    assert ends(store) == {("d/A.md", "related_to", path) for path in ("d/plan b.md", "up one.md", "root.md")}


def test_a_note_that_nobody_wrote_yet_is_a_name_until_it_comes(home: Home, store: Store) -> None:
    put(home, store, note("A.md", "ask [[Priya Rao]]"))
    assert ends(store) == {("A.md", "related_to", "Priya Rao")}
    (edge,) = rows(store, "edges")
    assert edge["target_id"] == entity_id("ines", "priya rao")
    found = traverse(store, "priya rao", Scope("ines"), depth=1)
    assert [step.node.name for step in found.steps] == ["A.md"]
    put(home, store, note("people/Priya Rao.md", "x", at=day(9)))
    assert ends(store) == {("A.md", "related_to", "people/Priya Rao.md")}


@pytest.mark.parametrize("named", ["a1b2c3d", SHA, f"https://example.org/me/rem/commit/{SHA}"])
def test_a_commit_is_found_by_its_sha_whichever_came_first(home: Home, store: Store, named: str) -> None:
    put(home, store, talk(), said(1, text=f"Fixed in {named}."))
    assert not ends(store)
    put(home, store, commit(SHA))
    assert ends(store) == {("s", "related_to", SHA)}
    edge = next(row for row in rows(store, "edges") if row["weight"])
    assert edge["generated_by"] == "import"
    assert edge["evidence"][0]["quote"] in f"Fixed in {named}."
    assert edge["evidence"][0]["source_id"] == rows(store, "messages")[0]["id"]


def test_a_short_sha_of_two_commits_leads_to_none(home: Home, store: Store) -> None:
    put(home, store, said(1, text="see a1b2c3d"), commit(SHA), commit(OTHER))
    assert not ends(store)


def test_numbers_words_and_parts_of_longer_codes_are_no_commits(home: Home, store: Store) -> None:
    text = f"20240501 defaced {SHA}aa 6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    put(home, store, said(1, text=text), commit("20240501" + "0" * 32), commit("defaced" + "0" * 33))
    assert not ends(store)


def test_an_issue_is_one_node_for_chat_commit_and_address(home: Home, store: Store) -> None:
    put(
        home,
        store,
        talk(),
        said(1, text="me/rem#12 again, see also RM-7 and UTF-8"),
        said(2, session="agent", text="GH-12 it is", metadata={"cwd": "/home/ines/rem/src"}),
        said(3, session="link", text="https://forge.example/me/rem/pull/12"),
        commit(SHA, text="Close #12"),
    )
    assert ends(store) == {
        ("s", "related_to", "rem#12"),
        ("s", "related_to", "RM-7"),
        ("agent", "related_to", "rem#12"),
        ("link", "related_to", "rem#12"),
        (SHA, "related_to", "rem#12"),
    }
    reached = traverse(store, "rem#12", Scope("ines"), depth=1)
    assert len(reached.steps) == 4


def test_a_bare_number_is_an_issue_only_where_one_repository_names_it(home: Home, store: Store) -> None:
    put(home, store, talk(), said(1, text="#12 is done, #13 is not, #1 first"))
    assert not ends(store)
    put(home, store, commit(SHA, text="#12"), commit(OTHER, text="#13, for #12", repo="other"))
    assert ends(store) >= {("s", "related_to", "other#13")}
    assert ("s", "related_to", "rem#12") not in ends(store)


def test_an_address_leads_to_the_page_however_it_is_spelt(home: Home, store: Store) -> None:
    put(home, store, talk(), said(1, text="(https://www.Example.org/a/?utm_source=x&b=1#top)."))
    put(home, store, web("http://example.org/a?b=1"))
    assert ends(store) == {("s", "related_to", "http://example.org/a?b=1")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org", "https://www.example.org/"),
        ("https://example.org:443/a/", "https://EXAMPLE.org/a"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2&fbclid=x"),
        ("https://example.org/x_(y)", "https://example.org/x_(y)),"),
    ],
)
def test_spellings_of_one_page_are_one(one: str, other: str) -> None:
    first, second = address_of(one), address_of(other)
    assert first
    assert first == second


@pytest.mark.parametrize(
    "text", ["https://", "https://[", "https://x:99999999/", "ftp://x", "https://" + "a" * 9_999]
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert address_of(text) is None


def test_a_reply_leads_to_its_message_also_when_that_comes_later(home: Home, store: Store) -> None:
    put(home, store, talk(), said(2, metadata={"reply_to": "m1"}))
    assert not ends(store)
    put(home, store, said(1, at=day(1, hour=8)))
    assert ends(store) == {("m2", "follows", "m1")}
    reached = traverse(store, rows(store, "messages")[0]["id"], Scope("ines"), depth=1)
    assert [step.node.detail for step in reached.steps] == ["message"]


def test_a_message_that_comes_alone_completes_replies_of_other_days(home: Home, store: Store) -> None:
    put(home, store, talk(), said(2, at=day(5), metadata={"reply_to": "m1"}))
    put(home, store, said(1, at=day(3)))
    assert ends(store) == {("m2", "follows", "m1")}


def test_a_file_that_is_talked_of_leads_to_the_nearest_commits_that_change_it(
    home: Home, store: Store
) -> None:
    shas = [f"{number}" * 40 for number in range(1, 5)]
    put(home, store, talk(), said(1, at=day(10), text="the bug is in loader/parse.py, I think"))
    put(home, store, *(commit(sha, "src/loader/parse.py", at=day(5 + 2 * n)) for n, sha in enumerate(shas)))
    assert ends(store) == {("s", "related_to", shas[place]) for place in (1, 2, 3)}


def test_a_common_name_needs_a_folder_or_its_repository_beside_it(home: Home, store: Store) -> None:
    changed = [commit(SHA, "README.md", "src/main.py")]
    put(home, store, said(1, at=day(3), text="README.md and main.py", session="bare"), *changed)
    assert not ends(store)
    put(home, store, said(2, at=day(3), text="src/main.py", session="folder"))
    put(home, store, said(3, at=day(3), text="README.md", session="cwd", metadata={"cwd": "/x/rem"}))
    put(
        home, store, said(4, at=day(3), text="edit", session="tool", metadata={"files": ["/x/rem/README.md"]})
    )
    assert {source for source, *_ in ends(store)} == {"folder", "cwd", "tool"}


def test_an_edit_that_takes_a_link_away_takes_its_edge(home: Home, store: Store) -> None:
    put(home, store, note("A.md", "[[B]]"), note("B.md", "b"), said(1, text="me/rem#12"))
    assert len(ends(store)) == 2
    put(home, store, note("A.md", "nothing"), said(1, text="nothing"))
    assert not rows(store, "edges")


def test_the_days_of_a_note_follow_each_other_and_parts_hang_together(home: Home, store: Store) -> None:
    long = "\n\n".join(f"Paragraph {n} {'word ' * 60}" for n in range(40))
    put(home, store, note("A.md", long))
    put(home, store, note("A.md", f"{long}\n\nand [[B]]", edited=day(4)), note("B.md", "b"))
    kinds = {(row["partition_key"], row["edge_type"]) for row in rows(store, "edges")}
    assert kinds == {("2024-05-01", "contains"), ("2024-05-04", "follows"), ("2024-05-04", "related_to")}


def test_users_and_vaults_do_not_meet(home: Home, store: Store) -> None:
    put(home, store, note("A.md", f"[[B]] {SHA}", told={"vault": "one"}), user="ines")
    put(home, store, note("B.md", "b", told={"vault": "two"}), user="ines")
    put(home, store, note("B.md", "b", told={"vault": "one"}), commit(SHA), user="bob")
    assert ends(store) == {("A.md", "related_to", "B")}
    assert not ends(store, "bob")


def test_what_is_gone_is_not_linked_to_any_more(home: Home, store: Store) -> None:
    put(home, store, talk(), said(1, text=f"see {SHA} and src/a.py", at=day(3)), commit(SHA, "src/a.py"))
    assert ends(store)
    store.delete("resources", equals("native_id", SHA))
    link_imported(home, store)
    assert not ends(store)


def test_a_killed_linking_is_made_up_for_by_the_next_import(home: Home, store: Store) -> None:
    items = [note("A.md", "[[B]]"), note("B.md", "b")]
    put(home, store, *items)
    whole = rows(store, "edges")
    store.delete("edges", "true")
    store.delete("links_state", "true")
    put(home, store, *items)
    assert rows(store, "edges") == whole
    version = store.dataset("edges").version
    put(home, store, *items)
    assert store.dataset("edges").version == version


def test_links_make_no_day_stale(home: Home, store: Store) -> None:
    put(home, store, talk(), said(1, text=SHA))
    before = day_digests(store)
    put(home, store, commit(SHA))
    assert ends(store)
    assert {key: each for key, each in day_digests(store).items() if key in before} == before


class Watched(Store):
    """A store that notes how many texts are in hand at once."""

    most = 0

    def read(self, table: str, columns: Sequence[str] | None = None, where: str | None = None) -> pa.Table:
        """The rows, counted if they have texts."""
        found = super().read(table, columns, where)
        if "content" in found.schema.names:
            self.most = max(self.most, found.num_rows)
        return found

    def fold(
        self,
        table: str,
        columns: Sequence[str],
        where: str | None,
        take: Callable[[Iterable[pa.RecordBatch]], Any],
        *,
        rows: int,
    ) -> Any:
        """What is made of the rows, counted as they come."""

        def counted(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                self.most = max(self.most, batch.num_rows)
                yield batch

        return super().fold(table, columns, where, lambda batches: take(counted(batches)), rows=rows)


def test_few_texts_are_in_memory_at_a_time_and_the_edges_are_the_same(
    home: Home, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "\n\n".join(f"Paragraph {n} {'word ' * 60}" for n in range(60))
    put(home, store, *(note(f"N{n}.md", f"{long} [[N{n + 1}]]") for n in range(4)))
    put(home, store, talk(), *(said(n, text=f"[[N]] {SHA} #12") for n in range(12)))
    whole, parts = rows(store, "edges"), store.count("resources")
    store.delete("edges", "true")
    store.delete("links_state", "true")
    watched = Watched(store.uri)
    monkeypatch.setattr("rem_dagster.ingest.linking.reading.ROWS_AT_ONCE", 3)
    link_imported(home, watched)
    assert rows(store, "edges") == whole
    assert {"contains", "related_to"} <= {row["edge_type"] for row in whole}
    assert parts > 4 * 3
    assert watched.most == 3


def test_a_page_of_links_is_bounded(home: Home, store: Store) -> None:
    put(home, store, note("A.md", " ".join(f"[[N{n}]]" for n in range(120))))
    assert len(rows(store, "edges")) == 50


ITEMS: list[Activity] = [
    note("A.md", "[[B]] [[Plan]] [x](sub/B.md)", at=day(1)),
    note("B.md", "![[A]] https://example.org/p #12", at=day(2), told={"aliases": ["Plan"]}),
    note("sub/B.md", f"[[b]] {SHA}", at=day(3)),
    note("Plan.md", f"up to a1b2c3d and {OTHER}", at=day(9)),
    commit(SHA, "src/loader.py", "README.md", at=day(3), text="#12 and #13"),
    commit(OTHER, "lib/loader.py", at=day(5), text=f"Revert {SHA}, #13", repo="other"),
    commit("9" * 39 + "a", "lib/loader.py", at=day(20), repo="other"),
    web("https://www.example.org/p/", at=day(4)),
    web("http://example.org/p#x", at=day(3)),
    said(1, at=day(4), text="loader.py broke, see #13 and http://example.org/p", session="one"),
    said(2, at=day(5), text="a1b2c3d RM-4 #12", session="one", metadata={"reply_to": "m1"}),
    said(3, at=day(12), text="src/loader.py", session="two", metadata={"reply_to": "m2", "cwd": "/x/rem"}),
    said(4, at=day(13), text="GH-7", session="two", metadata={"cwd": "/x/other/y"}),
]


_kept: dict[str, list[dict[str, Any]] | None] = {}
"""The edges of all items in one import, made once."""


@given(order=st.permutations(ITEMS), cuts=st.sets(st.integers(1, len(ITEMS) - 1), max_size=2))
@settings(max_examples=max(3, settings().max_examples // 20))
def test_neither_order_nor_batches_of_imports_change_an_edge(
    tmp_path_factory: pytest.TempPathFactory, empty_tables: Path, order: list[Activity], cuts: set[int]
) -> None:
    def edges_after(batches: list[list[Activity]]) -> list[dict[str, Any]]:
        home = open_home(tmp_path_factory.mktemp("home"), create=True, flags={"timezone": "UTC"})
        shutil.copytree(empty_tables, home.tables_uri)
        store = Store(home.tables_uri)
        for batch in batches:
            put(home, store, *batch)
        made = rows(store, "edges")
        shutil.rmtree(home.path)
        return made

    bounds = [0, *sorted(cuts), len(order)]
    parts = [list(order[start:end]) for start, end in pairwise(bounds)]
    whole = _kept.setdefault("whole", None) or edges_after([ITEMS])
    _kept["whole"] = whole
    assert edges_after(parts) == whole


@given(st.text(alphabet="[]()|#^!a1b2c3d/.-:@`~ \nABCGHhttps", max_size=200))
def test_no_text_breaks_the_reading_of_links(text: str) -> None:
    from rem_dagster.ingest.linking.claims import claims_of

    row = {"content": text, "category": "note", "source": "list", "native_id": "n"}
    for claim in claims_of(
        row, {"links": [None, 3, text], "reply_to": 7, "properties": {"up": [text, None]}}
    ):
        assert claim.quote in text


def test_a_message_of_ten_million_characters_is_read_soon() -> None:
    from rem_dagster.ingest.linking.claims import claims_of

    for part in ("[[", "](", "a/", "#1", "http://x", "A-1", "deadbee1 "):
        row = {"content": part * 5_000_000, "category": "note", "source": "list", "native_id": "n"}
        assert len(claims_of(row, {})) <= 50


def test_messages_may_carry_whatever_metadata(home: Home, store: Store) -> None:
    odd: list[Activity] = [
        MessageItem.model_validate({**said(n).model_dump(), "metadata": told})
        for n, told in enumerate(
            [{"files": [1, None]}, {"files": "x.py"}, {"cwd": 3}, {"links": {}}, {"reply_to": ["m1"]}]
        )
    ]
    assert not put(home, store, *odd, commit(SHA, "x.py", at=day(1))).failed
