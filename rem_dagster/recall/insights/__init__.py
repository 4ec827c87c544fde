"""What patterns do somebody's moments have: hours, moods, streaks, tools, people, rhythm?"""

from rem_dagster.recall.insights.asked import BYS, WHATS, Asked, By, What
from rem_dagster.recall.insights.find import insight_of, overview
from rem_dagster.recall.insights.found import Insight, Statement
from rem_dagster.recall.insights.read import read_lived

__all__ = [
    "BYS",
    "WHATS",
    "Asked",
    "By",
    "Insight",
    "Statement",
    "What",
    "insight_of",
    "overview",
    "read_lived",
]
