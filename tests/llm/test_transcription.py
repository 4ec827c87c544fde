"""The model that hears recordings: what is kept, hiccups, useless answers, and limits on cost."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rem_dagster.errors import BudgetError, EndpointError, ModelError, SettingsError
from rem_dagster.llm import transcription
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import entries, spent_in_month
from rem_dagster.llm.cache import forget_answers
from rem_dagster.llm.interface import Purpose
from rem_dagster.llm.opening import Asking
from rem_dagster.llm.transcription import Text, open_transcriber
from rem_dagster.llm.wire import Clock
from rem_dagster.model.sound import Sound
from rem_dagster.settings import Home, open_home
from tests.llm.embedding_server import Refusal
from tests.llm.transcription_server import (
    TranscriptionEndpoint,
    Twist,
    answer,
    serve_transcriptions,
)

BEGUN = datetime(2025, 4, 17, 10, tzinfo=UTC)
Hear = Callable[..., Text]


@pytest.fixture
def endpoint() -> Iterator[TranscriptionEndpoint]:
    with serve_transcriptions(TranscriptionEndpoint()) as served:
        yield served


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that were waited for, without waiting."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(transcription, "Clock", lambda: Clock(now=lambda: sum(waits), sleep=sleep))
    return waits


def home_of(place: Path, endpoint: TranscriptionEndpoint | None, **settings: object) -> Home:
    flags = {"timezone": "UTC", "transcription_model": "hear-1", **settings}
    if endpoint:
        flags["transcription_base_url"] = endpoint.url
    return open_home(place / "home", create=True, flags=flags)


@pytest.fixture
def hear(tmp_path: Path, endpoint: TranscriptionEndpoint) -> Hear:
    """Lets the model of a home with such settings hear a recording."""

    def heard(
        content: bytes = b"RIFF",
        *,
        user: str = "ann",
        digest: str = "d1",
        start: float = 0.0,
        seconds: float | None = 60.0,
        asking: Asking | None = None,
        **settings: object,
    ) -> Text:
        sound = Sound(digest, "recording.wav", lambda: content, len(content), BEGUN, start, seconds)
        opened = open_transcriber(home_of(tmp_path, endpoint, **settings), asking)
        return opened.transcribe(
            sound, user_id=user, purpose_of=lambda text: Purpose(user, ("2025-04-17",), ("s1", *text))
        )

    return heard


def test_a_recording_is_sent_once_and_its_text_is_kept(
    hear: Hear, endpoint: TranscriptionEndpoint, tmp_path: Path
) -> None:
    first = hear(b"\0sound\xff")
    assert [each["text"] for each in first["segments"]] == [" So it leaks.", " A lot."]
    assert hear(b"\0sound\xff") == first
    assert endpoint.asked == [{"model": "hear-1", "response_format": "verbose_json", "file": "recording.wav"}]
    assert endpoint.sounds == [b"\0sound\xff"]
    [entry] = entries(answers_of(home_of(tmp_path, endpoint)))
    assert (entry.user_id, entry.days, entry.source_ids[0], entry.cost_usd) == (
        "ann",
        ("2025-04-17",),
        "s1",
        None,
    )


def test_another_recording_part_user_or_model_is_another_request(
    hear: Hear, endpoint: TranscriptionEndpoint
) -> None:
    hear()
    hear(digest="d2")
    hear(start=3_600.0)
    hear(user="ben")
    hear(transcription_model="hear-2")
    assert len(endpoint.sounds) == 5


def test_the_form_that_an_endpoint_does_not_know_is_not_asked_for_again(
    hear: Hear, endpoint: TranscriptionEndpoint
) -> None:
    endpoint.forms = ("json",)
    assert hear()["text"] == "So it leaks."
    assert [each["response_format"] for each in endpoint.asked] == ["verbose_json", "json"]


def test_a_model_that_knows_speakers_is_asked_for_them(hear: Hear, endpoint: TranscriptionEndpoint) -> None:
    endpoint.forms = ("diarized_json",)
    assert hear(transcription_model="hear-diarize")["segments"][0]["speaker"] == "A"
    assert endpoint.asked[0]["chunking_strategy"] == "auto"


@pytest.mark.parametrize(
    "fault", [Refusal(429, headers={"retry-after": "7"}), Refusal(500), "cut", "garbage", "hang_up"]
)
def test_hiccups_are_waited_for(
    hear: Hear, endpoint: TranscriptionEndpoint, fault: Refusal | Twist, slept: list[float]
) -> None:
    endpoint.faults.append(fault)
    assert hear() == {name: each for name, each in answer("verbose_json").items() if name != "task"}
    assert slept == [7.0 if isinstance(fault, Refusal) and fault.status == 429 else 1.0]


@pytest.mark.parametrize("twist", ["plain", "text_alone"])
def test_an_answer_of_text_alone_is_taken(hear: Hear, endpoint: TranscriptionEndpoint, twist: Twist) -> None:
    endpoint.faults.append(twist)
    assert hear() == {"text": "So it leaks."}


def test_an_answer_without_text_is_an_error_that_is_paid_for(
    hear: Hear, endpoint: TranscriptionEndpoint, tmp_path: Path
) -> None:
    endpoint.faults.append("no_text")
    with pytest.raises(ModelError, match="gave no text"):
        hear(transcription_price_per_minute=0.6)
    [entry] = entries(answers_of(home_of(tmp_path, endpoint)))
    assert (entry.outcome, entry.cost_usd) == ("failed", pytest.approx(0.6))
    assert hear()["text"]


def test_a_recording_that_is_refused_says_why(hear: Hear, endpoint: TranscriptionEndpoint) -> None:
    endpoint.faults.append(Refusal(400, "this is no sound"))
    with pytest.raises(EndpointError, match="this is no sound"):
        hear()
    endpoint.faults.append(Refusal(401))
    with pytest.raises(EndpointError, match="transcription_api_key_env"):
        hear()
    endpoint.faults.append(Refusal(404))
    with pytest.raises(EndpointError, match="transcription_model"):
        hear()


def test_minutes_cost_what_the_endpoint_counts(
    hear: Hear, endpoint: TranscriptionEndpoint, tmp_path: Path
) -> None:
    hear(transcription_price_per_minute=0.006)
    place = answers_of(home_of(tmp_path, endpoint))
    [entry] = entries(place)
    assert entry.cost_usd == pytest.approx(0.003)  # 30 s by the endpoint's count
    assert spent_in_month(place, datetime.now(UTC).date(), home_of(tmp_path, endpoint).zone) == pytest.approx(
        0.003
    )
    endpoint.faults.append("text_alone")
    hear(digest="d2", seconds=None, transcription_price_per_minute=0.006)
    assert [each.cost_usd for each in entries(place)][1] is None


def test_what_may_pass_a_limit_is_not_sent(hear: Hear, endpoint: TranscriptionEndpoint) -> None:
    with pytest.raises(BudgetError, match="max-cost"):
        hear(asking=Asking(max_cost_usd=0.05), transcription_price_per_minute=0.06)
    with pytest.raises(BudgetError, match="monthly cap"):
        hear(monthly_cap_usd=0.05, transcription_price_per_minute=0.06)
    with pytest.raises(
        BudgetError, match="monthly cap"
    ):  # a length that nobody knows is taken for a long one
        hear(b"\0" * 60_000, seconds=None, monthly_cap_usd=0.05, transcription_price_per_minute=0.06)
    assert endpoint.asked == []


def test_nothing_goes_beyond_this_machine_without_a_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    opened = open_transcriber(home_of(tmp_path, None))
    sound = Sound("d1", "recording.wav", lambda: b"", 1, BEGUN)
    with pytest.raises(BudgetError, match="transcription_price_per_minute"):
        opened.transcribe(sound, user_id="ann", purpose_of=lambda _: Purpose("ann", (), ()))


def test_a_model_or_key_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="wants a key in OPENAI_API_KEY"):
        open_transcriber(home_of(tmp_path, None))
    with pytest.raises(SettingsError, match="transcription_base_url is no http"):
        open_transcriber(home_of(tmp_path, None, transcription_base_url="here"))
    with pytest.raises(SettingsError, match="No model for recordings is chosen"):
        open_transcriber(open_home(tmp_path / "other", create=True, flags={"timezone": "UTC"}))


def test_a_text_that_was_forgotten_is_gone(
    hear: Hear, endpoint: TranscriptionEndpoint, tmp_path: Path
) -> None:
    hear()
    assert forget_answers(answers_of(home_of(tmp_path, endpoint)), ["s1"]) == 1
    hear()
    assert len(endpoint.sounds) == 2
