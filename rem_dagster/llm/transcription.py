"""How does an OpenAI-compatible endpoint turn a recording into text, never paid for twice?

    recording ─> kept? ── yes ─────────────────────────────> given again, 0 calls
                   └ no ─> one asker ─> budget ─> wire ─> checked ─> kept and noted in the ledger

What is kept is named after the recording's bytes, the part of it, the user, the model and its address.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rem_dagster.errors import BudgetError, EndpointError, ModelError, SettingsError, StoreError
from rem_dagster.llm.answer_file import (
    AnswerFile,
    CallId,
    Outcome,
    find_takes,
    next_take,
    read_answer_file,
    write_answer_file,
)
from rem_dagster.llm.answer_place import AnswerPlace
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.audit import MonthSpend
from rem_dagster.llm.budget import Budget
from rem_dagster.llm.charge import Charge, charge_of
from rem_dagster.llm.endpoints import Endpoint, endpoint_of
from rem_dagster.llm.failures import RejectedError, named
from rem_dagster.llm.interface import Purpose
from rem_dagster.llm.loop import run_to_end
from rem_dagster.llm.opening import Asking
from rem_dagster.llm.single_flight import one_asker
from rem_dagster.llm.wire import Clock, Patience, Wire
from rem_dagster.model.sound import Sound
from rem_dagster.settings import Home, secret

log = logging.getLogger(__name__)
Text = Mapping[str, Any]
"""What came back: `text`, and `segments` or `words` with their times where the model gives them."""
KEPT = ("text", "segments", "words", "language", "duration")
LEAST_BYTES_PER_SECOND = 1_000
"""Of speech that can be understood: by it the most is reckoned that a recording of unknown length costs."""
WITH_SPEAKERS, WITH_TIMES, PLAIN = "diarized_json", "verbose_json", "json"


@dataclass(frozen=True)
class Quote:
    """What a recording's text would take."""

    text: Text | None
    """What is kept from before, which costs nothing."""
    most_usd: float | None
    """At most; None when nobody knows."""
    model: str


