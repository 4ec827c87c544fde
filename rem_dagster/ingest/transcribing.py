"""What is a source given that it may not do itself: the text of recordings, where a model was chosen."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rem_dagster.settings import Home

if TYPE_CHECKING:
    from rem_dagster.llm.transcription import Quote, Transcriber
    from rem_dagster.model.sound import Sound


def means_of(
    home: Home, user_id: str, *, max_cost_usd: float | None = None
) -> Mapping[str, Callable[..., Any]]:
    """By name, what sources of this home may ask for a user; nothing is opened or sent yet."""
    if home.settings.transcription_model is None:
        return {}
    transcribing = _Transcribing(home, user_id, max_cost_usd)
    return {"transcribe": transcribing, "quote": transcribing.quote}


class _Transcribing:
    """Gives the text of a recording; its model is opened with the first."""

    def __init__(self, home: Home, user_id: str, max_cost_usd: float | None) -> None:
        self._home, self._user, self._max_cost = home, user_id, max_cost_usd
        self._opened: Transcriber | None = None

    def __call__(self, sound: "Sound", account: str) -> Mapping[str, Any]:
        """What the model says, or said before; see `Transcriber.transcribe`.

        Args:
            account: of the source, by which the messages' ids are known that the text will have.
        """
        from rem_dagster.ingest.rows import Origin
        from rem_dagster.ingest.times import LocalDays
        from rem_dagster.llm.interface import Purpose
        from rem_dagster.llm.opening import Asking
        from rem_dagster.llm.transcription import open_transcriber
        from rem_dagster.model.window import calendar_of
        from rem_dagster.sources.audio import message_ids

        origin = Origin("audio", account, self._user)
        day = LocalDays(calendar_of(self._home)).place(sound.begun, "exact").day

        def purpose_of(text: Mapping[str, Any]) -> Purpose:
            messages = (origin.id_of(None, "message", each) for each in message_ids(sound, text))
            session = origin.id_of(None, "session", sound.digest)
            return Purpose(self._user, (day,), (session, *messages))

        self._opened = self._opened or open_transcriber(self._home, Asking(self._max_cost))
        return self._opened.transcribe(sound, user_id=self._user, purpose_of=purpose_of)

    def quote(self, sound: "Sound") -> "Quote":
        """What the text of a recording would cost; nothing is sent, and no key is needed."""
        from rem_dagster.llm.opening import Asking
        from rem_dagster.llm.transcription import open_transcriber

        model = self._opened or open_transcriber(self._home, Asking(needs_key=False))
        return model.quote(sound, user_id=self._user)
