"""Which engine makes a day again as a remembered recipe did, without a call?"""

from datetime import UTC, datetime

from rem_dagster.dreaming.draft.engine import Engine
from rem_dagster.dreaming.draft.llm import LlmEngine
from rem_dagster.dreaming.draft.llm.agentlet import read_agentlet
from rem_dagster.dreaming.draft.offline import OfflineEngine
from rem_dagster.dreaming.recipe_file import RecipeFile
from rem_dagster.dreaming.terms import recipe_of
from rem_dagster.llm.answers import answers_of
from rem_dagster.llm.cache import CachedModel
from rem_dagster.llm.kept import SilentModel
from rem_dagster.settings import Home


def engine_of(home: Home, held: RecipeFile) -> Engine | None:
    """The engine of a recipe, with the answers that are kept and no others; None if it is no more."""
    if held.engine == "offline":
        engine: Engine = OfflineEngine()
    elif held.agentlet is None or held.model is None or held.endpoint is None:
        return None
    else:
        silent = SilentModel(held.model, held.endpoint)
        engine = LlmEngine(
            CachedModel(silent, answers_of(home), clock=lambda: datetime.now(UTC)),
            read_agentlet(held.agentlet, f"recipe {held.recipe}"),
            key=bytes.fromhex(home.file.hmac_key),
            context_tokens=held.context_tokens,
        )
    return engine if recipe_of(home, engine, held.terms) == held.recipe else None
