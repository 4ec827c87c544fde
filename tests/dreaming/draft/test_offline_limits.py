"""Whatever the text: limits hold, quotes are real, and the same text gives the same words."""

import asyncio
import unicodedata
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rem_dagster.dreaming.draft.engine import DayFrame
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.draft.offline.sentences import sentences_of
from rem_dagster.model.day import DayItem, Segment
from rem_dagster.model.draft import Draft
from rem_dagster.model.words import BUILT_IN_MOMENT_TYPES, EMOTIONS

FRAME = DayFrame(user_id="u", day=date(2026, 3, 2), zone=ZoneInfo("UTC"), moment_types=BUILT_IN_MOMENT_TYPES)
START = datetime(2026, 3, 2, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        "I went to the market and I bought 2.5 kg of plums.", "I'm so relieved!", "Release 1.2.0",
        "Fix x & y (#12)",
        "```\ncode", "- [ ] call Nadia", "# Heading", "https://a.example/b?c=d",
        "عندي موعد غدا", "会議は中止になった。",
        "“open quote", '"half', "👍🏽🎉", "\0", "A" * 300, "?",
        "Ada: hello there\nBen: I will send it\nAda: good",

        "Tomorrow I'll write to Mr. Okafor, e.g. about the roof.", "Wir haben das Dach repariert.",
        "\t\n ", "ß İ ﬁ",
    ]
)  # fmt: skip
texts = st.lists(PIECES | st.text(max_size=60), max_size=8).map(" ".join) | st.text(max_size=200)


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    items = []
    counts = {"m": 0, "r": 0}
    at = START
    for text in draw(st.lists(texts, min_size=1, max_size=9)):
        kind = draw(st.sampled_from(["message", "resource"]))
        counts[kind[0]] += 1
        at += timedelta(minutes=draw(st.integers(0, 240)))
        category = draw(
            st.sampled_from(["commit", "note", "document", "transcript", "event", "web", "email", "other"])
        )
        items.append(
            DayItem(
                handle=f"{kind[0]}{counts[kind[0]]}",
                source_id=f"{len(items):03}",
                kind="message" if kind == "message" else "resource",
                occurred_at=at,
                ended_at=at,
                text=text,
                thread=draw(st.sampled_from(["a", "b"])),
                role=draw(st.sampled_from(["user", "assistant"])) if kind == "message" else None,
                author=draw(st.sampled_from([None, "Nadia", "Okafor"])),
                name=draw(st.none() | texts),
                category=category if kind == "resource" else None,
                session_title=draw(st.sampled_from([None, "Where the roof leaks"])),
                metadata={"repo": "x/roof.git", "attendees": ["Ada"]} if kind == "resource" else {},
            )
        )
    return Segment(0, tuple(items))


def drafted(segment: Segment) -> Draft:
    return asyncio.run(OfflineEngine().draft(segment, FRAME)).draft


@settings(max_examples=120, deadline=None)
@given(segments())
@pytest.mark.runs
def test_limits_hold_for_any_text(segment: Segment) -> None:
    draft = drafted(segment)
    assert len(draft.day_summary.split()) <= 70
    for moment in draft.moments:
        assert 0 < len(moment.name) <= 70
        assert 0 < len(moment.summary) <= 400
        assert moment.moment_type in FRAME.moment_types
        assert len(moment.outcomes) <= 3
        assert len(moment.emotions) <= 3
        assert {emotion.tag for emotion in moment.emotions} <= set(EMOTIONS)
        for tag in moment.tags:
            assert tag == unicodedata.normalize("NFC", tag)
            assert " " not in tag


@settings(max_examples=120, deadline=None)
@given(segments())
@pytest.mark.runs
def test_every_quote_stands_in_the_item_that_it_cites(segment: Segment) -> None:
    normal = {item.handle: " ".join(item.text.split()) for item in segment.items}
    draft = drafted(segment)
    for moment in draft.moments:
        for cited in (*moment.evidence, *moment.emotions):
            assert cited.quote in normal[cited.handle]
            assert cited.handle in moment.handles
            assert 1 <= len(cited.quote.split()) <= 25


@settings(max_examples=80, deadline=None)
@given(segments())
def test_no_item_is_in_two_moments_and_every_handle_exists(segment: Segment) -> None:
    draft = drafted(segment)
    cited = [handle for moment in draft.moments for handle in moment.handles]
    known = {item.handle for item in segment.items}
    assert len(cited) == len(set(cited))
    assert set(cited) <= known
    assert {handle for entity in draft.entities for handle in entity.handles} <= known


@settings(max_examples=40, deadline=None)
@given(segments())
def test_the_same_segment_gives_the_same_draft(segment: Segment) -> None:
    assert drafted(segment) == drafted(segment)


@given(st.text(max_size=300))
def test_sentences_are_pieces_of_their_paragraph(text: str) -> None:
    paragraph = " ".join(text.split())
    assert all(sentence in paragraph for sentence in sentences_of(paragraph))
