"""Which engine was chosen?"""

from pathlib import Path

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.llm.opening import Asking, open_model
from rem_dagster.settings import Home

OFFLINE_NAMES = ("", "offline", "none")


def choose_engine(home: Home, asking: Asking | None = None) -> Engine:
    """The engine that a home's settings choose: one that needs no key where `llm` names no model.

    A key in the environment alone chooses nothing.

    Args:
        asking: on what terms a model is asked.

    Raises:
        SettingsError: the model cannot be asked: no address, no key, or a context that is too small.
        SchemaError: the agentlet is not as it must be.
    """
    if is_offline(home):  # imported here, as who only asks which engine it is need not load it
        from rem_dagster.dreaming.draft.offline import OfflineEngine

        return OfflineEngine()
    from rem_dagster.dreaming.draft.llm import LlmEngine, load_agentlet

    return LlmEngine(
        open_model(home, asking),
        load_agentlet(agentlet_path(home)),
        key=bytes.fromhex(home.file.hmac_key),
        context_tokens=home.settings.llm_context_tokens,
    )


def is_offline(home: Home) -> bool:
    """Whether no model is chosen."""
    return (home.settings.llm or "").strip().lower() in OFFLINE_NAMES


def spares_model_days(home: Home, engine: Engine | None = None) -> bool:
    """Whether days that a model made are to be left alone: by the offline engine, unless it was named.

    Named is what was said for this very command; a default, a variable and a file are not.

    Args:
        engine: who would make them; the home's choice when None.
    """
    asks_nobody = is_offline(home) if engine is None else engine.recipe.engine == "offline"
    return asks_nobody and not (home.settings.llm and home.origins.get("llm") == "flag")


def agentlet_path(home: Home) -> Path | None:
    """The home's own agentlet; None for the bundled one."""
    named = home.settings.agentlet
    return home.path / Path(named).expanduser() if named else None
