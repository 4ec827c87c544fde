"""What can be done with, and what goes on, is a matter of degree, or is over at once."""

import pytest

from rem_dagster.recall.journal.deeds import is_deed
from rem_dagster.recall.journal.threads_words import is_thread

DEEDS = (
    "I'll send Nora the contract.",
    "Tomorrow: the alpha sweep, then the plots.",
    "I have to repaint the shed.",
    "Nora is going to try to repair the bicycle.",
    "I'll stay positive, and I'm going to call the landlord.",
    "I must keep my passport somewhere safe.",
    "Tomorrow I'll eat at Nora's.",
    "I'll explain the plan to Nora.",
    "I'm going to start writing the thesis.",
    "I'll make sure to water the plants.",
    "Next week we'll be moving the office.",
    "I need to get another key cut.",
    "I will wait for the parcel until Friday.",
    "Ich muss morgen die Steuer abgeben.",
)
NO_DEEDS = (
    "I'll keep going, whatever comes.",
    "We need to stay calm.",
    "I'm going to stop worrying.",
    "I will just continue to hope.",
    "I'm gonna be there for you, always.",
    "I want to make a difference.",
    "I'm going to get stronger.",
    "I plan to spend more time with the children.",
    "We'll reach our goals!",
    "I need to find a better way to rest.",
    "I'm tired, and I'm going to take a nap.",
    "I'll have a coffee.",
    "We're going to try the sauna now!",
    "I'll describe the whole setup.",
    "This takes an index, which I need to pass in.",
    "It made me realize I need to rest.",
    "I want to make sure everybody is heard.",
    "I will never forget the ferry.",
)


@pytest.mark.parametrize("text", DEEDS)
def test_what_has_an_end_is_a_deed(text: str) -> None:
    assert is_deed(text)


@pytest.mark.parametrize("text", NO_DEEDS)
def test_what_goes_on_comes_by_degrees_or_is_over_at_once_is_none(text: str) -> None:
    assert not is_deed(text)
    assert not is_thread(text)


def test_of_what_others_mean_to_do_a_word_that_points_elsewhere_says_nothing() -> None:
    assert is_thread("Nora will make an appointment", by="Nora")
    assert not is_thread("Nora will give it a try", by="Nora")
    assert is_thread("Nora will give it to the plumber", by="Nora")