class Transcriber:
    """A model that hears recordings, within the limits on cost.

    Args:
        key: what is sent as the bearer's key; nothing of the environment when None.
        price_per_minute: USD; None when nobody knows, which is not free.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        key: str | None,
        price_per_minute: float | None,
        budget: Budget,
        place: AnswerPlace,
        accept_unknown_price: bool = False,
        timeout_seconds: float = 300.0,
        patience: Patience | None = None,
        clock: Clock | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._endpoint, self._price, self._budget, self._place = endpoint, price_per_minute, budget, place
        self._accepts_unknown, self._now = accept_unknown_price, now
        has_speakers = "diarize" in endpoint.model
        self._forms = [WITH_SPEAKERS, PLAIN] if has_speakers else [WITH_TIMES, PLAIN]
        self._wire = Wire(
            endpoint,
            key=key,
            concurrency=1,
            timeout_seconds=timeout_seconds,
            patience=patience or Patience(),
            clock=clock or Clock(),
        )

    @property
    def name(self) -> str:
        """The model's name, without its preset."""
        return self._endpoint.model

    def transcribe(self, sound: Sound, *, user_id: str, purpose_of: Callable[[Text], Purpose]) -> Text:
        """The text of a recording, kept from before or asked for now.

        Args:
            user_id: whose recording it is: nobody is given what another's gave.
            purpose_of: for what a text is, once it is known: the audit log tells of it.

        Raises:
            BudgetError: it may cost more than a limit leaves, or nobody knows what it costs.
            ModelError: what came back is no text.
            EndpointError: the endpoint cannot be used.
            OSError: the recording cannot be read.
            HomeError: the answer cannot be kept.
        """
        key = self._key(sound, user_id)
        kept = self._find(key)
        return kept if kept is not None else run_to_end(self._once(key, sound, purpose_of))

    def quote(self, sound: Sound, *, user_id: str) -> Quote:
        """What a recording's text would cost; nothing is sent."""
        kept = self._find(self._key(sound, user_id))
        if kept is not None or (self._price is None and self._endpoint.is_local):
            return Quote(kept, 0.0, self.name)
        return Quote(None, self._most_of(sound), self.name)

    async def _once(self, key: str, sound: Sound, purpose_of: Callable[[Text], Purpose]) -> Text:
        async with one_asker(self._place.machine, key):
            try:
                kept = self._find(key)
                return kept if kept is not None else await self._ask(key, sound, purpose_of)
            finally:
                await self._wire.close()

    async def _ask(self, key: str, sound: Sound, purpose_of: Callable[[Text], Purpose]) -> Text:
        most = self._most(sound)
        content = sound.read()
        ticket = await self._budget.reserve(most)
        spent: float | None = 0.0
        try:
            body, timeouts = await self._send(sound.name, content)
            cost = self._cost(_seconds_in(body) or sound.seconds)
            spent = None if timeouts else cost
            return self._checked(key, body, purpose_of, Charge(1 + timeouts, None, None, cost))
        except EndpointError as error:
            charge = charge_of(error)
            if charge is not None and charge.calls:  # timed out: perhaps worked on, and then paid for
                spent = None
                self._keep(key, purpose_of({}), charge, outcome="failed")
            raise
        finally:
            self._budget.settle(ticket, (most or 0.0) if spent is None else spent)

    async def _send(self, name: str, content: bytes) -> tuple[Text, int]:
        """The answer in the richest form that the endpoint gives, and the calls that were lost before it."""
        while True:
            form = self._forms[0]
            fields = {"response_format": form}
            if form == WITH_SPEAKERS:
                fields["chunking_strategy"] = "auto"  # its model wants one for what is longer than 30 s
            try:
                received = await self._wire.transcribe(name, content, fields)
                return received.body, received.timeouts
            except RejectedError as error:
                if len(self._forms) > 1 and any(word in error.text.lower() for word in ("format", form)):
                    del self._forms[0]
                    continue
                raise EndpointError(
                    f"{named(self._endpoint)} will not transcribe: {error.text}. No text was made; see that "
                    "transcription_model names a model for recordings."
                ) from error

    def _checked(self, key: str, body: Text, purpose_of: Callable[[Text], Purpose], paid: Charge) -> Text:
        text = {name: body[name] for name in KEPT if name in body}
        if not isinstance(text.get("text"), str) and not isinstance(text.get("segments"), list):
            self._keep(key, purpose_of({}), paid, outcome="failed")
            raise ModelError(
                f"{named(self._endpoint)} was sent a recording and gave no text. Nothing of it was used."
            )
        self._keep(key, purpose_of(text), paid, outcome="answered", text=text)
        return text

    def _find(self, key: str) -> Text | None:
        for name in find_takes(self._place, key, 0):
            try:
                held = read_answer_file(self._place, name)
            except StoreError as error:
                log.warning("%s", error)
                continue
            if held.outcome == "answered":
                answer: Text = held.answer
                return answer
        return None

    def _keep(
        self, key: str, purpose: Purpose, paid: Charge, *, outcome: Outcome, text: Text | None = None
    ) -> None:
        held = AnswerFile.of(
            CallId(key, 0, next_take(self._place, key, 0)),
            purpose,
            paid,
            at=self._now(),
            outcome=outcome,
            endpoint=self._endpoint.address,
            model=self._endpoint.model,
            answer=None if text is None else dict(text),
        )
        write_answer_file(self._place, held)

    def _key(self, sound: Sound, user_id: str) -> str:
        said = {
            "endpoint": self._endpoint.address,
            "model": self._endpoint.model,
            "user": user_id,
            "sound": sound.digest,
            "start": sound.start,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode("ascii")).hexdigest()

    def _most(self, sound: Sound) -> float | None:
        """The most that a recording can cost; None when nobody knows and that was accepted."""
        if self._price is not None:
            return self._most_of(sound)
        if self._endpoint.is_local:
            return 0.0
        if self._accepts_unknown:
            return None
        raise BudgetError(
            f"The price of {self.name!r} at {self._endpoint.address} is not known, so no limit on cost could "
            "hold. Nothing was sent. Put its price into config.toml (transcription_price_per_minute, in USD)."
        )

    def _most_of(self, sound: Sound) -> float | None:
        return self._cost(sound.seconds or sound.size / LEAST_BYTES_PER_SECOND)

    def _cost(self, seconds: float | None) -> float | None:
        return None if self._price is None or seconds is None else self._price * seconds / 60


def open_transcriber(home: Home, asking: Asking | None = None) -> Transcriber:
    """The transcriber that the home's settings choose; nothing is sent yet.

    Raises:
        SettingsError: none is chosen, its address is none, or its key is not in the environment.
    """
    settings, terms = home.settings, asking or Asking()
    if settings.transcription_model is None:
        raise SettingsError("No model for recordings is chosen. Set transcription_model in config.toml.")
    endpoint = endpoint_of(
        settings.transcription_model,
        base_url=settings.transcription_base_url,
        key_variable=settings.transcription_api_key_env,
        use="transcription",
    )
    key = secret(endpoint.key_variable) if endpoint.key_variable else None
    if endpoint.key_variable and key is None and terms.needs_key:
        raise SettingsError(
            f"{named(endpoint)} wants a key in {endpoint.key_variable}, which is not set. Nothing was sent."
        )
    place = answers_of(home)
    today = datetime.now(UTC).astimezone(home.zone).date()
    return Transcriber(
        endpoint,
        key=key,
        price_per_minute=settings.transcription_price_per_minute,
        budget=Budget(
            max_cost_usd=terms.max_cost_usd,
            month_cap_usd=settings.monthly_cap_usd,
            spent_this_month=MonthSpend(place, today, home.zone).usd,
        ),
        place=place,
        accept_unknown_price=terms.accept_unknown_price,
        timeout_seconds=settings.llm_timeout_seconds,
    )


def _seconds_in(body: Text) -> float | None:
    """How long the recording is, as the endpoint says."""
    usage = body.get("usage")
    told = (body.get("duration"), usage.get("seconds") if isinstance(usage, Mapping) else None)
    for each in told:
        try:
            seconds = float(each) if isinstance(each, str | int | float) else 0.0
        except ValueError:
            continue
        if 0 < seconds < 1e7:
            return seconds
    return None
