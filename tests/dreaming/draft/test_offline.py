"""What the engine without a model writes of small days."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rem_dagster.dreaming.draft.engine import DayFrame
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, Category, Role

FRAME = DayFrame(
    user_id="noor", day=date(2026, 3, 2), zone=ZoneInfo("UTC"), moment_types=BUILT_IN_MOMENT_TYPES
)
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


def message(
    n: int,
    text: str,
    *,
    author: str | None = None,
    role: Role = "user",
    minutes: int | None = None,
    thread: str = "chat",
) -> DayItem:
    at = MORNING + timedelta(minutes=n if minutes is None else minutes)
    return DayItem(f"m{n}", f"id-{n:03}", "message", at, at, text, thread, role=role, author=author)


def resource(
    n: int, text: str, *, category: Category, name: str | None = None, minutes: int = 0, repo: str = "kiln"
) -> DayItem:
    at = MORNING + timedelta(minutes=minutes)
    metadata = {"repo": repo, "author": "Noor", "files": ["a.py"]} if category == "commit" else {}
    thread = repo if category == "commit" else f"doc-{n}"
    return DayItem(
        f"r{n}",
        f"res-{n:03}",
        "resource",
        at,
        at,
        text,
        thread,
        name=name,
        category=category,
        metadata=metadata,
    )


def drafted(items: Sequence[DayItem]) -> Draft:
    return asyncio.run(OfflineEngine().draft(Segment(0, tuple(items)), FRAME)).draft


FRIENDS = [
    message(1, "Hey Tessa! Good to see you, how have you been?", author="Imran"),
    message(2, "Hi Imran! I finally adopted a greyhound from the shelter on Saturday.", author="Tessa"),
    message(3, "Wow, that's great! What's the name?", author="Imran"),
    message(4, "Biscuit. I'm so happy with her!", author="Tessa"),
    message(5, "I just signed up for a pottery course in the old brewery.", author="Imran"),
]


def test_friends_are_told_by_name_and_in_the_third_person() -> None:
    moment = drafted(FRIENDS).moments[0]
    assert "adopted a greyhound" in moment.name
    assert moment.people == ("Imran", "Tessa")
    assert moment.moment_type == "communication"


def test_a_feeling_needs_the_words_of_the_person_who_has_it() -> None:
    assert [(e.tag, e.handle) for e in drafted(FRIENDS).moments[0].emotions] == [("happy", "m4")]


def test_denied_asked_and_wished_feelings_are_none() -> None:
    texts = [
        "I'm not worried about it at all, honestly.",
        "Am I tired? Are you happy?",
        "I would be so glad to win.",
    ]
    draft = drafted([message(n, text) for n, text in enumerate(texts, 1)])
    assert draft.moments[0].emotions == ()


def test_a_release_is_named_in_the_title_with_its_project() -> None:
    draft = drafted(
        [
            resource(1, "Fix the glaze table, closes #41", category="commit"),
            resource(2, "Release 0.64.1", category="commit", minutes=10),
        ]
    )
    assert draft.moments[0].name.startswith("Released kiln 0.64.1")
    assert draft.moments[0].outcomes[0] == "Released kiln 0.64.1"
    assert "Fixed the glaze table (#41)" in draft.moments[0].outcomes
    assert draft.moments[0].moment_type == "work_session"


def test_thirty_commits_in_three_repositories_give_two_to_six_moments() -> None:
    commits = [
        resource(n, f"Add part {n} of the loader", category="commit", minutes=17 * n, repo=f"repo{n % 3}")
        for n in range(1, 31)
    ]
    assert 2 <= len(drafted(commits).moments) <= 6


def test_a_chat_and_the_commits_that_it_is_about_are_one_moment() -> None:
    items = [
        message(1, "The kiln controller overshoots the cone six ramp by forty degrees.", minutes=0),
        resource(1, "Stop the controller from overshooting the cone six ramp", category="commit", minutes=20),
        message(2, "The overshoot is gone, the controller now holds the ramp.", minutes=30),
        message(3, "Lunch with the neighbours was lovely, I brought bread.", minutes=300, thread="other"),
    ]
    assert [moment.handles for moment in drafted(items).moments] == [("m1", "r1", "m2"), ("m3",)]


def test_what_an_assistant_says_is_no_outcome() -> None:
    items = [
        message(1, "How do I make the glaze less runny?"),
        message(2, "I fixed your recipe: we decided on more alumina.", role="assistant"),
    ]
    moment = drafted(items).moments[0]
    assert moment.outcomes == ()
    assert moment.name == "How to make the glaze less runny"
    assert moment.people == ()


def test_a_plan_is_kept_with_the_message_that_states_it() -> None:
    draft = drafted([message(1, "The bisque firing went well. Tomorrow I'll mix the celadon glaze.")])
    assert [(p.text, p.handles) for p in draft.moments[0].intentions] == [
        ("Tomorrow I'll mix the celadon glaze.", ("m1",))
    ]


def test_speakers_of_a_transcript_are_people_and_their_results_outcomes() -> None:
    said = ("Ada: The oven is here.", "Ben: I booked the electrician for Monday.", "Ada: Good.", "Ben: Fine.")
    lines = "\n".join(said)
    moment = drafted([resource(1, lines, category="transcript", name="Kitchen call")]).moments[0]
    assert moment.name == "Kitchen call"
    assert moment.people == ("Ada", "Ben")
    assert "Ben booked the electrician for Monday" in moment.outcomes


def test_german_text_stays_german() -> None:
    text = "Ich habe den alten Brennofen repariert und die Heizspirale getauscht. Ich bin sehr erleichtert."
    moment = drafted([resource(1, text, category="note")]).moments[0]
    assert not {"the", "and", "about", "notes"} & set(moment.name.lower().split())
    assert [e.tag for e in moment.emotions] == ["relieved"]


def test_japanese_text_gets_a_title_of_its_own_words() -> None:
    text = "今日は新しい釉薬を試験した。窯の温度は千二百度だった。"
    moment = drafted([resource(1, text, category="note")]).moments[0]
    assert moment.name
    assert all(quote.quote in text for quote in moment.evidence)


def test_code_addresses_and_lumps_are_neither_quoted_nor_titles() -> None:
    lump = "QUJD" * 60
    text = (
        f"```\nraise SystemExit(1)\n```\n{lump}\nI moved the log to https://example.org/kiln/log last night."
    )
    moment = drafted([resource(1, text, category="note")]).moments[0]
    written = " ".join([moment.name, moment.summary, *(q.quote for q in moment.evidence)])
    assert "SystemExit" not in written
    assert lump[:20] not in written
    assert "https" not in moment.name + moment.summary


def test_what_somebody_else_is_quoted_to_say_is_not_told_as_ones_own() -> None:
    text = 'Mira read the label: "That is box nine. I lost it years ago." We carried it upstairs together.'
    moment = drafted([resource(1, text, category="note")]).moments[0]
    assert not any(quote.quote.startswith("I lost") for quote in moment.evidence)
    assert "I lost it years ago" not in moment.name


def test_a_bot_alone_is_still_a_moment_and_among_people_noise() -> None:
    bot = DayItem(
        "r9", "res-9", "resource", MORNING, MORNING, "Updated README", "til", category="commit",
        metadata={"repo": "til", "author": "README-bot"},
    )  # fmt: skip
    assert len(drafted([bot]).moments) == 1
    assert [m.handles for m in drafted([bot, message(1, "I glazed nine bowls in the studio.")]).moments] == [
        ("m1",)
    ]


def test_a_day_of_several_segments_is_summed_up_in_seventy_words() -> None:
    from rem_dagster.model.moment import Moment

    moments = [
        Moment(
            id=str(n),
            user_id="noor", partition_key="2026-03-02", name="A", summary="One two three four five six.",
            start_time=MORNING, end_time=MORNING, created_at=MORNING, moment_type="other", dream_id="d",
        )
        for n in range(30)
    ]  # fmt: skip
    text, usage = asyncio.run(OfflineEngine().summarize(moments, FRAME))
    assert 30 < len(text.split()) <= 70
    assert usage.calls == 0


def test_a_huge_message_is_read_in_part() -> None:
    text = "I sorted the shelf of test tiles. " + "lorem ipsum dolor " * 600_000
    draft = drafted([message(1, text)])
    assert draft.moments[0].handles == ("m1",)


def test_behind_the_name_of_a_project_its_name_is_not_said_again() -> None:
    commits = [
        resource(1, "kiln-tools memory command", category="commit", repo="kiln-tools"),
        resource(2, "kiln-tools' own tests", category="commit", minutes=5, repo="kiln-tools"),
    ]
    [moment] = drafted(commits).moments
    assert moment.name == "kiln-tools: memory command; kiln-tools' own tests"
