"""Whether the engine without a model writes as a person would: summaries, titles, feelings, people."""

import pytest

from rem_dagster.dreaming.draft.offline.changes import change_of, in_past
from rem_dagster.dreaming.draft.offline.headlines import is_specific
from rem_dagster.dreaming.draft.offline.listing import alike, changes_told
from rem_dagster.dreaming.draft.offline.owner import owner_of
from rem_dagster.dreaming.draft.offline.reading import read_items, shown_text
from rem_dagster.dreaming.draft.offline.standing import stands_alone
from rem_dagster.dreaming.draft.offline.summary import count_sentences
from rem_dagster.dreaming.draft.offline.tags import is_noun_like
from rem_dagster.model.day import DayItem
from tests.dreaming.draft.test_offline import drafted, message, resource


def note(n: int, text: str, *, minutes: int = 0, tags: tuple[str, ...] = ()) -> DayItem:
    from dataclasses import replace

    return replace(resource(n, text, category="note", minutes=minutes), tags=tags)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("I mended the kiln before lunch.", True),
        ("Imran approved it and I fired the first load.", True),
        ("It broke again in the afternoon.", False),
        ("Fix: a second relay for the fan.", False),
        ("Next the relay: forty cycles at full load.", False),
        ("Take the nearest shelf.", False),
        ("He was late for the firing.", False),
        ("Six bowls with a blue rim.", False),
    ],
)
def test_only_whole_sentences_stand_alone(text: str, alone: bool) -> None:
    assert stands_alone(text) is alone


def test_a_day_begins_with_what_the_person_did_and_ends_with_the_plan() -> None:
    draft = drafted(
        [
            resource(1, "Add a relay for the fan", category="commit", minutes=5),
            note(2, "I mended the kiln before lunch and fired nine bowls.", minutes=60),
            note(3, "I am relieved. Tomorrow I'll glaze the bowls with celadon.", minutes=600),
        ]
    )
    assert draft.day_summary == (
        "Added a relay for the fan. I mended the kiln before lunch and fired nine bowls. I am relieved. "
        "Tomorrow I'll glaze the bowls with celadon."
    )


def test_a_day_never_tells_what_an_assistant_explains() -> None:
    items = [
        message(1, "I wonder which cone suits the porcelain from Limoges."),
        message(2, "Porcelain is usually fired to cone ten in reduction.", role="assistant"),
        message(3, "I decided on cone nine for the porcelain."),
    ]
    draft = drafted(items)
    assert "I decided on cone nine" in draft.day_summary
    assert "usually fired" not in draft.day_summary + draft.moments[0].summary


def test_the_person_of_the_day_is_i_and_the_others_have_names() -> None:
    commit = resource(1, "Add a relay for the fan", category="commit")
    items = [
        commit,
        message(1, "I replaced the relay and the kiln holds 1240 degrees.", author="Noor", minutes=300),
        message(2, "I tested the relay twice in my garage.", author="Imran", minutes=301),
    ]
    moment = drafted(items).moments[-1]
    assert owner_of(items) == "Noor"
    assert "I replaced the relay" in moment.summary
    assert "Imran tested the relay" in moment.summary
    assert "Noor" not in moment.summary
    assert moment.people == ("Noor", "Imran")


def test_of_two_who_only_talk_to_each_other_neither_is_i() -> None:
    items = [message(1, "I ran.", author="Tessa"), message(2, "I swam.", author="Imran")]
    assert owner_of(items) is None
    assert {s.speaker for r in read_items(items) for s in r.sentences} == {"Tessa", "Imran"}


def test_whoever_writes_notes_is_not_named_in_them() -> None:
    items = [
        note(1, "I had tea with Tessa."),
        message(1, "Good tea.", author="Tessa"),
        message(2, "Yes.", author="Ada"),
    ]
    assert owner_of(items) == "Ada"


def changes(*subjects: str) -> str:
    made = [change_of(resource(n, subject, category="commit")) for n, subject in enumerate(subjects)]
    return changes_told(made, limit=300)


@pytest.mark.parametrize(
    ("subjects", "told"),
    [
        (("Add a fan", "Add a relay"), "Added a fan and a relay"),
        (("Add a fan", "Fix the lid"), "Added a fan and fixed the lid"),
        (("Add a fan and a relay", "Fix the lid"), "Added a fan and a relay, and fixed the lid"),
        (("Fix the lid", "Release 1.2.0"), "Fixed the lid and released kiln 1.2.0"),
        (("Better error messages",), "Worked on better error messages"),
    ],
)
def test_changes_are_told_in_one_sentence_and_share_their_verb(subjects: tuple[str, ...], told: str) -> None:
    assert changes(*subjects).lower() == told.lower()
    assert changes(*subjects)[0].isupper()


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("Sweep cones and record degrees, hours and gas", "Swept cones and recorded degrees, hours and gas"),
        ("Give each shelf its own fan and test it", "Gave each shelf its own fan and tested it"),
        ("Never print the token", "Stopped printing the token"),
        ("Fail the firing when the lid is open", "Made the firing fail when the lid is open"),
        ("Fix cache and index names", "Fixed cache and index names"),
    ],
)
def test_the_second_verb_follows_where_that_is_certain(subject: str, told: str) -> None:
    assert in_past(subject) == told


