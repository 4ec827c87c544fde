"""Which git repositories on this machine hold the person's own commits?"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rem_dagster.errors import SourceError
from rem_dagster.ingest.discovery.found import FoundSource, TimeIsUp, day_of_epoch, subfolders
from rem_dagster.settings import UserPlaces
from rem_dagster.sources.git_command import run_git, stream_git

ROOTS = (
    *("code", "Code", "src", "projects", "Projects", "work", "Work", "dev", "Developer", "repos", "git"),
    *("github", "GitHub", "workspace", "go/src"),
)
BELOW_DOCUMENTS = ("GitHub", "Projects", "code")
DEEPEST = 3
"""Folders below a place that is looked through: `src/host/owner/name` is as deep as people go."""
LEFT_OUT = ("node_modules", "vendor", "site-packages", "venv")
LOG = ("log", "--all", "--no-merges", "--format=%aE%x09%ae%x09%at")


def who_commits(home: Path) -> tuple[str, ...]:
    """The name and the e-mail address that the person gave to git; those that are known."""
    try:
        told = [
            run_git(home, "config", "--global", "--get", f"user.{key}", check=False)
            for key in ("name", "email")
        ]
    except SourceError:  # there is no git
        return ()
    return tuple(text for each in told if (text := each.decode("utf-8", "replace").strip()))


def find_repositories(places: UserPlaces, emails: tuple[str, ...], time_is_up: TimeIsUp) -> list[FoundSource]:
    """Repositories with commits of these addresses, of anybody where none is known; the latest first."""
    found = []
    for path in _repositories(places, time_is_up):
        if time_is_up():
            break
        try:
            held = _counted(path, emails, time_is_up)
        except SourceError:
            continue
        if held is not None:
            found.append(held)
    return sorted(found, key=lambda each: (each.last or date.min, each.count or 0), reverse=True)


def _repositories(places: UserPlaces, time_is_up: TimeIsUp) -> Iterator[Path]:
    roots = [*(places.home / name for name in ROOTS), *(places.documents / name for name in BELOW_DOCUMENTS)]
    seen: set[Path] = set()
    level = [*roots, *subfolders(places.home)]
    for depth in range(DEEPEST + 1):
        deeper: list[Path] = []
        for folder in level:
            if time_is_up():
                return
            place = folder.resolve()
            if place in seen or not place.is_dir():
                continue
            seen.add(place)
            if (place / ".git").exists():
                if (place / ".git").is_dir():  # where it is a file, the repository lies elsewhere
                    yield place
            elif depth < DEEPEST and (depth or folder in roots):
                deeper += [each for each in subfolders(place) if each.name not in LEFT_OUT]
        level = deeper


def _counted(path: Path, emails: tuple[str, ...], time_is_up: TimeIsUp) -> FoundSource | None:
    mine = {each.casefold() for each in emails}
    count, is_partial, rest = 0, False, b""
    first: date | None = None
    last: date | None = None
    with stream_git(path, *LOG, check=False) as blocks:
        for block in blocks:
            *lines, rest = (rest + block).split(b"\n")
            for day in filter(None, (_day_of(line, mine) for line in lines)):
                count += 1
                first, last = min(first or day, day), max(last or day, day)
            if is_partial := time_is_up():
                break
    if not count:
        return None
    return FoundSource(
        kind="git",
        path=path,
        noun="commit",
        count=count,
        is_partial=is_partial,
        first=first,
        last=last,
        options={"emails": list(emails)} if emails else {},
    )


def _day_of(line: bytes, mine: set[str]) -> date | None:
    """The day of a commit that is wanted."""
    *authors, seconds = line.decode("utf-8", "replace").split("\t")
    if mine and mine.isdisjoint(each.casefold() for each in authors):
        return None
    try:
        return day_of_epoch(float(seconds))
    except ValueError:
        return None
