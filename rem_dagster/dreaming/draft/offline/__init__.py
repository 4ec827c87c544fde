"""How is a day written without a model?"""

from rem_dagster.dreaming.draft.offline.engine import OfflineEngine

__all__ = ["OfflineEngine"]
