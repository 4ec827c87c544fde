"""What is a moment called?"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from rem_dagster.dreaming.draft.offline.changes import Change, inside_a_line, released_in
from rem_dagster.dreaming.draft.offline.groups import Group
from rem_dagster.dreaming.draft.offline.headlines import LIMIT
from rem_dagster.dreaming.draft.offline.language import is_dense
from rem_dagster.dreaming.draft.offline.listing import alike
from rem_dagster.dreaming.draft.offline.trim import (
    as_many_as_fit,
    attendees_in,
    first_upper,
    listed,
    shortened,
    starts_an_input,
)
from rem_dagster.model.day import DayItem

_NAMES_A_FILE = re.compile(r"\.\w{1,5}$|^\d{4}-\d\d-\d\d|^\W*$")
_TWO = re.compile(r"\w{2}\. [A-Z]")
_PLAIN_NAMES = {"transcript": 4, "document": 3, "note": 2, "event": 1, "web": 1}


def title_of_changes(changes: Sequence[Change]) -> str:
    """Releases first, with their project; else the project and its weightiest changes."""
    released = released_in(changes)
    projects = list(dict.fromkeys(change.project for change in changes))
    ranked = sorted((c for c in changes if not c.release), key=lambda c: -c.weight)
    if released:
        head = f"Released {listed(released)}"
        extra = next(
            (text for c in ranked if c.weight >= 1 and len(text := f"{head}; {_line(c, 60)}") <= LIMIT), None
        )
        return extra or shortened(head, LIMIT)
    if len(projects) > 1:
        return _title_of_projects(ranked, projects)
    room = LIMIT - len(projects[0]) - 2
    lines = [_own_line(c, room if n == 0 else 40) for n, c in enumerate(ranked)]
    unique = list(dict.fromkeys(line for line in lines if len(line) > 5))
    apart = [u for u in unique[1:4] if not u.endswith("…") and not alike(u, unique[0])]
    kept = as_many_as_fit(unique[:1] + apart[:1], limit=room, joint="; ")
    return shortened(f"{projects[0]}: {'; '.join(kept)}", LIMIT)


def titles_by_name(group: Group, language: str, *, written: bool) -> Iterator[str]:
    """Titles from what people called their notes, documents, calls and chats, the longest text first."""
    ranked = sorted(
        group.readings,
        key=lambda r: (-_PLAIN_NAMES.get(r.item.category or "", 0), -len(r.item.text), r.item.handle),
    )
    for reading in ranked:
        item = reading.item
        name = _worthy(
            item.session_title
            if item.kind == "message"
            else item.name
            if item.category != "commit"
            else None,
            least=2 if item.kind == "message" else 1,
        )
        if not name:
            continue
        yield shortened(name, LIMIT)
        if item.category == "event":
            yield from _event_titles(name, item.metadata)
        elif item.category in ("document", "web") and language == "en":
            yield (
                f"Wrote “{shortened(name, LIMIT - 8)}”"
                if written
                else f"Notes on {shortened(name, LIMIT - 9)}"
            )


def fit_title(options: Iterator[str], group: Group, fallback: str, *, taken: Collection[str]) -> str:
    """The first option that is short enough, not taken, and not the first words of an input."""
    texts = [_body(reading.item) for reading in group.readings]
    for option in options:
        title = first_upper(" ".join(option.split()))
        if (
            3 < len(title) <= LIMIT
            and not _TWO.search(title)
            and title not in taken
            and not starts_an_input(title, texts)
        ):
            return title
    return fallback


def _body(item: DayItem) -> str:
    """The beginning of a text behind what only repeats its name: a heading, or what an event is called."""
    text = item.text[:600].lstrip()
    if item.category == "event":
        return text.removeprefix(item.name or "")
    first, _, rest = text.partition("\n")
    is_heading = (
        first.startswith("#") and first.strip("# ").casefold() == (item.name or "").strip().casefold()
    )
    return rest.lstrip() if is_heading and item.category == "note" else text


def _worthy(name: str | None, *, least: int) -> str | None:
    """A name that says something: not a file, a date or, with `least` 2, one word such as a person's name."""
    bare = (name or "").strip().strip("#").strip()
    return (
        None
        if not bare or _NAMES_A_FILE.search(bare) or (len(bare.split()) < least and not is_dense(bare))
        else bare
    )


def _event_titles(name: str, metadata: Mapping[str, object]) -> Iterator[str]:
    attendees, place = attendees_in(metadata), metadata.get("location")
    if attendees:
        yield f"{name} with {listed(attendees[:3])}"
    if isinstance(place, str) and place:
        yield f"{name}, {place}"


def _title_of_projects(ranked: Sequence[Change], projects: Sequence[str]) -> str:
    lines = [
        f"{p}: {_own_line(c, 30)}"
        for p in projects
        if (c := next((c for c in ranked if c.project == p), None))
    ]
    kept = as_many_as_fit((line for line in lines if not line.endswith("…")), limit=LIMIT, joint="; ")
    return (
        "; ".join(kept)
        if len(kept) > 1
        else shortened(f"{ranked[0].project}: {_own_line(ranked[0], LIMIT)}", LIMIT)
    )


def _own_line(change: Change, limit: int) -> str:
    """The change as it stands behind the name of its project, which it does not say again."""
    told = change.told
    rest = told[len(change.project) :]
    if told.casefold().startswith(change.project.casefold()) and re.match(r" \w{3}", rest):
        told = rest.strip()
    return inside_a_line(shortened(told, limit))


def _line(change: Change, limit: int) -> str:
    return inside_a_line(shortened(change.told, limit))
