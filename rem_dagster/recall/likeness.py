"""How alike in meaning are a user's rows to a question?"""

import re
from collections.abc import Callable, Mapping, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from rem_dagster.errors import BudgetError, DiskFullError, HomeError, ModelError, SettingsError
from rem_dagster.llm.embedder import Embedder
from rem_dagster.llm.interface import Purpose
from rem_dagster.recall.alike import Likeness
from rem_dagster.recall.corpus import Bools, Reals
from rem_dagster.recall.ranking import Question
from rem_dagster.store.database import Store
from rem_dagster.store.fact_vectors import FactVectors, read_fact_vectors
from rem_dagster.store.text.read import UserDocs
from rem_dagster.store.text.tokens import name_terms, tokens
from rem_dagster.store.vectors import UserVectors, dimension_of, has_vectors, models_held, read_vectors

Warn = Callable[[str], None]
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_lengths: WeakKeyDictionary[UserVectors, Reals] = WeakKeyDictionary()


def likeness_of(
    store: Store,
    question: Question,
    users: Sequence[UserDocs],
    embedder: Callable[[], Embedder | None],
    warn: Warn,
) -> Mapping[UserDocs, Likeness]:
    """The likeness of each user's rows; users without vectors are left out.

    The model is loaded or asked only when some user has vectors of it. Where it fails, words alone must do.

    Args:
        warn: told why there is no likeness, where the model failed or a limit was reached.
    """
    if not question.terms or not users or not models_held(store):
        return {}
    try:
        return _likeness_by(store, question, users, embedder())
    except (ModelError, BudgetError, SettingsError, HomeError, DiskFullError) as error:
        warn(f"The search goes by words alone: {error}")
        return {}


def asked_by(users: Sequence[UserDocs]) -> Purpose | None:
    """On whose behalf a question is embedded; None where it is about several users."""
    return Purpose(users[0].user_id, (), ()) if len(users) == 1 else None


def _likeness_by(
    store: Store, question: Question, users: Sequence[UserDocs], model: Embedder | None
) -> Mapping[UserDocs, Likeness]:
    if model is None or not has_vectors(store, model.name):
        return {}
    read = {docs: read_vectors(store, model.name, docs) for docs in users}
    held = {docs: vectors for docs, vectors in read.items() if vectors is not None}
    asked = {docs: without_names(question.text, docs.author_names) for docs in held}
    texts = sorted({text for text in asked.values() if text})
    if not texts:
        return {}
    vectors = dict(zip(texts, model.embed(texts, asked_by(users)), strict=True))
    if (numbers := dimension_of(store, model.name)) != len(vectors[texts[0]]):
        raise ModelError(
            f"{model.name!r} gives vectors of {len(vectors[texts[0]])} numbers, and those that are held have "
            f"{numbers}: another model goes by that name now. `rem embed --rebuild` makes them anew."
        )
    return {
        docs: _likeness(docs, rows, read_fact_vectors(store, model.name, docs), vectors[asked[docs]])
        for docs, rows in held.items()
        if asked[docs]
    }


def without_names(question: str, author_names: Sequence[str]) -> str:
    """The question without the authors' names: messages were embedded without theirs.

    A name would draw towards whatever speaks of that person, away from what the person said.
    """
    names = {term for name in author_names for term in name_terms(name)}
    kept = _WORD.sub(lambda word: "" if names.intersection(tokens(word[0])) else word[0], question)
    return " ".join(kept.split()) if _WORD.search(kept) else ""


def _likeness(docs: UserDocs, rows: UserVectors, facts: FactVectors | None, asked: Reals) -> Likeness:
    """Cosines with each row, with the mean of it and its neighbours in the thread, and with its facts.

    The mean stands in for a vector of the joined text at no cost, and finds as much.
    """
    own: Reals = rows.matrix @ asked
    lengths = _lengths.get(rows)
    if lengths is None:
        lengths = _lengths[rows] = _near_lengths(docs, rows)
    near = own + _from_neighbours(docs, own)
    has_near = lengths > 0
    near = np.divide(near, lengths, out=np.zeros_like(near), where=has_near)
    of_rows, of_near = _filled(own, rows.is_held), _filled(near, has_near)
    if facts is None:
        return Likeness(of_rows, of_near, of_rows)
    best = _best_of_facts(len(docs), facts, asked)
    return Likeness(of_rows, of_near, np.maximum(of_rows, best), _filled(best, np.isfinite(best)))


def _best_of_facts(rows: int, facts: FactVectors, asked: Reals) -> Reals:
    """The cosine with the fact of each row that is most like the question; minus infinity without any."""
    best = np.full(rows, -np.inf, np.float32)
    np.maximum.at(best, facts.rows, (facts.matrix @ asked)[facts.facts])
    return best


def _near_lengths(docs: UserDocs, rows: UserVectors) -> Reals:
    """The length of each row's vector plus its two neighbours'."""
    matrix = rows.matrix
    held: Reals = rows.is_held.astype(np.float32)
    squares = held + _from_neighbours(docs, held)
    following = np.zeros(len(matrix), np.float32)  # row . next
    around = np.zeros(len(matrix), np.float32)  # before . next
    if len(matrix) > 1:
        same = docs.threads[1:] == docs.threads[:-1]
        following[:-1] = np.einsum("ij,ij->i", matrix[1:], matrix[:-1]) * same
    if len(matrix) > 2:
        same = docs.threads[2:] == docs.threads[:-2]
        around[1:-1] = np.einsum("ij,ij->i", matrix[2:], matrix[:-2]) * same
    before = np.concatenate((np.zeros(1, np.float32), following[:-1]))
    result: Reals = np.sqrt(np.maximum(squares + 2 * (following + before + around), 0))
    return result


def _from_neighbours(docs: UserDocs, values: Reals) -> Reals:
    """For each row the sum of its two neighbours' values in the same thread."""
    total = np.zeros_like(values)
    same = docs.threads[1:] == docs.threads[:-1]
    total[1:] += values[:-1] * same
    total[:-1] += values[1:] * same
    return total


def _filled(cosines: Reals, is_held: Bools) -> Reals:
    """A row without a vector counts as one halfway between the least alike and the most alike."""
    if is_held.all():
        return cosines
    held = cosines[is_held]
    return np.where(is_held, cosines, (held.min() + held.max()) / 2).astype(np.float32)
