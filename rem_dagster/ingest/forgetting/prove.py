"""Is anything left of what was forgotten?

Everything that remains is decoded and looked into: each row of each version of each table, each index that
can be read back, row files that no version names, manifests, and each answer of a model. A search through
the bytes of compressed files would never find anything, and so would prove nothing.

    ids      of items that went: nowhere at all
    words    of theirs (see `pieces`): in nothing that was derived, unless an item that stays says the same
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from rem_dagster.ingest.forgetting.pieces import Piece, Pieces, said_in
from rem_dagster.ingest.forgetting.scope import Scope
from rem_dagster.llm.answer_file import AnswerFile, all_files, read_answer_files
from rem_dagster.llm.answers import answers_of
from rem_dagster.settings import Home
from rem_dagster.store.database import Store
from rem_dagster.store.erase import read_version, strings_of_files, strings_of_versions, versions_of
from rem_dagster.store.filters import is_in
from rem_dagster.store.maintain import file_sizes, tables_held
from rem_dagster.store.text import stale_shards

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DERIVED = ("moments", "mentions", "edges", "summaries", "dreams", "corrections", "replaced", "originals")
"""Tables that hold words which were made of items."""
RAW_TEXTS: Mapping[str, tuple[str, ...]] = {
    "messages": ("content", "author"),
    "resources": ("name", "content"),
    "sessions": ("title",),
    "corrections": ("value",),
}
"""What people and sources said: words that stand there may stand in what is derived of it."""
MOST_TOLD = 20


@dataclass(frozen=True, order=True)
class Leftover:
    """Something that should have gone."""

    where: str
    """The table, version and column, the file, or the answer."""
    what: str
    """`the id …`, or `the words …`."""


@dataclass(frozen=True)
class Proof:
    """What was looked into, and what was found."""

    tables: int
    versions: int
    files: int
    """Index files, manifests and answers."""
    ids: int
    """How many were looked for."""
    texts: int
    """Of how many items the words were looked for; those that a killed forgetting had deleted are known by
    their ids alone."""
    left: tuple[Leftover, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left."""
        return not self.left


def texts_of(store: Store, scope: Scope) -> list[str]:
    """What the items of a scope say, from the newest version of each table that still holds them."""
    found: dict[str, list[str]] = {}
    for table, ids in (
        ("messages", scope.messages),
        ("resources", scope.resources),
        ("sessions", scope.sessions),
        ("corrections", scope.corrections),
    ):
        missing = set(ids)
        for version in reversed(versions_of(store, table)):
            if not missing:
                break
            rows = read_version(store, table, version, where=is_in("id", missing))
            for row in rows.to_pylist() if rows is not None else ():
                missing.discard(row["id"])
                found[row["id"]] = [row[name] for name in RAW_TEXTS[table] if name != "author" and row[name]]
    return [text for texts in found.values() for text in texts]


def prove(home: Home, store: Store, scope: Scope, texts: Sequence[str]) -> Proof:
    """Decode all that remains and look for a scope; nothing is written.

    Args:
        texts: what its items said.

    Raises:
        StoreError: something could not be read, so that nothing is proved.
    """
    looking = _Looking(store, scope, Pieces(texts))
    tables = tables_held(store)
    for table in tables:
        looking.into_table(table)
    answers = answers_of(home)
    names = list(all_files(answers))
    for name, held in read_answer_files(answers, names):
        looking.into_answer(answers.where(name), held)
    looking.into_text_index()
    return Proof(
        tables=len(tables),
        versions=sum(len(versions_of(store, table)) for table in tables),
        files=len(names)
        + sum(_is_looked_into(path) for table in tables for path in file_sizes(store, table)),
        ids=len(scope.ids),
        texts=len(texts),
        left=tuple(sorted(looking.left())),
    )


