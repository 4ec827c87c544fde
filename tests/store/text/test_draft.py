"""A draft keeps what is laid out of a text, and not the text."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rem_dagster.store.text.draft import Draft
from rem_dagster.store.text.entries import entries_of
from rem_dagster.store.text.tokens import counted
from tests.stored import message

TEXTS = st.lists(st.text("ab é日本"), max_size=8)


def draft_of(texts: list[str]) -> Draft:
    rows = (message(text, native_id=str(number)) for number, text in enumerate(texts))
    return Draft(entries_of("messages", rows, {}))


@given(TEXTS, st.randoms())
def test_each_term_stands_where_its_texts_do_in_any_order(texts: list[str], chance: Random) -> None:
    rows = [message(text, native_id=str(number)) for number, text in enumerate(texts)]
    told = [counted(entry.text) for entry in entries_of("messages", rows, {})]
    order = list(range(len(texts)))
    chance.shuffle(order)
    found = draft_of(texts).postings(order)
    assert found.terms == sorted({term for terms in told for term in terms})
    for number, term in enumerate(found.terms):
        here = slice(found.starts[number], found.starts[number + 1])
        wanted = [(doc, told[place][term]) for doc, place in enumerate(order) if term in told[place]]
        assert list(zip(found.docs[here].tolist(), found.times[here].tolist(), strict=True)) == wanted


def test_no_text_stays() -> None:
    draft = draft_of(["bread", "wine"])
    assert [entry.text for entry in draft.entries] == ["", ""]
    assert all(length > 1 for length in draft.lengths)
