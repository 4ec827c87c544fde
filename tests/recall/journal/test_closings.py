"""A thread that a person closed by hand is open on no page, until it is meant again."""

from datetime import timedelta

from rem_dagster.dreaming.fixing.kept import keep_correction
from rem_dagster.model.correction import Correction
from rem_dagster.recall.journal.closings import BY_HAND
from rem_dagster.store.database import Store
from tests.recall.journal.mornings import MONDAY, at, meant
from tests.recall.journal.test_threads import GUIDE, as_of
from tests.stored import put


def close(store: Store, text: str, *, days: int, user: str = "ann") -> None:
    keep_correction(
        store,
        Correction(
            id=f"c-{user}-{days}",
            user_id=user,
            partition_key=MONDAY.date().isoformat(),
            target=("s-Tomorrow",),
            verb="close",
            value={"text": text},
            made_at=at(days) + timedelta(hours=1),
        ),
    )


def test_it_is_closed_on_every_page_with_the_word_by_whom(store: Store) -> None:
    put(store, "moments", meant("Loader", GUIDE))
    close(store, GUIDE, days=3)
    for days in (0, 2, 5):
        assert as_of(store, days).open == ()
    (closed,) = as_of(store, 5).closed
    assert (closed.outcome, closed.on, closed.moment_id) == (BY_HAND, at(3).date(), None)


def test_it_goes_by_the_words_so_that_another_dream_may_tell_it_otherwise(store: Store) -> None:
    put(
        store,
        "moments",
        meant("Loader", "I'll write the migration guide."),
        meant("Else", "I'll call the bank."),
    )
    close(store, GUIDE, days=1)
    assert [each.text for each in as_of(store, 2).open] == ["I'll call the bank."]


def test_meant_again_later_it_is_open_again(store: Store) -> None:
    put(store, "moments", meant("Loader", GUIDE), meant("Docs", GUIDE, days=4))
    close(store, GUIDE, days=2)
    assert [each.last for each in as_of(store, 5).open] == [at(4).date()]


def test_what_somebody_else_closed_stays_open(store: Store) -> None:
    put(store, "moments", meant("Loader", GUIDE))
    close(store, GUIDE, days=1, user="bob")
    assert [each.text for each in as_of(store, 2).open] == [GUIDE]
