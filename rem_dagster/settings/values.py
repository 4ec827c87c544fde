"""Which settings are there, and which values may they have?"""

import re
from datetime import time

from pydantic import BaseModel, ConfigDict, Field, field_validator

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
VARIABLE_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
UNSHOWN = ("llm_api_key_env", "embedding_api_key_env", "transcription_api_key_env", "storage_options")
"""Settings into which somebody may have put a secret: a complaint about one does not repeat it."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(BaseModel):
    """One place that `rem sync` pulls: an entry of `[[sources]]`, and the options of its kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str
    """One of `rem import --help`, or another package's; checked when the source is pulled."""
    path: str
    """Relative paths are taken from the home; of some kinds it is an address with `://`."""
    user: str | None = None
    account: str | None = None
    """Tells two sources of one kind apart; by default what suits the kind."""

    @property
    def options(self) -> dict[str, object]:
        """What else the entry says: the kind knows what it means."""
        return dict(self.model_extra or {})


class ExcludeSettings(_Closed):
    """What is never taken in: `[exclude]`. It holds for what comes in from now on, not for what is stored."""

    paths: tuple[str, ...] = ()
    """Patterns such as `**/clients/**` or `~/work/secret`, for notes, files and working directories."""
    channels: tuple[str, ...] = ()
    """Names or patterns of channels, such as `#random` or `dm-*`."""
    people: tuple[str, ...] = ()
    """Names, addresses or ids: what they said, and conversations and events with them."""
    hours: tuple[str, ...] = ()
    """Local times of day, such as `22:00-06:00`."""

    @field_validator("hours")
    @classmethod
    def _are_spans(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            hours_of(each)
        return value


def hours_of(text: str) -> tuple[time, time]:
    """Start and end of a span of the day such as `22:00-06:00`; an end of 24:00 is midnight.

    Raises:
        ValueError: it is none.
    """
    try:
        first, last = (each.strip() for each in text.split("-"))
        start, end = time.fromisoformat(first), time() if last == "24:00" else time.fromisoformat(last)
    except ValueError:
        raise ValueError(f"{text!r} is no span of the day such as '22:00-06:00'") from None
    if start == end and last != "24:00":
        raise ValueError(f"{text!r} is an empty span of the day")
    return start, end


class ThresholdSettings(_Closed):
    """New items of a user's day after which a sensor dreams it; None never does."""

    messages: int | None = Field(default=50, ge=1)
    resources: int | None = Field(default=20, ge=1)
    sessions: int | None = Field(default=10, ge=1)
    cooldown_minutes: int = Field(default=30, ge=1)


class DagsterSettings(_Closed):
    """What Dagster may show and when it acts."""

    show_text: bool = False
    """Whether titles and summaries may go into Dagster's event log."""
    nightly_at: time = time(3)
    weekly_at: time = time(2)
    """On the week's first day."""
    keep_runs_days: int = Field(default=90, ge=1)
    """How long Dagster's history of a run is kept; what was made stays, and which days are."""


class Settings(_Closed):
    """Every setting with its value; `Home.origins` says where each came from."""

    user: str = "me"
    me: tuple[str, ...] = ()
    """Names, e-mail addresses and ids by which sources know the person whose activity it is."""
    timezone: str | None = None
    day_starts_at: time | None = None
    week_starts_on: str | None = None
    llm: str | None = None
    llm_base_url: str | None = None
    llm_api_key_env: str | None = None
    """The variable that holds the key, never the key: settings are shown."""
    llm_concurrency: int = Field(default=8, ge=1)
    """Calls at once."""
    llm_timeout_seconds: float = Field(default=300.0, gt=0)
    """For one call; local models are slow."""
    llm_context_tokens: int | None = Field(default=None, ge=1024)
    """What the model holds, prompt and answer; None when nobody said."""
    agentlet: str | None = None
    """A file that says what a model is told and how it answers; relative to the home."""
    llm_price_input_per_million: float | None = Field(default=None, ge=0)
    llm_price_output_per_million: float | None = Field(default=None, ge=0)
    """USD; both or neither."""
    embedding_model: str | None = None
    """What turns texts into vectors: MODEL or PRESET:MODEL of an endpoint, or fastembed:MODEL."""
    embedding_base_url: str | None = None
    embedding_api_key_env: str | None = None
    embedding_price_per_million: float | None = Field(default=None, ge=0)
    """USD."""
    transcription_model: str | None = None
    """What turns recordings into text: MODEL or PRESET:MODEL; None sends no recording anywhere."""
    transcription_base_url: str | None = None
    transcription_api_key_env: str | None = None
    transcription_price_per_minute: float | None = Field(default=None, ge=0)
    """USD."""
    tables: str | None = None
    """Where the tables lie when not in the home: `s3://bucket/path`."""
    storage_options: dict[str, str] = Field(default_factory=dict)
    monthly_cap_usd: float | None = Field(default=5.0, ge=0)
    sync_minutes: int = Field(default=15, ge=1)
    idle_minutes: int = Field(default=5, ge=1)
    threshold: ThresholdSettings = ThresholdSettings()
    dagster: DagsterSettings = DagsterSettings()
    sources: tuple[SourceSettings, ...] = ()
    exclude: ExcludeSettings = ExcludeSettings()

    @field_validator("llm_api_key_env", "embedding_api_key_env", "transcription_api_key_env")
    @classmethod
    def _names_a_variable(cls, value: str | None) -> str | None:
        if value is not None and not VARIABLE_NAME.fullmatch(value):
            raise ValueError("this names a variable, such as OPENROUTER_API_KEY; the key itself stays in it")
        return value
