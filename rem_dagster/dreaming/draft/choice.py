"""Which engine was chosen?"""

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.errors import SettingsError

OFFLINE_NAMES = ("", "offline", "none")


def choose_engine(llm: str | None) -> Engine:
    """The engine for a setting `llm`: None or `offline` is the engine that needs no key.

    A key in the environment alone chooses nothing.

    Raises:
        SettingsError: a model is named that no engine here can ask.
    """
    if llm is None or llm.strip().lower() in OFFLINE_NAMES:
        return OfflineEngine()
    raise SettingsError(
        f"Model {llm!r} was asked for, but this version dreams with the offline engine only. Nothing was "
        "changed and nothing was sent. Leave out --llm (or REM_LLM, or `llm` in config.toml)."
    )
