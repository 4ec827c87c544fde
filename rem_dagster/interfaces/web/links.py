"""Where does each page of the journal lie: of one that is served, or of one that is written to files?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol
from urllib.parse import quote, urlencode


class Links(Protocol):
    """The addresses of pages; None for one that is not there, which is then told without a link."""

    def home(self) -> str: ...
    def day(self, day: date, part: int = 1, moment: str | None = None) -> str | None: ...
    def week(self, day: date) -> str | None: ...
    def month(self, day: date) -> str | None: ...
    def year(self, year: int) -> str | None: ...
    def search(self, query: str = "") -> str | None: ...
    def topics(self) -> str | None: ...
    def topic(self, entity_id: str) -> str | None: ...
    def people(self) -> str | None: ...
    def ask(self) -> str | None: ...
    def item(self, table: str, identifier: str) -> str | None: ...
    def moment(self, identifier: str) -> str | None: ...
    def standup(self, day: date | None = None) -> str | None: ...
    def corrections(self) -> str | None: ...
    def markdown(self, address: str | None) -> str | None: ...
    def static(self, name: str) -> str: ...


@dataclass(frozen=True)
class WebLinks:
    """The addresses of a journal that is served."""

    week_of: Callable[[date], str]
    """The name of the week that holds a day."""

    def home(self) -> str:
        return "/"

    def day(self, day: date, part: int = 1, moment: str | None = None) -> str | None:
        more = f"?part={part}" if part > 1 else ""
        return f"/day/{day.isoformat()}{more}" + (f"#m-{moment}" if moment else "")

    def week(self, day: date) -> str | None:
        return f"/week/{self.week_of(day)}"

    def month(self, day: date) -> str | None:
        return f"/month/{day:%Y-%m}"

    def year(self, year: int) -> str | None:
        return f"/year/{year:04}"

    def search(self, query: str = "") -> str | None:
        return f"/search?{urlencode({'q': query})}" if query else "/search"

    def topics(self) -> str | None:
        return "/topics"

    def topic(self, entity_id: str) -> str | None:
        return f"/topic/{quote(entity_id, safe='')}"

    def people(self) -> str | None:
        return "/people"

    def ask(self) -> str | None:
        return "/ask"

    def item(self, table: str, identifier: str) -> str | None:
        return f"/item/{quote(table, safe='')}/{quote(identifier, safe='')}"

    def moment(self, identifier: str) -> str | None:
        return f"/moment/{quote(identifier, safe='')}"

    def standup(self, day: date | None = None) -> str | None:
        return f"/standup/{day.isoformat()}" if day else "/standup"

    def corrections(self) -> str | None:
        return "/corrections"

    def markdown(self, address: str | None) -> str | None:
        return f"{address}.md" if address and "?" not in address else None

    def static(self, name: str) -> str:
        return f"/static/{name}"


@dataclass(frozen=True)
class FileLinks:
    """The addresses of a journal of files, seen from one of them: relative, so that it may lie anywhere."""

    week_of: Callable[[date], str]
    days: frozenset[date]
    """Those that have a page."""
    depth: int = 0
    """Folders between the page and the journal's own."""
    weeks: frozenset[str] = frozenset()
    topic_ids: frozenset[str] = frozenset()
    """Topics and people that have a page."""

    @cached_property
    def _months(self) -> frozenset[tuple[int, int]]:
        return frozenset((each.year, each.month) for each in self.days)

    @cached_property
    def _years(self) -> frozenset[int]:
        return frozenset(each.year for each in self.days)

    @property
    def _up(self) -> str:
        return "../" * self.depth

    def home(self) -> str:
        return f"{self._up}index.html"

    def day(self, day: date, part: int = 1, moment: str | None = None) -> str | None:
        if day not in self.days:
            return None
        more = f"-{part}" if part > 1 else ""
        return f"{self._up}day/{day.isoformat()}{more}.html" + (f"#m-{moment}" if moment else "")

    def week(self, day: date) -> str | None:
        name = self.week_of(day)
        return f"{self._up}week/{name}.html" if name in self.weeks else None

    def month(self, day: date) -> str | None:
        is_there = (day.year, day.month) in self._months
        return f"{self._up}month/{day:%Y-%m}.html" if is_there else None

    def year(self, year: int) -> str | None:
        return f"{self._up}year/{year:04}.html" if year in self._years else None

    def search(self, query: str = "") -> str | None:
        return None

    def topics(self) -> str | None:
        return f"{self._up}topics.html" if self.topic_ids else None

    def topic(self, entity_id: str) -> str | None:
        return f"{self._up}topic/{entity_id}.html" if entity_id in self.topic_ids else None

    def people(self) -> str | None:
        return f"{self._up}people.html" if self.topic_ids else None

    def ask(self) -> str | None:
        return None

    def item(self, table: str, identifier: str) -> str | None:
        return None

    def moment(self, identifier: str) -> str | None:
        return None

    def standup(self, day: date | None = None) -> str | None:
        return None

    def corrections(self) -> str | None:
        return None

    def markdown(self, address: str | None) -> str | None:
        return None

    def static(self, name: str) -> str:
        return f"{self._up}static/{name}"
