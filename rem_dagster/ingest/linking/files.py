"""Which commits changed a file that somebody talks about?

    chat on Thursday: "the bug is in loader/parse.py"
    commits of the days around it that change `loader/parse.py`    the three nearest in time

A bare `main.py` says nothing: a name that many files have needs a folder or a repository beside it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rem_dagster.ingest.linking.claims import LOOKED_AT
from rem_dagster.ingest.linking.common import COMMON_FILES

FILE_DAYS = 7
"""Days between a talk of a file and a change of it, at most."""
MOST_COMMITS = 3
"""Commits to which one file leads from one message."""
MOST_NAMED = 50
"""Files of one message that are looked up."""
MOST_PATHS = 2
"""Files that a bare name may mean among the changes of those days."""
FILE = re.compile(r"(?<![\w/.@+-])~?/?(?:[\w.@+-]+/)*[\w@+-][\w.@+-]*\.[A-Za-z]\w{0,9}(?![\w/-])")


@dataclass(frozen=True)
class Change:
    """One file that one commit changes."""

    row_id: str
    repo: str
    path: str
    day: int
    """Ordinal."""
    at: datetime


class Changes:
    """The files that commits changed, by their last name."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._by_name: defaultdict[str, list[Change]] = defaultdict(list)
        days = set[int]()
        for each in changes:
            self._by_name[_last(each.path)].append(each)
            days.add(each.day)
        self._near = {day + more for day in days for more in range(-FILE_DAYS, FILE_DAYS + 1)}

    def is_near(self, day: str) -> bool:
        """Whether anything was changed in the days around one."""
        return date.fromisoformat(day).toordinal() in self._near

    def named_in(self, row: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
        """The paths that a message names and that a commit may have changed, each once."""
        found = dict[str, None]()
        for path in _paths(row, told):
            if _last(path) in self._by_name:
                found[path.removeprefix("~").removeprefix("./")] = None
                if len(found) >= MOST_NAMED:
                    break
        return list(found)

    def of(self, path: str, day: str, at: datetime, cwd: object) -> list[Change]:
        """The changes of what a path means, said at a time: the nearest first."""
        ordinal = date.fromisoformat(day).toordinal()
        near = [each for each in self._by_name.get(_last(path), ()) if abs(each.day - ordinal) <= FILE_DAYS]
        places = set(cwd.split("/")) if isinstance(cwd, str) else set()
        near = [each for each in near if each.repo in places] or near
        meant = [each for each in near if _is_sure(path, each, places)]
        if (
            not meant
            and _last(path) not in COMMON_FILES
            and len({(e.repo, e.path) for e in near}) <= MOST_PATHS
        ):
            meant = [each for each in near if _is_end(path, each.path)]
        meant.sort(key=lambda each: (abs(each.at - at), each.row_id, each.path))
        nearest = dict[str, Change]()
        for each in meant:
            nearest.setdefault(each.row_id, each)
        return list(nearest.values())[:MOST_COMMITS]


def _is_sure(path: str, change: Change, places: set[str]) -> bool:
    """Whether a path says more of a changed file than its last name."""
    if not _is_end(path, change.path):
        return False
    parts = path.strip("/").split("/")
    depth = change.path.count("/") + 1
    if len(parts) > depth:
        return depth > 1 or parts[-2] == change.repo
    return len(parts) > 1 or (depth == 1 and change.repo in places)


def _is_end(one: str, other: str) -> bool:
    """Whether one path is the other, or its end."""
    one, other = f"/{one.strip('/')}", f"/{other.strip('/')}"
    return one.endswith(other) or other.endswith(one)


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1].lower()


def _paths(row: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    files = told.get("files")
    yield from (each for each in files if isinstance(each, str)) if isinstance(files, list) else ()
    texts: Sequence[str] = [str(row["content"]), *(str(c["arguments"]) for c in row.get("tool_calls") or ())]
    for text in texts:
        if "." in text:
            yield from FILE.findall(text[:LOOKED_AT])
