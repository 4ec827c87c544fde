"""Recordings on their way from a folder through a model into the store."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rem_dagster.ingest.explaining import explain_source
from rem_dagster.ingest.importing import import_source
from rem_dagster.ingest.recognise import make_source
from rem_dagster.ingest.report import ImportReport
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import entries
from rem_dagster.settings import Home, open_home
from rem_dagster.sources.audio import NOT_PAID, SENDING
from rem_dagster.store.database import Store
from tests.activity import rows
from tests.llm.embedding_server import Refusal
from tests.llm.transcription_server import TranscriptionEndpoint, serve_transcriptions
from tests.sources.test_audio import put, wav


@pytest.fixture
def endpoint() -> Iterator[TranscriptionEndpoint]:
    with serve_transcriptions(TranscriptionEndpoint()) as served:
        yield served


def imported(home: Home, store: Store, folder: Path) -> ImportReport:
    source = make_source("audio", folder, home=home)
    return import_source(
        home, store, source, user_id=home.settings.user, now=datetime(2025, 6, 1, tzinfo=UTC)
    )


def test_an_import_that_died_pays_nothing_twice(
    home: Home, store: Store, endpoint: TranscriptionEndpoint, tmp_path: Path
) -> None:
    home = open_home(
        home.path,
        flags={"transcription_model": "hear-1", "transcription_base_url": endpoint.url,
               "transcription_price_per_minute": 0.006},
    )  # fmt: skip
    folder = tmp_path / "memos"
    put(folder, "2025-04-17 10.00.00.wav", wav(1))
    put(folder, "2025-04-18 10.00.00.wav", wav(2))
    endpoint.faults.extend([None, Refusal(400, "no")])
    report = imported(home, store, folder)
    assert (report.new, report.failed, len(endpoint.sounds)) == (3, 1, 1)
    report = imported(home, store, folder)
    assert (report.new, report.unchanged, len(endpoint.sounds)) == (3, 3, 2)
    assert (imported(home, store, folder).unchanged, len(endpoint.sounds)) == (6, 2)
    messages = rows(store, "messages")
    assert len(messages) == 4
    told = entries(answers_of(home))
    assert sorted(each.days for each in told) == [("2025-04-17",), ("2025-04-18",)]
    assert {each.cost_usd for each in told} == {0.003}
    assert {row["id"] for row in messages} <= {key for each in told for key in each.source_ids}
    assert {row["session_id"] for row in messages} <= {key for each in told for key in each.source_ids}


def chosen(home: Home, endpoint: TranscriptionEndpoint, price: float | None = 0.006) -> Home:
    flags = {"transcription_model": "hear-1", "transcription_base_url": endpoint.url}
    return open_home(home.path, flags={**flags, "transcription_price_per_minute": price})


def test_an_explanation_sends_nothing_and_says_what_sending_would_cost(
    home: Home, store: Store, endpoint: TranscriptionEndpoint, tmp_path: Path
) -> None:
    home, folder = chosen(home, endpoint, 0.6), tmp_path / "memos"
    put(folder, "2025-04-17 10.00.00.wav", wav(1))
    imported(home, store, folder)
    put(folder, "2025-04-18 10.00.00.wav", wav(2))
    put(folder, "2025-04-19 10.00.00.wav", wav(3))
    source = make_source("audio", folder, home=home)
    told = explain_source(home, source, user_id=home.settings.user, now=datetime(2025, 6, 1, tzinfo=UTC))
    assert len(endpoint.sounds) == 1
    assert (told.report.unchanged, told.report.skipped) == (3, 2)
    prices = [each.got for each in told.report.problems if each.reason == SENDING]
    assert prices == ["$0.0500 at most"]
    assert {each.got for each in told.report.problems if each.kind == "skipped"} == {
        "$0.0200 at most", "$0.0300 at most"
    }  # fmt: skip


def test_an_explanation_says_where_nobody_knows_a_price(home: Home, tmp_path: Path) -> None:
    put(tmp_path, "a.wav", wav(1))
    home = open_home(home.path, flags={"transcription_model": "openai:whisper-1"})
    source = make_source("audio", tmp_path, home=home)
    told = explain_source(home, source, user_id="ines", now=datetime(2025, 6, 1, tzinfo=UTC))
    assert "nobody knows" in next(str(each.got) for each in told.report.problems if each.reason == SENDING)


def test_recordings_are_sent_until_the_next_would_pass_the_limit_of_an_import(
    home: Home, store: Store, endpoint: TranscriptionEndpoint, tmp_path: Path
) -> None:
    home, folder = chosen(home, endpoint, 0.6), tmp_path / "memos"
    for day in (17, 18, 19):
        put(folder, f"2025-04-{day} 10.00.00.wav", wav(30 + day))
    source = make_source("audio", folder, home=home, max_cost_usd=1.0)
    report = import_source(
        home, store, source, user_id=home.settings.user, now=datetime(2025, 6, 1, tzinfo=UTC)
    )
    assert len(endpoint.sounds) == 2
    assert [each.reason for each in report.problems if each.kind == "failed"] == [NOT_PAID]
    assert len(endpoint.sounds) == 2
    imported(home, store, folder)
    assert len(endpoint.sounds) == 3, "without the limit the rest is sent, and nothing twice"


def test_nothing_is_sent_where_no_model_was_chosen(
    home: Home, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    put(tmp_path, "memos/a.wav", wav(1))
    report = imported(home, store, tmp_path / "memos")
    assert (report.skipped, report.notices, report.exit_code) == (1, 1, 0)
    assert entries(answers_of(home)) == []
