"""How is a day written with a language model?"""

from rem_dagster.dreaming.draft.llm.agentlet import Agentlet, load_agentlet
from rem_dagster.dreaming.draft.llm.engine import LlmEngine

__all__ = ["Agentlet", "LlmEngine", "load_agentlet"]