def test_lines_that_share_an_identifier_are_told_once() -> None:
    assert alike("kiln.open() method", "kiln.open() now works")
    assert not alike("a new fan", "the broken lid")


def test_a_summary_has_three_sentences_at_most() -> None:
    text = " ".join(f"I mended shelf {n} with brass screws. It holds the {n} bowls." for n in range(3, 12))
    moment = drafted([note(1, text), resource(2, "Add a fan", category="commit")]).moments[0]
    assert count_sentences(moment.summary) <= 3
    assert len(moment.summary) <= 400


def test_a_title_names_something() -> None:
    assert not is_specific("Imran has been exploring options", ["Imran"])
    assert is_specific("Imran adopted a greyhound", ["Imran"])


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("I'm so frustrated.", ["frustrated"]),
        ("I was relieved when the kiln closed.", ["relieved"]),
        ("I am tired and satisfied.", ["tired", "satisfied"]),
        ("I'm glad you like it!", []),
        ("I'm happy to help with the kiln.", []),
        ("I'm excited to see your bowls.", []),
        ("I'm thankful for your support.", []),
        ("I'm glad my photos can capture that.", []),
        ("I would be relieved if it closed.", []),
        ("She said she was tired of it.", []),
        ('The song "I am lonely" was on.', []),
        ("I used to feel lonely back then.", []),
    ],
)
def test_a_feeling_is_one_only_where_somebody_has_it_now(text: str, tags: list[str]) -> None:
    moment = drafted([message(1, f"{text} We fired nine bowls with blue rims.")]).moments[0]
    assert sorted(e.tag for e in moment.emotions) == sorted(tags)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("I had lunch with Tessa at the brewery.", ("Tessa",)),
        ("I asked Imran about the relay.", ("Imran",)),
        ("I deployed with Deno and tested with Sanic plugins.", ()),
        ("Doctors said that clay is healthy.", ()),
        ("My friend Ruth owns a kiln.", ("Ruth",)),
    ],
)
def test_people_are_named_as_only_people_are(text: str, people: tuple[str, ...]) -> None:
    assert drafted([message(1, text)]).moments[0].people == people


def test_a_commit_names_whoever_it_thanks() -> None:
    text = "Add a fan for Django\n\nThanks, @tessa-k\n\nCo-authored-by: Imran Aziz <i@example.org>"
    assert set(drafted([resource(1, text, category="commit")]).moments[0].people) == {"tessa-k", "Imran Aziz"}


@pytest.mark.parametrize(
    "text",
    [
        "I will not argue with it.",
        "If it rains, I'll stay in the studio.",
        "Let's see how the glaze turns out.",
    ],
)
def test_what_is_denied_or_conditional_is_no_plan(text: str) -> None:
    assert drafted([message(1, f"{text} We fired nine bowls.")]).moments[0].intentions == ()


def test_tags_that_people_gave_come_first_and_reach_what_mentions_them() -> None:
    draft = drafted(
        [
            note(1, "I read about celadon glaze.", tags=("glazes", "blue-rim")),
            message(1, "I fired nine bowls with a blue rim on the balcony.", minutes=400),
        ]
    )
    assert draft.moments[0].tags[:2] == ("glazes", "blue-rim")
    assert "blue-rim" in draft.moments[1].tags
    assert all(len(moment.tags) <= 6 for moment in draft.moments)


@pytest.mark.parametrize(
    ("phrase", "is_noun"),
    [
        ("glaze table", True),
        ("kiln controller", True),
        ("owe Imran", False),
        ("lid survives", False),
        ("release", True),
    ],
)
def test_a_tag_names_a_thing(phrase: str, is_noun: bool) -> None:
    assert is_noun_like(phrase) is is_noun


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        (("learning", "paper"), "learning"),
        (("planning", "sprint"), "planning"),
        (("reflection",), "reflection"),
    ],
)
def test_a_tag_that_somebody_gave_decides_the_type(tags: tuple[str, ...], kind: str) -> None:
    text = "I looked at the shelf of test tiles for the whole afternoon."
    assert drafted([note(1, text, tags=tags)]).moments[0].moment_type == kind


def test_links_between_notes_show_their_label() -> None:
    assert shown_text("See [[kiln notes|the kiln]] and [[Glaze]].") == "See the kiln and Glaze."


def test_an_attendee_counts_where_the_event_names_them() -> None:
    from dataclasses import replace

    event = resource(1, "Firing with Tessa in the old brewery.", category="event", name="Firing")
    event = replace(event, metadata={"attendees": ["Tessa", "Imran"]})
    assert drafted([event]).moments[0].people == ("Tessa",)