class _Looking:
    """What was found so far."""

    def __init__(self, store: Store, scope: Scope, pieces: Pieces) -> None:
        self.store, self.scope, self.pieces = store, scope, pieces
        self._ids = scope.ids
        self._left: set[Leftover] = set()
        self._words: dict[Piece, set[str]] = {}
        """Words that were found, and where; those that an item says which stays are no leftovers."""

    def into_table(self, table: str) -> None:
        """Every version, index and file of a table."""
        for strings in strings_of_versions(self.store, table):
            self._look_for_ids(strings.where, strings.values)
            if table in DERIVED and self.pieces:
                self._look_for_words(strings.where, strings.values)
        for strings in strings_of_files(self.store, table):
            self._look_for_ids(strings.where, strings.values)
            if table in DERIVED and strings.column is not None and self.pieces:
                self._look_for_words(strings.where, strings.values)

    def into_answer(self, where: str, held: AnswerFile | Exception) -> None:
        """One answer of a model, which cites ids and holds text."""
        if isinstance(held, Exception):
            self._left.add(Leftover(where, "a file that cannot be read, and may hold anything"))
            return
        texts = list(_within(held.answer))
        self._look_for_ids(where, [*held.source_ids, *texts])
        if self.pieces:
            self._look_for_words(where, texts)

    def into_text_index(self) -> None:
        """Whether each part of the text index is of the rows that are there, and no others."""
        docs = self.store.read("docs", ["slice_key", "digest"])
        postings = self.store.read("postings", ["slice_key", "digest"])
        alone = postings.join(docs, ["slice_key", "digest"], join_type="left anti")
        for key in sorted(set(alone["slice_key"].to_pylist())):
            self._left.add(Leftover(f"postings of {key}", "words of rows that are gone"))
        for shard in stale_shards(self.store):
            self._left.add(Leftover(f"the text index of {shard.key}", "words of rows as they were"))

    def left(self) -> set[Leftover]:
        """All leftovers."""
        if self._words:
            for piece in self._said_by_others():
                self._words.pop(piece, None)
        words = {
            Leftover(where, f"the words {' '.join(piece)!r}")
            for piece, places in self._words.items()
            for where in places
        }
        return self._left | words

    def _look_for_ids(self, where: str, values: Sequence[str]) -> None:
        for found in self._ids.intersection(UUID.findall("\n".join(values))):
            self._left.add(Leftover(where, f"the id {found}"))

    def _look_for_words(self, where: str, values: Iterable[str]) -> None:
        for value in values:
            for text in _within(_parsed(value)):
                for piece in self.pieces.found_in(text):
                    self._words.setdefault(piece, set()).add(where)

    def _said_by_others(self) -> set[Piece]:
        """Of the words that were found, those of items that stay."""
        return said_in(self._texts_that_stay(), self._words)

    def _texts_that_stay(self) -> Iterator[str]:
        users = is_in("user_id", {user for user, _ in self.scope.owners})
        for table, columns in RAW_TEXTS.items():
            rows = self.store.read(table, ["id", *columns], users)
            gone = pc.is_in(rows["id"], value_set=pa.array(sorted(self._ids), pa.string()))
            for name in columns:
                yield from filter(None, rows.filter(pc.invert(gone))[name].to_pylist())


def _parsed(text: str) -> object:
    """What a text holds that is JSON; else itself."""
    if text[:1] in "{[":
        try:
            return json.loads(text)
        except ValueError:
            pass
    return text


def _within(value: object) -> Iterator[str]:
    """Every text of a JSON value."""
    match value:
        case str():
            yield value
        case Mapping():
            for name, each in value.items():
                yield str(name)
                yield from _within(each)
        case list() | tuple():
            for each in value:
                yield from _within(each)


def _is_looked_into(path: str) -> bool:
    return path.startswith(("_indices/", "_versions/", "_transactions/"))


def told(proof: Proof) -> str:
    """The proof in one line."""
    looked = f"{proof.tables} tables, {proof.versions} versions, {proof.files} files read"
    if proof.is_clean:
        return f"proved: {looked}; nothing left"
    return f"not proved: {looked}; {len(proof.left)} left"
